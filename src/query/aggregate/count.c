/* count, count(x): rows, or those where x is not NULL. Every measure has such a count beside what it needs itself. */
#include "query/aggregate/aggregate.h"

static size_t count_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(uint64_t);
}

static bool count_add(void *array, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	uint64_t *count = array;
	(void)budget;
	for (uint32_t i = 0; !v->weights && i < v->n; i++)
		count[slots[i]]++;
	for (uint32_t i = 0; v->weights && i < v->n; i++)
		count[slots[i]] += (uint64_t)(int64_t)v->weights[i];
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

static bool count_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		      const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	(void)type, (void)lost, (void)budget;
	*(uint64_t *)accumulator += (uint64_t)is->values[0].i - (was ? (uint64_t)was->values[0].i : 0);
	return true;
}

static const struct weir_partial_form count_partial = {
    .values = {{.spark = "count($x)$w", .type = WEIR_INT64, .grouping = WEIR_GROUPING_COUNT}},
    .put = count_put,
};

const struct weir_accumulator_ops weir_counter = {
    .bytes = count_bytes,
    .add = count_add,
    .merge = count_merge,
    .subtract = count_subtract,
    .inverse = true,
    .tally = WEIR_SUMMED_ROWS,
    .partial = &count_partial,
};

static struct weir_value count_value(const struct weir_aggregate_state *s)
{
	return weir_count_value(s->n);
}

const struct weir_aggregate weir_aggregate_count = {
    .doc = {"count", "count or count(x)", "rows; with x: rows where it is not NULL", "count(host)", true,
	    "of nothing it is 0"},
    .may_stand_alone = true,
    .type = WEIR_INT64,
    .counts = true,
    .adds_up = true,
    .noise = WEIR_NOISE_TOTAL,
    .value = count_value,
    .spark = "count($x)",
    .spark_alone = "count(*)",
};
