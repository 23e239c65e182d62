# One program a parser. Linked as they are, they replay their corpus (tests/fuzz/corpus/NAME) in `make check`; `make fuzz` builds
# them with clang and libFuzzer in a folder of their own and runs each for FUZZ_SECONDS. A new target: a file fuzz_NAME.c, its
# lines below, and a corpus.
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/run
noinst_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz.h
FUZZ_SECONDS = 20
FUZZ_SEED = 1
FUZZ_CC = clang
# clang's pointer-overflow also counts null + 0, which is harmless.
# -fsanitize=fuzzer in the build for libFuzzer: its main comes before the one of libreplay.
fuzz_link =
fuzz_libs = tests/fuzz/libreplay.a $(FLOOR_LIBS) $(OUTSIDE_LIBS)
fuzz_codec = tests/fuzz/fuzz_codec.c tests/fuzz/fuzz_codec.h

fuzz_targets = \
	tests/fuzz/fuzz_amqp \
	tests/fuzz/fuzz_avro \
	tests/fuzz/fuzz_capture \
	tests/fuzz/fuzz_cell \
	tests/fuzz/fuzz_clf \
	tests/fuzz/fuzz_syslog \
	tests/fuzz/fuzz_w3c \
	tests/fuzz/fuzz_csv \
	tests/fuzz/fuzz_detect \
	tests/fuzz/fuzz_expr \
	tests/fuzz/fuzz_input \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_logfmt \
	tests/fuzz/fuzz_number \
	tests/fuzz/fuzz_options \
	tests/fuzz/fuzz_protobuf \
	tests/fuzz/fuzz_record \
	tests/fuzz/fuzz_regex \
	tests/fuzz/fuzz_saved \
	tests/fuzz/fuzz_stomp \
	tests/fuzz/fuzz_text \
	tests/fuzz/fuzz_theme \
	tests/fuzz/fuzz_time \
	tests/fuzz/fuzz_uri \
	tests/fuzz/fuzz_view
if WITH_KUDU
fuzz_targets += tests/fuzz/fuzz_kudu
tests_fuzz_fuzz_kudu_SOURCES = tests/fuzz/fuzz_kudu.c
tests_fuzz_fuzz_kudu_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_kudu_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
endif
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)

tests_fuzz_fuzz_amqp_SOURCES = tests/fuzz/fuzz_amqp.c
tests_fuzz_fuzz_amqp_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_amqp_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_avro_SOURCES = tests/fuzz/fuzz_avro.c $(fuzz_codec)
tests_fuzz_fuzz_avro_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_avro_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_capture_SOURCES = tests/fuzz/fuzz_capture.c
tests_fuzz_fuzz_capture_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_capture_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_cell_SOURCES = tests/fuzz/fuzz_cell.c
tests_fuzz_fuzz_cell_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_cell_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_syslog_SOURCES = tests/fuzz/fuzz_syslog.c $(fuzz_codec)
tests_fuzz_fuzz_syslog_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_syslog_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_w3c_SOURCES = tests/fuzz/fuzz_w3c.c $(fuzz_codec)
tests_fuzz_fuzz_w3c_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_w3c_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_clf_SOURCES = tests/fuzz/fuzz_clf.c $(fuzz_codec)
tests_fuzz_fuzz_clf_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_clf_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c $(fuzz_codec)
tests_fuzz_fuzz_csv_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_csv_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_detect_SOURCES = tests/fuzz/fuzz_detect.c $(fuzz_codec)
tests_fuzz_fuzz_detect_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_detect_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_expr_SOURCES = tests/fuzz/fuzz_expr.c
tests_fuzz_fuzz_expr_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_expr_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_input_SOURCES = tests/fuzz/fuzz_input.c
tests_fuzz_fuzz_input_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_input_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_codec)
tests_fuzz_fuzz_json_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_logfmt_SOURCES = tests/fuzz/fuzz_logfmt.c $(fuzz_codec)
tests_fuzz_fuzz_logfmt_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_logfmt_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_number_SOURCES = tests/fuzz/fuzz_number.c
tests_fuzz_fuzz_number_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_number_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_options_SOURCES = tests/fuzz/fuzz_options.c
tests_fuzz_fuzz_options_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_options_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_protobuf_SOURCES = tests/fuzz/fuzz_protobuf.c
tests_fuzz_fuzz_protobuf_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_protobuf_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_record_SOURCES = tests/fuzz/fuzz_record.c
tests_fuzz_fuzz_record_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_record_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_regex_SOURCES = tests/fuzz/fuzz_regex.c $(fuzz_codec)
tests_fuzz_fuzz_regex_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_regex_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_saved_SOURCES = tests/fuzz/fuzz_saved.c
tests_fuzz_fuzz_saved_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_saved_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_stomp_SOURCES = tests/fuzz/fuzz_stomp.c
tests_fuzz_fuzz_stomp_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_stomp_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c $(fuzz_codec)
tests_fuzz_fuzz_text_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_theme_SOURCES = tests/fuzz/fuzz_theme.c
tests_fuzz_fuzz_theme_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_theme_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_time_SOURCES = tests/fuzz/fuzz_time.c
tests_fuzz_fuzz_time_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_time_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_uri_SOURCES = tests/fuzz/fuzz_uri.c
tests_fuzz_fuzz_uri_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_uri_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)
tests_fuzz_fuzz_view_SOURCES = tests/fuzz/fuzz_view.c
tests_fuzz_fuzz_view_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_view_LDFLAGS = $(AM_LDFLAGS) $(fuzz_link)

.PHONY: fuzz fuzz-run
fuzz:
	$(MKDIR_P) san-fuzz && cd san-fuzz && \
	{ test -f Makefile || $(abs_top_srcdir)/configure -q --enable-sanitizer=address,undefined CC="$(FUZZ_CC)" \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link -fno-sanitize=pointer-overflow'; } && \
	$(MAKE) $(AM_MAKEFLAGS) fuzz-run fuzz_link=-fsanitize=fuzzer FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$(FUZZ_SEED)

fuzz-run: $(fuzz_targets)
	$(srcdir)/tests/fuzz/run $(srcdir)/tests/fuzz/corpus $(FUZZ_SECONDS) $(FUZZ_SEED) $(fuzz_targets)
