# tests/fuzz
# One target a parser; `make check` replays the corpora, `make fuzz` looks for more with libFuzzer for FUZZ_SECONDS.
FUZZ_SECONDS = 60
FUZZ_CC = clang
EXTRA_DIST += tests/fuzz/corpus

check_PROGRAMS += tests/fuzz/replay_codec
TESTS += tests/fuzz/replay_codec
tests_fuzz_replay_codec_SOURCES = tests/fuzz/fuzz_codec.c tests/fuzz/replay.c
tests_fuzz_replay_codec_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"tests/fuzz/corpus/codec"'
tests_fuzz_replay_codec_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)

check_PROGRAMS += tests/fuzz/replay_expr
TESTS += tests/fuzz/replay_expr
tests_fuzz_replay_expr_SOURCES = tests/fuzz/fuzz_expr.c tests/fuzz/replay.c
tests_fuzz_replay_expr_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"tests/fuzz/corpus/expr"'
tests_fuzz_replay_expr_LDADD = $(FLOOR_LIBS) $(OUTSIDE_LIBS)

.PHONY: fuzz
fuzz:
	$(MKDIR_P) fuzz-found/codec
	$(FUZZ_CC) -g -O1 -fsanitize=fuzzer,address,undefined $(AM_CPPFLAGS) -I. $(AM_CFLAGS) -o fuzz-found/fuzz_codec \
		$(top_srcdir)/tests/fuzz/fuzz_codec.c $(top_srcdir)/src/codec/*.c $(top_srcdir)/src/model/*.c \
		$(top_srcdir)/src/base/*.c $(OUTSIDE_LIBS)
	cd fuzz-found && ./fuzz_codec -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 codec $(abs_top_srcdir)/tests/fuzz/corpus/codec
	$(MKDIR_P) fuzz-found/expr
	$(FUZZ_CC) -g -O1 -fsanitize=fuzzer,address,undefined $(AM_CPPFLAGS) -I. $(AM_CFLAGS) -o fuzz-found/fuzz_expr \
		$(top_srcdir)/tests/fuzz/fuzz_expr.c $(top_srcdir)/src/query/expr/*.c $(top_srcdir)/src/query/view*.c \
		$(top_srcdir)/src/model/*.c $(top_srcdir)/src/base/*.c $(OUTSIDE_LIBS)
	cd fuzz-found && ./fuzz_expr -max_total_time=$(FUZZ_SECONDS) -max_len=1024 -timeout=10 expr $(abs_top_srcdir)/tests/fuzz/corpus/expr
