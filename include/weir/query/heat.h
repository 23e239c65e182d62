/* The extra "heat" of a result: how the values of the histogram are spread in each bucket of time. Its bins are those of the
 * histogram, its buckets those of the chart, so that all three tell the same; it is there when both are. */
#ifndef WEIR_QUERY_HEAT_H
#define WEIR_QUERY_HEAT_H

#include "weir/query/result.h"

struct weir_heat {
	uint32_t n_buckets, n_bins; /* 0: there is none */
	const double *counts; /* n_bins for each bucket: rows; of values that are kept as a range, their share of it */
};

static inline double weir_heat_at(const struct weir_heat *h, uint32_t bucket, uint32_t bin)
{
	return h->counts[(size_t)bucket * h->n_bins + bin];
}

#endif
