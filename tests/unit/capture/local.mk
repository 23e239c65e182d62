# Unit tests of src/capture: one program a module.
EXTRA_DIST += tests/unit/capture/blocks.h

check_PROGRAMS += tests/unit/capture/test_reader
TESTS += tests/unit/capture/test_reader
tests_unit_capture_test_reader_SOURCES = tests/unit/capture/test_reader.c tests/unit/capture/blocks.h
tests_unit_capture_test_reader_CFLAGS = $(UNIT_CFLAGS)
tests_unit_capture_test_reader_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/capture/test_writer
TESTS += tests/unit/capture/test_writer
tests_unit_capture_test_writer_SOURCES = tests/unit/capture/test_writer.c tests/unit/capture/blocks.h
tests_unit_capture_test_writer_CFLAGS = $(UNIT_CFLAGS)
tests_unit_capture_test_writer_LDADD = $(UNIT_LDADD)
