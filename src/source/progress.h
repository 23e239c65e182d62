/* A source's status: written by its source thread, read by any. */
#ifndef WEIR_SOURCE_PROGRESS_H
#define WEIR_SOURCE_PROGRESS_H

#include "weir/source/source.h"

#include <pthread.h>

struct weir_progress {
	pthread_mutex_t lock;
	struct weir_source_status now;      /* guarded by lock */
	struct weir_partitions *partitions; /* one reference; what `now` shows */
};

/* CONNECTING, all sizes unknown, no partition yet. NO_MEMORY: release all the same. */
enum weir_status weir_progress_init(struct weir_progress *p, struct weir_error *err) WEIR_MUST_USE;
/* The same for a source of bytes, which is one partition. */
enum weir_status weir_progress_init_bytes(struct weir_progress *p, struct weir_error *err) WEIR_MUST_USE;
void weir_progress_release(struct weir_progress *p);
/* `detail` may be NULL: none. Returns true when the state or its reason changed. */
bool weir_progress_state(struct weir_progress *p, enum weir_source_state state, const char *detail);
/* Sets what cannot be read now; "": nothing. True when it changed. */
bool weir_progress_unread(struct weir_progress *p, const char *text);
void weir_progress_add(struct weir_progress *p, uint64_t bytes, uint64_t raw_bytes);
/* What poll_batch returns for these rows, and counts their bytes; over: nothing follows them, and without rows it is the END. */
enum weir_status weir_progress_batch(struct weir_progress *p, const struct weir_batch *rows, bool over);
/* Of a byte source: where in the stored bytes it is, and their size (-1 unknown). */
void weir_progress_place(struct weir_progress *p, int64_t position, int64_t end);
void weir_progress_copy(struct weir_progress *p, struct weir_source_status *out);

#endif
