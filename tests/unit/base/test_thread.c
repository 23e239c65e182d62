/* Ring, wake-up and clock, with two threads where there are two in life. */
#include "weir/base/log.h"
#include "weir/base/memory.h"
#include "weir/base/thread.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ITEMS = 200000 };

static void *item(uintptr_t n)
{
	return (void *)n;
}

static void *produce(void *ctx)
{
	struct weir_ring *r = ctx;
	for (uintptr_t i = 1; i <= ITEMS; i++)
		if (!weir_ring_push(r, item(i)))
			return item(i);
	weir_ring_close(r);
	return NULL;
}

static void all_items_in_order(size_t capacity)
{
	struct weir_ring *r = weir_ring_new(capacity);
	struct weir_wake wake;
	pthread_t producer;
	assert_int_equal(weir_wake_init(&wake, NULL), WEIR_OK);
	weir_ring_set_wake(r, &wake);
	assert_int_equal(pthread_create(&producer, NULL, produce, r), 0);
	for (uintptr_t expected = 1; expected <= ITEMS;) {
		void *p = weir_ring_try_pop(r);
		if (p)
			assert_ptr_equal(p, item(expected++));
		else
			assert_true(weir_wake_wait(&wake, 10000000)); /* ten seconds: a wake-up was lost */
	}
	void *left;
	pthread_join(producer, &left);
	assert_null(left);
	assert_null(weir_ring_try_pop(r));
	assert_true(weir_ring_closed(r));
	weir_ring_free(r);
	weir_wake_release(&wake);
}

static void two_threads_narrow(void **state)
{
	(void)state;
	all_items_in_order(1);
}

static void two_threads_wide(void **state)
{
	(void)state;
	all_items_in_order(64);
}

static void full_empty_closed(void **state)
{
	(void)state;
	struct weir_ring *r = weir_ring_new(3); /* becomes four */
	assert_null(weir_ring_try_pop(r));
	for (uintptr_t i = 1; i <= 4; i++)
		assert_true(weir_ring_try_push(r, item(i)));
	assert_false(weir_ring_try_push(r, item(5)));
	assert_int_equal(weir_ring_count(r), 4);
	assert_ptr_equal(weir_ring_try_pop(r), item(1));
	assert_true(weir_ring_try_push(r, item(5)));
	weir_ring_close(r);
	assert_false(weir_ring_try_push(r, item(6)));
	assert_false(weir_ring_push(r, item(6)));
	for (uintptr_t i = 2; i <= 5; i++)
		assert_ptr_equal(weir_ring_try_pop(r), item(i));
	assert_null(weir_ring_try_pop(r));
	weir_ring_free(r);
	weir_ring_free(NULL);
}

static void *push_one(void *ctx)
{
	return item(weir_ring_push(ctx, item(9)));
}

static void close_wakes_a_waiting_producer(void **state)
{
	(void)state;
	struct weir_ring *r = weir_ring_new(2);
	pthread_t producer;
	void *pushed;
	assert_true(weir_ring_try_push(r, item(1)) && weir_ring_try_push(r, item(2)));
	assert_int_equal(pthread_create(&producer, NULL, push_one, r), 0);
	weir_ring_close(r); /* before or after it sleeps: it must come back either way */
	pthread_join(producer, &pushed);
	assert_null(pushed);
	weir_ring_free(r);
}

static void wakes_count_once(void **state)
{
	(void)state;
	struct weir_wake w;
	assert_int_equal(weir_wake_init(&w, NULL), WEIR_OK);
	assert_false(weir_wake_wait(&w, 0));
	weir_wake_signal(&w);
	weir_wake_signal(&w);
	struct pollfd p = {w.fd, POLLIN, 0};
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_true(weir_wake_wait(&w, -1));
	assert_false(weir_wake_wait(&w, 0));
	weir_wake_release(&w);
	assert_int_equal(w.fd, -1);
}

static void no_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 2; n++) {
		weir_alloc_fail_at(n, true);
		assert_null(weir_ring_new(4));
		assert_null(n == 1 ? weir_log_new(4) : NULL);
	}
	weir_alloc_fail_at(0, false);
}

static void clocks_run(void **state)
{
	(void)state;
	int64_t before = weir_clock_mono_us(&weir_clock_system);
	weir_clock_system.sleep_us(NULL, 1);
	assert_true(weir_clock_mono_us(&weir_clock_system) > before);
	assert_true(weir_clock_wall_us(&weir_clock_system) > INT64_C(1500000000000000));
}

static void log_keeps_the_newest(void **state)
{
	(void)state;
	struct weir_log *log = weir_log_new(3);
	struct weir_buf out = {0};
	for (int i = 0; i < 5; i++)
		weir_log_add(log, i % 2 ? WEIR_LOG_ERROR : WEIR_LOG_NOTICE, "kafka", "line %d", i);
	assert_int_equal(weir_log_tail(log, 2, &out), 2);
	assert_string_equal(out.data, "kafka: line 3\nkafka: line 4\n");
	weir_buf_clear(&out);
	assert_int_equal(weir_log_tail(log, 100, &out), 3);
	assert_string_equal(out.data, "kafka: line 2\nkafka: line 3\nkafka: line 4\n");
	assert_int_equal(weir_log_count(log, WEIR_LOG_ERROR), 2);
	assert_int_equal(weir_log_count(log, WEIR_LOG_NOTICE), 3);
	weir_log_add(NULL, WEIR_LOG_ERROR, "x", "nothing");
	assert_int_equal(weir_log_tail(NULL, 1, &out), 0);
	weir_buf_release(&out);
	weir_log_free(log);
	weir_log_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_threads_narrow), cmocka_unit_test(two_threads_wide),
	    cmocka_unit_test(full_empty_closed),  cmocka_unit_test(close_wakes_a_waiting_producer),
	    cmocka_unit_test(wakes_count_once),   cmocka_unit_test(no_memory),
	    cmocka_unit_test(clocks_run),         cmocka_unit_test(log_keeps_the_newest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
