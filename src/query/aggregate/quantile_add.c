/* Values into a quantile: the list, then the histogram and its pages. */
#include "query/aggregate/quantile_page.h"

#include <math.h>
#include <stdlib.h>

static size_t page_bytes(bool wide)
{
	size_t head = offsetof(struct weir_quantile_page, narrow);
	return wide ? sizeof(struct weir_quantile_page) : head + sizeof(uint16_t) * WEIR_QUANTILE_PAGE;
}

bool weir_quantile_page_widen(struct weir_quantile_page **at, struct weir_budget *budget)
{
	struct weir_quantile_page *p = *at;
	struct weir_quantile_page *w = weir_calloc(1, page_bytes(true));
	if (!w)
		return false;
	w->wide = true;
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i++)
		w->count[i] = p->narrow[i];
	free(p);
	*at = w;
	weir_budget_charge(budget, weir_heap_bytes(page_bytes(true)) - weir_heap_bytes(page_bytes(false)));
	return true;
}

struct weir_quantile_page **weir_quantile_page_at(struct weir_quantile_side *s, int octave, struct weir_budget *budget)
{
	if (octave < s->low || octave >= s->low + s->n) {
		int from = s->n && s->low < octave ? s->low : octave;
		int to = s->n && s->low + s->n > octave + 1 ? s->low + s->n : octave + 1;
		struct weir_quantile_page **pages =
		    weir_calloc((size_t)(to - from), sizeof(struct weir_quantile_page *));
		if (!pages)
			return NULL;
		if (s->n)
			memcpy(pages + (s->low - from), s->pages, s->n * sizeof(struct weir_quantile_page *));
		free(s->pages);
		weir_budget_charge(budget, weir_heap_bytes(sizeof(struct weir_quantile_page *) * (size_t)(to - from)) -
					       weir_heap_bytes(sizeof(struct weir_quantile_page *) * s->n));
		s->pages = pages;
		s->low = (int16_t)from;
		s->n = (uint16_t)(to - from);
	}
	struct weir_quantile_page **at = s->pages + (octave - s->low);
	if (!*at) {
		*at = weir_calloc(1, page_bytes(false));
		if (!*at)
			return NULL;
		weir_budget_charge(budget, weir_heap_bytes(page_bytes(false)));
	}
	return at;
}

static bool bucket_add(struct weir_quantile *q, bool negative, int octave, unsigned i, uint64_t count,
		       struct weir_budget *budget)
{
	struct weir_quantile_page **at = weir_quantile_page_at(q->histogram + negative, octave, budget);
	if (!at)
		return false;
	if (!(*at)->wide && (*at)->narrow[i] + count > UINT16_MAX && !weir_quantile_page_widen(at, budget))
		return false;
	if ((*at)->wide)
		(*at)->count[i] += count;
	else
		(*at)->narrow[i] = (uint16_t)((*at)->narrow[i] + count);
	return true;
}

bool weir_quantile_to_histogram(struct weir_quantile *q, struct weir_budget *budget)
{
	struct weir_quantile made = {.histogram = weir_calloc(2, sizeof(struct weir_quantile_side))};
	if (!made.histogram)
		return false;
	weir_budget_charge(budget, weir_heap_bytes(2 * sizeof(struct weir_quantile_side)));
	for (uint64_t i = 0; i < q->n; i++) {
		struct weir_quantile_place at = weir_quantile_place_of(q->list[i]);
		if (!bucket_add(&made, at.negative, at.octave, at.i, 1, budget)) {
			weir_quantile_release(&made, budget);
			return false;
		}
	}
	free(q->list);
	weir_budget_charge(budget, -weir_heap_bytes(q->capacity * sizeof *q->list));
	q->list = NULL;
	q->capacity = 0;
	q->histogram = made.histogram;
	return true;
}

static bool list_add(struct weir_quantile *q, double x, struct weir_budget *budget)
{
	if (q->n == q->capacity) {
		uint32_t capacity = q->capacity ? q->capacity * 2 : 4;
		double *list = weir_realloc(q->list, capacity * sizeof *list);
		if (!list)
			return false;
		weir_budget_charge(budget, weir_heap_bytes(capacity * sizeof *list) -
					       weir_heap_bytes(q->capacity * sizeof *list));
		q->list = list;
		q->capacity = capacity;
	}
	q->list[q->n] = x;
	return true;
}

bool weir_quantile_add(struct weir_quantile *q, double x, struct weir_budget *budget)
{
	if (x != x)
		return true;
	if (!q->histogram && q->n < WEIR_QUANTILE_LIST) {
		if (!list_add(q, x, budget))
			return false;
	} else {
		if (!q->histogram && !weir_quantile_to_histogram(q, budget))
			return false;
		struct weir_quantile_place at = weir_quantile_place_of(x);
		if (!bucket_add(q, at.negative, at.octave, at.i, 1, budget))
			return false;
	}
	weir_quantile_widen_range(q, x, x);
	q->n++;
	return true;
}

bool weir_quantile_add_bucket(struct weir_quantile *q, double x, uint64_t n, double min, double max,
			      struct weir_budget *budget)
{
	struct weir_quantile_place at = weir_quantile_place_of(x);
	if (!q->histogram && !weir_quantile_to_histogram(q, budget))
		return false;
	if (n && !bucket_add(q, at.negative, at.octave, at.i, n, budget))
		return false;
	weir_quantile_widen_range(q, min, max);
	q->n += n;
	return true;
}

/* The usual case: the page is there and its narrow count has room. */
static inline bool add_fast(struct weir_quantile *q, double x)
{
	if (!q->histogram || x != x)
		return false;
	struct weir_quantile_place at = weir_quantile_place_of(x);
	const struct weir_quantile_side *s = q->histogram + at.negative;
	unsigned octave = (unsigned)(at.octave - s->low);
	struct weir_quantile_page *p = octave < s->n ? s->pages[octave] : NULL;
	if (!p || p->wide || p->narrow[at.i] == UINT16_MAX)
		return false;
	p->narrow[at.i]++;
	q->n++;
	q->min = x < q->min ? x : q->min;
	q->max = x > q->max ? x : q->max;
	return true;
}

/* Many groups do not fit the caches: the memory of later values is asked for while earlier ones are added. */
enum { AHEAD = 8 };

static inline void prefetch_value(const struct weir_quantile *q, double x)
{
	if (!q->histogram) {
		__builtin_prefetch(q->list + q->n, 1);
		return;
	}
	struct weir_quantile_place at = weir_quantile_place_of(x);
	const struct weir_quantile_side *s = q->histogram + at.negative;
	unsigned octave = (unsigned)(at.octave - s->low);
	if (octave < s->n && s->pages[octave])
		__builtin_prefetch(s->pages[octave]->narrow + at.i, 1);
}

bool weir_quantile_add_all(struct weir_quantile *items, const uint32_t *slots, const double *x, uint32_t n,
			   struct weir_budget *budget)
{
	for (uint32_t i = 0; i < n; i++) {
		if (i + 2 * AHEAD < n) { /* an item may lie in two lines */
			__builtin_prefetch(items + slots[i + 2 * AHEAD], 1);
			__builtin_prefetch(items + slots[i + 2 * AHEAD] + 1, 1);
		}
		if (i + AHEAD < n)
			prefetch_value(items + slots[i + AHEAD], x[i + AHEAD]);
		if (!add_fast(items + slots[i], x[i]) && !weir_quantile_add(items + slots[i], x[i], budget))
			return false;
	}
	return true;
}

void weir_quantile_release(struct weir_quantile *q, struct weir_budget *budget)
{
	int64_t bytes = weir_heap_bytes(q->capacity * sizeof *q->list);
	for (int side = 0; q->histogram && side < 2; side++) {
		struct weir_quantile_side *s = q->histogram + side;
		for (int o = 0; o < s->n; o++)
			if (s->pages[o]) {
				bytes += weir_heap_bytes(page_bytes(s->pages[o]->wide));
				free(s->pages[o]);
			}
		bytes += weir_heap_bytes(s->n * sizeof(struct weir_quantile_page *));
		free(s->pages);
	}
	bytes += q->histogram ? weir_heap_bytes(2 * sizeof *q->histogram) : 0;
	free(q->histogram);
	free(q->list);
	weir_budget_charge(budget, -bytes);
	*q = (struct weir_quantile){0};
}
