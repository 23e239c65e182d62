/* Values that are taken back, before or after they came: what is left is as if only the rest had come. For every kind of measure
 * in the table; accumulators without an inverse must say that they lost something. */
#include "query/aggregate/aggregate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VALUES = 300, SLOTS = 3 };

static uint64_t random_state = 1;

static uint64_t draw(uint64_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % below;
}

struct rows {
	struct weir_values values;
	uint32_t slots[VALUES];
	int8_t weights[VALUES];
	struct weir_order order[VALUES];
	union {
		int64_t i[VALUES];
		double f[VALUES];
		uint8_t b[VALUES];
		struct weir_str s[VALUES];
	};
};

static void draw_value(struct rows *r, uint32_t i)
{
	static const char *const words[] = {"", "a", "b", "pear", "12", "true"};
	static const double odd[] = {INFINITY, -INFINITY, NAN, 1e300, -1e-300, 0.0, -0.0};
	switch (r->values.type) {
	case WEIR_STRING:
		r->s[i] = weir_str_of(words[draw(6)]);
		break;
	case WEIR_FLOAT64:
		r->f[i] = draw(20) ? (double)draw(1000) / 8 - 60 : odd[draw(7)];
		break;
	case WEIR_BOOL:
		r->b[i] = (uint8_t)draw(2);
		break;
	default:
		r->i[i] = draw(20) ? (int64_t)draw(20) - 10 : INT64_MIN + (int64_t)draw(3);
	}
}

static void copy_row(struct rows *to, uint32_t at, const struct rows *from, uint32_t i)
{
	to->slots[at] = from->slots[i];
	to->order[at] = from->order[i];
	to->weights[at] = from->weights[i];
	if (from->values.type == WEIR_STRING)
		to->s[at] = from->s[i];
	else if (from->values.type == WEIR_BOOL)
		to->b[at] = from->b[i];
	else
		to->i[at] = from->i[i]; /* doubles by their bits */
}

/* Rows that come up to three times and are taken back up to as often, in any order; `left` are those that stay. */
static void draw_rows(struct rows *all, struct rows *left, enum weir_type type)
{
	uint32_t n = 0, kept = 0;
	*all = (struct rows){.values = {.type = type}};
	*left = (struct rows){.values = {.type = type}};
	while (n + 3 < VALUES && kept + 3 < VALUES) {
		int8_t times = (int8_t)(1 + draw(3)), back = (int8_t)draw((uint64_t)times + 1);
		all->slots[n] = (uint32_t)draw(SLOTS);
		all->order[n] = (struct weir_order){(int64_t)draw(50), n, 0};
		all->weights[n] = times;
		draw_value(all, n);
		for (int8_t k = back; k < times; k++)
			copy_row(left, kept++, all, n);
		copy_row(all, n + 1, all, n);
		all->weights[n + 1] = (int8_t)-back;
		n += back ? 2 : 1;
	}
	for (uint32_t i = n; i-- > 1;) {
		uint32_t k = (uint32_t)draw(i + 1), spare = VALUES - 1;
		copy_row(all, spare, all, i);
		copy_row(all, i, all, k);
		copy_row(all, k, all, spare);
	}
	all->values.n = n;
	left->values.n = kept;
}

static void feed(struct weir_slab *s, struct rows *r, bool weighted, bool *lost)
{
	r->values.data = r->i;
	r->values.order = r->order;
	r->values.weights = weighted ? r->weights : NULL;
	r->values.lost = lost;
	for (uint32_t a = 0; r->values.n && a < s->n_accumulators; a++)
		assert_true(weir_slab_add(s, a, r->slots, &r->values));
	for (uint32_t i = 0; i < r->values.n; i++)
		s->rows[r->slots[i]] += (uint64_t)(int64_t)(weighted ? r->weights[i] : 1);
}

static struct weir_value value_of(const struct weir_aggregate *a, const struct weir_slab *s, uint32_t slot)
{
	struct weir_aggregate_state state = {.n = *(uint64_t *)weir_slab_at(s, 0, slot),
					     .type = s->accumulators[0].type,
					     .parameter = 0.5,
					     .seconds = 2};
	for (uint32_t k = 1; k < s->n_accumulators; k++)
		state.accumulators[k - 1] = weir_slab_at(s, k, slot);
	return !state.n && !a->counts ? (struct weir_value){.type = WEIR_NULL} : a->value(&state);
}

static uint32_t accumulators_of(const struct weir_aggregate *a, enum weir_type type, struct weir_accumulator *out,
				bool *inverse)
{
	uint32_t n = 0;
	*inverse = true;
	out[n++] = (struct weir_accumulator){.ops = &weir_counter, .type = type};
	for (int k = 0; k < WEIR_AGGREGATE_ACCUMULATORS && a->accumulators[k]; k++) {
		out[n++] = (struct weir_accumulator){.ops = a->accumulators[k], .type = type};
		*inverse &= a->accumulators[k]->inverse;
	}
	return n;
}

static void try(const struct weir_aggregate *a, enum weir_type type)
{
	static struct rows all, left;
	struct weir_accumulator accumulators[1 + WEIR_AGGREGATE_ACCUMULATORS];
	struct weir_budget budget = {0};
	struct weir_slab got, want;
	bool inverse, lost = false, none = false, any = false;
	uint32_t n = accumulators_of(a, type, accumulators, &inverse);
	draw_rows(&all, &left, type);
	for (uint32_t i = 0; i < all.values.n; i++)
		any |= all.weights[i] < 0;
	assert_true(weir_slab_init(&got, accumulators, n, &budget) && weir_slab_reserve(&got, SLOTS));
	assert_true(weir_slab_init(&want, accumulators, n, &budget) && weir_slab_reserve(&want, SLOTS));
	feed(&got, &all, true, &lost);
	feed(&want, &left, false, &none);
	assert_int_equal(lost, any && !inverse);
	for (uint32_t slot = 0; inverse && slot < SLOTS; slot++) {
		struct weir_value x = value_of(a, &got, slot), y = value_of(a, &want, slot);
		assert_int_equal(got.rows[slot], want.rows[slot]);
		if (x.type != y.type || weir_value_compare(&x, &y) != 0)
			fail_msg("%s of %s, slot %u", a->doc.name, weir_type_name(type), slot);
	}
	weir_slab_release(&got);
	weir_slab_release(&want);
	assert_int_equal(budget.used_bytes, 0);
}

static void test_what_is_taken_back_never_came(void **state)
{
	static const enum weir_type types[] = {WEIR_INT64, WEIR_FLOAT64, WEIR_STRING, WEIR_BOOL};
	const struct weir_aggregate *a;
	(void)state;
	for (size_t i = 0; (a = weir_aggregate_at(i)); i++)
		for (size_t t = 0; t < 4; t++)
			for (int round = 0; round < 100 && !(a->takes == WEIR_TAKES_NUMBER && t > 1); round++)
				try(a, types[t]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_taken_back_never_came)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
