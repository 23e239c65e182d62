/* Whether a change is more than chance explains: whether the values of the two periods lie further apart than three standard
 * errors of their difference.
 *
 *   totals    count, sum, rate: the panes of a period are taken for repetitions, and tell how unevenly its total comes about (batch
 *             means: A. M. Law, Simulation Modeling and Analysis, 5th edition, 2015, 9.5.3). Counts vary no less than those of
 *             events that have nothing to do with each other (Poisson: by the root of the count), which is all that is asked of
 *             them where there are few panes.
 *   means     avg: a ratio of two such totals, with its linearised variance (W. G. Cochran, Sampling Techniques, 3rd edition, 1977,
 *             2.11).
 *   quantiles the values at the ranks between which the quantile lies, whatever the distribution (aggregate/quantile.c). Two such
 *             intervals make one of the difference by their distances (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008,
 *             1693-1702).
 *
 * Of a window that grows the earlier period has no panes: then it is known of counts, as where there are few panes, and of quantiles.
 *
 * Nothing is known of other measures. Rows are taken to be independent from pane to pane: where that is wrong for hours at a
 * time, a tide of the day may pass for a change. */
#include "query/result/result.h"

#include <math.h>

#define SIGMAS 3.0
enum { LEAST_PANES = 10 }; /* fewer repetitions say little about the next one */

/* A measure of a group over n_panes panes, n of which have rows of it. */
struct course {
	const struct weir_plan *plan;
	uint32_t measure, n;
	const uint32_t *cells;
	double n_panes;
};

struct estimate {
	double value, variance;
};

/* What a pane adds, and for how much it counts: a total as one pane, a mean by its values. False: nothing. */
static bool pane_amount(const struct course *c, uint32_t i, double *amount, double *weight)
{
	const struct weir_plan *p = c->plan;
	struct weir_value v = weir_measure_value(p, c->measure, &p->panes.slab, c->cells[i], 1);
	*amount = weir_value_number(&v);
	*weight = 1;
	if (p->measures[c->measure].ast->aggregate->noise == WEIR_NOISE_MEAN) {
		*weight = (double)weir_measure_state(p, c->measure, &p->panes.slab, c->cells[i], 1).n;
		*amount *= *weight;
	}
	return !isnan(*amount);
}

static bool is_count(const struct weir_plan *p, uint32_t measure)
{
	const struct weir_measure_ast *ast = p->measures[measure].ast;
	return ast->aggregate->counts || !ast->argument;
}

static bool estimate(const struct course *c, struct estimate *out)
{
	bool mean = c->plan->measures[c->measure].ast->aggregate->noise == WEIR_NOISE_MEAN;
	bool count = is_count(c->plan, c->measure);
	double sum = 0, weights = 0, squares = 0, amount, weight;
	uint32_t used = 0;
	for (uint32_t i = 0; i < c->n; i++)
		if (pane_amount(c, i, &amount, &weight)) {
			sum += amount;
			weights += weight;
			used++;
		}
	double n = c->n_panes, ratio = mean ? sum / weights : sum / n;
	for (uint32_t i = 0; i < c->n; i++)
		if (pane_amount(c, i, &amount, &weight))
			squares += (amount - ratio * weight) * (amount - ratio * weight);
	squares += mean ? 0 : (n - used) * ratio * ratio; /* panes without a row are repetitions of a total, too */
	double between = n / (n - 1) * squares;
	*out = (struct estimate){mean ? ratio : sum, mean ? between / (weights * weights) : between};
	if (count)
		out->variance = n >= LEAST_PANES && between > sum ? between : sum;
	return isfinite(out->value) && isfinite(out->variance) && (count || n >= LEAST_PANES);
}

/* Cells of the group in the panes [low, high]; *n of them, from `out` on, which has room. */
static void find_cells(const struct weir_plan *p, uint32_t group, int64_t low, int64_t high, uint32_t *out, uint32_t *n)
{
	*n = 0;
	for (uint32_t i = weir_panes_first(&p->panes, low); i < p->panes.n && p->panes.panes[i]->index <= high; i++) {
		uint32_t cell = weir_pane_cell(p->panes.panes[i], group);
		if (cell != UINT32_MAX)
			out[(*n)++] = cell;
	}
}

static double margin_of(double now, double before, double allowance)
{
	double larger = fmax(fabs(now), fabs(before));
	return larger > 0 ? (fabs(now - before) - allowance) / larger : 0;
}

/* Without panes of the earlier period, counts are all that something is known of. */
static bool counted_margin(struct weir_build *b, uint32_t measure, uint32_t group, const struct weir_slab *slab,
			   uint32_t slot, double *margin)
{
	const struct weir_plan *p = b->plan;
	const struct weir_slab *earlier = &p->before.slab;
	uint32_t was = group < earlier->n ? group : WEIR_GROUP_NONE;
	struct weir_value now = weir_measure_value(p, measure, slab, slot, 1),
			  before = weir_measure_value(p, measure, earlier, was, 1);
	double a = weir_value_number(&now), c = weir_value_number(&before);
	*margin = margin_of(a, c, SIGMAS * sqrt(a + c));
	return is_count(p, measure);
}

static bool repeated_margin(struct weir_build *b, uint32_t measure, uint32_t group, double *margin)
{
	const struct weir_plan *p = b->plan;
	int64_t last = b->part_high;
	struct course now = {.plan = p, .measure = measure, .n_panes = (double)(last - b->low + 1)}, before = now;
	struct estimate a, c;
	if (!b->cells && !(b->cells = weir_arena_alloc(&b->result->arena, ((size_t)p->panes.n + 1) * sizeof *b->cells)))
		return false;
	find_cells(p, group, b->low, last, b->cells, &now.n);
	now.cells = b->cells;
	bool known = estimate(&now, &a);
	find_cells(p, group, b->low - b->back, last - b->back, b->cells, &before.n);
	before.cells = b->cells;
	if (!known || !estimate(&before, &c))
		return false;
	*margin = margin_of(a.value, c.value, SIGMAS * sqrt(a.variance + c.variance));
	return true;
}

static bool ranked_margin(struct weir_build *b, uint32_t measure, uint32_t group, const struct weir_slab *slab,
			  uint32_t slot, double *margin)
{
	const struct weir_plan *p = b->plan;
	const struct weir_aggregate *kind = p->measures[measure].ast->aggregate;
	const struct weir_slab *earlier = &p->before.slab;
	uint32_t was = group < earlier->n ? group : WEIR_GROUP_NONE;
	struct weir_value now = weir_measure_value(p, measure, slab, slot, 1),
			  before = weir_measure_value(p, measure, earlier, was, 1);
	if (now.type == WEIR_NULL || before.type == WEIR_NULL)
		return false;
	struct weir_aggregate_state is = weir_measure_state(p, measure, slab, slot, 1),
				    been = weir_measure_state(p, measure, earlier, was, 1);
	double a = weir_value_number(&now), c = weir_value_number(&before), low, high, low_before, high_before;
	kind->interval(&is, SIGMAS, &low, &high);
	kind->interval(&been, SIGMAS, &low_before, &high_before);
	*margin = margin_of(a, c, a > c ? hypot(a - low, high_before - c) : hypot(high - a, c - low_before));
	return true;
}

bool weir_build_margin(struct weir_build *b, uint32_t measure, uint32_t group, const struct weir_slab *slab,
		       uint32_t slot, double *margin)
{
	switch (b->plan->measures[measure].ast->aggregate->noise) {
	case WEIR_NOISE_TOTAL:
	case WEIR_NOISE_MEAN:
		if (b->plan->mode != WEIR_PLAN_RANGED)
			return counted_margin(b, measure, group, slab, slot, margin);
		return repeated_margin(b, measure, group, margin);
	case WEIR_NOISE_RANKED:
		return ranked_margin(b, measure, group, slab, slot, margin);
	case WEIR_NOISE_UNKNOWN:
		break;
	}
	return false;
}
