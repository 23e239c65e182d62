/* Spark Structured Streaming computes the view, on a cluster or beside weir. */
#include "places.h"
#include "weir/fabric/fabric.h"

static enum weir_status ready(const char *(*lookup)(const char *name), struct weir_error *err)
{
	struct weir_spark_places places;

	return weir_spark_find(lookup, &places, err);
}

extern const struct weir_fabric_ops weir_fabric_spark;
const struct weir_fabric_ops weir_fabric_spark = {
    .name = "spark",
    .help = "Spark Structured Streaming on a cluster computes the view",
    .absent = "this version submits no jobs (--explain prints their Spark SQL)",
    .ready = ready,
};
