/* A scan of one tablet (cursor.c), of which a scan of a table (scan.c) has one each. A cursor whose server is lost begins again at
 * another, behind the last row that came. */
#ifndef WEIR_CLIENT_KUDU_CURSOR_H
#define WEIR_CLIENT_KUDU_CURSOR_H

#include "kudu.h"

struct weir_kudu_scan {
	struct weir_kudu_table *table;
	uint32_t n_out;      /* columns that are handed out; behind them in the projection what else is needed */
	Kw__Column *columns; /* the projection; owned, as all below */
	Kw__Column **pointers;
	uint32_t n;
	uint32_t *keys; /* which of the projection is key column i */
	Kw__Predicate *predicates;
	Kw__Predicate **predicate_pointers;
	Kw__Between *betweens;
	Kw__Equal *equals;
	struct weir_buf *values; /* of predicates, two each */
	uint32_t n_predicates;
	struct kudu_layout layout;
	uint64_t at, since;
	struct weir_buf behind;
	uint32_t block_bytes;
	struct kudu_cursor **cursors; /* by tablet */
	uint32_t n_cursors;
	struct kudu_cursor **heap; /* those that have a row, the lowest key first */
	uint32_t n_heap;
	struct kudu_cursor *given; /* whose row was handed out last */
	bool begun;                /* all were asked */
	uint32_t n_first;          /* cursors whose first row is there, or that have none */
};

struct kudu_cursor {
	struct weir_kudu_scan *scan;
	uint32_t tablet;
	struct kudu_connection *connection;
	struct kudu_call call;
	struct weir_buf scanner; /* what the server calls it; empty: it is not begun */
	struct weir_buf behind;  /* the encoded key of the last row that came */
	uint32_t number;         /* of the next call */
	bool over;               /* no other block will come */
	struct weir_buf block;   /* the frame of the rows below */
	struct weir_str cells, texts;
	uint32_t row, n_rows;
	int64_t failing_since_us;       /* 0: it is not */
	struct weir_kudu_cell *current; /* owned; of the row */
};

struct kudu_cursor *kudu_cursor_new(struct weir_kudu_scan *s, uint32_t tablet); /* NULL: no memory */
void kudu_cursor_free(struct kudu_cursor *c); /* NULL allowed; the server forgets it by itself */
/* To the next row, which is in `current`. END, AGAIN. A retriable error: called again, it goes on. */
enum weir_status kudu_cursor_step(struct kudu_cursor *c, int64_t end_us, struct weir_error *err);
/* Asks for the first block ahead. What goes wrong is said by the first step. */
void kudu_cursor_start(struct kudu_cursor *c);

#endif
