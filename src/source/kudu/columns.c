/* The columns of a table: which fields they are, and how their cells are read. What weir landed says so in comments. */
#include "kudu.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const key_names[] = {WEIR_KUDU_KEY};

struct known {
	enum weir_kd_kind kind;
	enum weir_type type;
};

/* A double has up to 15 digits of a decimal, a whole number up to 18; more stay text. */
static struct known decimal_of(const struct weir_kudu_column *c)
{
	enum { FLOAT_DIGITS = 15, INT_DIGITS = 18 };
	enum weir_kd_kind kind = c->type == WEIR_KUDU_DECIMAL128 ? WEIR_KD_GREAT : WEIR_KD_DECIMAL;

	if (!c->scale && c->precision <= INT_DIGITS)
		return (struct known){kind, WEIR_INT64};
	return (struct known){kind, c->precision <= FLOAT_DIGITS ? WEIR_FLOAT64 : WEIR_STRING};
}

/* False: weir does not read it. */
static bool known_of(const struct weir_kudu_column *c, struct known *out)
{
	switch (c->type) {
	case WEIR_KUDU_BOOL:
		*out = (struct known){WEIR_KD_BOOL, WEIR_BOOL};
		return true;
	case WEIR_KUDU_INT8:
	case WEIR_KUDU_INT16:
	case WEIR_KUDU_INT32:
	case WEIR_KUDU_INT64:
		*out = (struct known){WEIR_KD_INT, WEIR_INT64};
		return true;
	case WEIR_KUDU_FLOAT:
	case WEIR_KUDU_DOUBLE:
		*out = (struct known){WEIR_KD_FLOAT, WEIR_FLOAT64};
		return true;
	case WEIR_KUDU_TIME:
		*out = (struct known){WEIR_KD_TIME, WEIR_TIMESTAMP};
		return true;
	case WEIR_KUDU_DATE:
		*out = (struct known){WEIR_KD_DATE, WEIR_TIMESTAMP};
		return true;
	case WEIR_KUDU_STRING:
	case WEIR_KUDU_BINARY:
	case WEIR_KUDU_VARCHAR:
		*out = (struct known){WEIR_KD_BYTES, WEIR_STRING};
		return true;
	case WEIR_KUDU_DECIMAL32:
	case WEIR_KUDU_DECIMAL64:
	case WEIR_KUDU_DECIMAL128:
		*out = decimal_of(c);
		return true;
	default:
		return false;
	}
}

/* Its key is where rows came from, and nothing else. */
static bool is_landed(const struct weir_kudu_table *t)
{
	int nulls = weir_kudu_table_find(t, weir_str_of(WEIR_KUDU_NULLS));
	bool landed = t->n_keys == WEIR_KUDU_KEY_COLUMNS && nulls >= 0 && t->columns[nulls].type == WEIR_KUDU_STRING;

	for (int i = 0; i < WEIR_KUDU_KEY_COLUMNS && landed; i++) {
		int at = weir_kudu_table_find(t, weir_str_of(key_names[i]));
		landed = at >= 0 && t->columns[at].key &&
			 t->columns[at].type == (i < 2 ? WEIR_KUDU_STRING : WEIR_KUDU_INT64);
	}
	return landed;
}

static bool is_in(const char *list, struct weir_str name)
{
	struct weir_str rest = weir_str_of(list);

	do
		if (weir_str_equal(weir_str_cut(rest, ',', &rest), name))
			return true;
	while (rest.data);
	return false;
}

struct learning {
	struct weir_kd_source *q;
	struct weir_schema *schema;
	int time;               /* the field that is described as the event time; -1: none */
	bool timed;             /* a column was taken because it may be that */
	struct weir_buf unread; /* names of columns that are not read, and their types */
};

/* columns= leaves others out, but for the event time. */
static bool is_wanted(struct learning *l, struct weir_str name, enum weir_type type, bool described_time)
{
	const struct weir_kd_source *q = l->q;
	bool time = described_time;

	if (!q->wanted || is_in(q->wanted, name))
		return true;
	if (q->time)
		time = weir_str_equal(name, weir_str_of(q->time));
	else if (!q->landed && type == WEIR_TIMESTAMP && !l->timed)
		time = true;
	l->timed = l->timed || time;
	return time;
}

static void ask_for(struct weir_kd_source *q, uint32_t column, struct weir_kd_column how)
{
	q->asked[q->n_columns] = column;
	q->columns[q->n_columns++] = how;
}

/* A column of data. False: no memory. */
static bool take(struct learning *l, uint32_t at)
{
	struct weir_kd_source *q = l->q;
	const struct weir_kudu_column *c = &q->table->columns[at];
	struct weir_str name = weir_str_of(c->name);
	struct weir_kudu_description d = {0};
	struct known k;
	bool described = q->landed && weir_kudu_description_read(c->comment, &d);

	if (!known_of(c, &k)) {
		weir_buf_addf(&l->unread, "%s%s (%s)", l->unread.size ? ", " : "", c->name,
			      weir_kudu_type_name(c->type));
		return !l->unread.failed;
	}
	if (described && d.name.size)
		name = d.name;
	bool alone = described && weir_str_equal(d.type, weir_str_of(weir_type_name(WEIR_NULL)));
	if (alone)
		k.type = WEIR_NULL; /* no value came so far */
	else if (described && k.kind == WEIR_KD_BYTES)
		k.kind = WEIR_KD_TEXT;
	if (!is_wanted(l, name, k.type, described && d.time)) {
		if (c->key)
			ask_for(q, at, (struct weir_kd_column){.field = -1});
		return true;
	}
	if (!weir_cells_add(&q->cells, l->schema, name, name, k.type))
		return false;
	int field = weir_schema_find(l->schema, name);
	if (!alone)
		ask_for(q, at, (struct weir_kd_column){.field = field, .kind = k.kind, .scale = c->scale});
	if (described && d.time)
		l->time = field;
	return true;
}

static enum weir_status take_all(struct learning *l, struct weir_error *err)
{
	struct weir_kd_source *q = l->q;
	const struct weir_kudu_table *t = q->table;

	free(q->asked);
	free(q->columns);
	q->asked = weir_calloc(t->n_columns + (size_t)1, sizeof *q->asked);
	q->columns = weir_calloc(t->n_columns + (size_t)1, sizeof *q->columns);
	if (!q->asked || !q->columns)
		return weir_kd_out_of_memory(err);
	q->n_columns = 0;
	q->nulls = -1;
	q->landed = is_landed(t);
	for (uint32_t i = 0; i < t->n_columns; i++) {
		bool key = q->landed && t->columns[i].key;
		bool nulls = q->landed && strcmp(t->columns[i].name, WEIR_KUDU_NULLS) == 0;
		for (int k = 0; k < 4 && key; k++)
			if (strcmp(t->columns[i].name, key_names[k]) == 0)
				q->place[k] = (int)q->n_columns;
		if (nulls)
			q->nulls = (int)q->n_columns;
		if (key || nulls)
			ask_for(q, i, (struct weir_kd_column){.field = -1});
		else if (!take(l, i))
			return weir_kd_out_of_memory(err);
	}
	return WEIR_OK;
}

static enum weir_status check_wanted(const struct weir_kd_source *q, const struct weir_schema *s,
				     struct weir_error *err)
{
	struct weir_str rest = weir_str_of(q->wanted ? q->wanted : "");

	while (q->wanted && rest.data) {
		struct weir_str name = weir_str_cut(rest, ',', &rest);
		if (weir_schema_find(s, name) < 0)
			return weir_fail(err, WEIR_USAGE, "columns", "%s has no column " WEIR_STR_FMT, q->name,
					 WEIR_STR_ARG(name));
	}
	return WEIR_OK;
}

/* Columns that the question does not read, and that are no part of the key, are not asked for. */
static void leave_out(struct weir_kd_source *q, const struct weir_schema *s)
{
	int time = weir_schema_time_field(s);
	uint32_t n = 0;

	for (uint32_t i = 0; i < q->n_columns; i++) {
		int field = q->columns[i].field;
		bool key = q->table->columns[q->asked[i]].key;
		bool read = field < 0 || field == time || weir_pushdown_reads(&q->pushdown, s->fields[field].name);
		if (!read && !key)
			continue;
		for (int k = 0; k < 4; k++)
			q->place[k] = q->landed && q->place[k] == (int)i ? (int)n : q->place[k];
		q->nulls = q->nulls == (int)i ? (int)n : q->nulls;
		q->asked[n] = q->asked[i];
		q->columns[n] = q->columns[i];
		q->columns[n++].field = read ? field : -1;
	}
	q->n_columns = n;
}

static void tell_unread(struct weir_kd_source *q, const struct weir_buf *unread)
{
	char text[200] = "";

	if (unread->size)
		snprintf(text, sizeof text, "has columns of types that are not read: %.140s", unread->data);
	weir_progress_unread(&q->progress, text);
}

enum weir_status weir_kd_learn(struct weir_kd_source *q, struct weir_error *err)
{
	struct learning l = {.q = q, .schema = q->schema ? weir_schema_next(q->schema) : weir_schema_new(), .time = -1};

	if (!l.schema)
		return weir_kd_out_of_memory(err);
	enum weir_status st = take_all(&l, err);
	if (st == WEIR_OK && !q->schema)
		st = check_wanted(q, l.schema, err);
	if (st == WEIR_OK)
		st = weir_cells_choose_time(&q->cells, l.schema, q->time, l.time, err);
	if (st == WEIR_OK) {
		leave_out(q, l.schema);
		tell_unread(q, &l.unread);
	}
	weir_buf_release(&l.unread);
	if (st == WEIR_OK)
		weir_cells_adopt(&q->schema, l.schema);
	else
		weir_schema_unref(l.schema);
	return st;
}

void weir_kd_forget(struct weir_kd_source *q)
{
	weir_schema_unref(q->schema);
	q->schema = NULL;
	weir_cells_release(&q->cells);
	free(q->asked);
	free(q->columns);
	q->asked = NULL;
	q->columns = NULL;
	q->n_columns = 0;
}
