/* Partial rows of drawn rows, the slow, obvious way: what Spark would send. */
#ifndef WEIR_TEST_NAIVE_H
#define WEIR_TEST_NAIVE_H

#include "../plan/property.h"

#include "query/spark/partials.h"
#include "weir/query/partial.h"

/* Puts the partial rows of all rows that `in` holds, in a drawn order. */
void naive_put(const struct weir_plan *p, struct weir_partials *s, const struct bounds *in);

#endif
