/* Puts a result together, step by step. */
#include "query/result/result.h"
#include "weir/query/result_builder.h"

#include <math.h>
#include <stdlib.h>

static bool one_window(struct weir_build *b, struct weir_slab *slab)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	uint32_t n;
	bool aligned = p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING;
	b->slab = slab;
	/* Who looks for what fell most must find what is gone. */
	b->lists_gone = b->lists_gone || p->sorts[0].by >= WEIR_SORT_BEFORE;
	struct weir_ranked *items = weir_build_groups(b, slab, &n);
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
	return ok;
}

/* Brings the totals to the live window at the moment, and lets go what neither it nor its comparison needs. */
static bool move_ranges(struct weir_build *b)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	int64_t low, high, step;
	if (r->moment_us == WEIR_TIME_NONE)
		return true;
	weir_range_of_window(&p->window, &p->panes, r->moment_us, &low, &high, &step);
	r->window_start_us = weir_panes_start(&p->panes, low);
	r->window_end_us = weir_panes_start(&p->panes, high + 1);
	if (!weir_build_compare(b, low, high, step) || !weir_range_move(&p->now, &p->panes, low, high))
		return false;
	weir_plan_forget_below(p, weir_plan_oldest_pane(p, r->moment_us));
	return weir_plan_drop_between(p, low, step) && weir_panes_drop(&p->panes, INT64_MIN, p->dropped_below);
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

static bool build_head(struct weir_build *b)
{
	const struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	const struct weir_sort_key *sort = p->sorts; /* a window's start does not sort the rows of one */
	while (sort->by == WEIR_SORT_WINDOW && sort < p->sorts + p->n_sorts - 1)
		sort++;
	r->sort_measure = sort->by == WEIR_SORT_GROUP ? p->n_measures : sort->index;
	r->compare = p->compare;
	if (sort->by >= WEIR_SORT_BEFORE)
		r->sort_compared = (int)sort->by - WEIR_SORT_BEFORE;
	r->sort_descending = sort->descending;
	r->moment_us = b->request->at_us != WEIR_TIME_NONE ? b->request->at_us : p->newest_us;
	r->covered_from_us = b->rows->covered_from_us;
	if (p->shed_until_us != WEIR_TIME_NONE && p->shed_until_us >= r->covered_from_us)
		r->covered_from_us = p->shed_until_us + 1;
	return weir_result_set_groups(r, p->group_columns, p->n_groups) &&
	       weir_result_set_measures(r, p->measure_columns, p->n_measures) &&
	       (!p->says_before ||
		weir_result_copy_columns(r, p->compared_columns, WEIR_COMPARED_COLUMNS * p->n_measures,
					 &r->compared_columns));
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
		return move_ranges(b) && one_window(b, &p->now.slab);
	if (!weir_plan_span_lost(p)) {
		r->window_start_us = p->first_us;
		r->window_end_us = p->last_us;
	}
	if (p->window.kind == WEIR_WINDOW_SLIDING && p->built_at_us != WEIR_TIME_NONE) {
		r->window_start_us = p->built_at_us - p->window.size_us;
		r->window_end_us = p->built_at_us;
	}
	return weir_build_earlier(b, &p->totals) && one_window(b, &p->totals);
}

enum weir_status weir_plan_result(struct weir_plan *p, const struct weir_result_request *request,
				  const struct weir_plan_rows *rows, struct weir_ledger *const *const *ledgers,
				  struct weir_result **out, struct weir_error *err)
{
	static const struct weir_plan_rows all = {.covered_from_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE};
	struct weir_result *r = weir_result_new(p->generation);
	if (!r)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	struct weir_build b = {
	    .plan = p, .result = r, .request = request, .rows = rows ? rows : &all, .seconds = window_seconds(p)};
	b.err = err;
	b.compares = p->says_before && b.rows->span;
	bool ok = build_head(&b) && weir_plan_fit_memory(p), said = false;
	said = ok && (weir_plan_say_too_many(p, &r->error) || weir_plan_say_lost(p, &r->error));
	ok = ok && (said || build_answer(&b));
	r->unread = weir_plan_unread(p);
	if (ok && ledgers)
		set_ledgers(p, ledgers);
	enum weir_status status = ok && !said ? weir_build_extras(&b, err) : WEIR_OK;
	if (!ok && b.failed)
		status = b.failed;
	else if (!ok)
		status = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while putting the result together");
	if (ok && !status && said && !p->live) { /* an answer that is printed has no place for it */
		status = r->error.code;
		if (err)
			*err = r->error;
	}
	weir_plan_settle(p);
	if (status)
		weir_result_unref(r);
	else
		*out = r;
	return status;
}

struct weir_result *weir_result_ref(struct weir_result *r)
{
	atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
	return r;
}

void weir_result_unref(struct weir_result *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	struct weir_arena arena = r->arena;
	weir_arena_release(&arena);
	free(r);
}
