#include "query/result_build.h"

#include <math.h>
#include <stdlib.h>

bool weir_build_value(struct weir_build *b, struct weir_value *v)
{
	if (v->type != WEIR_STRING)
		return true;
	v->s = weir_arena_str(&b->result->arena, v->s);
	return v->s.data != NULL;
}

bool weir_build_measures(struct weir_build *b, const struct weir_slab *slab, uint32_t slot, double seconds,
			 const struct weir_value **out)
{
	uint32_t n = b->plan->n_measures;
	struct weir_value *values = weir_arena_alloc(&b->result->arena, n * sizeof *values);
	if (!values)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		values[i] = weir_measure_value(b->plan, i, slab, slot, seconds);
		if (!weir_build_value(b, values + i))
			return false;
	}
	*out = values;
	return true;
}

static bool build_row(struct weir_build *b, struct weir_result_row *row, const struct weir_slab *slab,
		      struct weir_ranked item)
{
	const struct weir_plan *p = b->plan;
	struct weir_value *groups = weir_arena_alloc(&b->result->arena, (p->n_groups + 1) * sizeof *groups);
	if (!groups)
		return false;
	for (uint32_t i = 0; i < p->n_groups; i++) {
		groups[i] = p->groups.keys[item.group][i];
		if (!weir_build_value(b, groups + i))
			return false;
	}
	row->groups = groups;
	row->rows = slab->rows[item.slot];
	return weir_build_measures(b, slab, item.slot, b->seconds, &row->measures);
}

/* Groups with rows of a slab that is indexed by group. */
struct weir_ranked *weir_build_groups(const struct weir_plan *p, const struct weir_slab *slab, uint32_t *n)
{
	uint32_t slots = slab->n < p->groups.n ? slab->n : p->groups.n;
	struct weir_ranked *items = weir_alloc((slots + 1) * sizeof *items);
	*n = 0;
	if (!items)
		return NULL;
	if (!p->n_groups)
		items[(*n)++] = (struct weir_ranked){WEIR_GROUP_TOTAL, WEIR_GROUP_TOTAL};
	for (uint32_t g = WEIR_GROUP_FIRST; p->n_groups && g < slots; g++)
		if (slab->rows[g])
			items[(*n)++] = (struct weir_ranked){g, g};
	return items;
}

/* Ranks the items and appends the best to rows[]; rows has room. */
bool weir_build_rows(struct weir_build *b, struct weir_result_row *rows, uint32_t *n_rows, const struct weir_slab *slab,
		     struct weir_ranked *items, uint32_t n, int64_t start_us, int64_t end_us)
{
	uint32_t top = b->request->max_rows;
	if (!weir_rank(b->plan, slab, items, n, top, b->seconds))
		return false;
	if (!top || top > n)
		top = n;
	for (uint32_t i = 0; i < top; i++) {
		struct weir_result_row *row = rows + (*n_rows)++;
		*row = (struct weir_result_row){.window_start_us = start_us, .window_end_us = end_us};
		if (!build_row(b, row, slab, items[i]))
			return false;
	}
	return true;
}

static bool one_window(struct weir_build *b, const struct weir_slab *slab)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	uint32_t n;
	bool aligned = p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING;
	struct weir_ranked *items = weir_build_groups(p, slab, &n);
	uint32_t most = b->request->max_rows && b->request->max_rows < n ? b->request->max_rows : n;
	struct weir_result_row *rows = weir_arena_alloc(&r->arena, (most + 1) * sizeof *rows);
	b->shown = weir_arena_alloc(&r->arena, (most + 1) * sizeof *b->shown);
	bool ok = items && rows && b->shown &&
		  weir_build_rows(b, rows, &r->n_rows, slab, items, n, aligned ? r->window_start_us : WEIR_TIME_NONE,
				  aligned ? r->window_end_us : WEIR_TIME_NONE);
	if (ok)
		memcpy(b->shown, items, r->n_rows * sizeof *items);
	free(items);
	r->rows = rows;
	r->n_rows_total = n;
	b->slab = slab;
	return ok;
}

/* Brings the totals to the live window at the moment, and lets go what is older than the window before it. */
static bool move_ranges(struct weir_plan *p, struct weir_result *r)
{
	int64_t low, high, step;
	if (r->moment_us == WEIR_TIME_NONE)
		return true;
	weir_range_of_window(p, r->moment_us, &low, &high, &step);
	r->window_start_us = weir_panes_start(&p->panes, low);
	r->window_end_us = weir_panes_start(&p->panes, high + 1);
	if (p->change_gone) {
		p->before.low = low;
		p->before.high = low - 1;
		step = 0;
	} else if (!weir_range_move(p, &p->before, low - step, high - step)) {
		return false;
	}
	if (!weir_range_move(p, &p->now, low, high))
		return false;
	weir_range_forget(p, low - step);
	return weir_panes_drop(&p->panes, p->dropped_below);
}

static void set_ledgers(struct weir_plan *p, struct weir_ledger *const *const *ledgers)
{
	for (uint32_t s = 0; s < p->n_streams; s++)
		for (uint32_t i = 0; i < p->n_partition_ids[s]; i++) {
			uint32_t id = p->partition_ids[s][i];
			struct weir_ledger *ledger = ledgers[s][i];
			ledger->in_window = 0;
			if (id && p->mode != WEIR_PLAN_RANGED)
				ledger->in_window = p->partition_rows[id - 1];
			for (uint32_t k = 0; id && p->mode == WEIR_PLAN_RANGED && k < p->panes.n; k++) {
				const struct weir_pane *pane = p->panes.panes[k];
				if (pane->index >= p->now.low && pane->index <= p->now.high && id <= pane->n_partitions)
					ledger->in_window += pane->partition_rows[id - 1];
			}
			ledger->expired = ledger->matched > ledger->in_window ? ledger->matched - ledger->in_window : 0;
		}
}

static bool copy_columns(struct weir_build *b, const struct weir_result_column *from, uint32_t n,
			 const struct weir_result_column **to)
{
	struct weir_result_column *columns = weir_arena_alloc(&b->result->arena, (n + 1) * sizeof *columns);
	for (uint32_t i = 0; columns && i < n; i++) {
		columns[i] = from[i];
		columns[i].name = weir_arena_str(&b->result->arena, from[i].name);
		if (!columns[i].name.data)
			return false;
	}
	*to = columns;
	return columns != NULL;
}

static bool build_head(struct weir_build *b)
{
	const struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	r->view_generation = p->generation;
	r->n_groups = p->n_groups;
	r->n_measures = p->n_measures;
	r->sort_measure = p->sorts[0].by_measure ? p->sorts[0].index : p->n_measures;
	r->sort_descending = p->sorts[0].descending;
	r->moment_us = b->request->at_us != WEIR_TIME_NONE ? b->request->at_us : p->newest_us;
	r->window_start_us = r->window_end_us = WEIR_TIME_NONE;
	return copy_columns(b, p->group_columns, p->n_groups, &r->groups) &&
	       copy_columns(b, p->measure_columns, p->n_measures, &r->measures);
}

/* Rates are by the length of the window, or by the span of its event times where it has no length. */
static double window_seconds(const struct weir_plan *p)
{
	if (p->window.size_us > 0)
		return (double)p->window.size_us / (double)WEIR_US_PER_S;
	return p->first_us == WEIR_TIME_NONE ? NAN : (double)(p->last_us - p->first_us) / (double)WEIR_US_PER_S;
}

static bool build_answer(struct weir_build *b)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	if (p->rows_mode && !p->live)
		return true;
	if (p->mode == WEIR_PLAN_WINDOWED)
		return weir_build_windows(b);
	if (p->mode == WEIR_PLAN_RANGED)
		return move_ranges(p, r) && one_window(b, &p->now.slab);
	r->window_start_us = p->first_us;
	r->window_end_us = p->last_us;
	if (p->window.kind == WEIR_WINDOW_SLIDING && p->built_at_us != WEIR_TIME_NONE) {
		r->window_start_us = p->built_at_us - p->window.size_us;
		r->window_end_us = p->built_at_us;
	}
	return one_window(b, &p->totals);
}

enum weir_status weir_plan_result(struct weir_plan *p, const struct weir_result_request *request,
				  struct weir_ledger *const *const *ledgers, struct weir_result **out,
				  struct weir_error *err)
{
	struct weir_result *r = weir_calloc(1, sizeof *r);
	if (!r)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	struct weir_build b = {.plan = p, .result = r, .request = request, .seconds = window_seconds(p)};
	bool screen = request->screen && p->live;
	atomic_init(&r->refs, 1);
	bool ok = build_head(&b) && weir_plan_save_memory(p), said = ok && weir_plan_say_too_many(p, &r->error);
	ok = ok && (said || build_answer(&b));
	if (ok && ledgers)
		set_ledgers(p, ledgers);
	if (ok && screen && !said)
		ok = weir_build_totals(&b) && weir_build_chart(&b) && weir_build_histogram(&b);
	enum weir_status status = WEIR_OK;
	if (ok && request->max_records && request->snapshots)
		status = weir_build_records(&b, err);
	if (!ok)
		status = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while putting the result together");
	weir_plan_settle(p);
	if (status)
		weir_result_unref(r);
	else
		*out = r;
	return status;
}
