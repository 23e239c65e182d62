/* The inside of a plan: this room binds a view to the columns of the streams, adds rows to the state that answers it, and
 * keeps that state within its memory. The fabric calls it through weir/query/plan.h: bind.c once a question, update.c for
 * each batch, rebuild.c when rows must be read again, merge.c when several threads did that. result/ reads the state.
 * Private to src/query.
 *
 * Three ways to keep an answer:
 *   CUMULATIVE  one total a group: all, since, rows; sliding in batch (rebuilt for one moment). Panes only for pictures.
 *   RANGED      live windows: panes, and totals over two ranges of panes, the window and the window before; what enters a
 *               range is merged, what leaves it is subtracted, so a row costs the same whatever the window's length.
 *   WINDOWED    tumbling and hopping in batch: panes only; every window is put together at the end. */
#ifndef WEIR_QUERY_PLAN_PLAN_H
#define WEIR_QUERY_PLAN_PLAN_H

#include "query/expr/expr.h"
#include "query/pane/range.h"
#include "query/summary/answer.h"
#include "query/tally/short_way.h"
#include "weir/base/bounds.h"
#include "weir/buffer/buffer.h"
#include "weir/query/plan.h"

struct weir_slice;
struct weir_row_list;

enum weir_plan_mode { WEIR_PLAN_CUMULATIVE, WEIR_PLAN_RANGED, WEIR_PLAN_WINDOWED };

enum {
	WEIR_PANES_SLIDING = 100,    /* at least so many in a sliding window, where its length allows */
	WEIR_PANES_ALIGNED = 60,     /* in a live tumbling window */
	WEIR_PANES_LEAST = 10,       /* wider than that panes are never made to save memory */
	WEIR_PANES_CUMULATIVE = 512, /* more than that, and they are made wider */
	WEIR_SERIES = 5,             /* groups that the time chart shows by name */
};

/* An argument of measures with its condition: evaluated once a slice for all measures that share it. */
struct weir_input {
	const struct weir_expr *argument; /* NULL: rows */
	const struct weir_expr *where;    /* NULL: every row */
	struct weir_bound **arguments;    /* owned, by stream; NULL items when there is none */
	struct weir_bound **wheres;
	enum weir_type type;
	bool wants_order;
	bool json, number; /* the text of a value in JSON, as a number if that is wanted: then it is another input */
};

enum { WEIR_NO_ACCUMULATOR = UINT32_MAX, WEIR_NO_PARTITION = UINT32_MAX };
#define WEIR_PLAN_AHEAD_US INT64_C(60000000)

struct weir_measure {
	const struct weir_measure_ast *ast;
	enum weir_type type; /* of the value */
	enum weir_type input_type;
	uint32_t count; /* index of an accumulator; NO_ACCUMULATOR: the rows of the slot */
	uint32_t accumulators[WEIR_AGGREGATE_ACCUMULATORS]; /* as the kind lists them; NO_ACCUMULATOR: none */
};

enum weir_sort_by {
	WEIR_SORT_MEASURE,
	WEIR_SORT_GROUP,
	WEIR_SORT_WINDOW,     /* the start of the row's window: in the answer of one window they are all alike */
	WEIR_SORT_BEFORE,     /* the measure in the compared period … */
	WEIR_SORT_CHANGE,     /* … how much it moved since then … */
	WEIR_SORT_CHANGE_PCT, /* … and as a part of what it was */
};
struct weir_sort_key {
	enum weir_sort_by by;
	bool descending;
	uint32_t index; /* of the measure or group */
};

/* The newest rows of a rows window: those at or after the threshold. */
struct weir_newest {
	bool active;
	struct weir_order from;
};

/* What rows with weights did to the answer. */
struct weir_plan_weights {
	bool any;                  /* there were such */
	bool rows_window;          /* a window of the newest rows met them, and does not know them */
	bool histogram;            /* rows could not be taken out of it */
	uint32_t lost;             /* nor out of this accumulator; NO_ACCUMULATOR: out of all */
	int64_t first_us, last_us; /* CUMULATIVE: event times of rows that were taken back; WEIR_TIME_NONE: none */
};

struct weir_plan {
	struct weir_arena arena;    /* texts and trees of the view, names */
	struct weir_budget *budget; /* borrowed: the session's */
	struct weir_budget own;     /* what this plan holds; passed on to the session's by weir_plan_settle */
	int64_t settled_bytes;
	int64_t base_bytes; /* of `own` with no rows */
	uint32_t parts;     /* plans that a rebuild is shared by */
	struct weir_window window;
	uint64_t generation;
	enum weir_plan_mode mode;
	bool live, finite, rows_mode;
	bool partials; /* it gets partial rows, of panes so wide (weir/query/partial.h) */
	int64_t partial_pane_us;
	bool grouped;                     /* they are a server's groups */
	bool span;                        /* counts the rows of one span of time, for the comparison of another plan */
	int64_t late_us, grace_us, at_us; /* of the view */
	int64_t skew_us;                  /* -1: no row is from the future */
	uint64_t top;
	struct weir_comparison compare; /* NONE where the window has no length; never DEFAULT */
	bool says_before;               /* it was asked for by name: an answer as text has columns for it */

	struct weir_relation_schema *schema; /* one reference */
	uint32_t n_streams;                  /* of it */
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
	struct weir_result_column *compared_columns; /* WEIR_COMPARED_COLUMNS a measure; NULL: not says_before */
	struct weir_input *inputs;
	uint32_t n_inputs;
	struct weir_accumulator *accumulators;
	uint32_t n_accumulators;
	uint32_t histogram; /* index of an accumulator, or NO_ACCUMULATOR */
	struct weir_str histogram_text;
	struct weir_sort_key *sorts;
	uint32_t n_sorts;
	bool one_table; /* window_start is among the keys: the windows of a WINDOWED answer are sorted together */

	/* rows mode */
	struct weir_result_column *row_columns;
	int32_t *row_fields;    /* by stream and data column: index in the stream's schema, -1: none */
	uint32_t *row_computed; /* of the row columns behind those: which derived one */
	uint32_t n_row_fields;
	struct weir_bound **row_derived; /* owned: derived_stride a stream */
	size_t derived_stride;
	uint32_t n_row_columns;
	const struct weir_batch *row_batch; /* of the slice that derived cells were worked out for */
	uint32_t row_from;
	struct weir_vec *row_vecs; /* n_derived */
	struct weir_buf row_text;  /* of the cells of a row that were widened to text */

	/* state */
	struct weir_unread
	    unread; /* of bounds that are gone, and of plans that were merged; weir_plan_unread has all */
	struct weir_groups groups;
	uint32_t *group_ids;     /* owned: WEIR_VEC_ROWS numbers a group column, when there are several */
	struct weir_slab totals; /* CUMULATIVE: by group */
	struct weir_panes panes;
	struct weir_range now, before; /* RANGED */
	struct weir_slab scratch;      /* a few slots for buckets and others */
	struct weir_slice *slice;      /* owned */
	struct weir_short_way short_way;
	struct weir_summary_answer summary;
	struct weir_row_list *row_list; /* owned; NULL: records were not asked for yet */
	uint32_t chart_buckets;
	bool keeps_panes, keeps_total;
	int64_t dropped_below;  /* pane index: older ones are gone */
	int64_t full_width_us;  /* RANGED: panes begin narrower, and come to this as the rows spread over the window */
	int64_t spread_from_us; /* the earliest of those rows; INT64_MAX: none yet */
	int64_t accept_after_us, accept_until_us; /* rows with after < t <= until */
	bool accept_no_time, accept_none;
	bool fixed;       /* built for a moment that was asked for: panes end there */
	bool change_gone; /* memory is short: nothing to compare with, and no window before in the chart */
	/* RANGED, compared with a pinned moment: rows from there to before here are gone, they lie between the two. */
	int64_t hole_from_us, hole_until_us;
	int64_t shed_until_us; /* memory let go of what rows until then had counted; WEIR_TIME_NONE: of none */
	uint32_t too_many;     /* groups that did not fit; then nothing is counted */
	struct weir_newest newest;
	int64_t newest_us;         /* of all rows seen, but for those from the future */
	int64_t arrived_us;        /* the newest arrival known; WEIR_TIME_NONE */
	int64_t now_until_us;      /* later rows of this batch are from the future */
	int64_t reach_us;          /* later rows are left out, until the moment comes to the first of them */
	int64_t ahead_us;          /* live: that first one; INT64_MAX: there is none */
	int64_t first_us, last_us; /* of the rows in a CUMULATIVE window */
	struct weir_plan_weights weights;
	struct weir_open_span *open_spans; /* owned: slices of the batch that may still move these */
	uint32_t n_open_spans;
	int64_t built_at_us; /* CUMULATIVE: the moment the state stands for */
	bool built;
	uint32_t **partition_ids; /* owned, by stream: dense numbers, + 1 */
	uint32_t *n_partition_ids;
	uint32_t n_partitions;
	uint64_t *partition_rows; /* owned, CUMULATIVE and WINDOWED: rows in window by partition */
};

/* scope.c: one expression bound for each stream; *type is what all of them fit into. */
enum weir_status weir_plan_bind_streams(struct weir_plan *p, const struct weir_expr *e, struct weir_str text,
					bool complete, struct weir_bound **out, enum weir_type *type,
					struct weir_error *err);
/* The argument of a measure. number: one of numbers. */
enum weir_status weir_plan_bind_argument(struct weir_plan *p, const struct weir_expr *e, struct weir_str text,
					 bool complete, bool number, struct weir_input *in, struct weir_error *err);

/* measures.c, rows.c: parts of bind.c. rows false: no memory. */
enum weir_status weir_plan_bind_measures(struct weir_plan *p, const struct weir_plan_config *config,
					 struct weir_str text, struct weir_error *err);
bool weir_plan_bind_rows(struct weir_plan *p) WEIR_MUST_USE;

/* sort.c */
enum weir_status weir_plan_bind_sort(struct weir_plan *p, const struct weir_plan_config *config,
				     struct weir_error *err);
void weir_sort_show(const struct weir_plan *p, uint32_t i, struct weir_buf *out); /* key i, as it is written. Appends */

/* plan.c */
bool weir_plan_init_state(struct weir_plan *p) WEIR_MUST_USE; /* false: no memory */
void weir_plan_reset(struct weir_plan *p);                    /* forgets all rows */
void weir_plan_settle(struct weir_plan *p);                   /* charges the session's budget */
/* What of the rows so far could not be read where a number or a time was needed. */
struct weir_unread weir_plan_unread(const struct weir_plan *p);

/* update.c. segment: the batch's, or NULL; ledgers may be NULL; first_row: number of the batch's first row in arrival
 * order. */
enum weir_status weir_plan_update_batch(struct weir_plan *p, const struct weir_batch *batch,
					const struct weir_segment *segment, struct weir_ledger *const *ledgers,
					uint64_t first_row, struct weir_error *err);

/* rebuild.c: which rows an answer for the moment needs. `fixed`: it was asked for, so the panes of a sliding window must end
 * there; oldest_us: no row is older. */
void weir_plan_set_bounds(struct weir_plan *p, int64_t at_us, int64_t oldest_us, bool fixed);
/* rebuild.c: where the newest n rows that pass the filter begin in the order of all rows, up to the moment that bounds the plan: sets
 * `newest`. */
enum weir_status weir_plan_find_newest(struct weir_plan *p, const struct weir_relation_snapshot *snapshot, uint64_t n,
				       const _Atomic bool *cancel, struct weir_error *err);
/* rebuild.c, of a plan bound as `span`: counts the rows of the snapshot with after < time <= until. A span that grew since it was
 * counted is only counted where it is new: rows that came into it since were given to weir_plan_update. */
enum weir_status weir_plan_rebuild_span(struct weir_plan *p, const struct weir_relation_snapshot *snapshot,
					int64_t after_us, int64_t until_us, struct weir_error *err);
/* From when on that needs all rows of the snapshot. */
int64_t weir_plan_span_needs(const struct weir_plan *p, int64_t after_us, int64_t until_us);
/* merge.c: what `span` counted, of the same view, becomes what the answer of `p` is compared with. False: no memory. */
bool weir_plan_take_before(struct weir_plan *p, const struct weir_plan *span) WEIR_MUST_USE;

/* accumulate.c, the long way: adds the slice to all slabs that it belongs to. */
enum weir_status weir_plan_accumulate(struct weir_plan *p, struct weir_slice *s, struct weir_error *err);

/* What the names of compared columns, and of sort keys, have after that of their measure. */
extern const char *const weir_compared_ends[WEIR_COMPARED_COLUMNS];
/* earlier.c: what the window is compared with. USAGE: the way back is no part or multiple of it. */
enum weir_status weir_plan_bind_compare(struct weir_plan *p, const struct weir_comparison *compare,
					struct weir_error *err);
/* Of what a measure was and how it changed; false: no memory. */
bool weir_plan_name_compared(struct weir_plan *p) WEIR_MUST_USE;
/* The length that the panes of a window of time must divide. */
int64_t weir_plan_unit_us(const struct weir_plan *p);
bool weir_plan_compares(const struct weir_plan *p); /* and memory allows it */
/* How many panes before the window that begins with `low` the compared period begins; below zero: after it. `step`: to the
 * window before. */
int64_t weir_plan_back(const struct weir_plan *p, int64_t low, int64_t step);
int64_t weir_plan_back_us(const struct weir_plan *p, int64_t at_us); /* about how long that is; 0: not back */

/* reach.c: rows of the future. Whether the moment has come to the first one that was left out; and looks for the first
 * among the rows of a batch. */
bool weir_plan_reaches_ahead(const struct weir_plan *p, int64_t at_us);
void weir_plan_note_ahead(struct weir_plan *p, const struct weir_batch *batch, uint32_t from, uint32_t n);
/* The first pane that an answer for the moment needs: for its window, for what that is compared with, for the chart. */
int64_t weir_plan_oldest_pane(const struct weir_plan *p, int64_t at_us);
/* The first pane that the window of the moment and its chart need. */
int64_t weir_plan_shown_from(const struct weir_plan *p, int64_t low, int64_t step);
/* Between the pinned window and the shown one: drops what neither needs. */
bool weir_plan_drop_between(struct weir_plan *p, int64_t low, int64_t step) WEIR_MUST_USE;
/* Rows of panes below `below` are not wanted any more. */
void weir_plan_forget_below(struct weir_plan *p, int64_t below);
/* Takes the panes below `below` out of the window and the one before, and forgets them; the caller drops them. */
bool weir_plan_leave_below(struct weir_plan *p, int64_t below) WEIR_MUST_USE;
/* A stream may move on by more than its windows between two answers: drops what neither the last answer nor the next
 * needs. */
bool weir_plan_drop_passed(struct weir_plan *p) WEIR_MUST_USE;

/* widen.c. False: no memory. weir_panes_coarsen, and what follows from it. */
bool weir_plan_set_pane_width(struct weir_plan *p, int64_t width_us) WEIR_MUST_USE;
/* Where the rows of the slice want wider panes; before they are added; s NULL: after all. */
bool weir_plan_widen_panes(struct weir_plan *p, const struct weir_slice *s) WEIR_MUST_USE;

/* memory.c: keeps the state within its part of the memory. After rows were added, and before an answer. False: no
 * memory. */
bool weir_plan_fit_memory(struct weir_plan *p) WEIR_MUST_USE;
/* Lets panes below that index go, for want of memory. */
bool weir_plan_shed_below(struct weir_plan *p, int64_t below) WEIR_MUST_USE;
/* Nothing is left that could be shed: all is forgotten, and the answer is that error. */
bool weir_plan_give_up(struct weir_plan *p, uint32_t n_groups) WEIR_MUST_USE;
bool weir_plan_say_too_many(const struct weir_plan *p, struct weir_error *err); /* false: they fit */

/* weights.c. A row could not be taken out of the accumulator. */
void weir_plan_note_lost(struct weir_plan *p, uint32_t accumulator);
/* Adds what rows with weights did to `other`. */
void weir_plan_add_weights(struct weir_plan *p, const struct weir_plan *other);
/* Rows at the ends of the span of event times were taken back: first_us and last_us may not be those of the rest. */
bool weir_plan_span_lost(const struct weir_plan *p);
/* Why the question has no answer now that rows were taken back; false: it has one. */
bool weir_plan_say_lost(const struct weir_plan *p, struct weir_error *err);

/* The last event time that a row in the window may have. */
static inline int64_t weir_plan_until(const struct weir_plan *p)
{
	return p->accept_until_us < p->reach_us ? p->accept_until_us : p->reach_us;
}

#endif
