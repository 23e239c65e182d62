/* The question's groups, counted by the server: one SELECT with GROUP BY. Texts are alike as bytes of UTF-8, as far as the server compares
 * them: it sorts by their first max_sort_length bytes, so where one is longer, and where a time comes that weir cannot hold, the rows
 * are read after all. */
#include "mysql.h"

#include <stdlib.h>

/* Result columns: the pane, the count, first and last time, groups (of a text also how long it gets), then values. */
enum { PANE, COUNT, FIRST, LAST, FIXED };
enum {
	MOST_BYTES = 512
}; /* of a text among the groups; max_sort_length is 1024 unless someone changed it, 64 or more */

static void add_column(const struct weir_my_source *q, uint32_t field, struct weir_buf *sql)
{
	bool text = q->schema->fields[field].type == WEIR_STRING;

	weir_buf_add_c(sql, text ? "CAST(CONVERT(" : "");
	weir_mysql_quote(weir_str_of(q->cells.all[field].col), sql);
	weir_buf_add_c(sql, text ? " USING utf8mb4) AS BINARY)" : "");
}

static void add_call(const struct weir_my_source *q, const char *before, uint32_t field, const char *after,
		     struct weir_buf *sql)
{
	weir_buf_add_c(sql, before);
	add_column(q, field, sql);
	weir_buf_add_c(sql, after);
}

/* With a count of times their ends come, too: which would be NULL here is seen by these. */
static void add_value(const struct weir_my_source *q, const struct weir_grouping_value *v, struct weir_buf *sql)
{
	static const char *const words[] = {[WEIR_GROUPING_COUNT] = ", COUNT(",
					    [WEIR_GROUPING_SUM] = ", SUM(",
					    [WEIR_GROUPING_MIN] = ", MIN(",
					    [WEIR_GROUPING_MAX] = ", MAX("};

	add_call(q, words[v->kind], v->field, ")", sql);
	for (int i = 0; i < 2 && v->kind == WEIR_GROUPING_COUNT && v->type == WEIR_TIMESTAMP; i++)
		add_call(q, i ? ", MAX(" : ", MIN(", v->field, ")", sql);
}

static void add_pane(const struct weir_my_source *q, uint32_t time, struct weir_buf *sql)
{
	static const char us[] = "TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', ";
	long long width = q->pushdown.grouping.pane_us;

	if (!width) {
		add_call(q, "IF(", time, " IS NULL, NULL, 0)", sql);
		return;
	}
	add_call(q, us, time, ") - MOD(MOD(", sql);
	add_call(q, us, time, "), ", sql);
	weir_buf_addf(sql, "%lld) + %lld, %lld)", width, width, width);
}

static void add_times(const struct weir_my_source *q, struct weir_buf *sql)
{
	int time = weir_schema_time_field(q->schema);

	if (time < 0) {
		weir_buf_add_c(sql, "NULL, COUNT(*), NULL, NULL");
		return;
	}
	add_pane(q, (uint32_t)time, sql);
	add_call(q, ", COUNT(*), MIN(", (uint32_t)time, ")", sql);
	add_call(q, ", MAX(", (uint32_t)time, ")", sql);
}

static void add_select(const struct weir_my_source *q, struct weir_buf *sql)
{
	const struct weir_grouping *g = &q->pushdown.grouping;
	unsigned at = FIXED;
	struct weir_buf keys = {0};

	weir_buf_add_c(sql, "SELECT ");
	add_times(q, sql);
	for (uint32_t i = 0; i < g->n_groups; i++) {
		add_call(q, ", ", g->groups[i], "", sql);
		weir_buf_addf(&keys, ", %u", ++at);
		if (q->schema->fields[g->groups[i]].type != WEIR_STRING)
			continue;
		add_call(q, ", MAX(LENGTH(", g->groups[i], "))", sql);
		at++;
	}
	for (uint32_t i = 0; i < g->n_values; i++)
		add_value(q, &g->values[i], sql);
	weir_buf_add_c(sql, " FROM ");
	weir_mysql_quote(weir_str_of(q->table), sql);
	if (q->tracked)
		weir_buf_addf(sql, " WHERE " WEIR_MYSQL_ID " > %lld AND " WEIR_MYSQL_ID " <= %lld", (long long)q->last,
			      (long long)q->stop);
	else
		weir_buf_add_c(sql, " WHERE true");
	weir_buf_add_str(sql, weir_buf_str(&q->where));
	weir_buf_add_c(sql, " GROUP BY 1");
	weir_buf_add_str(sql, weir_buf_str(&keys));
	sql->failed = sql->failed || keys.failed || q->where.failed;
	weir_buf_release(&keys);
}

/* ---- whether ---- */

void weir_my_settle_groups(struct weir_my_source *q)
{
	if (weir_pushdown_groups(&q->pushdown))
		weir_pushdown_count(&q->pushdown, q->schema, weir_my_is_fit, q);
}

/* ---- what it answers ---- */

struct reading {
	MYSQL_ROW cells;
	const unsigned long *sizes;
	unsigned at;
	uint64_t bytes;
	bool bad;          /* it is no row */
	const char *unfit; /* why weir must read the rows */
};

/* The next cell as a value of the type. */
static struct weir_value next(struct reading *r, enum weir_type type)
{
	struct weir_value v = {.type = type};
	struct weir_str s = {r->cells[r->at], r->cells[r->at] ? r->sizes[r->at] : 0};

	r->at++;
	r->bytes += s.size;
	if (!s.data)
		return (struct weir_value){.type = WEIR_NULL};
	if (type == WEIR_STRING)
		v.s = s;
	else if (type == WEIR_TIMESTAMP && !weir_time_parse_iso(s, &v.i))
		r->unfit = "there are times that weir cannot hold, which are NULL here";
	else if (type == WEIR_BOOL)
		v.b = s.size == 1 && s.data[0] == '1';
	else if (type == WEIR_INT64)
		r->bad = !weir_parse_int64(s, false, &v.i) || r->bad;
	return v;
}

static struct weir_value next_group(struct reading *r, enum weir_type type)
{
	struct weir_value v = next(r, type);

	if (type == WEIR_STRING && next(r, WEIR_INT64).i > MOST_BYTES)
		r->unfit = "a text of a group is long, and the server compares its beginning";
	return v;
}

static struct weir_value next_value(struct reading *r, const struct weir_grouping_value *of)
{
	if (of->kind == WEIR_GROUPING_MIN || of->kind == WEIR_GROUPING_MAX)
		return next(r, of->type);
	struct weir_value v = next(r, of->kind == WEIR_GROUPING_SUM ? WEIR_STRING : WEIR_INT64);
	for (int i = 0; i < 2 && of->kind == WEIR_GROUPING_COUNT && of->type == WEIR_TIMESTAMP; i++)
		(void)next(r, WEIR_TIMESTAMP);
	if (v.type != WEIR_STRING)
		return v;
	v = weir_sum_of_text(v.s);
	r->bad = r->bad || v.type == WEIR_NULL;
	return v;
}

static int64_t next_time(struct reading *r, enum weir_type type)
{
	struct weir_value v = next(r, type);

	return v.type == WEIR_NULL ? WEIR_TIME_NONE : v.i;
}

/* False: no memory. */
static bool take(const struct weir_my_source *q, struct reading *r, struct weir_value *cells, struct weir_grouped *into)
{
	const struct weir_grouping *g = &q->pushdown.grouping;
	struct weir_grouped_row row = {.cells = cells};

	row.pane_us = next_time(r, WEIR_INT64);
	row.count = (uint64_t)next(r, WEIR_INT64).i;
	row.first_us = next_time(r, WEIR_TIMESTAMP);
	row.last_us = next_time(r, WEIR_TIMESTAMP);
	for (uint32_t i = 0; i < g->n_groups; i++)
		cells[i] = next_group(r, q->schema->fields[g->groups[i]].type);
	for (uint32_t i = 0; i < g->n_values; i++)
		cells[g->n_groups + i] = next_value(r, &g->values[i]);
	return r->bad || r->unfit || !row.count || weir_grouped_add(into, &row);
}

static enum weir_status read_all(struct weir_my_source *q, MYSQL_RES *rows, struct weir_batch *into,
				 struct weir_error *err)
{
	const struct weir_grouping *g = &q->pushdown.grouping;
	struct weir_value *cells = weir_alloc((g->n_groups + (size_t)g->n_values + 1) * sizeof *cells);
	struct weir_grouped *grouped = weir_grouped_new(g);
	struct reading r = {0};
	bool good = cells && grouped;

	while (good && !r.bad && !r.unfit && (r.cells = mysql_fetch_row(rows))) {
		r.sizes = mysql_fetch_lengths(rows);
		r.at = 0;
		good = take(q, &r, cells, grouped);
	}
	free(cells);
	if (r.unfit)
		weir_pushdown_ungroup(&q->pushdown, r.unfit);
	if (good && !r.bad && !r.unfit && grouped->n) {
		into->grouped = grouped;
		into->bytes += r.bytes;
	} else {
		weir_grouped_free(grouped);
	}
	if (r.bad)
		return weir_fail(err, WEIR_MALFORMED, q->server.name, "the server sent what is no row");
	return good ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "mysql", "out of memory");
}

enum weir_status weir_my_group(struct weir_my_source *q, struct weir_batch *into, struct weir_error *err)
{
	struct weir_buf sql = {0};
	MYSQL_RES *rows = NULL;

	add_select(q, &sql);
	enum weir_status st = weir_mysql_ask(&q->server, &sql, true, &rows, err);
	if (st == WEIR_OK)
		st = read_all(q, rows, into, err);
	mysql_free_result(rows);
	weir_buf_release(&sql);
	return st;
}
