/* postgresql://HOST/DATABASE?table=NAME: connecting, and again when it breaks; steps until nothing follows. */
#include "postgresql.h"

#include <stdlib.h>

#define LOOK_US INT64_C(100000) /* for new rows */
#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

static void pg_close(struct weir_source *s)
{
	struct weir_pg_source *q = (struct weir_pg_source *)s;

	weir_pg_forget(q);
	weir_postgres_release(&q->server);
	weir_progress_release(&q->progress);
	weir_pushdown_release(&q->pushdown);
	weir_buf_release(&q->where);
	weir_grouped_free(q->groups);
	if (q->wake.fd >= 0)
		weir_wake_release(&q->wake);
	free(q->table);
	free(q->query);
	free(q->time);
	free(q->since);
	free(q->to);
	free(q);
}

static enum weir_status read_places(struct weir_pg_source *q, const struct weir_uri *uri, struct weir_error *err)
{
	int64_t now_us = weir_clock_wall_us(q->clock);
	enum weir_status st = weir_uri_params_place(uri, "from", now_us, &q->from, err);

	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", now_us, &q->until, err);
	if (st == WEIR_OK && (q->from.kind == WEIR_PLACE_OFFSET || q->until.kind == WEIR_PLACE_OFFSET)) {
		st = weir_fail(err, WEIR_USAGE, q->from.kind == WEIR_PLACE_OFFSET ? "from" : "until",
			       "rows in PostgreSQL have no numbers");
		weir_error_hint(err, "give a time, earliest or latest; position= continues an earlier run");
	}
	if (st == WEIR_OK && weir_uri_param(uri, "position"))
		st = weir_pg_position_read(q, weir_uri_param(uri, "position"), err);
	return st;
}

static enum weir_status check_query(const struct weir_pg_source *q, struct weir_error *err)
{
	if (!q->query && !q->table) {
		weir_fail(err, WEIR_USAGE, "table", "no table is named");
		weir_error_hint(err, "table=NAME, or query=SELECT …");
		return WEIR_USAGE;
	}
	if (!q->query)
		return WEIR_OK;
	if (q->table)
		return weir_fail(err, WEIR_USAGE, "query", "query= and table= exclude each other");
	if (!q->follow && !q->to && !q->from.kind && !q->until.kind)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "query", "a query is read once, from begin to end");
	weir_error_hint(err, "put the limits into the query, or read a table");
	return WEIR_USAGE;
}

static enum weir_status read_params(struct weir_pg_source *q, const struct weir_source_config *config,
				    int64_t *timeout_us, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	enum weir_status st = weir_uri_params_text(uri, "table", &q->table, err);

	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "query", &q->query, err);
	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "time", &q->time, err);
	if (st == WEIR_OK)
		st = read_places(q, uri, err);
	for (size_t n = q->query ? strlen(q->query) : 0; n && strchr("; \t\n", q->query[n - 1]); n--)
		q->query[n - 1] = '\0';
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "timeout", timeout_us, err);
	q->follow = config->live && q->until.kind != WEIR_PLACE_LATEST && !q->query;
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "follow", &q->follow, err);
	return st == WEIR_OK ? check_query(q, err) : st;
}

static enum weir_status pg_open(const struct weir_source_config *config, struct weir_source **out,
				struct weir_error *err)
{
	struct weir_pg_source *q = weir_calloc(1, sizeof *q);
	int64_t timeout_us = TIMEOUT_US;

	if (!q)
		return out_of_memory(err);
	q->clock = config->clock;
	q->wake.fd = -1;
	q->unit = WEIR_TIME_NO_UNIT;
	q->cells.budget = config->budget;
	weir_pushdown_init(&q->pushdown, config);
	q->base.pushed = &q->pushdown.said;
	enum weir_status st = weir_progress_init_bytes(&q->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->wake, err);
	if (st == WEIR_OK)
		st = read_params(q, config, &timeout_us, err);
	if (st == WEIR_OK)
		st = weir_postgres_init(&q->server, &config->uri, config->clock, timeout_us, err);
	if (st != WEIR_OK) {
		pg_close(&q->base);
		return st;
	}
	q->server.wake = &q->wake;
	q->away = (struct weir_away){.clock = config->clock,
				     .wake = &q->wake,
				     .progress = &q->progress,
				     .live = config->live,
				     .timeout_us = timeout_us};
	weir_away_begin(&q->away);
	*out = &q->base;
	return WEIR_OK;
}

static enum weir_status check_table(struct weir_pg_source *q, struct weir_error *err)
{
	bool by_time = q->from.kind == WEIR_PLACE_TIME || q->until.kind == WEIR_PLACE_TIME;
	int time = weir_schema_time_field(q->schema);

	if (by_time && (time < 0 || q->kinds[time] != WEIR_PG_TIME)) {
		weir_fail(err, WEIR_USAGE, q->from.kind == WEIR_PLACE_TIME ? "from" : "until",
			  "no column is a timestamp");
		weir_error_hint(err, "name one with time=");
		return WEIR_USAGE;
	}
	if (q->tracked || q->query)
		return WEIR_OK;
	if (q->to || q->from.kind == WEIR_PLACE_LATEST) {
		weir_fail(err, WEIR_USAGE, q->to ? "position" : "from", "%s has no columns _xid and _n to go by",
			  q->table);
		weir_error_hint(
		    err,
		    "ALTER TABLE %.60s ADD _xid xid8 NOT NULL DEFAULT pg_current_xact_id(), ADD _n integer NOT NULL DEFAULT 0",
		    q->table);
		return WEIR_USAGE;
	}
	q->follow = false;
	return WEIR_OK;
}

static enum weir_status connect_to(struct weir_pg_source *q, struct weir_error *err)
{
	bool fresh = false, first = !q->schema;
	enum weir_status st = weir_postgres_connect(&q->server, &fresh, err);

	if (st != WEIR_OK || !fresh)
		return st;
	q->copying = false;
	/* Rows come by the index in the order in which they were written: sorting a whole table first would take long. */
	st = weir_postgres_run(&q->server,
			       "SET default_transaction_read_only = on; SET enable_sort = off; SET jit = off", err);
	if (st == WEIR_OK && first)
		st = weir_pg_learn(q, err);
	return st == WEIR_OK && first ? check_table(q, err) : st;
}

/* Groups are kept until all came. Where weir must read the rows after all, the step is asked for again. */
static enum weir_status fill_groups(struct weir_pg_source *q, int64_t timeout_us, struct weir_batch *into,
				    struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	struct weir_str bytes;

	while (st == WEIR_OK && (st = weir_postgres_get(&q->server, timeout_us, &bytes, err)) == WEIR_OK) {
		into->bytes += bytes.size;
		st = weir_pg_read_group(q, bytes, err);
		PQfreemem((void *)(uintptr_t)bytes.data);
	}
	if (st != WEIR_END)
		return st;
	weir_pg_end_groups(q, into);
	q->copying = false;
	if (q->pushdown.said.grouped) {
		weir_pg_step_end(q);
		q->over = true;
	}
	return WEIR_OK;
}

/* Rows that are there, into the batch, up to the end of the step. */
static enum weir_status fill(struct weir_pg_source *q, int64_t timeout_us, struct weir_batch *into,
			     struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	struct weir_str bytes;
	bool used;

	while (into->n_rows < into->capacity && st == WEIR_OK) {
		st = weir_postgres_get(&q->server, into->n_rows ? 0 : timeout_us, &bytes, err);
		if (st != WEIR_OK)
			break;
		st = weir_pg_read_row(q, bytes, into, into->n_rows, &used, err);
		PQfreemem((void *)(uintptr_t)bytes.data);
		into->n_rows += st == WEIR_OK && used;
	}
	if (st == WEIR_END) {
		weir_pg_step_end(q);
		q->over = !q->follow;
		st = WEIR_OK;
	}
	return st;
}

static enum weir_status poll_step(struct weir_pg_source *q, int64_t timeout_us, struct weir_batch *into,
				  struct weir_error *err)
{
	bool any = true;
	enum weir_status st = connect_to(q, err);

	if (st == WEIR_OK && !q->copying)
		st = weir_pg_step_begin(q, &any, err);
	if (st != WEIR_OK)
		return st;
	weir_away_back(&q->away);
	if (!weir_batch_set_schema(into, q->schema) ||
	    (weir_schema_time_field(q->schema) >= 0 && !weir_batch_add_time(into)))
		return out_of_memory(err);
	if (any && q->pushdown.said.grouped) {
		st = fill_groups(q, timeout_us, into, err);
	} else if (any) {
		st = fill(q, timeout_us, into, err);
	} else {
		q->over = !q->follow;
		if (!q->over)
			weir_wake_wait(&q->wake, timeout_us < LOOK_US ? timeout_us : LOOK_US);
	}
	if (into->n_rows && !weir_cells_finish(&q->cells, &q->schema, into))
		return out_of_memory(err);
	return st;
}

/* AGAIN: it is tried again. */
static enum weir_status failed(struct weir_pg_source *q, struct weir_error *err)
{
	bool again = q->tracked || !q->came; /* else nobody knows which rows came */

	if (!again && err->code != WEIR_CANCELLED)
		return err->code;
	if (err->retriable && err->code != WEIR_CANCELLED) {
		weir_postgres_drop(&q->server);
		q->copying = false;
	}
	return weir_away_failed(&q->away, q->schema != NULL, q->follow, err);
}

static enum weir_status pg_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
				      struct weir_error *err)
{
	struct weir_pg_source *q = (struct weir_pg_source *)s;
	struct weir_error local = {0};

	if (q->over)
		return WEIR_END;
	if (weir_away_wait(&q->away, timeout_us))
		return WEIR_AGAIN;
	enum weir_status st = poll_step(q, timeout_us, into, &local);
	if (st != WEIR_OK && st != WEIR_AGAIN)
		st = failed(q, &local);
	if (st != WEIR_OK && st != WEIR_AGAIN) {
		if (err)
			*err = local;
		return st;
	}
	return weir_progress_batch(&q->progress, into, q->over);
}

static void pg_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_pg_source *)s)->wake);
}

static void pg_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_pg_source *)s)->progress, out);
}

static enum weir_status pg_position(struct weir_source *s, struct weir_buf *out)
{
	const struct weir_pg_source *q = (const struct weir_pg_source *)s;

	if (!q->to)
		return q->schema && !q->tracked ? WEIR_UNSUPPORTED : WEIR_AGAIN;
	weir_pg_position_write(q, out);
	return WEIR_OK;
}

static bool pg_finite(struct weir_source *s)
{
	return !((struct weir_pg_source *)s)->follow;
}

static const struct weir_uri_option options[] = {
    {"table", "NAME", "the table or view"},
    {"query", "SQL", "the rows of a SELECT of your own, read once"},
    {"from", "earliest|latest|-15m|TIME", "where to start (earliest)"},
    {"until", "latest|TIME", "where to stop"},
    {"follow", "yes|no", "go on with rows as they are committed (on a screen yes, in batch no)"},
    {"timeout", "DURATION", "how long to wait for an answer of the server (30s)"},
    {"position", "SNAPSHOT", "where to resume: rows that an earlier run read are skipped"},
    WEIR_POSTGRES_OPTIONS,
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_postgresql = {
    .name = "postgresql",
    .schemes = "postgresql postgres",
    .help = "a table in PostgreSQL: what is there, then new rows",
    .example = "postgresql://user@host/db?table=orders",
    .from_time = true,
    .can_wait = true,
    .options = options,
    .open = pg_open,
    .poll_batch = pg_poll_batch,
    .wake = pg_wake,
    .status = pg_status,
    .position = pg_position,
    .finite = pg_finite,
    .close = pg_close,
};
