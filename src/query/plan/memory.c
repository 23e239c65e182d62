/* State that outgrows its part of the memory. What is least missed goes first: narrow panes become wider ones, then the
 * window before is given up, then the oldest panes of the window, one after another. What cannot be shed by time is an
 * error in the answer, and rows are only counted from then on. */
#include "query/plan/plan.h"

enum {
	STATE_PART = 6,   /* sixteenths of the limit: the rest is for rows, and what is charged late */
	WIDEN_PART = 2,   /* of that: from here on panes are made wider */
	ROOM_PART = 8,    /* of that: made free at once, so that not every batch sheds */
	PANE_PART = 2,    /* of that: the most that a pane of many groups becomes */
	WIDEN_LEAST = 6,  /* panes held: of fewer and wider ones too much would be shed at once */
	CHART_LEAST = 32, /* panes of a chart: with fewer there is none */
};

static int64_t limit_of(const struct weir_plan *p)
{
	return (int64_t)(p->budget->limit_bytes / 16 * STATE_PART / (p->parts > 1 ? p->parts + 1 : 1));
}

/* What the state takes, without places that were freed and are used again before it grows. */
static int64_t state_bytes(const struct weir_plan *p)
{
	const struct weir_panes *panes = &p->panes;
	uint32_t spare = panes->n_free_cells + panes->free_in_blocks + panes->slab.capacity - panes->slab.n;
	return weir_budget_used(&p->own) - p->base_bytes - p->short_way.tally.charged_bytes -
	       (int64_t)(spare * weir_slab_slot_bytes(&panes->slab));
}

static uint64_t count_cells(const struct weir_panes *panes)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < panes->n; i++)
		n += panes->panes[i]->n_cells;
	return n;
}

/* Whether panes so much wider would each take most of what there is for all: shedding them would go by leaps. */
static bool too_large(const struct weir_plan *p, int64_t factor)
{
	uint64_t cells = count_cells(&p->panes), most = 0;
	int64_t room = limit_of(p) / PANE_PART;
	for (uint32_t i = 0; i < p->panes.n; i++)
		most = p->panes.panes[i]->n_cells > most ? p->panes.panes[i]->n_cells : most;
	most *= (uint64_t)factor;
	most = most < p->groups.n_live ? most : p->groups.n_live;
	return cells && (double)state_bytes(p) * (double)most / (double)cells > (double)room;
}

/* As long as the window still has enough of them. *done: there was a width. */
static bool widen(struct weir_plan *p, bool *done)
{
	static const int64_t factors[] = {2, 3, 5, 7};
	int64_t unit = weir_plan_unit_us(p);
	*done = false;
	if (!p->fixed && p->mode == WEIR_PLAN_RANGED && p->panes.width_us < p->full_width_us) {
		*done = true;
		return weir_plan_set_pane_width(p, weir_pane_width_next(p->panes.width_us, p->full_width_us));
	}
	for (size_t i = 0; !p->fixed && p->panes.n >= WIDEN_LEAST && i < sizeof factors / sizeof *factors; i++) {
		int64_t wider = p->panes.width_us * factors[i];
		if (unit % wider || p->window.size_us / wider < WEIR_PANES_LEAST)
			continue;
		*done = !too_large(p, factors[i]);
		return !*done || weir_plan_set_pane_width(p, wider);
	}
	return true;
}

bool weir_plan_shed_below(struct weir_plan *p, int64_t below)
{
	if (!weir_plan_leave_below(p, below))
		return false;
	p->shed_until_us = p->accept_after_us;
	return weir_panes_drop(&p->panes, INT64_MIN, p->dropped_below);
}

static bool shed_before(struct weir_plan *p, int64_t moment_us)
{
	int64_t low, high, step;
	weir_range_of_window(&p->window, &p->panes, moment_us, &low, &high, &step);
	p->change_gone = true;
	return weir_plan_shed_below(p, low) && weir_slab_empty(&p->before.slab);
}

/* The oldest panes, until there is room again; the newest one stays. */
static bool shed_panes(struct weir_plan *p, int64_t excess)
{
	uint64_t cells = count_cells(&p->panes), gone = 0;
	uint32_t n = 0;
	uint64_t wanted = (uint64_t)((double)excess * (double)cells / (double)state_bytes(p)) + 1;
	while (n + 1 < p->panes.n && gone < wanted)
		gone += p->panes.panes[n++]->n_cells;
	return weir_plan_shed_below(p, p->panes.panes[n]->index);
}

bool weir_plan_give_up(struct weir_plan *p, uint32_t n_groups)
{
	int64_t newest_us = p->newest_us, built_at_us = p->built_at_us;
	if (!weir_plan_forget(p))
		return false;
	p->newest_us = newest_us;
	p->built_at_us = built_at_us;
	p->too_many = n_groups ? n_groups : 1;
	p->accept_none = true;
	return true;
}

static bool save_ranged(struct weir_plan *p)
{
	int64_t used = state_bytes(p), limit = limit_of(p);
	bool done = true;
	while (used >= limit / WIDEN_PART && done) {
		if (!widen(p, &done))
			return false;
		used = state_bytes(p);
	}
	int64_t moment_us = p->fixed ? p->built_at_us : p->newest_us;
	if (used > limit && !p->change_gone && moment_us != WEIR_TIME_NONE) {
		if (!shed_before(p, moment_us))
			return false;
		used = state_bytes(p);
	}
	weir_panes_sort(&p->panes);
	while (used > limit && p->panes.n > 1) {
		if (!shed_panes(p, used - limit + limit / ROOM_PART))
			return false;
		used = state_bytes(p);
	}
	return used <= limit || weir_plan_give_up(p, p->groups.n_live);
}

/* The panes are only for pictures: the answer stays whole without them. */
static bool save_cumulative(struct weir_plan *p)
{
	while (state_bytes(p) > limit_of(p) / WIDEN_PART && p->panes.n > CHART_LEAST)
		if (!weir_plan_set_pane_width(p, p->panes.width_us * 2))
			return false;
	if (state_bytes(p) > limit_of(p) && p->keeps_panes) {
		p->keeps_panes = false;
		if (!weir_panes_empty(&p->panes))
			return false;
	}
	return state_bytes(p) <= limit_of(p) || weir_plan_give_up(p, p->groups.n_live);
}

bool weir_plan_fit_memory(struct weir_plan *p)
{
	if (!p->live || p->too_many || !p->budget || !p->budget->limit_bytes ||
	    state_bytes(p) < limit_of(p) / WIDEN_PART)
		return true;
	return p->mode == WEIR_PLAN_RANGED ? save_ranged(p) : save_cumulative(p);
}

int64_t weir_plan_bytes(const struct weir_plan *p)
{
	return weir_budget_used(&p->own);
}

int64_t weir_plan_held_from(const struct weir_plan *p)
{
	return p->shed_until_us;
}

bool weir_plan_say_too_many(const struct weir_plan *p, struct weir_error *err)
{
	if (!p->too_many)
		return false;
	weir_fail(err, WEIR_NO_MEMORY, "view", "%u groups do not fit the memory that --memory allows (%llu MB)",
		  p->too_many, (unsigned long long)(p->budget->limit_bytes / 1000000));
	weir_error_hint(err, "filter, group by fewer values, ask for a shorter window, or raise --memory");
	return true;
}
