/* A value as a literal of Spark SQL. Private to spark/. */
#ifndef WEIR_QUERY_EXPR_SPARK_LITERAL_H
#define WEIR_QUERY_EXPR_SPARK_LITERAL_H

#include "weir/base/str.h"
#include "weir/model/value.h"

/* Of that type, also where v is NULL. Appends. */
void weir_spark_literal(enum weir_type type, const struct weir_value *v, struct weir_buf *out);

#endif
