/* Panes over time. */
#include "query/pane/cells.h"

#include <stdlib.h>

bool weir_panes_init(struct weir_panes *p, const struct weir_accumulator *accumulators, uint32_t n_accumulators,
		     struct weir_groups *groups, struct weir_budget *budget)
{
	*p = (struct weir_panes){
	    .groups = groups, .sorted = true, .width_us = 1, .mask = 63, .table_bytes = WEIR_TABLE_BYTES};
	p->table = weir_calloc(p->mask + 1, sizeof *p->table);
	return p->table && weir_slab_init(&p->slab, accumulators, n_accumulators, budget) &&
	       weir_slab_reserve(&p->slab, 1);
}

static void pane_free(struct weir_panes *p, struct weir_pane *pane)
{
	if (!pane)
		return;
	weir_budget_charge(p->slab.budget, -(int64_t)sizeof *pane);
	weir_cells_end(p, pane);
	free(pane->partition_rows);
	free(pane);
}

void weir_panes_reset(struct weir_panes *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		pane_free(p, p->panes[i]);
	p->n = 0;
	p->last = NULL;
	p->sorted = true;
	weir_cells_forget(p);
	if (p->table)
		memset(p->table, 0, ((size_t)p->mask + 1) * sizeof *p->table);
	for (uint32_t i = 0; i < p->slab.n; i++)
		weir_slab_clear(&p->slab, i);
	p->slab.n = p->slab.n ? 1 : 0; /* slot 0 counts for nothing */
}

void weir_panes_release(struct weir_panes *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		pane_free(p, p->panes[i]);
	free(p->panes);
	free(p->table);
	free(p->free_cells);
	free(p->free_blocks);
	weir_slab_release(&p->slab);
	*p = (struct weir_panes){0};
}

bool weir_panes_empty(struct weir_panes *p)
{
	weir_panes_reset(p);
	free(p->free_cells);
	free(p->free_blocks);
	p->free_cells = NULL;
	p->free_blocks = NULL;
	p->free_capacity = p->free_blocks_capacity = 0;
	return weir_slab_empty(&p->slab);
}

int64_t weir_panes_index(const struct weir_panes *p, int64_t t_us)
{
	return weir_floor_div(t_us - p->origin_us - p->right_closed, p->width_us);
}

int64_t weir_panes_start(const struct weir_panes *p, int64_t index)
{
	return index * p->width_us + p->origin_us;
}

static uint32_t probe(const struct weir_panes *p, int64_t index)
{
	uint32_t at = (uint32_t)weir_int_hash((uint64_t)index) & p->mask;
	while (p->table[at] && p->panes[p->table[at] - 1]->index != index)
		at = (at + 1) & p->mask;
	return at;
}

struct weir_pane *weir_panes_find(const struct weir_panes *p, int64_t index)
{
	uint32_t at = p->table[probe(p, index)];
	return at ? p->panes[at - 1] : NULL;
}

static void rehash(struct weir_panes *p)
{
	memset(p->table, 0, ((size_t)p->mask + 1) * sizeof *p->table);
	for (uint32_t i = 0; i < p->n; i++)
		p->table[probe(p, p->panes[i]->index)] = i + 1;
}

static bool make_room(struct weir_panes *p)
{
	size_t capacity = p->capacity;
	void *panes = p->panes;
	if (!weir_grow(&panes, &capacity, p->n + 1, sizeof(struct weir_pane *)))
		return false;
	p->panes = panes;
	p->capacity = (uint32_t)capacity;
	if ((p->n + 1) * 2 <= p->mask)
		return true;
	uint32_t mask = p->mask * 2 + 1;
	uint32_t *table = weir_alloc(((size_t)mask + 1) * sizeof *table);
	if (!table)
		return false;
	free(p->table);
	p->table = table;
	p->mask = mask;
	rehash(p);
	return true;
}

static struct weir_pane *pane_new(struct weir_panes *p, int64_t index)
{
	struct weir_pane *pane = weir_calloc(1, sizeof *pane);
	if (!pane)
		return NULL;
	if (!make_room(p) || !weir_cells_begin(p, pane, p->n ? p->panes[p->n - 1] : NULL)) {
		free(pane);
		return NULL;
	}
	pane->index = index;
	pane->from_us = weir_panes_start(p, index) + p->right_closed;
	pane->to_us = pane->from_us + p->width_us;
	if (p->n && p->panes[p->n - 1]->index > index)
		p->sorted = false;
	p->panes[p->n++] = pane;
	p->table[probe(p, index)] = p->n;
	weir_budget_charge(p->slab.budget, (int64_t)sizeof *pane);
	return pane;
}

struct weir_pane *weir_panes_at(struct weir_panes *p, int64_t t_us)
{
	if (p->last && t_us >= p->last->from_us && t_us < p->last->to_us)
		return p->last;
	int64_t index = weir_panes_index(p, t_us);
	struct weir_pane *pane = weir_panes_find(p, index);
	if (!pane)
		pane = pane_new(p, index);
	if (pane)
		p->last = pane;
	return pane;
}

static int by_index(const void *a, const void *b)
{
	int64_t x = (*(struct weir_pane *const *)a)->index, y = (*(struct weir_pane *const *)b)->index;
	return (x > y) - (x < y);
}

void weir_panes_sort(struct weir_panes *p)
{
	if (p->sorted)
		return;
	qsort(p->panes, p->n, sizeof *p->panes, by_index);
	rehash(p);
	p->sorted = true;
}

uint32_t weir_panes_first(const struct weir_panes *p, int64_t index)
{
	uint32_t low = 0, high = p->n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (p->panes[middle]->index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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

bool weir_panes_drop(struct weir_panes *p, int64_t from, int64_t until)
{
	uint32_t kept = 0, n_dead = 0, n_cells = 0, n_in_tables = 0, n_panes = 0;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->panes[i]->index >= from && p->panes[i]->index < until) {
			n_cells += p->panes[i]->n_cells;
			n_in_tables += p->panes[i]->room ? 0 : p->panes[i]->n_cells;
			n_panes++;
		}
	if (!n_cells)
		return true;
	uint32_t *dead = weir_alloc(n_cells * sizeof *dead);
	if (!dead || !weir_cells_expect(p, n_in_tables, n_panes)) {
		free(dead);
		return false;
	}
	for (uint32_t i = 0; i < p->n; i++) {
		struct weir_pane *pane = p->panes[i];
		if (pane->index < from || pane->index >= until) {
			p->panes[kept++] = pane;
			continue;
		}
		uint32_t at = 0, group, cell;
		while (weir_pane_next(pane, &at, &group, &cell))
			if (group >= WEIR_GROUP_FIRST && !--p->groups->refs[group])
				dead[n_dead++] = group;
		weir_cells_give_back(p, pane);
		pane_free(p, pane);
	}
	p->n = kept;
	p->last = NULL;
	rehash(p);
	weir_groups_drop(p->groups, dead, n_dead);
	free(dead);
	return true;
}

/* Moves all of `from` into `into` and frees it. */
static bool pane_merge(struct weir_panes *p, struct weir_pane *into, struct weir_pane *from)
{
	uint32_t at = 0, group, cell;
	if (!weir_panes_arrange(p, into) || !weir_cells_expect(p, from->room ? 0 : from->n_cells, 1))
		return false;
	while (weir_pane_next(from, &at, &group, &cell)) {
		uint32_t to = weir_panes_cell(p, into, group);
		if (to == UINT32_MAX || !weir_slab_merge(&p->slab, to, &p->slab, cell))
			return false;
	}
	for (uint32_t i = 0; i < from->n_partitions; i++)
		if (!weir_pane_count(into, i, from->partition_rows[i]))
			return false;
	at = 0;
	while (weir_pane_next(from, &at, &group, &cell))
		if (group >= WEIR_GROUP_FIRST)
			p->groups->refs[group]--;
	weir_cells_give_back(p, from);
	pane_free(p, from);
	return true;
}

bool weir_panes_coarsen(struct weir_panes *p, int64_t width_us)
{
	uint32_t kept = 0, i;
	bool ok = true;
	weir_panes_sort(p);
	int64_t times = width_us / p->width_us;
	p->width_us = width_us;
	for (i = 0; i < p->n && ok; i++) {
		struct weir_pane *pane = p->panes[i];
		int64_t index = weir_floor_div(pane->index, times);
		if (kept && p->panes[kept - 1]->index == index) {
			ok = pane_merge(p, p->panes[kept - 1], pane);
			if (!ok)
				break;
			continue;
		}
		pane->index = index;
		pane->from_us = weir_panes_start(p, index) + p->right_closed;
		pane->to_us = pane->from_us + width_us;
		p->panes[kept++] = pane;
	}
	while (!ok && i < p->n) /* out of memory: the caller gives the whole state up, but it must stay free of leaks */
		p->panes[kept++] = p->panes[i++];
	p->n = kept;
	p->last = NULL;
	rehash(p);
	return ok;
}
