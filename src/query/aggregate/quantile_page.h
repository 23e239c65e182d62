/* The buckets of a quantile: pages of one octave. Private to the quantile files. */
#ifndef WEIR_QUERY_QUANTILE_PAGE_H
#define WEIR_QUERY_QUANTILE_PAGE_H

#include "query/aggregate/quantile.h"

#include <math.h>

enum { SUB_BITS = 6, MANTISSA_SHIFT = 52 - SUB_BITS };

struct weir_quantile_page {
	bool wide;
	union {
		uint16_t narrow[WEIR_QUANTILE_PAGE];
		uint64_t count[WEIR_QUANTILE_PAGE]; /* only allocated when wide */
	};
};

/* The slot of the page of `octave`, made when absent; NULL: no memory. */
struct weir_quantile_page **weir_quantile_page_at(struct weir_quantile_side *s, int octave, struct weir_budget *budget);
bool weir_quantile_page_widen(struct weir_quantile_page **at, struct weir_budget *budget) WEIR_MUST_USE;
bool weir_quantile_to_histogram(struct weir_quantile *q, struct weir_budget *budget) WEIR_MUST_USE;

static inline uint64_t page_get(const struct weir_quantile_page *p, unsigned i)
{
	return p->wide ? p->count[i] : p->narrow[i];
}

struct weir_quantile_place {
	bool negative;
	int octave;
	unsigned i;
};

static inline struct weir_quantile_place weir_quantile_place_of(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	uint64_t magnitude = bits & INT64_MAX;
	return (struct weir_quantile_place){.negative = bits >> 63 && magnitude,
					    .octave = (int)(magnitude >> 52),
					    .i = (unsigned)(magnitude >> MANTISSA_SHIFT) & (WEIR_QUANTILE_PAGE - 1)};
}

/* Before n grows. */
static inline void weir_quantile_widen_range(struct weir_quantile *q, double min, double max)
{
	if (!q->n || min < q->min)
		q->min = min;
	if (!q->n || max > q->max)
		q->max = max;
}

/* Lower edge of a bucket's magnitude; the upper edge is that of the next. */
static inline double edge_of(int octave, unsigned i)
{
	uint64_t bits = ((uint64_t)octave << 52) + ((uint64_t)i << MANTISSA_SHIFT);
	double x;
	if (bits >= (uint64_t)0x7ff << 52)
		return INFINITY;
	memcpy(&x, &bits, sizeof x);
	return x;
}

#endif
