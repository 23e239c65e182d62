/* Numbers of rows that were passed over: kept, filled, forgotten, and written down for another run. */
#include "source/mysql/mysql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static struct weir_my_source source_with(int64_t last)
{
	return (struct weir_my_source){.clock = &weir_clock_system, .last = last, .gaps.late_us = 1000};
}

static void assert_position(const struct weir_my_source *q, const char *text)
{
	struct weir_buf out = {0};

	weir_my_position_write(q, &out);
	assert_string_equal(out.data, text);
	weir_buf_release(&out);
}

static void gaps_are_filled_from_all_sides(void **state)
{
	struct weir_my_source q = source_with(20);
	struct weir_buf sql = {0};

	(void)state;
	assert_true(weir_my_gap_add(&q.gaps, 3, 7, 0) && weir_my_gap_add(&q.gaps, 11, 11, 0));
	weir_my_gap_condition(&q.gaps, &sql);
	assert_string_equal(sql.data, "(_id BETWEEN 3 AND 7 OR _id BETWEEN 11 AND 11)");
	assert_position(&q, "20;3-7,11-11");
	assert_true(weir_my_gap_fill(&q.gaps, 5)); /* in the middle */
	assert_position(&q, "20;3-4,6-7,11-11");
	assert_true(weir_my_gap_fill(&q.gaps, 3) && weir_my_gap_fill(&q.gaps, 7)); /* at the ends */
	assert_position(&q, "20;4-4,6-6,11-11");
	assert_true(weir_my_gap_fill(&q.gaps, 11) && weir_my_gap_fill(&q.gaps, 8)); /* the last; one that is none */
	assert_position(&q, "20;4-4,6-6");
	weir_buf_release(&sql);
	free(q.gaps.all);
}

static void gaps_are_forgotten(void **state)
{
	struct weir_my_source q = source_with(9000);

	(void)state;
	assert_true(weir_my_gap_add(&q.gaps, 1, 2, 0) && weir_my_gap_add(&q.gaps, 5, 6, 500));
	weir_my_gap_expire(&q.gaps, 1000);
	assert_position(&q, "9000;5-6");
	for (int64_t i = 0; i < 1000; i++) /* the oldest goes when there are too many */
		assert_true(weir_my_gap_add(&q.gaps, 10 + 2 * i, 10 + 2 * i, 500));
	assert_int_equal(q.gaps.n, 1000);
	assert_int_equal(q.gaps.all[0].from, 10);
	weir_my_gap_expire(&q.gaps, 2000);
	assert_position(&q, "9000");
	free(q.gaps.all);
}

/* One gap that is filled in its middle becomes two: the limit still holds. */
static void a_split_does_not_lift_the_limit(void **state)
{
	struct weir_my_source q = source_with(90000);

	(void)state;
	for (int64_t i = 0; i < 1000; i++)
		assert_true(weir_my_gap_add(&q.gaps, 10 * i, 10 * i + 4, 500));
	assert_true(weir_my_gap_fill(&q.gaps, 5002));
	for (int64_t i = 1000; i < 1010; i++)
		assert_true(weir_my_gap_add(&q.gaps, 10 * i, 10 * i + 4, 500));
	assert_int_equal(q.gaps.n, 1000);
	assert_int_equal(q.gaps.all[0].from, 110);
	assert_int_equal(q.gaps.all[999].from, 10090);
	free(q.gaps.all);
}

static void positions_are_read_back(void **state)
{
	static const char *const good[] = {"0", "90", "90;3-5,7-7"};
	static const char *const bad[] = {"", "x", "-1", "90;", "90;3", "90;5-3", "90;3-5,", "90;3-5;7-8"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct weir_my_source q = source_with(0);
		assert_int_equal(weir_my_position_read(&q, good[i], NULL), WEIR_OK);
		assert_position(&q, good[i]);
		free(q.gaps.all);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct weir_my_source q = source_with(0);
		struct weir_error err = {0};
		if (weir_my_position_read(&q, bad[i], &err) != WEIR_USAGE)
			fail_msg("position=%s was taken", bad[i]);
		assert_non_null(strstr(err.hint, "--stats"));
		free(q.gaps.all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gaps_are_filled_from_all_sides),
	    cmocka_unit_test(gaps_are_forgotten),
	    cmocka_unit_test(a_split_does_not_lift_the_limit),
	    cmocka_unit_test(positions_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
