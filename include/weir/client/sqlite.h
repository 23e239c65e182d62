/* SQLite files, for the landing that writes them and the source that reads them: opened with a limit on how long another
 * process's write is waited for, and with errors that name the file and say what to do.
 *
 * A file that weir wrote has beside each table a description of its columns (WEIR_SQLITE_COLUMNS), so that what SQLite has no
 * type for (bool, timestamp), and names that differ in case alone, are read back as they were.
 *
 * Thread: a connection belongs to one thread at a time. Source of what is assumed of locks and logs: sqlite.org/wal.html. */
#ifndef WEIR_CLIENT_SQLITE_H
#define WEIR_CLIENT_SQLITE_H

#include "weir/base/str.h"

#include <sqlite3.h>

/* The table that describes columns: tab, col (its name in the table), name (weir's), type (weir_type_name), is_time. */
#define WEIR_SQLITE_COLUMNS "_weir_columns"
/* The columns that say where a row came from, and are its key together: they are not data. */
#define WEIR_SQLITE_KEY "_stream", "_topic", "_partition", "_offset", "_run"
/* Names of keys that a row had with null, as a JSON array; NULL: none. So a NULL that is not named is a key that was not there. Not
 * data either. */
#define WEIR_SQLITE_NULLS "_nulls"

struct weir_sqlite {
	sqlite3 *db;
	char *path;     /* owned */
	bool immutable; /* it is read as it was when it was opened */
};

enum weir_sqlite_mode { WEIR_SQLITE_READ, WEIR_SQLITE_WRITE, WEIR_SQLITE_MAKE /* when it is not there */ };

/* Waits up to timeout_us for a lock, here and in every later call. A file with a write-ahead log in a folder that cannot be written
 * is read as immutable, where it has no such log at present: else SQLite would have to make one. */
enum weir_status weir_sqlite_open(const char *path, enum weir_sqlite_mode mode, int64_t timeout_us,
				  struct weir_sqlite *out, struct weir_error *err) WEIR_MUST_USE;
void weir_sqlite_close(struct weir_sqlite *s);
/* The error of the last call that failed on this connection, while `doing` ("rows could not be written"). Returns its code. */
enum weir_status weir_sqlite_fail(struct weir_sqlite *s, const char *doing, struct weir_error *err);
/* From now on others can read while it is written. Who waits for that too may hold it locked, and SQLite itself does not wait then:
 * it is tried for as long as timeout_us. */
enum weir_status weir_sqlite_use_log(struct weir_sqlite *s, int64_t timeout_us, struct weir_error *err) WEIR_MUST_USE;
/* Runs statements that give no rows. */
enum weir_status weir_sqlite_run(struct weir_sqlite *s, const char *sql, struct weir_error *err) WEIR_MUST_USE;
/* Prepares one statement, which is in `sql` (NO_MEMORY when that failed). Owned by the caller: sqlite3_finalize. */
enum weir_status weir_sqlite_prepare(struct weir_sqlite *s, const struct weir_buf *sql, sqlite3_stmt **out,
				     struct weir_error *err) WEIR_MUST_USE;
/* The name in double quotes. Appends. */
void weir_sqlite_quote(struct weir_str name, struct weir_buf *out);
/* A text cell; NULL and other types as SQLite turns them into text. Borrowed until the statement steps. */
struct weir_str weir_sqlite_text(sqlite3_stmt *q, int column);
/* Counts the changes of the file's tables, by whatever program. */
enum weir_status weir_sqlite_version(struct weir_sqlite *s, int64_t *out, struct weir_error *err) WEIR_MUST_USE;
/* Whether the file has a table (or, where a view will do, a view) of that name; upper and lower case are alike. */
enum weir_status weir_sqlite_has_table(struct weir_sqlite *s, const char *name, bool view_too, bool *out,
				       struct weir_error *err) WEIR_MUST_USE;

#endif
