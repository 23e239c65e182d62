/* The table and what it compares: the numbers of one row belong to one stretch of time, and the column that sorts is seen. */
#include "fake_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct fake fake;

static int setup(void **state)
{
	(void)state;
	fake_make(&fake, FAKE_WEB);
	fake.result.sort_measure = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_release(&fake);
	return 0;
}

/* The window is not over: its last rows are in what is shown, and in nothing that is compared. */
static void leave_unfinished(struct weir_result *r)
{
	r->compared_us = 298 * WEIR_US_PER_S + 500000;
	for (uint32_t i = 0; i < r->n_rows; i++) {
		struct weir_result_row *row = (struct weir_result_row *)&r->rows[i];
		struct weir_value *part = weir_arena_alloc(&r->arena, r->n_measures * sizeof *part);
		struct weir_value *before = weir_arena_alloc(&r->arena, r->n_measures * sizeof *before);
		assert_non_null(part);
		assert_non_null(before);
		for (uint32_t m = 0; m < r->n_measures; m++) {
			part[m] = before[m] = (struct weir_value){.type = WEIR_INT64, .i = 7202 - i};
			before[m].i = 7048;
		}
		row->compared = part;
		row->previous = before;
	}
}

static void test_what_was_stands_beside_the_same_part(void **state)
{
	(void)state;
	struct weir_table t;
	char text[WEIR_FORMAT_BYTES];
	int n_seen = 0;
	leave_unfinished(&fake.result);
	assert_true(weir_table_compares_part(&fake.result));
	assert_string_equal(weir_table_part_text(&fake.result, text), "first 4m58s");
	for (int columns = 60; columns <= 200; columns++) {
		weir_table_fit(&t, &fake.result, columns, true, true);
		assert_true(!t.before == !t.part); /* 7,202 and 7,048 make +154; 7,248 does not */
		n_seen += t.before > 0;
		weir_table_fit(&t, &fake.result, columns, false, true);
		assert_int_equal(t.before, 0);
	}
	assert_true(n_seen > 100);
	fake.result.compared_us = 300 * WEIR_US_PER_S; /* all of it is over */
	weir_table_fit(&t, &fake.result, 120, true, true);
	assert_false(weir_table_compares_part(&fake.result));
	assert_true(t.before && !t.part);
}

static void test_the_column_that_sorts_is_seen(void **state)
{
	(void)state;
	struct weir_table t;
	for (int unfinished = 0; unfinished < 2; unfinished++) {
		if (unfinished)
			leave_unfinished(&fake.result);
		for (int which = 0; which < WEIR_COMPARED_COLUMNS; which++)
			for (int columns = 60; columns <= 200; columns++)
				for (int at_length = 0; at_length < 2; at_length++) {
					const int *seen[] = {&t.before, &t.delta};
					int found = -1, sorts = 0;
					fake.result.sort_compared = which;
					weir_table_fit(&t, &fake.result, columns, at_length, true);
					assert_true(which == WEIR_COMPARED_PCT ? t.change : *seen[which] > 0);
					assert_true(!unfinished || !t.before == !t.part);
					for (int x = 0; x < columns; x++) /* and takes a click */
						sorts += weir_table_column_at(&t, x, &found) &&
							 found == WEIR_SORT_COMPARED * (1 + which);
					assert_true(sorts > 2);
				}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_what_was_stands_beside_the_same_part),
	    TEST(test_the_column_that_sorts_is_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
