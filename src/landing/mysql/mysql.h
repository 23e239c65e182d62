/* Rows in tables of a server that speaks MySQL's protocol, each once: what sql.h has of a landing in tables, with LOAD DATA LOCAL,
 * or INSERT where the server does not allow that. LOAD DATA LOCAL passes over rows that are there already or that do not fit, and
 * only counts them: then it is taken back, and the rows are merged.
 *
 * mysql.c is the landing and its transactions; ddl.c makes tables and changes them; rows.c encodes rows; load.c loads them.
 *
 * SingleStore has no savepoints, so its rows are always merged; its tables have a shard key, and columns are stored. What is
 * particular to it follows its manual (docs.singlestore.com) and was not tried on its engine.
 *
 * A table has beside the key the column _id, counted by the server, by which it is followed.
 *
 * Thread: the landing's. */
#ifndef WEIR_LANDING_MYSQL_MYSQL_H
#define WEIR_LANDING_MYSQL_MYSQL_H

#include "../sql/sql.h"

#include "weir/client/mysql.h"

#define WEIR_MY_STAGE "_weir_stage"
#define WEIR_MY_WIDENED "_weir_widened"

struct weir_my {
	struct weir_sql_landing base; /* first member */
	struct weir_mysql server;
	bool no_load;                /* the server does not allow LOAD DATA LOCAL */
	struct weir_buf nulls, text; /* for use in between */
};

/* ---- ddl.c ---- */

enum weir_status weir_my_open_table(struct weir_sql_landing *l, struct weir_sql_table *t,
				    struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_change(struct weir_sql_landing *l, struct weir_sql_plan *p, const struct weir_schema *schema,
				struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_add(struct weir_sql_landing *l, struct weir_sql_table *t, const struct weir_field *field,
			     const char *col, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_widen(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_sql_column *c,
			       enum weir_type type, struct weir_error *err) WEIR_MUST_USE;

/* ---- rows.c ---- */

/* Fields with a tab between, rows with a line feed behind; \N is NULL, and whatever LOAD DATA or a text in quotes would take for
 * something else has a backslash. */
void weir_my_put_key(struct weir_sql_landing *l, const struct weir_batch *b, uint32_t row, bool has_nulls);
const char *weir_my_put_value(struct weir_sql_landing *l, enum weir_type type, const struct weir_column *c,
			      uint32_t row);
void weir_my_put_end(struct weir_sql_landing *l);

/* ---- load.c ---- */

enum weir_status weir_my_direct_begin(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_direct_send(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_direct_end(struct weir_sql_landing *l, bool *merge, struct weir_error *err) WEIR_MUST_USE;
bool weir_my_always_careful(const struct weir_sql_landing *l);
enum weir_status weir_my_make_stage(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_fill_stage(struct weir_sql_landing *l, size_t from, size_t to,
				    struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_my_part_end(struct weir_sql_landing *l, bool keep, struct weir_error *err) WEIR_MUST_USE;
void weir_my_add_differs(const struct weir_sql_landing *l, struct weir_buf *sql);
void weir_my_add_insert(const struct weir_sql_landing *l, struct weir_buf *sql);
bool weir_my_is_of_a_row(const struct weir_sql_landing *l);

#endif
