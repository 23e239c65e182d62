#include "query/pane.h"

#include <stdlib.h>

/* Groups are dense numbers, so that a group's own low bits are a hash with hardly a collision. */
uint32_t weir_pane_cell(const struct weir_pane *pane, uint32_t group)
{
	for (uint32_t at = group & pane->mask;; at = (at + 1) & pane->mask) {
		uint64_t entry = pane->map[at];
		if (entry >> 32 == group && (uint32_t)entry)
			return (uint32_t)entry - 1;
		if (!entry)
			return UINT32_MAX;
	}
}

static void map_put(uint64_t *map, uint32_t mask, uint32_t group, uint32_t cell)
{
	uint32_t at = group & mask;
	while (map[at])
		at = (at + 1) & mask;
	map[at] = (uint64_t)group << 32 | (cell + 1);
}

static bool pane_grow(struct weir_panes *p, struct weir_pane *pane)
{
	if (pane->n_cells == pane->capacity) {
		uint32_t capacity = pane->capacity ? pane->capacity * 2 : 4;
		uint32_t *groups = weir_realloc(pane->groups, capacity * sizeof *groups);
		if (groups)
			pane->groups = groups;
		uint32_t *cells = groups ? weir_realloc(pane->cells, capacity * sizeof *cells) : NULL;
		if (!cells)
			return false;
		pane->cells = cells;
		weir_budget_charge(p->slab.budget, (int64_t)((capacity - pane->capacity) * 2 * sizeof *cells));
		pane->capacity = capacity;
	}
	if ((pane->n_cells + 1) * 2 > pane->mask + 1) {
		uint32_t mask = pane->mask * 2 + 1;
		uint64_t *map = weir_calloc((size_t)mask + 1, sizeof *map);
		if (!map)
			return false;
		for (uint32_t i = 0; i < pane->n_cells; i++)
			map_put(map, mask, pane->groups[i], pane->cells[i]);
		free(pane->map);
		weir_budget_charge(p->slab.budget, (int64_t)((mask - pane->mask) * sizeof *map));
		pane->map = map;
		pane->mask = mask;
	}
	return true;
}

uint32_t weir_panes_cell(struct weir_panes *p, struct weir_pane *pane, uint32_t group)
{
	uint32_t cell = weir_pane_cell(pane, group);
	if (cell != UINT32_MAX)
		return cell;
	if (!pane_grow(p, pane))
		return UINT32_MAX;
	if (p->n_free_cells)
		cell = p->free_cells[--p->n_free_cells];
	else if (weir_slab_reserve(&p->slab, p->slab.n + 1))
		cell = p->slab.n - 1;
	else
		return UINT32_MAX;
	pane->groups[pane->n_cells] = group;
	pane->cells[pane->n_cells++] = cell;
	map_put(pane->map, pane->mask, group, cell);
	if (group >= WEIR_GROUP_FIRST)
		p->groups->refs[group]++;
	return cell;
}

bool weir_pane_count(struct weir_pane *pane, uint32_t partition, uint64_t rows)
{
	if (partition >= pane->n_partitions) {
		uint64_t *grown = weir_realloc(pane->partition_rows, (partition + 1) * sizeof *grown);
		if (!grown)
			return false;
		memset(grown + pane->n_partitions, 0, (partition + 1 - pane->n_partitions) * sizeof *grown);
		pane->partition_rows = grown;
		pane->n_partitions = partition + 1;
	}
	pane->partition_rows[partition] += rows;
	return true;
}
