/* Rows in tables of a PostgreSQL server, each once: what sql.h has of a landing in tables, with COPY in binary form.
 *
 * postgresql.c is the landing and its transactions; ddl.c makes tables and changes them; rows.c encodes rows; copy.c copies them.
 *
 * A table has beside the key two columns by which it is followed: _xid, the transaction that wrote a row, and _n, the row's number
 * in it. Numbers from a sequence would not do: they are given out before a transaction commits, and so smaller ones may show up
 * after greater ones.
 *
 * Thread: the landing's. */
#ifndef WEIR_LANDING_POSTGRESQL_POSTGRESQL_H
#define WEIR_LANDING_POSTGRESQL_POSTGRESQL_H

#include "../sql/sql.h"

#include "weir/client/postgres.h"

#define WEIR_PG_STAGE "pg_temp._weir_stage"

struct weir_pg {
	struct weir_sql_landing base; /* first member */
	struct weir_postgres server;
	struct weir_buf nulls, text; /* for use in between */
};

/* ---- ddl.c ---- */

/* Within a transaction: locks the table against changes of its columns and learns them, or makes it. */
enum weir_status weir_pg_open_table(struct weir_sql_landing *l, struct weir_sql_table *t,
				    struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_change(struct weir_sql_landing *l, struct weir_sql_plan *p, const struct weir_schema *schema,
				struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_add(struct weir_sql_landing *l, struct weir_sql_table *t, const struct weir_field *field,
			     const char *col, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_widen(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_sql_column *c,
			       enum weir_type type, struct weir_error *err) WEIR_MUST_USE;

/* ---- rows.c ---- */

void weir_pg_put_key(struct weir_sql_landing *l, const struct weir_batch *b, uint32_t row, bool has_nulls);
const char *weir_pg_put_value(struct weir_sql_landing *l, enum weir_type type, const struct weir_column *c,
			      uint32_t row);

/* ---- copy.c ---- */

enum weir_status weir_pg_direct_begin(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_direct_send(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_direct_end(struct weir_sql_landing *l, bool *merge, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_make_stage(struct weir_sql_landing *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_fill_stage(struct weir_sql_landing *l, size_t from, size_t to,
				    struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_part_end(struct weir_sql_landing *l, bool keep, struct weir_error *err) WEIR_MUST_USE;
void weir_pg_add_differs(const struct weir_sql_landing *l, struct weir_buf *sql);
void weir_pg_add_insert(const struct weir_sql_landing *l, struct weir_buf *sql);
bool weir_pg_is_of_a_row(const struct weir_sql_landing *l);

#endif
