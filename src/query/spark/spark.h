/* A plan's question as one select of Spark SQL: table.c has what is selected from (several streams, computed columns),
 * select.c the clauses, order.c which rows of the answer come first. plan/explain.c prints it. What cannot be the same is
 * said in comments before it. Private to src/query. */
#ifndef WEIR_QUERY_SPARK_H
#define WEIR_QUERY_SPARK_H

#include "query/expr/spark/spark.h"
#include "query/plan/plan.h"

/* Appends lines, a clause each. */
void weir_plan_spark(const struct weir_plan *p, bool terminal, struct weir_buf *out);

/* ---- between the files here ---- */
struct weir_spark_view {
	const struct weir_plan *p;
	struct weir_spark_notes notes;
	uint32_t virtuals; /* a bit for each virtual column that is read */
	bool orders;       /* first and last, or the newest rows: the place of a row is read */
	bool own_time;     /* the event time goes by a name of its own, _time */
	const char *rows;  /* a table that has all of it, with _time; NULL: the tables of the streams */
	bool failed;       /* no memory */
};

/* value.c. Appends the expression, bound to what is selected from with the first n_derived computed columns. */
void weir_spark_view_value(struct weir_spark_view *v, const struct weir_expr *e, size_t n_derived,
			   struct weir_buf *out);
struct weir_bound *weir_spark_view_bind(struct weir_spark_view *v, const struct weir_expr *e, size_t n_derived,
					bool condition); /* NULL: no memory. Owned */
/* The argument of a measure, as a number if that is wanted; the same. e NULL: there is none. */
struct weir_bound *weir_spark_view_argument(struct weir_spark_view *v, const struct weir_expr *e, bool number);

/* table.c */
void weir_spark_view_look(struct weir_spark_view *v);                        /* what the question reads */
void weir_spark_view_base(struct weir_spark_view *v, struct weir_buf *out);  /* without computed columns */
void weir_spark_view_table(struct weir_spark_view *v, struct weir_buf *out); /* with them, "as s" at its end */
void weir_spark_view_time(const struct weir_spark_view *v, struct weir_buf *out);
void weir_spark_view_place(const struct weir_spark_view *v, const char *end,
			   struct weir_buf *out); /* columns that order rows */

/* select.c: the conditions of the question, and of its window. `word` stands before the first, and becomes what stands before
 * the next. `alone`: no other will follow. */
void weir_spark_view_where(struct weir_spark_view *v, bool alone, const char **word, struct weir_buf *out);
void weir_spark_view_span(struct weir_spark_view *v, const char **word, struct weir_buf *out);

/* order.c */
bool weir_spark_view_top(const struct weir_spark_view *v); /* the first rows of each window are wanted */
void weir_spark_view_order(struct weir_spark_view *v, bool windows,
			   struct weir_buf *out); /* "order by …", or nothing */

#endif
