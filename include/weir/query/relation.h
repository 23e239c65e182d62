/* A relation: the rows that a plan is over, whatever they are made of. It stands between the buffers, which know one stream
 * each, and the plan, which knows no buffer, and has four parts:
 *
 *   schema     the columns of its rows, by stream and of all streams together; a plan is bound to it
 *   snapshot   the rows that are kept, for a plan that must read them again
 *   batches    rows as they come; a batch's `stream` says whose columns it has, and its `weight`, if it has one, which of its
 *              rows take an earlier one back
 *   watermark  one clock for all of it: how far event time has come, and which moment an answer is of
 *
 * The union of streams is the relation that there is: its rows are those of its streams, with _stream to tell them apart. Its
 * batches are the streams' own, so the fabric hands them to the plan as they are.
 *
 * Thread: the engine's, but for snapshots and schemas, which any thread may read. */
#ifndef WEIR_QUERY_RELATION_H
#define WEIR_QUERY_RELATION_H

#include "weir/buffer/buffer.h"

/* Immutable and reference counted. */
struct weir_relation_schema {
	_Atomic uint32_t refs;
	uint32_t n_streams;
	const struct weir_schema **streams; /* by a batch's `stream`; one reference each */
	struct weir_str *names;             /* of the streams; owned */
	struct weir_schema *common;         /* columns by first appearance, of the type that all streams fit into */
};

/* names and schemas: one a stream; the names are copied, the schemas get a reference. One reference for the caller; NULL: no
 * memory. */
struct weir_relation_schema *weir_relation_schema_new(uint32_t n_streams, const struct weir_str *names,
						      const struct weir_schema *const *schemas) WEIR_MUST_USE;
struct weir_relation_schema *weir_relation_schema_ref(struct weir_relation_schema *s);
void weir_relation_schema_unref(struct weir_relation_schema *s); /* NULL allowed */

struct weir_relation_snapshot {
	uint32_t n_streams;
	struct weir_snapshot **streams; /* owned; NULL items: no rows */
};

void weir_relation_snapshot_free(struct weir_relation_snapshot *s); /* NULL allowed; any thread */
uint64_t weir_relation_snapshot_rows(const struct weir_relation_snapshot *s);
uint32_t weir_relation_snapshot_segments(const struct weir_relation_snapshot *s);
/* Segment `number` of all streams', one stream after the other. */
const struct weir_segment *weir_relation_snapshot_segment(const struct weir_relation_snapshot *s, uint32_t number);
/* Event times of the rows: the newest but for those from the future, the earliest. WEIR_TIME_NONE: none has one. */
int64_t weir_relation_snapshot_newest_us(const struct weir_relation_snapshot *s);
int64_t weir_relation_snapshot_oldest_us(const struct weir_relation_snapshot *s);

struct weir_relation;

struct weir_relation_config {
	uint32_t n_streams;
	const struct weir_str *names;       /* copied */
	struct weir_buffer *const *buffers; /* one a stream; borrowed until free */
	const struct weir_clock *clock;     /* borrowed until free */
	bool live;                          /* moments may follow the clock */
};
/* The union of streams. Owned by the caller; NULL: no memory. */
struct weir_relation *weir_relation_union(const struct weir_relation_config *config) WEIR_MUST_USE;
void weir_relation_free(struct weir_relation *r); /* NULL allowed */

/* A stream has other columns from now on; takes its own reference. A stream begins with no columns. */
void weir_relation_set_columns(struct weir_relation *r, uint32_t stream, const struct weir_schema *columns);
const struct weir_schema *weir_relation_columns(const struct weir_relation *r,
						uint32_t stream); /* borrowed until set */
/* The schema by now. One reference for the caller; NULL: no memory. */
struct weir_relation_schema *weir_relation_schema(const struct weir_relation *r) WEIR_MUST_USE;
/* What is kept by now. Owned by the caller; NULL: no memory. */
struct weir_relation_snapshot *weir_relation_snapshot(struct weir_relation *r) WEIR_MUST_USE;

/* A batch was admitted: whether its times keep up with the clock. finite: all streams end by themselves. */
void weir_relation_watch(struct weir_relation *r, const struct weir_batch *batch, bool finite);
/* Event times; WEIR_TIME_NONE: not known. The watermark is that of the slowest stream that has one. */
int64_t weir_relation_watermark_us(const struct weir_relation *r);
int64_t weir_relation_newest_us(const struct weir_relation *r); /* but for rows from the future */
/* From when on rows of all streams are there: of those that came, or, finite, of those that are kept. */
int64_t weir_relation_begun_us(const struct weir_relation *r, bool finite);
/* The moment that an answer is of when none was asked for: now where event times keep up with the clock, else the newest
 * row's. */
int64_t weir_relation_moment_us(const struct weir_relation *r);

#endif
