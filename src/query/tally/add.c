/* A slice into a tally: what can be worked out for many values at once first, then one scattered loop an input. */
#include "query/tally/tally.h"

int weir_tally_low_octave(int low, int high)
{
	if (high - low < WEIR_TALLY_OCTAVES - 8)
		low = high + 8 - WEIR_TALLY_OCTAVES;
	return low < 1 ? 1 : low;
}

/* Octaves around those of the slice, so that the next slices fit too. False: they span too many. */
static bool choose_octaves(struct weir_tally_input *in, const double *x)
{
	int low = INT32_MAX, high = -1;
	for (uint32_t i = 0; i < in->n; i++) {
		int octave = (int)(weir_double_bits(x[i]) >> 52);
		if (octave == 0)
			continue;
		low = octave < low ? octave : low;
		high = octave > high ? octave : high;
	}
	if (high < 0)
		low = high = 1023; /* zeros so far */
	if (high > 2046 || high - low >= WEIR_TALLY_OCTAVES)
		return false;
	in->low_octave = weir_tally_low_octave(low, high);
	return true;
}

static bool whole_sums_fit(const int64_t *x, uint32_t n)
{
	const uint64_t most = UINT64_C(1) << 46; /* 65,535 of them fit 63 bits */
	uint64_t outside = 0;
	for (uint32_t i = 0; i < n; i++)
		outside |= ((uint64_t)x[i] + most) & ~(2 * most - 1);
	return !outside;
}

static bool ready_quantile(const struct weir_tally *t, struct weir_tally_input *in)
{
	const double *x = in->f;
	const uint32_t *slots = in->single ? t->no_slots : in->slots;
	if (in->type != WEIR_FLOAT64) {
		if (!t->vector->doubles(in->i, in->n, in->doubles))
			return false;
		x = in->doubles;
	}
	if (in->low_octave >= 0 && t->vector->buckets(x, slots, in->n, in->low_octave, in->bucket))
		return true;
	/* Other octaves only while nothing is counted in these. */
	return t->n_rows == 0 && choose_octaves(in, x) &&
	       t->vector->buckets(x, slots, in->n, in->low_octave, in->bucket);
}

static bool ready_keys(struct weir_tally_input *in)
{
	bool numbers = true;
	if (in->type != WEIR_FLOAT64)
		return true;
	for (uint32_t i = 0; i < in->n; i++) {
		numbers &= in->f[i] == in->f[i];
		in->keys[i] = weir_double_key(in->f[i]);
	}
	return numbers;
}

bool weir_tally_prepare(struct weir_tally *t)
{
	for (uint32_t i = 0; i + 1 < t->n_inputs; i++) {
		struct weir_tally_input *in = &t->inputs[i];
		bool real = in->type == WEIR_FLOAT64;
		if (in->sums &&
		    !(real ? t->vector->halves(in->f, in->n, in->halves) : in->small || whole_sums_fit(in->i, in->n)))
			return false;
		if ((in->quantile && !ready_quantile(t, in)) || (in->extremes && !ready_keys(in)))
			return false;
	}
	return true;
}

static void add_rows(uint32_t *rows, const uint32_t *slots, uint32_t n)
{
	uint32_t i = 0;
	_Static_assert(WEIR_TALLY_LANES == 4, "the loop below");
	for (; i + 4 <= n; i += 4) {
		rows[(size_t)slots[i] * 4]++;
		rows[(size_t)slots[i + 1] * 4 + 1]++;
		rows[(size_t)slots[i + 2] * 4 + 2]++;
		rows[(size_t)slots[i + 3] * 4 + 3]++;
	}
	for (; i < n; i++)
		rows[(size_t)slots[i] * 4]++;
}

/* Where an input has fewer values than there are rows. */
static void add_difference(struct weir_tally_cell *cells, const struct weir_tally_input *in,
			   const struct weir_tally_input *rows)
{
	for (uint32_t i = 0; i < in->n; i++)
		cells[in->slots[i]].more++;
	for (uint32_t i = 0; i < rows->n; i++)
		cells[rows->slots[i]].more--;
}

typedef int64_t pair __attribute__((vector_size(16)));

enum sum_kind { NO_SUM, WHOLE_SUM, HALVES_SUM };

/* A value outside of what the slot had so far, or one of its first. Doubles that are not negative are in order of their
 * bits. */
static __attribute__((noinline)) void stretch(struct weir_tally_cell *c, double *list, uint64_t bits)
{
	uint64_t least = bits, most = bits;
	if (c->listed < WEIR_QUANTILE_LIST) {
		memcpy(&list[c->listed++], &bits, sizeof bits);
		if (c->listed < WEIR_QUANTILE_LIST)
			return;
		for (uint32_t i = 0; i < WEIR_QUANTILE_LIST; i++) {
			uint64_t other = weir_double_bits(list[i]);
			least = other < least ? other : least;
			most = other > most ? other : most;
		}
	} else {
		least = bits < c->least ? bits : c->least;
		most = bits > c->least + c->span ? bits : c->least + c->span;
	}
	c->least = least;
	c->span = most - least;
}

/* Made once for each combination of its constants. */
static inline __attribute__((always_inline)) void add_cell(struct weir_tally_input *in, uint32_t i, bool rows,
							   enum sum_kind sum, bool quantile, const double *x)
{
	size_t s = in->slots[i];
	struct weir_tally_cell *c = &in->cells[s];
	if (rows)
		c->rows++;
	if (sum == WHOLE_SUM)
		c->sum.high += in->i[i];
	if (sum == HALVES_SUM) {
		pair a, b;
		memcpy(&a, &c->sum, sizeof a);
		memcpy(&b, &in->halves[i], sizeof b);
		a += b;
		memcpy(&c->sum, &a, sizeof a);
	}
	if (!quantile)
		return;
	in->buckets[in->bucket[i]]++;
	uint64_t bits = weir_double_bits(x[i]);
	if (__builtin_expect(bits - c->least > c->span, 0))
		stretch(c, in->list + s * WEIR_QUANTILE_LIST, bits);
}

static inline __attribute__((always_inline)) void add_cells(const struct weir_tally_input *from, bool rows,
							    enum sum_kind sum, bool quantile)
{
	struct weir_tally_input in = *from; /* so that the compiler knows that no store below changes it */
	const double *const x = in.type == WEIR_FLOAT64 ? in.f : in.doubles;
	uint32_t i = 0;
	for (; i + 8 <= in.n; i += 8) {
		__builtin_prefetch(in.ahead);
		in.ahead += in.ahead_step;
		for (uint32_t k = i; k < i + 8; k++)
			add_cell(&in, k, rows, sum, quantile, x);
	}
	for (; i < in.n; i++)
		add_cell(&in, i, rows, sum, quantile, x);
}

static void add_single(struct weir_tally_input *from)
{
	struct weir_tally_input in = *from;
	const double *const x = in.type == WEIR_FLOAT64 ? in.f : in.doubles;
	uint64_t least = in.whole.least, span = in.whole.span;
	for (uint32_t i = 0; i < in.n; i++) {
		uint64_t bits = weir_double_bits(x[i]);
		in.buckets[in.bucket[i]]++;
		if (__builtin_expect(bits - least > span, 0)) {
			stretch(&from->whole, in.list, bits);
			least = from->whole.least;
			span = from->whole.span;
		}
	}
}

static void add_input(struct weir_tally_input *in, bool rows)
{
	enum sum_kind sum = !in->sums ? NO_SUM : in->type == WEIR_FLOAT64 ? HALVES_SUM : WHOLE_SUM;
	bool quantile = in->quantile && !in->single;
	if (in->single)
		add_single(in);
#define CASE(r, s, q)                                                                                                  \
	if (rows == (r) && sum == (s) && quantile == (q)) {                                                            \
		add_cells(in, r, s, q);                                                                                \
		return;                                                                                                \
	}
	CASE(true, WHOLE_SUM, false)
	CASE(true, HALVES_SUM, false)
	CASE(false, NO_SUM, true)
	CASE(false, WHOLE_SUM, false)
	CASE(false, WHOLE_SUM, true)
	CASE(false, HALVES_SUM, false)
	CASE(false, HALVES_SUM, true)
#undef CASE
}

static void add_extremes(struct weir_tally_input *in)
{
	const int64_t *key = in->type == WEIR_FLOAT64 ? in->keys : in->i;
	for (uint32_t i = 0; i < in->n; i++) {
		struct weir_tally_extremes *e = &in->extreme[in->slots[i]];
		if (key[i] < e->least)
			e->least = key[i];
		if (key[i] > e->most)
			e->most = key[i];
	}
}

bool weir_tally_add_buckets(struct weir_tally *t, uint32_t input)
{
	struct weir_tally_input *in = &t->inputs[input];
	if (!ready_quantile(t, in))
		return false;
	add_cells(in, false, NO_SUM, true);
	return true;
}

void weir_tally_add(struct weir_tally *t)
{
	const struct weir_tally_input *rows = &t->inputs[t->n_inputs - 1];
	bool counted = t->by_buckets >= 0;
	for (uint32_t i = 0; i + 1 < t->n_inputs; i++) {
		struct weir_tally_input *in = &t->inputs[i];
		bool all = in->slots == rows->slots, count_here = all && !counted && in->sums;
		counted |= count_here;
		if (!all)
			add_difference(in->cells, in, rows);
		add_input(in, count_here);
		if (in->extremes)
			add_extremes(in);
	}
	if (!counted)
		add_rows(t->rows, rows->slots, rows->n);
	t->n_rows += rows->n;
}
