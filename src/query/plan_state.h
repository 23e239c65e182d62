/* The inside of a plan. Private to src/query.
 *
 * Three ways to keep an answer:
 *   CUMULATIVE  one total a group: all, since, rows; sliding in batch (rebuilt for one moment). Panes only for
 * pictures. RANGED      live windows: panes, and totals over two ranges of panes, the window and the window before;
 * what enters a range is merged, what leaves it is subtracted, so a row costs the same whatever the window's length.
 *   WINDOWED    tumbling and hopping in batch: panes only; every window is put together at the end. */
#ifndef WEIR_QUERY_PLAN_STATE_H
#define WEIR_QUERY_PLAN_STATE_H

#include "query/expr/expr.h"
#include "query/group.h"
#include "query/pane.h"
#include "query/plan_summary.h"
#include "query/tally/tally.h"
#include "weir/buffer/buffer.h"
#include "weir/base/bounds.h"
#include "weir/query/plan.h"

enum weir_plan_mode { WEIR_PLAN_CUMULATIVE, WEIR_PLAN_RANGED, WEIR_PLAN_WINDOWED };

enum {
	WEIR_PANES_SLIDING = 100,    /* at least so many in a sliding window, where its length allows */
	WEIR_PANES_ALIGNED = 60,     /* in a live tumbling window */
	WEIR_PANES_LEAST = 10,	     /* wider than that panes are never made to save memory */
	WEIR_PANES_CUMULATIVE = 512, /* more than that, and they are made wider */
	WEIR_PANE_MIN_US = 10000,
	WEIR_SERIES = 5, /* groups that the time chart shows by name */
};

/* An argument of measures with its condition: evaluated once a slice for all measures that share it. */
struct weir_input {
	const struct weir_expr *argument; /* NULL: rows */
	const struct weir_expr *where;	  /* NULL: every row */
	struct weir_bound **arguments;	  /* owned, by stream; NULL items when there is none */
	struct weir_bound **wheres;
	enum weir_type type;
	bool wants_order;
};

enum { WEIR_NO_PART = UINT32_MAX };

struct weir_measure {
	const struct weir_measure_ast *ast;
	enum weir_type type; /* of the value */
	enum weir_type input_type;
	uint32_t count, part, squares; /* components; count NO_PART: the rows of the slot */
};

struct weir_sort_key {
	bool by_measure, descending;
	uint32_t index;
};

struct weir_range { /* totals by group over panes [low, high]; nothing yet when low > high */
	struct weir_slab slab;
	int64_t low, high;
};

/* Rows of one batch slice that count, and where they go. */
struct weir_slice {
	const struct weir_batch *batch;
	uint32_t stream, from, n;
	int64_t first_us, last_us; /* of all its rows; first_us INT64_MAX, last_us NONE when none has a time */
	bool all_timed;
	bool none;	   /* zone maps: no row of the segment passes the filter */
	uint32_t passed; /* zone maps: a bit for each condition that all of its rows pass */
	uint64_t keep[WEIR_VEC_ROWS / 64];
	uint32_t n_rows;      /* picked */
	const uint16_t *rows; /* NULL: all n rows of the slice */
	uint16_t row_space[WEIR_VEC_ROWS];
	uint32_t groups[WEIR_VEC_ROWS]; /* by picked row */
	uint32_t cells[WEIR_VEC_ROWS], total_cells[WEIR_VEC_ROWS];
	uint32_t now[WEIR_VEC_ROWS],
	    before[WEIR_VEC_ROWS]; /* RANGED: group where the pane is in the range, else trash */
	uint32_t total_now[WEIR_VEC_ROWS], total_before[WEIR_VEC_ROWS];
	bool any_before;
	/* Values of one input, packed. */
	uint16_t packed[WEIR_VEC_ROWS]; /* index into the picked rows */
	uint32_t slots[WEIR_VEC_ROWS];
	union {
		int64_t i[WEIR_VEC_ROWS];
		double f[WEIR_VEC_ROWS];
		uint8_t b[WEIR_VEC_ROWS];
		struct weir_str s[WEIR_VEC_ROWS];
	} values;
	struct weir_order order[WEIR_VEC_ROWS];
};

/* The newest rows of a rows window: those at or after the threshold. */
struct weir_newest {
	bool active;
	struct weir_order from;
};

enum { WEIR_TALLY_KEYS = 3 };

/* The short way of plan_tally.c. */
struct weir_plan_tally {
	struct weir_tally tally;
	bool can; /* this question */
	bool on;  /* this batch */
	bool bare; /* only rows are counted, all of them together: how many of a slice pass is all that is wanted */
	struct weir_tally_key {		 /* of a group column */
		const struct weir_column *column; /* of the batch */
		bool text, numbered;
		uint32_t n, stride; /* ids; id n is NULL's */
		uint16_t *ids;	    /* owned; numbered: by code */
		uint32_t *codes;    /* owned; numbered: by id */
	} keys[WEIR_TALLY_KEYS];
	int64_t run_us;			  /* in the pane of the run */
	struct weir_tally_waiting *waiting; /* owned: slices of several panes */
	uint32_t n_waiting;
	uint32_t *present, *groups;	  /* owned, `capacity` items: slots with rows, and their groups */
	uint32_t capacity;
};

struct weir_plan {
	struct weir_arena arena;    /* texts and trees of the view, names */
	struct weir_budget *budget; /* borrowed: the session's */
	struct weir_budget own;	    /* what this plan holds; passed on to the session's by weir_plan_settle */
	int64_t settled_bytes;
	int64_t base_bytes; /* of `own` with no rows */
	uint32_t parts;	    /* plans that a rebuild is shared by */
	struct weir_window window;
	uint64_t generation;
	enum weir_plan_mode mode;
	bool live, finite, rows_mode;
	int64_t late_us, grace_us, at_us; /* of the view */
	uint64_t top;

	uint32_t n_streams;
	const struct weir_schema **schemas; /* one reference each */
	struct weir_str *stream_names;
	struct weir_schema *common;
	struct weir_str *where_texts;
	struct weir_expr **where_asts;
	size_t n_where;
	struct weir_bound **wheres; /* owned: n_where a stream */
	struct weir_named_ast *derived;
	size_t n_derived;

	uint32_t n_groups;
	struct weir_named_ast *group_asts;
	struct weir_bound **group_bounds; /* owned: n_groups a stream */
	enum weir_type *group_types;
	struct weir_result_column *group_columns;
	uint32_t n_measures;
	struct weir_measure_ast *measure_asts;
	struct weir_measure *measures;
	struct weir_result_column *measure_columns;
	struct weir_input *inputs;
	uint32_t n_inputs;
	struct weir_component *components;
	uint32_t n_components;
	uint32_t histogram; /* component, or NO_PART */
	struct weir_str histogram_text;
	struct weir_sort_key *sorts;
	uint32_t n_sorts;

	/* rows mode */
	struct weir_result_column *row_columns;
	int32_t *row_fields;		 /* by stream and row column: index in the stream's schema, -1: none */
	struct weir_bound **row_derived; /* owned: derived_stride a stream */
	size_t derived_stride;
	uint32_t n_row_columns;
	const struct weir_batch *row_batch; /* of the slice that derived cells were worked out for */
	uint32_t row_from;
	struct weir_vec *row_vecs; /* n_derived */

	/* state */
	struct weir_groups groups;
	uint32_t *group_ids;	 /* owned: WEIR_VEC_ROWS numbers a group column, when there are several */
	struct weir_slab totals; /* CUMULATIVE: by group */
	struct weir_panes panes;
	struct weir_range now, before; /* RANGED */
	struct weir_slab scratch;      /* a few slots for buckets and others */
	struct weir_slice *slice;      /* owned */
	struct weir_plan_tally tally;
	struct weir_plan_summary summary;
	uint32_t chart_buckets;
	bool keeps_panes, keeps_total;
	int64_t dropped_below;			  /* pane index: older ones are gone */
	int64_t accept_after_us, accept_until_us; /* rows with after < t <= until */
	bool accept_no_time, accept_none;
	bool fixed;	       /* built for a moment that was asked for: panes end there */
	bool change_gone;      /* memory is short: no window before */
	int64_t shed_until_us; /* memory let go of what rows until then had counted; WEIR_TIME_NONE: of none */
	uint32_t too_many;     /* groups that did not fit; then nothing is counted */
	struct weir_newest newest;
	int64_t newest_us;	   /* of all rows seen */
	int64_t first_us, last_us; /* of the rows in a CUMULATIVE window */
	struct weir_open_span *open_spans; /* owned: slices of the batch that may still move these */
	uint32_t n_open_spans;
	int64_t built_at_us;	   /* CUMULATIVE: the moment the state stands for */
	bool built;
	uint32_t **partition_ids; /* owned, by stream: dense numbers, + 1 */
	uint32_t *n_partition_ids;
	uint32_t n_partitions;
	uint64_t *partition_rows; /* owned, CUMULATIVE and WINDOWED: rows in window by partition */
};

/* plan_bind.c, plan_inputs.c, plan_sort.c, plan_rows.c, plan_init.c */
enum weir_status weir_plan_bind_measures(struct weir_plan *p, const struct weir_plan_config *config,
					 struct weir_str text, struct weir_error *err);
enum weir_status weir_plan_bind_streams(struct weir_plan *p, const struct weir_expr *e, struct weir_str text,
					bool complete, struct weir_bound **out, enum weir_type *type,
					struct weir_error *err);
enum weir_status weir_plan_bind_sort(struct weir_plan *p, const struct weir_plan_config *config,
				     struct weir_error *err);
bool weir_plan_bind_rows(struct weir_plan *p) WEIR_MUST_USE;
bool weir_plan_init_state(struct weir_plan *p) WEIR_MUST_USE;
void weir_plan_release_state(struct weir_plan *p);
void weir_plan_reset(struct weir_plan *p); /* forgets all rows */
void weir_plan_settle(struct weir_plan *p);

/* plan_update.c. segment: the batch's, or NULL; ledgers may be NULL; first_row: number of the batch's first row in arrival
 * order. */
enum weir_status weir_plan_take(struct weir_plan *p, const struct weir_batch *batch, const struct weir_segment *segment,
				struct weir_ledger *const *ledgers, uint64_t first_row, struct weir_error *err);
/* Picked rows of a slice that have no short way: by group and pane, one after another. */
enum weir_status weir_plan_take_long(struct weir_plan *p, struct weir_slice *s, struct weir_error *err);
enum weir_status weir_plan_slice_filter(struct weir_plan *p, struct weir_slice *s, uint32_t *n_true,
					struct weir_error *err);
uint32_t weir_plan_partition(struct weir_plan *p, uint32_t stream, uint32_t partition); /* WEIR_NO_PART: no memory */

/* plan_slice.c: times, panes and partitions of a slice. False: no memory. */
void weir_slice_times(struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment);
/* The pane that the whole slice lies in; NULL: there is no such. Rows of a slice in one pane, by partition. */
bool weir_slice_pane(struct weir_plan *p, const struct weir_slice *s, struct weir_pane **pane) WEIR_MUST_USE;
bool weir_slice_count(struct weir_plan *p, const struct weir_slice *s, struct weir_pane *pane) WEIR_MUST_USE;
bool weir_slice_cells(struct weir_plan *p, struct weir_slice *s) WEIR_MUST_USE;
bool weir_slice_note(struct weir_plan *p,
		     const struct weir_slice *s) WEIR_MUST_USE; /* what is in a CUMULATIVE or WINDOWED window */
bool weir_slice_widen(struct weir_plan *p) WEIR_MUST_USE;

/* plan_span.c: the picked rows of a slice move first_us and last_us, at the latest when the batch is closed. */
void weir_slice_span(struct weir_plan *p, const struct weir_slice *s);
void weir_plan_close_spans(struct weir_plan *p, const struct weir_batch *batch);

/* plan_accumulate.c: adds the slice to all slabs that it belongs to. */
enum weir_status weir_plan_accumulate(struct weir_plan *p, struct weir_slice *s, struct weir_error *err);

/* plan_tally.c, plan_tally_wait.c, plan_tally_end.c. begin, then slices, then end; drop: after a failure. begin, init: false: no memory. *taken:
 * false: the slice must go the long way. */
bool weir_plan_tally_init(struct weir_plan *p) WEIR_MUST_USE;
void weir_plan_tally_release(struct weir_plan *p);
bool weir_plan_tally_begin(struct weir_plan *p, const struct weir_batch *batch, const struct weir_zone *zones) WEIR_MUST_USE;
enum weir_status weir_plan_tally_slice(struct weir_plan *p, struct weir_slice *s, bool *taken, struct weir_error *err);
/* Only the buckets of a slice's values by slot, where they are known to fit. False: they did not. */
bool weir_plan_tally_buckets(struct weir_plan *p, struct weir_slice *s) WEIR_MUST_USE;
/* plan_tally_keys.c. begin: *n_slots 0: the batch has no such codes. False: no memory. */
bool weir_tally_keys_begin(struct weir_plan *p, const struct weir_batch *batch, const struct weir_zone *zones,
			   uint32_t *n_slots) WEIR_MUST_USE;
void weir_tally_keys_load(struct weir_plan *p, const struct weir_slice *s, uint32_t *slots); /* of the picked rows */
bool weir_tally_keys_groups(struct weir_plan *p, const uint32_t *slots, uint32_t n, uint32_t *groups) WEIR_MUST_USE;
void weir_tally_keys_release(struct weir_plan *p);
bool weir_plan_tally_wait(struct weir_plan *p, const struct weir_slice *s); /* false: it may not */
enum weir_status weir_plan_tally_flush(struct weir_plan *p, struct weir_error *err); /* ends the run */
enum weir_status weir_plan_tally_end(struct weir_plan *p, struct weir_error *err);
void weir_plan_tally_drop(struct weir_plan *p);

/* plan_save.c: keeps the state within its part of the memory. After rows were taken, and before an answer. False: no memory. */
bool weir_plan_save_memory(struct weir_plan *p) WEIR_MUST_USE;
bool weir_plan_wider_panes(struct weir_plan *p, int64_t width_us) WEIR_MUST_USE; /* weir_panes_coarsen, and what follows from it */
bool weir_plan_shed_below(struct weir_plan *p, int64_t below) WEIR_MUST_USE;	  /* panes before that index, for want of memory */
/* Nothing is left that could be shed: all is forgotten, and the answer is that error. */
bool weir_plan_give_up(struct weir_plan *p, uint32_t n_groups) WEIR_MUST_USE;
bool weir_plan_say_too_many(const struct weir_plan *p, struct weir_error *err);	  /* false: they fit */

/* range.c: moves a range, by what enters and leaves where that is less work than starting again. */
void weir_range_clear(struct weir_range *r);
/* The panes [low, high] of the live window at a moment; the window before lies `step` panes earlier. */
void weir_range_of_window(const struct weir_plan *p, int64_t at_us, int64_t *low, int64_t *high, int64_t *step);
/* The first pane that an answer for the moment needs, for its window or, unless that was given up, for the one before. */
int64_t weir_range_oldest(const struct weir_plan *p, int64_t at_us);
/* Rows of panes below `below` are not wanted any more. */
void weir_range_forget(struct weir_plan *p, int64_t below);
/* A stream may move on by more than its windows between two answers: drops what neither the last answer nor the next is of. */
bool weir_range_pass(struct weir_plan *p) WEIR_MUST_USE;
bool weir_range_move(struct weir_plan *p, struct weir_range *r, int64_t low, int64_t high) WEIR_MUST_USE;
/* Takes the panes below `below` out of the window and the one before, and forgets them; the caller drops them. */
bool weir_range_leave(struct weir_plan *p, int64_t below) WEIR_MUST_USE;

/* measure_value.c: strings borrow from the slab. seconds: of the window, for rate; NaN: unknown. */
struct weir_value weir_measure_value(const struct weir_plan *p, uint32_t measure, const struct weir_slab *slab,
				     uint32_t slot, double seconds);
double weir_value_number(const struct weir_value *v); /* NaN for what is no number */

/* Event time, or the time of arrival on a live stream that has no event time. */
static inline int64_t weir_batch_time(const struct weir_plan *p, const struct weir_batch *b, uint32_t row)
{
	return b->time_us ? b->time_us[row] : p->live ? b->arrival_us : WEIR_TIME_NONE;
}

/* Order of a row among all: by that time, then position. */
static inline struct weir_order weir_plan_order(const struct weir_plan *p, const struct weir_batch *b, uint32_t row)
{
	return (struct weir_order){.time_us = weir_batch_time(p, b, row),
				   .position = weir_batch_position(b, row),
				   .source = (uint32_t)b->stream << 16 | (b->partition ? b->partition[row] : 0u)};
}

/* The same, but rows without a time stand in order of arrival. */
static inline struct weir_order weir_plan_arrival(const struct weir_plan *p, const struct weir_batch *b, uint32_t row,
						  uint64_t first_row)
{
	struct weir_order order = weir_plan_order(p, b, row);
	if (order.time_us == WEIR_TIME_NONE)
		order.position = (int64_t)(first_row + row);
	return order;
}

#endif
