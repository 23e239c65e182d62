/* The panes of a live window as one: totals by group over panes [low, high], kept by what enters and what leaves, so that
 * a row costs the same whatever the window's length. Private to src/query. */
#ifndef WEIR_QUERY_PANE_RANGE_H
#define WEIR_QUERY_PANE_RANGE_H

#include "query/pane/pane.h"
#include "weir/query/view.h"

struct weir_range {            /* nothing yet when low > high */
	struct weir_slab slab; /* by group */
	int64_t low, high;
};

void weir_range_clear(struct weir_range *r);
/* Moves the range to the panes [low, high]: subtracts those that leave it, merges those that enter it, and merges again what
 * cannot be subtracted. False: no memory. */
bool weir_range_move(struct weir_range *r, struct weir_panes *panes, int64_t low, int64_t high) WEIR_MUST_USE;
/* The panes [low, high] of a live window at a moment; the window before lies `step` panes earlier. */
void weir_range_of_window(const struct weir_window *w, const struct weir_panes *panes, int64_t at_us, int64_t *low,
			  int64_t *high, int64_t *step);

/* width.c: how wide panes and buckets are: lengths that a person would choose. */
enum { WEIR_PANE_MIN_US = 10000 };
/* The widest round one that divides `unit` and of which `whole` has at least `wanted`. */
int64_t weir_pane_width(int64_t unit_us, int64_t whole_us, int64_t wanted);
/* The width for rows that span so much: narrow as long as they cover only a part of a window whose panes come to full_us.
 * width_us: at least so wide; 0: as narrow as they can be. */
int64_t weir_pane_width_for(int64_t full_us, int64_t width_us, int64_t span_us);
/* The next wider one on the way to the full width; each is a whole part of the next. */
int64_t weir_pane_width_next(int64_t width_us, int64_t full_us);
/* A round length of at least `least`, of which `unit` is a whole part; 0: there is none. */
int64_t weir_round_length(int64_t least_us, int64_t unit_us);

#endif
