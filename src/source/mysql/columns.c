/* The columns of a table or a query: their names, and how their texts are read. */
#include "mysql.h"

#include "weir/client/described.h"

#include <stdlib.h>

enum { BINARY = 63 }; /* the character set of what is no text */

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory");
}

struct known {
	enum weir_my_kind kind;
	enum weir_type type;
};

/* DECIMAL(p, s): a double has up to 15 digits of it, a whole number up to 18; more stay text. */
static struct known decimal_of(const MYSQL_FIELD *f)
{
	enum { FLOAT_DIGITS = 15, INT_DIGITS = 18 };
	unsigned long digits = f->length - (f->decimals ? 1 : 0) - (f->flags & UNSIGNED_FLAG ? 0 : 1);

	if (!f->decimals && digits <= INT_DIGITS)
		return (struct known){WEIR_MY_INT, WEIR_INT64};
	return digits <= FLOAT_DIGITS ? (struct known){WEIR_MY_FLOAT, WEIR_FLOAT64}
				      : (struct known){WEIR_MY_TEXT, WEIR_STRING};
}

static struct known known_of(const MYSQL_FIELD *f)
{
	switch (f->type) {
	case MYSQL_TYPE_TINY:
		return f->length == 1 ? (struct known){WEIR_MY_BOOL, WEIR_BOOL}
				      : (struct known){WEIR_MY_INT, WEIR_INT64};
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		return (struct known){WEIR_MY_INT, WEIR_INT64};
	case MYSQL_TYPE_FLOAT:
	case MYSQL_TYPE_DOUBLE:
		return (struct known){WEIR_MY_FLOAT, WEIR_FLOAT64};
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		return decimal_of(f);
	case MYSQL_TYPE_TIMESTAMP:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_DATE:
		return (struct known){WEIR_MY_TIME, WEIR_TIMESTAMP};
	default:
		return (struct known){WEIR_MY_TEXT, WEIR_STRING};
	}
}

static bool is_own(const char *name)
{
	static const char *const own[] = {WEIR_MYSQL_KEY, WEIR_MYSQL_NULLS, WEIR_MYSQL_N, WEIR_MYSQL_ID};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

static enum weir_my_exact exact_of(const MYSQL_FIELD *f)
{
	bool text = f->charsetnr != BINARY && !(f->flags & (ENUM_FLAG | SET_FLAG));

	switch (f->type) {
	case MYSQL_TYPE_TINY:
		return f->length == 1 ? WEIR_MY_OPEN : WEIR_MY_EXACT;
	case MYSQL_TYPE_LONGLONG:
		return f->flags & UNSIGNED_FLAG ? WEIR_MY_UNSIGNED : WEIR_MY_EXACT;
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_DOUBLE:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return WEIR_MY_EXACT;
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
		return text ? WEIR_MY_EXACT : WEIR_MY_INEXACT;
	default:
		return WEIR_MY_INEXACT;
	}
}

static bool set_kind(struct weir_my_source *q, uint32_t field, enum weir_my_kind kind, const MYSQL_FIELD *f)
{
	if (field >= q->n_kinds) {
		enum weir_my_kind *kinds = weir_realloc(q->kinds, (field + (size_t)1) * sizeof *kinds);
		if (!kinds)
			return false;
		q->kinds = kinds;
		bool *narrows = weir_realloc(q->narrow, (field + (size_t)1) * sizeof *narrows);
		if (!narrows)
			return false;
		q->narrow = narrows;
		enum weir_my_exact *exact = weir_realloc(q->exact, (field + (size_t)1) * sizeof *exact);
		if (!exact)
			return false;
		q->exact = exact;
		q->n_kinds = field + 1;
	}
	q->kinds[field] = kind;
	q->narrow[field] = f->type == MYSQL_TYPE_FLOAT;
	q->exact[field] = exact_of(f);
	return true;
}

/* `comment`: NULL: it has none. */
static bool take(struct weir_my_source *q, struct weir_schema *s, const MYSQL_FIELD *f, const char *comment, int *time)
{
	struct weir_described d = {0};
	struct known k = known_of(f);
	bool described = comment && weir_described_read(weir_str_of(comment), &d);
	struct weir_str name = weir_str_of(described ? d.name : f->name);

	if (described && strcmp(d.type, weir_type_name(WEIR_NULL)) == 0)
		k.type = WEIR_NULL; /* nothing but NULL came so far */
	bool good = weir_cells_add(&q->cells, s, name, weir_str_of(f->name), k.type);
	int at = good ? weir_schema_find(s, name) : -1;
	good = at >= 0 && set_kind(q, (uint32_t)at, k.kind, f);
	if (good && described && d.is_time)
		*time = at;
	weir_described_release(&d);
	return good;
}

/* The comments of the columns, in their order; nothing for a query. */
static enum weir_status ask_comments(struct weir_my_source *q, MYSQL_RES **out, struct weir_error *err)
{
	struct weir_buf sql = {0};

	*out = NULL;
	if (q->query)
		return WEIR_OK;
	weir_buf_add_c(&sql,
		       "SELECT column_comment FROM information_schema.columns WHERE table_schema = database() AND "
		       "table_name = ");
	weir_mysql_literal(weir_str_of(q->table), &sql);
	weir_buf_add_c(&sql, " ORDER BY ordinal_position");
	enum weir_status st = weir_mysql_ask(&q->server, &sql, true, out, err);
	weir_buf_release(&sql);
	return st;
}

static enum weir_status ask_columns(struct weir_my_source *q, MYSQL_RES **out, struct weir_error *err)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "SELECT * FROM ");
	if (q->query)
		weir_buf_addf(&sql, "(%s\n) AS weir", q->query); /* it may end with a comment */
	else
		weir_mysql_quote(weir_str_of(q->table), &sql);
	weir_buf_add_c(&sql, " LIMIT 0");
	enum weir_status st = weir_mysql_ask(&q->server, &sql, true, out, err);
	weir_buf_release(&sql);
	return st;
}

static enum weir_status take_all(struct weir_my_source *q, struct weir_schema *s, int *time, struct weir_error *err)
{
	MYSQL_RES *columns = NULL, *comments = NULL;
	enum weir_status st = ask_columns(q, &columns, err);

	if (st == WEIR_OK)
		st = ask_comments(q, &comments, err);
	if (st == WEIR_OK)
		q->has_nulls = q->tracked = false;
	for (unsigned i = 0; st == WEIR_OK && i < mysql_num_fields(columns); i++) {
		const MYSQL_FIELD *f = mysql_fetch_field_direct(columns, i);
		MYSQL_ROW comment = comments ? mysql_fetch_row(comments) : NULL;
		q->has_nulls = q->has_nulls || (q->table && strcmp(f->name, WEIR_MYSQL_NULLS) == 0);
		q->tracked = q->tracked || (q->table && strcmp(f->name, WEIR_MYSQL_ID) == 0);
		if ((q->query || !is_own(f->name)) && !take(q, s, f, comment ? comment[0] : NULL, time))
			st = out_of_memory(err);
	}
	mysql_free_result(columns);
	mysql_free_result(comments);
	return st;
}

enum weir_status weir_my_learn(struct weir_my_source *q, struct weir_error *err)
{
	struct weir_schema *next = q->schema ? weir_schema_next(q->schema) : weir_schema_new();
	int time = -1;

	if (!next)
		return out_of_memory(err);
	enum weir_status st = take_all(q, next, &time, err);
	if (st == WEIR_OK)
		st = weir_cells_choose_time(&q->cells, next, q->time, time, err);
	if (st == WEIR_OK)
		weir_cells_adopt(&q->schema, next);
	else
		weir_schema_unref(next);
	return st;
}

void weir_my_forget(struct weir_my_source *q)
{
	weir_schema_unref(q->schema);
	q->schema = NULL;
	weir_cells_release(&q->cells);
	free(q->kinds);
	free(q->narrow);
	free(q->exact);
	q->exact = NULL;
	q->kinds = NULL;
	q->narrow = NULL;
	q->n_kinds = 0;
}
