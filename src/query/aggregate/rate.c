/* rate, rate(x): rows, or the sum of x, a second. */
#include "query/aggregate/aggregate.h"

static struct weir_value rate_value(const struct weir_aggregate_state *s)
{
	double amount = s->accumulators[0] ? weir_sum_number(s->type, s->accumulators[0]) : (double)s->n;
	return s->seconds > 0 ? weir_float_value(amount / s->seconds) : (struct weir_value){.type = WEIR_NULL};
}

const struct weir_aggregate weir_aggregate_rate = {
    .doc = {"rate", "rate or rate(x)", "rows, or the sum of x, per second", "rate", true,
	    "per second of the window; of `since`, `rows` and `all` per second between the first and the last event"},
    .may_stand_alone = true,
    .takes = WEIR_TAKES_NUMBER,
    .type = WEIR_FLOAT64,
    .per_second = true,
    .noise = WEIR_NOISE_TOTAL,
    .accumulators = {&weir_sum},
    .value = rate_value,
    .spark = "sum($x)$w / $s",
    .spark_whole = "CAST(sum(CAST($x AS DECIMAL(38,0)))$w AS DOUBLE) / $s",
    .spark_alone = "CAST(count(*)$w AS DOUBLE) / $s",
    .spark_note = WEIR_SPARK_FLOAT_SUMS,
};
