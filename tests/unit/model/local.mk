# Unit tests of src/model: one program a module, each listed in check_PROGRAMS and TESTS.
model_tests = tests/unit/model/test_column tests/unit/model/test_value
check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)
tests_unit_model_test_column_SOURCES = tests/unit/model/test_column.c
tests_unit_model_test_column_CFLAGS = $(UNIT_CFLAGS)
tests_unit_model_test_column_LDADD = $(UNIT_LDADD)
tests_unit_model_test_value_SOURCES = tests/unit/model/test_value.c
tests_unit_model_test_value_CFLAGS = $(UNIT_CFLAGS)
tests_unit_model_test_value_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/model/test_left_out
TESTS += tests/unit/model/test_left_out
tests_unit_model_test_left_out_SOURCES = tests/unit/model/test_left_out.c
tests_unit_model_test_left_out_LDADD = $(UNIT_LDADD)
tests_unit_model_test_left_out_CFLAGS = $(UNIT_CFLAGS)
