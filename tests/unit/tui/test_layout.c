/* The layout: nothing overlaps, nothing stands outside, nothing is smaller than it can be. Formats beside it. */
#include "tui/picture/picture.h"

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
	check_rect(w, l.strip, taken);
	check_rect(w, l.question, taken);
	assert_true(l.strip.rows == (w->columns >= 60 && w->rows >= 20));
	check_rect(w, l.kpi, taken);
	check_rect(w, l.ledger, taken);
	check_rect(w, l.keys, taken);
	for (int p = 0; w->panels[p]; p++)
		check_rect(w, l.panels[p], taken);
	if (w->has_data[w->focus] && l.panels[w->focus].rows == 0)
		fail_msg("%dx%d: %s is in focus and not shown; the one before was %s, zoomed %d", w->columns, w->rows,
			 w->panels[w->focus]->name, w->panels[w->lower]->name, w->zoomed);
}

/* Tables other than that of this build: a panel more in each place, and the fewest that there can be. */
static const struct weir_panel extra_main = {.name = "main", .place = WEIR_PLACE_MAIN, .weight = 40},
			       extra_time = {.name = "time", .place = WEIR_PLACE_TIME, .weight = 50},
			       extra_side = {.name = "side",
					     .place = WEIR_PLACE_SIDE,
					     .weight = 30,
					     .from_columns = 120,
					     .from_rows = 40},
			       extra_foot = {.name = "foot", .place = WEIR_PLACE_FOOT};

static int n_of(const struct weir_panel *const *panels)
{
	int n = 0;
	while (panels[n])
		n++;
	return n;
}

static void check_every_size(const struct weir_panel *const *panels)
{
	int n = n_of(panels);
	for (int columns = 1; columns <= 300; columns += 7)
		for (int rows = 1; rows <= 120; rows += 3)
			for (unsigned k = 0; k < 16u * (unsigned)n; k++) {
				struct weir_layout_wish w = {.columns = columns,
							     .rows = rows,
							     .panels = panels,
							     .focus = (int)(k / 16),
							     .lower = (int)(k + (unsigned)columns) % n,
							     .layout = (enum weir_layout_kind)(
								 (k / 2 + (unsigned)(columns + rows)) % WEIR_LAYOUTS),
							     .zoomed = k & 1,
							     .drawer_rows = k % 3 ? 0 : (rows + (int)k) / 2};
				/* Those that a result may be without come and go; the records and the streams never do. */
				for (int i = 0; i < n; i++) {
					w.has_data[i] = !panels[i]->has_data || k >> (i % 4) & 1;
					w.wish_rows[i] = (int)k % 23;
				}
				if (!panels[w.focus]->passive && !panels[w.lower]->passive &&
				    panels[w.lower]->place != WEIR_PLACE_MAIN)
					check_layout(&w);
			}
}

static void test_layout_of_every_size(void **state)
{
	const struct weir_panel *more[WEIR_MAX_PANELS + 1] = {&extra_main, &extra_time, &extra_side, &extra_foot};
	const struct weir_panel *const few[] = {&extra_main, &extra_foot, NULL};
	(void)state;
	for (int i = 0; i < n_of(weir_panels); i++)
		more[4 + i] = weir_panels[i];
	check_every_size(weir_panels);
	check_every_size(more);
	check_every_size(few);
}

static int panel(const char *name)
{
	for (int i = 0; weir_panels[i]; i++)
		if (strcmp(weir_panels[i]->name, name) == 0)
			return i;
	fail_msg("there is no panel %s", name);
	return -1;
}

/* Each layout gives most of the screen to what it is called after, and the pair has two panels and no more. */
static void test_layouts_are_what_they_are_called(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++)
		for (int kind = WEIR_LAYOUT_CHART; kind < WEIR_LAYOUTS; kind++) {
			struct weir_layout l;
			const char *name = weir_layout_names[kind];
			int large = kind == WEIR_LAYOUT_PAIR ? panel("chart") : panel(name), n = 0;
			struct weir_layout_wish w = {.columns = wide ? 120 : 80,
						     .rows = wide ? 40 : 24,
						     .panels = weir_panels,
						     .focus = large,
						     .upper = panel("table"),
						     .lower = kind == WEIR_LAYOUT_TABLE ? panel("chart") : large,
						     .layout = (enum weir_layout_kind)kind};
			for (int i = 0; weir_panels[i]; i++) {
				w.has_data[i] = !weir_panels[i]->open && i != panel("pivot");
				w.wish_rows[i] = 20;
			}
			weir_layout_compute(&w, &l);
			int area = l.panels[large].columns * l.panels[large].rows;
			for (int i = 0; weir_panels[i]; i++) {
				int one = l.panels[i].columns * l.panels[i].rows;
				n += one > 0;
				if (i != large && kind != WEIR_LAYOUT_PAIR)
					assert_true(one < area);
			}
			assert_true(kind != WEIR_LAYOUT_PAIR || n == 2);
			assert_true(n >= 2);
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
	assert_int_equal(weir_ticks_log(1, 2000, 12, ticks), 11);
	assert_true(weir_ticks_linear(5, 5, 4, ticks) == 0);
}

static int64_t at(int year, int month, int day)
{
	struct weir_civil c = {.year = year, .month = month, .day = day};
	return weir_time_from_civil(&c);
}

static void test_ticks_of_time_are_round_in_the_calendar(void **state)
{
	int64_t ticks[WEIR_TICKS], step;
	char out[WEIR_FORMAT_BYTES];
	(void)state;
	assert_int_equal(weir_ticks_time(0, 300 * WEIR_US_PER_S, 5, ticks, &step), 5);
	assert_int_equal(step, 60 * WEIR_US_PER_S);
	assert_int_equal(weir_ticks_time(0, 0, 5, ticks, &step), 0);
	/* years */
	assert_int_equal(weir_ticks_time(at(1970, 1, 1), at(2262, 1, 1) - at(1970, 1, 1), 8, ticks, &step), 6);
	assert_string_equal(weir_tick_label(ticks[0], step, out), "2000");
	assert_string_equal(weir_tick_label(ticks[5], step, out), "2250");
	/* months */
	int n = weir_ticks_time(at(2026, 1, 15), at(2026, 6, 15) - at(2026, 1, 15), 6, ticks, &step);
	assert_int_equal(n, 5);
	assert_string_equal(weir_tick_label(ticks[0], step, out), "Feb 2026");
	/* hours across midnight: the day is shown */
	n = weir_ticks_time(at(2026, 3, 1) - 7200 * WEIR_US_PER_S, 4 * 3600 * WEIR_US_PER_S, 4, ticks, &step);
	assert_string_equal(weir_tick_label(ticks[1], step, out), "23:00");
	assert_string_equal(weir_tick_label(ticks[2], step, out), "Mar 1");
	assert_true(n >= 3);
	/* all of the time there is */
	n = weir_ticks_time(at(1, 1, 1), at(9999, 12, 31) - at(1, 1, 1), 6, ticks, &step);
	assert_true(n >= 4 && n <= 6);
}

static void check_chip(const char *condition, const char *wanted)
{
	struct weir_buf text = {0};
	weir_chip_text(weir_str_of(condition), at(2026, 11, 22) + 36000 * WEIR_US_PER_S, &text);
	weir_buf_add_char(&text, '\0');
	assert_string_equal(text.data, wanted);
	weir_buf_release(&text);
}

static void test_chips_are_short_only_where_they_mean_the_same(void **state)
{
	struct weir_buf text = {0};
	(void)state;
	weir_chip_span(WEIR_STR("time"), at(2026, 11, 22) + 36000 * WEIR_US_PER_S,
		       at(2026, 11, 22) + 36090 * WEIR_US_PER_S, &text);
	weir_buf_add_char(&text, '\0');
	check_chip(text.data, "time 10:00:00 \xe2\x80\x93 10:01:30");
	weir_buf_release(&text);
	weir_buf_clear(&text);
	weir_chip_outside(WEIR_STR("\"a or b\""), at(2026, 11, 22) + 36000 * WEIR_US_PER_S,
			  at(2026, 11, 22) + 36090 * WEIR_US_PER_S, &text);
	check_chip(text.data, "\"a or b\" not 10:00:00 \xe2\x80\x93 10:01:30");
	weir_buf_release(&text);
	check_chip("(a < timestamp '2026-11-21T23:00:00Z' or a >= timestamp '2026-11-22T01:00:00Z' or b is null)",
		   "(a < timestamp '2026-11-21T23:00:00Z' or a >= timestamp '2026-11-22T01:00:00Z' or b is null)");
	check_chip("t >= timestamp '2026-11-21T23:00:00Z' and t < timestamp '2026-11-22T01:00:00Z'",
		   "t 2026-11-21 23:00:00 \xe2\x80\x93 01:00:00");
	check_chip("(a <> 'x' or a is null)", "a <> 'x'");
	check_chip("(\"odd name\" <> 'or a is null' or \"odd name\" is null)", "\"odd name\" <> 'or a is null'");
	check_chip("(a <> 'x' or b is null)", "(a <> 'x' or b is null)");
	check_chip("a >= timestamp '2026-11-21T23:00:00Z' and b < timestamp '2026-11-22T01:00:00Z'",
		   "a >= timestamp '2026-11-21T23:00:00Z' and b < timestamp '2026-11-22T01:00:00Z'");
	check_chip("status >= 500", "status >= 500");
}

static void test_times_say_their_day_where_it_is_not_today(void **state)
{
	char out[WEIR_FORMAT_BYTES];
	int64_t now = at(2026, 11, 29) + 36000 * WEIR_US_PER_S;
	(void)state;
	assert_string_equal(weir_format_moment(now, now, 0, out), "10:00:00");
	assert_string_equal(weir_format_moment(at(2026, 11, 22), now, -1, out), "2026-11-22 00:00");
	assert_string_equal(weir_format_moment(at(1970, 1, 1) + 59 * WEIR_US_PER_S, now, 0, out),
			    "1970-01-01 00:00:59");
	assert_string_equal(weir_format_moment(at(9999, 12, 31), now, -1, out), "9999-12-31 00:00");
	assert_string_equal(weir_format_span(INT64_C(74240) * 86400 * WEIR_US_PER_S, out), "203 y");
	assert_string_equal(weir_format_span(INT64_C(90) * 86400 * WEIR_US_PER_S, out), "90d");
	assert_string_equal(weir_format_span(INT64_C(118) * WEIR_US_PER_S, out), "1m58s");
	assert_string_equal(weir_format_span(INT64_C(60) * WEIR_US_PER_S, out), "1m");
	assert_string_equal(weir_format_span(INT64_C(59) * WEIR_US_PER_S, out), "59s");
	assert_string_equal(weir_format_span(INT64_C(120) * WEIR_US_PER_S, out), "2m");
	assert_string_equal(WEIR_COUNT(UINT64_MAX), "18,446,744,073,709,551,615");
	assert_string_equal(WEIR_COUNT(331486), "331,486");
	assert_string_equal(weir_format_length(INT64_C(2560) * 86400 * WEIR_US_PER_S, out), "7 y");
	assert_string_equal(weir_format_length(90 * WEIR_US_PER_S, out), "1m30s");
	assert_string_equal(weir_format_speed(1.0 / 60, out), "1/60x");
	assert_string_equal(weir_format_speed(2.5, out), "2.5x");
	assert_string_equal(weir_format_speed(0.4, out), "0.4x");
}

static void test_sparks_keep_their_columns(void **state)
{
	double values[100], out[64];
	(void)state;
	for (int i = 0; i < 100; i++)
		values[i] = i;
	for (int64_t b = 1000; b < 1040; b++) {
		const struct weir_spark moving = {.n = 99, .skip = 1, .first_bucket = b};
		assert_int_equal(weir_spark_values(&moving, values, 24, out), 24);
		for (int i = 2; i < 23; i++) /* of four values each: the oldest that are left over are not shown */
			assert_true(out[i] == out[i - 1] + 4);
		assert_true(out[23] > out[22] && out[23] <= out[22] + 4);
	}
	const struct weir_spark few = {.from = 5, .n = 10, .first_bucket = 3};
	assert_int_equal(weir_spark_values(&few, values, 24, out), 10);
	assert_true(out[0] == 5 && out[9] == 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_layout_of_every_size),
	    cmocka_unit_test(test_layouts_are_what_they_are_called),
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_ticks),
	    cmocka_unit_test(test_ticks_of_time_are_round_in_the_calendar),
	    cmocka_unit_test(test_chips_are_short_only_where_they_mean_the_same),
	    cmocka_unit_test(test_times_say_their_day_where_it_is_not_today),
	    cmocka_unit_test(test_sparks_keep_their_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
