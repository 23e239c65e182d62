/* What --fabric says of Spark: MASTER[?NAME=VALUE&…]. The master goes to spark-submit untouched. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_MASTER_H
#define WEIR_FABRIC_SPARK_MASTER_H

#include "weir/base/uri.h"

struct weir_spark_master {
	char *master;           /* owned: "local[2]", "spark://h:7077", … */
	struct weir_uri params; /* owned: spark.*, kafka.* and those of the table */
	int64_t trigger_us;     /* between two batches of a stream */
	bool local;             /* everything runs on this machine, in one process */
};

extern const struct weir_uri_option weir_spark_options[]; /* what may stand behind the master; ends with name NULL */

/* Whether the text names a master of Spark, as far as its beginning tells. "local" alone is weir itself. */
bool weir_spark_is_master(const char *text);
/* USAGE: a parameter that is not known, or a value that is none. Owned: weir_spark_master_release, also on failure. */
enum weir_status weir_spark_master_parse(const char *text, struct weir_spark_master *out,
					 struct weir_error *err) WEIR_MUST_USE;
void weir_spark_master_release(struct weir_spark_master *m);
const char *weir_spark_param(const struct weir_spark_master *m, const char *name); /* NULL: not given; borrowed */

#endif
