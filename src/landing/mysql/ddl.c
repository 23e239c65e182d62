/* Tables: made, learned, and widened as rows need it. What weir calls a column stands in the column's comment. */
#include "mysql.h"

#include "weir/client/described.h"

#include <stdlib.h>

static const char *const types[WEIR_TYPE_COUNT] = {
    [WEIR_NULL] = "LONGTEXT",  [WEIR_BOOL] = "BOOLEAN",          [WEIR_INT64] = "BIGINT",
    [WEIR_FLOAT64] = "DOUBLE", [WEIR_TIMESTAMP] = "DATETIME(6)", [WEIR_STRING] = "LONGTEXT",
};

static const char *const own[] = {WEIR_MYSQL_KEY, WEIR_MYSQL_NULLS, WEIR_MYSQL_N, WEIR_MYSQL_ID, NULL};

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

/* By information_schema's column_type. */
static enum weir_type type_of(const char *text)
{
	static const struct {
		const char *text;
		enum weir_type type;
	} known[] = {{"tinyint(1)", WEIR_BOOL}, {"bigint", WEIR_INT64},          {"bigint(20)", WEIR_INT64},
		     {"double", WEIR_FLOAT64},  {"datetime(6)", WEIR_TIMESTAMP}, {"longtext", WEIR_STRING}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].text, text) == 0)
			return known[i].type;
	return WEIR_TYPE_COUNT;
}

/* A column as the catalog has it: name, type, comment. */
static bool take_column(struct weir_sql_table *t, MYSQL_ROW row)
{
	struct weir_described d = {0};
	struct weir_str col = weir_str_of(row[0]);
	enum weir_type type = type_of(row[1]);
	bool described = weir_described_read(weir_str_of(row[2]), &d);

	if (type == WEIR_STRING && described && strcmp(d.type, weir_type_name(WEIR_NULL)) == 0)
		type = WEIR_NULL; /* nothing but NULL came so far */
	bool good = weir_sql_table_add(t, described ? weir_str_of(d.name) : col, col, type,
				       type == WEIR_TYPE_COUNT ? row[1] : NULL);
	weir_described_release(&d);
	return good;
}

/* Learns the columns; *there: the table is. */
static enum weir_status learn(struct weir_my *l, struct weir_sql_table *t, bool *there, struct weir_error *err)
{
	struct weir_buf *sql = &l->base.sql;
	struct weir_sql_table now = {0};
	MYSQL_RES *r = NULL;
	MYSQL_ROW row;
	int n_own = 0;

	weir_buf_clear(sql);
	weir_buf_add_c(sql, "SELECT column_name, column_type, column_comment FROM information_schema.columns WHERE "
			    "table_schema = database() AND table_name = ");
	weir_mysql_literal(weir_str_of(t->name), sql);
	weir_buf_add_c(sql, " ORDER BY ordinal_position");
	enum weir_status st = weir_mysql_ask(&l->server, sql, true, &r, err);
	*there = st == WEIR_OK && mysql_num_rows(r) > 0;
	while (st == WEIR_OK && (row = mysql_fetch_row(r))) {
		if (is_own(row[0]))
			n_own++;
		else if (strcmp(row[0], WEIR_MY_WIDENED) != 0 && !take_column(&now, row))
			st = out_of_memory(err);
	}
	mysql_free_result(r);
	if (st == WEIR_OK && *there && n_own < (int)(sizeof own / sizeof *own) - 1)
		st = weir_sql_table_foreign(&l->base, t, err);
	if (st == WEIR_OK)
		weir_sql_table_replace(t, &now);
	weir_sql_table_release(&now);
	return st;
}

static enum weir_status make(struct weir_my *l, const struct weir_sql_table *t, struct weir_error *err)
{
	struct weir_buf *sql = &l->base.sql;

	weir_buf_clear(sql);
	weir_buf_add_c(sql, "CREATE TABLE IF NOT EXISTS ");
	weir_mysql_quote(weir_str_of(t->name), sql);
	weir_buf_add_c(sql,
		       " (_stream VARCHAR(255) NOT NULL, _topic VARCHAR(255) NOT NULL, _partition BIGINT NOT NULL, "
		       "_offset BIGINT NOT NULL, _run BIGINT NOT NULL, _nulls LONGTEXT, _n INT NOT NULL DEFAULT 0, "
		       "_id BIGINT NOT NULL AUTO_INCREMENT, ");
	weir_buf_add_c(
	    sql, l->server.singlestore
		     ? "SHARD KEY (_offset, _partition), SORT KEY (_id), KEY (_id) USING HASH, "
		       "UNIQUE KEY _key (_offset, _partition, _run, _topic, _stream) USING HASH) COLLATE utf8mb4_bin"
		     : "PRIMARY KEY (_id), UNIQUE KEY _key (_offset, _partition, _run, _topic, _stream)) "
		       "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	return weir_mysql_run_text(&l->server, sql, NULL, err);
}

/* From here to the end of the transaction its columns stay as they are. */
static enum weir_status hold(struct weir_my *l, const struct weir_sql_table *t, struct weir_error *err)
{
	struct weir_buf *sql = &l->base.sql;
	MYSQL_RES *r = NULL;

	weir_buf_clear(sql);
	weir_buf_add_c(sql, "SELECT 1 FROM ");
	weir_mysql_quote(weir_str_of(t->name), sql);
	weir_buf_add_c(sql, " LIMIT 0");
	enum weir_status st = weir_mysql_ask(&l->server, sql, true, &r, err);
	mysql_free_result(r);
	return st;
}

enum weir_status weir_my_open_table(struct weir_sql_landing *base, struct weir_sql_table *t, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	bool there = false;
	enum weir_status st = learn(l, t, &there, err);

	if (st != WEIR_OK)
		return st;
	if (!there && !base->options.create) {
		st = weir_fail(err, WEIR_NOT_FOUND, l->server.name, "there is no table %s", t->name);
		weir_error_hint(err, "create=yes makes it");
		return st;
	}
	if (!there) /* which ends the transaction; nothing was written in it yet, or this would have come before */
		st = make(l, t, err);
	if (st == WEIR_OK && !there)
		st = weir_mysql_run(&l->server, WEIR_STR("START TRANSACTION"), NULL, err);
	if (st == WEIR_OK)
		st = hold(l, t, err);
	return st == WEIR_OK ? learn(l, t, &there, err) : st;
}

/* Changes of tables are no part of transactions here. Two who change the same one take turns by a lock of their own. */
enum weir_status weir_my_change(struct weir_sql_landing *base, struct weir_sql_plan *p,
				const struct weir_schema *schema, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	bool there = false;
	enum weir_status st = weir_sql_commit(base, err);

	base->open = st == WEIR_OK;
	weir_buf_clear(&base->sql);
	weir_buf_addf(&base->sql, "DO GET_LOCK('weir', %lld)", (long long)base->options.timeout_us / WEIR_US_PER_S + 1);
	if (st == WEIR_OK)
		st = weir_mysql_run_text(&l->server, &base->sql, NULL, err);
	if (st == WEIR_OK)
		st = learn(l, p->table, &there, err);
	if (st == WEIR_OK)
		st = weir_sql_plan_follow(base, p, schema, err);
	if (st == WEIR_OK)
		st = weir_mysql_run(&l->server, WEIR_STR("DO RELEASE_LOCK('weir')"), NULL, err);
	if (st == WEIR_OK)
		st = weir_sql_commit(base, err);
	return st == WEIR_OK ? weir_sql_begin(base, err) : st;
}

/* "ALTER TABLE t ADD COLUMN c"; `type` stands behind it. */
static void alter(struct weir_my *l, const struct weir_sql_table *t, const char *what, const char *col,
		  const char *type)
{
	weir_buf_clear(&l->base.sql);
	weir_buf_add_c(&l->base.sql, "ALTER TABLE ");
	weir_mysql_quote(weir_str_of(t->name), &l->base.sql);
	weir_buf_addf(&l->base.sql, " %s ", what);
	weir_mysql_quote(weir_str_of(col), &l->base.sql);
	weir_buf_addf(&l->base.sql, " %s", type);
}

static void describe(struct weir_my *l, const struct weir_field *field)
{
	weir_buf_clear(&l->text);
	weir_described_write(field->name, weir_type_name(field->type), field->is_time, &l->text);
	l->base.sql.failed = l->base.sql.failed || l->text.failed;
	weir_buf_add_c(&l->base.sql, " NULL COMMENT ");
	weir_mysql_literal(weir_buf_str(&l->text), &l->base.sql);
}

enum weir_status weir_my_add(struct weir_sql_landing *base, struct weir_sql_table *t, const struct weir_field *field,
			     const char *col, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;

	alter(l, t, "ADD COLUMN", col, types[field->type]);
	describe(l, field);
	return weir_mysql_run_text(&l->server, &base->sql, NULL, err);
}

/* The text that weir gives a value (weir_value_text); $ is the column. */
static const char *const texts[WEIR_TYPE_COUNT] = {
    [WEIR_BOOL] = "CASE WHEN $ THEN 'true' ELSE 'false' END",
    [WEIR_INT64] = "CAST($ AS CHAR)",
    [WEIR_FLOAT64] =
	"CASE WHEN abs($) < 1e16 AND $ = truncate($, 0) THEN concat(CAST(CAST($ AS DECIMAL(20)) AS CHAR), '.0') "
	"WHEN abs($) >= 1e16 THEN replace(CAST($ AS CHAR), 'e', 'e+') ELSE CAST($ AS CHAR) END",
    [WEIR_TIMESTAMP] =
	"concat(date_format($, '%Y-%m-%dT%H:%i:%s'), CASE WHEN microsecond($) = 0 THEN '' WHEN microsecond($) % "
	"1000 = 0 THEN concat('.', lpad(microsecond($) DIV 1000, 3, '0')) ELSE concat('.', lpad(microsecond($), "
	"6, '0')) END, 'Z')",
};

static void add_text_of(enum weir_type type, struct weir_str col, struct weir_buf *sql)
{
	weir_buf_add_c(sql, "CASE WHEN ");
	weir_mysql_quote(col, sql);
	weir_buf_add_c(sql, " IS NOT NULL THEN ");
	for (const char *at = texts[type]; *at; at++) {
		if (*at == '$')
			weir_mysql_quote(col, sql);
		else
			weir_buf_add_char(sql, *at);
	}
	weir_buf_add_c(sql, " END");
}

/* The column becomes text as weir writes it, and not as the server does: by way of another one. */
static enum weir_status widen_to_text(struct weir_my *l, struct weir_sql_table *t, struct weir_sql_column *c,
				      struct weir_error *err)
{
	struct weir_buf *sql = &l->base.sql;
	struct weir_field field = {.name = weir_str_of(c->name), .type = WEIR_STRING};

	alter(l, t, "ADD COLUMN", WEIR_MY_WIDENED, types[WEIR_STRING]);
	enum weir_status st = weir_mysql_run_text(&l->server, sql, NULL, err);
	if (st != WEIR_OK && l->server.db) /* it may be left from a try that was broken off */
		st = hold(l, t, err);
	if (st != WEIR_OK)
		return st;
	weir_buf_clear(sql);
	weir_buf_add_c(sql, "UPDATE ");
	weir_mysql_quote(weir_str_of(t->name), sql);
	weir_buf_add_c(sql, " SET " WEIR_MY_WIDENED " = ");
	add_text_of(c->type, weir_str_of(c->col), sql);
	st = weir_mysql_run_text(&l->server, sql, NULL, err);
	if (st == WEIR_OK)
		st = weir_mysql_run(&l->server, WEIR_STR("COMMIT"), NULL, err);
	if (st != WEIR_OK)
		return st;
	alter(l, t, "DROP COLUMN", c->col, "");
	weir_buf_add_c(sql, ", CHANGE COLUMN " WEIR_MY_WIDENED " ");
	weir_mysql_quote(weir_str_of(c->col), sql);
	weir_buf_addf(sql, " %s", types[WEIR_STRING]);
	describe(l, &field);
	return weir_mysql_run_text(&l->server, sql, NULL, err);
}

enum weir_status weir_my_widen(struct weir_sql_landing *base, struct weir_sql_table *t, struct weir_sql_column *c,
			       enum weir_type type, struct weir_error *err)
{
	struct weir_my *l = (struct weir_my *)base;
	struct weir_field field = {.name = weir_str_of(c->name), .type = type};

	if (type == WEIR_STRING && c->type != WEIR_NULL)
		return widen_to_text(l, t, c, err);
	alter(l, t, "MODIFY COLUMN", c->col, types[type]);
	describe(l, &field);
	return weir_mysql_run_text(&l->server, &base->sql, NULL, err);
}
