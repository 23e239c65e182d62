/* The question's groups, counted by SQLite: one statement, whose rows go into one batch. Times are told apart by functions of our own.
 * What a described table holds is looked at in the same breath: values of another type than the description says, and all is read
 * row by row instead. */
#include "sqlite.h"

#include "weir/base/time.h"

#include <stdlib.h>

/* Result columns: the pane, the count, first and last time, groups, then values (a sum in two halves), at the end what was seen. */
enum { PANE, COUNT, FIRST, LAST, FIXED };

static const char *const kept_otherwise = "a column holds values that SQLite keeps as another type";

/* weir_pane(time, width): where the pane of a time begins; 0 where the width is 0. */
static void pane_of(sqlite3_context *c, int n, sqlite3_value **args)
{
	int64_t us, width = sqlite3_value_int64(args[1]);
	struct weir_str text = {(const char *)sqlite3_value_text(args[0]), (size_t)sqlite3_value_bytes(args[0])};

	(void)n;
	if (sqlite3_value_type(args[0]) != SQLITE_TEXT || !weir_time_read_iso(text, &us))
		return;
	int64_t rest = width ? us % width : us;
	sqlite3_result_int64(c, us - rest - (rest < 0 && width ? width : 0));
}

static void add_column(const struct weir_sqlite_reader *r, uint32_t field, struct weir_buf *sql)
{
	enum weir_type type = r->schema->fields[field].type;

	weir_buf_add_c(sql, type == WEIR_TIMESTAMP ? "weir_us(" : "");
	weir_sqlite_quote(weir_str_of(r->cells.all[field].col), sql);
	weir_buf_add_c(sql, type == WEIR_TIMESTAMP ? ")" : type == WEIR_STRING ? " COLLATE BINARY" : "");
}

/* SQLite's own sum fails beyond 64 bits. */
static void add_value(const struct weir_sqlite_reader *r, const struct weir_grouping_value *v, struct weir_buf *sql)
{
	static const char *const words[] = {
	    [WEIR_GROUPING_COUNT] = "count(", [WEIR_GROUPING_MIN] = "min(", [WEIR_GROUPING_MAX] = "max("};

	if (v->kind != WEIR_GROUPING_SUM) {
		weir_buf_addf(sql, ", %s", words[v->kind]);
		add_column(r, v->field, sql);
		weir_buf_add_char(sql, ')');
		return;
	}
	weir_buf_add_c(sql, ", sum(");
	add_column(r, v->field, sql);
	weir_buf_add_c(sql, " >> 32), sum(");
	add_column(r, v->field, sql);
	weir_buf_add_c(sql, " & 4294967295)");
}

static void add_times(const struct weir_sqlite_reader *r, struct weir_buf *sql)
{
	int time = weir_schema_time_field(r->schema);

	if (time < 0) {
		weir_buf_add_c(sql, "NULL, count(*), NULL, NULL");
		return;
	}
	weir_buf_add_c(sql, "weir_pane(");
	weir_sqlite_quote(weir_str_of(r->cells.all[time].col), sql);
	weir_buf_addf(sql, ", %lld), count(*), min(", (long long)r->pushdown->grouping.pane_us);
	add_column(r, (uint32_t)time, sql);
	weir_buf_add_c(sql, "), max(");
	add_column(r, (uint32_t)time, sql);
	weir_buf_add_char(sql, ')');
}

/* Where it has not been looked at before. */
static void add_look(const struct weir_sqlite_reader *r, struct weir_buf *sql)
{
	if (r->looked)
		return;
	for (uint32_t i = 0; i < r->cells.n; i++) {
		if (r->cells.all[i].at < 0)
			continue;
		weir_buf_addf(sql, ", weir_see(%u, ", (unsigned)i);
		weir_sqlite_quote(weir_str_of(r->cells.all[i].col), sql);
		weir_buf_add_char(sql, ')');
	}
}

static void add_keys(const struct weir_grouping *g, struct weir_buf *sql)
{
	weir_buf_add_c(sql, " GROUP BY 1");
	for (uint32_t i = 0; i < g->n_groups; i++)
		weir_buf_addf(sql, ", %u", (unsigned)(FIXED + 1 + i));
}

static enum weir_status prepare(struct weir_sqlite_reader *r, sqlite3_stmt **out, struct weir_error *err)
{
	const struct weir_grouping *g = &r->pushdown->grouping;
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "SELECT ");
	add_times(r, &sql);
	for (uint32_t i = 0; i < g->n_groups; i++) {
		weir_buf_add_c(&sql, ", ");
		add_column(r, g->groups[i], &sql);
	}
	for (uint32_t i = 0; i < g->n_values; i++)
		add_value(r, &g->values[i], &sql);
	add_look(r, &sql);
	weir_buf_add_c(&sql, " FROM ");
	weir_sqlite_quote(weir_str_of(r->table), &sql);
	weir_buf_add_c(&sql, r->has_rowid ? " WHERE rowid > ?1 AND rowid <= ?2" : " WHERE 1");
	weir_buf_add_str(&sql, weir_buf_str(&r->where));
	add_keys(g, &sql);
	sql.failed = sql.failed || r->where.failed;
	enum weir_status st = weir_sqlite_prepare(r->file, &sql, out, err);
	weir_buf_release(&sql);
	return st;
}

/* ---- what it answers ---- */

static struct weir_value cell(sqlite3_stmt *q, int at, enum weir_type type)
{
	struct weir_value v = {.type = type};

	if (sqlite3_column_type(q, at) == SQLITE_NULL)
		return (struct weir_value){.type = WEIR_NULL};
	if (type == WEIR_STRING)
		v.s = weir_sqlite_text(q, at);
	else if (type == WEIR_BOOL)
		v.b = sqlite3_column_int(q, at) != 0;
	else
		v.i = sqlite3_column_int64(q, at);
	return v;
}

static struct weir_value value(sqlite3_stmt *q, int *at, const struct weir_grouping_value *of)
{
	bool as_column = of->kind == WEIR_GROUPING_MIN || of->kind == WEIR_GROUPING_MAX;
	struct weir_value v = cell(q, (*at)++, as_column ? of->type : WEIR_INT64);

	if (of->kind == WEIR_GROUPING_SUM)
		v = weir_sum_of_halves(v.type == WEIR_NULL ? 0 : v.i, sqlite3_column_int64(q, (*at)++));
	return v;
}

static int64_t time_at(sqlite3_stmt *q, int at)
{
	return sqlite3_column_type(q, at) == SQLITE_NULL ? WEIR_TIME_NONE : sqlite3_column_int64(q, at);
}

static bool take(const struct weir_sqlite_reader *r, sqlite3_stmt *q, struct weir_value *cells, struct weir_batch *into)
{
	const struct weir_grouping *g = &r->pushdown->grouping;
	struct weir_grouped_row row = {.pane_us = time_at(q, PANE),
				       .first_us = time_at(q, FIRST),
				       .last_us = time_at(q, LAST),
				       .count = (uint64_t)sqlite3_column_int64(q, COUNT),
				       .cells = cells};
	int at = FIXED;

	for (uint32_t i = 0; i < g->n_groups; i++)
		cells[i] = cell(q, at++, r->schema->fields[g->groups[i]].type);
	for (uint32_t i = 0; i < g->n_values; i++)
		cells[g->n_groups + i] = value(q, &at, &g->values[i]);
	for (uint32_t i = 0; i < g->n_groups + g->n_values; i++)
		into->bytes += cells[i].type == WEIR_STRING ? cells[i].s.size : 8;
	return weir_grouped_add(into->grouped, &row);
}

static enum weir_status read_all(struct weir_sqlite_reader *r, sqlite3_stmt *q, struct weir_batch *into,
				 struct weir_error *err)
{
	const struct weir_grouping *g = &r->pushdown->grouping;
	struct weir_value *cells = weir_alloc((g->n_groups + (size_t)g->n_values + 1) * sizeof *cells);
	int code = SQLITE_DONE;
	bool good = cells != NULL;

	while (good && (code = sqlite3_step(q)) == SQLITE_ROW)
		good = !sqlite3_column_int64(q, COUNT) || take(r, q, cells, into);
	free(cells);
	if (!good)
		return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	return code == SQLITE_DONE ? WEIR_OK : weir_sqlite_fail(r->file, "could not be read", err);
}

static bool all_fit(const struct weir_sqlite_reader *r)
{
	for (uint32_t i = 0; i < r->cells.n; i++)
		if (r->cells.all[i].at >= 0 && !weir_sqlite_reader_fits(r, i, r->schema->fields[i].type))
			return false;
	return true;
}

/* Why SQLite does not count; NULL: it does. */
static const char *why_not(const struct weir_sqlite_reader *r)
{
	const struct weir_grouping *g = &r->pushdown->grouping;
	bool texts = false;

	for (uint32_t i = 0; i < g->n_groups; i++)
		texts = texts || r->schema->fields[g->groups[i]].type == WEIR_STRING;
	for (uint32_t i = 0; i < g->n_values; i++)
		texts = texts || g->values[i].type == WEIR_STRING;
	if (texts && r->other_encoding)
		return "the file keeps texts in UTF-16";
	return r->looked && !all_fit(r) ? kept_otherwise : NULL;
}

enum weir_status weir_sqlite_reader_grouping(struct weir_sqlite_reader *r, struct weir_error *err)
{
	struct weir_pushdown *p = r->pushdown;
	const char *why;

	if (!r->group)
		weir_pushdown_ungroup(p,
				      "SQLite sorts for that, and reading the rows is faster (group=yes has it count)");
	if (!weir_pushdown_groups(p))
		return WEIR_OK;
	if ((why = why_not(r))) {
		weir_pushdown_ungroup(p, why);
		return WEIR_OK;
	}
	p->said.grouped = true;
	return sqlite3_create_function(r->file->db, "weir_pane", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, pane_of,
				       NULL, NULL) == SQLITE_OK
		   ? WEIR_OK
		   : weir_sqlite_fail(r->file, "could not be prepared", err);
}

enum weir_status weir_sqlite_reader_group(struct weir_sqlite_reader *r, int64_t after, int64_t until,
					  struct weir_batch *into, struct weir_error *err)
{
	sqlite3_stmt *q = NULL;
	enum weir_status st = prepare(r, &q, err);

	into->grouped = weir_grouped_new(&r->pushdown->grouping);
	if (st == WEIR_OK && !into->grouped)
		st = weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	if (st == WEIR_OK && r->has_rowid) {
		sqlite3_bind_int64(q, 1, after);
		sqlite3_bind_int64(q, 2, until);
	}
	if (st == WEIR_OK)
		st = weir_sqlite_reader_bind(r, q, err);
	if (st == WEIR_OK)
		st = read_all(r, q, into, err);
	sqlite3_finalize(q);
	if (st == WEIR_OK && !r->looked && !all_fit(r))
		weir_pushdown_ungroup(r->pushdown, kept_otherwise);
	if (st != WEIR_OK || !r->pushdown->said.grouped || !into->grouped->n) {
		weir_grouped_free(into->grouped);
		into->grouped = NULL;
		into->bytes = 0;
	}
	return st;
}
