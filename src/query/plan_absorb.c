#include "query/plan_state.h"

#include <stdlib.h>

static bool widen_key(struct weir_value *v, enum weir_type type, struct weir_buf *text)
{
	if (v->type == WEIR_NULL || v->type == type || type == WEIR_NULL)
		return true;
	if (type == WEIR_FLOAT64 && v->type == WEIR_INT64) {
		*v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v->i};
		return true;
	}
	weir_buf_clear(text);
	weir_value_text(v, text);
	*v = (struct weir_value){.type = WEIR_STRING, .s = weir_buf_str(text)};
	return !text->failed;
}

/* The new number of each old group. Owned by the caller; NULL: no memory. */
static uint32_t *map_groups(struct weir_plan *p, const struct weir_plan *old)
{
	uint32_t *map = weir_calloc(old->groups.n, sizeof *map);
	struct weir_value key[WEIR_MAX_GROUP_COLUMNS];
	struct weir_buf texts[WEIR_MAX_GROUP_COLUMNS] = {{0}};
	bool ok = map != NULL;
	if (ok)
		map[WEIR_GROUP_TOTAL] = WEIR_GROUP_TOTAL;
	for (uint32_t g = WEIR_GROUP_FIRST; ok && g < old->groups.n; g++) {
		if (!old->groups.keys[g])
			continue;
		for (uint32_t i = 0; ok && i < p->n_groups; i++) {
			key[i] = old->groups.keys[g][i];
			ok = widen_key(key + i, p->group_types[i], texts + i);
		}
		map[g] = ok ? weir_groups_find(&p->groups, key) : 0;
		ok = map[g] != 0;
	}
	for (uint32_t i = 0; i < WEIR_MAX_GROUP_COLUMNS; i++)
		weir_buf_release(texts + i);
	if (!ok) {
		free(map);
		return NULL;
	}
	return map;
}

static bool absorb_panes(struct weir_plan *p, const struct weir_plan *old, const uint32_t *map)
{
	for (uint32_t i = 0; i < old->panes.n; i++) {
		const struct weir_pane *from = old->panes.panes[i];
		struct weir_pane *pane = weir_panes_at(&p->panes, from->from_us);
		for (uint32_t c = 0; pane && c < from->n_cells; c++) {
			uint32_t cell = weir_panes_cell(&p->panes, pane, map[from->groups[c]]);
			if (cell == UINT32_MAX ||
			    !weir_slab_widen(&p->panes.slab, cell, &old->panes.slab, from->cells[c]))
				return false;
		}
		if (!pane)
			return false;
	}
	return true;
}

static bool absorb_partitions(struct weir_plan *p, const struct weir_plan *old)
{
	for (uint32_t s = 0; s < p->n_streams; s++)
		for (uint32_t i = 0; i < old->n_partition_ids[s]; i++) {
			uint32_t id = weir_plan_partition(p, s, i);
			if (id == WEIR_NO_PART)
				return false;
			if (old->partition_ids[s][i])
				p->partition_rows[id] += old->partition_rows[old->partition_ids[s][i] - 1];
		}
	return true;
}

enum weir_status weir_plan_absorb(struct weir_plan *p, struct weir_plan *old, struct weir_error *err)
{
	uint32_t *map = map_groups(p, old);
	bool ok = map && p->n_components == old->n_components && weir_slab_reserve(&p->totals, p->groups.n);
	p->panes.width_us = old->panes.width_us;
	for (uint32_t g = WEIR_GROUP_TOTAL; ok && g < old->totals.n && g < old->groups.n; g++)
		if (old->totals.rows[g])
			ok = weir_slab_widen(&p->totals, map[g], &old->totals, g);
	ok = ok && absorb_panes(p, old, map) && absorb_partitions(p, old);
	free(map);
	p->newest_us = old->newest_us;
	p->first_us = old->first_us;
	p->last_us = old->last_us;
	p->built = false;
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while a column changed its type");
}
