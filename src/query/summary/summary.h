/* What the rows of a segment amount to, worked out once when it is stored, by blocks of some thousand rows: how many rows
 * have each code of a column with few of them, the sums of number columns by such a code, the buckets of number columns. A
 * question without a filter then takes a block as a whole. The buffer makes a segment's summary through weir_plan_summaries
 * (weir/query/plan.h); answer.c reads it for a plan. Method: small materialized aggregates (Guido Moerkotte, VLDB 1998).
 * Private to src/query.
 *
 * Immutable once made; read by any thread. */
#ifndef WEIR_QUERY_SUMMARY_SUMMARY_H
#define WEIR_QUERY_SUMMARY_SUMMARY_H

#include "query/tally/vector.h"
#include "weir/buffer/buffer.h"

enum {
	WEIR_SUMMARY_ROWS = 4096, /* of a block; a multiple of WEIR_SPAN_ROWS */
	WEIR_SUMMARY_CODES = 64,  /* most codes of a key */
	WEIR_SUMMARY_KEYS = 10,
	WEIR_SUMMARY_VALUES = 4,
	WEIR_SUMMARY_SUMS = 256, /* most sums of a block: 16 bytes each */
	WEIR_SUMMARY_NULL = -1,  /* the code of rows without a value */
	WEIR_SUMMARY_ALL = -1,   /* as a column: one code (0) for all rows */
	WEIR_SUMMARY_PARTITION = -2,
};

struct weir_summary_key {
	int32_t column;
	uint32_t n; /* codes */
	int32_t codes[WEIR_SUMMARY_CODES];
	uint16_t *counts; /* owned: n a block */
};

struct weir_summary_value { /* a column of numbers, none of them NULL */
	uint32_t column;
	struct weir_halves
	    *sums[WEIR_SUMMARY_KEYS]; /* owned: by key, as many a block as the key has codes; NULL: not kept */
	/* Buckets as weir_tally_vector counts them, those that are used: n a block, in bytes where none counts more
	 * than 255 */
	uint32_t n;
	int low_octave;
	uint32_t first; /* number of the first one, 1 or more: zeros are apart */
	uint8_t width;  /* 1, 2 */
	void *buckets;  /* owned; NULL: not kept */
	struct weir_summary_range {
		double least, most;
		uint16_t zeros;
	} * ranges; /* owned: one a block; with buckets */
};

struct weir_summary {
	uint32_t n_rows, block_rows, n_blocks;
	uint32_t n_keys, n_values;
	struct weir_summary_key keys[WEIR_SUMMARY_KEYS]; /* the first: all rows */
	struct weir_summary_value values[WEIR_SUMMARY_VALUES];
	size_t bytes;
};

/* block_rows: a multiple of WEIR_SPAN_ROWS, below 65,536. NULL: no memory. */
struct weir_summary *weir_summary_new(const struct weir_segment *segment, uint32_t block_rows);
void weir_summary_free(struct weir_summary *s); /* NULL allowed */

static inline uint32_t weir_summary_block_rows(const struct weir_summary *s, uint32_t block)
{
	uint32_t from = block * s->block_rows;
	return s->n_rows - from < s->block_rows ? s->n_rows - from : s->block_rows;
}

#endif
