/* When pictures are due: by what happened, and by the bytes that were sent. */
#include "tui/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define S INT64_C(1000000)

static void drew(struct weir_pace *p, int64_t now_us, int64_t bytes, double rate)
{
	struct weir_pace_cost cost = {.bytes = bytes};
	weir_pace_drew(p, WEIR_PACE_DATA, now_us, &cost, rate);
}

/* Bytes that pictures of `bytes` come to in a minute, when each is drawn as soon as it is due. */
static int64_t a_minute_of(int64_t bytes, double rate, int64_t *pictures)
{
	struct weir_pace p;
	weir_pace_init(&p);
	p.shown = true;
	int64_t sent = 0, now = 100 * S, end = 160 * S;
	for (*pictures = 0; now < end; ++*pictures) {
		drew(&p, now, bytes, rate);
		sent += bytes;
		now = weir_pace_due_us(&p, WEIR_PACE_DATA, rate);
	}
	return sent;
}

static void test_bytes_are_kept_to(void **state)
{
	int64_t n;
	(void)state;
	assert_in_range(a_minute_of(700, 10000, &n), 60 * 2700, 60 * 3100); /* with what was saved before */
	assert_in_range(a_minute_of(700, 1, &n), 60 * 2700, 60 * 3100);
	assert_in_range(a_minute_of(700, 200000, &n), 60 * 17500, 60 * 18500);
}

static void test_small_pictures_come_at_sixty_a_second(void **state)
{
	int64_t n;
	(void)state;
	(void)a_minute_of(40, 10, &n);
	assert_in_range(n, 60 * 58, 60 * 63);
}

static void test_keys_and_answers_do_not_wait_for_bytes(void **state)
{
	struct weir_pace p;
	(void)state;
	weir_pace_init(&p);
	p.shown = true;
	drew(&p, 10 * S, 1000000, 10);
	assert_true(weir_pace_due_us(&p, WEIR_PACE_DATA, 10) > 60 * S);
	assert_true(weir_pace_due_us(&p, WEIR_PACE_KEYS, 10) <= 10 * S);
	assert_true(weir_pace_due_us(&p, WEIR_PACE_ANSWER, 10) <= 10 * S);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_TICK, 10), 11 * S);
}

static void test_keys_held_down_are_drawn_sixty_times_a_second(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 100};
	(void)state;
	weir_pace_init(&p);
	weir_pace_drew(&p, WEIR_PACE_KEYS, 10 * S, &cost, 10);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_KEYS, 10), 10 * S + 16000);
	weir_pace_drew(&p, WEIR_PACE_ANSWER, 10 * S + 5000, &cost, 10); /* an answer in between moves nothing */
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_KEYS, 10), 10 * S + 16000);
}

static void test_the_first_rows_do_not_wait(void **state)
{
	struct weir_pace p;
	(void)state;
	weir_pace_init(&p);
	drew(&p, 10 * S, 1000000, 10);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA, 10), 10 * S + 16000);
}

static void test_a_whole_picture_makes_nothing_wait(void **state)
{
	struct weir_pace p;
	struct weir_pace_cost cost = {.bytes = 50000, .whole = true};
	(void)state;
	weir_pace_init(&p);
	p.shown = true;
	weir_pace_drew(&p, WEIR_PACE_KEYS, 10 * S, &cost, 10);
	assert_int_equal(weir_pace_due_us(&p, WEIR_PACE_DATA, 10), 10 * S + 16000);
}

/* Records and figures share the bytes, and neither waits for the other. */
static void test_records_pay_for_themselves(void **state)
{
	struct weir_pace p;
	int64_t sent = 0, now = 100 * S, end = 160 * S, pictures = 0, turns = 0;
	(void)state;
	weir_pace_init(&p);
	p.shown = true;
	while (now < end) {
		struct weir_pace_cost cost = {.bytes = 400, .records = now >= p.records_us ? 3000 : 0};
		cost.bytes += cost.records;
		turns += cost.records > 0;
		sent += cost.bytes;
		pictures++;
		weir_pace_drew(&p, WEIR_PACE_DATA, now, &cost, 5000);
		now = weir_pace_due_us(&p, WEIR_PACE_DATA, 5000);
	}
	assert_in_range(sent, 60 * 2700, 60 * 3200);
	assert_in_range(turns, 17, 20); /* a third of the bytes: one in 3.2 s */
	assert_true(pictures > 60 * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_are_kept_to),
	    cmocka_unit_test(test_small_pictures_come_at_sixty_a_second),
	    cmocka_unit_test(test_keys_and_answers_do_not_wait_for_bytes),
	    cmocka_unit_test(test_keys_held_down_are_drawn_sixty_times_a_second),
	    cmocka_unit_test(test_the_first_rows_do_not_wait),
	    cmocka_unit_test(test_a_whole_picture_makes_nothing_wait),
	    cmocka_unit_test(test_records_pay_for_themselves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
