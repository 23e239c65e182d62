/* What a change is taken from: the part of the window that is over, and the same part of the period that it is compared with.
 *
 * A pane is over when the moment has come to its end. The part is made of whole panes, so that both are as long to the
 * microsecond; where not all of the window is over, the panes of its end are taken away again for each row that is shown. */
#include "query/result/result.h"

#include <math.h>

#define LEAST_CHANGE 0.05

/* Event time has come to here; a window of the past is over. */
static int64_t seen_until(const struct weir_build *b)
{
	int64_t newest = weir_build_newest_us(b);
	return b->result->moment_us > newest ? b->result->moment_us : newest;
}

/* Panes of the window that are over: [low, last]. */
static int64_t last_over(const struct weir_build *b, int64_t high)
{
	const struct weir_panes *panes = &b->plan->panes;
	int64_t next = weir_floor_div(seen_until(b) - panes->origin_us, panes->width_us);
	return next <= high ? next - 1 : high;
}

/* Rows from here on were all seen, in the terms of panes; WEIR_TIME_NONE: all. */
static int64_t covered_from(const struct weir_plan *p, const struct weir_result *r)
{
	return r->covered_from_us == WEIR_TIME_NONE ? WEIR_TIME_NONE : r->covered_from_us - p->panes.right_closed;
}

/* The first moment at which the window and what it is compared with will both be covered, and a part of both over. */
static int64_t comparable_at(const struct weir_plan *p, const struct weir_result *r, int64_t low, int64_t back,
			     int64_t last)
{
	const struct weir_window *w = &p->window;
	const struct weir_panes *panes = &p->panes;
	int64_t width = panes->width_us, covered = covered_from(p, r), earlier = back > 0 ? low - back : low;
	if (!weir_plan_compares(p))
		return WEIR_TIME_NONE;
	if (covered <= weir_panes_start(panes, earlier)) { /* but no pane is over, here or there */
		int64_t later = back < 0 ? low - back : low;
		return weir_panes_start(panes, later + (last > low ? last - low : 0) + 1);
	}
	if (p->compare.kind == WEIR_COMPARISON_AT && earlier != low)
		return WEIR_TIME_NONE; /* it stays as it is */
	if (w->kind == WEIR_WINDOW_SLIDING) {
		/* The window begins with the first pane that lies `back` behind a covered one. Its last pane is not over, so
		 * that it needs two. */
		int64_t first = -weir_floor_div(-(covered - panes->origin_us), width) + (back > 0 ? back : 0);
		int64_t n = (w->size_us + width - 1) / width;
		return n > 1 ? weir_panes_start(panes, first + n - 1) + 1 : weir_panes_start(panes, first + 1);
	}
	int64_t begins = -weir_floor_div(-(covered + (back > 0 ? back : 0) * width), w->hop_us) * w->hop_us;
	int64_t shown = begins + w->size_us - w->hop_us, over = begins + width;
	return shown > over ? shown : over;
}

/* Whether all of both stretches was seen, and is over. */
static bool is_known(const struct weir_build *b, int64_t low, int64_t last, int64_t back)
{
	const struct weir_plan *p = b->plan;
	int64_t earlier = back > 0 ? low - back : low;
	return weir_plan_compares(p) && last >= low &&
	       covered_from(p, b->result) <= weir_panes_start(&p->panes, earlier) &&
	       weir_panes_start(&p->panes, last - back + 1) <= seen_until(b);
}

bool weir_build_compare(struct weir_build *b, int64_t low, int64_t high, int64_t step)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	weir_panes_sort(&p->panes);
	int64_t last = last_over(b, high), back = weir_plan_back(p, low, step);
	bool known = is_known(b, low, last, back);
	r->unfinished = p->window.kind != WEIR_WINDOW_SLIDING && last < high;
	b->part_high = last;
	b->low = low;
	b->back = back;
	if (known) {
		b->compared_us = r->compared_us = (last - low + 1) * p->panes.width_us;
		r->previous_from_us = weir_panes_start(&p->panes, low - back);
		r->comparable_at_us = WEIR_TIME_NONE;
	} else {
		r->comparable_at_us = comparable_at(p, r, low, back, last);
	}
	if (weir_plan_compares(p))
		return weir_range_move(&p->before, &p->panes, low - back, (last >= low ? last : low - 1) - back);
	if (p->before.low <= p->before.high)
		weir_range_clear(&p->before);
	return true;
}

static bool build_unknown(struct weir_build *b, const struct weir_value **out)
{
	*out = weir_arena_zalloc(&b->result->arena, (b->plan->n_measures + 1) * sizeof **out);
	return *out != NULL;
}

static bool has_rows_after(const struct weir_plan *p, uint32_t group, int64_t part_high)
{
	for (uint32_t i = weir_panes_first(&p->panes, part_high + 1);
	     i < p->panes.n && p->panes.panes[i]->index <= p->now.high; i++)
		if (weir_pane_cell(p->panes.panes[i], group) != UINT32_MAX)
			return true;
	return false;
}

/* The group's rows in the part of the window that is over: in `scratch` where that is not all of them. */
bool weir_build_part(struct weir_build *b, struct weir_ranked item, const struct weir_slab **slab, uint32_t *slot)
{
	struct weir_plan *p = b->plan;
	const struct weir_range *now = &p->now;
	uint32_t group = item.group;
	int64_t part_high = b->part_high;
	uint64_t stale = 0;
	*slab = b->slab;
	*slot = item.slot;
	if (p->mode != WEIR_PLAN_RANGED || part_high >= now->high || !has_rows_after(p, group, part_high))
		return true;
	weir_slab_clear(&p->scratch, 0);
	if (!weir_slab_merge(&p->scratch, 0, &now->slab, group))
		return false;
	*slab = &p->scratch;
	*slot = 0;
	for (uint32_t i = weir_panes_first(&p->panes, part_high + 1);
	     i < p->panes.n && p->panes.panes[i]->index <= now->high; i++) {
		uint32_t cell = weir_pane_cell(p->panes.panes[i], group);
		if (cell != UINT32_MAX && !weir_slab_subtract(&p->scratch, 0, &p->panes.slab, cell, &stale))
			return false;
	}
	if (!p->scratch.rows[0])
		weir_slab_clear(&p->scratch, 0);
	else if (stale)
		weir_slab_clear_some(&p->scratch, 0, stale);
	for (uint32_t i = weir_panes_first(&p->panes, now->low);
	     stale && p->scratch.rows[0] && i < p->panes.n && p->panes.panes[i]->index <= part_high; i++) {
		uint32_t cell = weir_pane_cell(p->panes.panes[i], group);
		if (cell != UINT32_MAX && !weir_slab_merge_some(&p->scratch, 0, &p->panes.slab, cell, stale))
			return false;
	}
	return true;
}

/* A group that is new had no rows in the compared period: it has the values of nothing. */
static struct weir_value value_before(const struct weir_plan *p, uint32_t measure, uint32_t group, double seconds)
{
	const struct weir_slab *before = &p->before.slab;
	return weir_measure_value(p, measure, before, group < before->n ? group : WEIR_GROUP_NONE, seconds);
}

static double compared_seconds(const struct weir_build *b)
{
	return (double)b->compared_us / (double)WEIR_US_PER_S;
}

bool weir_build_pair(struct weir_build *b, uint32_t measure, struct weir_ranked item, struct weir_value *now,
		     struct weir_value *before)
{
	const struct weir_slab *slab;
	uint32_t slot;
	*now = *before = (struct weir_value){.type = WEIR_NULL};
	if (!b->compared_us)
		return true;
	if (!weir_build_part(b, item, &slab, &slot))
		return false;
	*now = weir_measure_value(b->plan, measure, slab, slot, compared_seconds(b));
	*before = value_before(b->plan, measure, item.group, compared_seconds(b));
	return true;
}

static bool build_previous(struct weir_build *b, uint32_t group, struct weir_result_row *row)
{
	struct weir_plan *p = b->plan;
	struct weir_value *values = weir_arena_alloc(&b->result->arena, (p->n_measures + 1) * sizeof *values);
	for (uint32_t i = 0; values && i < p->n_measures; i++) {
		values[i] = value_before(p, i, group, compared_seconds(b));
		if (!weir_build_value(b, values + i))
			return false;
	}
	row->previous = values;
	row->previous_rows = group < p->before.slab.n ? p->before.slab.rows[group] : 0;
	return values != NULL;
}

/* Changes of less than a twentieth are not looked at: nobody would. */
static bool build_moved(struct weir_build *b, uint32_t group, const struct weir_slab *slab, uint32_t slot,
			struct weir_result_row *row)
{
	uint32_t n = b->plan->n_measures;
	uint8_t *moved = weir_arena_zalloc(&b->result->arena, n + 1);
	for (uint32_t m = 0; moved && m < n; m++) {
		double now = weir_value_number(row->compared + m), before = weir_value_number(row->previous + m),
		       margin;
		if (fabs(now - before) < LEAST_CHANGE * fmax(fabs(now), fabs(before)))
			moved[m] = WEIR_MOVED_LITTLE;
		else if (weir_build_margin(b, m, group, slab, slot, &margin))
			moved[m] = margin > 0 ? WEIR_MOVED : WEIR_MOVED_LITTLE;
	}
	row->moved = moved;
	return moved != NULL;
}

bool weir_build_change(struct weir_build *b, struct weir_ranked item, struct weir_result_row *row)
{
	const struct weir_slab *slab;
	uint32_t slot;
	if (!b->compared_us)
		return build_unknown(b, &row->compared) && build_unknown(b, &row->previous);
	if (!weir_build_part(b, item, &slab, &slot) ||
	    !weir_build_measures(b, slab, slot, compared_seconds(b), &row->compared))
		return false;
	row->compared_rows = slab->rows[slot];
	return build_previous(b, item.group, row) && (!b->plan->live || build_moved(b, item.group, slab, slot, row));
}
