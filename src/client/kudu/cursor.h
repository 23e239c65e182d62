/* A scan of one tablet (cursor.c), of which a scan of a table (scan.c) has one each. */
#ifndef WEIR_CLIENT_KUDU_CURSOR_H
#define WEIR_CLIENT_KUDU_CURSOR_H

#include "kudu.h"

struct weir_kudu_scan {
	struct weir_kudu_table *table;
	Kw__Column *columns; /* the projection; owned, as all below */
	Kw__Column **pointers;
	uint32_t n;
	Kw__Predicate *predicates;
	Kw__Predicate **predicate_pointers;
	Kw__Between *betweens;
	Kw__Equal *equals;
	struct weir_buf *values; /* of predicates, two each */
	uint32_t n_predicates;
	struct kudu_layout layout;
	uint32_t block_bytes;
	struct kudu_cursor **cursors; /* by tablet */
	uint32_t n_cursors;
	uint32_t current; /* whose rows are handed out now */
	bool begun;       /* all were asked */
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

#endif
