/* Connections to SQLite files. */
#include "weir/client/sqlite.h"

#include <stdlib.h>

static enum weir_status status_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return WEIR_NO_MEMORY;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return WEIR_DENIED;
	case SQLITE_NOTADB:
		return WEIR_MALFORMED;
	case SQLITE_TOOBIG:
		return WEIR_TOO_LARGE;
	default:
		return WEIR_IO;
	}
}

static const char *hint_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program holds it locked; end it, or try again";
	case SQLITE_FULL:
		return "make room on the disk";
	case SQLITE_CANTOPEN:
		return "look at the folder, and at who may write there";
	case SQLITE_NOTADB:
		return "the file was made by another program; give the name of an SQLite file";
	case SQLITE_CORRUPT:
		return "the sqlite3 program can save what is left of it: .recover";
	default:
		return NULL;
	}
}

enum weir_status weir_sqlite_fail(struct weir_sqlite *s, const char *doing, struct weir_error *err)
{
	int code = s->db ? sqlite3_extended_errcode(s->db) : SQLITE_NOMEM;

	weir_fail(err, status_of(code), s->path ? s->path : "sqlite", "%s: %s", doing,
		  s->db ? sqlite3_errmsg(s->db) : "out of memory");
	if (hint_of(code))
		weir_error_hint(err, "%s", hint_of(code));
	if (err)
		err->retriable = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_FULL;
	return status_of(code);
}

void weir_sqlite_close(struct weir_sqlite *s)
{
	sqlite3_close_v2(s->db);
	free(s->path);
	*s = (struct weir_sqlite){0};
}

enum weir_status weir_sqlite_open(const char *path, enum weir_sqlite_mode mode, int64_t timeout_us,
				  struct weir_sqlite *out, struct weir_error *err)
{
	int flags = mode == WEIR_SQLITE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	*out = (struct weir_sqlite){.path = weir_str_dup(weir_str_of(path))};
	if (!out->path)
		return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	if (!*path) {
		weir_sqlite_close(out);
		weir_fail(err, WEIR_USAGE, "sqlite", "no file is named");
		weir_error_hint(err, "write it as sqlite:FILE");
		return WEIR_USAGE;
	}
	int code = sqlite3_open_v2(path, &out->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	enum weir_status st = WEIR_OK;
	if (code == SQLITE_OK) {
		sqlite3_extended_result_codes(out->db, 1);
		sqlite3_busy_timeout(out->db, (int)(timeout_us / 1000));
		/* The first read shows whether it is an SQLite file at all. */
		code = sqlite3_exec(out->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	}
	if (code != SQLITE_OK) {
		st = weir_sqlite_fail(out, "could not be opened", err);
		weir_sqlite_close(out);
	}
	return st;
}

enum weir_status weir_sqlite_run(struct weir_sqlite *s, const char *sql, struct weir_error *err)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? WEIR_OK
								       : weir_sqlite_fail(s, "a statement failed", err);
}

enum weir_status weir_sqlite_prepare(struct weir_sqlite *s, const struct weir_buf *sql, sqlite3_stmt **out,
				     struct weir_error *err)
{
	*out = NULL;
	if (sql->failed)
		return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	return sqlite3_prepare_v2(s->db, sql->data, (int)sql->size, out, NULL) == SQLITE_OK
		   ? WEIR_OK
		   : weir_sqlite_fail(s, "a statement was refused", err);
}

void weir_sqlite_quote(struct weir_str name, struct weir_buf *out)
{
	weir_buf_add_char(out, '"');
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '"')
			weir_buf_add_char(out, '"');
		weir_buf_add_char(out, name.data[i]);
	}
	weir_buf_add_char(out, '"');
}

struct weir_str weir_sqlite_text(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	return (struct weir_str){text ? text : "", text ? (size_t)sqlite3_column_bytes(q, column) : 0};
}

enum weir_status weir_sqlite_has_table(struct weir_sqlite *s, const char *name, bool view_too, bool *out,
				       struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q = NULL;

	weir_buf_addf(&sql, "SELECT 1 FROM sqlite_schema WHERE (type = 'table'%s) AND name = ?1 COLLATE NOCASE",
		      view_too ? " OR type = 'view'" : "");
	enum weir_status st = weir_sqlite_prepare(s, &sql, &q, err);
	if (st == WEIR_OK) {
		sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
		int code = sqlite3_step(q);
		*out = code == SQLITE_ROW;
		if (code != SQLITE_ROW && code != SQLITE_DONE)
			st = weir_sqlite_fail(s, "its tables could not be listed", err);
	}
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	return st;
}

enum weir_status weir_sqlite_version(struct weir_sqlite *s, int64_t *out, struct weir_error *err)
{
	struct weir_buf sql = {0};
	sqlite3_stmt *q;

	weir_buf_add_c(&sql, "PRAGMA schema_version");
	enum weir_status st = weir_sqlite_prepare(s, &sql, &q, err);
	if (st == WEIR_OK && sqlite3_step(q) == SQLITE_ROW)
		*out = sqlite3_column_int64(q, 0);
	else if (st == WEIR_OK)
		st = weir_sqlite_fail(s, "could not be read", err);
	sqlite3_finalize(q);
	weir_buf_release(&sql);
	return st;
}
