/* Conditions in MySQL's words. Its collations know no difference between A and a, or between a text and the same with blanks behind
 * it, so texts are compared as bytes of UTF-8. */
#include "mysql.h"

#include <stdio.h>

/* Times that the server has: its manual warrants the years from 1000 on. */
#define FIRST_US INT64_C(-30610224000000000)

static void add_bytes(struct weir_str s, struct weir_buf *out)
{
	static const char digits[] = "0123456789abcdef";

	weir_buf_add_c(out, "x'");
	for (size_t i = 0; i < s.size; i++) {
		weir_buf_add_char(out, digits[(unsigned char)s.data[i] >> 4]);
		weir_buf_add_char(out, digits[(unsigned char)s.data[i] & 15]);
	}
	weir_buf_add_char(out, '\'');
}

/* 2026-11-22T10:00:00.5Z as the server writes it. */
static void add_time(int64_t us, struct weir_buf *out)
{
	char text[40];
	size_t n = weir_time_format_iso(us, text);

	text[10] = ' ';
	weir_buf_addf(out, "TIMESTAMP'%.*s'", (int)n - 1, text);
}

static void add_value(const struct weir_filter *leaf, const struct weir_value *v, struct weir_buf *out)
{
	char text[40];

	switch (leaf->type) {
	case WEIR_BOOL:
		weir_buf_add_char(out, v->b ? '1' : '0');
		return;
	case WEIR_INT64:
		weir_buf_addf(out, "%lld", (long long)v->i);
		return;
	case WEIR_FLOAT64: /* without an exponent it would be a DECIMAL */
		snprintf(text, sizeof text, "%.17e", v->f);
		weir_buf_add_c(out, text);
		return;
	case WEIR_TIMESTAMP:
		add_time(v->i, out);
		return;
	default:
		add_bytes(v->s, out);
	}
}

bool weir_my_is_fit(const void *source, const struct weir_filter *leaf, const char **why)
{
	const struct weir_my_source *q = source;
	static const enum weir_type types[] = {[WEIR_MY_BOOL] = WEIR_BOOL,
					       [WEIR_MY_INT] = WEIR_INT64,
					       [WEIR_MY_FLOAT] = WEIR_FLOAT64,
					       [WEIR_MY_TIME] = WEIR_TIMESTAMP,
					       [WEIR_MY_TEXT] = WEIR_STRING};

	if (q->exact[leaf->field] == WEIR_MY_INEXACT || types[q->kinds[leaf->field]] != leaf->type)
		*why = "the server has the column in a type that weir has not";
	for (uint32_t i = 0; i < leaf->n_values; i++) {
		const struct weir_value *v = &leaf->values[i];
		if (leaf->type == WEIR_TIMESTAMP && v->i < FIRST_US)
			*why = "the server has no such times";
		if (leaf->type == WEIR_FLOAT64 && v->f - v->f != 0)
			*why = "the server has no infinity";
	}
	return !*why;
}

static void add_column(const struct weir_my_source *q, const struct weir_filter *leaf, struct weir_buf *out)
{
	bool text = leaf->type == WEIR_STRING;

	weir_buf_add_c(out, text ? "CAST(CONVERT(" : "");
	weir_mysql_quote(weir_str_of(q->cells.all[leaf->field].col), out);
	weir_buf_add_c(out, text ? " USING utf8mb4) AS BINARY)" : "");
}

/* By characters, without blanks being added. Its own escape is a word of sql_mode; ours is fixed. */
static bool add_like(const struct weir_my_source *q, const struct weir_filter *leaf, struct weir_buf *out,
		     const char **why)
{
	struct weir_buf pattern = {0};
	struct weir_str p = leaf->values[0].s;

	if (!weir_utf8_valid(p)) {
		*why = "the server has no such text";
		return false;
	}
	for (size_t i = 0; i < p.size; i++) {
		bool taken = p.data[i] == '\\' && i + 1 < p.size;
		char c = p.data[taken ? ++i : i];
		if (c == '|' || (taken && (c == '%' || c == '_')))
			weir_buf_add_char(&pattern, '|');
		weir_buf_add_char(&pattern, c);
	}
	weir_buf_add_c(out, "CONVERT(");
	weir_mysql_quote(weir_str_of(q->cells.all[leaf->field].col), out);
	weir_buf_addf(out, " USING utf8mb4) COLLATE utf8mb4_bin %sLIKE CONVERT(",
		      leaf->kind == WEIR_FILTER_LIKE ? "" : "NOT ");
	add_bytes(weir_buf_str(&pattern), out);
	weir_buf_add_c(out, " USING utf8mb4) COLLATE utf8mb4_bin ESCAPE '|'");
	out->failed = out->failed || pattern.failed;
	weir_buf_release(&pattern);
	return true;
}

bool weir_my_leaf(void *ctx, const struct weir_filter *leaf, struct weir_buf *out, const char **why)
{
	struct weir_my_source *q = ctx;
	const char *sign = weir_pushdown_sign(leaf->kind);

	if (leaf->kind == WEIR_FILTER_IS_NULL || leaf->kind == WEIR_FILTER_NOT_NULL) {
		weir_mysql_quote(weir_str_of(q->cells.all[leaf->field].col), out);
		weir_buf_add_c(out, leaf->kind == WEIR_FILTER_IS_NULL ? " IS NULL" : " IS NOT NULL");
		return true;
	}
	if (!weir_my_is_fit(q, leaf, why))
		return false;
	/* 0000-00-00 is NULL here. An event time of that kind is seen among the groups. */
	if (leaf->type == WEIR_TIMESTAMP && (int)leaf->field != weir_schema_time_field(q->schema))
		q->pushdown.loose = true;
	if (leaf->kind == WEIR_FILTER_LIKE || leaf->kind == WEIR_FILTER_NOT_LIKE)
		return add_like(q, leaf, out, why);
	add_column(q, leaf, out);
	if (sign) {
		weir_buf_addf(out, " %s ", sign);
		add_value(leaf, &leaf->values[0], out);
		return true;
	}
	weir_buf_add_c(out, leaf->kind == WEIR_FILTER_IN ? " IN (" : " NOT IN (");
	for (uint32_t i = 0; i < leaf->n_values; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		add_value(leaf, &leaf->values[i], out);
	}
	weir_buf_add_char(out, ')');
	return true;
}

/* ---- whether all values are of the types that the columns have ---- */

/* Rows with others, of the columns that are read. False: there can be none. */
static bool add_others(const struct weir_my_source *q, struct weir_buf *sql)
{
	const char *between = " WHERE ";

	weir_buf_add_c(sql, "SELECT 1 FROM ");
	weir_mysql_quote(weir_str_of(q->table), sql);
	for (uint32_t i = 0; i < q->cells.n; i++) {
		enum weir_my_exact exact = q->exact[i];
		if ((exact != WEIR_MY_OPEN && exact != WEIR_MY_UNSIGNED) ||
		    !weir_pushdown_reads(&q->pushdown, q->schema->fields[i].name))
			continue;
		weir_buf_add_c(sql, between);
		weir_mysql_quote(weir_str_of(q->cells.all[i].col), sql);
		weir_buf_add_c(sql, exact == WEIR_MY_OPEN ? " NOT IN (0, 1)" : " > 9223372036854775807");
		between = " OR ";
	}
	weir_buf_add_c(sql, " LIMIT 1");
	return between[1] == 'O';
}

static enum weir_status has_others(struct weir_my_source *q, bool *yes, struct weir_error *err)
{
	struct weir_buf sql = {0};
	MYSQL_RES *r = NULL;
	enum weir_status st = add_others(q, &sql) ? weir_mysql_ask(&q->server, &sql, true, &r, err) : WEIR_OK;

	*yes = r && mysql_num_rows(r) > 0;
	mysql_free_result(r);
	weir_buf_release(&sql);
	return st;
}

/* Why nothing is asked of the server; NULL: it is asked. */
static const char *whole(const struct weir_my_source *q, int time)
{
	if (q->query)
		return "a query is run as it is: put the condition into query=";
	if (q->follow)
		return "rows are found by their numbers, without a gap (follow=yes)";
	if (q->server.singlestore)
		return "it was not tried on SingleStore";
	if (time >= 0 && q->kinds[time] != WEIR_MY_TIME)
		return "the event time is read from a column that is no time to the server";
	if (!q->tracked && q->pushdown.question && q->pushdown.question->places)
		return "rows without _id are told apart by their count, from the first on";
	return NULL;
}

enum weir_status weir_my_settle(struct weir_my_source *q, struct weir_error *err)
{
	struct weir_pushdown *p = &q->pushdown;
	int time = weir_schema_time_field(q->schema);
	const char *why = whole(q, time);
	bool others = false;

	if (q->asked)
		return WEIR_OK;
	weir_pushdown_span(p, &q->from, &q->until);
	enum weir_status st = weir_pushdown_learn(p, q->schema, err);
	bool groups = p->question && p->question->grouping && !p->said.ungrouped;
	if (st == WEIR_OK && !why && (weir_pushdown_any(p) || groups))
		st = has_others(q, &others, err);
	if (st != WEIR_OK)
		return st;
	if (others)
		why = "a column holds numbers beyond its type: a TINYINT(1) that is no bool, or more than 2^63";
	if (why) {
		weir_pushdown_refuse(p, why);
		weir_pushdown_ungroup(p, why);
	} else {
		weir_pushdown_print(p, time, weir_my_leaf, q, &q->where);
	}
	q->asked = true;
	return q->where.failed ? weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory") : WEIR_OK;
}
