/* Totals over a range of panes: what enters is merged, what leaves is subtracted. */
#include "query/pane/range.h"

#include <stdlib.h>

/* Groups with accumulators to merge again, with the bits of those. */
struct stale {
	uint64_t *bits; /* by group */
	uint32_t n;
	bool any;
};

/* Only rows are counted, and they lie as in the range: then it is a sum of two arrays. How many of them; 0: it is not so. */
static uint32_t rows_in_order(const struct weir_range *r, const struct weir_panes *panes, const struct weir_pane *pane)
{
	if (!pane->room || panes->slab.n_accumulators)
		return 0;
	return pane->room < r->slab.n ? pane->room : r->slab.n; /* there is no group beyond those of the range */
}

static bool leave(struct weir_range *r, const struct weir_panes *panes, const struct weir_pane *pane,
		  struct stale *stale)
{
	uint32_t at = 0, group, cell, n = rows_in_order(r, panes, pane);
	uint64_t *restrict into = r->slab.rows;
	const uint64_t *from = panes->slab.rows + pane->base;
	for (uint32_t i = 0; i < n; i++)
		into[i] -= from[i];
	while (!n && weir_pane_next(pane, &at, &group, &cell)) {
		if (!weir_slab_subtract(&r->slab, group, &panes->slab, cell, stale->bits + group))
			return false;
		stale->any |= stale->bits[group] != 0;
	}
	return true;
}

static bool enter(struct weir_range *r, const struct weir_panes *panes, const struct weir_pane *pane)
{
	uint32_t at = 0, group, cell, n = rows_in_order(r, panes, pane);
	uint64_t *restrict into = r->slab.rows;
	const uint64_t *from = panes->slab.rows + pane->base;
	for (uint32_t i = 0; i < n; i++)
		into[i] += from[i];
	r->slab.weighted |= panes->slab.weighted;
	while (!n && weir_pane_next(pane, &at, &group, &cell))
		if (!weir_slab_merge(&r->slab, group, &panes->slab, cell))
			return false;
	return true;
}

static bool repair(struct weir_range *r, const struct weir_panes *panes, const struct stale *stale)
{
	for (uint32_t g = 0; g < stale->n; g++)
		if (stale->bits[g])
			weir_slab_clear_some(&r->slab, g, stale->bits[g]);
	for (uint32_t i = weir_panes_first(panes, r->low); i < panes->n && panes->panes[i]->index <= r->high; i++) {
		const struct weir_pane *pane = panes->panes[i];
		uint32_t at = 0, g, cell;
		while (weir_pane_next(pane, &at, &g, &cell))
			if (stale->bits[g] && (r->slab.rows[g] || r->slab.weighted) &&
			    !weir_slab_merge_some(&r->slab, g, &panes->slab, cell, stale->bits[g]))
				return false;
	}
	return true;
}

void weir_range_of_window(const struct weir_window *w, const struct weir_panes *panes, int64_t at_us, int64_t *low,
			  int64_t *high, int64_t *step)
{
	int64_t width = panes->width_us;
	if (w->kind == WEIR_WINDOW_SLIDING) {
		int64_t n = (w->size_us + width - 1) / width;
		*high = weir_panes_index(panes, at_us);
		*low = *high - n + 1;
		*step = n;
	} else {
		/* Of the windows that are open at the moment, the one that will close first: it has seen the most. Windows
		 * start at multiples of the hop, also where their length is none. */
		int64_t start = (weir_floor_div(at_us - w->size_us, w->hop_us) + 1) * w->hop_us;
		*low = start / width;
		*high = *low + w->size_us / width - 1;
		*step = w->hop_us / width;
	}
}

void weir_range_clear(struct weir_range *r)
{
	for (uint32_t g = 0; g < r->slab.n; g++)
		weir_slab_clear(&r->slab, g);
	r->low = 0;
	r->high = -1;
}

bool weir_range_move(struct weir_range *r, struct weir_panes *panes, int64_t low, int64_t high)
{
	int64_t was_low = r->low, was_high = r->high;
	if (low == was_low && high == was_high)
		return true;
	if (!weir_slab_reserve(&r->slab, panes->groups->n))
		return false;
	struct stale stale = {.bits = weir_calloc(panes->groups->n, sizeof *stale.bits), .n = panes->groups->n};
	if (!stale.bits)
		return false;
	bool ok = true;
	weir_panes_sort(panes);
	for (uint32_t i = weir_panes_first(panes, was_low); ok && i < panes->n && panes->panes[i]->index <= was_high;
	     i++)
		if (panes->panes[i]->index < low || panes->panes[i]->index > high)
			ok = leave(r, panes, panes->panes[i], &stale);
	for (uint32_t i = weir_panes_first(panes, low); ok && i < panes->n && panes->panes[i]->index <= high; i++)
		if (panes->panes[i]->index < was_low || panes->panes[i]->index > was_high)
			ok = enter(r, panes, panes->panes[i]);
	r->low = low;
	r->high = high;
	if (ok && stale.any)
		ok = repair(r, panes, &stale);
	free(stale.bits);
	return ok;
}
