# Unit tests of src/codec: one program a module, each listed in check_PROGRAMS and TESTS; the folders are those of src/codec.
EXTRA_DIST += tests/unit/codec/avro/avro_bytes.h tests/unit/codec/decode_text.h tests/unit/codec/bulk_compare.h

check_PROGRAMS += tests/unit/codec/test_clone
TESTS += tests/unit/codec/test_clone
tests_unit_codec_test_clone_SOURCES = tests/unit/codec/test_clone.c
tests_unit_codec_test_clone_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_clone_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_detect
TESTS += tests/unit/codec/test_detect
tests_unit_codec_test_detect_SOURCES = tests/unit/codec/test_detect.c
tests_unit_codec_test_detect_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_detect_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_effort
TESTS += tests/unit/codec/test_effort
tests_unit_codec_test_effort_SOURCES = tests/unit/codec/test_effort.c
tests_unit_codec_test_effort_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_effort_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_mangled
TESTS += tests/unit/codec/test_mangled
tests_unit_codec_test_mangled_SOURCES = tests/unit/codec/test_mangled.c
tests_unit_codec_test_mangled_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_mangled_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_messages
TESTS += tests/unit/codec/test_messages
tests_unit_codec_test_messages_SOURCES = tests/unit/codec/test_messages.c
tests_unit_codec_test_messages_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_messages_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_no_memory
TESTS += tests/unit/codec/test_no_memory
tests_unit_codec_test_no_memory_SOURCES = tests/unit/codec/test_no_memory.c
tests_unit_codec_test_no_memory_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_no_memory_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_pieces
TESTS += tests/unit/codec/test_pieces
tests_unit_codec_test_pieces_SOURCES = tests/unit/codec/test_pieces.c
tests_unit_codec_test_pieces_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_pieces_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/columns/test_text_value
TESTS += tests/unit/codec/columns/test_text_value
tests_unit_codec_columns_test_text_value_SOURCES = tests/unit/codec/columns/test_text_value.c
tests_unit_codec_columns_test_text_value_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_columns_test_text_value_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/csv/test_bulk
TESTS += tests/unit/codec/csv/test_bulk
tests_unit_codec_csv_test_bulk_SOURCES = tests/unit/codec/csv/test_bulk.c
tests_unit_codec_csv_test_bulk_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_csv_test_bulk_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/csv/test_csv
TESTS += tests/unit/codec/csv/test_csv
tests_unit_codec_csv_test_csv_SOURCES = tests/unit/codec/csv/test_csv.c
tests_unit_codec_csv_test_csv_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_csv_test_csv_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/csv/test_scan
TESTS += tests/unit/codec/csv/test_scan
tests_unit_codec_csv_test_scan_SOURCES = tests/unit/codec/csv/test_scan.c
tests_unit_codec_csv_test_scan_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_csv_test_scan_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/json/test_json
TESTS += tests/unit/codec/json/test_json
tests_unit_codec_json_test_json_SOURCES = tests/unit/codec/json/test_json.c
tests_unit_codec_json_test_json_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_json_test_json_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/json/test_shape
TESTS += tests/unit/codec/json/test_shape
tests_unit_codec_json_test_shape_SOURCES = tests/unit/codec/json/test_shape.c
tests_unit_codec_json_test_shape_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_json_test_shape_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/lines/test_clf
TESTS += tests/unit/codec/lines/test_clf
tests_unit_codec_lines_test_clf_SOURCES = tests/unit/codec/lines/test_clf.c
tests_unit_codec_lines_test_clf_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_lines_test_clf_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/lines/test_clf_bulk
TESTS += tests/unit/codec/lines/test_clf_bulk
tests_unit_codec_lines_test_clf_bulk_SOURCES = tests/unit/codec/lines/test_clf_bulk.c
tests_unit_codec_lines_test_clf_bulk_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_lines_test_clf_bulk_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/lines/test_logfmt
TESTS += tests/unit/codec/lines/test_logfmt
tests_unit_codec_lines_test_logfmt_SOURCES = tests/unit/codec/lines/test_logfmt.c
tests_unit_codec_lines_test_logfmt_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_lines_test_logfmt_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/lines/test_logfmt_bulk
TESTS += tests/unit/codec/lines/test_logfmt_bulk
tests_unit_codec_lines_test_logfmt_bulk_SOURCES = tests/unit/codec/lines/test_logfmt_bulk.c
tests_unit_codec_lines_test_logfmt_bulk_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_lines_test_logfmt_bulk_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/lines/test_join
TESTS += tests/unit/codec/lines/test_join
tests_unit_codec_lines_test_join_SOURCES = tests/unit/codec/lines/test_join.c
tests_unit_codec_lines_test_join_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_lines_test_join_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/lines/test_regex
TESTS += tests/unit/codec/lines/test_regex
tests_unit_codec_lines_test_regex_SOURCES = tests/unit/codec/lines/test_regex.c
tests_unit_codec_lines_test_regex_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_lines_test_regex_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/test_encode
TESTS += tests/unit/codec/test_encode
tests_unit_codec_test_encode_SOURCES = tests/unit/codec/test_encode.c
tests_unit_codec_test_encode_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_test_encode_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/avro/test_container
TESTS += tests/unit/codec/avro/test_container
tests_unit_codec_avro_test_container_SOURCES = tests/unit/codec/avro/test_container.c
tests_unit_codec_avro_test_container_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_avro_test_container_LDADD = $(UNIT_LDADD)

EXTRA_DIST += tests/unit/codec/avro/test_libavro.c
if HAVE_AVRO
check_PROGRAMS += tests/unit/codec/avro/test_libavro
TESTS += tests/unit/codec/avro/test_libavro
tests_unit_codec_avro_test_libavro_SOURCES = tests/unit/codec/avro/test_libavro.c
tests_unit_codec_avro_test_libavro_CFLAGS = $(UNIT_CFLAGS) $(AVRO_CFLAGS)
tests_unit_codec_avro_test_libavro_LDADD = $(UNIT_LDADD) $(AVRO_LIBS)
endif

check_PROGRAMS += tests/unit/codec/framed/test_framed
TESTS += tests/unit/codec/framed/test_framed
tests_unit_codec_framed_test_framed_SOURCES = tests/unit/codec/framed/test_framed.c
tests_unit_codec_framed_test_framed_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_framed_test_framed_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/codec/proto/test_proto
TESTS += tests/unit/codec/proto/test_proto
tests_unit_codec_proto_test_proto_SOURCES = tests/unit/codec/proto/test_proto.c
tests_unit_codec_proto_test_proto_CFLAGS = $(UNIT_CFLAGS)
tests_unit_codec_proto_test_proto_LDADD = $(UNIT_LDADD)
