/* Segments: compact copies of batches, alone or several neighbours in one. Thread: the engine makes them, any may drop them. */
#ifndef WEIR_BUFFER_SEAL_H
#define WEIR_BUFFER_SEAL_H

#include "weir/buffer/buffer.h"

/* hurry: NULL, or whether a question waits. */
static inline bool weir_in_hurry(const _Atomic bool *hurry)
{
	return hurry && atomic_load_explicit(hurry, memory_order_relaxed);
}
/* One segment of the rows of all parts, in order. Columns by the last part's schema (indices never change within a stream).
 * by_arrival: rows of a part without event times get its time of arrival. hurry: NULL, or gives up where it is true.
 * NULL: no memory, or given up. One reference for the caller. */
struct weir_segment *weir_segment_seal(const struct weir_batch *const *parts, uint32_t n_parts, uint64_t first_row,
				       bool by_arrival, const _Atomic bool *hurry, struct weir_budget *budget);
struct weir_segment *weir_segment_ref(struct weir_segment *s);
void weir_segment_unref(struct weir_segment *s);

#endif
