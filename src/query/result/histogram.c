/* The histogram: the values of one input in bins of round edges, from the buckets of its quantile. */
#include "query/result/result.h"

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
		double part =
		    l->edges[i] <= low ? 0
		    : l->edges[i] > high || high <= low
			? 1
			: (l->edges[i] / 2 - low / 2) / (high / 2 - low / 2); /* the whole span may be infinite */
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
	double step = max > min ? nice_step(max / BINS - min / BINS) : 1;
	uint32_t n = 0;
	if (integers && step < 1)
		step = 1;
	if (integers && step == 1 && fabs(min) < 1e15 &&
	    fabs(max) < 1e15) { /* each number has a bin of its own, and stands in its middle */
		do {
			edges[n] = min - 0.5 + n;
			n++;
		} while (min - 0.5 + n < max + 1);
		return n;
	}
	double first = floor(min / step);
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

/* Nothing is drawn where no value can be. */
static uint32_t cut_ends(double min, double max, double *edges, uint32_t n)
{
	if (edges[0] < min)
		edges[0] = min;
	if (n > 2 && edges[n - 2] >= max)
		n--;
	if (edges[n - 1] > max)
		edges[n - 1] = max;
	return n;
}

static uint32_t find_edges(const struct weir_quantile *q, bool logarithmic, double *edges)
{
	if (q->min == q->max) {
		edges[0] = edges[1] = q->min;
		return 2;
	}
	uint32_t n = logarithmic ? log_edges(q->min, q->max, edges) : linear_edges(q->min, q->max, q->integers, edges);
	bool centred = n > 1 && !logarithmic && q->integers && edges[0] < q->min && edges[1] - edges[0] == 1;
	return centred ? n : cut_ends(q->min, q->max, edges, n);
}

/* Skewed to the right and all positive: the upper half is far longer than the lower one. */
static bool is_skewed(const struct weir_quantile *q)
{
	double middle = weir_quantile_value(q, 0.5);
	return q->min > 0 && q->max / q->min > 30 && q->max - middle > 8 * (middle - q->min);
}

static bool build_histogram(struct weir_build *b)
{
	const struct weir_plan *p = b->plan;
	struct weir_result_histogram *h = &b->result->histogram;
	double edges[2 * BINS + 1], below[2 * BINS + 1] = {0};
	if (p->histogram == WEIR_NO_ACCUMULATOR || p->weights.histogram)
		return true;
	const struct weir_quantile *q = weir_slab_at(b->slab, p->histogram, WEIR_GROUP_TOTAL);
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
	uint32_t n = find_edges(q, h->logarithmic, edges);
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

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	(void)out;
	return build_histogram(b)
		   ? WEIR_OK
		   : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for the histogram of a result");
}

const struct weir_extra weir_extra_histogram = {.name = "histogram", .ahead = true, .live = true, .build = build};
