/* The total of all groups, and of those that are not looked at. */
#include "query/result/result.h"

/* All groups less those that are looked at. What cannot be taken away is merged from the rest. */
static bool build_others(struct weir_build *b)
{
	struct weir_plan *p = b->plan;
	struct weir_result *r = b->result;
	uint64_t stale = 0;
	const struct weir_result_request *q = b->request;
	r->seen_from = q->seen_rows && q->seen_from < r->n_rows ? q->seen_from : 0;
	r->seen_rows = r->n_rows - r->seen_from;
	if (q->seen_rows && q->seen_rows < r->seen_rows)
		r->seen_rows = q->seen_rows;
	const struct weir_ranked *seen = b->shown + r->seen_from;
	if (!p->n_groups || r->seen_rows >= r->n_rows_total)
		return true;
	weir_slab_clear(&p->scratch, 0);
	if (!weir_slab_merge(&p->scratch, 0, b->slab, WEIR_GROUP_TOTAL))
		return false;
	for (uint32_t i = 0; i < r->seen_rows; i++)
		if (!weir_slab_subtract(&p->scratch, 0, b->slab, seen[i].slot, &stale))
			return false;
	if (stale) {
		uint8_t *shown = weir_arena_zalloc(&r->arena, b->slab->n);
		if (!shown)
			return false;
		for (uint32_t i = 0; i < r->seen_rows; i++)
			shown[seen[i].slot] = 1;
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

static bool build_totals(struct weir_build *b)
{
	static const struct weir_ranked total = {WEIR_GROUP_TOTAL, WEIR_GROUP_TOTAL};
	struct weir_result *r = b->result;
	struct weir_result_row *rows = weir_arena_alloc(&r->arena, (r->n_rows + 1) * sizeof *rows);
	if (!rows)
		return false;
	r->total = (struct weir_result_row){.window_start_us = WEIR_TIME_NONE,
					    .window_end_us = WEIR_TIME_NONE,
					    .rows = b->slab->rows[WEIR_GROUP_TOTAL]};
	if (!weir_build_measures(b, b->slab, WEIR_GROUP_TOTAL, b->seconds, &r->total.measures) ||
	    !weir_build_change(b, total, &r->total) || !build_others(b))
		return false;
	for (uint32_t i = 0; i < r->n_rows; i++) {
		rows[i] = r->rows[i];
		if (!weir_build_change(b, b->shown[i], rows + i))
			return false;
	}
	r->rows = rows;
	return true;
}

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	(void)out;
	return build_totals(b) ? WEIR_OK
			       : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for the totals of a result");
}

const struct weir_extra weir_extra_totals = {.name = "totals", .ahead = true, .live = true, .build = build};
