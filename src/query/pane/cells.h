/* The cells of one pane, in one of two layouts. In a *table*, cells lie anywhere in the slab and a hash table leads from a
 * group to its own. In a *block*, which a pane gets that has most of the groups, the cell of group g is base + g: nothing is
 * looked up, and an empty place costs less than the entries of a table would. Each pane has the layout that takes less
 * memory. pane.c calls this room; what others may ask is in pane.h. Private to src/query/pane. */
#ifndef WEIR_QUERY_PANE_CELLS_H
#define WEIR_QUERY_PANE_CELLS_H

#include "query/pane/pane.h"

/* The layout of a new pane, that will have about as many groups as `like` has; NULL: few. False: no memory. */
bool weir_cells_begin(struct weir_panes *p, struct weir_pane *pane, const struct weir_pane *like) WEIR_MUST_USE;
/* Frees what the layout took; the cells stay as they are. */
void weir_cells_end(struct weir_panes *p, struct weir_pane *pane);
/* Room to give back so many cells, and the blocks of so many panes. False: no memory. */
bool weir_cells_expect(struct weir_panes *p, uint32_t n_cells, uint32_t n_panes) WEIR_MUST_USE;
/* Empties the cells of the pane; their places are free. Was expected. */
void weir_cells_give_back(struct weir_panes *p, const struct weir_pane *pane);
/* Nothing is free any more: all cells are gone. */
void weir_cells_forget(struct weir_panes *p);

#endif
