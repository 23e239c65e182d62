/* The layout: nothing overlaps, nothing stands outside, nothing is smaller than it can be. Formats beside it. */
#include "tui/format.h"
#include "tui/layout.h"
#include "tui/widget.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void check_rect(const struct weir_layout_wish *w, struct weir_rect r, uint8_t *taken)
{
	if (r.rows == 0)
		return;
	assert_true(r.columns > 0 && r.x >= 0 && r.y >= 0);
	assert_true(r.x + r.columns <= w->columns && r.y + r.rows <= w->rows);
	for (int y = r.y; y < r.y + r.rows; y++)
		for (int x = r.x; x < r.x + r.columns; x++) {
			assert_int_equal(taken[y * w->columns + x], 0);
			taken[y * w->columns + x] = 1;
		}
}

static void check_layout(const struct weir_layout_wish *w)
{
	static uint8_t taken[300 * 120];
	struct weir_layout l;
	memset(taken, 0, sizeof(taken));
	weir_layout_compute(w, &l);
	if (l.too_small) {
		assert_true(w->columns < WEIR_MIN_COLUMNS || w->rows < WEIR_MIN_ROWS);
		return;
	}
	check_rect(w, l.header, taken);
	check_rect(w, l.question, taken);
	check_rect(w, l.kpi, taken);
	check_rect(w, l.ledger, taken);
	check_rect(w, l.keys, taken);
	check_rect(w, l.volume, taken);
	bool focus_shown = l.panels[w->focus].rows > 0;
	for (int p = 0; p < WEIR_PANEL_COUNT; p++)
		check_rect(w, l.panels[p], taken);
	bool can = (w->focus != WEIR_PANEL_TABLE || w->has_groups) && (w->focus != WEIR_PANEL_CHART || w->has_time) &&
		   (w->focus != WEIR_PANEL_HISTOGRAM || w->has_histogram);
	if (can)
		if (!focus_shown)
			fail_msg("%dx%d focus %d lower %d zoomed %d groups %d time %d histogram %d", w->columns,
				 w->rows, w->focus, w->lower, w->zoomed, w->has_groups, w->has_time, w->has_histogram);
}

static void test_layout_of_every_size(void **state)
{
	(void)state;
	for (int columns = 1; columns <= 300; columns += 7)
		for (int rows = 1; rows <= 120; rows += 3)
			for (unsigned k = 0; k < 16 * WEIR_PANEL_COUNT; k++) {
				struct weir_layout_wish w = {.columns = columns,
							     .rows = rows,
							     .focus = (enum weir_panel)(k / 16),
							     .lower =
								 (enum weir_panel)((k + columns) % WEIR_PANEL_COUNT),
							     .zoomed = k & 1,
							     .has_groups = k & 2,
							     .has_time = k & 4,
							     .has_histogram = k & 8,
							     .table_rows = k % 23,
							     .streams = k % 9};
				check_layout(&w);
			}
}

static void test_formats(void **state)
{
	char out[WEIR_FORMAT_BYTES];
	(void)state;
	assert_string_equal(weir_format_count(3712004, out), "3,712,004");
	assert_string_equal(weir_format_count(999, out), "999");
	assert_string_equal(weir_format_fixed(-1234.5, 2, out), "-1,234.50");
	assert_string_equal(weir_format_fixed(NAN, 2, out), "-");
	assert_string_equal(weir_format_short(61204118, out), "61.2M");
	assert_string_equal(weir_format_short(400, out), "400");
	assert_string_equal(weir_format_short(1200, out), "1.2k");
	assert_string_equal(weir_format_short(0, out), "0");
	assert_string_equal(weir_format_short(0.5, out), "0.5");
	assert_string_equal(weir_format_short(999999, out), "1M");
	assert_string_equal(weir_format_size(318ull << 20, out), "318M");
	assert_string_equal(weir_format_span(1200000, out), "1.2s");
	assert_string_equal(weir_format_span(300000000, out), "5m");
	assert_string_equal(weir_format_percent(0.041, out), "4.1 %");
	assert_string_equal(weir_format_clock(INT64_C(1795269810123000), 3, out), "14:03:30.123");
}

static void test_ticks(void **state)
{
	double ticks[WEIR_TICKS];
	(void)state;
	assert_int_equal(weir_ticks_linear(0, 420, 5, ticks), 5);
	assert_true(ticks[4] == 400);
	assert_int_equal(weir_ticks_time(300 * WEIR_US_PER_S, 5), 60 * WEIR_US_PER_S);
	assert_int_equal(weir_ticks_log(1, 2000, 12, ticks), 11);
	assert_true(weir_ticks_linear(5, 5, 4, ticks) == 0);
	assert_int_equal(weir_ticks_time(0, 5), WEIR_US_PER_S);
}

static void test_sparks_keep_their_columns(void **state)
{
	double values[100], out[64];
	(void)state;
	for (int i = 0; i < 100; i++)
		values[i] = i;
	int first = weir_spark_values(values, 100, 1000, 24, out);
	for (int64_t b = 1001; b < 1040; b++)
		assert_int_equal(weir_spark_values(values, 100, b, 24, out), first);
	assert_true(first <= 24 && first >= 16);
	assert_int_equal(weir_spark_values(values, 10, 3, 24, out), 10);
	assert_true(out[0] == 0 && out[9] == 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_layout_of_every_size),
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_ticks),
	    cmocka_unit_test(test_sparks_keep_their_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
