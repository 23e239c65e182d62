/* The buffer's own struct. Private to the buffer floor. */
#ifndef WEIR_BUFFER_INTERNAL_H
#define WEIR_BUFFER_INTERNAL_H

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
	const struct weir_summary_ops *summaries; /* borrowed, or NULL */
	const _Atomic bool *hurry;		  /* borrowed, or NULL */
	struct partition **partitions;		  /* owned; each stays where it is */
	uint32_t n_partitions;
	int64_t watermark_us, newest_us;
	struct weir_segment **segments; /* owned array, one reference each; arrival order */
	size_t n_segments, capacity;
	uint64_t next_row, n_rows;
};

#endif
