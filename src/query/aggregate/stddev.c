/* stddev(x), variance(x): of a sample, from a count, a sum and a sum of squares that are all exact, so that nothing cancels. */
#include "query/aggregate/aggregate.h"

#include <assert.h>
#include <math.h>

static size_t squares_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_wide);
}

static inline __attribute__((always_inline)) bool square_add(struct weir_wide *w, double x, struct weir_budget *budget)
{
	double square = x * x;
	if (!isfinite(square))
		return weir_wide_add(w, square, budget);
	return weir_wide_add(w, square, budget) && weir_wide_add(w, fma(x, x, -square), budget);
}

static bool square_take(struct weir_wide *w, double x, struct weir_budget *budget)
{
	double square = x * x;
	return weir_wide_take(w, square, budget) &&
	       (!isfinite(square) || weir_wide_take(w, fma(x, x, -square), budget));
}

static bool whole_square_add(struct weir_wide *w, int64_t x, bool take, struct weir_budget *budget)
{
	uint64_t abs = x < 0 ? -(uint64_t)x : (uint64_t)x;
	double square = (double)(abs * abs);
	return abs < UINT64_C(1) << 26 ? weir_wide_add(w, take ? -square : square, budget)
				       : weir_wide_add_bits(w, (weir_uint128)abs * abs, 1074, take, budget);
}

static bool squares_add_weighted(void *array, const uint32_t *slots, const struct weir_values *v,
				 struct weir_budget *budget)
{
	for (uint32_t i = 0; i < v->n; i++) {
		struct weir_wide *sum = (struct weir_wide *)array + slots[i];
		for (int8_t w = v->weights[i]; w; w = (int8_t)(w + (w < 0 ? 1 : -1))) {
			bool ok;
			if (v->type != WEIR_FLOAT64)
				ok = whole_square_add(sum, ((const int64_t *)v->data)[i], w < 0, budget);
			else if (w < 0)
				ok = square_take(sum, ((const double *)v->data)[i], budget);
			else
				ok = square_add(sum, ((const double *)v->data)[i], budget);
			if (!ok)
				return false;
		}
	}
	return true;
}

static bool squares_add(void *array, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct weir_wide *sum = array;
	if (v->weights)
		return squares_add_weighted(array, slots, v, budget);
	if (v->type == WEIR_FLOAT64) {
		const double *x = v->data;
		for (uint32_t i = 0; i < v->n; i++)
			if (!square_add(sum + slots[i], x[i], budget))
				return false;
		return true;
	}
	const int64_t *x = v->data;
	for (uint32_t i = 0; i < v->n; i++)
		if (!whole_square_add(sum + slots[i], x[i], false, budget))
			return false;
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

static void squares_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	(void)type;
	weir_wide_release(accumulator, budget);
}

/* (2^32 high + low)^2, for each of whose three parts a decimal of Spark has room. */
static bool whole_squares_put(struct weir_wide *w, const struct weir_value *v, bool take, struct weir_budget *budget)
{
	static const unsigned shift[] = {64, 33, 0};
	for (unsigned i = 0; i < 3; i++) {
		weir_int128 part = weir_partial_int128(v + i);
		bool below = part < 0;
		weir_uint128 size = below ? -(weir_uint128)part : (weir_uint128)part;
		if (size && !weir_wide_add_bits(w, size, 1074 + shift[i], below != take, budget))
			return false;
	}
	return true;
}

/* The sum of squares is what is around the mean, and S^2 / n of the same sum S: to twice the digits, so that the exact sums
 * lose nothing when they are taken apart again. */
static bool squares_put_floats(struct weir_wide *w, const struct weir_value *v, bool take, struct weir_budget *budget)
{
	double n = (double)v[0].i, sum = v[1].f, around = v[2].f, terms[3] = {NAN, 0, around};
	if (v[0].type != WEIR_INT64 || !v[0].i || v[1].type != WEIR_FLOAT64 || v[2].type != WEIR_FLOAT64)
		return true;
	double square = sum * sum;
	terms[0] = square / n;
	if (isfinite(square) && isfinite(around)) {
		double rest = fma(sum, sum, -square);
		terms[1] = (fma(-terms[0], n, square) + rest) / n;
	} else {
		terms[2] = isfinite(around) ? 0 : around;
	}
	for (unsigned i = 0; i < 3; i++)
		if (!(take ? weir_wide_take(w, terms[i], budget) : weir_wide_add(w, terms[i], budget)))
			return false;
	return true;
}

static bool squares_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
			const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	(void)lost;
	if (type != WEIR_FLOAT64)
		return (!was || whole_squares_put(accumulator, was->values, true, budget)) &&
		       whole_squares_put(accumulator, is->values, false, budget);
	return (!was || squares_put_floats(accumulator, was->values, true, budget)) &&
	       squares_put_floats(accumulator, is->values, false, budget);
}

#define HIGH "CAST(shiftright($x, 32) AS DECIMAL(10,0))"
#define LOW "CAST(($x) & 4294967295L AS DECIMAL(10,0))"
static const struct weir_partial_form squares_partial = {
    .values =
	{
	    {.spark = "count($x)$w", .spark_whole = "sum(" HIGH " * " HIGH ")$w", .type = WEIR_INT64, .decimal = true},
	    {.spark = "sum($x)$w", .spark_whole = "sum(" HIGH " * " LOW ")$w", .type = WEIR_FLOAT64, .decimal = true},
	    {.spark = "var_pop($x)$w * CAST(count($x)$w AS DOUBLE)",
	     .spark_whole = "sum(" LOW " * " LOW ")$w",
	     .type = WEIR_FLOAT64,
	     .decimal = true},
	},
    .put = squares_put,
};

const struct weir_accumulator_ops weir_squares = {
    .bytes = squares_bytes,
    .add = squares_add,
    .merge = squares_merge,
    .subtract = squares_subtract,
    .release = squares_release,
    .inverse = true,
    .partial = &squares_partial,
};

/* NULL of fewer than two values, and where the square of a number beyond 1e154 is none. */
static struct weir_value variance_value(const struct weir_aggregate_state *s)
{
	int64_t chunk[WEIR_WIDE_CHUNKS];
	struct weir_wide sum = weir_wide_on_stack(chunk);
	bool ok;
	if (s->n < 2)
		return (struct weir_value){.type = WEIR_NULL};
	if (s->type == WEIR_FLOAT64) {
		ok = weir_exact_to_wide(s->accumulators[0], &sum, NULL);
	} else {
		weir_int128 i = *(weir_int128 *)s->accumulators[0];
		ok = weir_wide_add_bits(&sum, i < 0 ? -(weir_uint128)i : (weir_uint128)i, 1074, i < 0, NULL);
	}
	assert(ok); /* all room is there */
	double variance = weir_exact_variance(s->n, &sum, s->accumulators[1]);
	if (!isfinite(variance) && isfinite(weir_wide_value(&sum)))
		ok = false;
	return ok ? weir_float_value(variance) : (struct weir_value){.type = WEIR_NULL};
}

static struct weir_value stddev_value(const struct weir_aggregate_state *s)
{
	struct weir_value v = variance_value(s);
	if (v.type == WEIR_FLOAT64)
		v.f = sqrt(v.f);
	return v;
}

const struct weir_aggregate weir_aggregate_stddev = {
    .doc = {"stddev", "stddev(x)", "sample standard deviation", "stddev(price)", true,
	    "from exact sums; NULL of fewer than two values"},
    .takes = WEIR_TAKES_NUMBER,
    .type = WEIR_FLOAT64,
    .accumulators = {&weir_sum, &weir_squares},
    .value = stddev_value,
    .spark = "stddev_samp(CAST($x AS DOUBLE))",
    .spark_note = WEIR_SPARK_FLOAT_SUMS,
};

const struct weir_aggregate weir_aggregate_variance = {
    .doc = {"variance", "variance(x)", "sample variance", "variance(price)", true,
	    "`var_samp` of Spark and DuckDB; from exact sums; NULL of fewer than two values"},
    .takes = WEIR_TAKES_NUMBER,
    .type = WEIR_FLOAT64,
    .accumulators = {&weir_sum, &weir_squares},
    .value = variance_value,
    .spark = "var_samp(CAST($x AS DOUBLE))",
    .spark_note = WEIR_SPARK_FLOAT_SUMS,
};
