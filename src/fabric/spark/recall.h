/* A job that was left running, by the address that weir gave it. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_RECALL_H
#define WEIR_FABRIC_SPARK_RECALL_H

#include "weir/base/uri.h"

#include <jansson.h>

struct weir_spark_left {
	char *brokers, *id;  /* owned */
	json_t *description; /* of the newest job; owned; NULL: there is none */
};

/* Asks the brokers, for some seconds. USAGE: it is no such address. NOT_FOUND. Owned: release, also on failure. */
enum weir_status weir_spark_recall(const char *address, struct weir_spark_left *out,
				   struct weir_error *err) WEIR_MUST_USE;
void weir_spark_left_release(struct weir_spark_left *left);

#endif
