# Unit tests of src/session: one program a module, each listed in check_PROGRAMS and TESTS.
check_PROGRAMS += tests/unit/session/test_options
TESTS += tests/unit/session/test_options
tests_unit_session_test_options_SOURCES = tests/unit/session/test_options.c
tests_unit_session_test_options_LDADD = $(UNIT_LDADD)
tests_unit_session_test_options_CFLAGS = $(UNIT_CFLAGS)
