/* The end of a run: shares of a tally into accumulators. */
#include "query/tally/tally.h"

typedef uint16_t words __attribute__((vector_size(16)));

enum { LANES = sizeof(words) / sizeof(uint16_t) };

/* into += from, for the used ones of a row of buckets; they are whole octaves. */
static void add_buckets(uint16_t *into, const uint16_t *from, struct weir_tally_span used)
{
	into[0] = (uint16_t)(into[0] + from[0]);
	for (uint32_t i = used.from; i < used.to; i += LANES) {
		words a, b;
		memcpy(&a, into + i, sizeof a);
		memcpy(&b, from + i, sizeof b);
		a += b;
		memcpy(into + i, &a, sizeof a);
	}
}

/* A run has no more rows than 16 bits count, so neither has the sum of all buckets. */
static uint32_t count_buckets(const uint16_t *buckets, struct weir_tally_span used)
{
	words sum = {0};
	uint32_t n = buckets[0];
	for (uint32_t i = used.from; i < used.to; i += LANES) {
		words a;
		memcpy(&a, buckets + i, sizeof a);
		sum += a;
	}
	for (uint32_t k = 0; k < LANES; k++)
		n += sum[k];
	return n;
}

void weir_tally_close(struct weir_tally *t)
{
	for (uint32_t s = 0; s < t->n_slots; s++) {
		uint32_t *lanes = t->rows + (size_t)s * WEIR_TALLY_LANES;
		lanes[0] += lanes[1] + lanes[2] + lanes[3];
		for (uint32_t i = 0; i + 1 < t->n_inputs; i++)
			lanes[0] += (uint32_t)t->inputs[i].cells[s].rows;
		if (t->by_buckets >= 0) {
			const struct weir_tally_input *in = &t->inputs[t->by_buckets];
			const struct weir_tally_cell *c = &in->cells[s];
			bool few = c->listed < WEIR_QUANTILE_LIST;
			lanes[0] = (few ? c->listed
					: count_buckets(in->buckets + (size_t)s * WEIR_TALLY_BUCKETS,
							weir_tally_used(in, c))) -
				   c->more;
		}
	}
}

static double of_bits(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

static void reach(struct weir_tally_cell *c, uint64_t least, uint64_t most)
{
	bool first = c->least == UINT64_MAX;
	uint64_t low = !first && c->least < least ? c->least : least, high = c->least + c->span;
	high = !first && high > most ? high : most;
	c->least = low;
	c->span = high - low;
}

static void sum_quantile(struct weir_tally_input *in, uint32_t slot, uint32_t all)
{
	struct weir_tally_cell *to = &in->cells[all];
	const struct weir_tally_cell *from = &in->cells[slot];
	const double *list = in->list + (size_t)slot * WEIR_QUANTILE_LIST;
	if (!from->listed)
		return;
	for (uint32_t i = 0; i < from->listed && to->listed < WEIR_QUANTILE_LIST; i++)
		in->list[(size_t)all * WEIR_QUANTILE_LIST + to->listed++] = list[i];
	uint16_t *into = in->buckets + (size_t)all * WEIR_TALLY_BUCKETS;
	for (uint32_t i = 0; from->listed < WEIR_QUANTILE_LIST && i < from->listed; i++) {
		reach(to, weir_double_bits(list[i]), weir_double_bits(list[i]));
		into[weir_tally_bucket(in, list[i])]++;
	}
	if (from->listed < WEIR_QUANTILE_LIST)
		return;
	reach(to, from->least, from->least + from->span);
	add_buckets(into, in->buckets + (size_t)slot * WEIR_TALLY_BUCKETS, weir_tally_used(in, from));
}

static void sum_input(struct weir_tally_input *in, uint32_t slot, uint32_t all)
{
	struct weir_tally_cell *to = &in->cells[all];
	const struct weir_tally_cell *from = &in->cells[slot];
	to->sum.high += from->sum.high;
	to->sum.low += from->sum.low;
	to->more += from->more;
	if (in->extreme && in->extreme[slot].least < in->extreme[all].least)
		in->extreme[all].least = in->extreme[slot].least;
	if (in->extreme && in->extreme[slot].most > in->extreme[all].most)
		in->extreme[all].most = in->extreme[slot].most;
	if (in->quantile && !in->single)
		sum_quantile(in, slot, all);
}

void weir_tally_sum(struct weir_tally *t)
{
	uint32_t all = t->n_slots;
	for (uint32_t s = 0; s < all; s++) {
		if (!weir_tally_rows(t, s))
			continue;
		t->rows[(size_t)all * WEIR_TALLY_LANES] += weir_tally_rows(t, s);
		for (uint32_t i = 0; i + 1 < t->n_inputs; i++)
			sum_input(&t->inputs[i], s, all);
	}
}

static bool merge_quantile(const struct weir_tally_input *in, uint32_t slot, uint32_t n, struct weir_quantile *q,
			   struct weir_budget *budget)
{
	const struct weir_tally_cell *cell = in->single ? &in->whole : &in->cells[slot];
	const double *list = in->list + (in->single ? 0 : (size_t)slot * WEIR_QUANTILE_LIST);
	q->integers |= n && in->type != WEIR_FLOAT64;
	if (n <= WEIR_QUANTILE_LIST) {
		for (uint32_t i = 0; i < n; i++)
			if (!weir_quantile_add(q, list[i], budget))
				return false;
		return true;
	}
	const uint16_t *buckets = in->buckets + (in->single ? 0 : (size_t)slot * WEIR_TALLY_BUCKETS);
	struct weir_tally_span used = weir_tally_used(in, cell);
	struct weir_quantile_counts counts = {.n = n,
					      .min = of_bits(cell->least),
					      .max = of_bits(cell->least + cell->span),
					      .zeros = buckets[0],
					      .low_octave = in->low_octave + (int)(used.from / 64),
					      .n_octaves = (used.to - used.from) / 64,
					      .counts = buckets + used.from};
	return weir_quantile_add_counts(q, &counts, budget);
}

static bool merge_sum(const struct weir_tally_input *in, uint32_t slot, void *into, struct weir_budget *budget)
{
	const struct weir_halves *sum = &in->cells[slot].sum;
	if (in->type != WEIR_FLOAT64) {
		*(weir_int128 *)into += sum->high;
		return true;
	}
	weir_int128 unit = (weir_int128)1 << (WEIR_EXACT_FRACTION_BITS - WEIR_HALVES_HIGH_BITS);
	struct weir_exact exact = {.fixed = sum->high * unit + sum->low};
	return weir_exact_merge(into, &exact, false, budget);
}

bool weir_tally_merge(const struct weir_tally *t, uint32_t accumulator, uint32_t slot, void *into)
{
	const struct weir_accumulator *what = &t->accumulators[accumulator];
	const struct weir_tally_input *in = &t->inputs[what->input];
	uint32_t n = weir_tally_rows(t, slot) + in->cells[slot].more;
	switch (what->ops->tally) {
	case WEIR_SUMMED_ROWS:
		*(uint64_t *)into += n;
		return true;
	case WEIR_SUMMED_SUM:
		return merge_sum(in, slot, into, t->budget);
	case WEIR_SUMMED_BUCKETS:
		return merge_quantile(in, slot, n, into, t->budget);
	default: {
		const struct weir_tally_extremes *e = &in->extreme[slot];
		bool max = what->ops->tally == WEIR_SUMMED_GREATEST;
		struct weir_extreme one = {.set = n > 0, .key = max ? e->most : e->least};
		return what->ops->merge(what->type, into, &one, t->budget);
	}
	}
}
