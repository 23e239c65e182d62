/* Why rows differ: this room is a study (weir/query/study.h). The screen asks for it through the session, batch runs it at the
 * end of its input. Two passes go over the rows:
 *
 *   1  each column is counted on both sides: texts by their codes, numbers in fine bins           sides, count, texts
 *      then the columns are ranked, and the values and ranges that stand out are picked           merge, ranges, measure, rank
 *   2  these, and pairs of them, are counted by the conditions that keep their rows               check
 *
 * Everything of a share belongs to one thread during a pass; between passes it all belongs to the one that runs the study.
 * Private to src/query/why. */
#ifndef WEIR_QUERY_WHY_WHY_H
#define WEIR_QUERY_WHY_WHY_H

#include "query/plan/slice.h"
#include "weir/query/why.h"

enum {
	WEIR_WHY_SELECTED, /* which side a row is on, as index of counts */
	WEIR_WHY_REST,
	WEIR_WHY_SIDES,
};

/* A row of a slice: side in the lowest bit, and whether it counts in the next. */
enum { WEIR_WHY_COUNTS = 2 };

enum {
	WEIR_WHY_FEW_NUMBERS = 32,     /* whole numbers of at most so many values are taken value by value */
	WEIR_WHY_EXACT_BINS = 4096,    /* whole numbers that lie within so many have a bin each */
	WEIR_WHY_MOST_BINS = 1 << 16,  /* of one column of numbers */
	WEIR_WHY_RANGES = 16,          /* that numbers are compared by */
	WEIR_WHY_MOST_TEXTS = 1 << 16, /* distinct texts without a code that a share counts of one column */
	WEIR_WHY_CELLS = 16,           /* that the answer shows of a column */
	WEIR_WHY_STRONGEST = 6,        /* columns that pairs are made of, */
	WEIR_WHY_VALUES = 3,           /* and values of a column that become findings */
	WEIR_WHY_PAIRS = 3,            /* that become findings */
};

/* ---- columns ---- */
enum weir_why_way {
	WEIR_WHY_BY_NOTHING, /* no value was seen, or it takes no part */
	WEIR_WHY_BY_TRUTH,
	WEIR_WHY_BY_NUMBER,
	WEIR_WHY_BY_TEXT,
};

/* Bins of numbers. One for each whole number from `low` on; or of the order-preserving bits of a double, from key_low on,
 * 2^shift to a bin. The first and the last bin take what lies outside. */
struct weir_why_scale {
	bool exact;
	int64_t low;
	uint64_t key_low;
	unsigned shift;
	uint32_t n_bins; /* those two among them */
};
/* The least number of a bin from 1 on. */
double weir_why_bin_from(const struct weir_why_scale *s, uint32_t bin);

enum weir_why_place { WEIR_WHY_NO_PLACE, WEIR_WHY_STREAM, WEIR_WHY_PARTITION };

struct weir_why_input { /* a column that may take part */
	struct weir_str name;
	enum weir_type type; /* that the batches of all streams fit into */
	bool is_time;
	enum weir_why_place place; /* it is where a row came from, and neither computed nor stored */
	int32_t computed;          /* number of the derived column; -1: it is none */
	const int32_t *fields;     /* stored: by stream, index in its schema; -1: none; in the arena */
	enum weir_why_way way;
	bool aside;
	enum weir_why_reason reason;
	struct weir_why_scale scale; /* BY_NUMBER */
};

/* ---- counts of one column on one share ---- */
struct weir_why_codes {         /* of one dictionary */
	struct weir_dict *dict; /* borrowed: the snapshot holds it */
	uint32_t *counts;       /* owned: SIDES a code */
	uint32_t room;          /* codes */
};
struct weir_why_text { /* one that has no code, or whose dictionary is not the only one */
	struct weir_str text;
	uint64_t hash;
	uint64_t counts[WEIR_WHY_SIDES];
};
struct weir_why_texts {              /* open addressing; slots hold index + 1 */
	struct weir_why_text *items; /* owned */
	size_t n, capacity;
	uint32_t *slots; /* owned */
	uint32_t n_slots;
	struct weir_arena copies;
};
struct weir_why_tally {
	uint64_t nulls[WEIR_WHY_SIDES], missing[WEIR_WHY_SIDES];
	uint64_t truths[2 * WEIR_WHY_SIDES]; /* false, true */
	uint32_t *bins;                      /* owned: SIDES a bin */
	struct weir_why_codes *codes;        /* owned array */
	size_t n_codes, codes_capacity;
	struct weir_why_texts texts;
	bool too_many;
};

/* texts.c. Counts rows of a text; `copy`: it is not going to stay. False: no memory. *full: there are more than `most`, and this
 * one was not counted. */
bool weir_why_texts_add(struct weir_why_texts *t, struct weir_str text, uint64_t hash, bool copy, size_t most,
			const uint64_t *counts, bool *full) WEIR_MUST_USE;
void weir_why_texts_release(struct weir_why_texts *t);

/* ---- shares ---- */
struct weir_why_check;
struct weir_why_share {
	struct weir_plan *plan;
	struct weir_bound **conditions; /* of the question, by stream; NULL: true for every row */
	struct weir_why_tally *tallies; /* by column */
	uint64_t rows[WEIR_WHY_SIDES], held;
	struct weir_bound **checks; /* by check and stream */
	uint64_t *found;            /* of each check and then each pair, by side */
	uint8_t marks[WEIR_VEC_ROWS], own_marks[WEIR_VEC_ROWS];
	uint32_t index[WEIR_VEC_ROWS];
	int64_t ints[WEIR_VEC_ROWS];
	struct weir_buf text;
};

/* Which rows of a segment are on which side; kept for the second pass. */
struct weir_why_bits {
	uint64_t *words; /* owned: SIDES bitmaps, one after the other; NULL: no row is on any */
	uint32_t n_words;
};

/* ---- the ranking ---- */
struct weir_why_ranked { /* a column that differs by more than chance */
	uint32_t input;
	double difference;
	bool ranges;
	uint32_t n_values;
	struct weir_why_cell *cells; /* in the arena: those that are shown */
	uint32_t n_cells;
	uint64_t others[WEIR_WHY_SIDES];
	uint32_t n_picked;
	struct weir_why_cell picked[WEIR_WHY_VALUES]; /* that become findings, best first */
	struct weir_str conditions[WEIR_WHY_VALUES];  /* of them; in the arena */
	bool dropped[WEIR_WHY_VALUES]; /* with the bounds that read well it is not beyond chance any more */
};
struct weir_why_check {          /* a condition that is counted in the second pass */
	uint32_t ranked, picked; /* whose it is */
};
struct weir_why_pair {
	uint32_t checks[2];
	uint64_t rows[WEIR_WHY_SIDES];
	double difference;
};

struct weir_why_study {
	struct weir_study study;
	struct weir_arena arena; /* texts, trees, inputs, the ranking */
	struct weir_why_span span, around;
	bool before;
	uint64_t newest_rows;
	struct weir_str text; /* of the condition; size 0: true for every row */
	struct weir_expr *condition;
	struct weir_study_rows *rows; /* one reference once it has begun */
	uint32_t n_shares;
	struct weir_why_share *shares; /* owned */
	uint32_t n_inputs;
	struct weir_why_input *inputs;
	uint32_t n_bits;
	struct weir_why_bits *bits; /* owned, by segment */
	uint32_t pass;
	uint64_t counted[WEIR_WHY_SIDES]; /* rows of both sides */
	uint32_t n_compared;
	uint32_t n_ranked;
	struct weir_why_ranked *ranked; /* best first */
	uint32_t n_checks;
	struct weir_why_check *checks;
	uint32_t n_pairs;
	struct weir_why_pair *pairs; /* that are counted; then, best first, those that are findings */
};

/* columns.c: which columns there are, how they are counted, and which take no part. */
enum weir_status weir_why_find_columns(struct weir_why_study *w, struct weir_error *err);
/* Event time of a row, or that of arrival where a live stream has none. */
static inline int64_t weir_why_time(const struct weir_why_study *w, const struct weir_batch *b, uint32_t row)
{
	return b->time_us ? b->time_us[row] : w->rows->live ? b->arrival_us : WEIR_TIME_NONE;
}

/* sides.c: which rows of the segment are on which side. */
enum weir_status weir_why_find_sides(struct weir_why_study *w, struct weir_why_share *share,
				     const struct weir_segment *segment, struct weir_why_bits *bits,
				     struct weir_error *err);
/* count.c: adds the rows of a segment to the share's tallies. */
enum weir_status weir_why_count(const struct weir_why_study *w, struct weir_why_share *share,
				const struct weir_segment *segment, const struct weir_why_bits *bits,
				struct weir_error *err);

/* merge.c: what the shares have counted of a column, value by value or range by range. */
struct weir_why_item {
	uint64_t n[WEIR_WHY_SIDES];
	enum weir_why_kind kind;
	union {
		bool b;
		int64_t i;
		struct weir_str s;
		uint32_t bins[2]; /* RANGE: its first bin, and the first beyond it */
	};
};
struct weir_why_items {
	struct weir_why_item *items; /* owned */
	size_t n, capacity;
	bool ranges;          /* those of kind RANGE stand first, in order */
	bool too_many, names; /* texts: more than were counted; nearly each row has its own */
};
/* Counts of all shares go to those of share 0. */
enum weir_status weir_why_merge(struct weir_why_study *w, uint32_t input, struct weir_why_items *out,
				struct weir_error *err);
static inline WEIR_MUST_USE bool weir_why_add_item(struct weir_why_items *list, struct weir_why_item item)
{
	if (!item.n[WEIR_WHY_SELECTED] && !item.n[WEIR_WHY_REST])
		return true;
	if (!weir_grow((void **)&list->items, &list->capacity, list->n + 1, sizeof *list->items))
		return false;
	list->items[list->n++] = item;
	return true;
}

/* ranges.c: bins of numbers become about WEIR_WHY_RANGES ranges that hold as much of both sides each, in order. */
bool weir_why_make_ranges(const struct weir_why_input *in, const uint32_t *bins,
			  struct weir_why_items *out) WEIR_MUST_USE;
/* A range of bins as a cell, its bounds as they are. */
struct weir_why_cell weir_why_range_cell(const struct weir_why_input *in, const struct weir_why_item *item);
/* The stretch of ranges of which the selected rows have most more than the others, with bounds that read well; false: none. */
bool weir_why_best_range(const struct weir_why_study *w, const struct weir_why_input *in, const uint32_t *bins,
			 const struct weir_why_items *list, struct weir_why_cell *out);
/* The number in [low, high] that reads best, of several the nearest to `at`. A time: in microseconds. */
double weir_why_round(double low, double high, double at, bool time);

/* measure.c, the measure of weir/query/why.h. `rows`: of both sides. */
double weir_why_term(const uint64_t *counts, const uint64_t *rows);  /* what a cell adds to the divergence */
double weir_why_expected_term(uint64_t count, const uint64_t *rows); /* by chance, of a cell with so many rows */
bool weir_why_beyond_chance(double divergence, double expected, const uint64_t *rows, double tries);
double weir_why_adjusted(double divergence, double expected);
/* The same of having something or not. 0: it may be chance. */
double weir_why_yes_no(const uint64_t *counts, const uint64_t *rows, double tries);

/* rank.c: ranks the columns, picks what is to be checked. */
enum weir_status weir_why_rank(struct weir_why_study *w, struct weir_error *err);
/* check.c: binds the conditions; counts them in a segment; takes what was found into the ranking. */
enum weir_status weir_why_bind_checks(struct weir_why_study *w, struct weir_error *err);
enum weir_status weir_why_check_rows(const struct weir_why_study *w, struct weir_why_share *share,
				     const struct weir_segment *segment, const struct weir_why_bits *bits,
				     struct weir_error *err);
void weir_why_take_checks(struct weir_why_study *w);
/* answer.c */
bool weir_why_cell_condition(struct weir_str column, const struct weir_why_cell *cell, bool negate,
			     struct weir_buf *out);
struct weir_study_answer *weir_why_answer(const struct weir_why_study *w); /* NULL: no memory */

#endif
