/* Which rows and panes the answers to come can need: panes that the live window has left, rows from the future, rows that the
 * buffer must keep, and moments for which the rows must be read again. */
#include "query/plan/plan.h"

/* A tumbling window that has just begun would be an empty chart: that one begins with the window before. */
int64_t weir_plan_shown_from(const struct weir_plan *p, int64_t low, int64_t step)
{
	return p->window.kind == WEIR_WINDOW_SLIDING || p->change_gone ? low : low - step;
}

int64_t weir_plan_oldest_pane(const struct weir_plan *p, int64_t at_us)
{
	int64_t low, high, step;
	weir_range_of_window(&p->window, &p->panes, at_us, &low, &high, &step);
	int64_t shown = weir_plan_shown_from(p, low, step);
	int64_t compared = weir_plan_compares(p) ? low - weir_plan_back(p, low, step) : low;
	return compared < shown ? compared : shown;
}

/* Panes may become wider later, up to the widest that a window may have; the pinned window then ends with a wider one. */
bool weir_plan_drop_between(struct weir_plan *p, int64_t low, int64_t step)
{
	int64_t then_low, then_high, then_step;
	if (p->compare.kind != WEIR_COMPARISON_AT || !weir_plan_compares(p))
		return true;
	weir_range_of_window(&p->window, &p->panes, p->compare.at_us, &then_low, &then_high, &then_step);
	int64_t wider = p->window.size_us / WEIR_PANES_LEAST / p->panes.width_us;
	int64_t from = then_high + 1 + wider, until = weir_plan_shown_from(p, low, step);
	if (from >= until)
		return true;
	p->hole_from_us = weir_panes_start(&p->panes, from);
	p->hole_until_us = weir_panes_start(&p->panes, until);
	return weir_panes_drop(&p->panes, from, until);
}

void weir_plan_forget_below(struct weir_plan *p, int64_t below)
{
	if (below > p->dropped_below)
		p->dropped_below = below;
	p->accept_after_us = weir_panes_start(&p->panes, p->dropped_below) - !p->panes.right_closed;
}

bool weir_plan_leave_below(struct weir_plan *p, int64_t below)
{
	bool ok = true;
	if (p->now.low <= p->now.high && below > p->now.high)
		weir_range_clear(&p->now);
	else if (p->now.low <= p->now.high && below > p->now.low)
		ok = weir_range_move(&p->now, &p->panes, below, p->now.high);
	if (p->before.low <= p->before.high)
		weir_range_clear(&p->before);
	if (ok)
		weir_plan_forget_below(p, below); /* of below and what is dropped already the greater */
	return ok;
}

bool weir_plan_drop_passed(struct weir_plan *p)
{
	if (p->mode != WEIR_PLAN_RANGED || p->fixed || p->newest_us == WEIR_TIME_NONE)
		return true;
	int64_t below = weir_plan_oldest_pane(p, p->newest_us);
	bool shown = p->now.low <= p->now.high && p->now.high >= below;
	if (below <= p->dropped_below || shown)
		return true;
	return weir_plan_leave_below(p, below) && weir_panes_drop(&p->panes, INT64_MIN, p->dropped_below);
}

bool weir_plan_let_go(struct weir_plan *p, int64_t until_us)
{
	const struct weir_window *w = &p->window;
	if (w->kind != WEIR_WINDOW_TUMBLING && w->kind != WEIR_WINDOW_HOPPING)
		return true;
	int64_t first = weir_floor_div(until_us - w->size_us, w->hop_us) + 1; /* window that goes on */
	int64_t below = first * (w->hop_us / p->panes.width_us);
	return below <= p->dropped_below ||
	       (weir_plan_leave_below(p, below) && weir_panes_drop(&p->panes, INT64_MIN, below));
}

void weir_plan_arrive(struct weir_plan *p, int64_t arrival_us)
{
	int64_t ahead = p->skew_us;
	if (arrival_us == WEIR_TIME_NONE || !arrival_us || p->skew_us < 0)
		return;
	p->now_until_us = ahead < INT64_MAX - arrival_us ? arrival_us + ahead : INT64_MAX;
	if (p->arrived_us != WEIR_TIME_NONE && arrival_us <= p->arrived_us)
		return;
	p->arrived_us = arrival_us;
	if (p->mode ==
	    WEIR_PLAN_RANGED) /* panes ahead of the window do no harm; so the rows need not be seen again so often */
		ahead = ahead < INT64_MAX - WEIR_PLAN_AHEAD_US ? ahead + WEIR_PLAN_AHEAD_US : ahead;
	p->reach_us = ahead < INT64_MAX - arrival_us ? arrival_us + ahead : INT64_MAX;
}

bool weir_plan_reaches_ahead(const struct weir_plan *p, int64_t at_us)
{
	int64_t step = p->mode == WEIR_PLAN_RANGED ? 0 : WEIR_US_PER_S;
	at_us = at_us < p->arrived_us ? at_us : p->arrived_us;
	return p->live && p->ahead_us != INT64_MAX && at_us != WEIR_TIME_NONE && at_us - step >= p->ahead_us;
}

void weir_plan_note_ahead(struct weir_plan *p, const struct weir_batch *batch, uint32_t from, uint32_t n)
{
	for (uint32_t row = from; p->live && batch->time_us && row < from + n; row++)
		if (batch->time_us[row] > p->reach_us && batch->time_us[row] < p->ahead_us)
			p->ahead_us = batch->time_us[row];
}

static bool in_hole(const struct weir_plan *p, int64_t at_us)
{
	int64_t low, high, step;
	weir_range_of_window(&p->window, &p->panes, at_us, &low, &high, &step);
	return weir_panes_start(&p->panes, weir_plan_shown_from(p, low, step)) < p->hole_until_us &&
	       weir_panes_start(&p->panes, high + 1) > p->hole_from_us;
}

/* An answer for a later moment let panes go that are of the window at this one, or of what it is compared with. */
static bool gone_before(const struct weir_plan *p, int64_t at_us)
{
	if (at_us == WEIR_TIME_NONE)
		at_us = p->newest_us;
	if (at_us != WEIR_TIME_NONE && in_hole(p, at_us))
		return true;
	bool shed = p->shed_until_us != WEIR_TIME_NONE && p->shed_until_us == p->accept_after_us;
	if (shed && (at_us >= p->newest_us || at_us == p->built_at_us))
		return false; /* and would let them go again */
	return at_us != WEIR_TIME_NONE && weir_plan_oldest_pane(p, at_us) < p->dropped_below;
}

bool weir_plan_needs_rebuild(const struct weir_plan *p, int64_t at_us)
{
	bool newest = at_us == WEIR_TIME_NONE || (p->newest_us != WEIR_TIME_NONE && at_us >= p->newest_us);
	if (p->too_many)
		return !newest && p->built_at_us != at_us;
	if (weir_plan_reaches_ahead(p, at_us == WEIR_TIME_NONE ? p->newest_us : at_us))
		return true;
	switch (p->window.kind) {
	case WEIR_WINDOW_ALL:
		return false;
	case WEIR_WINDOW_ROWS:
		return !p->built || (newest ? p->built_at_us != WEIR_TIME_NONE && p->built_at_us < p->newest_us
					    : p->built_at_us != at_us);
	case WEIR_WINDOW_SINCE:
		return newest ? p->built_at_us != WEIR_TIME_NONE && p->built_at_us < p->newest_us
			      : p->built_at_us != at_us;
	case WEIR_WINDOW_SLIDING:
		if (!p->live)
			return !p->built || p->built_at_us != (at_us == WEIR_TIME_NONE ? p->newest_us : at_us);
		if (gone_before(p, at_us))
			return true;
		return !newest && weir_panes_start(&p->panes, weir_panes_index(&p->panes, at_us) + 1) != at_us;
	default:
		return p->live && gone_before(p, at_us);
	}
}

struct weir_retention weir_plan_retention(const struct weir_plan *p, int64_t moment_us, bool compared)
{
	struct weir_retention keep = {.keep_after_us = INT64_MIN, .keep_rows = UINT64_MAX};
	if (p->window.kind == WEIR_WINDOW_SINCE) {
		if (!compared || !weir_plan_compares(p)) /* how far back an earlier one begins is known at the end */
			keep = (struct weir_retention){p->window.since_us - 1, 0};
	} else if (p->window.kind == WEIR_WINDOW_ROWS) {
		bool by_arrival = !p->n_where && p->n_streams == 1 && weir_schema_time_field(p->schema->streams[0]) < 0;
		if (by_arrival)
			keep = (struct weir_retention){INT64_MAX, p->window.rows};
	} else if (p->window.kind != WEIR_WINDOW_ALL && moment_us != WEIR_TIME_NONE) {
		if (p->at_us != WEIR_TIME_NONE && p->at_us < moment_us)
			moment_us = p->at_us;
		int64_t before = p->live ? p->window.size_us : 0;
		int64_t back = compared ? weir_plan_back_us(p, moment_us) : 0;
		keep.keep_after_us = moment_us - p->window.size_us - p->window.hop_us - (back > before ? back : before);
		keep.keep_rows = 0;
	}
	return keep;
}
