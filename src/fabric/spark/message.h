/* Messages of the topic of results, which the job writes: JSON, by kind of key. What is no such message is refused, and changes
 * nothing. Private to src/fabric. Thread: plain data. */
#ifndef WEIR_FABRIC_SPARK_MESSAGE_H
#define WEIR_FABRIC_SPARK_MESSAGE_H

#include "ends.h"

#include "weir/query/partial.h"

#include <jansson.h>

enum weir_spark_message_kind { WEIR_SPARK_ROW, WEIR_SPARK_BATCH, WEIR_SPARK_STATE };

/* What a batch counted of a stream. */
struct weir_spark_metrics {
	uint64_t received, malformed, filtered, no_time, unfit;
	uint64_t outside; /* of the window, and in no row */
};

struct weir_spark_batch {
	int64_t id, time_us, batch_ms, watermark_us; /* -1, WEIR_TIME_NONE: not said */
	double input_rate, processed_rate;           /* NaN: not said */
};

struct weir_spark_state {
	char name[16]; /* "starting" "running" "failed" "stopped" "ended" */
	char error[400], application[100];
	int64_t time_us;
};

struct weir_spark_message {
	enum weir_spark_message_kind kind;
	uint64_t generation;
	json_t *key, *value; /* owned */
	struct weir_spark_batch batch;
	struct weir_spark_state state;
};

/* MALFORMED: it is none. Owned: weir_spark_message_release. */
enum weir_status weir_spark_message_read(struct weir_str key, struct weir_str value, struct weir_spark_message *out,
					 struct weir_error *err) WEIR_MUST_USE;
void weir_spark_message_release(struct weir_spark_message *m);
/* A row's key and values, in the types of the layout; they borrow from the message. MALFORMED. */
enum weir_status weir_spark_message_row(const struct weir_spark_message *m, const struct weir_partial_layout *layout,
					struct weir_value *keys, struct weir_value *values,
					struct weir_error *err) WEIR_MUST_USE;
/* What the batch counted of the stream of that name; false: it says nothing of it. */
bool weir_spark_message_metrics(const struct weir_spark_message *m, struct weir_str stream,
				struct weir_spark_metrics *out);
/* How far the batch has read each source of Kafka, of which there are as many as the job has streams; `source` is its number. 0: it
 * does not say. *out: owned by the caller. */
size_t weir_spark_message_places(const struct weir_spark_message *m, uint32_t source, uint32_t n_sources,
				 struct weir_spark_place **out);

#endif
