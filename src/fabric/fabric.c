/* The table of fabrics. */
#include "weir/fabric/fabric.h"

extern const struct weir_fabric_ops weir_fabric_local, weir_fabric_spark;

const struct weir_fabric_ops *const weir_fabric_table[] = {
    &weir_fabric_local,
    &weir_fabric_spark,
    NULL,
};
