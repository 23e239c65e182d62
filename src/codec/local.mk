noinst_LIBRARIES += libcodec.a
libcodec_a_SOURCES = \
	src/codec/adopt.c \
	src/codec/builder.c \
	src/codec/builder_text.c \
	src/codec/cell.c \
	src/codec/cells.c \
	src/codec/clf.c \
	src/codec/clf_plain.c \
	src/codec/codec.c \
	src/codec/json.c \
	src/codec/json_frame.c \
	src/codec/json_keys.c \
	src/codec/json_parse.c \
	src/codec/json_run.c \
	src/codec/json_run_avx2.c \
	src/codec/json_shape.c \
	src/codec/json_shape_learn.c \
	src/codec/json_text.c \
	src/codec/csv.c \
	src/codec/csv_decode.c \
	src/codec/plain_column.c \
	src/codec/plain.c \
	src/codec/plain_avx2.c \
	src/codec/plain_portable.c \
	src/codec/csv_scan.c \
	src/codec/csv_sniff.c \
	src/codec/lines.c \
	src/codec/logfmt.c \
	src/codec/logfmt_plain.c \
	src/codec/regex.c \
	src/codec/text.c \
	src/codec/text_out.c \
	src/codec/time_guess.c \
	src/codec/timefmt.c
