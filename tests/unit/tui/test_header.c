/* The first line: what it says of progress and memory, and what gives way when there is no room. */
#include "fake_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* The first line of a picture as text. */
static const char *header(struct fake *f, int columns, char out[1200])
{
	struct weir_grid grid = {0};
	struct weir_buf text = {0};
	assert_true(weir_grid_resize(&grid, columns, columns < 100 ? 24 : 40));
	weir_picture_layout(&f->picture, columns, grid.rows);
	weir_picture_draw(&f->picture, &grid);
	for (int x = 0; x < columns; x++) {
		char bytes[4];
		weir_buf_add(&text, bytes, weir_utf8_encode(grid.cells[x].glyph, bytes));
	}
	assert_true(text.size < 1200);
	memcpy(out, text.data, text.size);
	out[text.size] = '\0';
	weir_buf_release(&text);
	weir_grid_release(&grid);
	return out;
}

static void assert_says(struct fake *f, int columns, const char *words)
{
	char line[1200];
	if (!strstr(header(f, columns, line), words))
		fail_msg("no \"%s\" in \"%s\"", words, line);
}

static void assert_silent(struct fake *f, int columns, const char *words)
{
	char line[1200];
	if (strstr(header(f, columns, line), words))
		fail_msg("\"%s\" in \"%s\"", words, line);
}

/* In no state is the same source called otherwise. */
static void test_the_name_stays_in_every_state(void **state)
{
	static const int sizes[] = {60, 80, 100, 120, 200};
	static const char *const addresses[] = {"demo:web", "samples/web.ndjson", "kafka://one:9092,two:9092/orders"};
	char line[1200];
	(void)state;
	for (size_t a = 0; a < 3; a++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct fake f;
			char first[64] = "";
			fake_make(&f, FAKE_WEB);
			snprintf(f.info.streams[0].address, sizeof(f.info.streams[0].address), "%s", addresses[a]);
			for (int s = 0; s < 8; s++) {
				f.info.streams[0].state = s & 1 ? WEIR_STREAM_RECONNECTING : WEIR_STREAM_LIVE;
				f.info.paused = s & 2;
				f.info.backlog = s & 2 ? 1234567 : 0;
				f.info.streams[0].progress = s & 4 ? 0.5 : -1;
				header(&f, sizes[i], line);
				size_t end = strstr(line + 7, "  ") - line;
				if (!*first)
					snprintf(first, sizeof(first), "%.*s", (int)end, line);
				assert_true(strncmp(line, first, strlen(first)) == 0);
			}
			fake_release(&f);
		}
}

static void test_a_picture_of_the_past_says_how_far_it_is_behind(void **state)
{
	struct fake f;
	(void)state;
	fake_make(&f, FAKE_WEB);
	assert_silent(&f, 120, "behind");
	f.picture.now_us = f.result.moment_us + 720 * WEIR_US_PER_S;
	assert_says(&f, 80, "LIVE  behind 12m");
	f.info.ended = true;
	assert_silent(&f, 120, "behind");
	fake_release(&f);
}

static void test_a_file_says_how_far_it_is_read(void **state)
{
	struct fake f;
	(void)state;
	fake_make(&f, FAKE_WEB);
	f.info.ended = false;
	f.info.streams[0].progress = 0.4186;
	f.info.streams[0].seconds_left = 95;
	assert_says(&f, 80, "41 %, 1m35s left");
	assert_says(&f, 120, "41 %, 1m35s left");
	snprintf(f.info.streams[0].name, sizeof(f.info.streams[0].name), "access-2026-11-22.ndjson");
	f.info.records_per_s = 1826865;
	assert_says(&f, 80, "41 %, 1m35s left  1.8M/s"); /* a long name gives way */
	f.info.streams[0].seconds_left = 0;
	assert_says(&f, 80, "41 %, 1s left");
	f.info.streams[0].seconds_left = -1; /* no rate yet */
	assert_says(&f, 80, "41 %");
	assert_silent(&f, 80, "left");
	f.info.streams[0].progress = 0.9999; /* not 100 before it is over */
	assert_says(&f, 80, "99 %");
	f.info.ended = true;
	assert_silent(&f, 120, " %");
	fake_release(&f);
}

static void test_a_window_that_memory_cuts_says_what_it_holds(void **state)
{
	struct fake f;
	(void)state;
	fake_make(&f, FAKE_WEB);
	struct weir_result *r = &f.result;
	f.info.view.window = (struct weir_window){.kind = WEIR_WINDOW_SLIDING, .size_us = 600 * WEIR_US_PER_S};
	r->window_start_us = r->moment_us - 600 * WEIR_US_PER_S;
	assert_silent(&f, 120, "holds");
	r->held_from_us = r->moment_us - 372 * WEIR_US_PER_S - 400000;
	assert_says(&f, 80, "holds 6m12s of 10m sliding");
	assert_says(&f, 120, "holds 6m12s of 10m sliding");
	r->held_from_us = r->window_start_us; /* what went lay before it */
	assert_silent(&f, 120, "holds");
	f.info.view.window = (struct weir_window){.kind = WEIR_WINDOW_ALL};
	r->window_start_us = WEIR_TIME_NONE;
	assert_says(&f, 120, "holds 10m of all");
	f.info.view.window = (struct weir_window){.kind = WEIR_WINDOW_ROWS, .rows = 5000000};
	r->buffer_rows = 1200000;
	assert_says(&f, 120, "holds 1.2M of rows 5000000");
	r->buffer_rows = 6000000;
	assert_silent(&f, 120, "holds");
	fake_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_name_stays_in_every_state),
	    cmocka_unit_test(test_a_picture_of_the_past_says_how_far_it_is_behind),
	    cmocka_unit_test(test_a_file_says_how_far_it_is_read),
	    cmocka_unit_test(test_a_window_that_memory_cuts_says_what_it_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
