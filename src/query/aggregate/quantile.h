/* Quantiles: up to 64 values as they are, then a log-linear histogram of the double's own bits (the HDR family: 64
 * buckets an octave, so the middle of a bucket is at most 0.8 % off; integers below 128 have a bucket of their own).
 * Least and greatest value are exact. Merges exactly, and takes away exactly what was merged or added before. Private
 * to src/query.
 *
 * The histogram is a table of pages, one an octave of each sign, with 16-bit counts that widen to 64 bits page by page.
 */
#ifndef WEIR_QUERY_QUANTILE_H
#define WEIR_QUERY_QUANTILE_H

#include "weir/base/memory.h"

enum { WEIR_QUANTILE_LIST = 64, WEIR_QUANTILE_PAGE = 64 };

struct weir_quantile_page;

struct weir_quantile_side {                /* octaves low .. low + n of one sign */
	struct weir_quantile_page **pages; /* owned, items may be NULL */
	int16_t low;
	uint16_t n;
};

struct weir_quantile {   /* all zero: no values */
	uint64_t n;      /* values, without NaN */
	double min, max; /* when n > 0; after a subtraction only if it returned true */
	double *list;    /* owned; n values while histogram is NULL */
	uint32_t capacity;
	bool integers; /* values are whole numbers: a bucket stands for the middle of the whole numbers in it */
	struct weir_quantile_side *histogram; /* owned; [0] zero and above, [1] below zero */
};

/* NaN is left out. False: no memory, unchanged. */
bool weir_quantile_add(struct weir_quantile *q, double x, struct weir_budget *budget) WEIR_MUST_USE;
/* The same for items[slots[i]] and x[i], i < n. */
bool weir_quantile_add_all(struct weir_quantile *items, const uint32_t *slots, const double *x, uint32_t n,
			   struct weir_budget *budget) WEIR_MUST_USE;
/* Values that were counted into buckets elsewhere. */
struct weir_quantile_counts {
	uint64_t n;
	uint16_t zeros;  /* of the values */
	double min, max; /* 0 <= min */
	int low_octave;  /* biased exponent */
	uint32_t n_octaves;
	const uint16_t *counts; /* n_octaves * WEIR_QUANTILE_PAGE; with zeros they sum to n */
};
bool weir_quantile_add_counts(struct weir_quantile *q, const struct weir_quantile_counts *from,
			      struct weir_budget *budget) WEIR_MUST_USE;
/* So many values of the bucket that x is in; all of it lie from min to max. */
bool weir_quantile_add_bucket(struct weir_quantile *q, double x, uint64_t n, double min, double max,
			      struct weir_budget *budget) WEIR_MUST_USE;
bool weir_quantile_merge(struct weir_quantile *into, const struct weir_quantile *from,
			 struct weir_budget *budget) WEIR_MUST_USE;
/* Takes `from` away. *stale is set when min and max must be found again (weir_quantile_extremes over what is left). */
bool weir_quantile_subtract(struct weir_quantile *into, const struct weir_quantile *from, bool *stale,
			    struct weir_budget *budget) WEIR_MUST_USE;
/* Nearest rank: the value of rank ceil(p * n), 0 < p <= 1. NaN when empty. */
double weir_quantile_value(const struct weir_quantile *q, double p);
/* Calls f(ctx, low, high, count) for each bucket or value in rising order; values lie in [low, high]. */
void weir_quantile_walk(const struct weir_quantile *q, void (*f)(void *ctx, double low, double high, uint64_t count),
			void *ctx);
void weir_quantile_release(struct weir_quantile *q, struct weir_budget *budget);

#endif
