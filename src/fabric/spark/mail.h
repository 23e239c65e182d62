/* Messages of a job on their way from the thread that reads them to the fabric. False, below: no memory. Private to src/fabric.
 * Thread: plain data. */
#ifndef WEIR_FABRIC_SPARK_MAIL_H
#define WEIR_FABRIC_SPARK_MAIL_H

#include "weir/base/str.h"

/* Messages, whole batches of them, in the order of the topic. */
struct weir_spark_mail {
	struct weir_buf bytes;
	struct weir_spark_letter {
		size_t at;
		uint32_t key_bytes, value_bytes;
	} * items; /* owned */
	size_t n, capacity;
};
bool weir_spark_mail_add(struct weir_spark_mail *m, struct weir_str key, struct weir_str value) WEIR_MUST_USE;
/* The batch whose message is the last of those that came: it, and the rows of it and of those before. */
bool weir_spark_mail_move(struct weir_spark_mail *coming, struct weir_spark_mail *ready) WEIR_MUST_USE;
void weir_spark_mail_release(struct weir_spark_mail *m);
struct weir_str weir_spark_mail_key(const struct weir_spark_mail *m, size_t i);
struct weir_str weir_spark_mail_value(const struct weir_spark_mail *m, size_t i);

#endif
