/* A stream: its name, its secrets, its thread, its sample, its pace. */
#include "session/stream/stream.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unistd.h>

static void split_is(const char *text, const char *name, const char *source)
{
	struct weir_str rest, got = weir_stream_split(weir_str_of(text), &rest);

	assert_true(weir_str_equal(got, weir_str_of(name)));
	assert_true(weir_str_equal(rest, weir_str_of(source)));
}

static void test_names_of_sources(void **state)
{
	(void)state;
	split_is("web=access.log", "web", "access.log");
	split_is("access.log", "", "access.log");
	split_is("kafka://b/t?a=b", "", "kafka://b/t?a=b");
	split_is("x=kafka://b/t?a=b", "x", "kafka://b/t?a=b");
	split_is("./a=b", "", "./a=b");
	split_is("=b", "", "=b");
	split_is("a=", "", "a=");
}

static const char *lookup(const char *name)
{
	return strcmp(name, "SECRET") == 0 ? "p@ss/w?rd&x" : NULL;
}

static void test_secrets_are_filled_in_and_never_shown(void **state)
{
	struct weir_uri u;
	struct weir_error err = {0};
	struct weir_buf shown = {0};
	struct weir_secrets used = {0};
	char cut[12] = "is p@ss/w?r", whole[64] = "p@ss/w?rd&x, p@ss/w?rd&y";

	(void)state;
	assert_int_equal(
	    weir_uri_parse(WEIR_STR("kafka://ann:${SECRET}@host/topic?sasl.password=${SECRET}"), false, &u, &err),
	    WEIR_OK);
	assert_int_equal(weir_secrets_expand(&u, lookup, &used, &err), WEIR_OK);
	assert_string_equal(u.password, "p@ss/w?rd&x");
	assert_string_equal(weir_uri_param(&u, "sasl.password"), "p@ss/w?rd&x");
	assert_string_equal(u.hosts, "host");
	weir_uri_show(&u, &shown);
	assert_null(strstr(shown.data, "w?rd"));
	weir_buf_release(&shown);
	weir_uri_release(&u);
	assert_int_equal(weir_uri_parse(WEIR_STR("kafka://ann:${OTHER}@host/topic"), false, &u, &err), WEIR_OK);
	assert_int_equal(weir_secrets_expand(&u, lookup, &used, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "OTHER"));
	weir_uri_release(&u);

	/* What a source says of a value names the variable, also where its text was cut. */
	weir_secrets_hide(&used, whole, sizeof whole);
	assert_string_equal(whole, "${SECRET}, p@ss/w?rd&y");
	weir_secrets_hide(&used, cut, sizeof cut);
	assert_string_equal(cut, "is ${SECRET");
	weir_secrets_release(&used);
}

struct fixture {
	struct weir_options options;
	struct weir_wake wake;
	struct weir_stream stream;
	struct weir_stream_config config;
};

static void open_stream(struct fixture *f, const char *source)
{
	struct weir_error err = {0};

	weir_options_init(&f->options);
	assert_int_equal(weir_wake_init(&f->wake, &err), WEIR_OK);
	f->config = (struct weir_stream_config){.options = &f->options,
						.clock = &weir_clock_system,
						.wake = &f->wake,
						.want = {.all = true},
						.stdin_fd = -1};
	assert_int_equal(weir_stream_open(&f->stream, &f->config, source, &err), WEIR_OK);
	assert_int_equal(weir_stream_start(&f->stream, &err), WEIR_OK);
}

static uint64_t read_all(struct fixture *f)
{
	uint64_t rows = 0;
	bool ended = false;

	while (!ended) {
		struct weir_batch *b = weir_stream_take(&f->stream, &ended);
		if (!b && !ended)
			assert_true(weir_wake_wait(&f->wake, TEST_LIMIT_S * INT64_C(1000000)));
		if (!b)
			continue;
		rows += b->n_rows;
		weir_stream_give_back(&f->stream, b);
	}
	return rows;
}

static void close_stream(struct fixture *f)
{
	weir_stream_close(&f->stream);
	weir_wake_release(&f->wake);
	weir_options_release(&f->options);
}

static void test_every_row_comes_through_the_ring(void **state)
{
	struct fixture f = {0};

	(void)state;
	open_stream(&f, "demo:web?count=100000&start=2026-01-01T00:00:00Z");
	assert_string_equal(f.stream.name, "web");
	uint64_t rows = read_all(&f);
	assert_in_range(rows, 95000, 100000); /* some are malformed on purpose */
	assert_false(weir_stream_error(&f.stream, NULL));
	close_stream(&f);
}

/* Nobody takes what is decoded: the thread waits in the full ring and must still end. */
static void test_close_ends_a_waiting_thread(void **state)
{
	struct fixture f = {0};
	bool ended;

	(void)state;
	open_stream(&f, "demo:web?rate=1000000");
	assert_true(weir_wake_wait(&f.wake, TEST_LIMIT_S * INT64_C(1000000)));
	struct weir_batch *b = weir_stream_take(&f.stream, &ended);
	weir_batch_free(b);
	close_stream(&f);
}

/* A clock that only moves when the test moves it. */
static int64_t told_us(void *ctx)
{
	return *(int64_t *)ctx;
}

static void test_replay_waits_by_the_event_times(void **state)
{
	int64_t now = 5000000;
	const struct weir_clock clock = {told_us, told_us, NULL, &now};
	struct weir_replay r;

	(void)state;
	weir_replay_init(&r, &clock, 10);
	assert_int_equal(weir_replay_wait_us(&r, 1000000), 0); /* the first row is due at once */
	assert_in_range(weir_replay_wait_us(&r, 11000000), 1000000, 1000001);
	now += 1000001;
	assert_int_equal(weir_replay_wait_us(&r, 11000000), 0);
	weir_replay_set_speed(&r, 1);
	assert_in_range(weir_replay_wait_us(&r, 12000000), 1000000, 1000001);
	weir_replay_set_speed(&r, 0);
	assert_int_equal(weir_replay_wait_us(&r, INT64_C(1) << 50), 0);
	assert_int_equal(weir_replay_wait_us(&r, WEIR_TIME_NONE), 0);
	weir_replay_release(&r);
}

/* A sample of a batch ends with its bytes; time ends it only late, with a warning. */
static void test_a_sample_is_waited_for(void **state)
{
	enum { S = 1000000 };
	static char many[WEIR_SAMPLE_MOST_BYTES];
	struct weir_chunk header = {.bytes = "d,v\n", .size = 4}, few = {.bytes = "d,v\n1,2\n3,4\n", .size = 12};
	struct weir_chunk all = header, much = {.bytes = many, .size = sizeof many},
			  messages = {.is_messages = true, .n_messages = 99};
	int64_t batch = weir_sample_limit_us(false, -1, -1), live = weir_sample_limit_us(true, -1, -1);
	char text[120];

	(void)state;
	all.at_end = true;
	assert_in_range(live, 1, S / 2);
	assert_int_equal(batch, 5 * S);
	assert_int_equal(weir_sample_limit_us(false, 3 * S, -1), 3 * S / 2);
	assert_int_equal(weir_sample_limit_us(false, -1, 2 * S), 2 * S);
	assert_int_equal(weir_sample_limit_us(false, -1, 1), S);
	assert_int_equal(weir_sample_judge(&all, 0, false, batch), WEIR_SAMPLE_ENOUGH);
	assert_int_equal(weir_sample_judge(&much, 0, false, batch), WEIR_SAMPLE_ENOUGH);
	assert_int_equal(weir_sample_judge(&few, batch - 1, false, batch), WEIR_SAMPLE_MORE);
	assert_int_equal(weir_sample_judge(&few, batch, false, batch), WEIR_SAMPLE_SHORT);
	assert_int_equal(weir_sample_judge(&header, 10 * batch, false, batch), WEIR_SAMPLE_MORE);
	assert_int_equal(weir_sample_judge(&header, live, true, live), WEIR_SAMPLE_SHORT);
	assert_int_equal(weir_sample_judge(&messages, batch - 1, false, batch), WEIR_SAMPLE_MORE);
	assert_int_equal(weir_sample_judge(&messages, batch, false, batch), WEIR_SAMPLE_SHORT);
	weir_sample_say_short(&few, batch, text, sizeof text);
	assert_string_equal(text, "the format was guessed from the first 12 bytes, all that came within 5 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names_of_sources),
	    cmocka_unit_test(test_secrets_are_filled_in_and_never_shown),
	    cmocka_unit_test(test_every_row_comes_through_the_ring),
	    cmocka_unit_test(test_close_ends_a_waiting_thread),
	    cmocka_unit_test(test_a_sample_is_waited_for),
	    cmocka_unit_test(test_replay_waits_by_the_event_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
