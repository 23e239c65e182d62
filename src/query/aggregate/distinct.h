/* How many different values: exact up to 65,536, then HyperLogLog with 2^14 registers (0.81 % standard error).
 *
 * The exact part is a set of 64-bit hashes, each with how many rows carry it, so that what was merged can be taken away
 * again; two values with one hash are met about once in 10^10 full sets. HyperLogLog merges, but does not subtract:
 * then the caller rebuilds it from what is left (*stale). Method: Flajolet et al., 2007, with the estimator of
 * Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017. Private to src/query. */
#ifndef WEIR_QUERY_DISTINCT_H
#define WEIR_QUERY_DISTINCT_H

#include "weir/base/dict.h"

enum { WEIR_DISTINCT_EXACT = 65536, WEIR_DISTINCT_BITS = 14 };

struct weir_distinct {       /* all zero: empty */
	uint64_t *hashes;    /* owned, open addressing; item 0 is free (the hash 0 is stored as 1) */
	int32_t *counts;     /* owned, rows by item, below zero when they were taken back first; saturates */
	uint32_t mask;       /* items - 1; 0: none yet */
	uint32_t n, n_below; /* values; of those with less than no rows */
	uint8_t *registers;  /* owned; NULL while exact */
};

/* rows below zero: they are taken back; *lost: they cannot be, any more (NULL where there are none). */
bool weir_distinct_add(struct weir_distinct *d, uint64_t hash, int32_t rows, bool *lost,
		       struct weir_budget *budget) WEIR_MUST_USE;
/* From now on it is estimated, however few there are. */
bool weir_distinct_estimate(struct weir_distinct *d, struct weir_budget *budget) WEIR_MUST_USE;
bool weir_distinct_merge(struct weir_distinct *into, const struct weir_distinct *from,
			 struct weir_budget *budget) WEIR_MUST_USE;
/* *stale: it cannot be taken away (registers); build it anew. */
bool weir_distinct_subtract(struct weir_distinct *into, const struct weir_distinct *from, bool *stale,
			    struct weir_budget *budget) WEIR_MUST_USE;
uint64_t weir_distinct_value(const struct weir_distinct *d);
void weir_distinct_release(struct weir_distinct *d, struct weir_budget *budget);

#endif
