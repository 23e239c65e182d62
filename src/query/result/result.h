/* Puts a result together out of what a plan has counted: rows in the order of the sort keys, totals, the change since
 * the window before, sparklines and series, the histogram, the newest records. The fabric calls weir_plan_result
 * (weir/query/plan.h); result.c calls the steps below in their order. Everything goes into the result's arena; false
 * or NO_MEMORY: it did not fit. Private to src/query. */
#ifndef WEIR_QUERY_RESULT_RESULT_H
#define WEIR_QUERY_RESULT_RESULT_H

#include "query/plan/plan.h"
#include "weir/query/result.h"

struct weir_ranked {
	uint32_t group, slot;
};

struct weir_build {
	struct weir_plan *plan;
	struct weir_result *result;
	const struct weir_result_request *request;
	const struct weir_plan_rows *rows;
	double seconds;               /* of the window, for rate; NaN: unknown */
	const struct weir_slab *slab; /* groups of the answer, or of the window that is being built */
	struct weir_ranked *shown;    /* in the arena: what rows[] are of */
	int64_t part_high;            /* RANGED: the last pane of the window that is over */
	int64_t low, back;            /* RANGED: its first pane, and how many earlier the compared period begins */
	uint32_t *cells;              /* in the arena, for noise.c; NULL: not yet */
	int64_t compared_us;          /* of the window that is being built: of what is compared; 0: nothing is */
	bool compares;                /* batch: rows are compared as they are built */
	struct weir_error *err;       /* why `failed` */
	enum weir_status failed;      /* OK: a step that could not be done had no memory for it */
	bool lists_gone;              /* groups that have rows in the compared period only are listed too */
};

static inline int64_t weir_build_newest_us(const struct weir_build *b)
{
	return b->rows->newest_us > b->plan->newest_us ? b->rows->newest_us : b->plan->newest_us;
}

/* What a measure is of. */
struct weir_aggregate_state weir_measure_state(const struct weir_plan *p, uint32_t measure,
					       const struct weir_slab *slab, uint32_t slot, double seconds);
/* The value of a measure; strings borrow from the slab. seconds: of the window, for rates; NaN: unknown. */
struct weir_value weir_measure_value(const struct weir_plan *p, uint32_t measure, const struct weir_slab *slab,
				     uint32_t slot, double seconds);
double weir_value_number(const struct weir_value *v); /* NaN for what is no number */
/* Copies a value's text into the arena. */
bool weir_build_value(struct weir_build *b, struct weir_value *v) WEIR_MUST_USE;
bool weir_build_measures(struct weir_build *b, const struct weir_slab *slab, uint32_t slot, double seconds,
			 const struct weir_value **out) WEIR_MUST_USE;
/* Groups with rows of a slab that is indexed by group. Owned by the caller; NULL: no memory. */
struct weir_ranked *weir_build_groups(struct weir_build *b, struct weir_slab *slab, uint32_t *n) WEIR_MUST_USE;
/* Ranks the items and appends the best to rows[], which has room. */
bool weir_build_rows(struct weir_build *b, struct weir_result_row *rows, uint32_t *n_rows, const struct weir_slab *slab,
		     struct weir_ranked *items, uint32_t n, int64_t start_us, int64_t end_us) WEIR_MUST_USE;
/* WINDOWED: window by window in order of start; empty ones are left out. */
bool weir_build_windows(struct weir_build *b) WEIR_MUST_USE;
/* RANGED: decides what a change compares, and brings the totals of the compared period to it. The window is panes [low,
 * high], the one before it lies `step` panes earlier. */
bool weir_build_compare(struct weir_build *b, int64_t low, int64_t high, int64_t step) WEIR_MUST_USE;
/* A measure of a group over the part of the window that is over, and over the same part of the compared period; strings
 * borrow until the next call. NULL: not known. False: no memory. */
bool weir_build_pair(struct weir_build *b, uint32_t measure, struct weir_ranked item, struct weir_value *now,
		     struct weir_value *before) WEIR_MUST_USE;
/* The group's rows in the part of the window that is over: good until the next call. False: no memory. */
bool weir_build_part(struct weir_build *b, struct weir_ranked item, const struct weir_slab **slab,
		     uint32_t *slot) WEIR_MUST_USE;
/* A row's `compared` and `previous`, and their rows. */
bool weir_build_change(struct weir_build *b, struct weir_ranked item, struct weir_result_row *row) WEIR_MUST_USE;
/* earlier.c, batch: bring the totals of what a window is compared with, so that its rows can be built and ranked; false: no
 * memory. The sliding window whose totals are in `slab`; */
bool weir_build_earlier(struct weir_build *b, struct weir_slab *slab) WEIR_MUST_USE;
/* … the window from start_us on, panes [low, low + n_panes). */
bool weir_build_earlier_window(struct weir_build *b, int64_t start_us, int64_t low, int64_t n_panes) WEIR_MUST_USE;
/* now - before: of numbers; of times in seconds; NULL: there is none. And as hundredths of |before|, NULL where that is 0. */
struct weir_value weir_value_change(const struct weir_value *now, const struct weir_value *before);
struct weir_value weir_value_change_pct(const struct weir_value *now, const struct weir_value *before);
/* noise.c: which part of a change is certain: what is left of the difference beyond what chance explains, by the larger of the two
 * values; 0 and below: none. The group's rows in the part of the window that is over are in `slot` of `slab`. False: nothing is
 * known of the noise of this measure, or too little was seen. Live, with something to compare. */
bool weir_build_margin(struct weir_build *b, uint32_t measure, uint32_t group, const struct weir_slab *slab,
		       uint32_t slot, double *margin);
/* Copies columns, with their names, into the result's arena. False: no memory. */
bool weir_result_copy_columns(struct weir_result *r, const struct weir_result_column *from, uint32_t n,
			      const struct weir_result_column **to) WEIR_MUST_USE;
/* An extra of a result: a row of the table in extras.c, which stands in the file that makes it. */
struct weir_extra {
	const char *name;
	bool ahead; /* so cheap that it is made before anybody looks at it */
	bool live;  /* only a live plan has what it needs */
	/* Fills in members of b->result, or *out, which lives in its arena. NULL: the fabric does it. */
	enum weir_status (*build)(struct weir_build *b, const void **out, struct weir_error *err);
};
/* Those that were asked for, in the order of their table. */
enum weir_status weir_build_extras(struct weir_build *b, struct weir_error *err) WEIR_MUST_USE;

/* rank.c: sorts the first `top` (all when 0) of items[0..n) to the front by the plan's sort keys; ties by the group
 * columns ascending, NULLs last. False: no memory. */
bool weir_rank(struct weir_build *b, const struct weir_slab *slab, struct weir_ranked *items, uint32_t n,
	       uint32_t top) WEIR_MUST_USE;
/* Memory that an answer of n groups takes while it is ranked. */
int64_t weir_rank_bytes(const struct weir_plan *p, uint32_t n);

#endif
