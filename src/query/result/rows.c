/* Rows of a result: groups in the order of the sort keys, with their measures. */
#include "query/result/result.h"

#include <stdlib.h>

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

/* Groups with rows of a slab that is indexed by group; and those that had rows, where they are listed too. */
struct weir_ranked *weir_build_groups(struct weir_build *b, struct weir_slab *slab, uint32_t *n)
{
	const struct weir_plan *p = b->plan;
	const struct weir_slab *before = b->lists_gone && b->compared_us ? &p->before.slab : NULL;
	*n = 0;
	if (before && !weir_slab_reserve(slab, p->groups.n))
		return NULL;
	uint32_t slots = slab->n < p->groups.n ? slab->n : p->groups.n;
	struct weir_ranked *items = weir_alloc((slots + 1) * sizeof *items);
	if (!items)
		return NULL;
	if (!p->n_groups)
		items[(*n)++] = (struct weir_ranked){WEIR_GROUP_TOTAL, WEIR_GROUP_TOTAL};
	for (uint32_t g = WEIR_GROUP_FIRST; p->n_groups && g < slots; g++) {
		bool gone = before && g < before->n && !weir_slab_has_rows(slab, g) && weir_slab_has_rows(before, g);
		b->result->n_gone += gone;
		if (gone || weir_slab_has_rows(slab, g))
			items[(*n)++] = (struct weir_ranked){g, g};
	}
	return items;
}

/* Ranks the items and appends the best to rows[]; rows has room. */
bool weir_build_rows(struct weir_build *b, struct weir_result_row *rows, uint32_t *n_rows, const struct weir_slab *slab,
		     struct weir_ranked *items, uint32_t n, int64_t start_us, int64_t end_us)
{
	/* of windows that make one table, the best may be of any */
	uint32_t top = b->plan->one_table && b->plan->mode == WEIR_PLAN_WINDOWED ? 0 : b->request->max_rows;
	if (!weir_rank(b, slab, items, n, top))
		return false;
	if (!top || top > n)
		top = n;
	for (uint32_t i = 0; i < top; i++) {
		struct weir_result_row *row = rows + (*n_rows)++;
		*row = (struct weir_result_row){.window_start_us = start_us, .window_end_us = end_us};
		if (!build_row(b, row, slab, items[i]) ||
		    (b->compares && !b->plan->live && !weir_build_change(b, items[i], row)))
			return false;
	}
	return true;
}
