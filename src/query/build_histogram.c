#include "query/result_build.h"

#include <math.h>

enum { BINS = 50 };

struct ladder { /* counts below each edge, filled in rising order of buckets */
	const double *edges;
	double *below;
	uint32_t n_edges;
};

/* A bucket is spread evenly over its width, so that bins of another width show no beat. */
static void spread(void *ctx, double low, double high, uint64_t count)
{
	struct ladder *l = ctx;
	for (uint32_t i = 0; i < l->n_edges; i++) {
		double part = l->edges[i] <= low		  ? 0
			      : l->edges[i] > high || high <= low ? 1
								  : (l->edges[i] - low) / (high - low);
		l->below[i] += part * (double)count;
	}
}

static double nice_step(double width)
{
	double power = pow(10, floor(log10(width)));
	double of = width / power;
	return power * (of <= 1 ? 1 : of <= 2 ? 2 : of <= 2.5 ? 2.5 : of <= 5 ? 5 : 10);
}

static uint32_t linear_edges(double min, double max, bool integers, double *edges)
{
	double step = max > min ? nice_step((max - min) / BINS) : 1;
	if (integers && step < 1)
		step = 1;
	double first = floor(min / step);
	uint32_t n = 0;
	do {
		edges[n] = (first + n) * step;
		n++;
	} while (edges[n - 1] <= max && n < 2 * BINS);
	return n;
}

static uint32_t log_edges(double min, double max, double *edges)
{
	double decades = log10(max / min);
	double each = decades <= 2.5 ? 20 : decades <= 5 ? 10 : decades <= 10 ? 5 : 2;
	double first = floor(log10(min) * each);
	uint32_t n = 0;
	do {
		edges[n] = pow(10, (first + n) / each);
		n++;
	} while (edges[n - 1] <= max && n < 2 * BINS);
	return n;
}

/* Skewed to the right and all positive: the upper half is far longer than the lower one. */
static bool is_skewed(const struct weir_quantile *q)
{
	double middle = weir_quantile_value(q, 0.5);
	return q->min > 0 && q->max / q->min > 30 && q->max - middle > 8 * (middle - q->min);
}

bool weir_build_histogram(struct weir_build *b)
{
	const struct weir_plan *p = b->plan;
	struct weir_result_histogram *h = &b->result->histogram;
	double edges[2 * BINS + 1], below[2 * BINS + 1] = {0};
	if (p->histogram == WEIR_NO_PART)
		return true;
	const struct weir_quantile *q = weir_slab_item(b->slab, p->histogram, WEIR_GROUP_TOTAL);
	h->column = weir_arena_str(&b->result->arena, p->histogram_text);
	h->n = q->n;
	h->n_null = b->slab->rows[WEIR_GROUP_TOTAL] - q->n;
	if (!h->column.data)
		return false;
	if (!q->n || !isfinite(q->min) || !isfinite(q->max))
		return true;
	h->min = q->min;
	h->max = q->max;
	h->p50 = weir_quantile_value(q, 0.5);
	h->p95 = weir_quantile_value(q, 0.95);
	h->p99 = weir_quantile_value(q, 0.99);
	h->logarithmic = is_skewed(q);
	uint32_t n =
	    h->logarithmic ? log_edges(q->min, q->max, edges) : linear_edges(q->min, q->max, q->integers, edges);
	struct ladder ladder = {edges, below, n};
	weir_quantile_walk(q, spread, &ladder);
	double *kept = weir_arena_alloc(&b->result->arena, n * sizeof *kept);
	uint64_t *counts = weir_arena_zalloc(&b->result->arena, n * sizeof *counts);
	if (!kept || !counts)
		return false;
	memcpy(kept, edges, n * sizeof *kept);
	for (uint32_t i = 0; i + 1 < n; i++) {
		double upto = i + 2 == n ? (double)q->n : round(below[i + 1]);
		double from = i ? round(below[i]) : 0;
		counts[i] = upto > from ? (uint64_t)(upto - from) : 0;
	}
	h->n_bins = n - 1;
	h->edges = kept;
	h->counts = counts;
	return true;
}
