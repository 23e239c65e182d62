# Unit tests of src/codec: one program a module, each listed in check_PROGRAMS and TESTS.
EXTRA_DIST += tests/unit/codec/decode_text.h tests/unit/codec/plain_compare.h

check_PROGRAMS += tests/unit/codec/test_csv_scan
TESTS += tests/unit/codec/test_csv_scan
tests_unit_codec_test_csv_scan_SOURCES = tests/unit/codec/test_csv_scan.c
tests_unit_codec_test_csv_scan_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_csv_scan_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_plain_csv
TESTS += tests/unit/codec/test_plain_csv
tests_unit_codec_test_plain_csv_SOURCES = tests/unit/codec/test_plain_csv.c
tests_unit_codec_test_plain_csv_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_plain_csv_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_plain_logfmt
TESTS += tests/unit/codec/test_plain_logfmt
tests_unit_codec_test_plain_logfmt_SOURCES = tests/unit/codec/test_plain_logfmt.c
tests_unit_codec_test_plain_logfmt_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_plain_logfmt_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_plain_clf
TESTS += tests/unit/codec/test_plain_clf
tests_unit_codec_test_plain_clf_SOURCES = tests/unit/codec/test_plain_clf.c
tests_unit_codec_test_plain_clf_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_plain_clf_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_csv
TESTS += tests/unit/codec/test_csv
tests_unit_codec_test_csv_SOURCES = tests/unit/codec/test_csv.c
tests_unit_codec_test_csv_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_csv_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_cell
TESTS += tests/unit/codec/test_cell
tests_unit_codec_test_cell_SOURCES = tests/unit/codec/test_cell.c
tests_unit_codec_test_cell_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_cell_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_clf
TESTS += tests/unit/codec/test_clf
tests_unit_codec_test_clf_SOURCES = tests/unit/codec/test_clf.c
tests_unit_codec_test_clf_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_clf_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_logfmt
TESTS += tests/unit/codec/test_logfmt
tests_unit_codec_test_logfmt_SOURCES = tests/unit/codec/test_logfmt.c
tests_unit_codec_test_logfmt_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_logfmt_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_regex
TESTS += tests/unit/codec/test_regex
tests_unit_codec_test_regex_SOURCES = tests/unit/codec/test_regex.c
tests_unit_codec_test_regex_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_regex_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_mangled
TESTS += tests/unit/codec/test_mangled
tests_unit_codec_test_mangled_SOURCES = tests/unit/codec/test_mangled.c
tests_unit_codec_test_mangled_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_mangled_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/codec/test_json
TESTS += tests/unit/codec/test_json
tests_unit_codec_test_json_SOURCES = tests/unit/codec/test_json.c
tests_unit_codec_test_json_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_json_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_detect
TESTS += tests/unit/codec/test_detect
tests_unit_codec_test_detect_SOURCES = tests/unit/codec/test_detect.c
tests_unit_codec_test_detect_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_detect_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_json_shape
TESTS += tests/unit/codec/test_json_shape
tests_unit_codec_test_json_shape_SOURCES = tests/unit/codec/test_json_shape.c
tests_unit_codec_test_json_shape_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_json_shape_LDADD = $(UNIT_LDADD)
