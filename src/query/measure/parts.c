#include "query/measure/parts.h"

#include <math.h>

enum { AHEAD = 16 }; /* so many values ahead the memory of a group is asked for */

static size_t count_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(uint64_t);
}

static bool count_add(void *items, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	uint64_t *count = items;
	(void)budget;
	for (uint32_t i = 0; i < v->n; i++)
		count[slots[i]]++;
	return true;
}

static bool count_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	(void)type, (void)budget;
	*(uint64_t *)into += *(uint64_t *)from;
	return true;
}

static bool count_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	(void)type, (void)stale, (void)budget;
	*(uint64_t *)into -= *(uint64_t *)from;
	return true;
}

static size_t sum_bytes(enum weir_type type)
{
	return type == WEIR_FLOAT64 ? sizeof(struct weir_exact) : sizeof(weir_int128);
}

static bool sum_add(void *items, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	if (v->type == WEIR_FLOAT64) {
		struct weir_exact *sum = items;
		const double *x = v->data;
		for (uint32_t i = 0; i < v->n; i++) {
			__builtin_prefetch(sum + slots[i + AHEAD < v->n ? i + AHEAD : i], 1);
			if (!weir_exact_add(sum + slots[i], x[i], budget))
				return false;
		}
	} else {
		weir_int128 *sum = items;
		const int64_t *x = v->data;
		for (uint32_t i = 0; i < v->n; i++)
			sum[slots[i]] += x[i];
	}
	return true;
}

static bool sum_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	if (type == WEIR_FLOAT64)
		return weir_exact_merge(into, from, false, budget);
	*(weir_int128 *)into += *(weir_int128 *)from;
	return true;
}

static bool sum_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	(void)stale;
	if (type == WEIR_FLOAT64)
		return weir_exact_merge(into, from, true, budget);
	*(weir_int128 *)into -= *(weir_int128 *)from;
	return true;
}

static void sum_release(enum weir_type type, void *item, struct weir_budget *budget)
{
	if (type == WEIR_FLOAT64)
		weir_exact_release(item, budget);
}

static size_t squares_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_wide);
}

static bool square_add(struct weir_wide *w, double x, struct weir_budget *budget)
{
	double square = x * x;
	if (!isfinite(square))
		return weir_wide_add(w, square, budget);
	return weir_wide_add(w, square, budget) && weir_wide_add(w, fma(x, x, -square), budget);
}

static bool squares_add(void *items, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct weir_wide *sum = items;
	if (v->type == WEIR_FLOAT64) {
		const double *x = v->data;
		for (uint32_t i = 0; i < v->n; i++)
			if (!square_add(sum + slots[i], x[i], budget))
				return false;
		return true;
	}
	const int64_t *x = v->data;
	for (uint32_t i = 0; i < v->n; i++) {
		uint64_t abs = x[i] < 0 ? -(uint64_t)x[i] : (uint64_t)x[i];
		if (abs < UINT64_C(1) << 26
			? !weir_wide_add(sum + slots[i], (double)(abs * abs), budget)
			: !weir_wide_add_bits(sum + slots[i], (weir_uint128)abs * abs, 1074, false, budget))
			return false;
	}
	return true;
}

static bool squares_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	(void)type;
	return weir_wide_merge(into, from, false, budget);
}

static bool squares_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	(void)type, (void)stale;
	return weir_wide_merge(into, from, true, budget);
}

static void squares_release(enum weir_type type, void *item, struct weir_budget *budget)
{
	(void)type;
	weir_wide_release(item, budget);
}

static size_t quantile_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_quantile);
}

static bool quantile_add(void *items, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct weir_quantile *q = items;
	if (v->type == WEIR_FLOAT64)
		return weir_quantile_add_all(q, slots, v->data, v->n, budget);
	const int64_t *x = v->data;
	for (uint32_t from = 0; from < v->n; from += 128) {
		double part[128];
		uint32_t n = v->n - from < 128 ? v->n - from : 128;
		for (uint32_t i = 0; i < n; i++) {
			part[i] = (double)x[from + i];
			q[slots[from + i]].integers = true;
		}
		if (!weir_quantile_add_all(q, slots + from, part, n, budget))
			return false;
	}
	return true;
}

static bool quantile_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	(void)type;
	return weir_quantile_merge(into, from, budget);
}

static bool quantile_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	(void)type;
	return weir_quantile_subtract(into, from, stale, budget);
}

static void quantile_release(enum weir_type type, void *item, struct weir_budget *budget)
{
	(void)type;
	weir_quantile_release(item, budget);
}

static size_t distinct_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_distinct);
}

/* A whole number has one hash, be it an integer or a float, so that a column may widen. */
static uint64_t number_hash(double x)
{
	if (x >= -0x1p63 && x < 0x1p63 && x == trunc(x))
		return weir_int_hash((uint64_t)(int64_t)x);
	return weir_int_hash(weir_int_hash((uint64_t)weir_double_key(x)) +
			     1); /* the bits of 5e-324 are those of the integer 1 */
}

static uint64_t hash_at(const struct weir_values *v, uint32_t i)
{
	switch (v->type) {
	case WEIR_STRING:
		return weir_hash(((const struct weir_str *)v->data)[i].data,
				 ((const struct weir_str *)v->data)[i].size);
	case WEIR_FLOAT64:
		return number_hash(((const double *)v->data)[i]);
	case WEIR_BOOL:
		return weir_int_hash(((const uint8_t *)v->data)[i]);
	default:
		return weir_int_hash((uint64_t)((const int64_t *)v->data)[i]);
	}
}

static bool distinct_add(void *items, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct weir_distinct *d = items;
	for (uint32_t i = 0; i < v->n; i++)
		if (!weir_distinct_add(d + slots[i], hash_at(v, i), 1, budget))
			return false;
	return true;
}

static bool distinct_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	(void)type;
	return weir_distinct_merge(into, from, budget);
}

static bool distinct_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	(void)type, (void)budget;
	if (!weir_distinct_subtract(into, from))
		*stale = true;
	return true;
}

static void distinct_release(enum weir_type type, void *item, struct weir_budget *budget)
{
	(void)type;
	weir_distinct_release(item, budget);
}

const struct weir_part_ops weir_part_table[] = {
    [WEIR_PART_COUNT] = {count_bytes, count_add, count_merge, count_subtract, NULL},
    [WEIR_PART_SUM] = {sum_bytes, sum_add, sum_merge, sum_subtract, sum_release},
    [WEIR_PART_SQUARES] = {squares_bytes, squares_add, squares_merge, squares_subtract, squares_release},
    [WEIR_PART_MIN] = {weir_extreme_bytes, weir_min_add, weir_min_merge, weir_extreme_subtract, weir_extreme_release},
    [WEIR_PART_MAX] = {weir_extreme_bytes, weir_max_add, weir_max_merge, weir_extreme_subtract, weir_extreme_release},
    [WEIR_PART_FIRST] = {weir_pick_bytes, weir_first_add, weir_first_merge, weir_pick_subtract, weir_pick_release},
    [WEIR_PART_LAST] = {weir_pick_bytes, weir_last_add, weir_last_merge, weir_pick_subtract, weir_pick_release},
    [WEIR_PART_QUANTILE] = {quantile_bytes, quantile_add, quantile_merge, quantile_subtract, quantile_release},
    [WEIR_PART_DISTINCT] = {distinct_bytes, distinct_add, distinct_merge, distinct_subtract, distinct_release},
};
