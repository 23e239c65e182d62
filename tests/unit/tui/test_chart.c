/* The forms of the time chart: a stack adds up to the line of all, and what does not add up is not stacked. */
#include "fake_result.h"
#include "tui/panels/chart.h"
#include "tui/screen/screen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { BUCKETS = 40, GROUPS = 3, COLUMNS = 70, ROWS = 24 };

static struct fake fake;
static struct weir_grid grid;
static double values[GROUPS][BUCKETS];
static struct weir_result_series series[GROUPS + 1];
static struct weir_result_column measure;

/* Three groups of 1, 2 and 3, and nothing in a few buckets; no rows at all in bucket 20. */
static int setup(void **state)
{
	static double total[BUCKETS];
	(void)state;
	fake_make(&fake, FAKE_END);
	measure = fake.result.measures[0];
	measure.name = WEIR_STR("count");
	measure.adds_up = true;
	fake.result.measures = &measure;
	fake.result.n_measures = 1;
	fake.result.sort_measure = 0;
	for (int b = 0; b < BUCKETS; b++) {
		total[b] = NAN;
		for (int g = 0; g < GROUPS; g++) {
			values[g][b] = b == 20 || (b * 7 + g) % 5 == 0 ? NAN : g + 1;
			if (!isnan(values[g][b]))
				total[b] = (isnan(total[b]) ? 0 : total[b]) + values[g][b];
		}
	}
	for (uint32_t g = 0; g < GROUPS; g++)
		series[g] =
		    (struct weir_result_series){.name = fake.result.rows[g].groups[0].s, .row = g, .values = values[g]};
	series[GROUPS] = (struct weir_result_series){.name = measure.name, .row = UINT32_MAX, .values = total};
	fake.result.series = series;
	fake.result.n_series = GROUPS + 1;
	fake.result.n_buckets = BUCKETS;
	fake.result.bucket_rows = NULL;
	fake.result.bucket_late = NULL;
	fake.state.data_from_us = fake.result.bucket_start_us;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_release(&fake);
	return 0;
}

static void draw(enum weir_chart_form form)
{
	fake.state.chart_form = form;
	assert_true(weir_grid_resize(&grid, COLUMNS, ROWS));
	struct weir_area area = {.canvas = weir_grid_canvas(&grid)};
	weir_panel_chart.draw(&fake.picture, &area);
}

static const struct weir_cell *cell(int x, int y)
{
	return &grid.cells[y * COLUMNS + x];
}

/* How high the stack stands in a column of the plot, in eighths of a cell. */
static int height_at(struct weir_rect plot, int x)
{
	int height = 0;
	for (int y = 0; y < plot.rows; y++) {
		const struct weir_cell *one = cell(plot.x + x, plot.y + plot.rows - 1 - y);
		if (one->glyph > 0x2580 && one->glyph <= 0x2588)
			height = y * 8 + (one->style.paper ? 8 : (int)one->glyph - 0x2580);
	}
	return height;
}

static double total_at(int column, int columns)
{
	double at = (column + 0.5) * BUCKETS / columns - 0.5;
	at = at < 0 ? 0 : at > BUCKETS - 1 ? BUCKETS - 1 : at;
	uint32_t left = (uint32_t)at, right = at > left ? left + 1 : left;
	double a = series[GROUPS].values[left], b = series[GROUPS].values[right];
	if (isnan(a) || isnan(b))
		return at - left < 0.5 ? a : b;
	return a + (b - a) * (at - left);
}

static void test_a_stack_is_as_high_as_the_line_of_all(void **state)
{
	(void)state;
	draw(WEIR_CHART_STACKED);
	struct weir_rect plot = weir_chart_plot(&fake.picture, (struct weir_rect){0, 0, COLUMNS, ROWS});
	double highest = 6 * 1.05;
	int empty = 0;
	assert_true(plot.columns > 40);
	for (int x = 0; x < plot.columns; x++) {
		double v = total_at(x, plot.columns);
		int wanted = isnan(v) ? 0 : (int)lround(v / highest * plot.rows * 8);
		assert_in_range(height_at(plot, x), wanted > 0 ? wanted - 1 : 0, wanted + 1);
		empty += isnan(v);
	}
	assert_true(empty > 0);
}

static bool has_text(const char *wanted)
{
	char line[COLUMNS * 4 + 1];
	for (int y = 0; y < ROWS; y++) {
		size_t n = 0;
		for (int x = 0; x < COLUMNS; x++)
			n += weir_utf8_encode(cell(x, y)->glyph, line + n);
		line[n] = '\0';
		if (strstr(line, wanted))
			return true;
	}
	return false;
}

static void test_what_does_not_add_up_stays_lines(void **state)
{
	(void)state;
	draw(WEIR_CHART_STACKED);
	assert_true(has_text("stacked"));
	measure.adds_up = false;
	assert_string_equal(weir_chart_form_fault(&fake.result, WEIR_CHART_STACKED), "does not add up");
	assert_int_equal(weir_chart_form_of(&fake.result, WEIR_CHART_STACKED), WEIR_CHART_LINES);
	draw(WEIR_CHART_STACKED);
	assert_true(has_text("lines: does not add up"));
	measure.adds_up = true;
	values[1][3] = -1;
	assert_string_equal(weir_chart_form_fault(&fake.result, WEIR_CHART_STACKED), "goes below 0");
	values[1][3] = 2;
	assert_null(weir_chart_form_fault(&fake.result, WEIR_CHART_STACKED));
	fake.result.n_series = 1;
	assert_string_equal(weir_chart_form_fault(&fake.result, WEIR_CHART_STACKED), "has one line only");
}

/* Where no colour tells layers apart, each cell has the sign of one of them. */
static void test_without_colour_layers_have_signs(void **state)
{
	(void)state;
	grid.mono = true;
	draw(WEIR_CHART_STACKED);
	struct weir_rect plot = weir_chart_plot(&fake.picture, (struct weir_rect){0, 0, COLUMNS, ROWS});
	int x = plot.x + plot.columns / BUCKETS + 1, bottom = plot.y + plot.rows - 1;
	assert_int_equal(cell(x, bottom)->glyph, 0x2588);
	assert_true(has_text("\xe2\x96\x91") && has_text("\xe2\x96\x93"));
	grid.mono = false;
	grid.ascii = true;
	draw(WEIR_CHART_STACKED);
	assert_true(has_text("aaaa") && has_text("cccc"));
	grid.ascii = false;
}

/* Small multiples stand beside each other, inside the panel, and a click finds the one under it. */
static void test_multiples_share_the_panel(void **state)
{
	(void)state;
	for (int columns = 20; columns < 200; columns += 3)
		for (int rows = 3; rows < 60; rows++) {
			struct weir_multiples m;
			if (!weir_multiples_fit(&fake.result, columns, rows, &m)) {
				assert_true(columns < 26 || rows < 6);
				continue;
			}
			assert_true(m.n <= (int)fake.result.n_rows && m.n <= m.across * m.down);
			for (int i = 0; i < m.n; i++) {
				struct weir_rect p = weir_multiples_plot(&m, i),
						 before = weir_multiples_plot(&m, i ? i - 1 : 0);
				assert_true(p.x + p.columns <= columns - 1 && p.y + p.rows <= rows - 2 && p.rows >= 2);
				assert_true(!i || p.x >= before.x + before.columns || p.y > before.y + before.rows);
				struct weir_rect at = weir_multiples_plot_at(&m, p.x + p.columns - 1, p.y + p.rows - 1);
				assert_true(at.x == p.x && at.y == p.y);
			}
		}
}

static void test_multiples_have_one_axis(void **state)
{
	(void)state;
	struct weir_result_row *rows = (struct weir_result_row *)fake.result.rows;
	fake.result.n_rows = GROUPS;
	fake.result.n_rows_total = 7;
	for (int g = 0; g < GROUPS; g++)
		rows[g].spark = values[g];
	draw(WEIR_CHART_MULTIPLES);
	assert_true(has_text("3 of 7 groups"));
	struct weir_multiples m;
	assert_true(weir_multiples_fit(&fake.result, COLUMNS, ROWS, &m));
	int highest[GROUPS] = {0};
	for (int i = 0; i < GROUPS; i++) {
		struct weir_rect p = weir_multiples_plot(&m, i);
		for (int y = 0; y < p.rows; y++)
			for (int x = 0; x < p.columns; x++)
				if (cell(p.x + x, p.y + y)->glyph > 0x2800 && highest[i] < p.rows - y)
					highest[i] = p.rows - y;
	}
	assert_true(highest[0] && highest[0] < highest[1] && highest[1] < highest[2]);
}

static void test_forms_follow_each_other(void **state)
{
	static const struct weir_tui_config config = {.clock = &weir_clock_system};
	struct weir_error err = {0};
	struct weir_screen screen = {.config = &config, .result = &fake.result, .picture = fake.picture};
	(void)state;
	screen.picture.state = &screen.state;
	weir_state_init(&screen.state, weir_panels);
	weir_picture_layout(&screen.picture, 120, 40);
	assert_true(weir_screen_chart(&screen, WEIR_STR("stacked"), &err));
	assert_int_equal(screen.state.chart_form, WEIR_CHART_STACKED);
	assert_true(weir_screen_chart(&screen, (struct weir_str){0}, &err));
	assert_int_not_equal(screen.state.chart_form, WEIR_CHART_STACKED);
	assert_true(weir_screen_chart(&screen, WEIR_STR("lines"), &err));
	measure.adds_up = false;
	assert_false(weir_screen_chart(&screen, WEIR_STR("stacked"), &err));
	assert_string_equal(err.what, "not stacked: count does not add up");
	assert_int_equal(screen.state.chart_form, WEIR_CHART_LINES);
	assert_false(weir_screen_chart(&screen, WEIR_STR("pie"), &err));
	assert_true(weir_screen_chart(&screen, (struct weir_str){0}, &err)); /* what is passed over is said */
	assert_int_not_equal(screen.state.chart_form, WEIR_CHART_STACKED);
	assert_string_equal(screen.state.message, "not stacked: count does not add up");
	weir_state_release(&screen.state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_a_stack_is_as_high_as_the_line_of_all, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_does_not_add_up_stays_lines, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_without_colour_layers_have_signs, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_multiples_share_the_panel, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_multiples_have_one_axis, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_forms_follow_each_other, setup, teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	weir_grid_release(&grid);
	return failed;
}
