#include "query/plan_state.h"

#include <stdlib.h>

/* Groups with components to merge anew, with the bits of those. */
struct stale {
	uint64_t *bits; /* by group */
	uint32_t n;
	bool any;
};

static bool leave(struct weir_plan *p, struct weir_range *r, const struct weir_pane *pane, struct stale *stale)
{
	for (uint32_t c = 0; c < pane->n_cells; c++) {
		uint32_t group = pane->groups[c];
		if (!weir_slab_subtract(&r->slab, group, &p->panes.slab, pane->cells[c], stale->bits + group))
			return false;
		stale->any |= stale->bits[group] != 0;
	}
	return true;
}

static bool enter(struct weir_plan *p, struct weir_range *r, const struct weir_pane *pane)
{
	for (uint32_t c = 0; c < pane->n_cells; c++)
		if (!weir_slab_merge(&r->slab, pane->groups[c], &p->panes.slab, pane->cells[c]))
			return false;
	return true;
}

/* Position in the sorted panes of the first one at or after `index`. */
static uint32_t first_pane(const struct weir_panes *p, int64_t index)
{
	uint32_t low = 0, high = p->n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (p->panes[middle]->index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool repair(struct weir_plan *p, struct weir_range *r, const struct stale *stale)
{
	for (uint32_t g = 0; g < stale->n; g++)
		if (stale->bits[g])
			weir_slab_clear_some(&r->slab, g, stale->bits[g]);
	for (uint32_t i = first_pane(&p->panes, r->low); i < p->panes.n && p->panes.panes[i]->index <= r->high; i++) {
		const struct weir_pane *pane = p->panes.panes[i];
		for (uint32_t c = 0; c < pane->n_cells; c++) {
			uint32_t g = pane->groups[c];
			if (stale->bits[g] && r->slab.rows[g] &&
			    !weir_slab_merge_some(&r->slab, g, &p->panes.slab, pane->cells[c], stale->bits[g]))
				return false;
		}
	}
	return true;
}

void weir_range_of_window(const struct weir_plan *p, int64_t at_us, int64_t *low, int64_t *high, int64_t *step)
{
	const struct weir_window *w = &p->window;
	int64_t width = p->panes.width_us;
	if (w->kind == WEIR_WINDOW_SLIDING) {
		int64_t n = (w->size_us + width - 1) / width;
		*high = weir_panes_index(&p->panes, at_us);
		*low = *high - n + 1;
		*step = n;
	} else {
		/* Of the windows that are open at the moment, the one that will close first: it has seen the most. */
		int64_t start = weir_floor_div(at_us, w->hop_us) * w->hop_us - w->size_us + w->hop_us;
		*low = start / width;
		*high = *low + w->size_us / width - 1;
		*step = w->hop_us / width;
	}
}

int64_t weir_range_oldest(const struct weir_plan *p, int64_t at_us)
{
	int64_t low, high, step;
	weir_range_of_window(p, at_us, &low, &high, &step);
	return low - (p->change_gone ? 0 : step);
}

void weir_range_forget(struct weir_plan *p, int64_t below)
{
	if (below > p->dropped_below)
		p->dropped_below = below;
	p->accept_after_us = weir_panes_start(&p->panes, p->dropped_below) - !p->panes.right_closed;
}

void weir_range_clear(struct weir_range *r)
{
	for (uint32_t g = 0; g < r->slab.n; g++)
		weir_slab_clear(&r->slab, g);
	r->low = 0;
	r->high = -1;
}

bool weir_range_move(struct weir_plan *p, struct weir_range *r, int64_t low, int64_t high)
{
	int64_t was_low = r->low, was_high = r->high;
	if (low == was_low && high == was_high)
		return true;
	if (!weir_slab_reserve(&r->slab, p->groups.n))
		return false;
	struct stale stale = {.bits = weir_calloc(p->groups.n, sizeof *stale.bits), .n = p->groups.n};
	if (!stale.bits)
		return false;
	bool ok = true;
	weir_panes_sort(&p->panes);
	for (uint32_t i = first_pane(&p->panes, was_low); ok && i < p->panes.n && p->panes.panes[i]->index <= was_high;
	     i++)
		if (p->panes.panes[i]->index < low || p->panes.panes[i]->index > high)
			ok = leave(p, r, p->panes.panes[i], &stale);
	for (uint32_t i = first_pane(&p->panes, low); ok && i < p->panes.n && p->panes.panes[i]->index <= high; i++)
		if (p->panes.panes[i]->index < was_low || p->panes.panes[i]->index > was_high)
			ok = enter(p, r, p->panes.panes[i]);
	r->low = low;
	r->high = high;
	if (ok && stale.any)
		ok = repair(p, r, &stale);
	free(stale.bits);
	return ok;
}

bool weir_range_leave(struct weir_plan *p, int64_t below)
{
	bool ok = true;
	if (p->now.low <= p->now.high && below > p->now.high)
		weir_range_clear(&p->now);
	else if (p->now.low <= p->now.high && below > p->now.low)
		ok = weir_range_move(p, &p->now, below, p->now.high);
	if (p->before.low <= p->before.high)
		weir_range_clear(&p->before);
	if (ok)
		weir_range_forget(p, below); /* of below and what is dropped already the greater */
	return ok;
}

bool weir_range_pass(struct weir_plan *p)
{
	if (p->mode != WEIR_PLAN_RANGED || p->fixed || p->newest_us == WEIR_TIME_NONE)
		return true;
	int64_t below = weir_range_oldest(p, p->newest_us);
	bool shown = p->now.low <= p->now.high && p->now.high >= below;
	if (below <= p->dropped_below || shown)
		return true;
	return weir_range_leave(p, below) && weir_panes_drop(&p->panes, p->dropped_below);
}
