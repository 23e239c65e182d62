/* Sparklines and series: measures by bucket of time, merged from panes. */
#include "query/result/result.h"

#include <math.h>

/* Buckets are `panes_each` panes from pane `low` on. */
struct buckets {
	int64_t low, panes_each;
	uint32_t n;
	double seconds;
	uint32_t measure;
};

static bool choose_buckets(struct weir_build *b, struct buckets *k)
{
	struct weir_plan *p = b->plan;
	int64_t low, high;
	weir_panes_sort(&p->panes);
	if (p->mode == WEIR_PLAN_RANGED) {
		low = p->now.low;
		high = p->now.high;
		low = weir_plan_shown_from(p, low, p->window.hop_us / p->panes.width_us);
		int64_t begun =
		    b->result->covered_from_us; /* the axis begins with the stream, and grows to the window */
		if (begun != WEIR_TIME_NONE && weir_panes_index(&p->panes, begun) > low)
			low = weir_panes_index(&p->panes, begun);
		low = low > high ? high : low;
	} else if (p->panes.n) {
		low = p->panes.panes[0]->index;
		high = p->panes.panes[p->panes.n - 1]->index;
	} else {
		return false;
	}
	int64_t n = high - low + 1;
	if (n <= 0)
		return false;
	uint32_t most = b->request->chart_buckets ? b->request->chart_buckets : p->chart_buckets;
	int64_t width = p->panes.width_us, few = most + most / 2; /* round lengths lie far apart */
	int64_t least = (n + few - 1) / few * width, round = weir_round_length(least, width);
	k->panes_each = (round ? round : least) / width;
	/* Buckets start at multiples of their length: a picture that slides does not flicker, and has round times. */
	k->low = weir_floor_div(low, k->panes_each) * k->panes_each;
	k->n = (uint32_t)((high - k->low) / k->panes_each + 1);
	k->seconds = (double)(k->panes_each * p->panes.width_us) / (double)WEIR_US_PER_S;
	k->measure = b->result->sort_measure < p->n_measures ? b->result->sort_measure : 0;
	return true;
}

/* A group's accumulators in a bucket: the slot of the slab they are in, UINT32_MAX when it has no rows there. Several
 * panes are merged in `spare` of the scratch slab. */
static bool bucket_slot(struct weir_plan *p, const struct buckets *k, uint32_t bucket, uint32_t group, uint32_t spare,
			const struct weir_slab **slab, uint32_t *slot)
{
	uint32_t found = 0;
	*slab = &p->panes.slab;
	*slot = UINT32_MAX;
	for (int64_t i = 0; i < k->panes_each; i++) {
		const struct weir_pane *pane = weir_panes_find(&p->panes, k->low + bucket * k->panes_each + i);
		uint32_t cell = pane ? weir_pane_cell(pane, group) : UINT32_MAX;
		if (cell == UINT32_MAX || !weir_slab_has_rows(&p->panes.slab, cell))
			continue;
		if (found++ == 0) {
			*slot = cell;
			continue;
		}
		if (*slab == &p->panes.slab) {
			weir_slab_clear(&p->scratch, spare);
			if (!weir_slab_merge(&p->scratch, spare, *slab, *slot))
				return false;
			*slab = &p->scratch;
			*slot = spare;
		}
		if (!weir_slab_merge(&p->scratch, spare, &p->panes.slab, cell))
			return false;
	}
	return true;
}

static bool spark_of(struct weir_build *b, const struct buckets *k, uint32_t group, uint32_t measure, double **out)
{
	double *values = weir_arena_alloc(&b->result->arena, k->n * sizeof *values);
	for (uint32_t i = 0; values && i < k->n; i++) {
		const struct weir_slab *slab;
		uint32_t slot;
		if (!bucket_slot(b->plan, k, i, group, 0, &slab, &slot))
			return false;
		values[i] = NAN;
		if (slot != UINT32_MAX) {
			struct weir_value v = weir_measure_value(b->plan, measure, slab, slot, k->seconds);
			values[i] = weir_value_number(&v);
		}
	}
	*out = values;
	return values != NULL;
}

/* All rows of the bucket, as it was so many panes before, are held and were seen, and it is over. */
static bool was_whole(const struct weir_build *b, const struct buckets *k, uint32_t bucket)
{
	const struct weir_plan *p = b->plan;
	int64_t low = k->low + bucket * k->panes_each, covered = b->result->covered_from_us;
	int64_t from = weir_panes_start(&p->panes, low), until = weir_panes_start(&p->panes, low + k->panes_each);
	int64_t newest = weir_build_newest_us(b);
	return low >= p->dropped_below && (until <= p->hole_from_us || from >= p->hole_until_us) &&
	       until <= (b->result->moment_us > newest ? b->result->moment_us : newest) &&
	       (covered == WEIR_TIME_NONE || covered - p->panes.right_closed <= from);
}

/* The same measure in the compared period, bucket over bucket. */
static bool ghost_of(struct weir_build *b, const struct buckets *k, uint32_t group, const double **out)
{
	struct buckets then = *k;
	double *values;
	if (b->plan->mode != WEIR_PLAN_RANGED || !weir_plan_compares(b->plan))
		return true;
	then.low -= b->back;
	if (!spark_of(b, &then, group, k->measure, &values))
		return false;
	for (uint32_t i = 0; i < k->n; i++)
		values[i] = was_whole(b, &then, i) ? values[i] : NAN;
	*out = values;
	return true;
}

static bool total_sparks(struct weir_build *b, const struct buckets *k)
{
	struct weir_result *r = b->result;
	const double **sparks = weir_arena_alloc(&r->arena, r->n_measures * sizeof *sparks);
	uint64_t *rows = weir_arena_zalloc(&r->arena, k->n * sizeof *rows);
	if (!sparks || !rows)
		return false;
	for (uint32_t m = 0; m < r->n_measures; m++) {
		double *values;
		if (!spark_of(b, k, WEIR_GROUP_TOTAL, m, &values))
			return false;
		sparks[m] = values;
	}
	for (uint32_t i = 0; i < b->plan->panes.n; i++) {
		const struct weir_pane *pane = b->plan->panes.panes[i];
		uint32_t cell = weir_pane_cell(pane, WEIR_GROUP_TOTAL);
		int64_t bucket = (pane->index - k->low) / k->panes_each;
		if (pane->index >= k->low && bucket < k->n && cell != UINT32_MAX)
			rows[bucket] += b->plan->panes.slab.rows[cell];
	}
	r->total_spark = sparks;
	r->total.spark = sparks[k->measure];
	r->bucket_rows = rows;
	return true;
}

static bool is_stale(const struct weir_plan *p, const struct weir_measure *m, uint64_t stale)
{
	for (uint32_t i = 0; i < WEIR_AGGREGATE_ACCUMULATORS; i++)
		if (m->accumulators[i] != WEIR_NO_ACCUMULATOR && p->accumulators[m->accumulators[i]].stale_bit & stale)
			return true;
	return false;
}

/* The groups that are not named: all less the named ones, where the measure can be taken apart like that. */
static bool others_of(struct weir_build *b, const struct buckets *k, uint32_t n_named, double **out)
{
	struct weir_plan *p = b->plan;
	double *values = weir_arena_alloc(&b->result->arena, k->n * sizeof *values);
	for (uint32_t i = 0; values && i < k->n; i++) {
		const struct weir_slab *slab;
		uint32_t slot;
		uint64_t stale = 0;
		values[i] = NAN;
		if (!bucket_slot(p, k, i, WEIR_GROUP_TOTAL, 0, &slab, &slot))
			return false;
		if (slot == UINT32_MAX)
			continue;
		if (slab != &p->scratch) {
			weir_slab_clear(&p->scratch, 0);
			if (!weir_slab_merge(&p->scratch, 0, slab, slot))
				return false;
		}
		for (uint32_t g = 0; g < n_named; g++)
			if (!bucket_slot(p, k, i, b->shown[g].group, 1, &slab, &slot) ||
			    (slot != UINT32_MAX && !weir_slab_subtract(&p->scratch, 0, slab, slot, &stale)))
				return false;
		const struct weir_measure *m = p->measures + k->measure;
		if (!p->scratch.rows[0] || is_stale(p, m, stale))
			continue;
		struct weir_value v = weir_measure_value(p, k->measure, &p->scratch, 0, k->seconds);
		values[i] = weir_value_number(&v);
	}
	*out = values;
	return values != NULL;
}

static struct weir_str group_name(struct weir_build *b, const struct weir_result_row *row)
{
	struct weir_buf text = {0};
	for (uint32_t i = 0; i < b->result->n_groups; i++) {
		if (i)
			weir_buf_add_c(&text, ", ");
		if (row->groups[i].type == WEIR_NULL)
			weir_buf_add_c(&text, "null");
		else
			weir_value_text(row->groups + i, &text);
	}
	struct weir_str name =
	    text.failed ? (struct weir_str){0} : weir_arena_str(&b->result->arena, weir_buf_str(&text));
	weir_buf_release(&text);
	return name;
}

static bool build_series(struct weir_build *b, const struct buckets *k)
{
	struct weir_result *r = b->result;
	uint32_t n_named = !r->n_groups ? 0 : r->n_rows < WEIR_SERIES ? r->n_rows : WEIR_SERIES;
	struct weir_result_series *series = weir_arena_zalloc(&r->arena, (n_named + 2) * sizeof *series);
	if (!series)
		return false;
	for (uint32_t i = 0; i < n_named; i++) {
		series[i] = (struct weir_result_series){
		    .name = group_name(b, r->rows + i), .row = i, .values = r->rows[i].spark};
		if (!series[i].name.data || !ghost_of(b, k, b->shown[i].group, &series[i].ghost))
			return false;
	}
	r->n_series = n_named;
	if (n_named && r->n_rows_total > n_named) {
		double *values;
		if (!others_of(b, k, n_named, &values))
			return false;
		series[r->n_series++] =
		    (struct weir_result_series){.name = WEIR_STR("others"), .row = UINT32_MAX, .values = values};
	}
	series[r->n_series++] = (struct weir_result_series){
	    .name = r->measures[k->measure].name, .row = UINT32_MAX, .values = r->total_spark[k->measure]};
	r->series = series;
	return ghost_of(b, k, WEIR_GROUP_TOTAL, &series[r->n_series - 1].ghost);
}

static bool build_chart(struct weir_build *b)
{
	struct weir_result *r = b->result;
	struct buckets k = {0};
	if (!b->plan->chart_buckets || !choose_buckets(b, &k))
		return true;
	r->n_buckets = k.n;
	r->bucket_start_us = weir_panes_start(&b->plan->panes, k.low);
	r->bucket_us = k.panes_each * b->plan->panes.width_us;
	r->first_bucket_partial =
	    k.low < b->plan->dropped_below || (r->covered_from_us != WEIR_TIME_NONE &&
					       r->covered_from_us > r->bucket_start_us + b->plan->panes.right_closed);
	r->last_bucket_partial =
	    r->moment_us != WEIR_TIME_NONE && r->moment_us < r->bucket_start_us + r->n_buckets * r->bucket_us;
	struct weir_result_row *rows = weir_arena_alloc(&r->arena, (r->n_rows + 1) * sizeof *rows);
	if (!rows || !total_sparks(b, &k))
		return false;
	for (uint32_t i = 0; i < r->n_rows; i++) {
		double *values;
		if (!spark_of(b, &k, b->shown[i].group, k.measure, &values))
			return false;
		rows[i] = r->rows[i];
		rows[i].spark = values;
	}
	r->rows = rows;
	return build_series(b, &k);
}

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	(void)out;
	return build_chart(b) ? WEIR_OK
			      : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for the series of a result");
}

const struct weir_extra weir_extra_series = {.name = "series", .ahead = true, .live = true, .build = build};
