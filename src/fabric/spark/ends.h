/* Where the topics of a source end now: what the lag of a job is counted from, for what Spark says of it is as old as the beginning of
 * its batch. By librdkafka; in builds without it open is UNSUPPORTED. Private to src/fabric. Thread: one at a time. */
#ifndef WEIR_FABRIC_SPARK_ENDS_H
#define WEIR_FABRIC_SPARK_ENDS_H

#include "weir/base/log.h"
#include "weir/base/uri.h"

struct weir_spark_place { /* in a topic: the next offset that is to be read */
	char topic[256];
	int32_t partition;
	int64_t offset;
};

struct weir_spark_ends;

/* Connects to nothing yet. `source` is borrowed during the call. Owned by the caller. */
enum weir_status weir_spark_ends_open(const struct weir_uri *source, struct weir_log *log, struct weir_spark_ends **out,
				      struct weir_error *err) WEIR_MUST_USE;
void weir_spark_ends_close(struct weir_spark_ends *e); /* NULL allowed */
/* How many records lie behind these places; -1: the brokers did not say, within two seconds. */
int64_t weir_spark_ends_behind(struct weir_spark_ends *e, const struct weir_spark_place *places, size_t n);

#endif
