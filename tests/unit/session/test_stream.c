/* A stream: its name, its thread, its pace; and the question that is guessed from its rows. */
#include "../../../src/session/guess.h"
#include "../../../src/session/secret.h"
#include "../../../src/session/stream.h"

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

	(void)state;
	assert_int_equal(weir_uri_parse(WEIR_STR("kafka://ann:${SECRET}@host/topic?sasl.password=${SECRET}"), false, &u, &err), WEIR_OK);
	assert_int_equal(weir_secrets_expand(&u, lookup, &err), WEIR_OK);
	assert_string_equal(u.password, "p@ss/w?rd&x");
	assert_string_equal(weir_uri_param(&u, "sasl.password"), "p@ss/w?rd&x");
	assert_string_equal(u.hosts, "host");
	weir_uri_show(&u, &shown);
	assert_null(strstr(shown.data, "w?rd"));
	weir_buf_release(&shown);
	weir_uri_release(&u);
	assert_int_equal(weir_uri_parse(WEIR_STR("kafka://ann:${OTHER}@host/topic"), false, &u, &err), WEIR_OK);
	assert_int_equal(weir_secrets_expand(&u, lookup, &err), WEIR_USAGE);
	assert_non_null(strstr(err.what, "OTHER"));
	weir_uri_release(&u);
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
	f->config = (struct weir_stream_config){
		.options = &f->options, .clock = &weir_clock_system, .wake = &f->wake, .want = {.all = true}, .stdin_fd = -1};
	assert_int_equal(weir_stream_open(&f->stream, &f->config, source, &err), WEIR_OK);
	assert_int_equal(weir_stream_start(&f->stream, &err), WEIR_OK);
}

static uint64_t read_all(struct fixture *f, struct weir_guesser *g)
{
	uint64_t rows = 0;
	bool ended = false;

	while (!ended) {
		struct weir_batch *b = weir_stream_take(&f->stream, &ended);
		if (!b && !ended)
			weir_wake_wait(&f->wake, -1);
		if (!b)
			continue;
		rows += b->n_rows;
		assert_true(!g || weir_guesser_add(g, b));
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
	uint64_t rows = read_all(&f, NULL);
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
	weir_wake_wait(&f.wake, -1);
	struct weir_batch *b = weir_stream_take(&f.stream, &ended);
	weir_batch_free(b);
	close_stream(&f);
}

static void guess_is(const char *source, const char *group, const char *measure)
{
	struct fixture f = {0};
	struct weir_guesser g = {0};
	struct weir_buf got_group = {0}, got_measure = {0};

	open_stream(&f, source);
	read_all(&f, &g);
	weir_guesser_choose(&g, &got_group, &got_measure);
	assert_string_equal(got_group.data, group);
	assert_string_equal(got_measure.data, measure);
	weir_buf_release(&got_group);
	weir_buf_release(&got_measure);
	weir_guesser_release(&g);
	close_stream(&f);
}

static void test_guesses_for_the_built_in_streams(void **state)
{
	(void)state;
	guess_is("demo:orders?count=2000&start=2026-01-01T00:00:00Z", "item", "count, sum(price)");
	guess_is("demo:web?count=2000&start=2026-01-01T00:00:00Z", "service", "count, p95(latency_ms)");
	guess_is("demo:sensors?count=2000&start=2026-01-01T00:00:00Z", "sensor", "count, avg(temperature)");
}

/* A clock that only moves when it is told to. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_sources),
		cmocka_unit_test(test_secrets_are_filled_in_and_never_shown),
		cmocka_unit_test(test_every_row_comes_through_the_ring),
		cmocka_unit_test(test_close_ends_a_waiting_thread),
		cmocka_unit_test(test_guesses_for_the_built_in_streams),
		cmocka_unit_test(test_replay_waits_by_the_event_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
