/* The landing in tables of MariaDB, MySQL and SingleStore: its transactions. */
#include "mysql.h"

#include <stdlib.h>
#include <strings.h>

static enum weir_status my_begin(struct weir_sql_landing *base, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	bool fresh = false;
	enum weir_status st = weir_mysql_connect(&l->server, &fresh, err);

	if (st == WEIR_OK && fresh) {
		base->stage_plan = NULL;
		base->careful = base->careful || l->server.singlestore;
		/* Both tables may be new, and then the server knows nothing of their sizes: looking for each row in all of the
		 * other table may seem cheap to it. */
		base->join = l->server.singlestore ? "JOIN" : "STRAIGHT_JOIN";
		base->hint = l->server.singlestore ? "" : " FORCE INDEX (_key)";
	}
	/* What others commit meanwhile is seen: rows are compared with what is there, not with what was. */
	if (st == WEIR_OK)
		st = weir_mysql_run(&l->server, WEIR_STR("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"), NULL, err);
	if (st == WEIR_OK)
		st = weir_mysql_run(&l->server, WEIR_STR("START TRANSACTION"), NULL, err);
	return st;
}

static enum weir_status my_commit(struct weir_sql_landing *base, struct weir_error *err)
{
	return weir_mysql_run(&((struct weir_my *)base)->server, WEIR_STR("COMMIT"), NULL, err);
}

static void my_rollback(struct weir_sql_landing *base)
{
	weir_mysql_drop(&((struct weir_my *)base)->server);
}

static enum weir_status my_run(struct weir_sql_landing *base, const struct weir_buf *sql, int64_t *rows,
			       struct weir_error *err)
{
	return weir_mysql_run_text(&((struct weir_my *)base)->server, sql, rows, err);
}

static enum weir_status my_ask(struct weir_sql_landing *base, const struct weir_buf *sql,
			       enum weir_status (*take)(struct weir_sql_landing *l, const char *const *cells,
							struct weir_error *err),
			       struct weir_error *err)
{
	MYSQL_RES *r = NULL;
	MYSQL_ROW row;
	enum weir_status st = weir_mysql_ask(&((struct weir_my *)base)->server, sql, true, &r, err);

	while (st == WEIR_OK && (row = mysql_fetch_row(r)))
		st = take(base, (const char *const *)row, err);
	mysql_free_result(r);
	return st;
}

/* Upper and lower case are alike in names of columns. Those of tables depend on the server's files: what is alike is one. */
static bool alike(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

static const char *const taken[] = {WEIR_MYSQL_KEY, WEIR_MYSQL_NULLS, WEIR_MYSQL_N,
				    WEIR_MYSQL_ID,  WEIR_MY_WIDENED,  NULL};

static const struct weir_sql_dialect dialect = {
    .taken = taken,
    .name_bytes = 64,
    .stage = WEIR_MY_STAGE,
    .alike = alike,
    .quote = weir_mysql_quote,
    .literal = weir_mysql_literal,
    .begin = my_begin,
    .commit = my_commit,
    .rollback = my_rollback,
    .run = my_run,
    .ask = my_ask,
    .open_table = weir_my_open_table,
    .change = weir_my_change,
    .add = weir_my_add,
    .widen = weir_my_widen,
    .put_key = weir_my_put_key,
    .put_value = weir_my_put_value,
    .put_end = weir_my_put_end,
    .direct_begin = weir_my_direct_begin,
    .direct_send = weir_my_direct_send,
    .direct_end = weir_my_direct_end,
    .always_careful = weir_my_always_careful,
    .make_stage = weir_my_make_stage,
    .fill_stage = weir_my_fill_stage,
    .add_differs = weir_my_add_differs,
    .add_insert = weir_my_add_insert,
    .part_end = weir_my_part_end,
    .is_of_a_row = weir_my_is_of_a_row,
};

static void my_interrupt(struct weir_landing *base)
{
	weir_sql_interrupt(base);
	weir_mysql_interrupt(&((struct weir_my *)base)->server);
}

static void my_release(struct weir_landing *base)
{
	struct weir_my *l = (struct weir_my *)base;

	weir_sql_landing_release(&l->base);
	weir_mysql_release(&l->server);
	weir_buf_release(&l->nulls);
	weir_buf_release(&l->text);
	free(l);
}

/* By a connection of its own, whose calls end sooner. */
static enum weir_status look(struct weir_my *l, struct weir_error *err)
{
	int64_t timeout_us = l->server.timeout_us;

	if (timeout_us > WEIR_LANDING_LOOK_US)
		l->server.timeout_us = WEIR_LANDING_LOOK_US;
	enum weir_status st = weir_sql_landing_look(&l->base, err);
	if (timeout_us > WEIR_LANDING_LOOK_US)
		weir_mysql_drop(&l->server);
	l->server.timeout_us = timeout_us;
	return st;
}

static enum weir_status my_open(const struct weir_landing_config *config, struct weir_landing **out,
				struct weir_error *err)
{
	struct weir_my *l = weir_calloc(1, sizeof *l);

	if (!l)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	enum weir_status st = weir_sql_landing_init(&l->base, &dialect, config, err);
	if (st == WEIR_OK)
		st = weir_mysql_init(&l->server, config->uri, config->clock, l->base.options.timeout_us, err);
	if (st == WEIR_OK) {
		l->base.origin = l->server.name;
		l->server.wake = &l->base.wake;
		st = look(l, err);
	}
	if (st != WEIR_OK)
		my_release(&l->base.base);
	else
		*out = &l->base.base;
	return st;
}

static const struct weir_uri_option options[] = {WEIR_LANDING_TABLE_OPTIONS, WEIR_MYSQL_OPTIONS, {NULL}};

const struct weir_landing_ops weir_landing_mysql = {
    .name = "mysql",
    .schemes = "mysql mariadb singlestore",
    .help = "tables of MariaDB, MySQL or SingleStore; each row once, also where it is read again",
    .example = "mysql://user@host/db?create=yes",
    .options = options,
    .open = my_open,
    .write = weir_sql_write,
    .flush = weir_sql_flush,
    .status = weir_sql_status,
    .close = weir_sql_close,
    .release = my_release,
    .interrupt = my_interrupt,
};
