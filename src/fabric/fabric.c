/* The table of fabrics. */
#include "weir/fabric/fabric.h"

extern const struct weir_fabric_ops weir_fabric_local;

static const struct weir_fabric_ops spark = {
    .name = "spark",
    .help = "Spark Structured Streaming on a cluster computes the view",
    .absent = "this version can only compute in its own process",
};

const struct weir_fabric_ops *const weir_fabric_table[] = {
    &weir_fabric_local,
    &spark,
    NULL,
};
