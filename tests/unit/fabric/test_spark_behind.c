/* How far a job is behind: the thread that asks, with brokers that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fabric/spark/behind.h"

#include "../../limit.h"

#include <stdlib.h>

/* ---- the brokers ---- */

struct weir_spark_ends {
	int unused;
};
static _Atomic int64_t end = 100; /* of every partition; -1: nobody answers */
static _Atomic unsigned n_open;

enum weir_status weir_spark_ends_open(const struct weir_uri *source, struct weir_log *log, struct weir_spark_ends **out,
				      struct weir_error *err)
{
	(void)log, (void)err;
	assert_string_equal(source->scheme, "kafka");
	*out = calloc(1, sizeof **out);
	n_open++;
	return WEIR_OK;
}

void weir_spark_ends_close(struct weir_spark_ends *e)
{
	n_open -= e != NULL;
	free(e);
}

int64_t weir_spark_ends_behind(struct weir_spark_ends *e, const struct weir_spark_place *places, size_t n)
{
	int64_t sum = 0;
	(void)e;
	for (size_t i = 0; i < n; i++)
		sum += end - places[i].offset;
	return end < 0 ? -1 : sum;
}

/* ---- tests ---- */

static struct weir_wake wake;

static void take(struct weir_spark_behind *b, uint32_t stream, int64_t first, int64_t second)
{
	struct weir_spark_place *places = calloc(2, sizeof *places);
	assert_non_null(places);
	places[0] = (struct weir_spark_place){"t", 0, first};
	places[1] = (struct weir_spark_place){"t", 1, second};
	weir_spark_behind_take(b, stream, places, 2);
}

static void wait_for_lag(struct weir_spark_behind *b, int64_t lag)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	while (weir_spark_behind_lag(b, 0) != lag) {
		int64_t left_us = end_us - weir_clock_mono_us(&weir_clock_system);
		if (left_us <= 0)
			fail_msg("the lag is %lld", (long long)weir_spark_behind_lag(b, 0));
		weir_wake_wait(&wake, left_us);
	}
}

static void a_lag_is_what_lies_behind_the_newest_batch(void **state)
{
	(void)state;
	char kafka[] = "kafka", file[] = "file";
	struct weir_uri topic = {.scheme = kafka}, path = {.scheme = file};
	const struct weir_spark_stream streams[2] = {{.uri = &topic}, {.uri = &path}};
	struct weir_spark_behind *b;
	assert_int_equal(weir_wake_init(&wake, NULL), WEIR_OK);
	assert_int_equal(weir_spark_behind_open(streams, 2, NULL, &wake, &b, NULL), WEIR_OK);
	assert_int_equal(n_open, 1);
	assert_int_equal(weir_spark_behind_lag(b, 0), -1); /* no batch yet */
	take(b, 0, 100, 60);
	take(b, 1, 1, 1); /* of a file, nothing is known */
	wait_for_lag(b, 40);
	assert_true(weir_spark_behind_has_news(b));
	assert_int_equal(weir_spark_behind_lag(b, 1), -1);
	end = 150; /* the topic grows, and no batch comes: it is asked again */
	wait_for_lag(b, 140);
	take(b, 0, 150, 150);
	wait_for_lag(b, 0);
	end = -1; /* not known is not 0 */
	wait_for_lag(b, -1);
	end = 200;
	take(b, 0, 150, 150);
	wait_for_lag(b, 100);
	weir_spark_behind_forget(b); /* another question begins at the beginning */
	assert_int_equal(weir_spark_behind_lag(b, 0), -1);
	weir_spark_behind_close(b);
	assert_int_equal(n_open, 0);
	weir_wake_release(&wake);
}

static void without_a_job_there_is_no_lag(void **state)
{
	(void)state;
	assert_int_equal(weir_spark_behind_lag(NULL, 0), -1);
	assert_false(weir_spark_behind_has_news(NULL));
	weir_spark_behind_forget(NULL);
	weir_spark_behind_take(NULL, 0, NULL, 0);
	weir_spark_behind_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_lag_is_what_lies_behind_the_newest_batch),
	    cmocka_unit_test(without_a_job_there_is_no_lag),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
