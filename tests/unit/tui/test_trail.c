/* The trail of questions: what is a step, what undo leads to, and the words for a change. */
#include "tui/trail/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct weir_trail trail;
static struct weir_view view;
static uint64_t generation;

static int set_up(void **state)
{
	(void)state;
	weir_view_init(&view);
	trail = (struct weir_trail){0};
	generation = 0;
	weir_trail_begin(&trail, &view);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	weir_trail_release(&trail);
	weir_view_release(&view);
	return 0;
}

static void set(enum weir_view_text which, const char *text)
{
	assert_int_equal(weir_view_set(&view, which, text, 0, NULL), WEIR_OK);
}

static void ask(enum weir_view_text which, const char *text)
{
	set(which, text);
	weir_trail_ask(&trail, ++generation, &view, NULL);
}

static void answer(void)
{
	weir_trail_answered(&trail, generation, &view, WEIR_TIME_NONE);
}

/* Undo or redo, all the way through the engine. */
static void move(int by)
{
	int step = weir_trail_next(&trail, by);
	assert_true(step >= 0);
	weir_trail_go(&trail, step, ++generation);
	weir_view_release(&view);
	assert_int_equal(weir_view_copy(&view, &trail.steps[step].view, NULL), WEIR_OK);
	answer();
}

static void test_each_accepted_question_is_a_step(void **state)
{
	(void)state;
	ask(WEIR_VIEW_GROUP, "region");
	assert_int_equal(trail.n, 1); /* it is not answered yet */
	answer();
	ask(WEIR_VIEW_WHERE, "status >= 500");
	ask(WEIR_VIEW_WINDOW, "5m"); /* typed before the answer to the one before */
	answer();
	assert_int_equal(trail.n, 4);
	assert_string_equal(trail.steps[1].words, "group by region");
	assert_string_equal(trail.steps[2].words, "+ status >= 500");
	assert_string_equal(trail.steps[3].words, "window 5m");
	assert_int_equal(trail.at, 3);
	ask(WEIR_VIEW_WINDOW, "5m"); /* nothing changed */
	answer();
	assert_int_equal(trail.n, 4);
}

static void test_a_refused_question_is_no_step(void **state)
{
	(void)state;
	ask(WEIR_VIEW_GROUP, "region");
	answer();
	move(-1);
	ask(WEIR_VIEW_GROUP, "regoin");
	weir_trail_refused(&trail, generation);
	assert_int_equal(trail.n, 2); /* and what was undone is still there */
	assert_int_equal(trail.at, 0);
	assert_int_equal(weir_trail_next(&trail, 1), 1);
	weir_trail_go(&trail, 1, ++generation);
	weir_trail_refused(&trail, generation);
	assert_int_equal(trail.at, 0);
	assert_int_equal(trail.aim, 0);
}

static void test_undo_and_redo_lead_through_all_of_it(void **state)
{
	(void)state;
	ask(WEIR_VIEW_GROUP, "region");
	answer();
	ask(WEIR_VIEW_MEASURE, "count");
	answer();
	move(-1);
	assert_null(view.text[WEIR_VIEW_MEASURE]);
	move(-1);
	assert_null(view.text[WEIR_VIEW_GROUP]);
	assert_int_equal(weir_trail_next(&trail, -1), -1);
	move(1);
	move(1);
	assert_string_equal(view.text[WEIR_VIEW_MEASURE], "count");
	assert_int_equal(weir_trail_next(&trail, 1), -1);
	move(-1);
	ask(WEIR_VIEW_TOP, "5"); /* another way: the old one is forgotten */
	answer();
	assert_int_equal(trail.n, 3);
	assert_string_equal(trail.steps[2].words, "top 5");
	assert_int_equal(weir_trail_next(&trail, 1), -1);
}

static void test_keys_faster_than_answers_count(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		ask(WEIR_VIEW_TOP, (const char *[]){"1", "2", "3"}[i]);
		answer();
	}
	weir_trail_go(&trail, weir_trail_next(&trail, -1), ++generation);
	weir_trail_go(&trail, weir_trail_next(&trail, -1), ++generation); /* nothing was answered in between */
	assert_int_equal(trail.aim, 1);
	assert_int_equal(trail.at, 3);
	weir_trail_answered(&trail, generation, &trail.steps[1].view, WEIR_TIME_NONE);
	assert_int_equal(trail.at, 1);
	ask(WEIR_VIEW_TOP, "9");
	assert_int_equal(weir_trail_next(&trail, -1), 1); /* undo takes back what waits */
}

static void test_it_is_bounded(void **state)
{
	char text[32];
	(void)state;
	for (int i = 0; i < 3 * WEIR_TRAIL_STEPS; i++) {
		snprintf(text, sizeof(text), "%d", i + 1);
		ask(WEIR_VIEW_TOP, text);
		answer();
	}
	assert_int_equal(trail.n, WEIR_TRAIL_STEPS);
	assert_string_equal(trail.steps[0].words, "top 201");
	assert_string_equal(trail.steps[trail.at].words, "top 300");
	for (int i = 0; i < 3 * WEIR_TRAIL_WAITING; i++) {
		snprintf(text, sizeof(text), "%d", i + 1);
		ask(WEIR_VIEW_TOP, text);
	}
	answer();
	assert_string_equal(trail.steps[trail.at].words, "top 24");
}

/* What the engine changed in a question is part of its step; a moment is no question. */
static void test_steps_hold_what_is_in_force(void **state)
{
	(void)state;
	ask(WEIR_VIEW_GROUP, "region");
	set(WEIR_VIEW_SORT, NULL);
	set(WEIR_VIEW_WINDOW, "10m");
	answer();
	assert_string_equal(trail.steps[1].words, "group by region, window 10m");
	ask(WEIR_VIEW_AT, "2026-11-22T10:00:00Z");
	answer();
	assert_int_equal(trail.n, 2);
}

static void check_words(enum weir_view_text which, const char *from, const char *to, const char *wanted)
{
	struct weir_view a, b;
	struct weir_buf words = {0};
	weir_view_init(&a);
	weir_view_init(&b);
	assert_int_equal(weir_view_set(&a, which, from, 0, NULL), WEIR_OK);
	assert_int_equal(weir_view_set(&b, which, to, 0, NULL), WEIR_OK);
	weir_trail_words(&a, &b, WEIR_TIME_NONE, &words);
	assert_string_equal(words.data ? words.data : "", wanted);
	weir_buf_release(&words);
	weir_view_release(&a);
	weir_view_release(&b);
}

static void test_words(void **state)
{
	(void)state;
	check_words(WEIR_VIEW_WHERE, NULL, "service = 'cart'", "+ service = 'cart'");
	check_words(WEIR_VIEW_WHERE, "a = 1\nb = 2", "b = 2\n(c <> 3 or c is null)", "+ c <> 3, - a = 1");
	check_words(WEIR_VIEW_WHERE, "a = 1\nb = 2", "b = 2\na = 1", "filter in another order");
	check_words(WEIR_VIEW_GROUP, "a", NULL, "no group");
	check_words(WEIR_VIEW_MEASURE, "sum(a)", NULL, "measure count");
	check_words(WEIR_VIEW_SORT, NULL, "a desc", "sort by a desc");
	check_words(WEIR_VIEW_SORT, "a desc", NULL, "usual sort");
	check_words(WEIR_VIEW_DERIVE, NULL, "s=a/1000", "+ column s=a/1000");
	check_words(WEIR_VIEW_LATE, NULL, "10s", "late 10s");
	check_words(WEIR_VIEW_LATE, "10s", "10s", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_each_accepted_question_is_a_step, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_refused_question_is_no_step, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_undo_and_redo_lead_through_all_of_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_keys_faster_than_answers_count, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_it_is_bounded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_steps_hold_what_is_in_force, set_up, tear_down),
	    cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
