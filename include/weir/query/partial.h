/* Partial rows: what a program elsewhere counts of a question, pane by pane, so that a plan here can put the answer together. A
 * pane is a tumbling window of some length, [start, end), from 1970 on. The question's groups, filter, computed columns and
 * measures are worked out there; windows, order, top, comparison and pictures here, so that a change of those asks nothing anew.
 *
 *     bind (config.partials) → weir_partial_ready → weir_partials_new → weir_plan_spark_partials: run that
 *     each row: weir_partials_put        then: weir_partials_apply → weir_plan_result
 *     another window, or a past moment: weir_plan_bind, weir_partials_fits → weir_partials_rebuild → weir_plan_result
 *
 * A row's key says what it counts; a newer row of the same key replaces the older one, so rows may come twice, and as often as
 * they grow. The keys:
 *
 *     pane         start of the pane; NULL: rows without a time (only of sources that end)
 *     edge         true: only rows of exactly that time. So the same rows make windows that begin with a pane, [start, end),
 *                  and sliding ones, (start, end]
 *     part         0: all measures but those of splits; n: what the n-th split counts. Only where there are splits
 *     group_1 …    the question's groups; NULL is a group
 *     split_1 …    what splits the n-th part further: for quantiles the bucket that a value is in, for distinct and mode the
 *                  value. NULL in all other parts. So splits add rows, they do not multiply them
 *
 * and the values, NULL in the parts that they are not of:
 *
 *     count        rows of the key, in every part
 *     first_time, last_time   of those rows
 *     value_1 …    what the accumulators of the measures need; in split parts the least and the greatest of a bucket
 *
 * Rows are of one question: whoever reads them keeps those of older ones apart.
 *
 * Thread: the engine's. */
#ifndef WEIR_QUERY_PARTIAL_H
#define WEIR_QUERY_PARTIAL_H

#include "weir/query/plan.h"

enum weir_partial_role {
	WEIR_PARTIAL_PANE,
	WEIR_PARTIAL_EDGE,
	WEIR_PARTIAL_PART,
	WEIR_PARTIAL_GROUP,
	WEIR_PARTIAL_SPLIT,
	WEIR_PARTIAL_COUNT,
	WEIR_PARTIAL_FIRST_TIME,
	WEIR_PARTIAL_LAST_TIME,
	WEIR_PARTIAL_VALUE,
};

struct weir_partial_column {
	struct weir_str name; /* as the SQL calls it */
	enum weir_type type;  /* TIMESTAMP: a BIGINT of µs since 1970. NULL: only NULLs come */
	bool decimal;         /* INT64 that may take 128 bits: DECIMAL(38,0) there, `wide` here */
	enum weir_partial_role role;
	uint32_t index; /* of a group, a split or a value, among those; else 0 */
};

struct weir_partial_layout {
	int64_t pane_us;
	uint32_t n_keys, n_values;
	const struct weir_partial_column *keys, *values; /* in the order of the SQL's columns: keys, then values */
};

/* Whether the question can be asked this way: UNSUPPORTED says why not and what to do. To be asked before anything runs. */
enum weir_status weir_partial_ready(const struct weir_plan *p, struct weir_error *err) WEIR_MUST_USE;
/* No event time tells rows apart: they are one pane, which begins at 0. */
#define WEIR_PARTIAL_ONE_PANE INT64_MAX
/* How wide panes this question is best asked in: 1 s, less where its windows are short or begin between seconds. */
int64_t weir_partial_pane_us(const struct weir_plan *p);
/* The partial rows as one select of Spark SQL, the same for a table and a stream, from a table `rows`. It has the columns of all
 * streams, by their names and in the types that fit all; _time (TIMESTAMP, with the watermark where there is one), and
 * where they are read _partition, _offset (BIGINT) and the other virtual columns; where there are several streams _stream (STRING)
 * and _source (BIGINT, the stream's number from 0). What is not quite the same there stands in comments before it. Names are
 * cleaned when `terminal`. A live question groups by window(_time, …), so that the watermark lets old panes go. Appends. */
void weir_plan_spark_partials(const struct weir_plan *p, bool terminal, struct weir_buf *out);

/* The question's filter as one condition over that table, so that a job can count what passes. False: there is none, or it
 * reads computed columns, which the table does not have. Appends. */
bool weir_plan_spark_filter(const struct weir_plan *p, struct weir_buf *out);
/* What the SQL leaves out beside that, as a condition that the rest meets: panes cannot tell what comes before a `since` that lies
 * within one. False: nothing. Appends. */
bool weir_plan_spark_span(const struct weir_plan *p, struct weir_buf *out);

struct weir_partials; /* the rows that came, by key */

/* For rows of that plan's question. `budget` is borrowed until free: half of its limit is for them, then the oldest go. Owned by
 * the caller. UNSUPPORTED as weir_partial_ready. */
enum weir_status weir_partials_new(const struct weir_plan *p, struct weir_budget *budget, struct weir_partials **out,
				   struct weir_error *err) WEIR_MUST_USE;
void weir_partials_free(struct weir_partials *s);                                      /* NULL allowed */
const struct weir_partial_layout *weir_partials_layout(const struct weir_partials *s); /* lives as long as s */
/* True when the same rows answer that plan's question, too: it differs in window, order, top or comparison alone, and its
 * panes need not be finer. Then no new rows are needed; the plan is to be rebuilt. */
bool weir_partials_fits(const struct weir_partials *s, const struct weir_plan *p);

/* A value of the column from its text: numbers in decimal (NaN, Infinity, -Infinity among floats), true and false, texts as they
 * are; *out borrows from text. MALFORMED: it is none. Who reads JSON hands null over as WEIR_NULL itself. */
enum weir_status weir_partial_read(const struct weir_partial_column *column, struct weir_str text,
				   struct weir_value *out, struct weir_error *err) WEIR_MUST_USE;

/* Keeps a row: n_keys and n_values values in the types of the layout (INT64 where FLOAT64 or TIMESTAMP is wanted will do).
 * Copied. Newest wins. Rows of panes that were let go of are only counted (late). MALFORMED: it is no such row, nothing
 * changed. NO_MEMORY. */
enum weir_status weir_partials_put(struct weir_partials *s, const struct weir_value *keys,
				   const struct weir_value *values, struct weir_error *err) WEIR_MUST_USE;
/* Brings the plan up to date with what was put since: one moment, so call it when a batch is whole. Only one plan at a time can
 * be kept up like this: another one is rebuilt first. Rows from the future wait (weir_plan_arrive, before). */
enum weir_status weir_partials_apply(struct weir_partials *s, struct weir_plan *p,
				     struct weir_error *err) WEIR_MUST_USE;
/* Forgets what the plan has, then counts all rows that are kept, for windows that end at `at_us` (WEIR_TIME_NONE: the newest);
 * needed for a new plan, and where weir_plan_needs_rebuild says so. Moments between panes are answered by whole panes. CANCELLED
 * when *cancel becomes true; NULL: never. */
enum weir_status weir_partials_rebuild(struct weir_partials *s, struct weir_plan *p, int64_t at_us,
				       const _Atomic bool *cancel, struct weir_error *err) WEIR_MUST_USE;

/* Panes that end by then are not needed any more (weir_plan_retention). What plans have counted of them stays. */
void weir_partials_drop_until(struct weir_partials *s, int64_t until_us);
/* All rows are gone: those of another run follow. */
void weir_partials_clear(struct weir_partials *s);
/* The newest event known, beside that of the rows here: those that the filter left out count for the moment, too. */
void weir_partials_note_newest(struct weir_partials *s, int64_t time_us);

struct weir_partials_account {
	uint64_t keys;                /* rows kept */
	uint64_t put, replaced, late; /* rows that came, of those: in place of an older one, for a pane that is gone */
	uint64_t shed;                /* keys let go of for want of memory */
	uint64_t records;             /* counted by all rows that are kept: matched, and with a pane */
	int64_t bytes;
	int64_t oldest_us, newest_us; /* event times of the rows kept and noted; WEIR_TIME_NONE: none */
	int64_t
	    held_from_us; /* memory let go of earlier panes: weir_plan_rows.covered_from_us; WEIR_TIME_NONE: of none */
	uint64_t rebuilt; /* how often apply had to count all rows anew: a newer row took something back */
};
void weir_partials_count(const struct weir_partials *s, struct weir_partials_account *out);

#endif
