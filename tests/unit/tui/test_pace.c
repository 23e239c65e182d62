/* When pictures are due: by what happened, and by the bytes that were sent. */
#include "tui/terminal/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define S INT64_C(1000000)

enum { SSH = WEIR_PACE_SSH_BYTES_PER_S, FRAME = 33333 };

static void drew(struct weir_pace *p, int64_t now_us, int64_t bytes)
{
	struct weir_pace_cost cost = {.bytes = bytes};
	weir_pace_drew(p, WEIR_PACE_DATA, now_us, &cost);
}

/* Bytes that pictures of `bytes` come to in a minute, when each is drawn as soon as it is due. */
static int64_t a_minute_of(int64_t bytes, int64_t limit, int64_t *pictures)
{
	struct weir_pace p;
	weir_pace_init(&p, limit);
	p.shown = true;
	int64_t sent = 0, now = 100 * S, end = 160 * S;
	for (*pictures = 0; now < end; ++*pictures) {
		drew(&p, now, bytes);
		sent += bytes;
		now = weir_pace_due_us(&p, WEIR_PACE_DATA);
	}
	return sent;
}

/* What is promised for SSH, whatever the size of a picture. */
static void test_bytes_are_kept_to_over_ssh(void **state)
{
	int64_t n;
	(void)state;
	assert_in_range(a_minute_of(1500, SSH, &n), 60 * 19000, 60 * 20400); /* with what was saved before */
	assert_in_range(a_minute_of(12000, SSH, &n), 60 * 19000, 60 * 20600);
	assert_true(a_minute_of(300, SSH, &n) < 60 * 20000);
	assert_in_range(n, 60 * 29, 60 * 31);
}

static void test_a_local_terminal_gets_thirty_pictures_a_second(void **state)
{
	int64_t n;
	(void)state;
	(void)a_minute_of(40, 0, &n);
	assert_in_range(n, 60 * 29, 60 * 31);
	(void)a_minute_of(20000, 0, &n); /* however large they are */
	assert_in_range(n, 60 * 29, 60 * 31);
}

/* A line of 300 bytes a second that answers: never more than one picture lies in it. */
static void test_a_slow_line_is_never_filled(void **state)
{
	struct weir_pace p;
	int64_t now = 100 * S, free_us = now, answer_us = 0, pictures = 0, waiting = 0;
	(void)state;
	weir_pace_init(&p, 0);
	p.shown = true;
	for (; now < 220 * S; pictures++) {
		struct weir_pace_cost cost = {.bytes = 600, .asked = weir_pace_may_ask(&p, now)};
		free_us = (free_us > now ? free_us : now) + cost.bytes * S / 300;
		waiting = free_us - now > waiting ? free_us - now : waiting;
		answer_us = cost.asked ? free_us : answer_us;
		weir_pace_drew(&p, WEIR_PACE_DATA, now, &cost);
		int64_t due = weir_pace_due_us(&p, WEIR_PACE_DATA);
		if (p.asked_us && answer_us <= due) { /* it comes first */
			now = answer_us;
			weir_pace_heard(&p, now);
			due = weir_pace_due_us(&p, WEIR_PACE_DATA);
		}
		now = due > now ? due : now;
	}
	assert_in_range(pictures, 55, 65); /* 120 s, two a picture */
	assert_true(waiting <= 6 * S);
}

static void test_a_terminal_that_never_answers_is_drawn_on_all_the_same(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 600, .asked = true};
	int64_t now = 100 * S;
	int questions = 0;
	(void)state;
	weir_pace_init(&p, 0);
	p.shown = true;
	for (int i = 0; i < 3000; i++) {
		cost.asked = weir_pace_may_ask(&p, now);
		questions += cost.asked;
		weir_pace_drew(&p, WEIR_PACE_DATA, now, &cost);
		int64_t due = weir_pace_due_us(&p, WEIR_PACE_DATA);
		assert_true(due - now <= S);
		if (now > 104 * S)
			assert_true(due - now <= FRAME);
		now = due;
	}
	assert_in_range(questions, 2, 4);
}

static void test_a_lost_answer_is_not_waited_for_for_ever(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 600, .asked = true};
	(void)state;
	weir_pace_init(&p, 0);
	p.shown = true;
	weir_pace_drew(&p, WEIR_PACE_DATA, 10 * S, &cost);
	weir_pace_heard(&p, 10 * S + 50000);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA), 10 * S + FRAME);
	weir_pace_drew(&p, WEIR_PACE_DATA, 11 * S, &cost);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA), 13 * S + 100000);
	assert_false(weir_pace_may_ask(&p, 12 * S));
	assert_true(weir_pace_may_ask(&p, 13 * S + 100000));
}

static void test_a_terminal_that_takes_long_gets_less(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 600, .took_us = 400000};
	(void)state;
	weir_pace_init(&p, 0);
	p.shown = true;
	weir_pace_drew(&p, WEIR_PACE_DATA, 10 * S, &cost);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA), 10 * S + 800000);
}

static void test_keys_and_answers_do_not_wait_for_bytes(void **state)
{
	struct weir_pace p;
	(void)state;
	weir_pace_init(&p, SSH);
	p.shown = true;
	drew(&p, 10 * S, 1000000);
	assert_true(weir_pace_due_us(&p, WEIR_PACE_DATA) > 40 * S);
	assert_true(weir_pace_due_us(&p, WEIR_PACE_KEYS) <= 10 * S);
	assert_true(weir_pace_due_us(&p, WEIR_PACE_ANSWER) <= 10 * S);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_TICK), 11 * S);
}

static void test_keys_held_down_are_drawn_sixty_times_a_second(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 100};
	(void)state;
	weir_pace_init(&p, 0);
	weir_pace_drew(&p, WEIR_PACE_KEYS, 10 * S, &cost);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_KEYS), 10 * S + 16000);
	weir_pace_drew(&p, WEIR_PACE_ANSWER, 10 * S + 5000, &cost); /* an answer in between moves nothing */
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_KEYS), 10 * S + 16000);
}

static void test_the_first_rows_do_not_wait(void **state)
{
	struct weir_pace p;
	(void)state;
	weir_pace_init(&p, SSH);
	drew(&p, 10 * S, 1000000);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA), 10 * S + FRAME);
}

static void test_a_whole_picture_makes_nothing_wait(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 50000, .whole = true};
	(void)state;
	weir_pace_init(&p, SSH);
	p.shown = true;
	weir_pace_drew(&p, WEIR_PACE_KEYS, 10 * S, &cost);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA), 10 * S + FRAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_are_kept_to_over_ssh),
	    cmocka_unit_test(test_a_local_terminal_gets_thirty_pictures_a_second),
	    cmocka_unit_test(test_a_slow_line_is_never_filled),
	    cmocka_unit_test(test_a_terminal_that_never_answers_is_drawn_on_all_the_same),
	    cmocka_unit_test(test_a_lost_answer_is_not_waited_for_for_ever),
	    cmocka_unit_test(test_a_terminal_that_takes_long_gets_less),
	    cmocka_unit_test(test_keys_and_answers_do_not_wait_for_bytes),
	    cmocka_unit_test(test_keys_held_down_are_drawn_sixty_times_a_second),
	    cmocka_unit_test(test_the_first_rows_do_not_wait),
	    cmocka_unit_test(test_a_whole_picture_makes_nothing_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
