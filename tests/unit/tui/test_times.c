/* Which buckets of a result tell something: those that the data covers whole. */
#include "fake_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct fake fake;

enum { N = 31 };
#define BUCKET (10 * WEIR_US_PER_S)
#define START (INT64_C(1795269600) * WEIR_US_PER_S)

static int setup(void **state)
{
	(void)state;
	fake_make(&fake, FAKE_WEB);
	struct weir_result *r = &fake.result;
	r->n_buckets = N;
	r->bucket_us = BUCKET;
	r->bucket_start_us = START;
	r->oldest_us = r->covered_from_us = WEIR_TIME_NONE;
	r->moment_us = START + (N - 1) * BUCKET + 3 * WEIR_US_PER_S;
	r->window_end_us = r->moment_us;
	r->window_start_us = r->moment_us - 30 * BUCKET;
	r->first_bucket_partial = false;
	fake.info.ended = false;
	fake.state.data_from_us = WEIR_TIME_NONE;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_release(&fake);
	return 0;
}

static void expect(uint32_t from, uint32_t to)
{
	struct weir_times t = weir_times_of(&fake.result, fake.state.data_from_us);
	uint32_t a, b;
	weir_times_whole(&fake.picture, &t, &a, &b);
	assert_int_equal(a, from);
	assert_int_equal(b, to);
}

static void test_buckets_that_are_cut_are_no_whole_ones(void **state)
{
	struct weir_result *r = &fake.result;
	(void)state;
	expect(0, N - 1);
	r->first_bucket_partial = true;
	expect(1, N - 1);
	r->covered_from_us = START + 42 * WEIR_US_PER_S; /* the stream began in the fifth */
	expect(5, N - 1);
	r->covered_from_us = START + 40 * WEIR_US_PER_S;
	expect(4, N - 1);
	r->moment_us = START + N * BUCKET;
	expect(4, N);
	r->moment_us -= WEIR_US_PER_S / 2;
	expect(4, N - 1);
}

/* The first row of a file is not at the very start of a bucket, nor the last at its end. */
static void test_a_file_may_begin_and_end_near_a_border(void **state)
{
	struct weir_result *r = &fake.result;
	(void)state;
	fake.info.ended = true;
	r->oldest_us = START + WEIR_US_PER_S / 5;
	r->moment_us = START + N * BUCKET - WEIR_US_PER_S / 5;
	expect(0, N);
	r->oldest_us = START + 5 * WEIR_US_PER_S;
	r->moment_us = START + N * BUCKET - 5 * WEIR_US_PER_S;
	expect(1, N - 1);
}

static void test_too_few_are_all_shown(void **state)
{
	struct weir_result *r = &fake.result;
	(void)state;
	r->n_buckets = 3;
	r->moment_us = START + 25 * WEIR_US_PER_S;
	expect(0, 3);
}

/* A sparkline has as many buckets, whether the window lies over 30 or 31, and no other values than those of whole ones. */
static void test_a_sparkline_stays_as_it_is(void **state)
{
	struct weir_result *r = &fake.result;
	double values[N], means[64];
	(void)state;
	for (int tenth = 0; tenth < 40; tenth++) {
		int64_t moment = START + 30 * BUCKET + 1 + tenth * WEIR_US_PER_S;
		int64_t low = (moment - 30 * BUCKET) / BUCKET, high = (moment - 1) / BUCKET;
		r->moment_us = r->window_end_us = moment;
		r->window_start_us = moment - 30 * BUCKET;
		r->bucket_start_us = low * BUCKET;
		r->n_buckets = (uint32_t)(high - low + 1);
		r->first_bucket_partial = r->window_start_us > r->bucket_start_us;
		for (uint32_t i = 0; i < r->n_buckets; i++)
			values[i] = i == 0 || i + 1 == r->n_buckets ? 1 : 100;
		struct weir_times t = weir_times_of(r, fake.state.data_from_us);
		struct weir_spark spark = weir_times_spark(&fake.picture, &t);
		assert_int_equal(spark.n, 29);
		int n = weir_spark_values(&spark, values, 12, means);
		assert_int_equal(n, 9);
		for (int i = 0; i < n; i++)
			assert_true(means[i] == 100);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_buckets_that_are_cut_are_no_whole_ones),
	    TEST(test_a_file_may_begin_and_end_near_a_border),
	    TEST(test_too_few_are_all_shown),
	    TEST(test_a_sparkline_stays_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
