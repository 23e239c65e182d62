/* Late and future rows, for whoever looks at what was left out. Private to the buffer floor. */
#ifndef WEIR_BUFFER_LEFT_OUT_H
#define WEIR_BUFFER_LEFT_OUT_H

#include "buffer/state.h"

/* The last such rows of a batch: their texts are made of their columns, which takes too long for all of thousands. */
struct weir_late_rows {
	uint64_t n; /* so far */
	struct {
		uint32_t row;
		int64_t by_us;
	} last[WEIR_MAX_LEFT_OF_BATCH];
};

static inline void weir_late_row(struct weir_late_rows *l, uint32_t row, int64_t by_us)
{
	uint64_t i = l->n++ % WEIR_MAX_LEFT_OF_BATCH;
	l->last[i].row = row;
	l->last[i].by_us = by_us;
}
/* Adds them to what the batch leaves out, before they leave it. */
void weir_batch_add_late(struct weir_batch *b, const struct weir_late_rows *rows);
/* Rows with later times. */
void weir_batch_add_future(struct weir_batch *b, int64_t until_us);

#endif
