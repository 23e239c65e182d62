/* The question as partial rows (weir/query/partial.h): which columns they have, the SQL of each, and the select of all. The
 * partial/ room makes a layout of it and takes the rows in. Private to src/query. */
#ifndef WEIR_QUERY_SPARK_PARTIALS_H
#define WEIR_QUERY_SPARK_PARTIALS_H

#include "query/spark/spark.h"

enum { WEIR_NO_VALUE = UINT32_MAX };

struct weir_spark_split {
	enum weir_partial_split kind;
	uint32_t input; /* of the plan */
	enum weir_type type;
	struct weir_buf sql; /* owned: of the value, before it is a bucket; NULL in other parts */
};
struct weir_spark_value {
	enum weir_type type;
	bool decimal;
	enum weir_grouping_kind grouping; /* what a server of tables counts for it */
	uint32_t input;                   /* of the plan */
	struct weir_buf sql;              /* owned */
};
struct weir_spark_feed {                      /* what an accumulator of the plan is given */
	uint32_t part;                        /* from the rows of that part; 0: of those that all have */
	uint32_t values[WEIR_PARTIAL_VALUES]; /* index, or WEIR_NO_VALUE */
};
struct weir_spark_partials {
	int64_t pane_us;
	struct weir_spark_split *splits; /* owned; part n is of splits[n - 1] */
	struct weir_spark_value *values; /* owned */
	struct weir_spark_feed *feeds;   /* owned, by accumulator */
	size_t n_splits, splits_capacity, n_values, values_capacity;
	struct weir_buf clauses[4]; /* owned: select, from, where, group by */
	struct weir_spark_notes notes;
	uint32_t virtuals; /* as in weir_spark_view */
};

/* Of panes so wide. False: no memory. To be released in any case. */
bool weir_spark_partials_make(const struct weir_plan *p, int64_t pane_us,
			      struct weir_spark_partials *out) WEIR_MUST_USE;
void weir_spark_partials_release(struct weir_spark_partials *s);

#endif
