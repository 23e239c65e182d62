/* Rows in Kudu tables, each once: the key of a row is where it came from (stream, topic, partition, position), so that what is read
 * and landed again is there already. kudu.c is the landing, which its queue calls; table.c makes tables and adds columns; rows.c
 * writes rows; same.c compares a row with the one that has its key.
 *
 * Positions of a file that was replaced, or of a topic made anew, begin again, with other rows. So a row whose key is taken is
 * compared: is it the same, it was landed before; else it is kept beside under the next _run that is free. Where a row goes depends
 * on what is in the table alone, so that it is found again, whatever the batches are.
 *
 * Kudu cannot change the type of a column. What does not fit gets a column beside it, whose comment names the field, and a row has
 * its value in one of them. A field that had no value yet has a column for its name alone.
 *
 * Thread: the landing's. */
#ifndef WEIR_LANDING_KUDU_H
#define WEIR_LANDING_KUDU_H

#include "../options.h"
#include "landing/origin.h"
#include "weir/client/kudu.h"

/* A table that streams share. */
struct weir_kudu_target {
	struct weir_kudu *cluster;     /* borrowed */
	char *name;                    /* owned; NULL: not used */
	struct weir_kudu_table *table; /* owned; NULL: not looked at yet */
	bool widens;                   /* it is made, and columns are added as rows need them */
	int tablets, replicas;         /* of one that is made */
};

/* ---- table.c ---- */

/* Looks at the table, or makes it. */
enum weir_status weir_kudu_target_open(struct weir_kudu_target *t, struct weir_error *err) WEIR_MUST_USE;
void weir_kudu_target_release(struct weir_kudu_target *t);
/* The columns that take the fields of the schema, by their index in the table: those of them that are in `fields`. Columns are added
 * where they are needed: then the table was looked at again. */
enum weir_status weir_kudu_target_columns(struct weir_kudu_target *t, const struct weir_schema *schema,
					  const uint32_t *fields, uint32_t n, uint32_t *columns,
					  struct weir_error *err) WEIR_MUST_USE;
/* The field that a column holds, and its type there. False: it is no data, or of a type that weir does not write. */
bool weir_kudu_target_field(const struct weir_kudu_column *c, struct weir_str *name, enum weir_type *type);

/* ---- rows.c ---- */

/* Where the rows of one stream go. */
struct weir_kudu_rows {
	struct weir_landing *landing; /* borrowed: told of rows that are refused */
	struct weir_kudu_target *target;
	struct weir_str stream; /* borrowed */
	int64_t first_run;
	struct weir_str columns;          /* "a,b": these alone; empty: all */
	int64_t most_rows;                /* of one call, about */
	const struct weir_schema *schema; /* that the rest is for; one reference; NULL: none */
	uint32_t changes;                 /* of the table, then */
	uint32_t n;                       /* fields that are landed */
	uint32_t *field, *column;         /* which, and in which column of the table; owned */
	struct weir_kudu_writer *writer;  /* owned */
	struct weir_kudu_cell *cells;     /* owned; a row: the key, what is NULL, the fields */
	struct weir_buf texts, nulls;     /* of that row */
	size_t *text_at;          /* owned; where in `texts` that of a field begins, 1 added; 0: it has none there */
	uint32_t *again, n_again; /* owned; rows whose key is taken */
	uint32_t again_room;
	int64_t *run; /* owned; of each row of the batch */
	uint32_t run_room;
};

struct weir_kudu_written {
	uint64_t rows;            /* in the table now, those that were there before among them */
	uint64_t refused, bytes;  /* by the server; sent */
	int64_t refused_position; /* of the first of these, and why */
	char reason[200];
};

/* Writes the rows of the batch whose bits are set. After an error some of them may be in the table: written again, they are found. */
enum weir_status weir_kudu_rows_write(struct weir_kudu_rows *r, const struct weir_batch *batch, const uint64_t *rows,
				      struct weir_kudu_written *done, struct weir_error *err) WEIR_MUST_USE;
void weir_kudu_rows_release(struct weir_kudu_rows *r);
/* The names of what is NULL in a row, into r->nulls; empty: nothing. What it does not have at all is not named. */
void weir_kudu_rows_nulls(struct weir_kudu_rows *r, const struct weir_batch *b, uint32_t row);

/* ---- same.c ---- */

enum weir_kudu_found { WEIR_KUDU_GONE, WEIR_KUDU_SAME, WEIR_KUDU_OTHER }; /* nobody has the key any more */

/* What has the key of each of these rows, all of one partition and run: sorted by their position. */
enum weir_status weir_kudu_compare(struct weir_kudu_rows *r, const struct weir_batch *b, const uint32_t *rows,
				   uint32_t n, enum weir_kudu_found *found, struct weir_error *err) WEIR_MUST_USE;

#endif
