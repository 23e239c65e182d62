/* The most frequent value: exact while a group has few different values, near when it has many, and taken away again. */
#include "query/aggregate/aggregate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 200000, FREQUENT = 4000 };

struct modes { /* a slab of modes of one type */
	struct weir_accumulator accumulator;
	struct weir_budget budget;
	struct weir_slab slab;
};

static const struct weir_aggregate *mode(void)
{
	double parameter;
	const char *wrong;
	return weir_aggregate_find(WEIR_STR("mode"), &parameter, &wrong);
}

static void open_modes(struct modes *m, enum weir_type type)
{
	*m = (struct modes){.accumulator = {.ops = mode()->accumulators[0], .type = type, .stale_bit = 1}};
	assert_true(weir_slab_init(&m->slab, &m->accumulator, 1, &m->budget) && weir_slab_reserve(&m->slab, 4));
}

static void close_modes(struct modes *m)
{
	weir_slab_release(&m->slab);
	assert_int_equal(m->budget.used_bytes, 0);
}

static void add_number(struct modes *m, uint32_t slot, int64_t value)
{
	struct weir_values values = {.n = 1, .type = WEIR_INT64, .data = &value};
	assert_true(weir_slab_add(&m->slab, 0, &slot, &values));
	m->slab.rows[slot]++;
}

static void add_text(struct modes *m, uint32_t slot, const char *text)
{
	struct weir_str s = weir_str_of(text);
	struct weir_values values = {.n = 1, .type = WEIR_STRING, .data = &s};
	assert_true(weir_slab_add(&m->slab, 0, &slot, &values));
	m->slab.rows[slot]++;
}

static struct weir_value value_of(struct modes *m, uint32_t slot)
{
	struct weir_aggregate_state s = {
	    .n = m->slab.rows[slot], .type = m->accumulator.type, .accumulators = {weir_slab_at(&m->slab, 0, slot)}};
	return mode()->value(&s);
}

static void test_ties_go_to_the_smallest(void **state)
{
	struct modes m;
	(void)state;
	open_modes(&m, WEIR_STRING);
	assert_int_equal(value_of(&m, 0).type, WEIR_NULL);
	add_text(&m, 0, "pear");
	add_text(&m, 0, "apple");
	assert_true(weir_str_equal(value_of(&m, 0).s, WEIR_STR("apple")));
	add_text(&m, 0, "pear");
	assert_true(weir_str_equal(value_of(&m, 0).s, WEIR_STR("pear")));
	close_modes(&m);
}

static void test_what_left_does_not_count(void **state)
{
	struct modes m;
	uint64_t stale = 0;
	(void)state;
	open_modes(&m, WEIR_STRING);
	for (int i = 0; i < 1000; i++) {
		char text[16];
		snprintf(text, sizeof text, "t%d", i % 100);
		add_text(&m, 0, text);
		add_text(&m, 1, i % 3 ? text : "odd");
	}
	assert_true(weir_slab_merge(&m.slab, 2, &m.slab, 0) && weir_slab_merge(&m.slab, 2, &m.slab, 1));
	assert_true(weir_str_equal(value_of(&m, 2).s, WEIR_STR("odd")));
	assert_true(weir_slab_subtract(&m.slab, 2, &m.slab, 1, &stale));
	assert_int_equal(stale, 0);
	assert_true(weir_str_equal(value_of(&m, 2).s, WEIR_STR("t0"))); /* ten of each again */
	assert_int_equal(m.slab.rows[2], 1000);
	close_modes(&m);
}

/* Numbers below MANY come once or twice, one comes FREQUENT times among them: it is found, wherever it came. */
static void test_many_values_keep_the_most_frequent(void **state)
{
	struct modes m;
	uint64_t stale = 0;
	(void)state;
	open_modes(&m, WEIR_INT64);
	for (int64_t i = 0; i < MANY; i++) {
		add_number(&m, 0, i * 7919 % MANY);
		add_number(&m, 1, MANY + i % 1000);
		if (i % (MANY / FREQUENT) == 0)
			add_number(&m, 0, -5);
	}
	assert_int_equal(value_of(&m, 0).i, -5);
	assert_int_equal(value_of(&m, 1).i, MANY);
	assert_true(weir_slab_merge(&m.slab, 2, &m.slab, 0) && weir_slab_merge(&m.slab, 2, &m.slab, 1));
	assert_int_equal(value_of(&m, 2).i, -5);
	assert_true(weir_slab_subtract(&m.slab, 2, &m.slab, 0, &stale));
	assert_int_equal(stale, 1); /* what was thinned out does not subtract */
	weir_slab_clear_some(&m.slab, 2, stale);
	assert_true(weir_slab_merge_some(&m.slab, 2, &m.slab, 1, stale));
	assert_int_equal(value_of(&m, 2).i, MANY);
	assert_true(m.budget.used_bytes < 3 * 65536 * 64);
	close_modes(&m);
}

/* The count of the answer is at most one row in 32,768 below the greatest. */
static void test_the_bound_holds(void **state)
{
	enum { VALUES = 300000, ROWS = 1 << 20 };
	static uint32_t counts[VALUES];
	struct modes m;
	uint64_t random = 7;
	uint32_t most = 0;
	(void)state;
	open_modes(&m, WEIR_INT64);
	for (int i = 0; i < ROWS; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		uint32_t at = (uint32_t)(random >> 33) % VALUES;
		if (i % 16 == 0)
			at %= 64; /* about as frequent as each other */
		counts[at]++;
		most = counts[at] > most ? counts[at] : most;
		add_number(&m, 0, at);
	}
	uint32_t given = counts[value_of(&m, 0).i];
	assert_in_range(most - given, 0, ROWS / 32768);
	close_modes(&m);
}

static void test_widened_values_are_counted_together(void **state)
{
	struct modes numbers, texts;
	(void)state;
	open_modes(&numbers, WEIR_INT64);
	open_modes(&texts, WEIR_STRING);
	add_number(&numbers, 0, 12);
	add_number(&numbers, 0, 12);
	add_number(&numbers, 0, 3);
	add_text(&texts, 0, "3");
	add_text(&texts, 0, "3");
	assert_true(weir_slab_widen(&texts.slab, 0, &numbers.slab, 0));
	assert_true(weir_str_equal(value_of(&texts, 0).s, WEIR_STR("3")));
	assert_int_equal(texts.slab.rows[0], 5);
	close_modes(&numbers);
	close_modes(&texts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ties_go_to_the_smallest),
	    cmocka_unit_test(test_what_left_does_not_count),
	    cmocka_unit_test(test_many_values_keep_the_most_frequent),
	    cmocka_unit_test(test_the_bound_holds),
	    cmocka_unit_test(test_widened_values_are_counted_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
