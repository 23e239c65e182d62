#include "query/group.h"

#include <stdlib.h>

static void table_erase(struct weir_groups *g, uint32_t group)
{
	uint32_t hole = (uint32_t)g->hashes[group] & g->mask;
	while (g->table[hole] != group)
		hole = (hole + 1) & g->mask;
	for (uint32_t i = (hole + 1) & g->mask; g->table[i]; i = (i + 1) & g->mask) {
		uint32_t home = (uint32_t)g->hashes[g->table[i]] & g->mask;
		if (((i - home) & g->mask) >= ((i - hole) & g->mask)) {
			g->table[hole] = g->table[i];
			hole = i;
		}
	}
	g->table[hole] = 0;
}

static void drop_group(struct weir_groups *g, uint32_t group)
{
	table_erase(g, group);
	weir_budget_charge(g->budget, -weir_heap_bytes(weir_group_key_bytes(g, g->keys[group])));
	free(g->keys[group]);
	g->keys[group] = NULL;
	g->free[g->n_free++] = group;
	g->n_live--;
}

void weir_groups_drop(struct weir_groups *g, const uint32_t *dead, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		drop_group(g, dead[i]);
		for (uint32_t c = 0; g->columns && c < g->n_columns; c++) {
			uint32_t id = g->tuples[(size_t)dead[i] * g->n_columns + c];
			if (!--g->columns[c].refs[id])
				drop_group(g->columns + c, id);
		}
	}
	for (uint32_t c = 0; n && g->columns && c < g->n_columns; c++)
		weir_group_codes_forget(g->columns + c);
	if (n)
		weir_group_codes_forget(g);
}
