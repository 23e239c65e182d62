/* A table of an SQLite file, read back: its rows in the order in which they were written, then those that come. columns.c knows
 * what the columns are, and turns cells into values; sqlite.c reads rows and follows the table. The stream is its caller.
 *
 * A table that weir landed is described beside it (weir/client/sqlite.h), and comes back as it was. Of another the declared types
 * say what is a bool or a time; else a value is what SQLite keeps it as.
 *
 * Thread: the stream's source thread, after open. */
#ifndef WEIR_SOURCE_SQLITE_SQLITE_H
#define WEIR_SOURCE_SQLITE_SQLITE_H

#include "../cells.h"
#include "../pushdown.h"

#include "weir/base/time.h"
#include "weir/client/sqlite.h"

struct weir_sqlite_reader {
	struct weir_sqlite *file;
	const char *table, *query; /* one of them; borrowed */
	const char *time;          /* asked for; borrowed; NULL: what is described, or the first that is a time */
	enum weir_time_unit unit;  /* of whole numbers that are times */
	bool has_rowid;
	int nulls; /* the cell that names keys that were null, among the results; -1: none */
	struct weir_schema *schema;
	struct weir_cells cells;
	sqlite3_stmt *rows; /* rowid, cells…; from ?1 (excluded), at most ?2; from ?3 on `bound` */
	int64_t version;    /* of the file's tables, when this was read */
	struct weir_pushdown *pushdown;
	bool group;               /* SQLite is to count, where it can */
	bool described;           /* by weir */
	bool other_encoding;      /* the file has not its texts in UTF-8 */
	struct weir_buf where;    /* " AND …": what SQLite looks at */
	struct weir_value *bound; /* owned; the constants in it */
	size_t n_bound, bound_capacity;
	uint32_t *seen; /* owned, by field: which kinds of values there are (ask.c); NULL: not looked at */
	bool looked;    /* at all that are read */
};

/* Learns the columns, or those that came since, and prepares to read rows. */
enum weir_status weir_sqlite_reader_follow(struct weir_sqlite_reader *r, struct weir_error *err) WEIR_MUST_USE;
/* The row that `rows` stands at, into row `row` of the batch. False: no memory. */
bool weir_sqlite_reader_row(struct weir_sqlite_reader *r, struct weir_batch *b, uint32_t row) WEIR_MUST_USE;
/* ask.c: what of the question SQLite looks at, before the first row is read. Reads the table once where its types are not known for
 * certain. */
enum weir_status weir_sqlite_reader_ask(struct weir_sqlite_reader *r, struct weir_error *err) WEIR_MUST_USE;
/* A leaf as a condition; the constant goes to `bound`. */
weir_pushdown_leaf weir_sqlite_leaf;
/* Prepares `rows` anew, with `where`. */
enum weir_status weir_sqlite_reader_prepare(struct weir_sqlite_reader *r, struct weir_error *err) WEIR_MUST_USE;
/* Whether all values of the field that were seen are kept as values of the type. */
bool weir_sqlite_reader_fits(const struct weir_sqlite_reader *r, uint32_t field, enum weir_type type);
/* Binds the constants of `where`. */
enum weir_status weir_sqlite_reader_bind(const struct weir_sqlite_reader *r, sqlite3_stmt *q,
					 struct weir_error *err) WEIR_MUST_USE;
/* group.c: settles whether SQLite counts (pushdown.said.grouped); after ask. */
enum weir_status weir_sqlite_reader_grouping(struct weir_sqlite_reader *r, struct weir_error *err) WEIR_MUST_USE;
/* Has rows with after < rowid <= until counted. None are in the batch where there are none, or where said.grouped is false now: then they
 * are to be read. */
enum weir_status weir_sqlite_reader_group(struct weir_sqlite_reader *r, int64_t after, int64_t until,
					  struct weir_batch *into, struct weir_error *err) WEIR_MUST_USE;
void weir_sqlite_reader_release(struct weir_sqlite_reader *r);

#endif
