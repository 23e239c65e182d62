/* The life of a plan's state: made by bind, emptied, charged to the memory budget, freed; and what a plan asks of those who
 * feed it. */
#include "query/plan/plan.h"
#include "query/plan/slice.h"
#include "query/records/records.h"
#include "query/result/result.h"

#include <stdlib.h>

static void set_panes(struct weir_plan *p)
{
	const struct weir_window *w = &p->window;
	p->panes.origin_us = 0;
	p->panes.right_closed = false;
	switch (p->span ? WEIR_WINDOW_ALL : w->kind) {
	case WEIR_WINDOW_SLIDING:
		p->mode = p->live ? WEIR_PLAN_RANGED : WEIR_PLAN_CUMULATIVE;
		p->panes.right_closed = true;
		p->panes.width_us =
		    p->live ? weir_pane_width(weir_plan_unit_us(p), w->size_us, WEIR_PANES_SLIDING) : WEIR_PANE_MIN_US;
		break;
	case WEIR_WINDOW_TUMBLING:
	case WEIR_WINDOW_HOPPING:
		p->mode = p->live ? WEIR_PLAN_RANGED : WEIR_PLAN_WINDOWED;
		p->panes.width_us = weir_plan_unit_us(p);
		if (p->live)
			p->panes.width_us = weir_pane_width(p->panes.width_us, w->size_us, WEIR_PANES_ALIGNED);
		break;
	default:
		p->mode = WEIR_PLAN_CUMULATIVE;
		p->panes.width_us = WEIR_PANE_MIN_US;
	}
	if (p->partials && (p->panes.width_us % p->partial_pane_us || p->panes.width_us < p->partial_pane_us))
		p->panes.width_us = p->partial_pane_us; /* what came as one is not cut again */
	p->full_width_us = p->panes.width_us;
	p->spread_from_us = INT64_MAX;
	if (p->mode == WEIR_PLAN_RANGED && p->partials)
		p->panes.width_us = p->partial_pane_us;
	else if (p->mode == WEIR_PLAN_RANGED)
		p->panes.width_us = weir_pane_width_for(p->full_width_us, 0, 0);
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
	p->hole_from_us = p->hole_until_us = INT64_MIN;
	p->too_many = 0;
	p->keeps_panes = !p->span && (p->live || p->chart_buckets || p->window.kind == WEIR_WINDOW_TUMBLING ||
				      p->window.kind == WEIR_WINDOW_HOPPING);
	p->accept_after_us = p->window.kind == WEIR_WINDOW_SINCE ? p->window.since_us - 1 : INT64_MIN;
	p->accept_until_us = INT64_MAX;
	p->accept_no_time = p->window.kind == WEIR_WINDOW_ALL || p->window.kind == WEIR_WINDOW_ROWS;
	/* These want the rows again, for one moment: until then there is no answer to keep. */
	p->accept_none =
	    p->window.kind == WEIR_WINDOW_ROWS || (p->window.kind == WEIR_WINDOW_SLIDING && !p->live && !p->partials);
	p->newest = (struct weir_newest){0};
	p->newest_us = p->first_us = p->last_us = p->built_at_us = WEIR_TIME_NONE;
	p->weights = (struct weir_plan_weights){
	    .lost = WEIR_NO_ACCUMULATOR, .first_us = WEIR_TIME_NONE, .last_us = WEIR_TIME_NONE};
	p->ahead_us = INT64_MAX;
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
		  weir_slab_init(&p->totals, p->accumulators, p->n_accumulators, &p->own) &&
		  weir_slab_reserve(&p->totals, WEIR_GROUP_FIRST) &&
		  weir_slab_init(&p->now.slab, p->accumulators, p->n_accumulators, &p->own) &&
		  weir_slab_reserve(&p->now.slab, WEIR_GROUP_FIRST) &&
		  weir_slab_init(&p->before.slab, p->accumulators, p->n_accumulators, &p->own) &&
		  weir_slab_reserve(&p->before.slab, WEIR_GROUP_FIRST) &&
		  weir_slab_init(&p->scratch, p->accumulators, p->n_accumulators, &p->own) &&
		  weir_slab_reserve(&p->scratch, 2) &&
		  weir_panes_init(&p->panes, p->accumulators, p->n_accumulators, &p->groups, &p->own);
	ok = ok && weir_short_way_init(p);
	if (ok)
		weir_plan_reset(p);
	p->base_bytes = weir_budget_used(&p->own);
	return ok;
}

bool weir_plan_forget(struct weir_plan *p)
{
	weir_row_list_free(p->row_list);
	p->row_list = NULL;
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

static void release_state(struct weir_plan *p)
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
	weir_short_way_release(p);
	free(p->open_spans);
	free(p->slice);
	free(p->group_ids);
	weir_plan_settle(p);
}

static void free_bounds(struct weir_bound **bounds, size_t n)
{
	for (size_t i = 0; bounds && i < n; i++)
		weir_bound_free(bounds[i]);
}

void weir_plan_free(struct weir_plan *p)
{
	if (!p)
		return;
	release_state(p);
	free_bounds(p->wheres, p->n_where * p->n_streams);
	free_bounds(p->group_bounds, (size_t)p->n_groups * p->n_streams);
	free_bounds(p->row_derived, p->derived_stride * p->n_streams);
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		free_bounds(p->inputs[i].arguments, p->n_streams);
		free_bounds(p->inputs[i].wheres, p->n_streams);
	}
	weir_relation_schema_unref(p->schema);
	weir_buf_release(&p->row_text);
	weir_row_list_free(p->row_list);
	weir_arena_release(&p->arena);
	free(p);
}

static void find_unread(struct weir_bound *const *bounds, size_t n, struct weir_unread *out)
{
	for (size_t i = 0; bounds && i < n && !out->any; i++)
		if (bounds[i])
			*out = *weir_bound_unread(bounds[i]);
}

struct weir_unread weir_plan_unread(const struct weir_plan *p)
{
	struct weir_unread u = p->unread;
	find_unread(p->wheres, p->n_where * p->n_streams, &u);
	find_unread(p->group_bounds, (size_t)p->n_groups * p->n_streams, &u);
	find_unread(p->row_derived, p->derived_stride * p->n_streams, &u);
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		find_unread(p->inputs[i].wheres, p->n_streams, &u);
		find_unread(p->inputs[i].arguments, p->n_streams, &u);
	}
	return u;
}

bool weir_plan_is_rows(const struct weir_plan *p)
{
	return p->rows_mode;
}

/* A stream's rows can only look different to the view when a column changed its type or is new under a name the view
 * reads; which names it reads is not worth knowing: schemas settle within the first batches. */
bool weir_plan_stale(const struct weir_plan *p, uint32_t stream, const struct weir_schema *newer)
{
	const struct weir_schema *old = p->schema->streams[stream];
	if (old == newer || old->version == newer->version)
		return false;
	if (old->n_fields != newer->n_fields)
		return true;
	for (uint32_t i = 0; i < old->n_fields; i++)
		if (old->fields[i].type != newer->fields[i].type)
			return true;
	return false;
}

struct weir_late_rule weir_plan_late_rule(const struct weir_plan *p, bool finite)
{
	struct weir_late_rule rule = {.kind = WEIR_LATE_NEVER,
				      .late_us = weir_late_us(p->late_us),
				      .grace_us = p->grace_us,
				      .size_us = p->window.size_us,
				      .hop_us = p->window.hop_us,
				      .skew_us = p->skew_us};
	if (finite && p->late_us < 0)
		return rule;
	if (p->window.kind == WEIR_WINDOW_SLIDING)
		rule.kind = WEIR_LATE_SLIDING;
	else if (p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING)
		rule.kind = WEIR_LATE_ALIGNED;
	return rule;
}
