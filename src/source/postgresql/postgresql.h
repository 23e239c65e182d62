/* A table of a PostgreSQL server, read back: its rows in the order in which they were written, then those that come.
 *
 * A row of a table that weir landed says which transaction wrote it (_xid), and so a snapshot says whether it shows the row. A table
 * is read in steps: the first has all rows that are in a snapshot, each further one those that are in a newer snapshot and were
 * not in the one before. Whenever a transaction commits, its rows are in exactly one step, however long it took; nothing waits
 * for it. A step that broke off goes on behind the last row that came, with the same snapshots. (postgresql.org/docs/current/
 * functions-info.html, Transaction ID and Snapshot Information Functions.)
 *
 * postgresql.c is the source, which the stream calls; columns.c learns columns; leaves.c has conditions in the server's words; steps.c asks
 * for rows; rows.c reads them; group.c has the server count instead.
 *
 * Thread: the stream's source thread, after open. */
#ifndef WEIR_SOURCE_POSTGRESQL_POSTGRESQL_H
#define WEIR_SOURCE_POSTGRESQL_POSTGRESQL_H

#include "../away.h"
#include "../cells.h"
#include "../progress.h"
#include "../pushdown.h"
#include "../uri_params.h"

#include "weir/client/postgres.h"

/* How the bytes of a column are read. What has another type comes as text. */
enum weir_pg_kind {
	WEIR_PG_BOOL,
	WEIR_PG_INT16,
	WEIR_PG_INT32,
	WEIR_PG_INT64,
	WEIR_PG_FLOAT32,
	WEIR_PG_FLOAT64,
	WEIR_PG_TIME, /* microseconds since 2000 */
	WEIR_PG_DATE, /* days since then */
	WEIR_PG_TEXT,
};

struct weir_pg_source {
	struct weir_source base; /* first member */
	const struct weir_clock *clock;
	struct weir_postgres server;
	struct weir_progress progress;
	struct weir_wake wake;
	struct weir_away away;
	struct weir_pushdown pushdown;
	struct weir_buf where; /* " AND …": what the server looks at; empty: all rows are asked for */
	bool asked;            /* it is known */

	char *table, *query, *time; /* owned; table or query */
	struct weir_place from, until;
	bool follow;

	struct weir_schema *schema; /* NULL: not learnt yet */
	struct weir_cells cells;
	enum weir_pg_kind *kinds; /* owned, by field */
	const char **casts;       /* owned, by field: "", "::text" … */
	uint32_t n_kinds;
	enum weir_time_unit unit; /* of whole numbers that are times */
	bool has_nulls;           /* the table says which keys were null: other NULLs were missing */
	bool tracked;             /* it says which transaction wrote a row */

	char *since, *to; /* the step: rows in this snapshot, and not in that; owned; NULL: any; none was begun */
	uint64_t xid;     /* of the last row that came in this step; 0: none */
	int32_t n;        /* and its number */
	uint64_t same;    /* how many came with just these numbers */
	uint64_t skip;    /* so many of them must be passed over */
	bool copying;     /* the step is asked for */
	bool begun;       /* it was, and has not ended */
	struct weir_grouped *groups; /* owned: what came of those that the server counts, until all did */
	bool unfit;                  /* weir must read the rows after all */
	bool over;                   /* nothing follows */
	int64_t came;                /* rows so far */
};

/* ---- columns.c ---- */

/* Learns the columns, or those that came since. */
enum weir_status weir_pg_learn(struct weir_pg_source *q, struct weir_error *err) WEIR_MUST_USE;
void weir_pg_forget(struct weir_pg_source *q);

/* ---- leaves.c ---- */

/* Settles what the server looks at. After the columns were learnt; does nothing the second time. */
enum weir_status weir_pg_settle(struct weir_pg_source *q, struct weir_error *err) WEIR_MUST_USE;
weir_pushdown_leaf weir_pg_leaf; /* of a struct weir_pg_source */
/* Whether weir sees a value of the column, and those of the leaf, as the server does; else *why. */
weir_pushdown_fit weir_pg_is_fit;

/* ---- group.c ---- */

/* Whether the server counts (pushdown.said.grouped); after it is known what it looks at. */
void weir_pg_settle_groups(struct weir_pg_source *q);
/* What to select, and GROUP BY. Append. */
void weir_pg_add_groups(const struct weir_pg_source *q, struct weir_buf *sql);
void weir_pg_add_keys(const struct weir_pg_source *q, struct weir_buf *sql);
enum weir_status weir_pg_begin_groups(struct weir_pg_source *q, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_pg_read_group(struct weir_pg_source *q, struct weir_str bytes,
				    struct weir_error *err) WEIR_MUST_USE;
/* All came: they go into the batch, or are forgotten, where said.grouped is false now. */
void weir_pg_end_groups(struct weir_pg_source *q, struct weir_batch *into);

/* ---- steps.c ---- */

/* Asks for the rows of the step that is due. *any: there is one. */
enum weir_status weir_pg_step_begin(struct weir_pg_source *q, bool *any, struct weir_error *err) WEIR_MUST_USE;
void weir_pg_step_end(struct weir_pg_source *q); /* all its rows came */
/* As position= has it. Append; read. */
void weir_pg_position_write(const struct weir_pg_source *q, struct weir_buf *out);
enum weir_status weir_pg_position_read(struct weir_pg_source *q, const char *text,
				       struct weir_error *err) WEIR_MUST_USE;

/* ---- rows.c ---- */

/* Of a row in the binary form of COPY: its fields, behind what stands before them; false: it is none. */
bool weir_pg_begin_row(struct weir_str bytes, struct weir_str *rest);
/* The next field. False: the bytes are no row. */
bool weir_pg_next_field(struct weir_str *rest, struct weir_str *out, bool *is_null);
/* `size` bytes, 1 to 8 of them, as a number with its sign. */
int64_t weir_pg_number(const char *at, size_t size);
/* False: it is none within the years 1 to 9999, or not at all (infinity). */
bool weir_pg_time_of(enum weir_pg_kind kind, struct weir_str s, int64_t *us);
/* A row in the binary form of COPY becomes row `row` of the batch. *used: false: it is none, or it came before. */
enum weir_status weir_pg_read_row(struct weir_pg_source *q, struct weir_str bytes, struct weir_batch *b, uint32_t row,
				  bool *used, struct weir_error *err) WEIR_MUST_USE;

#endif
