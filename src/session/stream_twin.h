/* A second codec of a stream, on a thread of its own: while the source thread decodes the front of a chunk, it decodes what
 * follows the line end in the middle. That this is a record's end is a guess; it was right when the codec of the front has
 * consumed all of it, and only then is the rest of use. */
#ifndef WEIR_SESSION_STREAM_TWIN_H
#define WEIR_SESSION_STREAM_TWIN_H

#include "weir/codec/codec.h"

#include <pthread.h>

struct weir_twin;

/* Opens the codec as the stream's own and lets it read the sample, so that it knows what that one knows. NULL: it cannot be
 * (no memory); the stream does without. Thread of all: the source's. */
struct weir_twin *weir_twin_new(const struct weir_codec_config *config, struct weir_str sample);
void weir_twin_free(struct weir_twin *t); /* NULL allowed; waits for the thread */

/* Where to cut, in *front the part for the own codec, in *back that for the twin: both end with a line, and such that neither
 * thread waited for the other if the chunk were as those before. False: too short. */
bool weir_twin_cut(const struct weir_twin *t, const struct weir_chunk *chunk, struct weir_chunk *front, struct weir_chunk *back);
/* Starts on `back`, whose bytes stay until wait. give, while it waits for work: an empty batch to fill; takes it. NULL allowed. */
void weir_twin_start(struct weir_twin *t, const struct weir_chunk *back);
void weir_twin_give(struct weir_twin *t, struct weir_batch *spare);
/* The batches in order, owned by the caller; the array stays the twin's and is good until the next start. True: all of the part was
 * read. */
bool weir_twin_wait(struct weir_twin *t, struct weir_batch ***batches, size_t *n);

#endif
