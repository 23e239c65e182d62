/* All arrays of a segment in one piece of memory. Private to the buffer floor. */
#ifndef WEIR_BUFFER_PACK_H
#define WEIR_BUFFER_PACK_H

#include "weir/buffer/buffer.h"

/* Moves the arrays of s->rows into one block, of pages of its own when it is large: segments come and go for as long as weir runs,
 * and a heap that holds their arrays one by one keeps more memory than they take. Without memory for it they stay as they are.
 * Positions are squeezed; the event-time column shares its numbers with time_us. */
void weir_segment_pack(struct weir_segment *s);
/* Frees rows and block. */
void weir_segment_unpack(struct weir_segment *s);

#endif
