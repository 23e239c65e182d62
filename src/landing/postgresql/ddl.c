/* Tables: made, learned, and widened as rows need it. What weir calls a column stands in the column's comment. */
#include "postgresql.h"

#include "weir/client/described.h"

#include <stdlib.h>

static const char *const types[WEIR_TYPE_COUNT] = {
    [WEIR_NULL] = "text",
    [WEIR_BOOL] = "boolean",
    [WEIR_INT64] = "bigint",
    [WEIR_FLOAT64] = "double precision",
    [WEIR_TIMESTAMP] = "timestamp with time zone",
    [WEIR_STRING] = "text",
};

static const char *const own[] = {WEIR_POSTGRES_KEY, WEIR_POSTGRES_NULLS, WEIR_POSTGRES_XID, WEIR_POSTGRES_N, NULL};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static bool is_own(const char *name)
{
	for (size_t i = 0; own[i]; i++)
		if (strcmp(own[i], name) == 0)
			return true;
	return false;
}

static enum weir_type type_of(const char *number)
{
	switch (atoi(number)) {
	case WEIR_POSTGRES_BOOL:
		return WEIR_BOOL;
	case WEIR_POSTGRES_INT8:
		return WEIR_INT64;
	case WEIR_POSTGRES_FLOAT8:
		return WEIR_FLOAT64;
	case WEIR_POSTGRES_TIMESTAMPTZ:
		return WEIR_TIMESTAMP;
	case WEIR_POSTGRES_TEXT:
		return WEIR_STRING;
	default:
		return WEIR_TYPE_COUNT;
	}
}

/* A column as the catalog has it: name, type, its text, comment. */
static bool take_column(struct weir_sql_table *t, const PGresult *r, int row)
{
	struct weir_described d = {0};
	struct weir_str col = weir_str_of(PQgetvalue(r, row, 0));
	enum weir_type type = type_of(PQgetvalue(r, row, 1));
	bool described = weir_described_read(weir_str_of(PQgetvalue(r, row, 3)), &d);

	if (type == WEIR_STRING && described && strcmp(d.type, weir_type_name(WEIR_NULL)) == 0)
		type = WEIR_NULL; /* nothing but NULL came so far */
	bool good = weir_sql_table_add(t, described ? weir_str_of(d.name) : col, col, type,
				       type == WEIR_TYPE_COUNT ? PQgetvalue(r, row, 2) : NULL);
	weir_described_release(&d);
	return good;
}

/* Learns the columns; *there: the table is. */
static enum weir_status learn(struct weir_pg *l, struct weir_sql_table *t, bool *there, struct weir_error *err)
{
	struct weir_buf quoted = {0};
	struct weir_sql_table now = {0};
	PGresult *r = NULL;
	int n_own = 0;

	weir_postgres_quote(weir_str_of(t->name), &quoted);
	const char *params[] = {quoted.data};
	enum weir_status st =
	    quoted.failed ? out_of_memory(err)
			  : weir_postgres_ask(
				&l->server,
				"SELECT attname, atttypid, format_type(atttypid, atttypmod), col_description(attrelid, "
				"attnum) FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT "
				"attisdropped ORDER BY attnum",
				1, params, &r, err);
	*there = st == WEIR_OK && PQntuples(r) > 0;
	for (int i = 0; st == WEIR_OK && i < PQntuples(r); i++) {
		if (is_own(PQgetvalue(r, i, 0)))
			n_own++;
		else if (!take_column(&now, r, i))
			st = out_of_memory(err);
	}
	if (st == WEIR_OK && *there && n_own < (int)(sizeof own / sizeof *own) - 1)
		st = weir_sql_table_foreign(&l->base, t, err);
	if (st == WEIR_OK)
		weir_sql_table_replace(t, &now);
	weir_sql_table_release(&now);
	PQclear(r);
	weir_buf_release(&quoted);
	return st;
}

/* Two who make the same table at one time would meet in the catalog: the second waits, and finds it. */
static enum weir_status make(struct weir_pg *l, struct weir_sql_table *t, struct weir_error *err)
{
	struct weir_buf *sql = &l->base.sql;
	bool there = false;
	enum weir_status st = weir_postgres_run(&l->server, "SELECT pg_advisory_xact_lock(1464158546)", err);

	if (st == WEIR_OK)
		st = learn(l, t, &there, err);
	if (st != WEIR_OK || there)
		return st;
	weir_buf_clear(sql);
	weir_buf_add_c(sql, "CREATE TABLE ");
	weir_postgres_quote(weir_str_of(t->name), sql);
	weir_buf_add_c(
	    sql, " (_stream text NOT NULL, _topic text NOT NULL, _partition bigint NOT NULL, _offset bigint NOT NULL, "
		 "_run bigint NOT NULL, _nulls text, _xid xid8 NOT NULL DEFAULT pg_current_xact_id(), "
		 "_n integer NOT NULL DEFAULT 0, PRIMARY KEY (_offset, _partition, _run, _topic, _stream)); "
		 "CREATE INDEX ON ");
	weir_postgres_quote(weir_str_of(t->name), sql);
	weir_buf_add_c(sql, " (_xid, _n)");
	return weir_postgres_run_text(&l->server, sql, NULL, err);
}

static enum weir_status lock(struct weir_pg *l, const struct weir_sql_table *t, const char *mode,
			     struct weir_error *err)
{
	weir_buf_clear(&l->base.sql);
	weir_buf_add_c(&l->base.sql, "LOCK TABLE ");
	weir_postgres_quote(weir_str_of(t->name), &l->base.sql);
	weir_buf_addf(&l->base.sql, " IN %s MODE", mode);
	return weir_postgres_run_text(&l->server, &l->base.sql, NULL, err);
}

enum weir_status weir_pg_open_table(struct weir_sql_landing *base, struct weir_sql_table *t, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;
	bool there = false;
	enum weir_status st = learn(l, t, &there, err);

	if (st != WEIR_OK)
		return st;
	if (!there && !base->options.create) {
		st = weir_fail(err, WEIR_NOT_FOUND, l->server.name, "there is no table %s", t->name);
		weir_error_hint(err, "create=yes makes it");
		return st;
	}
	st = there ? WEIR_OK : make(l, t, err);
	if (st == WEIR_OK)
		st = lock(l, t, "ROW EXCLUSIVE", err);
	return st == WEIR_OK ? learn(l, t, &there, err) : st; /* it may have changed before it was locked */
}

enum weir_status weir_pg_change(struct weir_sql_landing *base, struct weir_sql_plan *p,
				const struct weir_schema *schema, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;
	bool there = false;
	enum weir_status st = weir_sql_commit(base, err);

	/* With a weaker lock in hand, two who want this one would wait for each other. */
	if (st == WEIR_OK)
		st = weir_postgres_run(&l->server, "BEGIN", err);
	base->open = st == WEIR_OK;
	if (st == WEIR_OK)
		st = lock(l, p->table, "ACCESS EXCLUSIVE", err);
	if (st == WEIR_OK)
		st = learn(l, p->table, &there, err);
	if (st == WEIR_OK)
		st = weir_sql_plan_follow(base, p, schema, err);
	if (st == WEIR_OK)
		st = weir_sql_commit(base, err);
	return st == WEIR_OK ? weir_sql_begin(base, err) : st;
}

static void describe(struct weir_pg *l, const struct weir_sql_table *t, const char *col, const struct weir_field *field)
{
	weir_buf_add_c(&l->base.sql, "; COMMENT ON COLUMN ");
	weir_postgres_quote(weir_str_of(t->name), &l->base.sql);
	weir_buf_add_char(&l->base.sql, '.');
	weir_postgres_quote(weir_str_of(col), &l->base.sql);
	weir_buf_add_c(&l->base.sql, " IS ");
	weir_buf_clear(&l->text);
	weir_described_write(field->name, weir_type_name(field->type), field->is_time, &l->text);
	l->base.sql.failed = l->base.sql.failed || l->text.failed;
	weir_postgres_literal(weir_buf_str(&l->text), &l->base.sql);
}

static void alter(struct weir_pg *l, const struct weir_sql_table *t, const char *what, const char *col)
{
	weir_buf_clear(&l->base.sql);
	weir_buf_add_c(&l->base.sql, "ALTER TABLE ");
	weir_postgres_quote(weir_str_of(t->name), &l->base.sql);
	weir_buf_addf(&l->base.sql, " %s ", what);
	weir_postgres_quote(weir_str_of(col), &l->base.sql);
}

enum weir_status weir_pg_add(struct weir_sql_landing *base, struct weir_sql_table *t, const struct weir_field *field,
			     const char *col, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;

	alter(l, t, "ADD COLUMN", col);
	weir_buf_addf(&l->base.sql, " %s", types[field->type]);
	describe(l, t, col, field);
	return weir_postgres_run_text(&l->server, &l->base.sql, NULL, err);
}

/* The text that weir gives a value (weir_value_text); %1$s is the column. */
static const char *const texts[WEIR_TYPE_COUNT] = {
    [WEIR_NULL] = "%1$s",
    [WEIR_BOOL] = "%1$s::text",
    [WEIR_INT64] = "%1$s::text",
    [WEIR_FLOAT64] = "CASE WHEN %1$s::text IN ('NaN', 'Infinity', '-Infinity') THEN %1$s::text "
		     "WHEN %1$s::text = '0' THEN '0.0' WHEN %1$s::text = '-0' THEN '-0.0' "
		     "WHEN abs(%1$s) < 1e16 AND %1$s = trunc(%1$s) THEN %1$s::bigint::text || '.0' "
		     "WHEN abs(%1$s) >= 1e-4 AND abs(%1$s) < 1e16 THEN %1$s::text::numeric::text ELSE %1$s::text END",
    [WEIR_TIMESTAMP] =
	"to_char(%1$s, 'YYYY-MM-DD\"T\"HH24:MI:SS') || CASE WHEN to_char(%1$s, 'US') = '000000' THEN '' "
	"WHEN right(to_char(%1$s, 'US'), 3) = '000' THEN to_char(%1$s, '.MS') ELSE to_char(%1$s, '.US') END || 'Z'",
    [WEIR_STRING] = "%1$s",
};

/* Puts the column where %1$s stands. */
static void add_expression(const char *text, const char *col, struct weir_buf *out)
{
	for (const char *next; (next = strstr(text, "%1$s")) != NULL; text = next + 4) {
		weir_buf_add(out, text, (size_t)(next - text));
		weir_postgres_quote(weir_str_of(col), out);
	}
	weir_buf_add_c(out, text);
}

enum weir_status weir_pg_widen(struct weir_sql_landing *base, struct weir_sql_table *t, struct weir_sql_column *c,
			       enum weir_type type, struct weir_error *err)
{
	struct weir_pg *l = (struct weir_pg *)base;
	struct weir_field field = {.name = weir_str_of(c->name), .type = type};

	alter(l, t, "ALTER COLUMN", c->col);
	weir_buf_addf(&l->base.sql, " TYPE %s USING (", types[type]);
	add_expression(type == WEIR_STRING ? texts[c->type] : "%1$s", c->col, &l->base.sql);
	weir_buf_addf(&l->base.sql, ")::%s", types[type]);
	describe(l, t, c->col, &field);
	return weir_postgres_run_text(&l->server, &l->base.sql, NULL, err);
}
