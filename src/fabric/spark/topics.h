/* The two topics of a job: results, which it writes, and control, which tells it what to do. Made, written, read and removed by
 * librdkafka; without it (builds without Kafka) weir_spark_topics_open is UNSUPPORTED. Every call ends after some seconds.
 * Private to src/fabric. Thread: one at a time. */
#ifndef WEIR_FABRIC_SPARK_TOPICS_H
#define WEIR_FABRIC_SPARK_TOPICS_H

#include "weir/base/log.h"
#include "weir/base/str.h"

struct weir_spark_topics;

extern const char *const weir_spark_topics_absent; /* why there are none in this build; NULL: there are */

/* Connects to nothing yet. Owned by the caller. */
enum weir_status weir_spark_topics_open(const char *brokers, const char *id, struct weir_log *log,
					struct weir_spark_topics **out, struct weir_error *err) WEIR_MUST_USE;
void weir_spark_topics_close(struct weir_spark_topics *t); /* NULL allowed */
const char *weir_spark_topics_results(const struct weir_spark_topics *t);
const char *weir_spark_topics_control(const struct weir_spark_topics *t);

/* Both, where they are not there. UNREACHABLE is retriable. */
enum weir_status weir_spark_topics_make(struct weir_spark_topics *t, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_spark_topics_remove(struct weir_spark_topics *t, struct weir_error *err) WEIR_MUST_USE;
/* An order to the job; OK: the brokers have it. */
enum weir_status weir_spark_topics_order(struct weir_spark_topics *t, const char *key, struct weir_str value,
					 struct weir_error *err) WEIR_MUST_USE;
/* The newest order of that key, appended to `out`. NOT_FOUND: there is no such topic, or no such order. */
enum weir_status weir_spark_topics_ordered(struct weir_spark_topics *t, const char *key, struct weir_buf *out,
					   struct weir_error *err) WEIR_MUST_USE;

/* A message; borrowed during the call. */
typedef void weir_spark_message_visitor(void *ctx, struct weir_str key, struct weir_str value);
/* Results since the last call, from the first one on; waits for at most wait_us for one. Returns how many there were, -1: the
 * brokers cannot be reached, or the topic is gone (err says which, retriable). */
int weir_spark_topics_read(struct weir_spark_topics *t, int64_t wait_us, weir_spark_message_visitor *visit, void *ctx,
			   struct weir_error *err);

#endif
