/* A tally: accumulators of a run of rows, indexed by the small code that a row's group has in its column, so that a row
 * costs a few instructions: no hash, no pane, no wide arithmetic. When the run ends (another pane, the end of a segment)
 * each code's share goes into the slabs at once. This room is how most rows are added: plan/update.c gives it slices through
 * short_way.h, which knows plans; what is below knows only numbers and slots. Private to src/query.
 *
 *     fill in inputs[…] for a slice            values, packed, with the slots (codes) of their rows
 *     weir_tally_prepare(t)                    false: a value does not fit; nothing was added
 *     weir_tally_add(t)
 *     weir_tally_close(t)                      the end of the run
 *     weir_tally_merge(t, which, slot, into)    for each slot with rows
 *     weir_tally_clear(t, slot)
 *
 * Exactness: sums of doubles in two halves (vector.h) are the same exact sums; a slot's first 64 values are kept as
 * they are, so that a quantile of few values stays exact. Thread: owned by one plan. */
#ifndef WEIR_QUERY_TALLY_TALLY_H
#define WEIR_QUERY_TALLY_TALLY_H

#include "query/aggregate/aggregate.h"
#include "query/tally/vector.h"

enum { WEIR_TALLY_ROWS = 1024, WEIR_TALLY_MOST_ROWS = 65535, WEIR_TALLY_LANES = 4 };

struct weir_tally_cell {        /* of one input and slot: what one row changes lies in one cache line */
	uint64_t rows;          /* counted here instead of in the tally's own */
	struct weir_halves sum; /* of doubles; integers: `high` alone */
	/* A quantile's least value, as bits, and how far the greatest is above; once the list is full. Before, no value
	 * is within. */
	uint64_t least, span;
	uint32_t listed; /* values in the slot's list */
	uint32_t more;   /* values less rows (modulo 2^32): not 0 only where NULLs or conditions take values away */
	uint64_t unused[2];
};

struct weir_tally_input {
	/* of one slice */
	uint32_t n;
	enum weir_type type;   /* INT64, TIMESTAMP, FLOAT64 */
	bool small;            /* integers known to be within ±2^46 */
	const uint32_t *slots; /* n of them; those of the rows' own input when all rows have a value */
	union {
		const int64_t *i;
		const double *f;
	};
	const char *ahead; /* memory that will be wanted soon: so many bytes with each eight values */
	uint32_t ahead_step;
	uint32_t *slot_space; /* owned scratch of WEIR_TALLY_ROWS items */
	void *value_space;    /* the same, 8 bytes an item */
	/* of one slice, ready to be added; owned scratch, those that are needed */
	bool sums, quantile, extremes;
	bool single; /* the quantile is only wanted of all slots together: one list, one row of buckets */
	struct weir_halves *halves;
	uint32_t *bucket;
	double *doubles;
	int64_t *keys;
	/* of the run; owned, by slot */
	struct weir_tally_cell *cells;
	struct weir_tally_cell whole; /* single: the quantile's part of a cell */
	double *list;                 /* WEIR_QUANTILE_LIST values a slot, or alone */
	uint16_t *buckets;            /* WEIR_TALLY_BUCKETS a slot, or alone */
	int low_octave;               /* -1: not chosen yet */
	struct weir_tally_extremes {
		int64_t least, most; /* integers, or doubles as weir_double_key */
	} * extreme;
};

struct weir_tally {
	const struct weir_tally_vector *vector;
	struct weir_budget *budget;
	const struct weir_accumulator *accumulators; /* borrowed */
	uint32_t n_accumulators;
	uint32_t n_slots, capacity;      /* without the slot n_slots: all together */
	uint32_t n_rows;                 /* in the run */
	uint32_t *rows;                  /* owned, WEIR_TALLY_LANES a slot: neighbours do not wait for each other */
	struct weir_tally_input *inputs; /* owned; the last is for rows */
	uint32_t n_inputs;
	uint32_t *no_slots; /* owned: WEIR_TALLY_ROWS zeros, for what is single */
	int by_buckets;     /* an input with a quantile a slot: its buckets tell the rows of a slot; -1: none */
	int64_t charged_bytes;
};

bool weir_tally_can(const struct weir_accumulator *a); /* whether it can be fed from a tally */
/* summed: runs are summed up by weir_tally_sum, and only that slot is asked for accumulators that are total_only. */
bool weir_tally_init(struct weir_tally *t, const struct weir_accumulator *accumulators, uint32_t n, uint32_t n_inputs,
		     bool summed, struct weir_budget *budget) WEIR_MUST_USE;
void weir_tally_release(struct weir_tally *t);
/* Room for codes below n_slots, before a run. *fits: false when that would take too much memory. False: no memory. */
bool weir_tally_reserve(struct weir_tally *t, uint32_t n_slots, bool *fits) WEIR_MUST_USE;

int weir_tally_low_octave(int low, int high); /* where the octaves begin, so that these have room, and neighbours too */
bool weir_tally_prepare(struct weir_tally *t);
void weir_tally_add(struct weir_tally *t);
/* n rows of one slot, of which nothing but their number counts: in place of the two above. */
static inline void weir_tally_add_rows(struct weir_tally *t, uint32_t slot, uint32_t n)
{
	t->rows[(size_t)slot * WEIR_TALLY_LANES] += n;
	t->n_rows += n;
}
/* Many rows at once, in place of prepare and add: `rows` and `sum` of them in a slot, and the buckets of an input that
 * is single. fit: whether buckets of such octaves can be counted now; if not, they can after the run's end. */
struct weir_tally_block {
	double least, most; /* 0 <= least */
	uint32_t zeros;
	int low_octave;
	uint32_t first, n; /* buckets[0] has the number `first`, as weir_tally_vector gives them with that octave */
	uint8_t width;     /* bytes of an item: 1, 2 */
	const void *buckets;
};
/* The buckets alone of an input's slice. False: a value does not fit; nothing was added. */
bool weir_tally_add_buckets(struct weir_tally *t, uint32_t input);
bool weir_tally_block_fits(struct weir_tally *t, uint32_t input, const struct weir_tally_block *b);
void weir_tally_add_block(struct weir_tally *t, uint32_t input, const struct weir_tally_block *b);
static inline void weir_tally_add_sum(struct weir_tally *t, uint32_t input, uint32_t slot,
				      const struct weir_halves *sum)
{
	t->inputs[input].cells[slot].sum.high += sum->high;
	t->inputs[input].cells[slot].sum.low += sum->low;
}
/* The buckets [from, to) of a slot that may be used, besides that of zero. Of a slot whose values are all in its list: none;
 * those are where weir_tally_bucket says. */
struct weir_tally_span {
	uint32_t from, to;
};
static inline struct weir_tally_span weir_tally_used(const struct weir_tally_input *in, const struct weir_tally_cell *c)
{
	uint64_t most = c->least + c->span, low = (uint64_t)in->low_octave;
	if (c->listed < WEIR_QUANTILE_LIST || !most)
		return (struct weir_tally_span){1, 1};
	return (struct weir_tally_span){c->least ? (uint32_t)((c->least >> 52) - low) * 64 + 1 : 1,
					(uint32_t)((most >> 52) - low) * 64 + 65};
}
static inline uint32_t weir_tally_bucket(const struct weir_tally_input *in, double x)
{
	uint64_t v = weir_double_bits(x) >> 46;
	return v ? (uint32_t)(v - (uint64_t)in->low_octave * 64) + 1 : 0;
}
/* Then the rows of a slot are the first of its lanes, and slots may be summed, merged, cleared. */
void weir_tally_close(struct weir_tally *t);
static inline uint32_t weir_tally_rows(const struct weir_tally *t, uint32_t slot)
{
	return t->rows[(size_t)slot * WEIR_TALLY_LANES];
}
void weir_tally_sum(struct weir_tally *t); /* all slots up into slot n_slots */
/* into += what the tally has of the slot for that accumulator. False: no memory. */
bool weir_tally_merge(const struct weir_tally *t, uint32_t accumulator, uint32_t slot, void *into) WEIR_MUST_USE;
void weir_tally_clear(struct weir_tally *t, uint32_t slot);

#endif
