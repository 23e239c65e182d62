/* The strip as it stands on the screen, state by state: with eighths of blocks, and with ASCII alone. */
#include "fake_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* 2026-11-22 10:00:00, and so many seconds later. */
#define AT(s) (INT64_C(1795341600000000) + (s)*WEIR_US_PER_S)

static struct fake fake;
static struct weir_grid grid;
static struct weir_result result;

/* Rows by bucket of ten seconds: a digit each, as tenths of the most; " " is none. */
static void fill(const char *rows)
{
	struct weir_strip *s = &fake.info.strip;
	*s = (struct weir_strip){.n_buckets = (uint32_t)strlen(rows),
				 .start_us = AT(0),
				 .bucket_us = 10 * WEIR_US_PER_S,
				 .errors = "status >= 500",
				 .errors_known = true};
	s->oldest_us = AT(0);
	s->newest_us = AT(10 * (int64_t)s->n_buckets - 1);
	for (uint32_t i = 0; i < s->n_buckets; i++) {
		s->buckets[i].rows = rows[i] == ' ' ? 0 : (uint64_t)(rows[i] - '0') * 100;
		s->n_rows += s->buckets[i].rows;
	}
	weir_strip_find_gaps(s);
}

static void open_strip(const char *rows, int columns)
{
	fake_make(&fake, FAKE_WEB);
	result = fake.result;
	result.moment_us = AT(10 * (int64_t)strlen(rows) - 1);
	result.window_start_us = result.window_end_us = WEIR_TIME_NONE;
	fake.picture.result = &result;
	fill(rows);
	grid.ascii = grid.mono = false;
	assert_true(weir_grid_resize(&grid, columns, 40));
	weir_picture_layout(&fake.picture, columns, 40);
}

static void close_strip(void)
{
	fake.picture.result = &fake.result;
	fake_release(&fake);
	weir_grid_release(&grid);
	grid = (struct weir_grid){0};
}

static void set_window(int64_t from_s, int64_t to_s)
{
	result.window_start_us = AT(from_s);
	result.window_end_us = AT(to_s);
	result.moment_us = AT(to_s) - 1;
}

/* What is drawn, without the blanks at the end; in UTF-8. */
static void check(const char *expected)
{
	struct weir_buf text = {0};
	weir_grid_clear(&grid);
	struct weir_rect r = fake.picture.layout.strip;
	assert_int_equal(r.rows, 1);
	weir_strip_draw(&fake.picture, weir_canvas_cut(weir_grid_canvas(&grid), r.x, r.y, r.columns, 1));
	for (int x = 0; x < r.columns; x++) {
		char out[8];
		size_t n = weir_utf8_encode(grid.cells[(size_t)r.y * (size_t)grid.columns + (size_t)x].glyph, out);
		weir_buf_add(&text, out, n);
	}
	while (text.size && text.data[text.size - 1] == ' ')
		text.size--;
	weir_buf_add_char(&text, '\0');
	assert_string_equal(text.data, expected);
	weir_buf_release(&text);
}

static enum weir_ink ink_at(int bucket)
{
	struct weir_strip_place place = weir_strip_place_of(&fake.picture);
	struct weir_rect r = fake.picture.layout.strip;
	return grid.cells[(size_t)r.y * (size_t)grid.columns + (size_t)(place.x + bucket)].style.ink;
}

static enum weir_paper paper_at(int bucket)
{
	struct weir_strip_place place = weir_strip_place_of(&fake.picture);
	struct weir_rect r = fake.picture.layout.strip;
	return grid.cells[(size_t)r.y * (size_t)grid.columns + (size_t)(place.x + bucket)].style.paper;
}

static void test_live(void **state)
{
	(void)state;
	open_strip("8888448889", 120);
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	set_window(50, 100);
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86[\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	assert_int_equal(ink_at(3), WEIR_INK_FAINT); /* outside the window */
	assert_int_equal(ink_at(6), WEIR_INK_FILL);
	set_window(0, 100);
	check(
	    " 10:00:00 [\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	close_strip();
}

static void test_paused_and_at_a_moment(void **state)
{
	(void)state;
	open_strip("8888448889", 120);
	set_window(20, 60);
	fake.info.paused = true;
	check(
	    " 10:00:00  \xe2\x96\x86[\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x80\x96\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	fake.info.at = true;
	check(
	    " 10:00:00  \xe2\x96\x86[\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x97\x8b\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	fake.info.ended = true; /* nothing more will come */
	check(
	    " 10:00:00  \xe2\x96\x86[\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x97\x8b\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87  10:01:39   errors none   10s a column");
	set_window(60, 100); /* the moment is the newest */
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83[\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x97\x8b 10:01:39   errors none   10s a column");
	close_strip();
}

static void test_the_end(void **state)
{
	(void)state;
	open_strip("8888448889", 120);
	fake.info.ended = true;
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87  10:01:39   errors none   10s a column");
	set_window(20, 60);
	check(
	    " 10:00:00  \xe2\x96\x86[\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83]\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87  10:01:39   errors none   10s a column");
	close_strip();
}

static void test_replay(void **state)
{
	(void)state;
	open_strip("8888448889", 120);
	struct weir_stream_info *one = &fake.info.streams[0];
	one->finite = true;
	one->progress = 0.5;
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 \xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7 10:01:39   errors none   10s a column");
	fake.state.strip.end_us = AT(150); /* it was played before: five buckets are to come */
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 \xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7\xc2\xb7 10:01:39   errors none   10s a column");
	close_strip();
}

static void test_signs(void **state)
{
	(void)state;
	open_strip("8888  8888", 120);
	struct weir_strip *s = &fake.info.strip;
	s->buckets[1].late = 3;
	s->buckets[7].lost = 9;
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\xb5\xe2\x96\x87\xe2\x96\x87\xe2\x95\x8c\xe2\x95\x8c\xe2\x96\x87\xc3\x97\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   3 late   10s a column");
	grid.ascii = true;
	check(" 10:00:00  #!##~~#x##> 10:01:39   errors none   3 late   10s a column");
	/* Where most buckets have late rows, only those that have more of them than chance would bring. */
	for (int i = 0; i < 10; i++)
		s->buckets[i].late = 5;
	s->buckets[6].late = 400;
	check(" 10:00:00  ####!!!x##> 10:01:39   errors none   445 late   10s a column");
	close_strip();
}

static void test_errors(void **state)
{
	(void)state;
	open_strip("8888888888", 120);
	struct weir_strip *s = &fake.info.strip;
	s->buckets[3].errors = s->n_errors = 2; /* any, where they are rare */
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors 0.0 %   10s a column");
	assert_int_equal(ink_at(3), WEIR_INK_BAD);
	assert_int_equal(ink_at(4), WEIR_INK_FILL);
	grid.mono = true;
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87"
	    "E\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors 0.0 %   10s a column");
	for (int i = 0; i < 10; i++)
		s->buckets[i].errors = 10; /* everywhere the same: nothing stands out */
	s->n_errors = 100;
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors 1.2 %   10s a column");
	s->buckets[7].errors = 40;
	s->n_errors = 130;
	check(" 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87"
	      "E\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors 1.6 %   10s a column");
	s->errors_known = false;
	s->buckets[7].errors = 10;
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   10s a column");
	close_strip();
}

static void test_what_is_chosen(void **state)
{
	(void)state;
	open_strip("8888448889", 120);
	struct weir_strip_state *marks = &fake.state.strip;
	fake.state.cursor_us = AT(35);
	marks->n_bookmarks = 2;
	marks->bookmarks[0].us = AT(12);
	marks->bookmarks[1].us = AT(-40); /* not held any more */
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x97\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	assert_int_equal(paper_at(3), WEIR_PAPER_SELECT);
	assert_int_equal(paper_at(2), WEIR_PAPER_BASE);
	fake.state.cursor_us = WEIR_TIME_NONE;
	fake.state.span_from_us = AT(70); /* drawn backwards */
	fake.state.span_to_us = AT(50);
	check(
	    " 10:00:00  \xe2\x96\x86\xe2\x97\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x83\xe2\x96\x83\xe2\x96\x86\xe2\x96\x86\xe2\x96\x86\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	assert_int_equal(paper_at(4), WEIR_PAPER_BASE);
	assert_int_equal(paper_at(5), WEIR_PAPER_SELECT);
	assert_int_equal(paper_at(6), WEIR_PAPER_SELECT);
	assert_int_equal(paper_at(7), WEIR_PAPER_BASE);
	close_strip();
}

/* What there is no room for is left out, the remarks first. */
static void test_sizes(void **state)
{
	(void)state;
	open_strip("88888888888888888888888888888888", 60);
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:05:19");
	close_strip();
	open_strip("88888888888888888888888888888888", 80);
	check(
	    " 10:00:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:05:19   errors none");
	close_strip();
	open_strip("8888888888", 200);
	fake.info.strip.oldest_us = AT(-86400 * 3); /* another day is said */
	check(
	    " 2026-11-19 10:00  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	close_strip();
	open_strip("8888888888", 80);
	fake.info.strip.oldest_us = AT(-86400 * 3);
	check(
	    " 2026-11-19  \xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\x87\xe2\x96\xb8 10:01:39   errors none   10s a column");
	close_strip();
	for (int columns = 60; columns <= 330; columns++)
		assert_true(weir_strip_buckets(columns) >= 32 && weir_strip_buckets(columns) <= WEIR_STRIP_BUCKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_live),           cmocka_unit_test(test_paused_and_at_a_moment),
	    cmocka_unit_test(test_the_end),        cmocka_unit_test(test_replay),
	    cmocka_unit_test(test_signs),          cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_what_is_chosen), cmocka_unit_test(test_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
