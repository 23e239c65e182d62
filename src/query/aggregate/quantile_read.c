/* Reading a quantile: its buckets in order, and the value at a rank. */
#include "query/aggregate/quantile_page.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void walk_side(const struct weir_quantile *q, int side, void (*f)(void *, double, double, uint64_t), void *ctx)
{
	const struct weir_quantile_side *s = q->histogram + side;
	int total = s->n * WEIR_QUANTILE_PAGE;
	for (int k = 0; k < total; k++) {
		int at = side ? total - 1 - k : k;
		int o = at / WEIR_QUANTILE_PAGE;
		unsigned i = (unsigned)at % WEIR_QUANTILE_PAGE;
		if (!s->pages[o]) {
			k += WEIR_QUANTILE_PAGE - 1;
			continue;
		}
		uint64_t count = page_get(s->pages[o], i);
		if (!count)
			continue;
		double low = edge_of(s->low + o, i), high = edge_of(s->low + o, i + 1);
		if (low == 0) /* zero, and what is next to nothing */
			high = 0;
		if (q->integers) {
			low = ceil(low);
			high = fmax(ceil(high) - 1, low);
		}
		f(ctx, fmax(side ? -high : low, q->min), fmin(side ? -low : high, q->max), count);
	}
}

void weir_quantile_walk(const struct weir_quantile *q, void (*f)(void *ctx, double low, double high, uint64_t count),
			void *ctx)
{
	if (q->histogram) {
		walk_side(q, 1, f, ctx);
		walk_side(q, 0, f, ctx);
	} else if (q->n) {
		double sorted[WEIR_QUANTILE_LIST];
		memcpy(sorted, q->list, q->n * sizeof *sorted);
		qsort(sorted, q->n, sizeof *sorted, by_value);
		for (uint64_t i = 0; i < q->n; i++)
			f(ctx, sorted[i], sorted[i], 1);
	}
}

struct seek {
	uint64_t left; /* ranks to go */
	double value;
	bool found;
};

static void seek_rank(void *ctx, double low, double high, uint64_t count)
{
	struct seek *s = ctx;
	if (s->found)
		return;
	s->found = s->left <= count;
	if (s->found)
		s->value = low + (high - low) / 2;
	else
		s->left -= count;
}

double weir_quantile_value(const struct weir_quantile *q, double p)
{
	if (!q->n)
		return NAN;
	/* p is a decimal fraction that doubles miss by an ulp: 0.07 * 100 must be rank 7, not 8. */
	double exact = p * (double)q->n;
	double rank = ceil(exact - exact * 0x1p-50);
	if (rank <= 1)
		return q->min;
	if (rank >= (double)q->n)
		return q->max;
	struct seek s = {.left = (uint64_t)rank};
	weir_quantile_walk(q, seek_rank, &s);
	return s.found ? s.value : q->max;
}
