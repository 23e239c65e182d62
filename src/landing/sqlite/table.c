/* A table of an SQLite file: made, described beside itself, and widened as rows need it. */
#include "sqlite.h"

#include <stdio.h>
#include <stdlib.h>

/* Declared types. A timestamp is text that SQLite's own date functions read. */
static const char *const declared[WEIR_TYPE_COUNT] = {
    [WEIR_NULL] = "",          [WEIR_BOOL] = "BOOLEAN",        [WEIR_INT64] = "BIGINT",
    [WEIR_FLOAT64] = "DOUBLE", [WEIR_TIMESTAMP] = "TIMESTAMP", [WEIR_STRING] = "TEXT",
};

enum { OWN_COLUMNS = WEIR_SQLITE_KEY_COLUMNS + 1 }; /* the key, and what is null */

static const char *const own_names[] = {WEIR_SQLITE_KEY, WEIR_SQLITE_NULLS, "rowid", "oid", "_rowid_"};

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static enum weir_status run(struct weir_sqlite *file, const struct weir_buf *sql, struct weir_error *err)
{
	sqlite3_stmt *q;
	enum weir_status st = weir_sqlite_prepare(file, sql, &q, err);

	if (st == WEIR_OK && sqlite3_step(q) != SQLITE_DONE)
		st = weir_sqlite_fail(file, "the table could not be changed", err);
	sqlite3_finalize(q);
	return st;
}

static bool add_column(struct weir_sqlite_table *t, struct weir_str name, struct weir_str col, enum weir_type type)
{
	if (t->n_columns == t->room) {
		uint32_t room = t->room ? 2 * t->room : 16;
		struct weir_sqlite_column *more = weir_realloc(t->columns, room * sizeof *more);
		if (!more)
			return false;
		t->columns = more;
		t->room = room;
	}
	const struct weir_sqlite_column c = {weir_str_dup(name), weir_str_dup(col), type};
	if (!c.name || !c.col) {
		free(c.name);
		free(c.col);
		return false;
	}
	t->columns[t->n_columns++] = c;
	return true;
}

static void forget_columns(struct weir_sqlite_table *t)
{
	for (uint32_t i = 0; i < t->n_columns; i++) {
		free(t->columns[i].name);
		free(t->columns[i].col);
	}
	t->n_columns = 0;
}

void weir_sqlite_table_release(struct weir_sqlite_table *t)
{
	forget_columns(t);
	free(t->columns);
	free(t->name);
	*t = (struct weir_sqlite_table){0};
}

enum weir_status weir_sqlite_table_reload(struct weir_sqlite_table *t, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q;
	int code = SQLITE_DONE;

	forget_columns(t);
	t->changes++;
	weir_buf_add_c(&sql, "SELECT name, col, type FROM " WEIR_SQLITE_COLUMNS " WHERE tab = ?1 ORDER BY rowid");
	enum weir_status st = weir_sqlite_prepare(t->file, &sql, &q, err);
	if (st == WEIR_OK)
		sqlite3_bind_text(q, 1, t->name, -1, SQLITE_STATIC);
	while (st == WEIR_OK && (code = sqlite3_step(q)) == SQLITE_ROW)
		if (!add_column(t, weir_sqlite_text(q, 0), weir_sqlite_text(q, 1),
				weir_type_named(weir_sqlite_text(q, 2), WEIR_STRING)))
			st = out_of_memory(err);
	if (st == WEIR_OK && code != SQLITE_DONE)
		st = weir_sqlite_fail(t->file, "its columns could not be read", err);
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	return st;
}

static enum weir_status make(struct weir_sqlite_table *t, struct weir_error *err)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "CREATE TABLE ");
	weir_sqlite_quote(weir_str_of(t->name), &sql);
	weir_buf_add_c(&sql, "(_stream TEXT NOT NULL, _topic TEXT NOT NULL, _partition INTEGER NOT NULL, "
			     "_offset INTEGER NOT NULL, _run INTEGER NOT NULL, _nulls TEXT, "
			     "UNIQUE (_offset, _partition, _run, _topic, _stream))");
	enum weir_status st = run(t->file, &sql, err);
	weir_buf_release(&sql);
	return st;
}

/* It was made by a weir: it has the columns of the key. */
static enum weir_status check_shape(struct weir_sqlite_table *t, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q;

	weir_buf_add_c(&sql, "SELECT _stream, _topic, _partition, _offset, _run, _nulls FROM ");
	weir_sqlite_quote(weir_str_of(t->name), &sql);
	enum weir_status st = weir_sqlite_prepare(t->file, &sql, &q, NULL);
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	if (st == WEIR_OK || st == WEIR_NO_MEMORY)
		return st;
	weir_fail(err, WEIR_USAGE, t->file->path, "the table %s has no columns that say where its rows came from",
		  t->name);
	weir_error_hint(err, "weir lands rows in tables that it made: give another name with table=");
	return WEIR_USAGE;
}

enum weir_status weir_sqlite_table_open(struct weir_sqlite_table *t, struct weir_sqlite *file, const char *name,
					bool create, struct weir_error *err)
{
	bool there = false, described = false;

	*t = (struct weir_sqlite_table){.file = file, .name = weir_str_dup(weir_str_of(name)), .widens = create};
	if (!t->name)
		return out_of_memory(err);
	enum weir_status st = weir_sqlite_has_table(file, name, false, &there, err);
	if (st == WEIR_OK && !there && !create) {
		st = weir_fail(err, WEIR_NOT_FOUND, file->path, "there is no table %s", name);
		weir_error_hint(err, "create=yes makes it");
	}
	if (st == WEIR_OK && there)
		st = check_shape(t, err);
	if (st == WEIR_OK)
		st = weir_sqlite_has_table(file, WEIR_SQLITE_COLUMNS, false, &described, err);
	if (st == WEIR_OK && !described)
		st = weir_sqlite_run(file,
				     "CREATE TABLE " WEIR_SQLITE_COLUMNS " (tab TEXT NOT NULL, col TEXT NOT NULL, "
				     "name TEXT NOT NULL, type TEXT NOT NULL, is_time INTEGER NOT NULL, "
				     "UNIQUE (tab, name), UNIQUE (tab, col COLLATE NOCASE))",
				     err);
	if (st == WEIR_OK && !there)
		st = make(t, err);
	if (st == WEIR_OK)
		st = weir_sqlite_table_reload(t, err);
	if (st != WEIR_OK)
		weir_sqlite_table_release(t);
	return st;
}

/* A name that no column of the table has yet, to SQLite, for which upper and lower case are alike. */
static bool is_free(const struct weir_sqlite_table *t, const char *col)
{
	for (size_t i = 0; i < sizeof own_names / sizeof *own_names; i++)
		if (sqlite3_stricmp(own_names[i], col) == 0)
			return false;
	for (uint32_t i = 0; i < t->n_columns; i++)
		if (sqlite3_stricmp(t->columns[i].col, col) == 0)
			return false;
	return true;
}

static void choose_name(const struct weir_sqlite_table *t, struct weir_str name, struct weir_buf *out)
{
	struct weir_buf plain = {0};

	for (size_t i = 0; i < name.size; i++) /* SQL text ends at a NUL */
		weir_buf_add_char(&plain, name.data[i] ? name.data[i] : '_');
	for (uint32_t i = 1; !plain.failed; i++) {
		weir_buf_clear(out);
		weir_buf_add_c(out, plain.data ? plain.data : "");
		if (i > 1 || !out->size)
			weir_buf_addf(out, "_%u", i);
		if (out->failed || is_free(t, out->data))
			break;
	}
	out->failed = out->failed || plain.failed;
	weir_buf_release(&plain);
}

static enum weir_status alter(struct weir_sqlite_table *t, const char *what, const char *col, const char *rest,
			      struct weir_error *err)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "ALTER TABLE ");
	weir_sqlite_quote(weir_str_of(t->name), &sql);
	weir_buf_addf(&sql, " %s ", what);
	weir_sqlite_quote(weir_str_of(col), &sql);
	weir_buf_addf(&sql, " %s", rest);
	enum weir_status st = run(t->file, &sql, err);
	weir_buf_release(&sql);
	return st;
}

static enum weir_status describe(struct weir_sqlite_table *t, const struct weir_field *field, const char *col,
				 struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q;

	weir_buf_add_c(&sql, "INSERT INTO " WEIR_SQLITE_COLUMNS
			     " (tab, col, name, type, is_time) VALUES (?1, ?2, ?3, ?4, ?5) "
			     "ON CONFLICT (tab, name) DO UPDATE SET type = excluded.type");
	enum weir_status st = weir_sqlite_prepare(t->file, &sql, &q, err);
	if (st == WEIR_OK) {
		sqlite3_bind_text(q, 1, t->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 2, col, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 3, field->name.data, (int)field->name.size, SQLITE_STATIC);
		sqlite3_bind_text(q, 4, weir_type_name(field->type), -1, SQLITE_STATIC);
		sqlite3_bind_int(q, 5, field->is_time);
		if (sqlite3_step(q) != SQLITE_DONE)
			st = weir_sqlite_fail(t->file, "its columns could not be described", err);
	}
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	return st;
}

static enum weir_status too_many_columns(const struct weir_sqlite_table *t, const struct weir_field *field, int most,
					 struct weir_error *err)
{
	weir_fail(err, WEIR_TOO_LARGE, t->file->path,
		  "the table %s has no room for the column " WEIR_STR_FMT
		  ": SQLite takes %d, %d of them are weir's own",
		  t->name, WEIR_STR_ARG(field->name), most, OWN_COLUMNS);
	weir_error_hint(err, "columns= lands some alone");
	return WEIR_TOO_LARGE;
}

static enum weir_status make_column(struct weir_sqlite_table *t, const struct weir_field *field, struct weir_error *err)
{
	struct weir_buf col = {0};
	int most = sqlite3_limit(t->file->db, SQLITE_LIMIT_COLUMN, -1);

	if (t->n_columns + OWN_COLUMNS >= (uint32_t)most)
		return too_many_columns(t, field, most, err);
	choose_name(t, field->name, &col);
	enum weir_status st =
	    col.failed ? out_of_memory(err) : alter(t, "ADD COLUMN", col.data, declared[field->type], err);
	if (st == WEIR_OK)
		st = describe(t, field, col.data, err);
	if (st == WEIR_OK && !add_column(t, field->name, weir_buf_str(&col), field->type))
		st = out_of_memory(err);
	weir_buf_release(&col);
	return st;
}

/* SQLite cannot change the type of a column: its values move to a new one. Numbers need not: a column of whole numbers takes
 * others too, and so it still knows which were whole when it becomes text later. weir_widen is a function of sqlite.c. */
static enum weir_status widen(struct weir_sqlite_table *t, struct weir_sqlite_column *c, enum weir_type type,
			      struct weir_error *err)
{
	static const char *const moved = "_weir_widened";
	const struct weir_field field = {.name = weir_str_of(c->name), .type = type};
	struct weir_buf sql = {0}, rest = {0};

	weir_buf_add_c(&sql, "UPDATE ");
	weir_sqlite_quote(weir_str_of(t->name), &sql);
	weir_buf_addf(&sql, " SET %s = weir_widen(", moved);
	weir_sqlite_quote(weir_str_of(c->col), &sql);
	weir_buf_addf(&sql, ", '%s')", weir_type_name(c->type));
	weir_buf_add_c(&rest, "TO ");
	weir_sqlite_quote(weir_str_of(c->col), &rest);
	bool stays = c->type == WEIR_INT64 && type == WEIR_FLOAT64;
	enum weir_status st = rest.failed ? out_of_memory(err) : WEIR_OK;
	if (st == WEIR_OK && !stays)
		st = alter(t, "ADD COLUMN", moved, declared[type], err);
	if (st == WEIR_OK && !stays)
		st = run(t->file, &sql, err);
	if (st == WEIR_OK && !stays)
		st = alter(t, "DROP COLUMN", c->col, "", err);
	if (st == WEIR_OK && !stays)
		st = alter(t, "RENAME COLUMN", moved, rest.data, err);
	if (st == WEIR_OK)
		st = describe(t, &field, c->col, err);
	if (st == WEIR_OK)
		c->type = type;
	weir_buf_release(&sql);
	weir_buf_release(&rest);
	return st;
}

static enum weir_status no_column(const struct weir_sqlite_table *t, const struct weir_field *field, const char *what,
				  struct weir_error *err)
{
	weir_fail(err, WEIR_USAGE, t->file->path, "the table %s has no column " WEIR_STR_FMT "%s", t->name,
		  WEIR_STR_ARG(field->name), what);
	weir_error_hint(err, "create=yes adds and widens columns; columns= lands some alone");
	return WEIR_USAGE;
}

enum weir_status weir_sqlite_table_column(struct weir_sqlite_table *t, const struct weir_field *field, uint32_t *at,
					  struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	uint32_t i = 0;

	while (i < t->n_columns && !weir_str_equal(weir_str_of(t->columns[i].name), field->name))
		i++;
	enum weir_type type = i < t->n_columns ? weir_type_widen(t->columns[i].type, field->type) : field->type;
	*at = i;
	if (i < t->n_columns && type == t->columns[i].type)
		return WEIR_OK;
	if (!t->widens)
		return no_column(t, field, i < t->n_columns ? " that is wide enough" : "", err);
	t->changes++;
	st = i < t->n_columns ? widen(t, &t->columns[i], type, err) : make_column(t, field, err);
	return st;
}
