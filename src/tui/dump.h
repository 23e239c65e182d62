/* A grid as text, for tests and for looking at a screen without a terminal. */
#ifndef WEIR_TUI_DUMP_H
#define WEIR_TUI_DUMP_H

#include "tui/cell.h"

/* The characters, a line a row, trailing blanks cut. Appends. */
void weir_grid_text(const struct weir_grid *g, struct weir_buf *out);
/* The roles in the same places: for each row a line of inks and, where a paper or an attribute is used, lines of these.
 * Letters as in cell.h; attributes: '*' bold, '_' underlined, '#' reversed. Appends. */
void weir_grid_styles(const struct weir_grid *g, struct weir_buf *out);

#endif
