/* Brings the counts of one plan into another: of the same view bound to older schemas, or rebuilt from other rows. */
#include "query/plan/slice.h"

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

/* The number in `p` of each group of `old`. Owned by the caller; NULL: no memory. */
static uint32_t *map_groups(struct weir_plan *p, const struct weir_plan *old)
{
	uint32_t *map = weir_calloc(old->groups.n, sizeof *map);
	struct weir_value key[WEIR_MAX_GROUP_COLUMNS];
	struct weir_buf texts[WEIR_MAX_GROUP_COLUMNS] = {{0}};
	bool ok = map != NULL;
	if (ok) {
		weir_groups_map_codes(&p->groups, &old->groups, map);
		map[WEIR_GROUP_TOTAL] = WEIR_GROUP_TOTAL;
	}
	for (uint32_t g = WEIR_GROUP_FIRST; ok && g < old->groups.n; g++) {
		if (!old->groups.keys[g] || map[g])
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

static bool take_over_panes(struct weir_plan *p, const struct weir_plan *old, const uint32_t *map)
{
	for (uint32_t i = 0; i < old->panes.n; i++) {
		const struct weir_pane *from = old->panes.panes[i];
		struct weir_pane *pane = weir_panes_at(&p->panes, from->from_us);
		uint32_t at = 0, group, cell;
		if (!pane || !weir_panes_arrange(&p->panes, pane))
			return false;
		while (weir_pane_next(from, &at, &group, &cell)) {
			uint32_t to = weir_panes_cell(&p->panes, pane, map[group]);
			if (to == UINT32_MAX || !weir_slab_widen(&p->panes.slab, to, &old->panes.slab, cell))
				return false;
		}
	}
	return true;
}

static bool take_over_partitions(struct weir_plan *p, const struct weir_plan *old)
{
	for (uint32_t s = 0; s < p->n_streams; s++)
		for (uint32_t i = 0; i < old->n_partition_ids[s]; i++) {
			uint32_t id = weir_plan_partition(p, s, i);
			if (id == WEIR_NO_PARTITION)
				return false;
			if (old->partition_ids[s][i])
				p->partition_rows[id] += old->partition_rows[old->partition_ids[s][i] - 1];
		}
	return true;
}

/* The least of numbers is not the least of their texts: once the rows are gone, it cannot be found. */
static enum weir_status check_order(const struct weir_plan *p, const struct weir_plan *old, struct weir_error *err)
{
	for (uint32_t i = 0; i < p->n_measures && i < old->n_measures; i++) {
		const struct weir_accumulator_ops *ops = p->measures[i].ast->aggregate->accumulators[0];
		enum weir_type was = old->measures[i].input_type, is = p->measures[i].input_type;
		struct weir_str name = p->measures[i].ast->text;
		if (!ops || !ops->compares || is != WEIR_STRING || was == is || was == WEIR_NULL)
			continue;
		weir_fail(err, WEIR_MALFORMED, "measure",
			  WEIR_STR_FMT " was of %s values when a text came: numbers and texts have no order",
			  WEIR_STR_ARG(name), weir_type_name(was));
		weir_error_hint(err, "write cast(… as double) or cast(… as string) around what is measured");
		return WEIR_MALFORMED;
	}
	return WEIR_OK;
}

enum weir_status weir_plan_take_over(struct weir_plan *p, struct weir_plan *old, struct weir_error *err)
{
	enum weir_status status = check_order(p, old, err);
	if (status)
		return status;
	uint32_t *map = map_groups(p, old);
	bool ok = map && p->n_accumulators == old->n_accumulators && weir_slab_reserve(&p->totals, p->groups.n);
	p->panes.width_us = old->panes.width_us;
	for (uint32_t g = WEIR_GROUP_TOTAL; ok && g < old->totals.n && g < old->groups.n; g++)
		if (old->totals.rows[g] || old->weights.any) /* of no rows in all, something may be left to take back */
			ok = weir_slab_widen(&p->totals, map[g], &old->totals, g);
	ok = ok && take_over_panes(p, old, map) && take_over_partitions(p, old);
	free(map);
	p->unread = weir_plan_unread(old);
	p->newest_us = old->newest_us;
	p->first_us = old->first_us;
	p->last_us = old->last_us;
	weir_plan_add_weights(p, old);
	p->built = false;
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while a column changed its type");
}

/* The number in `p` of each partition of `other`, by its number there. */
static bool map_partitions(struct weir_plan *p, const struct weir_plan *other, uint32_t *map)
{
	for (uint32_t s = 0; s < p->n_streams; s++)
		for (uint32_t i = 0; i < other->n_partition_ids[s]; i++) {
			uint32_t theirs = other->partition_ids[s][i], mine = weir_plan_partition(p, s, i);
			if (mine == WEIR_NO_PARTITION)
				return false;
			if (!theirs)
				continue;
			map[theirs - 1] = mine;
			p->partition_rows[mine] += other->partition_rows[theirs - 1];
		}
	return true;
}

/* Cells of one pane, WEIR_VEC_ROWS at a time: looked up together, then merged. */
static bool merge_pane(struct weir_plan *p, struct weir_pane *pane, const struct weir_plan *other,
		       const struct weir_pane *from, const uint32_t *map)
{
	uint32_t groups[WEIR_VEC_ROWS], cells[WEIR_VEC_ROWS], to[WEIR_VEC_ROWS], at = 0, n = WEIR_VEC_ROWS;
	const struct weir_slab *theirs = &other->panes.slab;
	struct weir_slab *ours = &p->panes.slab;
	while (n == WEIR_VEC_ROWS) {
		for (n = 0; n < WEIR_VEC_ROWS && weir_pane_next(from, &at, groups + n, cells + n); n++)
			groups[n] = map[groups[n]];
		if (!weir_panes_cells(&p->panes, pane, groups, n, to))
			return false;
		for (uint32_t i = 0; !ours->n_accumulators && i < n; i++)
			ours->rows[to[i]] += theirs->rows[cells[i]];
		for (uint32_t i = 0; ours->n_accumulators && i < n; i++)
			if (!weir_slab_merge(ours, to[i], theirs, cells[i]))
				return false;
	}
	ours->weighted |= theirs->weighted;
	return true;
}

static bool merge_panes(struct weir_plan *p, const struct weir_plan *other, const uint32_t *groups,
			const uint32_t *partitions)
{
	for (uint32_t i = 0; i < other->panes.n; i++) {
		const struct weir_pane *from = other->panes.panes[i];
		struct weir_pane *pane = weir_panes_at(&p->panes, from->from_us);
		if (!pane || !weir_panes_arrange(&p->panes, pane) || !merge_pane(p, pane, other, from, groups))
			return false;
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
	return a == b || weir_plan_set_pane_width(a < b ? p : other, a < b ? b : a);
}

static bool merge(struct weir_plan *p, struct weir_plan *other, const uint32_t *groups, uint32_t *partitions)
{
	if (!map_partitions(p, other, partitions) || !weir_slab_reserve(&p->totals, p->groups.n))
		return false;
	for (uint32_t g = WEIR_GROUP_TOTAL; g < other->totals.n && g < other->groups.n; g++)
		if ((other->totals.rows[g] || other->weights.any) &&
		    !weir_slab_merge(&p->totals, groups[g], &other->totals, g))
			return false;
	weir_span_stretch(&p->first_us, &p->last_us, other->first_us, other->last_us);
	weir_plan_add_weights(p, other);
	return same_width(p, other) && merge_panes(p, other, groups, partitions) && weir_plan_widen_panes(p, NULL);
}

bool weir_plan_take_before(struct weir_plan *p, const struct weir_plan *span)
{
	uint32_t *groups = map_groups(p, span);
	weir_range_clear(&p->before);
	bool ok = groups && weir_slab_reserve(&p->before.slab, p->groups.n);
	for (uint32_t g = WEIR_GROUP_TOTAL; ok && g < span->totals.n && g < span->groups.n; g++)
		if (span->totals.rows[g])
			ok = weir_slab_merge(&p->before.slab, groups[g], &span->totals, g);
	free(groups);
	return ok;
}

/* What either let go of for want of memory is missing in both. */
static bool merge_shed(struct weir_plan *p, struct weir_plan *other)
{
	if (p->too_many || other->too_many)
		return weir_plan_give_up(p, p->too_many > other->too_many ? p->too_many : other->too_many);
	p->ahead_us = p->ahead_us < other->ahead_us ? p->ahead_us : other->ahead_us;
	p->change_gone |= other->change_gone;
	p->keeps_panes &= other->keeps_panes;
	if (!p->keeps_panes)
		return weir_panes_empty(&p->panes);
	if (other->shed_until_us != WEIR_TIME_NONE && !weir_plan_shed_below(p, other->dropped_below))
		return false;
	return weir_panes_drop(&p->panes, INT64_MIN, p->dropped_below);
}

enum weir_status weir_plan_merge(struct weir_plan *p, struct weir_plan *other, struct weir_error *err)
{
	uint32_t *groups = map_groups(p, other), *partitions = weir_calloc(other->n_partitions + 1, sizeof *partitions);
	bool ok = groups && partitions && merge(p, other, groups, partitions) && merge_shed(p, other) &&
		  weir_plan_fit_memory(p);
	free(groups);
	free(partitions);
	if (!weir_plan_unread(p).any)
		p->unread = weir_plan_unread(other);
	p->parts = 1;
	weir_plan_settle(p);
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory while computing the view");
}
