#include "query/plan_state.h"
#include "query/rank.h"

#include <stdlib.h>

static int64_t greatest_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t r = a % b;
		a = b;
		b = r;
	}
	return a;
}

/* The longest round pane that divides `unit` and of which `whole` has at least `wanted`. */
static int64_t pane_width(int64_t unit, int64_t whole, int64_t wanted)
{
	static const int64_t steps[] = {10000,	    20000,	50000,	     100000,	  200000,      500000,
					1000000,    2000000,	5000000,     10000000,	  15000000,    30000000,
					60000000,   120000000,	300000000,   600000000,	  900000000,   1800000000,
					3600000000, 7200000000, 10800000000, 21600000000, 43200000000, 86400000000};
	int64_t width = 0;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (unit % steps[i] == 0 && (whole / steps[i] >= wanted || (!width && whole / steps[i] > 1)))
			width = steps[i];
	/* An odd length has no round part of about that size: then any whole part. */
	for (int64_t n = wanted; (!width || whole / width > 3 * wanted) && n <= 2 * wanted; n++)
		if (unit % n == 0 && unit / n >= WEIR_PANE_MIN_US)
			width = unit / n;
	return width ? width : unit;
}

static void set_panes(struct weir_plan *p)
{
	const struct weir_window *w = &p->window;
	p->panes.origin_us = 0;
	p->panes.right_closed = false;
	switch (w->kind) {
	case WEIR_WINDOW_SLIDING:
		p->mode = p->live ? WEIR_PLAN_RANGED : WEIR_PLAN_CUMULATIVE;
		p->panes.right_closed = true;
		p->panes.width_us = p->live ? pane_width(w->size_us, w->size_us, WEIR_PANES_SLIDING) : WEIR_PANE_MIN_US;
		break;
	case WEIR_WINDOW_TUMBLING:
	case WEIR_WINDOW_HOPPING:
		p->mode = p->live ? WEIR_PLAN_RANGED : WEIR_PLAN_WINDOWED;
		p->panes.width_us = greatest_divisor(w->size_us, w->hop_us);
		if (p->live)
			p->panes.width_us = pane_width(p->panes.width_us, w->size_us, WEIR_PANES_ALIGNED);
		break;
	default:
		p->mode = WEIR_PLAN_CUMULATIVE;
		p->panes.width_us = WEIR_PANE_MIN_US;
	}
}

static void clear_slab(struct weir_slab *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		weir_slab_clear(s, i);
}

void weir_plan_reset(struct weir_plan *p)
{
	clear_slab(&p->totals);
	clear_slab(&p->now.slab);
	clear_slab(&p->before.slab);
	weir_panes_reset(&p->panes);
	weir_groups_reset(&p->groups);
	set_panes(p);
	p->now.low = p->before.low = 0;
	p->now.high = p->before.high = -1;
	p->dropped_below = INT64_MIN;
	p->shed_until_us = WEIR_TIME_NONE;
	p->fixed = p->change_gone = false;
	p->too_many = 0;
	p->keeps_panes = p->live || p->chart_buckets || p->window.kind == WEIR_WINDOW_TUMBLING ||
			 p->window.kind == WEIR_WINDOW_HOPPING;
	p->accept_after_us = p->window.kind == WEIR_WINDOW_SINCE ? p->window.since_us - 1 : INT64_MIN;
	p->accept_until_us = INT64_MAX;
	p->accept_no_time = p->window.kind == WEIR_WINDOW_ALL || p->window.kind == WEIR_WINDOW_ROWS;
	/* These want the rows again, for one moment: until then there is no answer to keep. */
	p->accept_none = p->window.kind == WEIR_WINDOW_ROWS || (p->window.kind == WEIR_WINDOW_SLIDING && !p->live);
	p->newest = (struct weir_newest){0};
	p->newest_us = p->first_us = p->last_us = p->built_at_us = WEIR_TIME_NONE;
	p->built = false;
	for (uint32_t i = 0; i < p->n_partitions; i++)
		p->partition_rows[i] = 0;
}

bool weir_plan_init_state(struct weir_plan *p)
{
	p->slice = weir_calloc(1, sizeof *p->slice);
	p->group_ids = weir_alloc((size_t)(p->n_groups + 1) * WEIR_VEC_ROWS * sizeof *p->group_ids);
	p->keeps_total = p->live;
	bool ok = p->slice && p->group_ids && weir_groups_init(&p->groups, p->n_groups, p->group_types, &p->own) &&
		  weir_slab_init(&p->totals, p->components, p->n_components, &p->own) &&
		  weir_slab_reserve(&p->totals, WEIR_GROUP_FIRST) &&
		  weir_slab_init(&p->now.slab, p->components, p->n_components, &p->own) &&
		  weir_slab_reserve(&p->now.slab, WEIR_GROUP_FIRST) &&
		  weir_slab_init(&p->before.slab, p->components, p->n_components, &p->own) &&
		  weir_slab_reserve(&p->before.slab, WEIR_GROUP_FIRST) &&
		  weir_slab_init(&p->scratch, p->components, p->n_components, &p->own) &&
		  weir_slab_reserve(&p->scratch, 2) &&
		  weir_panes_init(&p->panes, p->components, p->n_components, &p->groups, &p->own);
	ok = ok && weir_plan_tally_init(p);
	if (ok)
		weir_plan_reset(p);
	p->base_bytes = weir_budget_used(&p->own);
	return ok;
}

bool weir_plan_forget(struct weir_plan *p)
{
	weir_groups_release(&p->groups);
	bool ok = weir_groups_init(&p->groups, p->n_groups, p->group_types, &p->own) && weir_slab_empty(&p->totals) &&
		  weir_slab_empty(&p->now.slab) && weir_slab_empty(&p->before.slab) && weir_panes_empty(&p->panes);
	if (ok)
		weir_plan_reset(p);
	weir_plan_settle(p);
	return ok;
}

void weir_plan_settle(struct weir_plan *p)
{
	/* Room for the next answer is charged all the time: it comes and goes faster than rows could make way for it. */
	int64_t answer = p->live ? weir_rank_bytes(p, p->groups.n_live) : 0, used = weir_budget_used(&p->own) + answer;
	weir_budget_charge(p->budget, used - p->settled_bytes);
	p->settled_bytes = used;
}

void weir_plan_release_state(struct weir_plan *p)
{
	weir_slab_release(&p->totals);
	weir_slab_release(&p->now.slab);
	weir_slab_release(&p->before.slab);
	weir_slab_release(&p->scratch);
	weir_panes_release(&p->panes);
	weir_groups_release(&p->groups);
	for (uint32_t i = 0; i < p->n_streams; i++)
		free(p->partition_ids[i]);
	free(p->partition_rows);
	weir_plan_tally_release(p);
	free(p->open_spans);
	free(p->slice);
	free(p->group_ids);
	weir_plan_settle(p);
}
