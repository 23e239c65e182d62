/* Conditions in PostgreSQL's words. Texts are compared by COLLATE "C", which goes by their bytes where the database has them in UTF-8; a
 * constant has its type written before it, so that the server converts nothing. */
#include "postgresql.h"

#include <math.h>

static void add_number(double v, struct weir_buf *out)
{
	char text[40];

	weir_buf_add(out, text, weir_format_double(v, text));
}

static void add_value(const struct weir_pg_source *q, const struct weir_filter *leaf, const struct weir_value *v,
		      struct weir_buf *out)
{
	char text[40];

	switch (leaf->type) {
	case WEIR_BOOL:
		weir_buf_add_c(out, v->b ? "true" : "false");
		return;
	case WEIR_INT64:
		weir_buf_addf(out, "int8 '%lld'", (long long)v->i);
		return;
	case WEIR_FLOAT64:
		weir_buf_add_c(out, "float8 '");
		if (isfinite(v->f))
			add_number(v->f, out);
		else
			weir_buf_add_c(out, v->f > 0 ? "Infinity" : "-Infinity");
		weir_buf_add_char(out, '\'');
		return;
	case WEIR_TIMESTAMP: /* as the column's own type, with or without a zone: both mean UTC here */
		weir_buf_addf(out, "'%.*s'%s", (int)weir_time_format_iso(v->i, text), text,
			      q->kinds[leaf->field] == WEIR_PG_DATE ? "::timestamp" : "");
		return;
	default:
		weir_postgres_literal(v->s, out);
	}
}

bool weir_pg_is_fit(const void *source, const struct weir_filter *leaf, const char **why)
{
	const struct weir_pg_source *q = source;
	static const enum weir_type types[] = {
	    [WEIR_PG_BOOL] = WEIR_BOOL,      [WEIR_PG_INT16] = WEIR_INT64,     [WEIR_PG_INT32] = WEIR_INT64,
	    [WEIR_PG_INT64] = WEIR_INT64,    [WEIR_PG_FLOAT32] = WEIR_FLOAT64, [WEIR_PG_FLOAT64] = WEIR_FLOAT64,
	    [WEIR_PG_TIME] = WEIR_TIMESTAMP, [WEIR_PG_DATE] = WEIR_TIMESTAMP,  [WEIR_PG_TEXT] = WEIR_STRING};
	const char *encoding = leaf->type == WEIR_STRING ? PQparameterStatus(q->server.db, "server_encoding") : "UTF8";

	if (types[q->kinds[leaf->field]] != leaf->type || q->casts[leaf->field][0])
		*why = "the server has the column in a type that weir has not";
	else if (!encoding || strcmp(encoding, "UTF8") != 0)
		*why = "the database has its texts in an encoding other than UTF-8";
	for (uint32_t i = 0; i < leaf->n_values && leaf->type == WEIR_STRING; i++)
		if (memchr(leaf->values[i].s.data, '\0', leaf->values[i].s.size) || !weir_utf8_valid(leaf->values[i].s))
			*why = "PostgreSQL has no such text";
	return !*why;
}

static void add_column(const struct weir_pg_source *q, const struct weir_filter *leaf, struct weir_buf *out)
{
	weir_postgres_quote(weir_str_of(q->cells.all[leaf->field].col), out);
	if (leaf->type == WEIR_STRING)
		weir_buf_add_c(out, " COLLATE \"C\"");
}

static void add_list(const struct weir_pg_source *q, const struct weir_filter *leaf, struct weir_buf *out)
{
	weir_buf_add_c(out, leaf->kind == WEIR_FILTER_IN ? " IN (" : " NOT IN (");
	for (uint32_t i = 0; i < leaf->n_values; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		add_value(q, leaf, &leaf->values[i], out);
	}
	weir_buf_add_char(out, ')');
}

/* NaN, infinity, and years before 1 and after 9999 are NULL here. Event times of that kind are seen among the groups. */
static bool is_loose(const struct weir_pg_source *q, const struct weir_filter *leaf)
{
	return leaf->type == WEIR_FLOAT64 ||
	       (leaf->type == WEIR_TIMESTAMP && (int)leaf->field != weir_schema_time_field(q->schema));
}

bool weir_pg_leaf(void *ctx, const struct weir_filter *leaf, struct weir_buf *out, const char **why)
{
	struct weir_pg_source *q = ctx;
	const char *sign = weir_pushdown_sign(leaf->kind);

	if (leaf->kind == WEIR_FILTER_IS_NULL || leaf->kind == WEIR_FILTER_NOT_NULL) {
		weir_postgres_quote(weir_str_of(q->cells.all[leaf->field].col), out);
		weir_buf_add_c(out, leaf->kind == WEIR_FILTER_IS_NULL ? " IS NULL" : " IS NOT NULL");
		return true;
	}
	if (!weir_pg_is_fit(q, leaf, why))
		return false;
	q->pushdown.loose = q->pushdown.loose || is_loose(q, leaf);
	add_column(q, leaf, out);
	if (leaf->kind == WEIR_FILTER_IN || leaf->kind == WEIR_FILTER_NOT_IN) {
		add_list(q, leaf, out);
		return true;
	}
	weir_buf_addf(out, " %s ", sign ? sign : leaf->kind == WEIR_FILTER_LIKE ? "LIKE" : "NOT LIKE");
	add_value(q, leaf, &leaf->values[0], out);
	return true;
}

enum weir_status weir_pg_settle(struct weir_pg_source *q, struct weir_error *err)
{
	struct weir_pushdown *p = &q->pushdown;
	int time = weir_schema_time_field(q->schema);
	bool asked_time = time >= 0 && q->kinds[time] != WEIR_PG_TIME && q->kinds[time] != WEIR_PG_DATE;

	if (q->asked)
		return WEIR_OK;
	weir_pushdown_span(p, &q->from, &q->until);
	enum weir_status st = weir_pushdown_learn(p, q->schema, err);
	if (st != WEIR_OK)
		return st;
	if (q->query)
		weir_pushdown_refuse(p, "a query is run as it is: put the condition into query=");
	else if (asked_time)
		weir_pushdown_refuse(p, "the event time is read from a column that is no time to the server");
	else if (q->follow)
		weir_pushdown_refuse_parts(p, "new rows may bring other types (follow=yes)");
	else if (!q->tracked && p->question && p->question->places)
		weir_pushdown_refuse(p, "rows without _xid and _n are told apart by their count, from the first on");
	weir_pushdown_print(p, time, weir_pg_leaf, q, &q->where);
	if (q->query || q->follow || asked_time)
		weir_pushdown_ungroup(p, q->query ? "a query is run as it is: group in query="
					 : q->follow
					     ? "new rows may bring other types (follow=yes)"
					     : "the event time is read from a column that is no time to the server");
	q->asked = true;
	return q->where.failed ? weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory") : WEIR_OK;
}
