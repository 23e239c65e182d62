/* The list of records: the cursor stays on its row, widths only grow, and levels, times and processes are recognised. */
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { LINES = 10, COLUMNS = 80 };

static const char *const names[] = {"a", "b", "c", NULL};
static const char *wide_b; /* what b holds */

static const char *cells(uint64_t number, int column)
{
	(void)number;
	return column == 0 ? "one" : column == 1 ? wide_b : NULL;
}

static struct weir_records_state state;
static struct rows rows;
/* The rows as the panel takes them. */
static struct weir_records_rows taken;

static void show(uint64_t newest, uint32_t n)
{
	rows_release(&rows);
	rows_make(&rows, names, newest, n, cells);
	taken = weir_records_rows_of(&rows.result);
}

static int setup(void **ignored)
{
	(void)ignored;
	rows = (struct rows){0};
	wide_b = "two";
	weir_records_init(&state);
	return 0;
}

static int teardown(void **ignored)
{
	(void)ignored;
	weir_records_release(&state);
	rows_release(&rows);
	return 0;
}

static uint64_t number_at_cursor(void)
{
	struct weir_records_view v = weir_records_view(&state, &taken, LINES);
	assert_true(v.cursor >= 0);
	return rows.result.records[v.cursor].place.number;
}

/* Lines between the foot of the list and the cursor. */
static int line_of_cursor(void)
{
	struct weir_records_view v = weir_records_view(&state, &taken, LINES);
	return v.cursor - (int)v.from;
}

static void move(int by)
{
	weir_records_move(&state, &taken, LINES, by, false);
}

static void test_the_cursor_follows_until_it_is_moved(void **ignored)
{
	(void)ignored;
	show(999, 300);
	assert_int_equal(number_at_cursor(), 999);
	show(1099, 300);
	assert_int_equal(number_at_cursor(), 1099);
	move(-3);
	assert_int_equal(number_at_cursor(), 1096);
	assert_int_equal(line_of_cursor(), 3);
	show(1199, 300); /* a hundred rows later it is on the same row, in the same line */
	assert_int_equal(number_at_cursor(), 1096);
	assert_int_equal(line_of_cursor(), 3);
	move(-300);
	assert_int_equal(number_at_cursor(), 900); /* as far as the result goes */
	assert_int_equal(line_of_cursor(), LINES - 1);
}

static void test_down_to_the_newest_row_follows_again(void **ignored)
{
	(void)ignored;
	show(999, 300);
	move(-1);
	assert_true(state.held);
	move(1);
	assert_false(state.held);
	move(-1);
	taken.before = 5; /* there are newer ones beyond the stretch */
	move(1);
	assert_true(state.held);
}

static void test_a_stretch_around_the_cursor_is_asked_for(void **ignored)
{
	(void)ignored;
	struct weir_records_request q;
	show(999, 300);
	weir_records_request(&state, LINES, &q);
	assert_int_equal(q.from, WEIR_RECORDS_NEWEST);
	move(-3);
	weir_records_request(&state, LINES, &q);
	assert_int_equal(q.from, WEIR_RECORDS_PLACE);
	assert_int_equal(q.place.number, 996);
	assert_true(q.offset <= -LINES && q.count >= 2 * LINES);
	assert_false(q.open);
	state.open = true;
	weir_records_request(&state, LINES, &q);
	assert_true(q.open && q.opened.number == 996);
}

static void test_home_waits_for_the_oldest_row(void **ignored)
{
	(void)ignored;
	struct weir_records_request q;
	show(999, 300);
	weir_records_to_last(&state);
	weir_records_request(&state, LINES, &q);
	assert_int_equal(q.from, WEIR_RECORDS_OLDEST);
	taken.total = 1000;
	weir_records_follow(&state, &taken, LINES); /* an answer to the request before */
	assert_false(state.held);
	show(299, 300);
	taken.before = 700;
	taken.total = 1000;
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(number_at_cursor(), 0);
	assert_false(state.to_last);
	assert_int_equal(line_of_cursor(), LINES - 1);
}

static void test_a_row_that_has_gone_leaves_the_cursor_to_the_next(void **ignored)
{
	(void)ignored;
	show(999, 300);
	move(-299);
	show(1999, 300); /* its row may still come with the next result */
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(state.cursor.number, 700);
	taken.gone = true;
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(state.cursor.number, 1700);
}

static void test_a_jump_waits_for_its_row(void **ignored)
{
	(void)ignored;
	struct weir_records_request q;
	struct weir_row_place target = {100 * WEIR_US_PER_S, 100, 0};
	show(999, 300);
	move(-3);
	weir_records_jump(&state, &target);
	weir_records_request(&state, LINES, &q);
	assert_int_equal(q.place.number, 100);
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(number_at_cursor(), 996); /* nothing moves until it is there */
	show(250, 200);
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(number_at_cursor(), 100);
	assert_false(state.jumps);
	assert_int_equal(line_of_cursor(), LINES / 2);
}

static void test_a_time_is_gone_to_once_its_rows_are_there(void **ignored)
{
	(void)ignored;
	struct weir_records_request q;
	show(999, 300);
	weir_records_jump_to_time(&state, 450 * WEIR_US_PER_S + 7);
	weir_records_request(&state, LINES, &q);
	assert_int_equal(q.from, WEIR_RECORDS_TIME);
	taken.total = 1000;
	weir_records_follow(&state, &taken, LINES);
	assert_true(state.jumps);
	show(550, 200);
	taken.before = 449;
	taken.total = 1000;
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(number_at_cursor(), 450);
	weir_records_jump_to_time(&state, -1); /* before all of them */
	show(99, 100);
	taken.before = 900;
	taken.total = 1000;
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(number_at_cursor(), 0);
}

static void test_an_order_turns_and_ends_where_it_stands(void **ignored)
{
	(void)ignored;
	show(999, 300);
	move(-3);
	weir_records_order_by(&state, WEIR_STR("n"), false);
	assert_true(state.by.size && !state.ascending && !state.held);
	weir_records_order_by(&state, WEIR_STR("n"), false);
	assert_true(state.by.size && state.ascending);
	move(-3);
	weir_records_order_by(&state, WEIR_STR("n"), false);
	assert_int_equal(state.by.size, 0);
	assert_true(state.held && state.jumps); /* among the rows around it in time */
	assert_int_equal(state.target.number, 996);
	weir_records_order_by(&state, WEIR_STR("t"), true);
	assert_true(state.ascending);
}

/* The first row of an order stands at the top: down goes on in it. */
static void test_down_goes_on_in_an_order(void **ignored)
{
	(void)ignored;
	show(5999, 1000);
	taken.ordered = true;
	taken.total = 6000;
	move(2);
	assert_true(state.held);
	assert_int_equal(number_at_cursor(), 5997);
	move(-2);
	assert_false(state.held);
	assert_int_equal(number_at_cursor(), 5999);
	move(995);
	weir_records_follow(&state, &taken, LINES);
	assert_int_equal(state.ordered_first, 495); /* the rows around it */
	weir_records_to_last(&state);
	weir_records_follow(&state, &taken, LINES);
	assert_true(state.ordered_first >= 6000);
}

static void test_a_search_that_is_no_pattern_changes_nothing(void **ignored)
{
	(void)ignored;
	struct weir_error err = {0};
	assert_true(weir_records_seek(&state, WEIR_STR("two"), &err));
	assert_non_null(state.finder);
	assert_false(weir_records_seek(&state, WEIR_STR("/(/"), &err));
	assert_true(err.code != WEIR_OK);
	assert_true(weir_str_equal(weir_buf_str(&state.sought), WEIR_STR("two")));
}

static void measure(int columns)
{
	static struct weir_stream_info stream;
	const struct weir_session_info info = {.n_streams = 1, .streams = &stream};
	struct weir_records_view v = weir_records_view(&state, &taken, LINES);
	weir_records_take_columns(&state, &taken);
	weir_records_measure(&state, &taken, &info, columns, &v);
}

static int width_of(const char *name, int columns)
{
	struct weir_records_fit fit;
	weir_records_fit(&state, &taken, columns, &fit);
	for (int i = 0; i < fit.n; i++)
		if (strcmp(state.columns[fit.items[i].at].name, name) == 0)
			return fit.items[i].width;
	return 0;
}

static void test_widths_only_grow(void **ignored)
{
	(void)ignored;
	wide_b = "twelve wide.";
	show(9, 10);
	measure(COLUMNS);
	state.columns[0].filled = true;
	assert_int_equal(width_of("a", COLUMNS), 3);
	int wide = state.columns[1].wide;
	assert_int_equal(wide, 12);
	wide_b = "two";
	show(19, 10);
	measure(COLUMNS);
	assert_int_equal(state.columns[1].wide, 12);
	rows.result.view_generation++; /* another question */
	measure(COLUMNS);
	assert_int_equal(state.columns[1].wide, 3);
	wide_b = "twelve wide.";
	show(29, 10);
	measure(COLUMNS);
	wide_b = "two";
	show(39, 10);
	measure(COLUMNS + 20); /* another size */
	assert_int_equal(state.columns[1].wide, 3);
}

static void test_the_last_column_has_the_free_width(void **ignored)
{
	(void)ignored;
	wide_b = "a text of more than thirty-two columns, which would have been cut once";
	show(9, 10);
	measure(COLUMNS + 20);
	assert_true(width_of("b", COLUMNS + 20) >= (int)strlen(wide_b));
}

static void test_empty_columns_are_left_out_and_counted(void **ignored)
{
	(void)ignored;
	struct weir_records_fit fit;
	show(9, 10);
	measure(COLUMNS);
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 2);
	assert_int_equal(fit.n_empty, 1);
}

static void test_columns_move_hide_and_come_back(void **ignored)
{
	(void)ignored;
	struct weir_records_fit fit;
	show(9, 10);
	measure(COLUMNS);
	weir_records_sideways(&state, &taken, COLUMNS, 1);
	assert_string_equal(state.columns[state.at].name, "a");
	weir_records_move_column(&state, &taken, 1);
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_string_equal(state.columns[fit.items[0].at].name, "b");
	weir_records_move_column(&state, &taken, 1); /* it is the last already */
	state.columns[state.at].hidden = true;
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 1);
	assert_int_equal(fit.n_hidden, 1);
	weir_records_reset_columns(&state);
	measure(COLUMNS);
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 2);
	assert_string_equal(state.columns[fit.items[0].at].name, "a");
}

static void test_columns_are_chosen_by_name(void **ignored)
{
	(void)ignored;
	const struct weir_str names_now[] = {WEIR_STR("b"), WEIR_STR("\"a\"")}, wrong[] = {WEIR_STR("bb")};
	struct weir_records_fit fit;
	struct weir_error err = {0};
	show(9, 10);
	measure(COLUMNS);
	assert_true(weir_records_choose(&state, &taken, names_now, 2, &err));
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 2);
	assert_string_equal(state.columns[fit.items[0].at].name, "b");
	assert_true(weir_records_choose(&state, &taken, names_now, 1, &err));
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 1);
	assert_false(weir_records_choose(&state, &taken, wrong, 1, &err));
	assert_non_null(strstr(err.hint, "b?"));
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 1);

	/* One that is named again has the place that it has; the others keep theirs. */
	struct weir_str often[64];
	for (size_t i = 0; i < 64; i++)
		often[i] = WEIR_STR("b");
	assert_true(weir_records_choose(&state, &taken, often, 64, &err));
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 1);
	bool there[64] = {false};
	for (size_t i = 0; i < state.n_columns; i++)
		there[state.order[i]] = true;
	for (size_t i = 0; i < state.n_columns; i++)
		assert_true(there[i]);
}

static const char *const log_names[] = {"host", "message", "pid", "level", NULL};
static const char *log_cells(uint64_t number, int column)
{
	static const char *const texts[] = {"h", "it ends here", "12", "error"};
	(void)number;
	return texts[column];
}

static void test_a_log_has_its_level_first_and_its_text_last(void **ignored)
{
	static const char *const order[] = {"level", "pid", "host", "message"};
	struct weir_records_fit fit;
	(void)ignored;
	rows_make(&rows, log_names, 9, 10, log_cells);
	taken = weir_records_rows_of(&rows.result);
	measure(COLUMNS);
	weir_records_fit(&state, &taken, COLUMNS, &fit);
	assert_int_equal(fit.n, 4);
	for (int i = 0; i < 4; i++)
		assert_string_equal(state.columns[fit.items[i].at].name, order[i]);
	assert_int_equal(fit.items[3].x + fit.items[3].width, COLUMNS - 1);
	assert_int_equal(weir_records_record_level(&state, &taken, &rows.result.records[0]), WEIR_INK_BAD);
}

static struct weir_str cut(const char *line, const struct weir_records_mark *m)
{
	return (struct weir_str){line + m->from, m->to - m->from};
}

static void check_scan(const char *line, const char *time, const char *process, const char *level, enum weir_ink ink)
{
	struct weir_records_mark marks[WEIR_RECORDS_MARKS];
	enum weir_ink found;
	int n = weir_records_scan(weir_str_of(line), marks, &found), at = 0;
	const char *const wanted[] = {time, process, level};
	for (int i = 0; i < 3; i++) {
		if (!wanted[i])
			continue;
		if (at >= n || !weir_str_equal(cut(line, &marks[at]), weir_str_of(wanted[i])))
			fail_msg("%s: no %s", line, wanted[i]);
		at++;
	}
	if (at != n)
		fail_msg("%s: %d marks", line, n);
	assert_int_equal(found, ink);
}

static void test_time_process_and_level_are_found_in_a_line(void **ignored)
{
	(void)ignored;
	check_scan("Nov 28 23:28:36 host0 sshd[1066]: Accepted key", "Nov 28 23:28:36", "sshd[1066]", NULL,
		   WEIR_INK_TEXT);
	check_scan("2026-11-22T10:00:00.123Z ERROR no such item", "2026-11-22T10:00:00.123Z", NULL, "ERROR",
		   WEIR_INK_BAD);
	check_scan("2026-11-22 10:00:00,123 [main] WARN it is late", "2026-11-22 10:00:00,123", NULL, "WARN",
		   WEIR_INK_WARN);
	check_scan("[22/Nov/2026:09:00:00 +0000] debug: x", "[22/Nov/2026:09:00:00 +0000]", NULL, "debug",
		   WEIR_INK_DIM);
	check_scan("level=warn msg=hello", NULL, NULL, "warn", WEIR_INK_WARN);
	check_scan("an error in a sentence is none", NULL, NULL, NULL, WEIR_INK_TEXT);
	check_scan("", NULL, NULL, NULL, WEIR_INK_TEXT);
	check_scan("12:30 lunch", NULL, NULL, NULL, WEIR_INK_TEXT);
}

static enum weir_ink level_of(const char *column, const char *text)
{
	return weir_records_level(weir_str_of(column),
				  &(struct weir_value){.type = WEIR_STRING, .s = weir_str_of(text)});
}

static void test_levels_are_words_letters_and_numbers(void **ignored)
{
	(void)ignored;
	assert_int_equal(level_of("level", "Error"), WEIR_INK_BAD);
	assert_int_equal(level_of("log.level", "W"), WEIR_INK_WARN);
	assert_int_equal(level_of("PRIORITY", "3"), WEIR_INK_BAD);
	assert_int_equal(level_of("PRIORITY", "6"), WEIR_INK_TEXT);
	assert_int_equal(level_of("level", "40"), WEIR_INK_WARN);
	assert_int_equal(level_of("level", "debug"), WEIR_INK_DIM);
	assert_int_equal(level_of("user", "error"), WEIR_INK_TEXT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_the_cursor_follows_until_it_is_moved),
	    TEST(test_down_to_the_newest_row_follows_again),
	    TEST(test_a_stretch_around_the_cursor_is_asked_for),
	    TEST(test_home_waits_for_the_oldest_row),
	    TEST(test_a_row_that_has_gone_leaves_the_cursor_to_the_next),
	    TEST(test_a_jump_waits_for_its_row),
	    TEST(test_a_time_is_gone_to_once_its_rows_are_there),
	    TEST(test_an_order_turns_and_ends_where_it_stands),
	    TEST(test_down_goes_on_in_an_order),
	    TEST(test_a_search_that_is_no_pattern_changes_nothing),
	    TEST(test_widths_only_grow),
	    TEST(test_the_last_column_has_the_free_width),
	    TEST(test_empty_columns_are_left_out_and_counted),
	    TEST(test_columns_move_hide_and_come_back),
	    TEST(test_columns_are_chosen_by_name),
	    TEST(test_a_log_has_its_level_first_and_its_text_last),
	    TEST(test_time_process_and_level_are_found_in_a_line),
	    TEST(test_levels_are_words_letters_and_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
