/* Connections to SQLite files. */
#include "weir/client/sqlite.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum weir_status status_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return WEIR_NO_MEMORY;
	case SQLITE_INTERRUPT:
		return WEIR_CANCELLED;
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

/* SQLite need not count its memory, for which it would take a lock at each allocation. */
static void set_up_library(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* The first read shows whether it is an SQLite file at all. */
static int open_file(struct weir_sqlite *s, const char *name, int flags, int64_t timeout_us)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, set_up_library);
	int code = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (code != SQLITE_OK)
		return code;
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, (int)(timeout_us / 1000));
	return sqlite3_exec(s->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
}

static bool is_folder_writable(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? weir_str_dup((struct weir_str){path, slash == path ? 1 : (size_t)(slash - path)}) : NULL;
	bool yes = (slash && !folder) || faccessat(AT_FDCWD, folder ? folder : ".", W_OK, AT_EACCESS) == 0;

	free(folder);
	return yes;
}

static bool has_log(const char *path)
{
	struct weir_buf name = {0};
	struct stat meta;

	weir_buf_addf(&name, "%s-wal", path);
	bool has = name.failed || (stat(name.data, &meta) == 0 && meta.st_size > 0);
	weir_buf_release(&name);
	return has;
}

/* Once more, as a file that nobody writes. */
static int open_immutable(struct weir_sqlite *s, int64_t timeout_us)
{
	struct weir_buf name = {0};

	sqlite3_close_v2(s->db);
	s->db = NULL;
	weir_buf_add_c(&name, "file:");
	for (const char *at = s->path; *at; at++) {
		if (strchr("%?#", *at))
			weir_buf_addf(&name, "%%%02X", (unsigned char)*at);
		else
			weir_buf_add_char(&name, *at);
	}
	weir_buf_add_c(&name, "?immutable=1");
	s->immutable = true;
	int code =
	    name.failed ? SQLITE_NOMEM : open_file(s, name.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, timeout_us);
	weir_buf_release(&name);
	return code;
}

enum weir_status weir_sqlite_open(const char *path, enum weir_sqlite_mode mode, int64_t timeout_us,
				  struct weir_sqlite *out, struct weir_error *err)
{
	static const int flags[] = {[WEIR_SQLITE_READ] = SQLITE_OPEN_READONLY,
				    [WEIR_SQLITE_WRITE] = SQLITE_OPEN_READWRITE,
				    [WEIR_SQLITE_MAKE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};

	*out = (struct weir_sqlite){.path = weir_str_dup(weir_str_of(path))};
	if (!out->path)
		return weir_fail(err, WEIR_NO_MEMORY, "sqlite", "out of memory");
	if (!*path) {
		weir_sqlite_close(out);
		weir_fail(err, WEIR_USAGE, "sqlite", "no file is named");
		weir_error_hint(err, "write it as sqlite:FILE");
		return WEIR_USAGE;
	}
	int code = open_file(out, path, flags[mode], timeout_us);
	if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY && mode == WEIR_SQLITE_READ && access(path, R_OK) == 0 &&
	    !has_log(path) && !is_folder_writable(path))
		code = open_immutable(out, timeout_us);
	if (code == SQLITE_OK)
		return WEIR_OK;
	enum weir_status st = weir_sqlite_fail(out, "could not be opened", err);
	weir_sqlite_close(out);
	return st;
}

enum weir_status weir_sqlite_use_log(struct weir_sqlite *s, int64_t timeout_us, struct weir_error *err)
{
	enum { PAUSE_MS = 10 };

	for (int64_t left_ms = timeout_us / 1000;; left_ms -= PAUSE_MS) {
		int code = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (code == SQLITE_OK)
			return WEIR_OK;
		if ((code & 0xff) != SQLITE_BUSY || left_ms <= 0)
			return weir_sqlite_fail(s, "its write-ahead log could not be begun", err);
		sqlite3_sleep(PAUSE_MS);
	}
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
