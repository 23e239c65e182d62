/* Lines of the panel why: a finding or a value of a column, with its share of both sides as a pair of bars.
 * Thread: screen. */
#ifndef WEIR_TUI_PANELS_WHY_LINES_H
#define WEIR_TUI_PANELS_WHY_LINES_H

#include "tui/draw/draw.h"
#include "weir/query/why.h"

/* Where everything of a line stands. */
struct weir_why_columns {
	int name, value;        /* columns of the names and of the values */
	int selected_x, rest_x; /* where the shares stand, of so many columns */
	int share;
	int bar; /* of each side */
};
struct weir_why_columns weir_why_columns_of(const struct weir_why *w, int columns, int64_t day_us);
void weir_why_heads_draw(const struct weir_why_columns *k, struct weir_canvas c, const char *selected,
			 const char *rest);
void weir_why_finding_draw(const struct weir_why_columns *k, struct weir_canvas c, int y, const struct weir_why *w,
			   const struct weir_why_finding *f, int64_t day_us);
/* In so many lines: the values of a column that have one of their own, or the ranges. */
uint32_t weir_why_column_shown(const struct weir_why_column *column, int rows);
/* Values or ranges of a column, as many as there is room for. Returns the lines that were drawn. */
int weir_why_column_draw(struct weir_canvas c, const struct weir_why *w, const struct weir_why_column *column,
			 int64_t day_us);

/* "af-south", ">= 58", "10:02 to 10:04", "null". Times of that day show their clock only. Append; not made harmless. */
void weir_why_cell_text(const struct weir_why_cell *cell, int64_t day_us, struct weir_buf *out);
/* "region = af-south and latency_ms >= 58" */
void weir_why_finding_text(const struct weir_why_finding *f, int64_t day_us, struct weir_buf *out);

#endif
