/* The job's description, the message that tells the program on Spark what to run (docs/spark.md has its form). Private to
 * src/fabric. */
#ifndef WEIR_FABRIC_SPARK_DESCRIPTION_H
#define WEIR_FABRIC_SPARK_DESCRIPTION_H

#include "master.h"
#include "reading.h"

#include "weir/fabric/fabric.h"
#include "weir/query/partial.h"

struct weir_spark_landings; /* land.h */

struct weir_spark_description {
	const struct weir_spark_master *master;
	const char *id, *brokers, *fabric; /* fabric: as it was asked for */
	const struct weir_fabric_stream *sources;
	uint64_t generation;
	bool finite;
	int64_t late_us, now_us; /* --late; what "-15m" is counted from */
	uint32_t n_streams;
	const struct weir_spark_stream *streams;
	const struct weir_schema *together; /* the columns of all streams */
	const struct weir_view *view;
	const struct weir_plan *plan;
	const struct weir_partial_layout *layout;
	struct weir_spark_landings *landings;
};

/* Owned by the caller (json_decref); NULL: err says why. UNSUPPORTED: what Spark cannot do. */
json_t *weir_spark_describe(const struct weir_spark_description *d, struct weir_error *err);
/* What of two descriptions decides whether a job must begin anew: everything but the generation and the view. */
bool weir_spark_same_job(const json_t *a, const json_t *b);
/* Where the state of that generation is kept. Appends. */
void weir_spark_checkpoint(const struct weir_spark_master *master, const char *id, uint64_t generation,
			   struct weir_buf *out);

#endif
