/* From two grids to bytes: what changed, with as few bytes as it takes. Cells of one look are sent one after the other
 * wherever they stand, because a change of colours costs more than a way across the screen. What a terminal wants to
 * hear comes as functions: this file knows no terminal. Thread: screen. */
#ifndef WEIR_TUI_BRUSH_H
#define WEIR_TUI_BRUSH_H

#include "tui/theme.h"

enum { WEIR_CURSOR_UNKNOWN = -1 };

struct weir_brush {
	void *ctx;
	/* The cursor goes from one cell to another; from_y WEIR_CURSOR_UNKNOWN: it may be anywhere. Appends. */
	void (*move)(void *ctx, int from_x, int from_y, int x, int y, struct weir_buf *out);
	void (*look)(void *ctx, struct weir_look look,
		     struct weir_buf *out); /* what is sent from now on looks like this */
	/* Lines are put in at, or taken out from, the cursor's row; those below move. NULL: it cannot do that. */
	void (*shift)(void *ctx, int lines, bool in, struct weir_buf *out);
	bool skip_corner; /* a sign in the last cell would scroll the screen */
	enum weir_colors colors;
	int x, y; /* where the cursor is; y WEIR_CURSOR_UNKNOWN */
};

/* Appends what makes a screen that shows `front` show `grid`, and makes `front` the same. Both have the same size.
 * `in_order`: from top to bottom, for a picture that is seen while it comes; else look by look. False: no memory, what
 * the screen shows is unknown. */
bool weir_brush_paint(struct weir_brush *b, struct weir_grid *front, const struct weir_grid *grid,
		      const struct weir_theme *theme, bool in_order, struct weir_buf *out) WEIR_MUST_USE;

#endif
