# Unit tests of src/buffer: one program a module, each listed in check_PROGRAMS and TESTS.
buffer_tests = tests/unit/buffer/test_admit tests/unit/buffer/test_store
check_PROGRAMS += $(buffer_tests)
TESTS += $(buffer_tests)
tests_unit_buffer_test_admit_SOURCES = tests/unit/buffer/test_admit.c tests/unit/buffer/rows.h
tests_unit_buffer_test_admit_CFLAGS = $(UNIT_CFLAGS)
tests_unit_buffer_test_admit_LDADD = $(UNIT_LDADD)
tests_unit_buffer_test_store_SOURCES = tests/unit/buffer/test_store.c tests/unit/buffer/rows.h
tests_unit_buffer_test_store_CFLAGS = $(UNIT_CFLAGS)
tests_unit_buffer_test_store_LDADD = $(UNIT_LDADD)
