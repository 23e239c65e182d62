# Unit tests of src/query: one program a module, each listed in check_PROGRAMS and TESTS.
check_PROGRAMS += tests/unit/query/test_expr
TESTS += tests/unit/query/test_expr
tests_unit_query_test_expr_SOURCES = tests/unit/query/test_expr.c tests/unit/query/expr_fixture.h
tests_unit_query_test_expr_LDADD = $(UNIT_LDADD)
tests_unit_query_test_expr_CFLAGS = $(UNIT_CFLAGS)
