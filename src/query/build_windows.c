#include "query/result_build.h"

#include <stdlib.h>

/* The groups of one window and the slab that they are in: a tumbling window is a pane, a hopping one goes through a
 * range. */
static struct weir_ranked *groups_of_window(struct weir_plan *p, const struct weir_pane *pane, int64_t low,
					    int64_t n_panes, const struct weir_slab **slab, uint32_t *n)
{
	if (n_panes > 1 || !p->n_groups) {
		*slab = &p->now.slab;
		return weir_range_move(p, &p->now, low, low + n_panes - 1) ? weir_build_groups(p, *slab, n) : NULL;
	}
	struct weir_ranked *items = weir_alloc(pane->n_cells * sizeof *items);
	*slab = &p->panes.slab;
	*n = pane->n_cells;
	for (uint32_t i = 0; items && i < *n; i++)
		items[i] = (struct weir_ranked){pane->groups[i], pane->cells[i]};
	return items;
}

struct windows {
	struct weir_result_row *rows; /* owned */
	size_t capacity;
};

static bool append_window(struct weir_build *b, struct windows *w, const struct weir_pane *pane, int64_t window)
{
	struct weir_plan *p = b->plan;
	int64_t start_us = window * p->window.hop_us;
	const struct weir_slab *slab;
	uint32_t n = 0;
	struct weir_ranked *items =
	    groups_of_window(p, pane, start_us / p->panes.width_us, p->window.size_us / p->panes.width_us, &slab, &n);
	void *grown = w->rows;
	bool ok = items && weir_grow(&grown, &w->capacity, b->result->n_rows + n, sizeof *w->rows);
	if (ok) {
		w->rows = grown;
		ok = weir_build_rows(b, w->rows, &b->result->n_rows, slab, items, n, start_us,
				     start_us + p->window.size_us);
		b->result->n_rows_total += n;
	}
	free(items);
	return ok;
}

/* Window by window in order of start; empty ones are left out. */
bool weir_build_windows(struct weir_build *b)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	int64_t per_window = p->window.size_us / p->panes.width_us, per_hop = p->window.hop_us / p->panes.width_us;
	struct windows w = {0};
	int64_t next = INT64_MIN; /* number of the next window: it starts at next * hop */
	bool ok = true;
	weir_range_clear(&p->now); /* of an earlier answer; panes have got rows since */
	weir_panes_sort(&p->panes);
	for (uint32_t i = 0; ok && i < p->panes.n; i++) {
		const struct weir_pane *pane = p->panes.panes[i];
		int64_t first = weir_floor_div(pane->index - per_window, per_hop) + 1,
			last = weir_floor_div(pane->index, per_hop);
		for (next = first < next ? next : first; ok && next <= last; next++)
			ok = append_window(b, &w, pane, next);
	}
	if (ok && r->n_rows) {
		struct weir_result_row *kept = weir_arena_alloc(&r->arena, r->n_rows * sizeof *kept);
		if (kept && w.rows)
			memcpy(kept, w.rows, r->n_rows * sizeof *kept);
		ok = kept != NULL;
		r->rows = kept;
		r->window_start_us = kept ? kept[0].window_start_us : WEIR_TIME_NONE;
		r->window_end_us = kept ? kept[r->n_rows - 1].window_end_us : WEIR_TIME_NONE;
	}
	free(w.rows);
	return ok;
}
