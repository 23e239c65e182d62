/* The list of records that are left out: what it keeps, what it drops, what it costs. */
#include "weir/base/bounds.h"
#include "weir/base/time.h"
#include "weir/model/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void add(struct weir_left_list *l, uint64_t number, struct weir_str text)
{
	char reason[40];
	snprintf(reason, sizeof reason, "reason %llu", (unsigned long long)number);
	const struct weir_left_out record = {.kind = WEIR_LEFT_LATE,
					     .number = number,
					     .time_us = 5,
					     .topic = WEIR_STR("orders"),
					     .reason = weir_str_of(reason),
					     .text = text};
	weir_left_list_add(l, &record);
}

static void test_the_newest_are_kept(void **state)
{
	(void)state;
	struct weir_budget budget = {0};
	struct weir_left_list *l = weir_left_list_new(3, 1000, &budget);
	assert_non_null(l);
	for (uint64_t i = 0; i < 7; i++)
		add(l, i, WEIR_STR("text"));
	assert_int_equal(weir_left_list_count(l), 3);
	assert_int_equal(weir_left_list_added(l), 7);
	for (uint32_t i = 0; i < 3; i++) {
		const struct weir_left_out *r = weir_left_list_at(l, i);
		assert_int_equal(r->number, 4 + i);
		assert_true(weir_str_equal(r->text, WEIR_STR("text")));
		assert_true(weir_str_equal(r->topic, WEIR_STR("orders")));
		assert_int_equal(r->reason.data[7], '4' + (int)i);
		assert_int_equal(r->text_bytes, 4);
	}
	assert_true(weir_budget_used(&budget) > 0);
	weir_left_list_free(l);
	assert_int_equal(weir_budget_used(&budget), 0);
}

static void test_long_texts_push_out_more_of_the_old(void **state)
{
	(void)state;
	char text[100];
	struct weir_left_list *l = weir_left_list_new(100, 1000, NULL);
	memset(text, 'x', sizeof text);
	for (uint64_t i = 0; i < 50; i++)
		add(l, i, (struct weir_str){text, sizeof text});
	assert_in_range(weir_left_list_count(l), 5, 10);
	assert_int_equal(weir_left_list_at(l, weir_left_list_count(l) - 1)->number, 49);
	weir_left_list_free(l);
}

static void test_a_long_text_is_cut_between_characters(void **state)
{
	(void)state;
	size_t size = 2 * WEIR_MAX_LEFT_BYTES + 1;
	char *text = malloc(size);
	struct weir_left_list *l = weir_left_list_new(4, 1 << 20, NULL);
	assert_non_null(text);
	text[0] = 'a';
	for (size_t i = 1; i + 1 < size; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	add(l, 0, (struct weir_str){text, size});
	const struct weir_left_out *r = weir_left_list_at(l, 0);
	assert_int_equal(r->text.size, WEIR_MAX_LEFT_BYTES - 1);
	assert_int_equal(r->text_bytes, size);
	assert_true(weir_utf8_valid(r->text));
	weir_left_list_free(l);
	free(text);
}

static void test_a_batch_makes_its_list_when_it_is_needed(void **state)
{
	(void)state;
	struct weir_batch *b = weir_batch_new(4);
	const struct weir_left_out record = {.time_us = WEIR_TIME_NONE, .reason = WEIR_STR("why")};
	assert_null(b->left);
	weir_batch_leave_out(b, &record);
	assert_int_equal(weir_left_list_count(b->left), 1);
	weir_batch_clear(b);
	assert_null(b->left);
	weir_batch_leave_out(b, &record);
	weir_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_newest_are_kept),
	    cmocka_unit_test(test_long_texts_push_out_more_of_the_old),
	    cmocka_unit_test(test_a_long_text_is_cut_between_characters),
	    cmocka_unit_test(test_a_batch_makes_its_list_when_it_is_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
