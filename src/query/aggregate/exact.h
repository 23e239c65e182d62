/* Exact sums of doubles: the answer is the true sum, rounded once, whatever the order of the additions; what was added
 * can be taken away again. Private to src/query.
 *
 * weir_exact: a 128-bit fixed-point number in units of 2^-72 takes all values between about 1e-6 and 1e15 without a
 * branch that misses; a value whose bits do not fit spills into a weir_wide. weir_wide: a superaccumulator: signed
 * 64-bit chunks that overlap by 32 bits, so that carries need passing on only once in a thousand additions; only the
 * chunks between the smallest and the largest value seen exist. Method: Radford M. Neal, "Fast exact summation using
 * small and large superaccumulators", 2015. */
#ifndef WEIR_QUERY_EXACT_H
#define WEIR_QUERY_EXACT_H

#include "weir/base/memory.h"

__extension__ typedef __int128 weir_int128;
__extension__ typedef unsigned __int128 weir_uint128;

enum { WEIR_EXACT_FRACTION_BITS = 72, WEIR_WIDE_ADDS = 1000 };
/* No sum has more chunks: doubles reach 64 * 32 bits beyond the smallest, and two more take their carries. */
enum { WEIR_WIDE_CHUNKS = 72 };

struct weir_wide {      /* all zero: the sum of nothing */
	int64_t *chunk; /* owned; item i counts units of 2^(32 * (low + i) - 1074) */
	int16_t low;
	uint16_t n;
	uint32_t adds; /* since carries were passed on */
	int64_t n_nan, n_plus_inf, n_minus_inf;
};

struct weir_exact { /* all zero: the sum of nothing */
	weir_int128 fixed;
	struct weir_wide *wide; /* owned; NULL until a value does not fit */
};

/* All that may allocate return false when out of memory; the sum is then unchanged. Heap is charged to `budget`. */
bool weir_wide_add(struct weir_wide *w, double x, struct weir_budget *budget) WEIR_MUST_USE;
/* Adds ±magnitude * 2^(offset - 1074). */
bool weir_wide_add_bits(struct weir_wide *w, weir_uint128 magnitude, unsigned offset, bool negative,
			struct weir_budget *budget) WEIR_MUST_USE;
/* into += sign * from. Passes the carries of `from` on. Both tops hold carries only, so their sum fits without another chunk. */
bool weir_wide_merge(struct weir_wide *into, struct weir_wide *from, bool negative,
		     struct weir_budget *budget) WEIR_MUST_USE;
/* Takes away what weir_wide_add added. */
bool weir_wide_take(struct weir_wide *w, double x, struct weir_budget *budget) WEIR_MUST_USE;
double weir_wide_value(struct weir_wide *w);
void weir_wide_release(struct weir_wide *w, struct weir_budget *budget);

bool weir_exact_add_slow(struct weir_exact *e, double x, struct weir_budget *budget) WEIR_MUST_USE;
bool weir_exact_take(struct weir_exact *e, double x, struct weir_budget *budget);
bool weir_exact_merge(struct weir_exact *into, struct weir_exact *from, bool negative,
		      struct weir_budget *budget) WEIR_MUST_USE;
bool weir_exact_to_wide(const struct weir_exact *e, struct weir_wide *out, struct weir_budget *budget) WEIR_MUST_USE;
double weir_exact_value(struct weir_exact *e);
void weir_exact_release(struct weir_exact *e, struct weir_budget *budget);

/* Sample variance from n, the sum and the sum of squares: (Σx² - 2mΣx + nm²) / (n - 1) with m the mean to 106 bits,
 * worked out exactly and rounded once, so that nothing cancels. NaN when a value was not finite. */
double weir_exact_variance(uint64_t n, struct weir_wide *sum, struct weir_wide *squares);

/* A sum of nothing in the caller's own chunks: additions to it need no memory. Not to be released. */
static inline struct weir_wide weir_wide_on_stack(int64_t chunk[WEIR_WIDE_CHUNKS])
{
	memset(chunk, 0, WEIR_WIDE_CHUNKS * sizeof *chunk);
	return (struct weir_wide){.chunk = chunk, .n = WEIR_WIDE_CHUNKS};
}

static inline uint64_t weir_double_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static inline bool weir_exact_add(struct weir_exact *e, double x, struct weir_budget *budget)
{
	uint64_t bits = weir_double_bits(x);
	unsigned shift = (unsigned)(bits >> 52 & 0x7ff) - (1075 - WEIR_EXACT_FRACTION_BITS);
	if (__builtin_expect(shift <= 70, 1)) {
		weir_int128 v = (weir_int128)((bits & 0xfffffffffffffull) | 0x10000000000000ull) << shift;
		weir_int128 sign = -(weir_int128)(bits >> 63);
		weir_int128 sum;
		if (__builtin_expect(!__builtin_add_overflow(e->fixed, (v ^ sign) - sign, &sum), 1)) {
			e->fixed = sum;
			return true;
		}
	}
	return weir_exact_add_slow(e, x, budget);
}

#endif
