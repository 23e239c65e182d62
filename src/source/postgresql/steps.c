/* Which rows come next: the statements. */
#include "postgresql.h"

#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

static enum weir_status ask_text(struct weir_pg_source *q, const char *sql, char **out, struct weir_error *err)
{
	PGresult *r = NULL;
	enum weir_status st = weir_postgres_ask(&q->server, sql, 0, NULL, &r, err);

	if (st == WEIR_OK) {
		free(*out);
		*out = weir_str_dup(weir_str_of(PQntuples(r) ? PQgetvalue(r, 0, 0) : ""));
		st = *out ? WEIR_OK : out_of_memory(err);
	}
	PQclear(r);
	return st;
}

/* The numbers of transactions are a server's own. Rows that were restored from another's dump may have some that are still to come
 * here, and would be missed. */
static enum weir_status check_numbers(struct weir_pg_source *q, struct weir_error *err)
{
	struct weir_buf sql = {0};
	char *answer = NULL;

	weir_buf_add_c(&sql, "SELECT coalesce(max(_xid) >= pg_snapshot_xmax(pg_current_snapshot()), false) FROM ");
	weir_postgres_quote(weir_str_of(q->table), &sql);
	enum weir_status st = sql.failed ? out_of_memory(err) : ask_text(q, sql.data, &answer, err);
	if (st == WEIR_OK && strcmp(answer, "t") == 0) {
		st = weir_fail(
		    err, WEIR_USAGE, q->server.name,
		    "rows of %s were written by transactions that this server has not had: it was restored from another's dump",
		    q->table);
		weir_error_hint(err, "UPDATE %s SET _xid = pg_current_xact_id()", q->table);
	}
	free(answer);
	weir_buf_release(&sql);
	return st;
}

/* The next step's snapshot. *any: it shows something that the last one did not. */
static enum weir_status next_snapshot(struct weir_pg_source *q, bool *any, struct weir_error *err)
{
	char *now = NULL;
	enum weir_status st = ask_text(q, "SELECT pg_current_snapshot()", &now, err);

	*any = st == WEIR_OK && (!q->to || strcmp(now, q->to) != 0);
	if (!*any) {
		free(now);
		return st;
	}
	free(q->since);
	q->since = q->to;
	q->to = now;
	q->xid = 0;
	q->n = 0;
	q->same = 0;
	if (!q->since && q->from.kind == WEIR_PLACE_LATEST) {
		if (!(q->since = weir_str_dup(weir_str_of(now))))
			st = out_of_memory(err);
		*any = false;
	}
	return st;
}

static void add_columns(struct weir_pg_source *q, struct weir_buf *sql)
{
	const char *before = "";
	int time = weir_schema_time_field(q->schema), n = 0;

	if (q->tracked) {
		weir_buf_add_c(sql, "_xid, _n");
		before = ", ";
	}
	for (uint32_t i = 0; i < q->cells.n; i++) {
		bool read = (int)i == time || weir_pushdown_reads(&q->pushdown, q->schema->fields[i].name);
		q->cells.all[i].at = read ? n++ : -1;
		if (!read)
			continue;
		weir_buf_add_c(sql, before);
		before = ", ";
		weir_postgres_quote(weir_str_of(q->cells.all[i].col), sql);
		weir_buf_add_c(sql, q->casts[i]);
	}
	if (q->has_nulls)
		weir_buf_addf(sql, "%s" WEIR_POSTGRES_NULLS, before);
}

/* " AND …" for the rows of the step. A snapshot's text is "xmin:xmax:list"; all before xmin are in it. */
static void add_step(const struct weir_pg_source *q, struct weir_buf *sql)
{
	weir_buf_addf(sql, " AND pg_visible_in_snapshot(_xid, '%s')", q->to);
	if (q->since)
		weir_buf_addf(sql, " AND _xid >= '%.*s' AND NOT pg_visible_in_snapshot(_xid, '%s')",
			      (int)strcspn(q->since, ":"), q->since, q->since);
	if (q->xid)
		weir_buf_addf(sql, " AND (_xid, _n) >= ('%llu'::xid8, %d)", (unsigned long long)q->xid, (int)q->n);
}

static enum weir_status start(struct weir_pg_source *q, struct weir_error *err)
{
	struct weir_buf sql = {0};

	bool grouped = q->pushdown.said.grouped;
	enum weir_status st = grouped ? weir_pg_begin_groups(q, err) : WEIR_OK;
	if (st != WEIR_OK)
		return st;
	weir_buf_add_c(&sql, "COPY (SELECT ");
	if (grouped)
		weir_pg_add_groups(q, &sql);
	else
		add_columns(q, &sql);
	if (q->query) {
		weir_buf_addf(&sql, " FROM (%s\n) AS weir", q->query);
	} else {
		weir_buf_add_c(&sql, " FROM ");
		weir_postgres_quote(weir_str_of(q->table), &sql);
		weir_buf_add_c(&sql, " WHERE true");
		weir_buf_add_str(&sql, weir_buf_str(&q->where));
		if (q->tracked) {
			add_step(q, &sql);
			weir_buf_add_c(&sql, grouped ? "" : " ORDER BY _xid, _n");
		}
		if (grouped)
			weir_pg_add_keys(q, &sql);
	}
	weir_buf_add_c(&sql, ") TO STDOUT (FORMAT binary)");
	int64_t timeout_us = q->server.timeout_us;
	if (q->where.size || grouped)
		q->server.timeout_us *= WEIR_PUSHDOWN_PATIENCE;
	st = weir_postgres_copy(&q->server, &sql, err);
	q->server.timeout_us = timeout_us;
	weir_buf_release(&sql);
	q->copying = st == WEIR_OK;
	q->begun = q->begun || q->copying;
	q->skip = q->same;
	q->same = 0;
	return st;
}

enum weir_status weir_pg_step_begin(struct weir_pg_source *q, bool *any, struct weir_error *err)
{
	bool broke_off = q->to && (q->xid || q->begun); /* the connection did, in a step */
	enum weir_status st = WEIR_OK;

	*any = true;
	if (q->tracked && !q->to)
		st = check_numbers(q, err);
	if (st == WEIR_OK && q->tracked && !broke_off)
		st = next_snapshot(q, any, err);
	if (st == WEIR_OK && *any)
		st = weir_pg_learn(q, err);
	if (st == WEIR_OK && *any)
		st = weir_pg_settle(q, err);
	if (st == WEIR_OK && *any)
		weir_pg_settle_groups(q);
	return st == WEIR_OK && *any ? start(q, err) : st;
}

void weir_pg_step_end(struct weir_pg_source *q)
{
	q->copying = q->begun = false;
	q->xid = 0;
	q->n = 0;
	q->same = q->skip = 0;
	free(q->since);
	q->since = NULL;
}

void weir_pg_position_write(const struct weir_pg_source *q, struct weir_buf *out)
{
	weir_buf_add_c(out, q->to ? q->to : "");
	if (q->copying)
		weir_buf_addf(out, "/%s/%llu/%d/%llu", q->since ? q->since : "", (unsigned long long)q->xid, (int)q->n,
			      (unsigned long long)q->same);
}

enum weir_status weir_pg_position_read(struct weir_pg_source *q, const char *text, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(text), part[5] = {0};
	int64_t numbers[3] = {0};
	size_t n = 0;
	bool good = strspn(text, "0123456789:,/") == rest.size && rest.size;

	while (rest.size && n < 5)
		part[n++] = weir_str_cut(rest, '/', &rest);
	good = good && (n == 1 || n == 5) && !rest.size && memchr(part[0].data, ':', part[0].size);
	for (size_t i = 2; good && i < n; i++)
		good = weir_parse_int64(part[i], false, &numbers[i - 2]);
	if (!good) {
		weir_fail(err, WEIR_USAGE, "position", "position=%.60s is none", text);
		weir_error_hint(err, "--stats has the one of an earlier run");
		return WEIR_USAGE;
	}
	q->to = weir_str_dup(part[0]);
	if (n == 5 && part[1].size)
		q->since = weir_str_dup(part[1]);
	q->xid = (uint64_t)numbers[0];
	q->n = (int32_t)numbers[1];
	q->same = (uint64_t)numbers[2];
	return q->to && (n == 1 || !part[1].size || q->since) ? WEIR_OK : out_of_memory(err);
}
