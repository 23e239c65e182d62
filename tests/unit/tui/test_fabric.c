/* What the screen says of a view that Spark computes: that it starts, how far it is behind, and what it does not send. */
#include "fake_result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* A large picture as text. */
static void draw(struct fake *f, struct weir_buf *out)
{
	struct weir_grid grid = {0};
	assert_true(weir_grid_resize(&grid, 300, 70));
	weir_picture_layout(&f->picture, grid.columns, grid.rows);
	weir_picture_draw(&f->picture, &grid);
	weir_buf_clear(out);
	for (int i = 0; i < grid.columns * grid.rows; i++) {
		char bytes[4];
		if (grid.cells[i].glyph)
			weir_buf_add(out, bytes, weir_utf8_encode(grid.cells[i].glyph, bytes));
	}
	weir_buf_add_char(out, '\0');
	assert_false(out->failed);
	weir_grid_release(&grid);
}

static void assert_says(struct fake *f, const char *words, bool wanted)
{
	struct weir_buf text = {0};
	draw(f, &text);
	if ((strstr(text.data, words) != NULL) != wanted)
		fail_msg("%s \"%s\" in %s", wanted ? "no" : "", words, text.data);
	weir_buf_release(&text);
}

static void make(struct fake *f)
{
	fake_make(f, FAKE_WEB);
	f->info.ended = false;
	f->info.fabric = (struct weir_fabric_status){.is_elsewhere = true,
						     .state = "running",
						     .where = "Spark local[2], app-7",
						     .answered = true,
						     .input_per_s = 50,
						     .done_per_s = 60,
						     .batch_us = 900000,
						     .watermark_us = WEIR_TIME_NONE};
}

static void test_the_panel_of_streams_says_how_far_the_job_is_behind(void **state)
{
	struct fake f;
	(void)state;
	make(&f);
	f.info.fabric.lags[0] = 1234;
	assert_says(&f, "a batch takes 900ms, 1,234 records behind", true);
	f.info.fabric.lags[0] = 1;
	assert_says(&f, ", 1 record behind", true);
	f.info.fabric.lags[0] = -1; /* not known is not 0 */
	assert_says(&f, "behind", false);
	fake_release(&f);
}

static void test_before_the_first_answer_it_says_what_is_waited_for(void **state)
{
	struct fake f;
	(void)state;
	make(&f);
	struct weir_result empty = {.moment_us = WEIR_TIME_NONE};
	weir_ledger_init(&empty.ledger);
	f.picture.result = &empty;
	f.info.fabric.answered = false;
	snprintf(f.info.fabric.state, sizeof f.info.fabric.state, "starting");
	assert_says(&f, "Spark is starting", true);
	snprintf(f.info.fabric.state, sizeof f.info.fabric.state, "running");
	assert_says(&f, "Spark counts its first batch", true);
	assert_says(&f, "0 rows", false); /* none is held here */
	f.info.fabric.answered = true;
	assert_says(&f, "Spark counts its first batch", false);
	fake_release(&f);
}

static void test_a_histogram_that_is_not_sent_says_what_to_do(void **state)
{
	struct fake f;
	(void)state;
	make(&f);
	f.result.histogram.n = 0;
	assert_says(&f, "Spark sends this for numbers with a quantile", true);
	f.info.fabric.is_elsewhere = false;
	assert_says(&f, "Spark", false);
	fake_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_panel_of_streams_says_how_far_the_job_is_behind),
	    cmocka_unit_test(test_before_the_first_answer_it_says_what_is_waited_for),
	    cmocka_unit_test(test_a_histogram_that_is_not_sent_says_what_to_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
