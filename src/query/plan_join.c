/* Two plans of one view, built from different rows, become one. */
#include "query/plan_state.h"

#include <stdlib.h>

/* The number in `p` of each group of `other`. Owned by the caller; NULL: no memory. */
static uint32_t *map_groups(struct weir_plan *p, const struct weir_plan *other)
{
	uint32_t *map = weir_calloc(other->groups.n, sizeof *map);
	if (!map)
		return NULL;
	map[WEIR_GROUP_TOTAL] = WEIR_GROUP_TOTAL;
	for (uint32_t g = WEIR_GROUP_FIRST; g < other->groups.n; g++)
		if (other->groups.keys[g] && !(map[g] = weir_groups_find(&p->groups, other->groups.keys[g]))) {
			free(map);
			return NULL;
		}
	return map;
}

/* The number in `p` of each partition of `other`, by its number there. */
static bool map_partitions(struct weir_plan *p, const struct weir_plan *other, uint32_t *map)
{
	for (uint32_t s = 0; s < p->n_streams; s++)
		for (uint32_t i = 0; i < other->n_partition_ids[s]; i++) {
			uint32_t theirs = other->partition_ids[s][i], mine = weir_plan_partition(p, s, i);
			if (mine == WEIR_NO_PART)
				return false;
			if (!theirs)
				continue;
			map[theirs - 1] = mine;
			p->partition_rows[mine] += other->partition_rows[theirs - 1];
		}
	return true;
}

static bool join_panes(struct weir_plan *p, const struct weir_plan *other, const uint32_t *groups,
		       const uint32_t *partitions)
{
	for (uint32_t i = 0; i < other->panes.n; i++) {
		const struct weir_pane *from = other->panes.panes[i];
		struct weir_pane *pane = weir_panes_at(&p->panes, from->from_us);
		if (!pane)
			return false;
		for (uint32_t c = 0; c < from->n_cells; c++) {
			uint32_t cell = weir_panes_cell(&p->panes, pane, groups[from->groups[c]]);
			if (cell == UINT32_MAX ||
			    !weir_slab_merge(&p->panes.slab, cell, &other->panes.slab, from->cells[c]))
				return false;
		}
		for (uint32_t k = 0; k < from->n_partitions; k++)
			if (from->partition_rows[k] && !weir_pane_count(pane, partitions[k], from->partition_rows[k]))
				return false;
	}
	return true;
}

/* Widths come from one ladder, so the wider is a multiple of the narrower. */
static bool same_width(struct weir_plan *p, struct weir_plan *other)
{
	int64_t a = p->panes.width_us, b = other->panes.width_us;
	return a == b || weir_plan_wider_panes(a < b ? p : other, a < b ? b : a);
}

static bool join(struct weir_plan *p, struct weir_plan *other, const uint32_t *groups, uint32_t *partitions)
{
	if (!map_partitions(p, other, partitions) || !weir_slab_reserve(&p->totals, p->groups.n))
		return false;
	for (uint32_t g = WEIR_GROUP_TOTAL; g < other->totals.n && g < other->groups.n; g++)
		if (other->totals.rows[g] && !weir_slab_merge(&p->totals, groups[g], &other->totals, g))
			return false;
	if (other->first_us != WEIR_TIME_NONE && (p->first_us == WEIR_TIME_NONE || other->first_us < p->first_us))
		p->first_us = other->first_us;
	if (other->last_us > p->last_us) /* NONE is the least */
		p->last_us = other->last_us;
	return same_width(p, other) && join_panes(p, other, groups, partitions) && weir_slice_widen(p);
}

/* What either let go of for want of memory is missing in both. */
static bool join_shed(struct weir_plan *p, struct weir_plan *other)
{
	if (p->too_many || other->too_many)
		return weir_plan_give_up(p, p->too_many > other->too_many ? p->too_many : other->too_many);
	p->change_gone |= other->change_gone;
	p->keeps_panes &= other->keeps_panes;
	if (!p->keeps_panes)
		return weir_panes_empty(&p->panes);
	if (other->shed_until_us != WEIR_TIME_NONE && !weir_plan_shed_below(p, other->dropped_below))
		return false;
	return weir_panes_drop(&p->panes, p->dropped_below);
}

enum weir_status weir_plan_join(struct weir_plan *p, struct weir_plan *other, struct weir_error *err)
{
	uint32_t *groups = map_groups(p, other), *partitions = weir_calloc(other->n_partitions + 1, sizeof *partitions);
	bool ok = groups && partitions && join(p, other, groups, partitions) && join_shed(p, other) &&
		  weir_plan_save_memory(p);
	free(groups);
	free(partitions);
	p->parts = 1;
	weir_plan_settle(p);
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}
