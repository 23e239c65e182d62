/* How values are spread over time: the quantiles of the panes, in the bins of the histogram. */
#include "weir/query/heat.h"

#include "query/result/result.h"

struct sieve {
	const double *edges;
	uint32_t n_bins, at; /* the bin that the next value may lie in: they come in rising order */
	double *counts;
};

/* Values that are known to lie in [low, high] are spread evenly over it, as the histogram does. */
static void sift(void *ctx, double low, double high, uint64_t count)
{
	struct sieve *s = ctx;
	while (s->at + 1 < s->n_bins && s->edges[s->at + 1] <= low)
		s->at++;
	double width = high / 2 - low / 2; /* the whole span may be infinite */
	for (uint32_t bin = s->at; bin < s->n_bins; bin++) {
		double until = s->edges[bin + 1], from = bin > s->at ? s->edges[bin] : low;
		bool last = bin + 1 == s->n_bins || high < until || width <= 0;
		s->counts[bin] += (double)count * (width <= 0 ? 1 : ((last ? high : until) / 2 - from / 2) / width);
		if (last)
			return;
	}
}

static void add_panes(const struct weir_build *b, const struct weir_heat *heat, double *counts)
{
	const struct weir_plan *p = b->plan;
	const struct weir_result *r = b->result;
	for (uint32_t i = 0; i < p->panes.n; i++) {
		const struct weir_pane *pane = p->panes.panes[i];
		uint32_t cell = weir_pane_cell(pane, WEIR_GROUP_TOTAL);
		int64_t from_us = weir_panes_start(&p->panes, pane->index) - r->bucket_start_us;
		if (cell == UINT32_MAX || from_us < 0 || from_us / r->bucket_us >= r->n_buckets)
			continue;
		struct sieve s = {r->histogram.edges, heat->n_bins, 0,
				  counts + (size_t)(from_us / r->bucket_us) * heat->n_bins};
		weir_quantile_walk(weir_slab_at(&p->panes.slab, p->histogram, cell), sift, &s);
	}
}

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	const struct weir_result *r = b->result;
	struct weir_heat *heat = weir_arena_zalloc(&b->result->arena, sizeof *heat);
	*out = heat;
	if (heat && (!r->n_buckets || !r->histogram.n_bins))
		return WEIR_OK;
	size_t n = (size_t)r->n_buckets * r->histogram.n_bins;
	double *counts = heat ? weir_arena_zalloc(&b->result->arena, n * sizeof *counts) : NULL;
	if (!counts)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for the heat map of a result");
	*heat = (struct weir_heat){r->n_buckets, r->histogram.n_bins, counts};
	add_panes(b, heat, counts);
	return WEIR_OK;
}

const struct weir_extra weir_extra_heat = {.name = "heat", .live = true, .build = build};
