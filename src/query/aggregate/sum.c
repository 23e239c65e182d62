/* sum(x), and rate and rate(x), which divide it by time: of whole numbers in 128 bits, of floats exactly (exact.h). */
#include "query/aggregate/aggregate.h"

enum { AHEAD = 16 }; /* so many values ahead the memory of a group is asked for */

static size_t sum_bytes(enum weir_type type)
{
	return type == WEIR_FLOAT64 ? sizeof(struct weir_exact) : sizeof(weir_int128);
}

static bool sum_add_weighted(void *array, const uint32_t *slots, const struct weir_values *v,
			     struct weir_budget *budget)
{
	for (uint32_t i = 0; i < v->n; i++) {
		int8_t w = v->weights[i];
		if (v->type != WEIR_FLOAT64) {
			((weir_int128 *)array)[slots[i]] += (weir_int128)((const int64_t *)v->data)[i] * w;
			continue;
		}
		struct weir_exact *sum = (struct weir_exact *)array + slots[i];
		double x = ((const double *)v->data)[i];
		for (; w; w = (int8_t)(w + (w < 0 ? 1 : -1)))
			if (!(w < 0 ? weir_exact_take(sum, x, budget) : weir_exact_add(sum, x, budget)))
				return false;
	}
	return true;
}

static bool sum_add(void *array, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	if (v->weights)
		return sum_add_weighted(array, slots, v, budget);
	if (v->type == WEIR_FLOAT64) {
		struct weir_exact *sum = array;
		const double *x = v->data;
		for (uint32_t i = 0; i < v->n; i++) {
			__builtin_prefetch(sum + slots[i + AHEAD < v->n ? i + AHEAD : i], 1);
			if (!weir_exact_add(sum + slots[i], x[i], budget))
				return false;
		}
	} else {
		weir_int128 *sum = array;
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

static void sum_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	if (type == WEIR_FLOAT64)
		weir_exact_release(accumulator, budget);
}

static bool sum_widen(enum weir_type to, void *into, enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	weir_int128 from = *(weir_int128 *)accumulator;
	struct weir_exact other = {0};
	(void)type;
	if (to != WEIR_FLOAT64)
		return true; /* there is no sum of texts */
	weir_int128 limit = (weir_int128)1 << (126 - WEIR_EXACT_FRACTION_BITS);
	if (from < limit && from > -limit) {
		other.fixed = from * ((weir_int128)1 << WEIR_EXACT_FRACTION_BITS);
		return weir_exact_merge(into, &other, false, budget);
	}
	struct weir_wide wide = {0};
	other.wide = &wide;
	bool ok =
	    weir_wide_add_bits(&wide, from < 0 ? -(weir_uint128)from : (weir_uint128)from, 1074, from < 0, NULL) &&
	    weir_exact_merge(into, &other, false, budget);
	weir_wide_release(&wide, NULL);
	return ok;
}

weir_int128 weir_partial_int128(const struct weir_value *v)
{
	if (v->type != WEIR_INT64)
		return 0;
	return v->wide ? (weir_int128)v->hi * ((weir_int128)1 << 64) + (uint64_t)v->i : v->i;
}

static bool sum_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		    const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	(void)lost;
	if (type != WEIR_FLOAT64) {
		*(weir_int128 *)accumulator +=
		    weir_partial_int128(is->values) - (was ? weir_partial_int128(was->values) : 0);
		return true;
	}
	if (was && was->values[0].type == WEIR_FLOAT64 && !weir_exact_take(accumulator, was->values[0].f, budget))
		return false;
	return is->values[0].type != WEIR_FLOAT64 || weir_exact_add(accumulator, is->values[0].f, budget);
}

static const struct weir_partial_form sum_partial = {
    .values = {{.spark = "sum($x)$w",
		.spark_whole = "sum(CAST($x AS DECIMAL(38,0)))$w",
		.type = WEIR_FLOAT64,
		.decimal = true,
		.grouping = WEIR_GROUPING_SUM}},
    .put = sum_put,
};

const struct weir_accumulator_ops weir_sum = {
    .bytes = sum_bytes,
    .add = sum_add,
    .merge = sum_merge,
    .subtract = sum_subtract,
    .widen = sum_widen,
    .release = sum_release,
    .inverse = true,
    .tally = WEIR_SUMMED_SUM,
    .partial = &sum_partial,
};

double weir_sum_number(enum weir_type type, void *sum)
{
	return type == WEIR_FLOAT64 ? weir_exact_value(sum) : (double)*(weir_int128 *)sum;
}

static struct weir_value sum_value(const struct weir_aggregate_state *s)
{
	if (s->type == WEIR_FLOAT64)
		return weir_float_value(weir_exact_value(s->accumulators[0]));
	weir_int128 sum = *(weir_int128 *)s->accumulators[0];
	struct weir_value v = weir_count_value((uint64_t)sum);
	v.wide = sum > INT64_MAX || sum < INT64_MIN;
	v.hi = (int64_t)(sum >> 64);
	return v;
}

const struct weir_aggregate weir_aggregate_sum = {
    .doc =
	{"sum", "sum(x)", "the exact sum", "sum(price)", true,
	 "integers to 128 bits, floats without rounding in between, whatever the order of rows (Spark and DuckDB add one by one)"},
    .takes = WEIR_TAKES_NUMBER,
    .adds_up = true,
    .noise = WEIR_NOISE_TOTAL,
    .accumulators = {&weir_sum},
    .value = sum_value,
    .spark = "sum($x)",
    .spark_whole = "sum(CAST($x AS DECIMAL(38,0)))",
    .spark_note = WEIR_SPARK_FLOAT_SUMS,
};
