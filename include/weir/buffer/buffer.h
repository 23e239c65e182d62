/* The window of rows of one stream: admitted, kept in segments, dropped from the oldest end, read through snapshots.
 *
 * admit: watermark and lateness, row by row in arrival order; late rows leave the batch. store: keeps the rows. Both by the
 * engine thread, which is the only writer. A snapshot is a reference-counted list of what was there; helpers scan it while
 * the engine goes on. */
#ifndef WEIR_BUFFER_BUFFER_H
#define WEIR_BUFFER_BUFFER_H

#include "weir/base/memory.h"
#include "weir/base/thread.h"
#include "weir/buffer/ledger.h"
#include "weir/model/batch.h"

/* When is a row too late? Watermark W = newest event time of the partition less late_us, merged over partitions by minimum.
 * (Akidau et al., The Dataflow Model, VLDB 2015; Spark: a window is closed when its end <= W.) */
enum weir_late_kind {
	WEIR_LATE_NEVER,   /* no window that closes, or a finite source without --late */
	WEIR_LATE_SLIDING, /* late when t <= W - size - grace */
	WEIR_LATE_ALIGNED, /* late when the last window that holds t has end + grace <= W */
};
struct weir_late_rule {
	enum weir_late_kind kind;
	int64_t late_us, grace_us;
	int64_t size_us, hop_us; /* hop = size for tumbling */
	int64_t
	    skew_us; /* a row whose event time is further ahead of its arrival is from the future: it moves no clock; -1: no limit */
};

/* What must stay: rows with time > keep_after_us (but a row from the future goes with those it came with), or among the newest keep_rows; the rest may go, oldest segment first. */
struct weir_retention {
	int64_t keep_after_us; /* INT64_MIN: keep all */
	uint64_t keep_rows;    /* UINT64_MAX: no wish for a number of rows: keep_after_us alone decides */
	bool only_when_full;   /* what may go stays all the same until the budget is exceeded */
};

/* Up to WEIR_SEGMENT_ROWS rows in compact encodings, immutable. A stored batch becomes a small segment at once, so that the
 * big batch can be filled again; neighbours are merged as they come, each row a few times in its life. */
struct weir_segment {
	_Atomic uint32_t refs;
	uint64_t first_row;               /* number of its first row in the stream's arrival order */
	int64_t time_min_us, time_max_us; /* over rows with a time; min > max when none */
	int64_t newest_us;                /* the greatest time but for rows from the future; WEIR_TIME_NONE */
	struct weir_batch *rows;          /* owned */
	struct weir_zone *zones;          /* owned, one a column */
	struct weir_span *spans;          /* owned, one for each WEIR_SPAN_ROWS rows; NULL: rows have no times */
	struct weir_budget *budget;       /* what its bytes were charged to; borrowed */
	size_t charged_bytes;
	void *block; /* owned; what all arrays of `rows` lie in; NULL: each on its own */
	size_t block_bytes;
	bool block_mapped;
	_Atomic(void *) summary; /* owned; made once the segment will not be merged any more; NULL: none */
	const struct weir_summary_ops *summary_ops;
};
enum { WEIR_SPAN_ROWS = 1024 };
struct weir_span { /* of event times; first > last when no row has one */
	int64_t first_us, last_us;
	bool all_timed; /* no row is without */
};
struct weir_zone {        /* of a number or timestamp column: all valid values lie in [min, max] */
	bool known;       /* false: another type, a NaN among the values, or no value at all */
	double min, max;  /* rounded outwards where a double cannot hold the integer */
	uint32_t n_valid; /* of any type */
};

/* What a floor above wants to know of each large segment, worked out once. make: by the writer; NULL: nothing is worth
 * keeping, or no memory; *bytes: what it takes. */
struct weir_summary_ops {
	void *(*make)(const struct weir_segment *s, size_t *bytes);
	void (*free)(void *summary);
};

struct weir_snapshot {
	uint32_t n_segments;
	struct weir_segment **segments; /* one reference each; arrival order */
	uint64_t n_rows;
};

struct weir_buffer;

/* live: partitions go idle after 30 s of the monotonic clock, and rows of batches without event times are kept under their time
 * of arrival. NULL: no memory. */
struct weir_buffer *weir_buffer_new(struct weir_budget *budget, const struct weir_clock *clock, bool live);
void weir_buffer_free(struct weir_buffer *b);
void weir_buffer_set_late(struct weir_buffer *b, const struct weir_late_rule *rule);
/* Told of each row that is late, by its event time. */
void weir_buffer_set_late_seen(struct weir_buffer *b, void (*seen)(void *ctx, int64_t time_us), void *ctx);
/* While *hurry is true (a question waits), segments are not merged: that can be done later. Borrowed. */
void weir_buffer_set_hurry(struct weir_buffer *b, const _Atomic bool *hurry);
void weir_buffer_set_summaries(struct weir_buffer *b,
			       const struct weir_summary_ops *ops); /* of segments to come; borrowed */

/* Removes late rows from the batch, moves the watermark on, counts per partition: received, malformed, late, future, bytes,
 * newest, watermark. matched/filtered/in_window are the plan's. NO_MEMORY: nothing was counted. */
enum weir_status weir_buffer_admit(struct weir_buffer *b, struct weir_batch *batch,
				   struct weir_error *err) WEIR_MUST_USE;
/* Keeps a compact copy of the rows; the batch stays the caller's, to be filled again. */
enum weir_status weir_buffer_store(struct weir_buffer *b, const struct weir_batch *batch,
				   struct weir_error *err) WEIR_MUST_USE;
/* Drops whole segments that retention allows to go, then, while the budget is exceeded, the oldest ones all the same
 * (the newest segment only when retention allows it). Calls dropped(ctx, segment, by_memory) before each. Returns the rows
 * dropped. */
uint64_t weir_buffer_trim(struct weir_buffer *b, const struct weir_retention *keep,
			  void (*dropped)(void *ctx, const struct weir_segment *seg, bool by_memory), void *ctx);
struct weir_snapshot *weir_buffer_snapshot(struct weir_buffer *b); /* owned by the caller; NULL: no memory */
void weir_snapshot_free(struct weir_snapshot *s);                  /* any thread */
void weir_buffer_clear(struct weir_buffer *b);                     /* forgets the rows, keeps the ledger */

/* The stream has partitions 0 … n-1: one that has not sent a row yet holds the watermark back until it counts as idle. */
void weir_buffer_expect(struct weir_buffer *b, uint32_t n_partitions);
uint32_t weir_buffer_partitions(const struct weir_buffer *b);
struct weir_ledger *weir_buffer_ledger(struct weir_buffer *b,
				       uint32_t partition);    /* borrowed until free; NULL: no such partition */
int64_t weir_buffer_watermark_us(const struct weir_buffer *b); /* merged; idle partitions left out; WEIR_TIME_NONE */
int64_t weir_buffer_newest_us(const struct weir_buffer *b);    /* this and the next two: but for rows from the future */
int64_t weir_buffer_oldest_us(const struct weir_buffer *b);
int64_t weir_buffer_first_us(const struct weir_buffer *b); /* of the row with a time that came first */
uint64_t weir_buffer_rows(const struct weir_buffer *b);
/* What is held, in arrival order, without references: borrowed until the next store or trim. Returns how many. */
uint32_t weir_buffer_segments(const struct weir_buffer *b, struct weir_segment *const **out);
size_t weir_buffer_bytes(const struct weir_buffer *b); /* of the segments, as charged to the budget */

#endif
