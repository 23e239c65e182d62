/* The landing in tables of a PostgreSQL server: its transactions. */
#include "postgresql.h"

#include <stdlib.h>
#include <strings.h>

static enum weir_status start_session(struct weir_pg *l, struct weir_error *err)
{
	l->base.stage_plan = NULL;
	/* A merge looks up each of its rows by its key. The temporary table has no statistics, and those of the other may be old: a
	 * plan by them may read one of the two for each row of the other. */
	return weir_postgres_run(
	    &l->server,
	    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET jit = off", err);
}

static enum weir_status pg_begin(struct weir_sql_landing *base, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;
	bool fresh = false;
	enum weir_status st = weir_postgres_connect(&l->server, &fresh, err);

	if (st == WEIR_OK && fresh)
		st = start_session(l, err);
	if (st == WEIR_OK)
		st = weir_postgres_run(&l->server, "BEGIN; SET CONSTRAINTS ALL IMMEDIATE", err);
	return st;
}

static enum weir_status pg_commit(struct weir_sql_landing *base, struct weir_error *err)
{
	return weir_postgres_run(&((struct weir_pg *)base)->server, "COMMIT", err);
}

/* The connection goes too: a COPY may be open on it, and what went wrong may be its fault. */
static void pg_rollback(struct weir_sql_landing *base)
{
	weir_postgres_drop(&((struct weir_pg *)base)->server);
}

static enum weir_status pg_run(struct weir_sql_landing *base, const struct weir_buf *sql, int64_t *rows,
			       struct weir_error *err)
{
	return weir_postgres_run_text(&((struct weir_pg *)base)->server, sql, rows, err);
}

static enum weir_status pg_ask(struct weir_sql_landing *base, const struct weir_buf *sql,
			       enum weir_status (*take)(struct weir_sql_landing *l, const char *const *cells,
							struct weir_error *err),
			       struct weir_error *err)
{
	enum { CELLS = 8 };
	PGresult *r = NULL;
	const char *cells[CELLS];
	enum weir_status st = sql->failed
				  ? weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory")
				  : weir_postgres_ask(&((struct weir_pg *)base)->server, sql->data, 0, NULL, &r, err);

	for (int i = 0; st == WEIR_OK && i < PQntuples(r); i++) {
		for (int k = 0; k < PQnfields(r) && k < CELLS; k++)
			cells[k] = PQgetvalue(r, i, k);
		st = take(base, cells, err);
	}
	PQclear(r);
	return st;
}

static bool alike(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The columns of the key, and those that every table has. */
static const char *const taken[] = {WEIR_POSTGRES_KEY,
				    WEIR_POSTGRES_NULLS,
				    WEIR_POSTGRES_XID,
				    WEIR_POSTGRES_N,
				    "ctid",
				    "xmin",
				    "cmin",
				    "xmax",
				    "cmax",
				    "tableoid",
				    NULL};

static const struct weir_sql_dialect dialect = {
    .taken = taken,
    .name_bytes = 63,
    .stage = WEIR_PG_STAGE,
    .insert_skips = true,
    .alike = alike,
    .quote = weir_postgres_quote,
    .literal = weir_postgres_literal,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .run = pg_run,
    .ask = pg_ask,
    .open_table = weir_pg_open_table,
    .change = weir_pg_change,
    .add = weir_pg_add,
    .widen = weir_pg_widen,
    .put_key = weir_pg_put_key,
    .put_value = weir_pg_put_value,
    .direct_begin = weir_pg_direct_begin,
    .direct_send = weir_pg_direct_send,
    .direct_end = weir_pg_direct_end,
    .make_stage = weir_pg_make_stage,
    .fill_stage = weir_pg_fill_stage,
    .add_differs = weir_pg_add_differs,
    .add_insert = weir_pg_add_insert,
    .part_end = weir_pg_part_end,
    .is_of_a_row = weir_pg_is_of_a_row,
};

static void pg_release(struct weir_landing *base)
{
	struct weir_pg *l = (struct weir_pg *)base;

	weir_sql_landing_release(&l->base);
	weir_postgres_release(&l->server);
	weir_buf_release(&l->nulls);
	weir_buf_release(&l->text);
	free(l);
}

/* By a connection of its own, whose calls end sooner. */
static enum weir_status look(struct weir_pg *l, struct weir_error *err)
{
	int64_t timeout_us = l->server.timeout_us;

	if (timeout_us > WEIR_LANDING_LOOK_US)
		l->server.timeout_us = WEIR_LANDING_LOOK_US;
	enum weir_status st = weir_sql_landing_look(&l->base, err);
	if (timeout_us > WEIR_LANDING_LOOK_US)
		weir_postgres_drop(&l->server);
	l->server.timeout_us = timeout_us;
	return st;
}

static enum weir_status pg_open(const struct weir_landing_config *config, struct weir_landing **out,
				struct weir_error *err)
{
	struct weir_pg *l = weir_calloc(1, sizeof *l);

	if (!l)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	enum weir_status st = weir_sql_landing_init(&l->base, &dialect, config, err);
	l->base.lateral = true;
	if (st == WEIR_OK)
		st = weir_postgres_init(&l->server, config->uri, config->clock, l->base.options.timeout_us, err);
	if (st == WEIR_OK) {
		l->base.origin = l->server.name;
		l->server.wake = &l->base.wake;
		st = look(l, err);
	}
	if (st != WEIR_OK)
		pg_release(&l->base.base);
	else
		*out = &l->base.base;
	return st;
}

static const struct weir_uri_option options[] = {WEIR_LANDING_TABLE_OPTIONS, WEIR_POSTGRES_OPTIONS, {NULL}};

const struct weir_landing_ops weir_landing_postgresql = {
    .name = "postgresql",
    .schemes = "postgresql postgres",
    .help = "tables of a PostgreSQL server; each row once, also where it is read again",
    .example = "postgresql://user@host/db?create=yes",
    .options = options,
    .open = pg_open,
    .write = weir_sql_write,
    .flush = weir_sql_flush,
    .status = weir_sql_status,
    .close = weir_sql_close,
    .release = pg_release,
    .interrupt = weir_sql_interrupt,
};
