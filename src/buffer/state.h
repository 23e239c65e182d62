/* The buffer's own struct. Private to the buffer floor. */
#ifndef WEIR_BUFFER_STATE_H
#define WEIR_BUFFER_STATE_H

#include "buffer/seal.h"

/* A partition that sent nothing for so long no longer holds the watermark back. */
#define IDLE_AFTER_US INT64_C(30000000)

struct partition {
	struct weir_ledger ledger;
	int64_t active_mono_us;
};

struct weir_buffer {
	struct weir_budget *budget;     /* borrowed */
	const struct weir_clock *clock; /* borrowed */
	bool live;
	struct weir_late_rule rule;
	void (*late_seen)(void *ctx, int64_t time_us); /* NULL: nobody wants to know */
	void *late_ctx;
	const struct weir_summary_ops *summaries; /* borrowed, or NULL */
	const _Atomic bool *hurry;                /* borrowed, or NULL */
	struct partition **partitions;            /* owned; each stays where it is */
	uint32_t n_partitions;
	struct weir_partitions *list; /* one reference: what the source says of them; NULL: nothing */
	int64_t watermark_us, newest_us, oldest_us, first_us;
	int64_t merged_us; /* what the watermark would be now, if it could go back; while a batch is taken in */
	struct weir_segment **segments; /* owned array, one reference each; arrival order */
	size_t n_segments, capacity;
	uint64_t next_row, n_rows;
};
/* The newest time of the partition that is furthest behind, less the delay; idle ones left out. NONE: one that is awaited has
 * sent nothing, or none has. */
int64_t weir_buffer_lowest_us(const struct weir_buffer *b, int64_t now);

/* admit.c: a row of the batch with a later event time is from the future. INT64_MAX: none is. */
int64_t weir_buffer_now_until(const struct weir_buffer *b, const struct weir_batch *batch);

#endif
