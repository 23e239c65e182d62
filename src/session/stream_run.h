/* What a stream's thread does. */
#ifndef WEIR_SESSION_STREAM_RUN_H
#define WEIR_SESSION_STREAM_RUN_H

/* For pthread_create: `stream` is a struct weir_stream. Ends when the input does, on a failure, or when asked to stop; the
 * ring `full` is closed then. */
void *weir_stream_run(void *stream);

#endif
