/* With 32-byte vectors (x86-64 with AVX2). Values beyond a multiple of the vector's length go to the portable version.
 */
#include "query/tally/vector.h"

#ifdef WEIR_TALLY_HAS_AVX2
#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))

static inline const char *at(const void *p, size_t bytes)
{
	return (const char *)p + bytes;
}

TARGET static inline __m256i load(const void *p)
{
	return _mm256_loadu_si256(p);
}
TARGET static inline __m128i load_half(const void *p)
{
	return _mm_loadu_si128(p);
}
TARGET static inline __m128i load_quarter(const void *p)
{
	return _mm_loadl_epi64(p);
}
TARGET static inline void store(void *p, __m256i v)
{
	_mm256_storeu_si256(p, v);
}

TARGET static void codes(const void *in, uint8_t width, uint32_t n, uint32_t *out)
{
	uint32_t i = 0;
	if (width == 1)
		for (; i + 8 <= n; i += 8)
			store(out + i, _mm256_cvtepu8_epi32(load_quarter(at(in, i))));
	else if (width == 2)
		for (; i + 8 <= n; i += 8)
			store(out + i, _mm256_cvtepu16_epi32(load_half(at(in, i * 2))));
	weir_tally_portable.codes(at(in, (size_t)i * width), width, n - i, out + i);
}

TARGET static void ints(const void *in, uint8_t width, int64_t base, uint32_t n, int64_t *out)
{
	const __m256i b = _mm256_set1_epi64x(base);
	uint32_t i = 0;
	if (width == 1) {
		for (; i + 8 <= n; i += 8) {
			__m128i v = load_quarter(at(in, i));
			store(out + i, _mm256_add_epi64(b, _mm256_cvtepu8_epi64(v)));
			store(out + i + 4, _mm256_add_epi64(b, _mm256_cvtepu8_epi64(_mm_srli_si128(v, 4))));
		}
	} else if (width == 2) {
		for (; i + 4 <= n; i += 4)
			store(out + i, _mm256_add_epi64(b, _mm256_cvtepu16_epi64(load_quarter(at(in, i * 2)))));
	} else if (width == 4) {
		for (; i + 4 <= n; i += 4)
			store(out + i, _mm256_add_epi64(b, _mm256_cvtepu32_epi64(load_half(at(in, i * 4)))));
	} else {
		for (; i + 4 <= n; i += 4)
			store(out + i, _mm256_add_epi64(b, load(at(in, i * 8))));
	}
	weir_tally_portable.ints(at(in, (size_t)i * width), width, base, n - i, out + i);
}

TARGET static bool doubles(const int64_t *in, uint32_t n, double *out)
{
	/* The integer added to the bits of 1.5 * 2^52 is that much more as a double. */
	const __m256d magic = _mm256_set1_pd(0x1.8p52);
	const __m256i most = _mm256_set1_epi64x(INT64_C(1) << 51);
	__m256i bad = _mm256_setzero_si256();
	uint32_t i = 0;
	for (; i + 4 <= n; i += 4) {
		__m256i v = load(in + i);
		bad = _mm256_or_si256(bad, _mm256_srli_epi64(_mm256_add_epi64(v, most), 52));
		__m256i sum = _mm256_add_epi64(v, _mm256_castpd_si256(magic));
		_mm256_storeu_pd(out + i, _mm256_sub_pd(_mm256_castsi256_pd(sum), magic));
	}
	return weir_tally_portable.doubles(in + i, n - i, out + i) && _mm256_testz_si256(bad, bad);
}

TARGET static bool halves(const double *in, uint32_t n, struct weir_halves *out)
{
	const __m256d high = _mm256_set1_pd(0x1.8p26), low = _mm256_set1_pd(0x1.8p-20), most = _mm256_set1_pd(0x1p20);
	const __m256d sign = _mm256_set1_pd(-0.0);
	__m256d bad = _mm256_setzero_pd();
	uint32_t i = 0;
	for (; i + 4 <= n; i += 4) {
		__m256d x = _mm256_loadu_pd(in + i), h = _mm256_add_pd(x, high);
		__m256d rest = _mm256_sub_pd(x, _mm256_sub_pd(h, high)), l = _mm256_add_pd(rest, low);
		__m256i hi = _mm256_sub_epi64(_mm256_castpd_si256(h), _mm256_castpd_si256(high));
		__m256i lo = _mm256_sub_epi64(_mm256_castpd_si256(l), _mm256_castpd_si256(low));
		__m256i even = _mm256_unpacklo_epi64(hi, lo), odd = _mm256_unpackhi_epi64(hi, lo);
		store(out + i, _mm256_permute2x128_si256(even, odd, 0x20));
		store(out + i + 2, _mm256_permute2x128_si256(even, odd, 0x31));
		bad = _mm256_or_pd(bad, _mm256_cmp_pd(_mm256_andnot_pd(sign, x), most, _CMP_NLT_UQ));
		bad = _mm256_or_pd(bad, _mm256_cmp_pd(_mm256_sub_pd(l, low), rest, _CMP_NEQ_UQ));
	}
	return weir_tally_portable.halves(in + i, n - i, out + i) && !_mm256_movemask_pd(bad);
}

TARGET static bool buckets(const double *in, const uint32_t *slots, uint32_t n, int low_octave, uint32_t *out)
{
	const __m256i base = _mm256_set1_epi32(low_octave * 64), last = _mm256_set1_epi32(WEIR_TALLY_OCTAVES * 64 - 1);
	const __m256i zero = _mm256_setzero_si256(), one = _mm256_set1_epi32(1),
		      row = _mm256_set1_epi32(WEIR_TALLY_BUCKETS);
	__m256i good = _mm256_set1_epi32(-1);
	uint32_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m256 a = _mm256_castsi256_ps(_mm256_srli_epi64(load(in + i), 46));
		__m256 b = _mm256_castsi256_ps(_mm256_srli_epi64(load(in + i + 4), 46));
		__m256i v = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88)), 0xd8);
		__m256i is_zero = _mm256_cmpeq_epi32(v, zero), at = _mm256_sub_epi32(v, base);
		__m256i inside = _mm256_cmpeq_epi32(_mm256_min_epu32(at, last), at);
		good = _mm256_and_si256(good, _mm256_or_si256(inside, is_zero));
		at = _mm256_andnot_si256(is_zero, _mm256_add_epi32(at, one));
		store(out + i, _mm256_add_epi32(at, _mm256_mullo_epi32(load(slots + i), row)));
	}
	bool rest = weir_tally_portable.buckets(in + i, slots + i, n - i, low_octave, out + i);
	return rest && _mm256_movemask_epi8(good) == -1;
}

const struct weir_tally_vector weir_tally_avx2 = {codes, ints, doubles, halves, buckets};
#endif
