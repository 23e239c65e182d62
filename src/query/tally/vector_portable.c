/* The steps of vector.h in plain C. */
#include "query/tally/vector.h"

#include <math.h>

#define WIDEN(type, expression)                                                                                        \
	for (uint32_t i = 0; i < n; i++) {                                                                             \
		type v = ((const type *)in)[i];                                                                        \
		out[i] = expression;                                                                                   \
	}

static void codes(const void *in, uint8_t width, uint32_t n, uint32_t *out)
{
	if (width == 1) {
		WIDEN(uint8_t, v)
	} else if (width == 2) {
		WIDEN(uint16_t, v)
	} else {
		memcpy(out, in, n * sizeof *out);
	}
}

static void ints(const void *in, uint8_t width, int64_t base, uint32_t n, int64_t *out)
{
	uint64_t b = (uint64_t)base;
	if (width == 1) {
		WIDEN(uint8_t, (int64_t)(b + v))
	} else if (width == 2) {
		WIDEN(uint16_t, (int64_t)(b + v))
	} else if (width == 4) {
		WIDEN(uint32_t, (int64_t)(b + v))
	} else {
		WIDEN(uint64_t, (int64_t)(b + v))
	}
}

static bool doubles(const int64_t *in, uint32_t n, double *out)
{
	const uint64_t most = UINT64_C(1) << 51;
	bool fit = true;
	for (uint32_t i = 0; i < n; i++) {
		fit &= (uint64_t)in[i] + most < 2 * most;
		out[i] = (double)in[i];
	}
	return fit;
}

static bool halves(const double *in, uint32_t n, struct weir_halves *out)
{
	/* Adding 1.5 * 2^(52 - k) rounds to multiples of 2^-k, and leaves their number in the low bits of the sum. */
	const double high = 0x1.8p26, low = 0x1.8p-20;
	bool fit = true;
	for (uint32_t i = 0; i < n; i++) {
		double x = in[i], h = x + high, rest = x - (h - high), l = rest + low;
		out[i].high = (int64_t)(weir_double_bits(h) - weir_double_bits(high));
		out[i].low = (int64_t)(weir_double_bits(l) - weir_double_bits(low));
		fit &= fabs(x) < 0x1p20 && l - low == rest;
	}
	return fit;
}

static bool buckets(const double *in, const uint32_t *slots, uint32_t n, int low_octave, uint32_t *out)
{
	bool fit = true;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t v = weir_double_bits(in[i]) >> 46, at = v - (uint64_t)low_octave * 64;
		out[i] = slots[i] * WEIR_TALLY_BUCKETS + (v ? (uint32_t)at + 1 : 0);
		fit &= at < WEIR_TALLY_OCTAVES * 64 || !v;
	}
	return fit;
}

const struct weir_tally_vector weir_tally_portable = {codes, ints, doubles, halves, buckets};
