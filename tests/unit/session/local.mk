# Unit tests of src/session: one program a module, each listed in check_PROGRAMS and TESTS.
check_PROGRAMS += tests/unit/session/test_options
TESTS += tests/unit/session/test_options
tests_unit_session_test_options_SOURCES = tests/unit/session/test_options.c
tests_unit_session_test_options_LDADD = $(UNIT_LDADD)
tests_unit_session_test_options_CFLAGS = $(UNIT_CFLAGS)

check_PROGRAMS += tests/unit/session/test_print
TESTS += tests/unit/session/test_print
tests_unit_session_test_print_SOURCES = tests/unit/session/test_print.c
tests_unit_session_test_print_LDADD = $(UNIT_LDADD)
tests_unit_session_test_print_CFLAGS = $(UNIT_CFLAGS)

check_PROGRAMS += tests/unit/session/test_stream
TESTS += tests/unit/session/test_stream
tests_unit_session_test_stream_SOURCES = tests/unit/session/test_stream.c
tests_unit_session_test_stream_LDADD = $(UNIT_LDADD)
tests_unit_session_test_stream_CFLAGS = $(UNIT_CFLAGS)

check_PROGRAMS += tests/unit/session/test_session
TESTS += tests/unit/session/test_session
tests_unit_session_test_session_SOURCES = tests/unit/session/test_session.c
tests_unit_session_test_session_LDADD = $(UNIT_LDADD)
tests_unit_session_test_session_CFLAGS = $(UNIT_CFLAGS)

check_PROGRAMS += tests/unit/session/test_batch
TESTS += tests/unit/session/test_batch
tests_unit_session_test_batch_SOURCES = tests/unit/session/test_batch.c
tests_unit_session_test_batch_LDADD = $(UNIT_LDADD)
tests_unit_session_test_batch_CFLAGS = $(UNIT_CFLAGS)
check_PROGRAMS += tests/unit/session/test_resident
TESTS += tests/unit/session/test_resident
tests_unit_session_test_resident_SOURCES = tests/unit/session/test_resident.c
tests_unit_session_test_resident_LDADD = $(UNIT_LDADD)
tests_unit_session_test_resident_CFLAGS = $(UNIT_CFLAGS)
