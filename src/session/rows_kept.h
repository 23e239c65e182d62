/* Rows kept until the end: cells by column, the key to sort by, the time. */
#ifndef WEIR_SESSION_ROWS_KEPT_H
#define WEIR_SESSION_ROWS_KEPT_H

#include "print.h"
#include "spool.h"

struct weir_kept_index { /* of one row */
	uint64_t at;       /* in the spool */
	uint64_t number;   /* in the order of arrival */
	int64_t time_us;
	struct weir_value *keys; /* owned, with their texts; NULL without a sort */
};

struct weir_kept_column {
	char *name; /* owned */
	uint32_t width;
	bool number;
};

struct weir_kept {
	struct weir_spool spool;
	struct weir_buf row;            /* the row being built */
	uint32_t row_cells;
	struct weir_kept_column *columns;
	size_t n_columns, columns_capacity;
	struct weir_kept_index *index;  /* one a row */
	size_t n_rows, rows_capacity;
	uint32_t n_keys;
	const bool *descending;         /* n_keys; borrowed */
};

/* Number of the column of that name, added when new; -1: no memory. */
int weir_kept_column(struct weir_kept *k, struct weir_str name);
/* A cell of the row being built; `text` is ready to print. */
void weir_kept_cell(struct weir_kept *k, uint32_t column, struct weir_str text, uint32_t width, bool number);
/* Ends the row. keys: n_keys values, copied with their texts. */
enum weir_status weir_kept_end_row(struct weir_kept *k, int64_t time_us, const struct weir_value *keys, struct weir_error *err);
void weir_kept_sort(struct weir_kept *k);
/* Texts of row i by column: cells[c] (data NULL: the row has none), borrowed until the next call. widths may be NULL. */
enum weir_status weir_kept_read(struct weir_kept *k, size_t i, struct weir_str *cells, uint32_t *widths, bool *numbers,
				struct weir_error *err);
void weir_kept_release(struct weir_kept *k);

#endif
