/* Rows in tables of an SQLite file, each once: the key of a row is where it came from (stream, topic, partition, position), so
 * that what is read and landed again is there already. sqlite.c is the landing, which its queue calls, and its transactions;
 * table.c makes tables and widens them; rows.c writes rows. The file is in write-ahead mode: others read while it is written.
 *
 * Positions of a file that was replaced, or of a topic made anew, begin again, with other rows. So a row whose key is taken is
 * compared: is it the same, it was landed before; else it is kept beside under the next _run. Rows of a source that cannot be
 * read twice (a pipe) have the time at which weir started as their _run.
 *
 * Thread: the landing's. */
#ifndef WEIR_LANDING_SQLITE_H
#define WEIR_LANDING_SQLITE_H

#include "../options.h"

#include "weir/client/sqlite.h"

enum { WEIR_SQLITE_KEY_COLUMNS = 5 };

struct weir_sqlite_column {
	char *name; /* weir's; owned */
	char *col;  /* in the table; owned */
	enum weir_type type;
};

/* A table as it is in the file. */
struct weir_sqlite_table {
	struct weir_sqlite *file;
	char *name;  /* owned */
	bool widens; /* columns are added and widened as rows need them */
	struct weir_sqlite_column *columns;
	uint32_t n_columns, room;
	uint32_t changes; /* grows whenever a column came or widened */
};

/* ---- table.c ---- */

/* Looks at the table, or makes it (create). */
enum weir_status weir_sqlite_table_open(struct weir_sqlite_table *t, struct weir_sqlite *file, const char *name,
					bool create, struct weir_error *err) WEIR_MUST_USE;
/* The index of the column that takes the field: one that is there, wide enough now, or a new one. Within a transaction. */
enum weir_status weir_sqlite_table_column(struct weir_sqlite_table *t, const struct weir_field *field, uint32_t *at,
					  struct weir_error *err) WEIR_MUST_USE;
/* Forgets what it knows of the columns, and reads it again: after a transaction that was taken back. */
enum weir_status weir_sqlite_table_reload(struct weir_sqlite_table *t, struct weir_error *err) WEIR_MUST_USE;
void weir_sqlite_table_release(struct weir_sqlite_table *t);

/* ---- rows.c ---- */

/* Where the rows of one stream go. */
struct weir_sqlite_rows {
	struct weir_landing *landing;    /* borrowed: told of rows that are refused */
	struct weir_sqlite_table *table; /* NULL: not used yet */
	struct weir_str stream;          /* borrowed */
	int64_t first_run;
	struct weir_str columns;          /* "a,b": these alone; empty: all */
	const struct weir_schema *schema; /* that the statements are for; one reference */
	uint32_t changes;                 /* of the table, then */
	uint32_t n;                       /* fields that are landed */
	uint32_t *field, *column;         /* which, and in which column of the table; owned */
	sqlite3_stmt *insert, *find;      /* a row; how many rows are the same as it */
	int64_t *run, *run_kept;          /* owned, by partition: now, and at the last commit */
	uint32_t n_run;
	struct weir_buf text, nulls;
	uint32_t bound_partition; /* whose place `insert` has, of this batch, 1 added; 0: of none */
	bool bound_nulls;         /* it names keys that are null */
	bool *may_be_null;        /* owned: fields that are null somewhere in this batch */
	bool nan;                 /* this row has one */
	char (*times)[40];        /* owned: the text of a field that is a time */
};

struct weir_sqlite_written {
	uint64_t rows;            /* in the table now, those that were there before among them */
	uint64_t refused;         /* by a rule of the table */
	int64_t refused_position; /* of the first of these, and why */
	char reason[200];
};

/* Writes the rows of the batch whose bits are set. Within a transaction; after an error it must be taken back. */
enum weir_status weir_sqlite_rows_write(struct weir_sqlite_rows *r, const struct weir_batch *batch,
					const uint64_t *rows, struct weir_sqlite_written *done,
					struct weir_error *err) WEIR_MUST_USE;
/* The transaction was committed, or taken back: the same rows find the same _run again. */
void weir_sqlite_rows_keep(struct weir_sqlite_rows *r);
void weir_sqlite_rows_take_back(struct weir_sqlite_rows *r);
void weir_sqlite_rows_release(struct weir_sqlite_rows *r);

#endif
