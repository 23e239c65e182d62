#include "query/aggregate/exact.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Makes chunks low..low+n-1 exist. */
static bool cover(struct weir_wide *w, int low, int n, struct weir_budget *budget)
{
	int from = w->n && w->low < low ? w->low : low;
	int to = w->n && w->low + w->n > low + n ? w->low + w->n : low + n;
	if (w->n && from == w->low && to == w->low + w->n)
		return true;
	int64_t *chunk = weir_calloc((size_t)(to - from), sizeof *chunk);
	if (!chunk)
		return false;
	if (w->n)
		memcpy(chunk + (w->low - from), w->chunk, w->n * sizeof *chunk);
	/* A sum on the stack has all its chunks and never comes here. */
	free(w->chunk); /* NOLINT(clang-analyzer-unix.Malloc) */
	weir_budget_charge(budget, (int64_t)sizeof *chunk * (to - from - w->n));
	w->chunk = chunk;
	w->low = (int16_t)from;
	w->n = (uint16_t)(to - from);
	return true;
}

/* Passes carries on: all chunks but the last end in [0, 2^32). */
static void carry(struct weir_wide *w)
{
	for (int i = 0; i + 1 < w->n; i++) {
		w->chunk[i + 1] += w->chunk[i] >> 32;
		w->chunk[i] &= 0xffffffff;
	}
	w->adds = 0;
}

bool weir_wide_add(struct weir_wide *w, double x, struct weir_budget *budget)
{
	uint64_t bits = weir_double_bits(x);
	unsigned exponent = bits >> 52 & 0x7ff;
	uint64_t mantissa = bits & 0xfffffffffffffull;
	bool negative = bits >> 63;
	if (exponent == 0x7ff) {
		if (mantissa)
			w->n_nan++;
		else if (negative)
			w->n_minus_inf++;
		else
			w->n_plus_inf++;
		return true;
	}
	if (exponent)
		mantissa |= 0x10000000000000ull;
	else if (!mantissa)
		return true;
	else
		exponent = 1;
	unsigned offset = exponent - 1;
	int k = (int)(offset >> 5);
	unsigned shift = offset & 31;
	if (!w->chunk || k < w->low || k + 3 > w->low + w->n) {
		if (!cover(w, k, 3, budget))
			return false;
	}
	if (w->adds++ >= WEIR_WIDE_ADDS)
		carry(w);
	int64_t below = (int64_t)(mantissa << shift & 0xffffffff);
	int64_t above = (int64_t)(mantissa >> (32 - shift));
	int64_t *c = w->chunk + (k - w->low);
	c[0] += negative ? -below : below;
	c[1] += negative ? -above : above;
	return true;
}

bool weir_wide_take(struct weir_wide *w, double x, struct weir_budget *budget)
{
	if (isfinite(x))
		return weir_wide_add(w, -x, budget);
	if (isnan(x))
		w->n_nan--;
	else if (x < 0)
		w->n_minus_inf--;
	else
		w->n_plus_inf--;
	return true;
}

bool weir_wide_add_bits(struct weir_wide *w, weir_uint128 magnitude, unsigned offset, bool negative,
			struct weir_budget *budget)
{
	if (!magnitude)
		return true;
	int k = (int)(offset >> 5);
	unsigned shift = offset & 31;
	if (!cover(w, k, 7, budget))
		return false;
	if (w->adds++ >= WEIR_WIDE_ADDS)
		carry(w);
	int64_t *c = w->chunk + (k - w->low);
	for (int i = 0; i < 4; i++) {
		uint64_t digit = (uint64_t)(uint32_t)(magnitude >> (32 * i)) << shift;
		int64_t below = (int64_t)(digit & 0xffffffff), above = (int64_t)(digit >> 32);
		c[i] += negative ? -below : below;
		c[i + 1] += negative ? -above : above;
	}
	return true;
}

bool weir_wide_merge(struct weir_wide *into, struct weir_wide *from, bool negative, struct weir_budget *budget)
{
	int64_t sign = negative ? -1 : 1;
	if (from->n) {
		if (!cover(into, from->low, from->n, budget))
			return false;
		carry(into);
		carry(from);
		int64_t *c = into->chunk + (from->low - into->low);
		for (int i = 0; i < from->n; i++)
			c[i] += sign * from->chunk[i];
		into->adds = 1;
	}
	into->n_nan += sign * from->n_nan;
	into->n_plus_inf += sign * from->n_plus_inf;
	into->n_minus_inf += sign * from->n_minus_inf;
	return true;
}

static unsigned bit_at(const struct weir_wide *w, int bit)
{
	return bit < 0 ? 0 : (unsigned)(w->chunk[bit >> 5] >> (bit & 31)) & 1;
}

static double round_chunks(const struct weir_wide *w) /* carried, not negative, last chunk below 2^32 */
{
	int n = w->n;
	while (n > 0 && !w->chunk[n - 1])
		n--;
	int top = n * 32 - 1;
	while (top >= 0 && !bit_at(w, top))
		top--;
	if (top < 0)
		return 0;
	uint64_t mantissa = 0;
	int last = top - 52;
	/* Below the smallest subnormal there are no bits, so a short number needs no rounding. */
	for (int bit = top; bit >= last; bit--)
		mantissa = mantissa << 1 | bit_at(w, bit);
	bool half = bit_at(w, last - 1);
	bool rest = false;
	for (int bit = last - 2; bit >= 0 && !rest; bit--)
		rest = bit_at(w, bit);
	if (half && (rest || mantissa & 1))
		mantissa++;
	return ldexp((double)mantissa, w->low * 32 + last - 1074);
}

double weir_wide_value(struct weir_wide *w)
{
	if (w->n_nan || (w->n_plus_inf && w->n_minus_inf))
		return NAN;
	if (w->n_plus_inf)
		return INFINITY;
	if (w->n_minus_inf)
		return -INFINITY;
	if (!w->n)
		return 0;
	carry(w);
	int first = 0;
	while (first < w->n && !w->chunk[first])
		first++;
	if (first == w->n)
		return 0;
	bool negative = w->chunk[w->n - 1] < 0;
	int64_t digits[WEIR_WIDE_CHUNKS + 2] = {0}; /* of a top chunk with more than 32 bits, two more are made */
	assert(w->n <= WEIR_WIDE_CHUNKS);
	struct weir_wide abs = {.chunk = digits, .low = (int16_t)(w->low + first), .n = (uint16_t)(w->n - first + 2)};
	for (int i = first; i < w->n; i++)
		digits[i - first] = negative ? -w->chunk[i] : w->chunk[i];
	carry(&abs);
	double v = round_chunks(&abs);
	return negative ? -v : v;
}

void weir_wide_release(struct weir_wide *w, struct weir_budget *budget)
{
	weir_budget_charge(budget, -(int64_t)(w->n * sizeof *w->chunk));
	free(w->chunk);
	*w = (struct weir_wide){0};
}

static bool need_wide(struct weir_exact *e, struct weir_budget *budget)
{
	if (e->wide)
		return true;
	e->wide = weir_calloc(1, sizeof *e->wide);
	if (e->wide)
		weir_budget_charge(budget, (int64_t)sizeof *e->wide);
	return e->wide != NULL;
}

static bool add_fixed(struct weir_wide *w, weir_int128 fixed, bool negative, struct weir_budget *budget)
{
	weir_uint128 magnitude = fixed < 0 ? -(weir_uint128)fixed : (weir_uint128)fixed;
	return weir_wide_add_bits(w, magnitude, 1074 - WEIR_EXACT_FRACTION_BITS, (fixed < 0) != negative, budget);
}

bool weir_exact_add_slow(struct weir_exact *e, double x, struct weir_budget *budget)
{
	if (x == 0)
		return true;
	/* Few bits, but low ones: 2^-21 still is a whole number of units. */
	if (fabs(x) < 1) {
		double units = ldexp(x, WEIR_EXACT_FRACTION_BITS);
		if (fabs(units) >= 1 && fabs(units) < 0x1p62 && units == trunc(units)) {
			weir_int128 sum;
			if (!__builtin_add_overflow(e->fixed, (weir_int128)(int64_t)units, &sum)) {
				e->fixed = sum;
				return true;
			}
		}
	}
	return need_wide(e, budget) && weir_wide_add(e->wide, x, budget);
}

bool weir_exact_take(struct weir_exact *e, double x, struct weir_budget *budget)
{
	if (isfinite(x))
		return weir_exact_add(e, -x, budget);
	return need_wide(e, budget) && weir_wide_take(e->wide, x, budget);
}

bool weir_exact_merge(struct weir_exact *into, struct weir_exact *from, bool negative, struct weir_budget *budget)
{
	if (from->wide && (!need_wide(into, budget) || !weir_wide_merge(into->wide, from->wide, negative, budget)))
		return false;
	weir_int128 sum;
	bool over = negative ? __builtin_sub_overflow(into->fixed, from->fixed, &sum)
			     : __builtin_add_overflow(into->fixed, from->fixed, &sum);
	if (!over) {
		into->fixed = sum;
		return true;
	}
	return need_wide(into, budget) && add_fixed(into->wide, from->fixed, negative, budget);
}

bool weir_exact_to_wide(const struct weir_exact *e, struct weir_wide *out, struct weir_budget *budget)
{
	if (!add_fixed(out, e->fixed, false, budget))
		return false;
	return !e->wide || weir_wide_merge(out, e->wide, false, budget);
}

double weir_exact_value(struct weir_exact *e)
{
	if (!e->wide)
		return ldexp((double)e->fixed, -WEIR_EXACT_FRACTION_BITS);
	int64_t chunk[WEIR_WIDE_CHUNKS];
	struct weir_wide w = weir_wide_on_stack(chunk);
	return weir_exact_to_wide(e, &w, NULL) ? weir_wide_value(&w) : NAN;
}

void weir_exact_release(struct weir_exact *e, struct weir_budget *budget)
{
	if (e->wide) {
		weir_wide_release(e->wide, budget);
		weir_budget_charge(budget, -(int64_t)sizeof *e->wide);
		free(e->wide);
	}
	*e = (struct weir_exact){0};
}

/* w += a * b, exactly (two-product by fma; Dekker, 1971). */
static bool add_product(struct weir_wide *w, double a, double b)
{
	double p = a * b;
	return weir_wide_add(w, p, NULL) && (!isfinite(p) || weir_wide_add(w, fma(a, b, -p), NULL));
}

/* w += a * b * n, exactly. */
static bool add_square(struct weir_wide *w, double a, double b, double n)
{
	double p = a * b;
	return add_product(w, p, n) && add_product(w, fma(a, b, -p), n);
}

double weir_exact_variance(uint64_t n, struct weir_wide *sum, struct weir_wide *squares)
{
	int64_t chunks[3][WEIR_WIDE_CHUNKS];
	struct weir_wide rest = weir_wide_on_stack(chunks[0]), total = weir_wide_on_stack(chunks[1]);
	struct weir_wide abs =
	    weir_wide_on_stack(chunks[2]); /* of the sum: below zero, chunks beyond the range of doubles are not 0 */
	double mean = weir_wide_value(sum) / (double)n;
	if (n < 2 || !isfinite(mean))
		return NAN;
	/* The mean as two doubles: what the first leaves, the second holds. */
	bool ok = weir_wide_merge(&rest, sum, false, NULL) && add_product(&rest, -mean, (double)n);
	double low = weir_wide_value(&rest) / (double)n;
	ok = ok && weir_wide_merge(&total, squares, false, NULL);
	bool negative = sum->n && sum->chunk[sum->n - 1] < 0; /* weir_wide_value passed the carries on */
	ok = ok && weir_wide_merge(&abs, sum, negative, NULL);
	carry(&abs);
	for (int i = 0; i < abs.n && ok; i++) {
		if (!abs.chunk[i])
			continue;
		double chunk = ldexp((double)abs.chunk[i], 32 * i - 1074) * (negative ? -1 : 1);
		ok = add_product(&total, -2 * mean, chunk) && add_product(&total, -2 * low, chunk);
	}
	ok = ok && add_square(&total, mean, mean, (double)n) && add_square(&total, 2 * mean, low, (double)n) &&
	     add_square(&total, low, low, (double)n);
	assert(ok); /* all room is there */
	double variance = weir_wide_value(&total) / (double)(n - 1);
	return variance < 0 ? 0 : variance;
}
