/* Makes the panes of a plan wider: as the rows spread over the window, and where there would be too many. */
#include "query/plan/slice.h"

bool weir_plan_set_pane_width(struct weir_plan *p, int64_t width_us)
{
	int64_t factor = width_us / p->panes.width_us, below = p->dropped_below;
	bool shed = p->shed_until_us != WEIR_TIME_NONE && p->shed_until_us == p->accept_after_us;
	weir_range_clear(&p->now);
	weir_range_clear(&p->before);
	if (!weir_panes_coarsen(&p->panes, width_us))
		return false;
	if (below == INT64_MIN)
		return true;
	p->dropped_below = weir_floor_div(below + (shed ? factor - 1 : 0), factor);
	if (!shed)
		return true;
	weir_plan_forget_below(p, p->dropped_below); /* a pane of which a part is gone is gone */
	p->shed_until_us = p->accept_after_us;
	return weir_panes_drop(&p->panes, INT64_MIN, p->dropped_below);
}

/* Narrow panes of a window with a length become wider as its rows spread. */
static bool widen_ranged(struct weir_plan *p, const struct weir_slice *s)
{
	int64_t from = s->first_us > p->accept_after_us ? s->first_us : p->accept_after_us;
	int64_t until = p->newest_us; /* what is from the future spreads nothing */
	if (from < p->spread_from_us)
		p->spread_from_us = from;
	if (until <= p->spread_from_us)
		return true;
	int64_t width = weir_pane_width_for(p->full_width_us, p->panes.width_us, until - p->spread_from_us);
	return width == p->panes.width_us || weir_plan_set_pane_width(p, width);
}

/* Panes for pictures of a window without a length: wider when there are too many. */
bool weir_plan_widen_panes(struct weir_plan *p, const struct weir_slice *s)
{
	static const int64_t ladder[] = {10000,      20000,      100000,      200000,      1000000,    2000000,
					 10000000,   30000000,   60000000,    300000000,   600000000,  1800000000,
					 3600000000, 7200000000, 21600000000, 43200000000, 86400000000};
	if (p->mode == WEIR_PLAN_RANGED && p->panes.width_us < p->full_width_us && !p->fixed && s)
		return widen_ranged(p, s);
	if (p->mode != WEIR_PLAN_CUMULATIVE || p->first_us == WEIR_TIME_NONE)
		return true;
	int64_t width = p->panes.width_us, span = p->last_us - p->first_us;
	for (size_t i = 0; i < sizeof ladder / sizeof *ladder && span / width > WEIR_PANES_CUMULATIVE; i++)
		if (ladder[i] > width)
			width = ladder[i];
	for (int64_t times = 2; span / width > WEIR_PANES_CUMULATIVE; times = times == 2 ? 5 : 2)
		width *= times; /* 2, 10, 20, 100 days and so on */
	return width == p->panes.width_us || weir_panes_coarsen(&p->panes, width);
}
