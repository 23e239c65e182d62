/* mysql://HOST/DATABASE?table=NAME: connecting, and again when it breaks; rows by their number, then those that come. */
#include "mysql.h"

#include <stdlib.h>

#define LOOK_US INT64_C(100000)          /* for new rows */
#define GAPS_LOOK_US (WEIR_US_PER_S / 2) /* for late ones */
#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)
#define LATE_US (INT64_C(60) * WEIR_US_PER_S)

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory");
}

static void my_close(struct weir_source *s)
{
	struct weir_my_source *q = (struct weir_my_source *)s;

	weir_mysql_interrupt(&q->server); /* what is left of a result would be read to its end */
	mysql_free_result(q->rows);
	weir_my_forget(q);
	weir_mysql_release(&q->server);
	weir_progress_release(&q->progress);
	weir_pushdown_release(&q->pushdown);
	weir_buf_release(&q->where);
	if (q->wake.fd >= 0)
		weir_wake_release(&q->wake);
	free(q->gaps.all);
	free(q->table);
	free(q->query);
	free(q->time);
	free(q);
}

static enum weir_status check_query(const struct weir_my_source *q, struct weir_error *err)
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
	if (!q->follow && !q->last && !q->from.kind && !q->until.kind)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, "query", "a query is read once, from begin to end");
	weir_error_hint(err, "put the limits into the query, or read a table");
	return WEIR_USAGE;
}

static enum weir_status read_params(struct weir_my_source *q, const struct weir_source_config *config,
				    int64_t *timeout_us, struct weir_error *err)
{
	const struct weir_uri *uri = &config->uri;
	int64_t now_us = weir_clock_wall_us(q->clock);
	enum weir_status st = weir_uri_params_text(uri, "table", &q->table, err);

	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "query", &q->query, err);
	if (st == WEIR_OK)
		st = weir_uri_params_text(uri, "time", &q->time, err);
	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "from", now_us, &q->from, err);
	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", now_us, &q->until, err);
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "timeout", timeout_us, err);
	if (st == WEIR_OK)
		st = weir_uri_params_duration(uri, "late", &q->gaps.late_us, err);
	if (st == WEIR_OK && weir_uri_param(uri, "position"))
		st = weir_my_position_read(q, weir_uri_param(uri, "position"), err);
	for (size_t n = q->query ? strlen(q->query) : 0; n && strchr("; \t\n", q->query[n - 1]); n--)
		q->query[n - 1] = '\0';
	q->follow = config->live && q->until.kind != WEIR_PLACE_LATEST && !q->query;
	if (st == WEIR_OK)
		st = weir_uri_params_bool(uri, "follow", &q->follow, err);
	return st == WEIR_OK ? check_query(q, err) : st;
}

static enum weir_status my_open(const struct weir_source_config *config, struct weir_source **out,
				struct weir_error *err)
{
	struct weir_my_source *q = weir_calloc(1, sizeof *q);
	int64_t timeout_us = TIMEOUT_US;

	if (!q)
		return out_of_memory(err);
	q->clock = config->clock;
	q->wake.fd = -1;
	q->stop = INT64_MAX;
	q->unit = WEIR_TIME_NO_UNIT;
	q->cells.budget = config->budget;
	q->gaps.late_us = LATE_US;
	weir_pushdown_init(&q->pushdown, config);
	q->base.pushed = &q->pushdown.said;
	enum weir_status st = weir_progress_init_bytes(&q->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->wake, err);
	if (st == WEIR_OK)
		st = read_params(q, config, &timeout_us, err);
	if (st == WEIR_OK)
		st = weir_mysql_init(&q->server, &config->uri, config->clock, timeout_us, err);
	if (st != WEIR_OK) {
		my_close(&q->base);
		return st;
	}
	q->server.wake = &q->wake;
	if (config->question && (config->question->filter || config->question->grouping))
		q->server.silence_us *= WEIR_PUSHDOWN_PATIENCE;
	q->away = (struct weir_away){.clock = config->clock,
				     .wake = &q->wake,
				     .progress = &q->progress,
				     .live = config->live,
				     .timeout_us = timeout_us};
	weir_away_begin(&q->away);
	*out = &q->base;
	return WEIR_OK;
}

/* Where rows begin and end, by their number. By time they are chosen one by one. */
static enum weir_status find_ends(struct weir_my_source *q, struct weir_error *err)
{
	struct weir_buf sql = {0};
	MYSQL_RES *r = NULL;
	int64_t newest = 0;

	weir_buf_add_c(&sql, "SELECT coalesce(max(" WEIR_MYSQL_ID "), 0) FROM ");
	weir_mysql_quote(weir_str_of(q->table), &sql);
	enum weir_status st = weir_mysql_ask(&q->server, &sql, true, &r, err);
	MYSQL_ROW row = st == WEIR_OK ? mysql_fetch_row(r) : NULL;
	if (row && row[0])
		(void)!weir_parse_int64(weir_str_of(row[0]), false, &newest);
	q->newest = newest;
	mysql_free_result(r);
	weir_buf_release(&sql);
	if (q->from.kind == WEIR_PLACE_LATEST)
		q->last = newest;
	else if (q->from.kind == WEIR_PLACE_OFFSET)
		q->last = q->from.value - 1;
	if (q->until.kind == WEIR_PLACE_LATEST)
		q->stop = newest;
	else if (q->until.kind == WEIR_PLACE_OFFSET)
		q->stop = q->until.value - 1;
	return st;
}

static enum weir_status check_table(struct weir_my_source *q, struct weir_error *err)
{
	bool by_time = q->from.kind == WEIR_PLACE_TIME || q->until.kind == WEIR_PLACE_TIME;

	if (by_time && weir_schema_time_field(q->schema) < 0) {
		weir_fail(err, WEIR_USAGE, q->from.kind == WEIR_PLACE_TIME ? "from" : "until", "no column is a time");
		weir_error_hint(err, "name one with time=");
		return WEIR_USAGE;
	}
	if (q->tracked)
		return find_ends(q, err);
	if (q->query || (!q->last && q->from.kind != WEIR_PLACE_LATEST && q->from.kind != WEIR_PLACE_OFFSET)) {
		q->follow = false;
		return WEIR_OK;
	}
	weir_fail(err, WEIR_USAGE, q->last ? "position" : "from", "%s has no column _id to go by", q->table);
	weir_error_hint(err, "ALTER TABLE %.80s ADD _id BIGINT NOT NULL AUTO_INCREMENT UNIQUE", q->table);
	return WEIR_USAGE;
}

static enum weir_status connect_to(struct weir_my_source *q, struct weir_error *err)
{
	bool fresh = false, first = !q->schema;
	enum weir_status st = weir_mysql_connect(&q->server, &fresh, err);

	if (st != WEIR_OK || !fresh)
		return st;
	if (!q->server.singlestore)
		st = weir_mysql_run(&q->server, WEIR_STR("SET SESSION TRANSACTION READ ONLY"), NULL, err);
	if (st == WEIR_OK)
		st = weir_my_learn(q, err);
	return st == WEIR_OK && first ? check_table(q, err) : st;
}

/* Remembers which numbers came, and which did not. */
static bool take_number(struct weir_my_source *q, int64_t id)
{
	if (id <= q->last)
		return weir_my_gap_fill(&q->gaps, id);
	bool good = !q->follow || id == q->last + 1 ||
		    weir_my_gap_add(&q->gaps, q->last + 1, id - 1, weir_clock_mono_us(q->clock));
	q->last = id;
	return good;
}

/* Rows of a result, into the batch. *n: how many there were; fewer than there is room: there are no more. */
static enum weir_status fill(struct weir_my_source *q, MYSQL_RES *rows, struct weir_batch *into, uint32_t *n,
			     struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	MYSQL_ROW cells = NULL;
	bool wanted;

	for (*n = 0; *n < into->capacity && st == WEIR_OK && (cells = mysql_fetch_row(rows)); ++*n) {
		uint32_t row = into->n_rows;
		st = weir_my_read_row(q, rows, cells, into, row, &wanted, err);
		if (st == WEIR_OK && q->tracked && !take_number(q, into->position[row]))
			st = out_of_memory(err);
		into->n_rows += st == WEIR_OK && wanted;
	}
	return st == WEIR_OK && !cells && *n < into->capacity && mysql_errno(q->server.db)
		   ? weir_mysql_fail(&q->server, err)
		   : st;
}

/* The rows behind the last one, or (late) those of the gaps. */
static enum weir_status ask_numbered(struct weir_my_source *q, bool late, struct weir_batch *into, uint32_t *n,
				     struct weir_error *err)
{
	struct weir_buf sql = {0};
	MYSQL_RES *rows = NULL;

	weir_my_select(q, &sql);
	weir_buf_add_c(&sql, " WHERE ");
	if (late)
		weir_my_gap_condition(&q->gaps, &sql);
	else
		weir_buf_addf(&sql, WEIR_MYSQL_ID " > %lld AND " WEIR_MYSQL_ID " <= %lld", (long long)q->last,
			      (long long)q->stop);
	weir_buf_add_str(&sql, weir_buf_str(&q->where));
	weir_buf_addf(&sql, " ORDER BY " WEIR_MYSQL_ID " LIMIT %u", into->capacity);
	enum weir_status st = weir_mysql_ask(&q->server, &sql, true, &rows, err);
	if (st == WEIR_OK)
		st = fill(q, rows, into, n, err);
	mysql_free_result(rows);
	weir_buf_release(&sql);
	return st;
}

static enum weir_status poll_numbered(struct weir_my_source *q, struct weir_batch *into, struct weir_error *err)
{
	int64_t now_us = weir_clock_mono_us(q->clock);
	uint32_t n = 0;
	enum weir_status st = WEIR_OK;

	weir_my_gap_expire(&q->gaps, now_us);
	bool late = q->gaps.n && now_us >= q->gaps_look_us;
	if (late) {
		q->gaps_look_us = now_us + GAPS_LOOK_US;
		st = ask_numbered(q, true, into, &n, err);
	}
	if (st == WEIR_OK && !n)
		st = ask_numbered(q, false, into, &n, err);
	q->over = st == WEIR_OK && n < into->capacity && !q->follow && into->n_rows == 0;
	int64_t end = q->newest < q->stop ? q->newest : q->stop;
	if (q->over && q->last < end)
		q->last = end; /* those before it were left out */
	return st;
}

static enum weir_status poll_once(struct weir_my_source *q, struct weir_batch *into, struct weir_error *err)
{
	struct weir_buf sql = {0};
	uint32_t n = 0;
	enum weir_status st = WEIR_OK;

	if (!q->begun) {
		weir_my_select(q, &sql);
		weir_buf_add_c(&sql, q->where.size ? " WHERE true" : "");
		weir_buf_add_str(&sql, weir_buf_str(&q->where));
		st = weir_mysql_ask(&q->server, &sql, false, &q->rows, err);
		q->begun = st == WEIR_OK;
	}
	if (st == WEIR_OK)
		st = fill(q, q->rows, into, &n, err);
	q->over = st == WEIR_OK && n < into->capacity;
	if (st != WEIR_OK) { /* another connection has to ask again */
		mysql_free_result(q->rows);
		q->rows = NULL;
		q->begun = false;
	}
	weir_buf_release(&sql);
	return st;
}

static enum weir_status poll_groups(struct weir_my_source *q, struct weir_batch *into, struct weir_error *err)
{
	enum weir_status st = weir_my_group(q, into, err);
	int64_t end = q->newest < q->stop ? q->newest : q->stop;

	q->over = st == WEIR_OK && q->pushdown.said.grouped;
	if (q->over && q->last < end)
		q->last = end;
	return st;
}

static enum weir_status poll_rows(struct weir_my_source *q, struct weir_batch *into, struct weir_error *err)
{
	enum weir_status st = connect_to(q, err);

	/* Columns that came since: they are there before rows have them. */
	if (st == WEIR_OK && q->follow && q->tracked)
		st = weir_my_learn(q, err);
	if (st == WEIR_OK)
		st = weir_my_settle(q, err);
	if (st != WEIR_OK)
		return st;
	weir_my_settle_groups(q);
	weir_away_back(&q->away);
	if (!weir_batch_set_schema(into, q->schema) ||
	    (weir_schema_time_field(q->schema) >= 0 && !weir_batch_add_time(into)))
		return out_of_memory(err);
	if (q->pushdown.said.grouped)
		st = poll_groups(q, into, err);
	if (st != WEIR_OK || q->pushdown.said.grouped)
		return st;
	st = q->tracked ? poll_numbered(q, into, err) : poll_once(q, into, err);
	if (into->n_rows && !weir_cells_finish(&q->cells, &q->schema, into))
		return out_of_memory(err);
	return st;
}

/* AGAIN: it is tried again. */
static enum weir_status failed(struct weir_my_source *q, struct weir_error *err)
{
	bool again = q->tracked || !q->came; /* else nobody knows which rows came */

	if (!again && err->code != WEIR_CANCELLED)
		return err->code;
	return weir_away_failed(&q->away, q->schema != NULL, q->follow, err);
}

static enum weir_status my_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
				      struct weir_error *err)
{
	struct weir_my_source *q = (struct weir_my_source *)s;
	struct weir_error local = {0};

	if (q->over)
		return WEIR_END;
	if (weir_away_wait(&q->away, timeout_us))
		return WEIR_AGAIN;
	enum weir_status st = poll_rows(q, into, &local);
	bool broke = st != WEIR_OK;
	if (broke && failed(q, &local) != WEIR_AGAIN) {
		if (err)
			*err = local;
		return local.code;
	}
	st = weir_progress_batch(&q->progress, into, q->over);
	if (st == WEIR_AGAIN && !broke)
		weir_wake_wait(&q->wake, timeout_us < LOOK_US ? timeout_us : LOOK_US);
	return st;
}

static void my_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_my_source *)s)->wake);
	weir_mysql_interrupt(&((struct weir_my_source *)s)->server);
}

static void my_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_my_source *)s)->progress, out);
}

static enum weir_status my_position(struct weir_source *s, struct weir_buf *out)
{
	const struct weir_my_source *q = (const struct weir_my_source *)s;

	if (!q->tracked)
		return q->schema ? WEIR_UNSUPPORTED : WEIR_AGAIN;
	weir_my_position_write(q, out);
	return WEIR_OK;
}

static bool my_finite(struct weir_source *s)
{
	return !((struct weir_my_source *)s)->follow;
}

static const struct weir_uri_option options[] = {
    {"table", "NAME", "the table or view"},
    {"query", "SQL", "the rows of a SELECT of your own, read once"},
    {"from", "earliest|latest|-15m|TIME|ID", "where to start (earliest)"},
    {"until", "latest|TIME|ID", "where to stop"},
    {"follow", "yes|no", "go on with rows as they are committed (on a screen yes, in batch no)"},
    {"late", "DURATION", "how long rows are waited for whose transaction commits after later ones (1m)"},
    {"timeout", "DURATION", "how long to wait for an answer of the server (30s)"},
    {"position", "ID[;ID-ID,…]", "where to resume: rows that an earlier run read are skipped"},
    WEIR_MYSQL_OPTIONS,
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_mysql = {
    .name = "mysql",
    .schemes = "mysql mariadb singlestore",
    .help = "a table in MariaDB, MySQL or SingleStore: what is there, then new rows",
    .example = "mysql://user@host/db?table=orders",
    .from_time = true,
    .can_wait = true,
    .options = options,
    .open = my_open,
    .poll_batch = my_poll_batch,
    .wake = my_wake,
    .status = my_status,
    .position = my_position,
    .finite = my_finite,
    .close = my_close,
};
