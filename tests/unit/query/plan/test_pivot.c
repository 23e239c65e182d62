/* Two group columns against each other: cells and totals are those of the rows behind them, and what has no place is in the others. */
#include "fixture.h"

#include "weir/query/pivot.h"

/* alpha has 1 and 2, beta has 2, gamma has 3 once. */
static const struct input_row few[] = {{1, "beta", 2, 10},  {2, "alpha", 1, 1}, {3, "alpha", 1, 3}, {4, "alpha", 2, 5},
				       {5, "gamma", 3, 20}, {6, "beta", 2, 30}, {7, "alpha", 1, 2}};
enum { N_FEW = sizeof few / sizeof *few };

static struct weir_result *ask(struct fixture *f, const char *group, const char *measure, const char *sort,
			       const struct input_row *rows, uint32_t n, struct weir_pivot_request room)
{
	struct weir_result *r;
	fixture_begin(f);
	set(f, WEIR_VIEW_GROUP, group);
	set(f, WEIR_VIEW_MEASURE, measure);
	set(f, WEIR_VIEW_WINDOW, "all");
	if (sort)
		set(f, WEIR_VIEW_SORT, sort);
	bind_view(f, true);
	fill(f, rows, n);
	feed(f);
	struct weir_result_request request = {
	    .at_us = WEIR_TIME_NONE, .max_rows = 1, .extras = WEIR_EXTRAS_ALL, .pivot = room};
	struct weir_plan_rows all = {.snapshot = &f->rows};
	assert_int_equal(weir_plan_result(f->plan, &request, &all, f->streams, &r, &f->err), WEIR_OK);
	return r;
}

/* "alpha: 3 1 - | 4; …": lines of cells, then of totals; "-": no rows. */
static void show(const struct weir_pivot *p, struct weir_buf *out)
{
	for (uint32_t r = 0; r < p->n_rows + 2; r++) {
		if (r == p->n_rows && !p->n_other_rows)
			continue;
		if (r < p->n_rows)
			weir_value_text(p->row_keys + r, out);
		weir_buf_add_c(out, r < p->n_rows ? ":" : r == p->n_rows ? "others:" : "total:");
		for (uint32_t c = 0; c < p->n_columns + 2; c++) {
			size_t at = weir_pivot_at(p, r, c);
			if (c == p->n_columns && !p->n_other_columns)
				continue;
			weir_buf_add_c(out, c > p->n_columns ? " | " : " ");
			char text[40] = "-";
			if (p->rows[at] && p->cells[at].type == WEIR_FLOAT64)
				snprintf(text, sizeof text, "%.5g", p->cells[at].f);
			else if (p->rows[at])
				snprintf(text, sizeof text, "%lld", (long long)p->cells[at].i);
			weir_buf_add_c(out, text);
		}
		weir_buf_add_c(out, "; ");
	}
}

static void expect_rows(const char *group, const char *measure, const char *sort, const struct input_row *rows,
			uint32_t n, struct weir_pivot_request room, const char *text)
{
	struct fixture f;
	struct weir_buf got = {0};
	struct weir_result *r = ask(&f, group, measure, sort, rows, n, room);
	show(weir_result_extra(r, "pivot"), &got);
	assert_text(weir_buf_str(&got), text);
	weir_buf_release(&got);
	weir_result_unref(r);
	fixture_end(&f);
}

static void expect(const char *group, const char *measure, const char *sort, uint32_t rows, uint32_t columns,
		   const char *text)
{
	expect_rows(group, measure, sort, few, N_FEW, (struct weir_pivot_request){rows, columns}, text);
}

static void test_counts_add_up(void **state)
{
	(void)state;
	expect("word, n", "count", NULL, 0, 0,
	       "alpha: 3 1 - | 4; beta: - 2 - | 2; gamma: - - 1 | 1; total: 3 3 1 | 7; ");
	expect("n, word", "count", NULL, 0, 0, "1: 3 - - | 3; 2: 1 2 - | 3; 3: - - 1 | 1; total: 4 2 1 | 7; ");
}

/* An average of averages would be another. */
static void test_totals_are_of_the_rows(void **state)
{
	(void)state;
	expect("word, n", "avg(x)", NULL, 0, 0,
	       "beta: - 20 - | 20; gamma: - - 20 | 20; alpha: 2 5 - | 2.75; total: 2 15 20 | 10.143; ");
	expect("word, n", "max(x),count", NULL, 0, 0,
	       "beta: - 30 - | 30; gamma: - - 20 | 20; alpha: 3 5 - | 5; total: 3 30 20 | 30; ");
}

static void test_lines_follow_the_sort(void **state)
{
	(void)state;
	expect("word, n", "count", "count asc", 0, 0,
	       "gamma: - - 1 | 1; beta: - 2 - | 2; alpha: 3 1 - | 4; total: 3 3 1 | 7; ");
	expect("word, n", "count", "word desc", 0, 0,
	       "gamma: - - 1 | 1; beta: - 2 - | 2; alpha: 3 1 - | 4; total: 3 3 1 | 7; ");
	expect("word, n", "count,sum(x)", "sum(x)", 0, 0,
	       "beta: - 40 - | 40; gamma: - - 20 | 20; alpha: 6 5 - | 11; total: 6 45 20 | 71; ");
}

static void test_what_has_no_place_is_in_the_others(void **state)
{
	(void)state;
	expect("word, n", "count", NULL, 2, 2, "alpha: 3 1 | 4; others: - 3 | 3; total: 3 4 | 7; ");
	/* By the sum beta comes first, and of the columns 2. */
	expect("word, n", "sum(x)", NULL, 2, 2, "beta: 40 - | 40; others: 5 26 | 31; total: 45 26 | 71; ");
	expect("word, n", "avg(x)", NULL, 1, 1, "alpha: 2 5 | 2.75; others: - 20 | 20; total: 2 16.25 | 10.143; ");
	expect("word, n", "count", NULL, 3, 3,
	       "alpha: 3 1 - | 4; beta: - 2 - | 2; gamma: - - 1 | 1; total: 3 3 1 | 7; ");
}

static void test_more_group_columns_are_added_up(void **state)
{
	(void)state;
	expect("word, n, x", "count", NULL, 0, 0,
	       "alpha: 3 1 - | 4; beta: - 2 - | 2; gamma: - - 1 | 1; total: 3 3 1 | 7; ");
}

static void test_null_is_a_value(void **state)
{
	static const struct input_row nulls[] = {{1, NULL, 5, 1}, {2, "a", -9999, 1}, {3, "a", 5, 1}};
	(void)state;
	expect_rows("word, n", "count", NULL, nulls, 3, (struct weir_pivot_request){0},
		    "a: 1 1 | 2; : 1 - | 1; total: 2 1 | 3; ");
}

static void test_one_group_column_has_no_pivot(void **state)
{
	struct fixture f;
	(void)state;
	struct weir_result *r = ask(&f, "word", "count", NULL, few, N_FEW, (struct weir_pivot_request){0});
	const struct weir_pivot *p = weir_result_extra(r, "pivot");
	assert_true(p && !p->n_rows && !p->n_columns);
	weir_result_unref(r);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts_add_up),
	    cmocka_unit_test(test_totals_are_of_the_rows),
	    cmocka_unit_test(test_lines_follow_the_sort),
	    cmocka_unit_test(test_what_has_no_place_is_in_the_others),
	    cmocka_unit_test(test_more_group_columns_are_added_up),
	    cmocka_unit_test(test_null_is_a_value),
	    cmocka_unit_test(test_one_group_column_has_no_pivot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
