/* Lines that belong together: what is guessed, where a record ends, and what is said when it may not be its end. */
#include "weir/base/bounds.h"
#include "weir/codec/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct reader {
	struct weir_codec *codec;
	struct weir_batch *batch;
	struct weir_buf lines; /* the records read so far, each in brackets */
	uint64_t noted[WEIR_NOTE_COUNT];
};

static void open_reader(struct reader *r, const char *join, const char *sample)
{
	struct weir_codec_config config = {.format = "text", .time = "none", .want = {.all = true}, .join = join};
	struct weir_error err = {0};
	*r = (struct reader){.batch = weir_batch_new(64)};
	if (weir_codec_open(&config, weir_str_of(sample), true, &r->codec, &err) != WEIR_OK)
		fail_msg("%s", err.what);
}

static void close_reader(struct reader *r)
{
	weir_codec_close(r->codec);
	weir_batch_free(r->batch);
	weir_buf_release(&r->lines);
}

static void take_batch(struct reader *r)
{
	for (uint32_t row = 0; row < r->batch->n_rows; row++) {
		struct weir_value v = weir_column_get(&r->batch->columns[0], row);
		weir_buf_addf(&r->lines, "[" WEIR_STR_FMT "]", WEIR_STR_ARG(v.s));
	}
	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		r->noted[i] += r->batch->n_noted[i];
}

/* What is there of a stream of bytes: returns how many were taken. */
static size_t feed(struct reader *r, const char *bytes, bool idle, bool at_end)
{
	struct weir_chunk chunk = {.bytes = bytes, .size = strlen(bytes), .idle = idle, .at_end = at_end};
	size_t before, size = chunk.size;
	do {
		before = chunk.size;
		weir_batch_clear(r->batch);
		assert_int_equal(weir_codec_decode(r->codec, &chunk, r->batch, NULL), WEIR_OK);
		take_batch(r);
	} while (chunk.size && chunk.size < before);
	return size - chunk.size;
}

static void check_lines(struct reader *r, const char *want)
{
	weir_buf_add_char(&r->lines, '\0');
	assert_string_equal(r->lines.data, want);
	weir_buf_clear(&r->lines);
}

static void test_what_is_guessed(void **state)
{
	(void)state;
	static const struct {
		const char *sample, *says; /* NULL: nothing is joined */
	} cases[] = {
	    {"2026-11-22 10:00:00 a\n2026-11-22 10:00:01 b\n", ""}, /* should they come */
	    {"2026-11-22 10:00:00 a\n\tat x.y(z)\n2026-11-22 10:00:01 b\n", "lines that do not begin with a time"},
	    {"[10:00:00] a\n  b\n[10:00:01] b\n", "lines that do not begin with a time"},
	    {"Nov 22 10:00:00 a\n| b\nNov 22 10:00:01 b\n", /* two programs in one log, perhaps */
	     "indented lines and those of stack traces"},
	    {"Nov 22 10:00:00 a\n| b\n| c\n| d\nNov 22 10:00:01 b\n", NULL},
	    {"I1122 10:00:00.1 a\ngoroutine 1 [running]:\nmain.f()\nI1122 10:00:01.1 b\n",
	     "lines that do not begin with a time"},
	    {"ERROR a\n    at x.y(z)\nCaused by: b\nINFO c\n", "indented lines and `Caused by:`"},
	    {"ERROR a\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x()\nE: b\n",
	     "the lines of a stack trace of Python"},
	    {"panic: a\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/a/b.go:5 +0x1d\n",
	     "the lines of a stack trace of Go"},
	    {"a:\n  - b\n  - c\nd:\n  e\n", NULL}, /* indented for another reason */
	    {"  a\n  b\n", NULL},
	    {"\n\n", NULL},
	    {"one\ntwo\n", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reader r;
		open_reader(&r, NULL, cases[i].sample);
		const struct weir_guess *g = weir_codec_guess(r.codec);
		if (strcmp(g->join ? g->join : "", cases[i].says ? cases[i].says : "") != 0)
			fail_msg("%s: %s", cases[i].sample, g->join ? g->join : "none");
		assert_int_equal(g->join_guessed, cases[i].says != NULL);
		assert_int_equal(weir_codec_holds_back(r.codec), cases[i].says != NULL);
		close_reader(&r);
	}
}

static void test_a_record_ends_where_the_next_one_begins(void **state)
{
	(void)state;
	struct reader r;
	open_reader(&r, "^ ", "");
	assert_int_equal(feed(&r, "a\n b\n", false, false), 0); /* there may be more of it */
	assert_int_equal(feed(&r, "a\n b\n c", false, false), 0);
	assert_int_equal(feed(&r, "a\n b\n\n c\nd\ne", false, false), 9); /* of d the same is not known */
	check_lines(&r, "[a\n b\n\n c]");
	assert_int_equal(feed(&r, "d\ne\n", false, true), 4);
	check_lines(&r, "[d][e]");
	assert_int_equal(r.noted[WEIR_NOTE_JOINED], 0); /* it was asked for */
	close_reader(&r);
}

static void test_traces_that_come_later_are_joined(void **state)
{
	(void)state;
	struct reader r;
	open_reader(&r, NULL, "2026-11-22 10:00:00 a\n");
	assert_int_equal(feed(&r,
			      "2026-11-22 10:00:00 a\n2026-11-22 10:00:01 b\njava.lang.Error: x\n\tat c.d(e)\n"
			      "another program\n2026-11-22 10:00:02 f\n",
			      false, true),
			 112);
	check_lines(&r, "[2026-11-22 10:00:00 a][2026-11-22 10:00:01 b\njava.lang.Error: x\n\tat c.d(e)]"
			"[another program][2026-11-22 10:00:02 f]");
	assert_int_equal(r.noted[WEIR_NOTE_JOINED], 2);
	close_reader(&r);
}

static void test_a_chunk_is_cut_where_a_record_begins(void **state)
{
	(void)state;
	static const char text[] = "a\n b\n\n c\nd\n\n e\nf\n";
	static const struct {
		size_t before, start;
	} cases[] = {{17, 15}, {15, 9}, {12, 9}, {9, 0}, {2, 0}, {0, SIZE_MAX}};
	struct reader r;
	open_reader(&r, "^ ", "");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(weir_codec_record_before(r.codec, text, cases[i].before), cases[i].start);
	assert_int_equal(weir_codec_record_before(r.codec, " a\n", 3), SIZE_MAX);
	close_reader(&r);
}

static void test_what_is_guessed_is_counted(void **state)
{
	(void)state;
	static const char text[] = "ERROR a\n  at x.y(z)\n  at y.z(x)\nINFO c\n";
	struct reader r;
	open_reader(&r, "auto", text);
	assert_int_equal(feed(&r, text, false, true), strlen(text));
	check_lines(&r, "[ERROR a\n  at x.y(z)\n  at y.z(x)][INFO c]");
	assert_int_equal(r.noted[WEIR_NOTE_JOINED], 2);
	close_reader(&r);
	open_reader(&r, "none", text);
	assert_int_equal(feed(&r, text, false, true), strlen(text));
	check_lines(&r, "[ERROR a][  at x.y(z)][  at y.z(x)][INFO c]");
	close_reader(&r);
}

static void test_the_newest_record_does_not_wait_for_ever(void **state)
{
	(void)state;
	struct reader r;
	open_reader(&r, "^ ", "");
	assert_int_equal(feed(&r, "a\n b\n c", true, false), 5); /* but half a line does */
	check_lines(&r, "[a\n b]");
	assert_int_equal(feed(&r, " c\n d\ne\n", false, false), 6);
	check_lines(&r, "[ c\n d]");
	assert_int_equal(r.noted[WEIR_NOTE_JOIN_SEVERED], 1);
	assert_int_equal(feed(&r, "e\n", true, false), 2);
	assert_int_equal(feed(&r, "f\n", true, false), 2);
	check_lines(&r, "[e][f]");
	assert_int_equal(r.noted[WEIR_NOTE_JOIN_SEVERED], 1);
	close_reader(&r);
}

static void test_a_record_has_bounds(void **state)
{
	(void)state;
	struct reader r;
	struct weir_buf text = {0};
	open_reader(&r, "^ ", "");
	weir_buf_add_c(&text, "a\n");
	for (int i = 0; i < WEIR_MAX_JOINED_LINES + 9; i++)
		weir_buf_add_c(&text, " b\n");
	weir_buf_add_c(&text, "c\n");
	weir_buf_add_char(&text, '\0');
	assert_int_equal(feed(&r, text.data, false, true), text.size - 1);
	assert_int_equal(r.noted[WEIR_NOTE_JOIN_BOUND], 1);
	assert_int_equal(r.noted[WEIR_NOTE_JOIN_SEVERED], 1);
	assert_int_equal(r.lines.size,
			 text.size - 1 + 3 * 2 - 3); /* three records in brackets, without their line ends */
	weir_buf_release(&text);
	close_reader(&r);
}

static void test_messages_are_joined_within_their_partition(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint16_t partition;
	} lines[] = {{"a", 0}, {" b\n", 0}, {" c", 0}, {" d", 1}, {"e", 1}, {"f", 0}, {" g", 0}};
	enum { N = sizeof lines / sizeof *lines };
	struct weir_message messages[N];
	struct reader r;
	open_reader(&r, "^ ", "");
	for (size_t i = 0; i < N; i++)
		messages[i] = (struct weir_message){.payload = weir_str_of(lines[i].text),
						    .partition = lines[i].partition,
						    .offset = (int64_t)i,
						    .time_us = INT64_MIN};
	struct weir_chunk chunk = {.messages = messages, .n_messages = N, .is_messages = true};
	assert_int_equal(weir_codec_decode(r.codec, &chunk, r.batch, NULL), WEIR_OK);
	take_batch(&r);
	check_lines(&r, "[a\n b\n c][ d][e]");
	assert_int_equal(chunk.n_messages, 2); /* more of the last may come */
	assert_int_equal(r.batch->position[1], 3);
	chunk.idle = true;
	weir_batch_clear(r.batch);
	assert_int_equal(weir_codec_decode(r.codec, &chunk, r.batch, NULL), WEIR_OK);
	take_batch(&r);
	check_lines(&r, "[f\n g]");
	assert_int_equal(chunk.n_messages, 0);
	close_reader(&r);
}

static void test_a_wrong_pattern_is_refused(void **state)
{
	(void)state;
	struct weir_codec_config config = {.format = "text", .time = "none", .join = "^(", .want = {.all = true}};
	struct weir_codec *codec = NULL;
	struct weir_error err = {0};
	assert_int_equal(weir_codec_open(&config, WEIR_STR("a\n"), true, &codec, &err), WEIR_USAGE);
	assert_null(codec);
	assert_string_equal(err.origin, "join-lines");
	assert_int_equal(err.caret_from, 2);
	config.format = "json";
	assert_int_equal(weir_codec_open(&config, WEIR_STR("{\"a\":1}\n"), true, &codec, &err), WEIR_OK);
	assert_non_null(strstr(weir_codec_guess(codec)->doubt, "--join-lines"));
	weir_codec_close(codec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_guessed),
	    cmocka_unit_test(test_a_record_ends_where_the_next_one_begins),
	    cmocka_unit_test(test_traces_that_come_later_are_joined),
	    cmocka_unit_test(test_a_chunk_is_cut_where_a_record_begins),
	    cmocka_unit_test(test_what_is_guessed_is_counted),
	    cmocka_unit_test(test_the_newest_record_does_not_wait_for_ever),
	    cmocka_unit_test(test_a_record_has_bounds),
	    cmocka_unit_test(test_messages_are_joined_within_their_partition),
	    cmocka_unit_test(test_a_wrong_pattern_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
