/* A range of values on the histogram: bounds that read well and lie where the mouse was, conditions for both sides. */
#include "tui/panels/histogram_range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const double linear_edges[] = {0, 250, 500, 750, 1000}, log_edges[] = {1, 10, 100, 1000, 10000};
static const uint64_t counts[] = {1, 2, 3, 4};
static const struct weir_result_histogram linear = {.n_bins = 4, .edges = linear_edges, .counts = counts, .p95 = 951};
static const struct weir_result_histogram logarithmic = {
    .logarithmic = true, .n_bins = 4, .edges = log_edges, .counts = counts, .p95 = 5000};

static void check_text(const struct weir_value_range *r, bool outside, const char *condition)
{
	struct weir_buf text = {0};
	weir_value_range_condition(r, WEIR_STR("x"), outside, &text);
	assert_string_equal(text.data, condition);
	weir_buf_release(&text);
}

static void test_a_drag_is_a_range(void **state)
{
	struct weir_value_range r = {.on = false};
	struct weir_buf text = {0};
	(void)state;
	weir_value_range_press(&r, &linear, 10, 40);
	assert_false(r.on);
	weir_value_range_drag(&r, &linear, 10, 40); /* a click is none */
	assert_false(r.on);
	weir_value_range_drag(&r, &linear, 19, 40);
	assert_true(r.on && r.low >= 250 && r.low < 275 && r.high >= 500 && r.high < 525);
	weir_value_range_drag(&r, &linear, 2, 40); /* to the other side */
	assert_true(r.low >= 50 && r.low < 75 && r.high >= 275 && r.high < 300);
	weir_value_range_drag(&r, &linear, 99, 40);
	assert_true(isinf(r.high) && r.low >= 250);
	weir_value_range_drag(&r, &linear, -3, 40);
	assert_true(isinf(r.low) && isfinite(r.high));
	weir_value_range_text(&r, &text);
	assert_int_equal(text.data[0], '<');
	weir_buf_release(&text);
}

static void test_keys_choose_the_tail(void **state)
{
	struct weir_value_range r = {.on = false};
	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct weir_result_histogram *h = i ? &logarithmic : &linear;
		r.on = false;
		weir_value_range_move(&r, h, 1, 40);
		assert_true(r.on && isinf(r.high) && r.low >= h->p95 / 1.3 && r.low <= h->p95 * 1.3);
		double low = r.low;
		weir_value_range_move(&r, h, -3, 40);
		assert_true(r.low < low);
		weir_value_range_move(&r, h, 1000, 40);
		assert_true(r.low < h->edges[4]);
		weir_value_range_move(&r, h, -1000, 40);
		assert_true(isfinite(r.low) && r.low > h->edges[0]);
	}
}

static void test_conditions(void **state)
{
	(void)state;
	const struct weir_value_range both = {true, 12.5, 300, NAN}, tail = {true, 120, INFINITY, NAN},
				      head = {true, -INFINITY, -3, NAN};
	check_text(&both, false, "x >= 12.5 and x < 300");
	check_text(&both, true, "(x < 12.5 or x >= 300 or x is null)");
	check_text(&tail, false, "x >= 120");
	check_text(&tail, true, "(x < 120 or x is null)");
	check_text(&head, false, "x < -3");
	check_text(&head, true, "(x >= -3 or x is null)");
	struct weir_buf text = {0};
	weir_value_range_condition(&tail, WEIR_STR("a + b"), false, &text);
	assert_string_equal(text.data, "(a + b) >= 120");
	weir_buf_clear(&text);
	weir_value_range_condition(&tail, WEIR_STR("\"a b\""), false, &text);
	assert_string_equal(text.data, "\"a b\" >= 120");
	weir_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_drag_is_a_range),
	    cmocka_unit_test(test_keys_choose_the_tail),
	    cmocka_unit_test(test_conditions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
