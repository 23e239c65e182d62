/* The question that a screen begins with, over rows of the built-in streams. */
#include "session/engine/engine.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void read_all(struct weir_stream *s, struct weir_wake *wake, struct weir_first_question *q)
{
	bool ended = false;

	while (!ended) {
		struct weir_batch *b = weir_stream_take(s, &ended);
		if (!b && !ended)
			assert_true(weir_wake_wait(wake, TEST_LIMIT_S * INT64_C(1000000)));
		if (!b)
			continue;
		assert_true(weir_first_question_add(q, b));
		weir_stream_give_back(s, b);
	}
}

static void look_at(struct weir_first_question *q, const char *source, uint16_t index)
{
	struct weir_options options;
	struct weir_wake wake;
	struct weir_stream stream;
	struct weir_error err = {0};

	weir_options_init(&options);
	assert_int_equal(weir_wake_init(&wake, &err), WEIR_OK);
	struct weir_stream_config config = {.options = &options,
					    .clock = &weir_clock_system,
					    .wake = &wake,
					    .want = {.all = true},
					    .stdin_fd = -1,
					    .index = index};
	assert_int_equal(weir_stream_open(&stream, &config, source, &err), WEIR_OK);
	assert_int_equal(weir_stream_start(&stream, &err), WEIR_OK);
	read_all(&stream, &wake, q);
	weir_stream_close(&stream);
	weir_wake_release(&wake);
	weir_options_release(&options);
}

static void chooses(struct weir_first_question *q, const char *group, const char *measure)
{
	struct weir_buf got_group = {0}, got_measure = {0};

	weir_first_question_choose(q, &got_group, &got_measure);
	assert_string_equal(got_group.data, group);
	assert_string_equal(got_measure.data, measure);
	weir_buf_release(&got_group);
	weir_buf_release(&got_measure);
}

static void first_question_is(const char *source, const char *group, const char *measure)
{
	struct weir_first_question q = {0};

	look_at(&q, source, 0);
	chooses(&q, group, measure);
	weir_first_question_release(&q);
}

static void test_of_the_built_in_streams(void **state)
{
	(void)state;
	first_question_is("demo:orders?count=2000&start=2026-01-01T00:00:00Z", "item", "count, sum(price)");
	first_question_is("demo:web?count=2000&start=2026-01-01T00:00:00Z", "service", "count, p95(latency_ms)");
	first_question_is("demo:sensors?count=2000&start=2026-01-01T00:00:00Z", "sensor", "count, avg(temperature)");
}

/* What one stream alone has would leave the rows of the others in a group of NULL. */
static void test_of_several_streams(void **state)
{
	struct weir_first_question q = {0};

	(void)state;
	look_at(&q, "demo:web?count=2000&start=2026-01-01T00:00:00Z", 0);
	look_at(&q, "demo:orders?count=2000&start=2026-01-01T00:00:00Z", 1);
	chooses(&q, "region", "count, p95(latency_ms)");
	look_at(&q, "demo:sensors?count=2000&start=2026-01-01T00:00:00Z", 2);
	chooses(&q, "_stream", "count, p95(latency_ms)");
	weir_first_question_release(&q);
	look_at(&q, "demo:web?count=2000&start=2026-01-01T00:00:00Z", 0);
	look_at(&q, "demo:web?count=2000&start=2026-01-01T00:00:00Z&seed=2", 1);
	chooses(&q, "service", "count, p95(latency_ms)");
	weir_first_question_release(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_of_the_built_in_streams),
	    cmocka_unit_test(test_of_several_streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
