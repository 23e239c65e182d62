/* What the Kafka source does with what it cannot keep in mind, and with times that producers make up. No broker. */
#include "config.h"

#include "source/kafka/kafka.h"
#include "weir/base/memory.h"
#include "weir/base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* A partition in doubt is read again only after a verdict, so its doubt must not get lost. */
static void a_doubt_waits_for_memory(void **state)
{
	(void)state;
	struct kafka_source *k = calloc(1, sizeof *k);
	assert_non_null(k);
	pthread_mutex_init(&k->p.lock, NULL);
	atomic_store(&k->p.closing, true); /* nobody is asked: every doubt stays open */
	k->doubts.items = weir_calloc(2, sizeof *k->doubts.items);
	k->doubts.n = k->doubts.capacity = 2;
	k->doubts.items[1].part = 1;
	atomic_store(&k->any_doubt, true);
	weir_alloc_fail_at(1, true);
	kafka_judge(k);
	weir_alloc_fail_at(0, false);
	assert_int_equal(k->gone.n, 0);
	assert_int_equal(k->doubts.n, 2);
	assert_true(atomic_load(&k->any_doubt));
	kafka_judge(k);
	assert_int_equal(k->gone.n, 2);
	assert_int_equal(k->gone.items[1].part, 1);
	assert_int_equal(k->doubts.n, 0);
	assert_false(atomic_load(&k->any_doubt));
	kafka_doubts_release(&k->gone);
	kafka_doubts_release(&k->doubts);
	pthread_mutex_destroy(&k->p.lock);
	free(k);
}

static void a_doubt_that_cannot_be_kept_is_said(void **state)
{
	(void)state;
	struct kafka_source *k = calloc(1, sizeof *k);
	struct weir_part part = {0};
	assert_non_null(k);
	k->p.set.parts = &part;
	k->p.set.n_parts = 1;
	pthread_mutex_init(&k->p.lock, NULL);
	weir_alloc_fail_at(1, true);
	assert_false(kafka_doubt(k, &part, false));
	weir_alloc_fail_at(0, false);
	assert_false(part.doubted);
	pthread_mutex_destroy(&k->p.lock);
	free(k);
}

static void only_minus_one_is_no_time(void **state)
{
	(void)state;
	const rd_kafka_timestamp_type_t made = RD_KAFKA_TIMESTAMP_CREATE_TIME;
	assert_true(kafka_time_of(made, -1) == WEIR_TIME_NONE);
	assert_true(kafka_time_of(RD_KAFKA_TIMESTAMP_NOT_AVAILABLE, 5) == WEIR_TIME_NONE);
	assert_true(kafka_time_of(made, -2) == -2000);
	assert_true(kafka_time_of(made, -86400000) == INT64_C(-86400000000));
	assert_true(kafka_time_of(made, WEIR_TIME_FIRST_US / 1000) == WEIR_TIME_FIRST_US);
	/* outside the calendar: a time, which the codec counts as none */
	const int64_t outside[] = {INT64_MIN, WEIR_TIME_FIRST_US / 1000 - 1, WEIR_TIME_LAST_US / 1000 + 1, INT64_MAX};
	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
		assert_true(kafka_time_of(made, outside[i]) != WEIR_TIME_NONE);
		assert_false(weir_time_exists(kafka_time_of(made, outside[i])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_doubt_waits_for_memory),
	    cmocka_unit_test(a_doubt_that_cannot_be_kept_is_said),
	    cmocka_unit_test(only_minus_one_is_no_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
