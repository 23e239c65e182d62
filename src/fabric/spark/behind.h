/* How far a job is behind its sources: a thread asks about once a second where their topics end, and takes off what the newest batch has
 * read to. Private to src/fabric. Thread: all functions belong to the engine's; the thread here is its own. */
#ifndef WEIR_FABRIC_SPARK_BEHIND_H
#define WEIR_FABRIC_SPARK_BEHIND_H

#include "ends.h"
#include "reading.h"

#include "weir/base/thread.h"

struct weir_spark_behind;

/* `log` and `wake` are borrowed until close; wake is signalled when a lag has changed. Owned by the caller. */
enum weir_status weir_spark_behind_open(const struct weir_spark_stream *streams, uint32_t n, struct weir_log *log,
					struct weir_wake *wake, struct weir_spark_behind **out,
					struct weir_error *err) WEIR_MUST_USE;
/* The stream has been counted to these places; takes the array. */
void weir_spark_behind_take(struct weir_spark_behind *b, uint32_t stream, struct weir_spark_place *places, size_t n);
/* Nothing has been counted. NULL allowed, as below. */
void weir_spark_behind_forget(struct weir_spark_behind *b);
int64_t weir_spark_behind_lag(struct weir_spark_behind *b, uint32_t stream); /* records; -1: not known */
bool weir_spark_behind_has_news(struct weir_spark_behind *b);                /* a lag has changed since the last call */
void weir_spark_behind_close(struct weir_spark_behind *b);

#endif
