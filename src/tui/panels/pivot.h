/* The pivot: the first two group columns against each other (weir/query/pivot.h). pivot.c draws it, pivot_cell.c knows the cell
 * that is selected and what can be done with it. Thread: screen. */
#ifndef WEIR_TUI_PANELS_PIVOT_H
#define WEIR_TUI_PANELS_PIVOT_H

#include "tui/panels/acts.h"
#include "weir/base/memory.h"
#include "weir/query/pivot.h"

struct weir_picture;
struct weir_screen_state;
struct weir_wish;

/* The selected cell, by the values that it is of, so that it stays while lines come and go. */
struct weir_pivot_state {
	struct weir_buf row, column; /* size 0: none is selected */
	bool awaited;                /* the pivot is shown as soon as an answer has two groups */
};

/* What the cells show: the measure, or its share of the line, of the column, of all. */
enum weir_pivot_mode {
	WEIR_PIVOT_VALUES,
	WEIR_PIVOT_OF_ROW,
	WEIR_PIVOT_OF_COLUMN,
	WEIR_PIVOT_OF_ALL,
	WEIR_PIVOT_MODES
};

void weir_pivot_state_release(struct weir_pivot_state *state);

/* Of the result; NULL: it has none. */
const struct weir_pivot *weir_pivot_of(const struct weir_picture *pic);
/* The selected cell; false: none is, or it has gone. */
bool weir_pivot_selected(const struct weir_picture *pic, uint32_t *row, uint32_t *column);
/* A cell with a place of its own, or of a total; others cannot be selected. */
void weir_pivot_select(const struct weir_pivot *p, struct weir_pivot_state *state, uint32_t row, uint32_t column);
void weir_pivot_move(const struct weir_picture *pic, struct weir_screen_state *state, int lines, int columns);
/* The share that a cell has in that mode: of the measure where it adds up, else of the rows; NaN: none. */
double weir_pivot_share(const struct weir_result *r, const struct weir_pivot *p, uint32_t row, uint32_t column,
			enum weir_pivot_mode mode);

extern const struct weir_panel_act weir_pivot_acts[]; /* ends with help NULL */

#endif
