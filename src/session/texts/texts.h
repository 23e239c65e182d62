/* Text for people: what is generated from the tables of options, commands, keys, sources, formats and functions (--help, --list,
 * the manual page, completion), the sentences of warnings, and results as table, CSV or JSON. main.c, the screen and batch
 * call this room; the public headers weir/session/option.h, command.h, warning.h and session.h declare what they use. */
#ifndef WEIR_SESSION_TEXTS_H
#define WEIR_SESSION_TEXTS_H

#include "weir/base/print.h"
#include "weir/session/command.h"
#include "weir/session/option.h"
#include "weir/session/session.h"

const char *weir_key_context_name(enum weir_key_context c);

/* How a result is printed: the header of csv and table only when asked for; windows: rows carry their own window. */
struct weir_print_form {
	bool (*goes_on)(
	    void *ctx); /* asked between two rows: lets the text out when there is much of it; false: stop. NULL: no */
	void *ctx;
	enum weir_output how;
	bool color, header, windows;
};
void weir_result_print_part(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out);

/* `"name":` of a JSON member, after a comma when not the first. */
void weir_print_json_name(struct weir_str name, bool first, struct weir_buf *out);

/* One cell padded to its column; the last of a line is not padded to the right. */
struct weir_padding {
	uint32_t width;
	bool right, last;
};
void weir_print_padded(struct weir_str safe_text, uint32_t text_width, struct weir_padding padding,
		       struct weir_buf *out);

enum { WEIR_TABLE_WIDTH_MAX = 200 }; /* a longer cell does not push its neighbours away in all other rows */

/* A table whose widths are known only at its end: cells are added row by row, left to right. */
struct weir_table {
	uint32_t n_columns;
	struct weir_buf text;     /* cells one after another, already safe */
	struct table_cell *cells; /* owned */
	size_t n_cells, cells_capacity;
	bool failed;
};
void weir_table_add(struct weir_table *t, const struct weir_value *v);
void weir_table_add_name(struct weir_table *t, struct weir_str name);
/* Appends the lines: numbers to the right, the first row (names) bold when `color`. `header`: print the first row. */
void weir_table_print(const struct weir_table *t, bool color, bool header, struct weir_buf *out);
void weir_table_release(struct weir_table *t);

#endif
