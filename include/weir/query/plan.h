/* A plan: a view bound to the columns of the streams, with the state that answers it.
 *
 * Batch path:   bind → update(batch)* → result(moment)
 * New question: bind → rebuild(snapshot) → update(batch)* → result …
 * The plan owns no rows. Group codes, panes and totals are its own. Adding a row costs the same whatever the window's length.
 *
 * Thread: the engine thread; rebuild may use helpers of its own over the snapshot. */
#ifndef WEIR_QUERY_PLAN_H
#define WEIR_QUERY_PLAN_H

#include "weir/base/shares.h"
#include "weir/base/thread.h"
#include "weir/query/relation.h"
#include "weir/query/result.h"
#include "weir/query/view.h"

struct weir_plan;

/* For weir_buffer_set_summaries: lets a rebuild take thousands of rows at once where a question has no filter. */
extern const struct weir_summary_ops weir_plan_summaries;

struct weir_plan_config {
	const struct weir_view *view; /* window.kind resolved (not DEFAULT); borrowed during bind */
	uint64_t view_generation;
	struct weir_relation_schema *schema; /* of the rows, the newest version; the plan takes its own reference */
	bool live;   /* keep panes for sparklines, chart, and the window before; else only what the answer needs */
	bool finite; /* the source ends: unknown names are an error only at the end (schemas_complete) */
	bool
	    schemas_complete; /* unknown column: EXPRESSION error with the nearest name; else it is NULL until it appears */
	struct weir_budget *budget;
	uint32_t chart_buckets; /* wanted; 0: none (live: about 120) */
	bool partials;          /* it gets partial rows (weir/query/partial.h) instead of rows */
	bool grouped; /* those are what a server counted (weir/query/grouping.h): panes as wide as windows allow */
	bool
	    span; /* for weir_plan_rows.span: only counts the rows of one span of time; the view's window means nothing */
};

/* Owned by the caller. EXPRESSION with caret on a bad name or type; UNSUPPORTED for session windows. */
enum weir_status weir_plan_bind(const struct weir_plan_config *config, struct weir_plan **out,
				struct weir_error *err) WEIR_MUST_USE;
void weir_plan_free(struct weir_plan *p); /* NULL allowed */
/* A stream's schema got a new version: true when the plan must be bound again (a column of it changed its type or appeared). */
bool weir_plan_stale(const struct weir_plan *p, uint32_t stream, const struct weir_schema *newer);
/* Takes over what `old` has counted: the same view bound to older schemas. Keys and accumulators are converted to the wider
 * types. For batch, where rows are not kept. `old` is only good to be freed afterwards. */
enum weir_status weir_plan_take_over(struct weir_plan *p, struct weir_plan *old, struct weir_error *err) WEIR_MUST_USE;
struct weir_late_rule weir_plan_late_rule(const struct weir_plan *p, bool finite);

/* Rows that arrived by then (wall clock) were seen: what lies further ahead of it than --skew allows is from the future, and
 * in no window until the moment comes to it. An update does it by the batch's arrival; needed before a rebuild. */
void weir_plan_arrive(struct weir_plan *p, int64_t arrival_us);
/* One batch (or a segment's rows): filter, group, panes, totals. Adds matched and filtered to `ledgers[partition]` (array of
 * the batch's stream; borrowed; NULL: not counted). Rows outside any window that may still be asked for are only counted. Ledgers count rows as they
 * come, whatever their weight; the answer is that of the rows that remain. Where rows were taken back that a measure cannot do
 * without reading the others again, the answer says so: see weir_plan_result. */
enum weir_status weir_plan_update(struct weir_plan *p, const struct weir_batch *batch,
				  struct weir_ledger *const *ledgers, struct weir_error *err) WEIR_MUST_USE;
/* Forgets all state, then updates from the snapshot for windows that end at `at_us` (WEIR_TIME_NONE: the
 * newest row). Adds matched and filtered of all rows to the ledgers (NULL: they were counted before; then segments that cannot
 * be in the window are skipped). CANCELLED when *cancel becomes true (a newer question is waiting). */
enum weir_status weir_plan_rebuild(struct weir_plan *p, const struct weir_relation_snapshot *snapshot, int64_t at_us,
				   const _Atomic bool *cancel, struct weir_ledger *const *const *ledgers,
				   struct weir_error *err) WEIR_MUST_USE;
/* The same for a share of the rows, so that several plans of one view, each on its own thread, do it together: whole segments,
 * as `shares` of weir_relation_snapshot_segments hands them out. Then all are merged into one of them. */
enum weir_status weir_plan_rebuild_part(struct weir_plan *p, const struct weir_relation_snapshot *snapshot,
					struct weir_shares *shares, uint32_t share, int64_t at_us,
					const _Atomic bool *cancel, struct weir_ledger *const *const *ledgers,
					struct weir_error *err) WEIR_MUST_USE;
/* Adds what `other` has: the same view bound to the same schemas, rebuilt from other parts of the same snapshot. `other` is
 * only good to be freed afterwards. Thread: the owner of both. */
enum weir_status weir_plan_merge(struct weir_plan *p, struct weir_plan *other, struct weir_error *err) WEIR_MUST_USE;
/* True when the plan must see the rows again to answer for `at_us` exactly (sliding windows whose panes do not end there,
 * rows windows, moments of the past). */
bool weir_plan_needs_rebuild(const struct weir_plan *p, int64_t at_us);
/* Memory let go of what rows up to that event time had counted: the answer is about later ones. WEIR_TIME_NONE: of none. */
int64_t weir_plan_held_from(const struct weir_plan *p);
/* Tumbling and hopping windows of a batch: those that end by until_us are over, and what only they counted is let go of. False:
 * no memory. */
bool weir_plan_let_go(struct weir_plan *p, int64_t until_us) WEIR_MUST_USE;
int64_t weir_plan_bytes(const struct weir_plan *p); /* what it takes of the budget */
/* Forgets all rows and frees what they took. False: no memory; then the plan is only good to be freed. */
bool weir_plan_forget(struct weir_plan *p) WEIR_MUST_USE;
/* Rows that no window of this plan can need any more. compared: what the window is compared with needs them too, should the
 * question change; what was counted of them stays without them. */
struct weir_retention weir_plan_retention(const struct weir_plan *p, int64_t moment_us, bool compared);

/* What a plan cannot know of the rows that it is over. */
struct weir_plan_rows {
	int64_t covered_from_us; /* it saw all rows from this event time on; WEIR_TIME_NONE: all there are */
	const struct weir_relation_snapshot *snapshot; /* those that are kept, for records; NULL: none */
	/* Looking for records ends some milliseconds after it began; then the result says that there is more. NULL: when
	 * all is looked at. */
	const struct weir_clock *clock;
	/* To compare a batch, or a window that grows, with what is counted again: another plan of the same view and schemas
	 * (config.span), and from when on the snapshot has all rows. NULL: none. Live, who keeps it for the next answer gives it
	 * all rows as they come: then only what is new is counted. */
	struct weir_plan *span;
	int64_t kept_from_us;
	int64_t
	    newest_us; /* of the rows that came, but for those from the future, where it may be later than what the plan saw */
};
/* Owned by the caller with one reference. rows NULL: it saw all, and none is kept. Sets in_window and expired in the ledgers
 * given (they are copied into the result by the engine, which knows streams and memory). For tumbling and hopping: batch gets
 * every window, the screen the one that will close first of those open at the moment. rate is by the second of the window; of
 * since, all and rows by the span of their event times (NULL when that is nothing). UNSUPPORTED: rows were taken back, and a
 * measure of the question has no inverse (min, first, a quantile, …), or the window is one of the newest rows; a live plan
 * puts that into the result's error. */
enum weir_status weir_plan_result(struct weir_plan *p, const struct weir_result_request *request,
				  const struct weir_plan_rows *rows, struct weir_ledger *const *const *ledgers,
				  struct weir_result **out, struct weir_error *err) WEIR_MUST_USE;

/* Rows mode: neither group nor measure. */
bool weir_plan_is_rows(const struct weir_plan *p);
/* Sets bit i of `keep` (weir_bit_words(n_rows) words) when row i passes the filter. */
enum weir_status weir_plan_filter(struct weir_plan *p, const struct weir_batch *batch, uint64_t *keep,
				  struct weir_error *err) WEIR_MUST_USE;
/* The columns that rows mode prints, in order: the streams' columns by first appearance, then the derived ones. */
uint32_t weir_plan_row_columns(const struct weir_plan *p, const struct weir_result_column **columns); /* borrowed */
/* Cell values of row `row` for all those columns; strings borrow from the batch or from plan scratch until the next call.
 * Call rows of a batch in rising order. missing[i] tells an absent key from null. */
enum weir_status weir_plan_row(struct weir_plan *p, const struct weir_batch *batch, uint32_t row,
			       struct weir_value *cells, bool *missing, struct weir_error *err) WEIR_MUST_USE;

/* The derived ones of those columns, the last so many; and their cells alone, as weir_plan_row gives them. */
uint32_t weir_plan_n_computed(const struct weir_plan *p);
enum weir_status weir_plan_computed(struct weir_plan *p, const struct weir_batch *batch, uint32_t row,
				    struct weir_value *cells, struct weir_error *err) WEIR_MUST_USE;

/* --explain: the bound view with types, the plan's steps, and the same as Spark SQL. Names are cleaned of what must not reach
 * a terminal (base/print.h), those in the SQL only when `terminal`. Appends. */
void weir_plan_explain(const struct weir_plan *p, bool terminal, struct weir_buf *out);

#endif
