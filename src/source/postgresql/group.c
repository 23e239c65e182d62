/* The question's groups, counted by PostgreSQL: one SELECT with GROUP BY in place of the rows of the step. Texts are alike by their bytes
 * (COLLATE "C"); a sum comes in two halves, for it may need more than 64 bits. Where a time comes that weir cannot hold, which is NULL
 * among rows, the rows are read after all. */
#include "postgresql.h"

#include <stdlib.h>

enum { PANES_SINCE = 140000 /* date_bin */ };

/* ---- asking ---- */

static void add_column(const struct weir_pg_source *q, uint32_t field, struct weir_buf *sql)
{
	weir_postgres_quote(weir_str_of(q->cells.all[field].col), sql);
	weir_buf_add_c(sql, q->kinds[field] == WEIR_PG_DATE   ? "::timestamp"
			    : q->kinds[field] == WEIR_PG_TEXT ? " COLLATE \"C\""
							      : "");
}

static void add_call(const struct weir_pg_source *q, const char *before, uint32_t field, const char *after,
		     struct weir_buf *sql)
{
	weir_buf_add_c(sql, before);
	add_column(q, field, sql);
	weir_buf_add_c(sql, after);
}

/* Of truth values there is no least one there. */
static void add_extreme(const struct weir_pg_source *q, const struct weir_grouping_value *v, struct weir_buf *sql)
{
	bool min = v->kind == WEIR_GROUPING_MIN;

	if (v->type == WEIR_BOOL)
		add_call(q, min ? ", bool_and(" : ", bool_or(", v->field, ")", sql);
	else
		add_call(q, min ? ", min(" : ", max(", v->field, v->type == WEIR_INT64 ? ")::int8" : ")", sql);
}

static void add_value(const struct weir_pg_source *q, const struct weir_grouping_value *v, struct weir_buf *sql)
{
	switch (v->kind) {
	case WEIR_GROUPING_SUM:
		add_call(q, ", div(sum(", v->field, "::int8), 4294967296)::int8", sql);
		add_call(q, ", mod(sum(", v->field, "::int8), 4294967296)::int8", sql);
		return;
	case WEIR_GROUPING_COUNT:
		add_call(q, ", count(", v->field, ")", sql);
		if (v->type != WEIR_TIMESTAMP)
			return;
		add_call(q, ", min(", v->field, ")", sql); /* which would be NULL here is seen by these */
		add_call(q, ", max(", v->field, ")", sql);
		return;
	default:
		add_extreme(q, v, sql);
	}
}

static void add_times(const struct weir_pg_source *q, int time, struct weir_buf *sql)
{
	int64_t pane_us = q->pushdown.grouping.pane_us;

	if (time < 0) {
		weir_buf_add_c(sql, "NULL::timestamp, count(*), NULL::timestamp, NULL::timestamp");
		return;
	}
	if (pane_us) {
		weir_buf_addf(sql, "date_bin('%lld microseconds', ", (long long)pane_us);
		add_column(q, (uint32_t)time, sql);
		weir_buf_add_c(sql, ", '1970-01-01T00:00:00Z')");
	} else {
		add_call(q, "(CASE WHEN ", (uint32_t)time, " IS NOT NULL THEN timestamp '1970-01-01' END)", sql);
	}
	add_call(q, ", count(*), min(", (uint32_t)time, ")", sql);
	add_call(q, ", max(", (uint32_t)time, ")", sql);
}

void weir_pg_add_groups(const struct weir_pg_source *q, struct weir_buf *sql)
{
	const struct weir_grouping *g = &q->pushdown.grouping;

	add_times(q, weir_schema_time_field(q->schema), sql);
	for (uint32_t i = 0; i < g->n_groups; i++)
		add_call(q, ", ", g->groups[i], q->schema->fields[g->groups[i]].type == WEIR_INT64 ? "::int8" : "",
			 sql);
	for (uint32_t i = 0; i < g->n_values; i++)
		add_value(q, &g->values[i], sql);
}

void weir_pg_add_keys(const struct weir_pg_source *q, struct weir_buf *sql)
{
	weir_buf_add_c(sql, " GROUP BY 1");
	for (uint32_t i = 0; i < q->pushdown.grouping.n_groups; i++)
		weir_buf_addf(sql, ", %u", (unsigned)(5 + i));
}

void weir_pg_settle_groups(struct weir_pg_source *q)
{
	struct weir_pushdown *p = &q->pushdown;

	if (!weir_pushdown_groups(p))
		return;
	if (p->grouping.pane_us && PQserverVersion(q->server.db) < PANES_SINCE)
		weir_pushdown_ungroup(p, "windows are cut by PostgreSQL 14 and later");
	else
		weir_pushdown_count(p, q->schema, weir_pg_is_fit, q);
}

/* ---- what it answers ---- */

struct reading {
	struct weir_pg_source *q;
	struct weir_str rest;
	bool bad;   /* it is no row */
	bool unfit; /* a time came that weir cannot hold */
};

/* The next field as a value of the type. */
static struct weir_value next(struct reading *r, enum weir_type type)
{
	struct weir_value v = {.type = type};
	struct weir_str s = {0};
	bool is_null = false, text = type == WEIR_STRING;

	r->bad = r->bad || !weir_pg_next_field(&r->rest, &s, &is_null);
	if (r->bad || is_null)
		return (struct weir_value){.type = WEIR_NULL};
	r->bad = !text && s.size != (type == WEIR_BOOL ? 1 : 8);
	if (text)
		v.s = s;
	else if (type == WEIR_BOOL)
		v.b = !r->bad && s.data[0];
	else if (type == WEIR_TIMESTAMP)
		r->unfit = r->bad || !weir_pg_time_of(WEIR_PG_TIME, s, &v.i) || r->unfit;
	else
		v.i = r->bad ? 0 : weir_pg_number(s.data, s.size);
	return v;
}

static struct weir_value next_value(struct reading *r, const struct weir_grouping_value *of)
{
	if (of->kind == WEIR_GROUPING_SUM) {
		struct weir_value high = next(r, WEIR_INT64), low = next(r, WEIR_INT64);
		return high.type == WEIR_NULL ? high : weir_sum_of_halves(high.i, low.i);
	}
	if (of->kind != WEIR_GROUPING_COUNT)
		return next(r, of->type);
	struct weir_value n = next(r, WEIR_INT64);
	for (int i = 0; i < 2 && of->type == WEIR_TIMESTAMP; i++)
		(void)next(r, WEIR_TIMESTAMP);
	return n;
}

static int64_t next_time(struct reading *r)
{
	struct weir_value v = next(r, WEIR_TIMESTAMP);

	return v.type == WEIR_NULL ? WEIR_TIME_NONE : v.i;
}

enum weir_status weir_pg_read_group(struct weir_pg_source *q, struct weir_str bytes, struct weir_error *err)
{
	const struct weir_grouping *g = &q->pushdown.grouping;
	struct reading r = {.q = q};
	struct weir_grouped_row row;

	if (!weir_pg_begin_row(bytes, &r.rest))
		return WEIR_OK;
	struct weir_value *cells = weir_alloc((g->n_groups + (size_t)g->n_values + 1) * sizeof *cells);
	if (!cells)
		return weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
	row.pane_us = next_time(&r);
	row.count = (uint64_t)next(&r, WEIR_INT64).i;
	row.first_us = next_time(&r);
	row.last_us = next_time(&r);
	row.cells = cells;
	for (uint32_t i = 0; i < g->n_groups; i++)
		cells[i] = next(&r, q->schema->fields[g->groups[i]].type);
	for (uint32_t i = 0; i < g->n_values; i++)
		cells[g->n_groups + i] = next_value(&r, &g->values[i]);
	q->unfit = q->unfit || r.unfit;
	bool kept = r.bad || q->unfit || !row.count || weir_grouped_add(q->groups, &row);
	free(cells);
	if (r.bad)
		return weir_fail(err, WEIR_MALFORMED, q->server.name, "the server sent what is no row");
	return kept ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

enum weir_status weir_pg_begin_groups(struct weir_pg_source *q, struct weir_error *err)
{
	weir_grouped_free(q->groups);
	q->groups = weir_grouped_new(&q->pushdown.grouping);
	q->unfit = false;
	return q->groups ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "postgresql", "out of memory");
}

void weir_pg_end_groups(struct weir_pg_source *q, struct weir_batch *into)
{
	if (q->unfit)
		weir_pushdown_ungroup(&q->pushdown, "there are times that weir cannot hold, which are NULL here");
	else if (q->groups->n)
		into->grouped = q->groups;
	if (!into->grouped)
		weir_grouped_free(q->groups);
	q->groups = NULL;
}
