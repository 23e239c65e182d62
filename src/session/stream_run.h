/* What a stream's thread does. */
#ifndef WEIR_SESSION_STREAM_RUN_H
#define WEIR_SESSION_STREAM_RUN_H

#include "stream.h"

/* For pthread_create: `stream` is a struct weir_stream. Ends when the input does, on a failure, or when asked to stop; the
 * ring `full` is closed then. */
void *weir_stream_run(void *stream);
/* Decodes what it can of the chunk, hands it over, and tells the source what is left. Thread: the source's. */
enum weir_status weir_stream_decode(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err);

#endif
