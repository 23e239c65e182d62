/* avg(x): the exact sum, divided once. */
#include "query/aggregate/aggregate.h"

static struct weir_value avg_value(const struct weir_aggregate_state *s)
{
	return weir_float_value(weir_sum_number(s->type, s->accumulators[0]) / (double)s->n);
}

const struct weir_aggregate weir_aggregate_avg = {
    .doc = {"avg", "avg(x)", "arithmetic mean", "avg(price)", true, "the exact sum, divided once"},
    .takes = WEIR_TAKES_NUMBER,
    .type = WEIR_FLOAT64,
    .accumulators = {&weir_sum},
    .noise = WEIR_NOISE_MEAN,
    .value = avg_value,
    .spark = "avg($x)",
    .spark_whole = "CAST(sum(CAST($x AS DECIMAL(38,0)))$w AS DOUBLE) / CAST(count($x)$w AS DOUBLE)",
    .spark_note = WEIR_SPARK_FLOAT_SUMS,
};
