/* The steps of a tally that work on many values at once: a portable version, and one with 32-byte vectors that is
 * chosen at run time where the processor has them. Both give the same bits. Private to src/query. */
#ifndef WEIR_QUERY_TALLY_VECTOR_H
#define WEIR_QUERY_TALLY_VECTOR_H

#include "query/aggregate/exact.h"

/* A double as high * 2^-26 + low * 2^-72, exactly. Sums of 65,535 of them fit. */
struct weir_halves {
	int64_t high, low;
};

enum {
	WEIR_HALVES_HIGH_BITS = 26,
	WEIR_TALLY_OCTAVES = 32,
	WEIR_TALLY_BUCKETS = WEIR_TALLY_OCTAVES * 64 + 1, /* the first: zero */
};

struct weir_tally_vector {
	/* out[i] = in[i]: unsigned numbers of `width` bytes (1, 2, 4) */
	void (*codes)(const void *in, uint8_t width, uint32_t n, uint32_t *out);
	/* out[i] = base + in[i]: unsigned numbers of `width` bytes (1, 2, 4, 8), modulo 2^64 */
	void (*ints)(const void *in, uint8_t width, int64_t base, uint32_t n, int64_t *out);
	/* Whole numbers as doubles. False: one is not within ±2^51. */
	bool (*doubles)(const int64_t *in, uint32_t n, double *out);
	/* False: one is not finite, not within ±2^20, or has bits below 2^-72. */
	bool (*halves)(const double *in, uint32_t n, struct weir_halves *out);
	/* out[i] = slots[i] * WEIR_TALLY_BUCKETS + the bucket of in[i]: those of struct weir_quantile, 64 an octave,
	 * counted from `low_octave` (the biased exponent) with 1; zero is 0. False: one is negative, not finite, or
	 * outside the octaves. */
	bool (*buckets)(const double *in, const uint32_t *slots, uint32_t n, int low_octave, uint32_t *out);
};

extern const struct weir_tally_vector weir_tally_portable;
#if defined(__x86_64__) && defined(__GNUC__)
#define WEIR_TALLY_HAS_AVX2 1
extern const struct weir_tally_vector weir_tally_avx2;
#endif
const struct weir_tally_vector *weir_tally_vector(void); /* the best that this processor can run */

#endif
