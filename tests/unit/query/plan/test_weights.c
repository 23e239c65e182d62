/* Rows that are taken back: rows that are still owed, and the error of a question that no longer has an answer. */
#include "fixture.h"

/* Like fill, with weights. */
static void fill_weighted(struct fixture *f, const struct input_row *rows, const int8_t *weights, uint32_t n)
{
	fill(f, rows, n);
	assert_true(weir_batch_add_weight(f->batch));
	memcpy(f->batch->weight, weights, n);
}

static void feed_weighted(struct fixture *f, const struct input_row *rows, const int8_t *weights, uint32_t n)
{
	fill_weighted(f, rows, weights, n);
	feed(f);
}

static int64_t only_int(struct fixture *f)
{
	struct weir_result *r = answer(f, 0, false);
	assert_int_equal(r->n_rows, 1);
	assert_int_equal(r->rows[0].measures[0].type, WEIR_INT64);
	int64_t i = r->rows[0].measures[0].i;
	weir_result_unref(r);
	return i;
}

/* One row came and another was taken back that has not come yet: no rows in all, and yet something that counts. A window that
 * moves on must not lose it. */
static void test_what_is_owed_stays_in_a_window_that_moves(void **state)
{
	(void)state;
	struct fixture f;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_WINDOW, "10s");
	set(&f, WEIR_VIEW_MEASURE, "sum(n)");
	bind_view(&f, true);
	feed_weighted(&f, (struct input_row[]){{0, "a", 5, 0}}, (int8_t[]){1}, 1);
	feed_weighted(&f, (struct input_row[]){{5, "a", 7, 0}, {5, "b", 9, 0}}, (int8_t[]){1, -1}, 2);
	assert_int_equal(only_int(&f), 5 + 7 - 9);
	feed_weighted(&f, (struct input_row[]){{11, "a", 1, 0}}, (int8_t[]){1}, 1);
	(void)only_int(&f);
	feed_weighted(&f, (struct input_row[]){{5, "b", 9, 0}}, (int8_t[]){1}, 1);
	assert_int_equal(only_int(&f), 7 + 1);
	fixture_end(&f);
}

static void test_a_group_leaves_with_its_last_row(void **state)
{
	(void)state;
	struct fixture f;
	fixture_begin(&f);
	set(&f, WEIR_VIEW_GROUP, "word");
	set(&f, WEIR_VIEW_MEASURE, "count, avg(x), stddev(x), distinct(n)");
	bind_view(&f, false);
	feed_weighted(&f, (struct input_row[]){{0, "a", 1, 2}, {1, "b", 2, 4}, {2, "a", 3, 6}}, (int8_t[]){1, 2, 1}, 3);
	feed_weighted(&f, (struct input_row[]){{1, "b", 2, 4}, {0, "a", 1, 2}}, (int8_t[]){-2, -1}, 2);
	struct weir_result *r = answer(&f, 0, false);
	assert_int_equal(r->n_rows, 1);
	assert_text(r->rows[0].groups[0].s, "a");
	assert_int_equal(r->rows[0].rows, 1);
	assert_int_equal(r->rows[0].measures[0].i, 1);
	assert_true(r->rows[0].measures[1].f == 6);
	assert_int_equal(r->rows[0].measures[2].type, WEIR_NULL); /* of one value */
	assert_int_equal(r->rows[0].measures[3].i, 1);
	weir_result_unref(r);
	fixture_end(&f);
}

/* The error of the answer, on a screen and in batch. */
static void assert_refused(const char *measure, const char *window, const char *what, const char *hint)
{
	for (int live = 0; live < 2; live++) {
		struct fixture f;
		struct weir_result *r = NULL;
		struct weir_result_request request = {.at_us = WEIR_TIME_NONE, .extras = live ? WEIR_EXTRAS_ALL : 0};
		fixture_begin(&f);
		set(&f, WEIR_VIEW_WINDOW, window);
		set(&f, WEIR_VIEW_MEASURE, measure);
		bind_view(&f, live);
		feed_weighted(&f, (struct input_row[]){{0, "a", 5, 1}, {1, "b", 7, 2}}, (int8_t[]){1, 1}, 2);
		assert_int_equal(weir_plan_result(f.plan, &request, NULL, f.streams, &r, &f.err), WEIR_OK);
		assert_int_equal(r->error.code, WEIR_OK);
		weir_result_unref(r);
		r = NULL;
		feed_weighted(&f, (struct input_row[]){{1, "b", 7, 2}}, (int8_t[]){-1}, 1);
		enum weir_status status = weir_plan_result(f.plan, &request, NULL, f.streams, &r, &f.err);
		assert_int_equal(status, live ? WEIR_OK : WEIR_UNSUPPORTED);
		const struct weir_error *e = live ? &r->error : &f.err;
		assert_int_equal(e->code, WEIR_UNSUPPORTED);
		assert_non_null(strstr(e->what, what));
		assert_non_null(strstr(e->hint, hint));
		weir_result_unref(r);
		fixture_end(&f);
	}
}

static void test_a_measure_without_an_inverse_says_so(void **state)
{
	(void)state;
	assert_refused("count, min(n) as least", "all", "least", "count, sum, avg");
	assert_refused("max(word)", "all", "max(word)", "stddev");
	assert_refused("first(n)", "all", "first(n)", "distinct");
	assert_refused("last(word)", "all", "last(word)", "rate");
	assert_refused("p95(x)", "all", "p95(x)", "count");
	assert_refused("rate", "all", "rate", "a window with a length");
}

static void test_rows_that_are_listed_stay_listed(void **state)
{
	(void)state;
	struct fixture f;
	uint64_t keep[WEIR_BATCH_ROWS / 64];
	fixture_begin(&f);
	bind_view(&f, false);
	fill_weighted(&f, (struct input_row[]){{0, "a", 5, 1}, {1, "b", 7, 2}}, (int8_t[]){1, 0}, 2);
	assert_int_equal(weir_plan_filter(f.plan, f.batch, keep, &f.err), WEIR_OK);
	assert_int_equal(keep[0], 1); /* a row of weight 0 is none */
	fill_weighted(&f, (struct input_row[]){{0, "a", 5, 1}, {1, "b", 7, 2}}, (int8_t[]){1, -1}, 2);
	assert_int_equal(weir_plan_filter(f.plan, f.batch, keep, &f.err), WEIR_UNSUPPORTED);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_owed_stays_in_a_window_that_moves),
	    cmocka_unit_test(test_a_group_leaves_with_its_last_row),
	    cmocka_unit_test(test_a_measure_without_an_inverse_says_so),
	    cmocka_unit_test(test_rows_that_are_listed_stay_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
