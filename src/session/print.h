/* Printing: cells and rows as text, tables, and the descriptor they go to. */
#ifndef WEIR_SESSION_PRINT_H
#define WEIR_SESSION_PRINT_H

#include "weir/session/session.h"

/* Output of a batch: gathered, then written whole. A reader that went away is no error: `gone` is set and nothing more is
 * written. */
struct weir_out {
	int fd;
	struct weir_buf text;
	bool terminal; /* it shows what the data holds: what could steer it is made visible */
	bool gone;
	int failed; /* errno of a write that failed otherwise */
};
bool weir_out_flush(struct weir_out *o); /* false: no use to go on */
bool weir_out_flush_if_full(struct weir_out *o);
void weir_out_release(struct weir_out *o);

/* How a result is printed: the header of csv and table only when asked for; windows: rows carry their own window. */
struct weir_print_form {
	enum weir_output how;
	bool color, header, windows;
};
void weir_result_print_part(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out);

/* One CSV field: NULL is empty, the empty text is "". */
void weir_print_csv_cell(const struct weir_value *v, struct weir_buf *out);
/* `"name":` of a JSON member, after a comma when not the first. */
void weir_print_json_name(struct weir_str name, bool first, struct weir_buf *out);

/* Text for a terminal: control characters, escape introducers, bidi controls and invalid UTF-8 become visible marks. Returns
 * the cells it takes on a terminal. */
size_t weir_print_safe(struct weir_str s, struct weir_buf *out);

/* One cell padded to its column; the last of a line is not padded to the right. */
struct weir_padding {
	uint32_t width;
	bool right, last;
};
void weir_print_padded(struct weir_str safe_text, uint32_t text_width, struct weir_padding padding, struct weir_buf *out);

enum { WEIR_TABLE_WIDTH_MAX = 200 }; /* a longer cell does not push its neighbours away in all other rows */

/* A table whose widths are known only at its end: cells are added row by row, left to right. */
struct weir_table {
	uint32_t n_columns;
	struct weir_buf text;    /* cells one after another, already safe */
	struct table_cell *cells; /* owned */
	size_t n_cells, cells_capacity;
	bool failed;
};
void weir_table_add(struct weir_table *t, const struct weir_value *v);
void weir_table_add_name(struct weir_table *t, struct weir_str name);
/* Appends the lines: numbers to the right, the first row (names) bold when `color`. `header`: print the first row. */
void weir_table_print(const struct weir_table *t, bool color, bool header, struct weir_buf *out);
void weir_table_release(struct weir_table *t);

/* "weir: where: what (hint)", and for an expression the text with a caret below it. Appends. */
void weir_error_print(const struct weir_error *err, struct weir_buf *out);

#endif
