/* p50(x) … p99.9(x), and median(x), which is p50(x): nearest rank in a histogram of the values (quantile.h). */
#include "query/aggregate/aggregate.h"

#include <math.h>

static size_t quantile_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_quantile);
}

static bool quantile_add(void *array, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct weir_quantile *q = array;
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

static void quantile_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	(void)type;
	weir_quantile_release(accumulator, budget);
}

static bool quantile_widen(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget)
{
	struct weir_quantile *q = into;
	(void)to, (void)type;
	if (!weir_quantile_merge(q, from, budget))
		return false;
	q->integers = false;
	return true;
}

static double double_of(const struct weir_value *v, double otherwise)
{
	return v->type == WEIR_FLOAT64 ? v->f : v->type == WEIR_INT64 ? (double)v->i : otherwise;
}

static bool quantile_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
			 const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	struct weir_quantile *q = accumulator;
	uint64_t before = was ? was->n : 0;
	double low = is->split.f, min = double_of(is->values, low), max = double_of(is->values + 1, low);
	if (was)
		*lost = *lost || is->n < before || min > double_of(was->values, low) ||
			max < double_of(was->values + 1, low);
	q->integers = type == WEIR_INT64;
	return *lost || weir_quantile_add_bucket(q, low, is->n - before, min, max, budget);
}

static const struct weir_partial_form quantile_partial = {
    .split = WEIR_SPLIT_BUCKETS,
    .values = {{.spark = "min($x)$w"}, {.spark = "max($x)$w"}},
    .put = quantile_put,
};

const struct weir_accumulator_ops weir_buckets = {
    .bytes = quantile_bytes,
    .add = quantile_add,
    .merge = quantile_merge,
    .subtract = quantile_subtract,
    .widen = quantile_widen,
    .release = quantile_release,
    .may_go_stale = true,
    .tally = WEIR_SUMMED_BUCKETS,
    .partial = &quantile_partial,
};

/* "p" and digits with at most one point among them: p50, p99.9. */
static bool quantile_match(struct weir_str word, double *parameter, const char **wrong)
{
	double percent;
	if (word.size < 2 || (word.data[0] | 32) != 'p')
		return false;
	for (size_t i = 1; i < word.size; i++)
		if (!strchr("0123456789.", word.data[i]))
			return false;
	if (!weir_parse_double((struct weir_str){word.data + 1, word.size - 1}, &percent))
		return false;
	*parameter = percent / 100;
	if (!(percent > 0 && percent < 100))
		*wrong = "a quantile lies between p0 and p100\nuse min(x) or max(x) for the ends";
	return true;
}

/* Of whole numbers a whole one: the middle of a bucket may lie between two. */
static struct weir_value quantile_value(const struct weir_aggregate_state *s)
{
	double v = weir_quantile_value(s->accumulators[0], s->parameter);
	if (s->type != WEIR_INT64 || isnan(v))
		return weir_float_value(v);
	v = trunc(v);
	return (struct weir_value){.type = WEIR_INT64,
				   .i = v >= 0x1p63   ? INT64_MAX
					: v < -0x1p63 ? INT64_MIN
						      : (int64_t)v};
}

/* How many of n values lie below the quantile is a binomial number, whatever their distribution: the values at the ranks that such
 * a number comes to at the least and at the most (H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, 2003, 7.1). */
static void quantile_interval(const struct weir_aggregate_state *s, double sigmas, double *low, double *high)
{
	const struct weir_quantile *q = s->accumulators[0];
	double n = (double)q->n, middle = n * s->parameter, reach = sigmas * sqrt(middle * (1 - s->parameter));
	double first = floor(middle - reach), last = ceil(middle + reach) + 1;
	*low = first >= 1 ? weir_quantile_value(q, first / n) : -INFINITY;
	*high = last <= n ? weir_quantile_value(q, last / n) : INFINITY;
}

const struct weir_aggregate weir_aggregate_quantile = {
    .doc = {"pNN", "p50(x) ... p99.9(x)", "quantile by nearest rank, at most 1 % off", "p95(price)", true,
	    "exact at the ends and to 64 values; a whole number for whole numbers, those beyond 2^53 as float64"},
    .match = quantile_match,
    .takes = WEIR_TAKES_NUMBER,
    .accumulators = {&weir_buckets},
    .noise = WEIR_NOISE_RANKED,
    .interval = quantile_interval,
    .value = quantile_value,
    .spark = "percentile_approx($x, $p, 1000000)",
    .spark_note = "quantiles are exact to a million values there; here, at most 1 % off",
};

const struct weir_aggregate weir_aggregate_median = {
    .doc =
	{"median", "median(x)", "the value in the middle, at most 1 % off", "median(price)", true,
	 "the same value as `p50(x)`; the `median` of Spark and DuckDB is halfway between the two in the middle when the number of values is even"},
    .parameter = 0.5,
    .takes = WEIR_TAKES_NUMBER,
    .accumulators = {&weir_buckets},
    .noise = WEIR_NOISE_RANKED,
    .interval = quantile_interval,
    .value = quantile_value,
    .spark = "percentile_approx($x, $p, 1000000)",
    .spark_note = "quantiles are exact to a million values there; here, at most 1 % off",
};
