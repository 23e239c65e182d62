/* Shares: every item once, one's own from the front, the longest other from the back. */
#include "weir/base/shares.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void order_of_one_thread(void **state)
{
	(void)state;
	static const uint32_t order[] = {3, 4, 5, 9, 2, 8, 1, 7, 0, 6};
	struct weir_shares s;
	uint32_t item;
	weir_shares_init(&s, 10, 3); /* 0-2, 3-5, 6-9 */
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		assert_true(weir_shares_next(&s, 1, &item));
		assert_int_equal(item, order[i]);
	}
	assert_false(weir_shares_next(&s, 1, &item));
	assert_false(weir_shares_next(&s, 0, &item));
}

static void fewer_items_than_shares(void **state)
{
	(void)state;
	struct weir_shares s;
	uint32_t item;
	weir_shares_init(&s, 0, 4);
	assert_false(weir_shares_next(&s, 2, &item));
	weir_shares_init(&s, 1, WEIR_MOST_SHARES);
	assert_true(weir_shares_next(&s, 2, &item));
	assert_int_equal(item, 0);
	assert_false(weir_shares_next(&s, WEIR_MOST_SHARES - 1, &item));
}

enum { ITEMS = 100000, THREADS = 4 };

static struct weir_shares shared;
static unsigned char taken[ITEMS]; /* each byte is one thread's: nobody else may get its item */

static void *take_all(void *share)
{
	uint32_t item;
	while (weir_shares_next(&shared, (uint32_t)(uintptr_t)share, &item))
		taken[item]++;
	return NULL;
}

static void each_item_once(void **state)
{
	(void)state;
	pthread_t threads[THREADS];
	weir_shares_init(&shared, ITEMS, THREADS);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_all, (void *)i),
				 0); // NOLINT(performance-no-int-to-ptr)
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < ITEMS; i++)
		assert_int_equal(taken[i], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(order_of_one_thread),
	    cmocka_unit_test(fewer_items_than_shares),
	    cmocka_unit_test(each_item_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
