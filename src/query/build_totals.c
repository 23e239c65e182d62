#include "query/result_build.h"

/* All groups less the shown ones. What cannot be taken away is merged from the rest. */
static bool build_others(struct weir_build *b)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	uint64_t stale = 0;
	if (!p->n_groups || r->n_rows >= r->n_rows_total)
		return true;
	weir_slab_clear(&p->scratch, 0);
	if (!weir_slab_merge(&p->scratch, 0, b->slab, WEIR_GROUP_TOTAL))
		return false;
	for (uint32_t i = 0; i < r->n_rows; i++)
		if (!weir_slab_subtract(&p->scratch, 0, b->slab, b->shown[i].slot, &stale))
			return false;
	if (stale) {
		uint8_t *shown = weir_arena_zalloc(&r->arena, b->slab->n);
		if (!shown)
			return false;
		for (uint32_t i = 0; i < r->n_rows; i++)
			shown[b->shown[i].slot] = 1;
		weir_slab_clear_some(&p->scratch, 0, stale);
		for (uint32_t g = WEIR_GROUP_FIRST; g < b->slab->n; g++)
			if (b->slab->rows[g] && !shown[g] && !weir_slab_merge_some(&p->scratch, 0, b->slab, g, stale))
				return false;
	}
	r->has_others = true;
	r->others = (struct weir_result_row){.window_start_us = WEIR_TIME_NONE, .window_end_us = WEIR_TIME_NONE};
	r->others.rows = p->scratch.rows[0];
	return weir_build_measures(b, &p->scratch, 0, b->seconds, &r->others.measures);
}

/* Measures of the window before; NULL all of them when nothing is known of it. */
static bool build_previous(struct weir_build *b, uint32_t group, const struct weir_value **out)
{
	struct weir_plan *p = b->plan;
	const struct weir_slab *slab = &p->before.slab;
	bool known = p->mode == WEIR_PLAN_RANGED && slab->rows[WEIR_GROUP_TOTAL];
	if (known && group < slab->n)
		return weir_build_measures(b, slab, group, b->seconds, out);
	struct weir_value *values = weir_arena_zalloc(&b->result->arena, p->n_measures * sizeof *values);
	for (uint32_t i = 0; values && known && i < p->n_measures; i++) { /* a group that is new in this window */
		enum weir_aggregate_kind kind = p->measures[i].ast->kind;
		if (kind == WEIR_AGG_COUNT || kind == WEIR_AGG_COUNT_X || kind == WEIR_AGG_DISTINCT)
			values[i] = (struct weir_value){.type = WEIR_INT64, .i = 0};
	}
	*out = values;
	return values != NULL;
}

bool weir_build_totals(struct weir_build *b)
{
	struct weir_result *r = b->result;
	struct weir_result_row *rows = weir_arena_alloc(&r->arena, (r->n_rows + 1) * sizeof *rows);
	if (!rows)
		return false;
	r->total = (struct weir_result_row){.window_start_us = WEIR_TIME_NONE,
					    .window_end_us = WEIR_TIME_NONE,
					    .rows = b->slab->rows[WEIR_GROUP_TOTAL]};
	if (!weir_build_measures(b, b->slab, WEIR_GROUP_TOTAL, b->seconds, &r->total.measures) ||
	    !build_previous(b, WEIR_GROUP_TOTAL, &r->total.previous) || !build_others(b))
		return false;
	for (uint32_t i = 0; i < r->n_rows; i++) {
		rows[i] = r->rows[i];
		if (!build_previous(b, b->shown[i].group, &rows[i].previous))
			return false;
	}
	r->rows = rows;
	return true;
}
