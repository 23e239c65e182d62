/* Whole pages of counts: added, merged, taken away. */
#include "query/aggregate/quantile_page.h"

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
	weir_quantile_widen_range(q, from->min, from->max);
	q->n += from->n;
	return true;
}

static bool merge_page(struct weir_quantile_side *s, int octave, const struct weir_quantile_page *from,
		       struct weir_budget *budget)
{
	if (!from->wide)
		return add_page(s, octave, from->narrow, budget);
	struct weir_quantile_page **at = weir_quantile_page_at(s, octave, budget);
	if (!at || (!(*at)->wide && !weir_quantile_page_widen(at, budget)))
		return false;
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i++)
		(*at)->count[i] += from->count[i];
	return true;
}

bool weir_quantile_merge(struct weir_quantile *into, const struct weir_quantile *from, struct weir_budget *budget)
{
	into->integers |= from->integers;
	if (!from->n)
		return true;
	if (!from->histogram) {
		for (uint64_t i = 0; i < from->n; i++)
			if (!weir_quantile_add(into, from->list[i], budget))
				return false;
		return true;
	}
	if (!into->histogram && !weir_quantile_to_histogram(into, budget))
		return false;
	for (int side = 0; side < 2; side++) {
		const struct weir_quantile_side *s = from->histogram + side;
		for (int o = 0; o < s->n; o++)
			if (s->pages[o] && !merge_page(into->histogram + side, s->low + o, s->pages[o], budget))
				return false;
	}
	weir_quantile_widen_range(into, from->min, from->max);
	into->n += from->n;
	return true;
}

static void list_take(struct weir_quantile *q, double x)
{
	for (uint64_t i = 0; i < q->n; i++)
		if (q->list[i] == x) {
			q->list[i] = q->list[--q->n];
			return;
		}
}

static void take_value(struct weir_quantile *q, double x)
{
	struct weir_quantile_place at = weir_quantile_place_of(x);
	struct weir_quantile_side *s = q->histogram + at.negative;
	struct weir_quantile_page *p = s->pages[at.octave - s->low];
	if (p->wide)
		p->count[at.i]--;
	else
		p->narrow[at.i]--;
}

static bool any_of(const struct weir_quantile_page *p)
{
	uint64_t any = 0;
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i++)
		any |= page_get(p, i);
	return any != 0;
}

static void take_page(struct weir_quantile_page *p, const struct weir_quantile_page *from)
{
	for (unsigned i = 0; i < WEIR_QUANTILE_PAGE; i++) {
		if (p->wide)
			p->count[i] -= page_get(from, i);
		else
			p->narrow[i] = (uint16_t)(p->narrow[i] - page_get(from, i));
	}
}

bool weir_quantile_subtract(struct weir_quantile *into, const struct weir_quantile *from, bool *stale,
			    struct weir_budget *budget)
{
	if (!from->n)
		return true;
	if (from->histogram && !into->histogram && !weir_quantile_to_histogram(into, budget))
		return false;
	if (from->n >= into->n) {
		bool integers = into->integers;
		weir_quantile_release(into, budget);
		into->integers = integers;
		return true;
	}
	*stale |= from->min <= into->min || from->max >= into->max;
	if (!into->histogram) {
		for (uint64_t i = 0; i < from->n; i++)
			list_take(into, from->list[i]);
		return true;
	}
	into->n -= from->n;
	for (uint64_t i = 0; !from->histogram && i < from->n; i++)
		take_value(into, from->list[i]);
	for (int side = 0; from->histogram && side < 2; side++) {
		const struct weir_quantile_side *s = from->histogram + side;
		struct weir_quantile_side *t = into->histogram + side;
		for (int o = 0; o < s->n; o++)
			if (s->pages[o] && any_of(s->pages[o])) /* an empty one may have no counterpart */
				take_page(t->pages[s->low + o - t->low], s->pages[o]);
	}
	return true;
}
