/* Rows in tables of a PostgreSQL server, each once. Rows are encoded as they come and go to the table at once, as a COPY in binary
 * form. Where the table has one of them already, or refuses one, the COPY is taken back; the same rows are copied to a temporary
 * table, which is compared and merged with the right one.
 *
 * postgresql.c is the landing and its transactions; ddl.c makes tables and changes them; rows.c encodes rows; copy.c copies
 * them, segment.c as they come; merge.c merges them.
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

/* A partition's rows from number `from` on have the next run. */
struct weir_pg_bump {
	char *topic; /* owned */
	int64_t partition, from;
};

struct weir_pg_row {
	size_t at;        /* where it begins in the bytes */
	int64_t position; /* of its record */
};

/* Rows of one stream that go to the server in one COPY. They are kept until it has taken them. */
struct weir_pg_segment {
	struct weir_sql_plan *plan; /* NULL: there is none */
	uint32_t version;           /* of the plan */
	uint16_t stream;
	bool copying;                       /* the COPY is open; else the rows wait to be merged */
	struct weir_partitions *partitions; /* one reference; NULL: the stream has none */
	struct weir_buf bytes;              /* rows in the form of COPY */
	size_t sent;
	struct weir_pg_row *rows; /* owned */
	size_t n, room;
	struct weir_pg_bump *bumps; /* owned */
	size_t n_bumps, bumps_room;
};

struct weir_pg {
	struct weir_sql_landing base; /* first member */
	struct weir_postgres server;
	struct weir_pg_segment segment;
	bool careful;                           /* the table had such rows lately: they are merged without a try */
	uint32_t n_rows;                        /* of this transaction: the number of the next one */
	struct weir_buf sql, nulls, text;       /* for use in between */
	const struct weir_sql_plan *stage_plan; /* that the temporary table is made for; NULL: none is */
	uint32_t stage_version;
};

extern const char *const weir_pg_types[WEIR_TYPE_COUNT];
#define WEIR_PG_STAGE "pg_temp._weir_stage"
#define WEIR_PG_KEY "_stream, _topic, _partition, _offset, _run"

/* ---- ddl.c ---- */

/* Within a transaction: locks the table against changes of its columns and learns them, or makes it. */
enum weir_status weir_pg_open_table(struct weir_sql_landing *l, struct weir_sql_table *t,
				    struct weir_error *err) WEIR_MUST_USE;
/* A transaction of its own that changes the table so that it takes what the schema has. */
enum weir_status weir_pg_change(struct weir_pg *l, struct weir_sql_plan *p, const struct weir_schema *schema,
				struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_add(struct weir_sql_landing *l, struct weir_sql_table *t, const struct weir_field *field,
			     const char *col, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_widen(struct weir_sql_landing *l, struct weir_sql_table *t, struct weir_sql_column *c,
			       enum weir_type type, struct weir_error *err) WEIR_MUST_USE;

/* ---- rows.c ---- */

/* Appends the rows whose bits are set to the segment. One that PostgreSQL cannot hold is refused. */
enum weir_status weir_pg_encode(struct weir_pg *l, const struct weir_batch *batch, const uint64_t *rows,
				struct weir_error *err) WEIR_MUST_USE;

/* ---- copy.c ---- */

/* Appends the names of the columns that are copied. */
void weir_pg_columns(const struct weir_sql_plan *p, struct weir_buf *sql);
/* An error that one row makes, and not the table or the server. */
bool weir_pg_is_of_a_row(const struct weir_postgres *server);
/* Copies rows from..to (excluded) into a table that `sql` names last. */
enum weir_status weir_pg_copy_rows(struct weir_pg *l, const struct weir_buf *sql, size_t from, size_t to,
				   struct weir_error *err) WEIR_MUST_USE;
/* What stands before all rows, and behind them; the COPY's error comes with the second. */
enum weir_status weir_pg_put_head(struct weir_pg *l, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_put_tail(struct weir_pg *l, struct weir_error *err) WEIR_MUST_USE;

/* ---- segment.c ---- */

/* The segment takes rows of this plan now. */
enum weir_status weir_pg_segment_begin(struct weir_pg *l, struct weir_sql_plan *p, const struct weir_batch *batch,
				       struct weir_error *err) WEIR_MUST_USE;
/* Sends what was encoded and not sent. */
enum weir_status weir_pg_segment_send(struct weir_pg *l, struct weir_error *err) WEIR_MUST_USE;
/* All its rows are in the table or refused. */
enum weir_status weir_pg_segment_end(struct weir_pg *l, struct weir_error *err) WEIR_MUST_USE;
void weir_pg_segment_forget(struct weir_pg *l);
void weir_pg_segment_release(struct weir_pg *l);
/* ---- merge.c ---- */

/* Merges the rows of the segment into the table; those that it refuses are counted. */
enum weir_status weir_pg_merge(struct weir_pg *l, struct weir_error *err) WEIR_MUST_USE;

#endif
