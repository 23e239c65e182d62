/* Every window of a batch answer, one after another. */
#include "query/result/result.h"

#include <stdlib.h>

/* The groups of one window and the slab that they are in: a tumbling window is a pane, a hopping one goes through a
 * range. */
static struct weir_ranked *groups_of_window(struct weir_build *b, const struct weir_pane *pane, int64_t low,
					    int64_t n_panes, const struct weir_slab **slab, uint32_t *n)
{
	struct weir_plan *p = b->plan;
	if (n_panes > 1 || !p->n_groups || b->compares) {
		*slab = &p->now.slab;
		if (!weir_range_move(&p->now, &p->panes, low, low + n_panes - 1))
			return NULL;
		struct weir_ranked *all = weir_build_groups(b, &p->now.slab, n);
		if (!p->n_groups && !weir_slab_has_rows(*slab, WEIR_GROUP_TOTAL))
			*n = 0;
		return all;
	}
	struct weir_ranked *items = weir_alloc(pane->n_cells * sizeof *items);
	*slab = &p->panes.slab;
	*n = 0;
	uint32_t at = 0, group, cell;
	while (items && weir_pane_next(pane, &at, &group, &cell))
		if (weir_slab_has_rows(*slab, cell))
			items[(*n)++] = (struct weir_ranked){group, cell};
	return items;
}

struct windows {
	struct weir_result_row *rows; /* owned */
	size_t capacity;
};

static bool append_window(struct weir_build *b, struct windows *w, const struct weir_pane *pane, int64_t window)
{
	struct weir_plan *p = b->plan;
	int64_t start_us = window * p->window.hop_us;
	int64_t low = start_us / p->panes.width_us, n_panes = p->window.size_us / p->panes.width_us;
	const struct weir_slab *slab;
	uint32_t n = 0;
	if (!weir_build_earlier_window(b, start_us, low, n_panes))
		return false;
	struct weir_ranked *items = groups_of_window(b, pane, low, n_panes, &slab, &n);
	void *grown = w->rows;
	bool ok = items && weir_grow(&grown, &w->capacity, b->result->n_rows + n, sizeof *w->rows);
	if (ok) {
		w->rows = grown;
		b->slab = slab;
		ok = weir_build_rows(b, w->rows, &b->result->n_rows, slab, items, n, start_us,
				     start_us + p->window.size_us);
		b->result->n_rows_total += n;
	}
	free(items);
	return ok;
}

static struct weir_value value_of_row(const struct weir_result_row *row, const struct weir_sort_key *s)
{
	if (s->by >= WEIR_SORT_BEFORE)
		return weir_result_compared(row, s->index, (enum weir_compared_column)(s->by - WEIR_SORT_BEFORE));
	return (s->by == WEIR_SORT_GROUP ? row->groups : row->measures)[s->index];
}

static int compare_rows(const void *x, const void *y, void *plan)
{
	const struct weir_result_row *a = x, *b = y;
	const struct weir_plan *p = plan;
	int c = 0;
	for (uint32_t i = 0; i < p->n_sorts && !c; i++) {
		const struct weir_sort_key *s = p->sorts + i;
		bool null = false;
		if (s->by == WEIR_SORT_WINDOW) {
			c = (a->window_start_us > b->window_start_us) - (a->window_start_us < b->window_start_us);
		} else {
			struct weir_value u = value_of_row(a, s), v = value_of_row(b, s);
			c = weir_value_compare(&u, &v);
			null = u.type == WEIR_NULL || v.type == WEIR_NULL;
		}
		c = s->descending && !null ? -c : c;
	}
	for (uint32_t i = 0; i < p->n_groups && !c; i++)
		c = weir_value_compare(a->groups + i, b->groups + i);
	return c ? c : (a->window_start_us > b->window_start_us) - (a->window_start_us < b->window_start_us);
}

static void sort_together(struct weir_build *b, struct weir_result_row *rows)
{
	struct weir_result *r = b->result;
	qsort_r(rows, r->n_rows, sizeof *rows, compare_rows, b->plan);
	if (b->request->max_rows && r->n_rows > b->request->max_rows)
		r->n_rows = b->request->max_rows;
}

/* An edge beyond the years 1 to 9999 is no time. */
static void drop_edges(struct weir_result_row *rows, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!weir_time_exists(rows[i].window_start_us))
			rows[i].window_start_us = WEIR_TIME_NONE;
		if (!weir_time_exists(rows[i].window_end_us))
			rows[i].window_end_us = WEIR_TIME_NONE;
	}
}

/* Window by window in order of start; empty ones are left out. */
bool weir_build_windows(struct weir_build *b)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	int64_t per_window = p->window.size_us / p->panes.width_us, per_hop = p->window.hop_us / p->panes.width_us;
	struct windows w = {0};
	int64_t next = INT64_MIN; /* number of the next window: it starts at next * hop */
	bool ok = true;
	weir_range_clear(&p->now); /* of an earlier answer; panes have got rows since */
	weir_range_clear(&p->before);
	weir_panes_sort(&p->panes);
	for (uint32_t i = 0; ok && i < p->panes.n; i++) {
		const struct weir_pane *pane = p->panes.panes[i];
		int64_t first = weir_floor_div(pane->index - per_window, per_hop) + 1,
			last = weir_floor_div(pane->index, per_hop);
		for (next = first < next ? next : first; ok && next <= last; next++)
			ok = append_window(b, &w, pane, next);
	}
	if (ok && p->one_table && w.rows)
		sort_together(b, w.rows);
	drop_edges(w.rows, r->n_rows);
	if (ok && r->n_rows) {
		struct weir_result_row *kept = weir_arena_alloc(&r->arena, r->n_rows * sizeof *kept);
		if (kept && w.rows)
			memcpy(kept, w.rows, r->n_rows * sizeof *kept);
		ok = kept != NULL;
		r->rows = kept;
		r->window_start_us = kept ? kept[0].window_start_us : WEIR_TIME_NONE;
		r->window_end_us = kept ? kept[r->n_rows - 1].window_end_us : WEIR_TIME_NONE;
	}
	free(w.rows);
	return ok;
}
