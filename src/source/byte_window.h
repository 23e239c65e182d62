/* The bytes of a stream that were read and not yet consumed: one contiguous block that grows at its end and is given
 * back from its front. Thread: the source thread. */
#ifndef WEIR_SOURCE_BYTE_WINDOW_H
#define WEIR_SOURCE_BYTE_WINDOW_H

#include "weir/base/bounds.h"
#include "weir/base/memory.h"
#include "weir/model/chunk.h"

struct weir_byte_window {
	char *data; /* owned; bytes start..end are unconsumed */
	size_t start, end, capacity;
	size_t fresh;               /* of these, how many came since the last hand-out */
	size_t handed;              /* of these, how many were in it */
	size_t least;               /* capacity, once there is one; 0: as much as is needed */
	uint64_t offset;            /* of data[start] in the stream */
	struct weir_budget *budget; /* borrowed; may be NULL */
};

static inline size_t weir_byte_window_size(const struct weir_byte_window *w)
{
	return w->end - w->start;
}
/* A record exists several times on its way: here, in its batch, in the buffer. */
static inline size_t weir_byte_window_most(const struct weir_byte_window *w)
{
	uint64_t part = w->budget && w->budget->limit_bytes ? w->budget->limit_bytes / 8 : WEIR_MAX_RECORD_BYTES;

	return part < WEIR_MAX_RECORD_BYTES ? (size_t)part : WEIR_MAX_RECORD_BYTES;
}
static inline bool weir_byte_window_full(const struct weir_byte_window *w)
{
	return weir_byte_window_size(w) >= weir_byte_window_most(w);
}

/* Room for at least `want` bytes at the end (fewer only where the record bound is near): returns where to write and
 * sets *room (> 0 unless the window is full). Moves what is there: earlier hand-outs are void. NULL: no memory. */
char *weir_byte_window_room(struct weir_byte_window *w, size_t want, size_t *room);
void weir_byte_window_added(struct weir_byte_window *w, size_t bytes);
void weir_byte_window_hand_out(struct weir_byte_window *w, struct weir_chunk *chunk); /* bytes, size, offset and full */
/* Takes back what was not consumed. True when at least one byte was consumed. */
bool weir_byte_window_consume(struct weir_byte_window *w, const struct weir_chunk *left);
void weir_byte_window_release(struct weir_byte_window *w);

#endif
