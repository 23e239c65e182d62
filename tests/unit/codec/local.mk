# Unit tests of src/codec: one program a module, each listed in check_PROGRAMS and TESTS.
EXTRA_DIST += tests/unit/codec/decode_text.h

check_PROGRAMS += tests/unit/codec/test_csv_scan
TESTS += tests/unit/codec/test_csv_scan
tests_unit_codec_test_csv_scan_SOURCES = tests/unit/codec/test_csv_scan.c
tests_unit_codec_test_csv_scan_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_csv_scan_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_csv
TESTS += tests/unit/codec/test_csv
tests_unit_codec_test_csv_SOURCES = tests/unit/codec/test_csv.c
tests_unit_codec_test_csv_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_csv_LDADD = $(UNIT_LDADD)
