/* Whole tables of counts into a quantile's pages. */
#include "query/measure/quantile_page.h"

typedef uint16_t words __attribute__((vector_size(16)));

enum { LANES = sizeof(words) / sizeof(uint16_t) };

static bool any_in(const uint16_t *counts)
{
	words any = {0}, v;
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i += LANES) {
		memcpy(&v, counts + i, sizeof v);
		any |= v;
	}
	uint64_t halves[2];
	memcpy(halves, &any, sizeof halves);
	return (halves[0] | halves[1]) != 0;
}

/* False: a sum does not fit, and nothing was added. */
static bool add_narrow(uint16_t *into, const uint16_t *counts)
{
	uint16_t sums[WEIR_QUANTILE_PAGE];
	words over = {0}, a, b;
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i += LANES) {
		memcpy(&a, into + i, sizeof a);
		memcpy(&b, counts + i, sizeof b);
		b += a;
		over |= (words)(b < a);
		memcpy(sums + i, &b, sizeof b);
	}
	uint64_t halves[2];
	memcpy(halves, &over, sizeof halves);
	if (halves[0] | halves[1])
		return false;
	memcpy(into, sums, sizeof sums);
	return true;
}

static bool add_page(struct weir_quantile_side *s, int octave, const uint16_t *counts, struct weir_budget *budget)
{
	if (!any_in(counts))
		return true;
	struct weir_quantile_page **at = weir_quantile_page_at(s, octave, budget);
	if (!at)
		return false;
	if (!(*at)->wide && add_narrow((*at)->narrow, counts))
		return true;
	if (!(*at)->wide && !weir_quantile_page_widen(at, budget))
		return false;
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i++)
		(*at)->count[i] += counts[i];
	return true;
}

bool weir_quantile_add_counts(struct weir_quantile *q, const struct weir_quantile_counts *from,
			      struct weir_budget *budget)
{
	uint16_t zero[WEIR_QUANTILE_PAGE] = {from->zeros};
	if (!from->n)
		return true;
	if (!q->histogram && !weir_quantile_to_histogram(q, budget))
		return false;
	bool ok = add_page(q->histogram, 0, zero, budget);
	for (uint32_t o = 0; ok && o < from->n_octaves; o++)
		ok = add_page(q->histogram, from->low_octave + (int)o, from->counts + (size_t)o * WEIR_QUANTILE_PAGE,
			      budget);
	if (!ok)
		return false;
	q->min = q->n && q->min < from->min ? q->min : from->min;
	q->max = q->n && q->max > from->max ? q->max : from->max;
	q->n += from->n;
	return true;
}
