/* A scan of one tablet (cursor.c), of which a scan of a table (scan.c) has one each; ordered.c merges them by their keys. */
#ifndef WEIR_CLIENT_KUDU_CURSOR_H
#define WEIR_CLIENT_KUDU_CURSOR_H

#include "kudu.h"

struct weir_kudu_scan {
	struct weir_kudu_table *table;
	Kw__Column *columns; /* the projection; owned, as all below */
	Kw__Attributes *attributes;
	Kw__Column **pointers;
	uint32_t n;
	Kw__Predicate *predicates;
	Kw__Predicate **predicate_pointers;
	Kw__Between *betweens;
	Kw__Equal *equals;
	Kw__OneOf *lists;
	ProtobufCBinaryData **listed; /* of each list, its values, which lie in `values` */
	Kw__Nothing nothing;
	struct weir_buf *values; /* of predicates, two each */
	uint32_t n_predicates;
	struct kudu_layout layout;
	bool ordered;
	uint64_t from, to;
	struct weir_buf after;
	uint32_t *keys; /* of an ordered one: where those of the table's key are among its columns */
	int deleted;    /* the column that says that a row is gone; -1: none is asked for */
	char *deleted_name;
	uint32_t block_bytes;
	struct kudu_cursor **cursors; /* by tablet */
	uint32_t n_cursors;
	uint32_t current; /* whose rows are handed out now */
	bool begun;       /* all were asked */

	uint32_t *heap, n_heap; /* of an ordered one: cursors that stand at a row, the least key first */
	uint32_t n_stepped;     /* cursors that were brought to their first row */
	bool handed;            /* the row of the first was handed out */
	struct weir_buf key;    /* of the last row that was handed out, where its cells are gone */
};

struct kudu_cursor {
	struct weir_kudu_scan *scan;
	uint32_t tablet;
	struct kudu_connection *connection;
	struct kudu_call call;
	struct weir_buf scanner; /* what the server calls it; empty: it is not begun */
	uint32_t number;         /* of the next call */
	bool over;               /* no other block will come */
	struct weir_buf block;   /* the frame of the rows below */
	struct weir_str cells, texts;
	uint32_t row, n_rows;
	struct weir_kudu_cell *current; /* owned; of the row */
};

struct kudu_cursor *kudu_cursor_new(struct weir_kudu_scan *s, uint32_t tablet); /* NULL: no memory */
void kudu_cursor_free(struct kudu_cursor *c); /* NULL allowed; the server forgets it by itself */
/* To the next row, which is in `current`. END. After an error it can only be freed. */
enum weir_status kudu_cursor_step(struct kudu_cursor *c, struct weir_error *err);
/* Asks for the first block ahead. What goes wrong is said by the first step. */
void kudu_cursor_start(struct kudu_cursor *c);

/* ---- ordered.c ---- */

/* Finds the columns of the table's key among those of the scan. False: it lacks some, or there is no memory. */
bool kudu_ordered_prepare(struct weir_kudu_scan *s, const struct weir_kudu_scan_config *config);
enum weir_status kudu_ordered_next(struct weir_kudu_scan *s, const struct weir_kudu_cell **cells,
				   struct weir_error *err);

#endif
