/* The columns of a table in an SQLite file, and its cells as values. */
#include "sqlite.h"

#include <stdio.h>
#include <stdlib.h>

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
}

void weir_sqlite_reader_release(struct weir_sqlite_reader *r)
{
	weir_cells_release(&r->cells);
	sqlite3_finalize(r->rows);
	r->rows = NULL;
	weir_schema_unref(r->schema);
	r->schema = NULL;
	weir_buf_release(&r->where);
	free(r->bound);
	free(r->seen);
}

static bool is_own(struct weir_str name)
{
	static const char *const own[] = {WEIR_SQLITE_KEY, WEIR_SQLITE_NULLS};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (weir_str_equal(name, weir_str_of(own[i])))
			return true;
	return false;
}

static bool has_word(const char *text, const char *word)
{
	size_t size = strlen(word);

	for (; *text; text++)
		if (sqlite3_strnicmp(text, word, (int)size) == 0)
			return true;
	return false;
}

/* What the declaration of a column says of its values. Numbers and texts say it themselves. */
static enum weir_type declared_type(const char *text)
{
	if (text && has_word(text, "BOOL"))
		return WEIR_BOOL;
	if (text && (has_word(text, "TIMESTAMP") || has_word(text, "DATE") || strcmp(text, "TIME") == 0))
		return WEIR_TIMESTAMP;
	return WEIR_NULL;
}

/* The columns that weir described when it landed them: *n of them. *time: the field that was the event time. */
static enum weir_status read_description(struct weir_sqlite_reader *r, struct weir_schema *s, int *n, int *time,
					 struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q = NULL;
	bool there = false;
	enum weir_status st = weir_sqlite_has_table(r->file, WEIR_SQLITE_COLUMNS, false, &there, err);

	if (st != WEIR_OK || !there)
		return st;
	weir_buf_add_c(&sql, "SELECT name, col, type, is_time FROM " WEIR_SQLITE_COLUMNS
			     " WHERE tab = ?1 COLLATE NOCASE ORDER BY rowid");
	st = weir_sqlite_prepare(r->file, &sql, &q, err);
	if (st == WEIR_OK)
		sqlite3_bind_text(q, 1, r->table, -1, SQLITE_STATIC);
	int code = SQLITE_DONE;
	for (; st == WEIR_OK && (code = sqlite3_step(q)) == SQLITE_ROW; ++*n) {
		if (!weir_cells_add(&r->cells, s, weir_sqlite_text(q, 0), weir_sqlite_text(q, 1),
				    weir_type_named(weir_sqlite_text(q, 2), WEIR_NULL)))
			st = out_of_memory(err);
		else if (sqlite3_column_int(q, 3))
			*time = weir_schema_find(s, weir_sqlite_text(q, 0));
	}
	if (st == WEIR_OK && code != SQLITE_DONE)
		st = weir_sqlite_fail(r->file, "its columns could not be read", err);
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	return st;
}

static void add_from(const struct weir_sqlite_reader *r, struct weir_buf *sql)
{
	if (r->query) {
		weir_buf_addf(sql, "(%s\n)", r->query); /* it may end with a comment */
		return;
	}
	weir_sqlite_quote(weir_str_of(r->table), sql);
}

/* The columns as the table or the query has them, those of our own left out. */
static enum weir_status read_columns(struct weir_sqlite_reader *r, struct weir_schema *s, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q;

	weir_buf_add_c(&sql, "SELECT * FROM ");
	add_from(r, &sql);
	enum weir_status st = weir_sqlite_prepare(r->file, &sql, &q, err);
	for (int i = 0; st == WEIR_OK && i < sqlite3_column_count(q); i++) {
		const char *name = sqlite3_column_name(q, i);
		if (!name)
			st = out_of_memory(err);
		else if (is_own(weir_str_of(name)) && r->table)
			r->nulls = strcmp(name, WEIR_SQLITE_NULLS) == 0 ? 0 : r->nulls;
		else if (!weir_cells_add(&r->cells, s, weir_str_of(name), weir_str_of(name),
					 declared_type(sqlite3_column_decltype(q, i))))
			st = out_of_memory(err);
	}
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	return st;
}

static bool is_read(const struct weir_sqlite_reader *r, uint32_t field)
{
	return weir_pushdown_reads(r->pushdown, r->schema->fields[field].name) ||
	       (int)field == weir_schema_time_field(r->schema);
}

enum weir_status weir_sqlite_reader_bind(const struct weir_sqlite_reader *r, sqlite3_stmt *q, struct weir_error *err)
{
	int code = SQLITE_OK,
	    most = sqlite3_bind_parameter_count(q); /* those of a part that was given up may be more */

	for (size_t i = 0; i < r->n_bound && (int)i + 3 <= most && code == SQLITE_OK; i++) {
		const struct weir_value *v = &r->bound[i];
		int at = (int)i + 3;
		code = v->type == WEIR_STRING
			   ? sqlite3_bind_text64(q, at, v->s.data, v->s.size, SQLITE_STATIC, SQLITE_UTF8)
		       : v->type == WEIR_FLOAT64 ? sqlite3_bind_double(q, at, v->f)
						 : sqlite3_bind_int64(q, at, v->i);
	}
	return code == SQLITE_OK ? WEIR_OK : weir_sqlite_fail(r->file, "could not be asked", err);
}

enum weir_status weir_sqlite_reader_prepare(struct weir_sqlite_reader *r, struct weir_error *err)
{
	struct weir_buf sql = {0};
	int n = 0;

	sqlite3_finalize(r->rows);
	r->rows = NULL;
	weir_buf_add_c(&sql, r->has_rowid ? "SELECT rowid" : "SELECT 0");
	for (uint32_t i = 0; i < r->cells.n; i++) {
		r->cells.all[i].at = is_read(r, i) ? ++n : -1;
		if (r->cells.all[i].at < 0)
			continue;
		weir_buf_add_c(&sql, ", ");
		weir_sqlite_quote(weir_str_of(r->cells.all[i].col), &sql);
	}
	if (r->nulls >= 0) {
		r->nulls = n + 1;
		weir_buf_add_c(&sql, ", " WEIR_SQLITE_NULLS);
	}
	weir_buf_add_c(&sql, " FROM ");
	add_from(r, &sql);
	weir_buf_add_c(&sql, r->has_rowid ? " WHERE rowid > ?1" : " WHERE 1");
	weir_buf_add_str(&sql, weir_buf_str(&r->where));
	if (r->has_rowid)
		weir_buf_add_c(&sql, " ORDER BY rowid LIMIT ?2");
	sql.failed = sql.failed || r->where.failed;
	enum weir_status st = weir_sqlite_prepare(r->file, &sql, &r->rows, err);
	if (st == WEIR_OK)
		st = weir_sqlite_reader_bind(r, r->rows, err);
	weir_buf_release(&sql);
	return st;
}

/* A view, and a table made WITHOUT ROWID, keep no order in which rows came. */
static enum weir_status look_for_rowid(struct weir_sqlite_reader *r, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q = NULL;

	if (r->query)
		return WEIR_OK;
	weir_buf_add_c(&sql, "SELECT rowid FROM ");
	weir_sqlite_quote(weir_str_of(r->table), &sql);
	enum weir_status st = weir_sqlite_prepare(r->file, &sql, &q, NULL);
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	weir_buf_add_c(&sql, "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE");
	r->has_rowid = st == WEIR_OK;
	if (r->has_rowid && (st = weir_sqlite_prepare(r->file, &sql, &q, err)) == WEIR_OK) {
		sqlite3_bind_text(q, 1, r->table, -1, SQLITE_STATIC);
		r->has_rowid = sqlite3_step(q) != SQLITE_ROW;
		sqlite3_finalize(q);
	}
	weir_buf_release(&sql);
	return st == WEIR_NO_MEMORY ? out_of_memory(err) : WEIR_OK;
}

enum weir_status weir_sqlite_reader_follow(struct weir_sqlite_reader *r, struct weir_error *err)
{
	int64_t version = 0;
	int time = -1, described = 0;
	enum weir_status st = weir_sqlite_version(r->file, &version, err);

	if (st != WEIR_OK || (r->schema && version == r->version))
		return st;
	struct weir_schema *next = r->schema ? weir_schema_next(r->schema) : weir_schema_new();
	if (!next)
		return out_of_memory(err);
	r->nulls = -1;
	if (r->table)
		st = read_description(r, next, &described, &time, err);
	if (st == WEIR_OK && !described)
		st = read_columns(r, next, err);
	else if (st == WEIR_OK)
		r->nulls = 0;
	if (st == WEIR_OK)
		st = look_for_rowid(r, err);
	if (st == WEIR_OK)
		st = weir_cells_choose_time(&r->cells, next, r->time, time, err);
	if (st != WEIR_OK) {
		weir_schema_unref(next);
		return st;
	}
	weir_schema_unref(r->schema);
	r->schema = next;
	r->described = described > 0;
	st = weir_sqlite_reader_prepare(r, err);
	r->version = st == WEIR_OK ? version : r->version;
	return st;
}

/* ---- cells ---- */

static bool read_time(struct weir_sqlite_reader *r, int column, int64_t *us)
{
	switch (sqlite3_column_type(r->rows, column)) {
	case SQLITE_TEXT:
		return weir_time_read_iso(weir_sqlite_text(r->rows, column), us);
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		return weir_cells_read_number(&r->unit, sqlite3_column_double(r->rows, column), us);
	default:
		return false;
	}
}

static bool put_cell(struct weir_sqlite_reader *r, struct weir_batch *b, uint32_t field, uint32_t row)
{
	const struct weir_cell *cell = &r->cells.all[field];
	struct weir_column *c = &b->columns[field];
	int at = cell->at, kind = sqlite3_column_type(r->rows, at);
	int64_t us;

	if (kind == SQLITE_NULL)
		return weir_column_set_null(c, row);
	if (cell->type == WEIR_TIMESTAMP && read_time(r, at, &us))
		return weir_column_set_timestamp(c, row, us);
	if (cell->type == WEIR_BOOL && kind == SQLITE_INTEGER)
		return weir_column_set_bool(c, row, sqlite3_column_int(r->rows, at) != 0);
	if (kind == SQLITE_INTEGER)
		return weir_column_set_int64(c, row, sqlite3_column_int64(r->rows, at));
	if (kind == SQLITE_FLOAT)
		return weir_cells_put_float(b, field, row, sqlite3_column_double(r->rows, at),
					    sqlite3_column_int64(r->rows, 0));
	if (kind == SQLITE_TEXT)
		return weir_cells_put_text(&r->cells, field, b, row, weir_sqlite_text(r->rows, at));
	const void *bytes = sqlite3_column_blob(r->rows, at);
	return weir_cells_put_bytes(
	    &r->cells, field, b, row,
	    (struct weir_str){bytes ? bytes : "", bytes ? (size_t)sqlite3_column_bytes(r->rows, at) : 0});
}

bool weir_sqlite_reader_row(struct weir_sqlite_reader *r, struct weir_batch *b, uint32_t row)
{
	struct weir_str nulls = r->nulls >= 0 ? weir_sqlite_text(r->rows, r->nulls) : (struct weir_str){"", 0};
	int time = weir_schema_time_field(r->schema);
	struct weir_buf quoted = {0};
	bool good = true;

	for (uint32_t i = 0; i < r->cells.n && good; i++) {
		int at = r->cells.all[i].at;
		if (at < 0)
			continue;
		int kind = sqlite3_column_type(r->rows, at); /* asking a number for its bytes would make it text */
		b->bytes += kind == SQLITE_TEXT || kind == SQLITE_BLOB ? (uint64_t)sqlite3_column_bytes(r->rows, at)
			    : kind != SQLITE_NULL                      ? 8
								       : 0;
		bool absent = r->nulls >= 0 && kind == SQLITE_NULL &&
			      !weir_cells_is_named(nulls, r->schema->fields[i].name, &quoted);
		good = absent || put_cell(r, b, i, row);
	}
	int at = time >= 0 ? r->cells.all[time].at : -1;
	if (at >= 0 && (sqlite3_column_type(r->rows, at) == SQLITE_NULL || !read_time(r, at, &b->time_us[row])))
		b->time_us[row] = WEIR_TIME_NONE;
	good = good && !quoted.failed;
	weir_buf_release(&quoted);
	return good;
}
