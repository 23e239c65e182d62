/* Runs over records of a shape with 32-byte vectors (x86-64 with AVX2 and BMI). */
#include "codec/json.h"

#ifdef JSON_HAS_AVX2
#include <immintrin.h>

#define JSON_TARGET __attribute__((target("avx2,bmi,bmi2")))
#define INLINE JSON_TARGET static inline __attribute__((always_inline))

INLINE bool run_lead(const struct json_step *step, const char *p)
{
	__m256i have = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i want = _mm256_loadu_si256((const __m256i *)(const void *)step->lead);
	uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(have, want));
	if (~same & step->lead_mask)
		return false;
	return step->lead_bytes <= JSON_LEAD_VECTOR || memcmp(p + JSON_LEAD_VECTOR, step->whole_lead + JSON_LEAD_VECTOR,
							      step->lead_bytes - JSON_LEAD_VECTOR) == 0;
}

INLINE const char *run_text(const char *p, const char *end, bool *high)
{
	const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'),
		      last_control = _mm256_set1_epi8(0x1f);
	for (; end - p >= 32; p += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
		__m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, last_control), v);
		__m256i stop =
		    _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, quote), _mm256_cmpeq_epi8(v, slash)), control);
		uint32_t stops = (uint32_t)_mm256_movemask_epi8(stop), highs = (uint32_t)_mm256_movemask_epi8(v);
		if (stops) {
			unsigned at = (unsigned)__builtin_ctz(stops);
			*high |= _bzhi_u32(highs, at) != 0;
			return p + at;
		}
		*high |= highs != 0;
	}
	return NULL; /* the end of the chunk is near: the full parser goes on */
}

/* Sixteen digits, one a byte, to a number, pairwise: 2, 4, 8, 16 (Mula, "SIMD-ized faster parse of unsigned integers").
 */
INLINE uint64_t digits_value(__m128i v)
{
	const __m128i tens = _mm_set_epi8(1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10);
	const __m128i hundreds = _mm_set_epi16(1, 100, 1, 100, 1, 100, 1, 100);
	const __m128i thousands = _mm_set_epi16(1, 10000, 1, 10000, 1, 10000, 1, 10000);
	__m128i pairs = _mm_maddubs_epi16(v, tens);
	__m128i fours = _mm_madd_epi16(pairs, hundreds);
	__m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), thousands);
	uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
	return (both & 0xffffffff) * 100000000 + (both >> 32);
}

INLINE const char *run_number(const char *p, struct json_digits *out)
{
	const __m128i places = _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
	out->negative = *p == '-';
	p += out->negative;
	__m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8('0'));
	__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v);
	uint32_t others = ~(uint32_t)_mm_movemask_epi8(is_digit); /* bits 16 to 31 are set */
	unsigned before = (unsigned)__builtin_ctz(others), total = before, behind = 0;
	if (before == 0 || before >= 16 || (*p == '0' && before > 1))
		return NULL;
	if (p[before] == '.') {
		behind = (unsigned)__builtin_ctz(others >> (before + 1));
		total = before + 1 + behind;
		if (behind == 0 || total >= 16)
			return NULL;
		/* the digits behind the point move over it */
		__m128i moved = _mm_srli_si128(v, 1);
		__m128i from_here = _mm_cmpgt_epi8(_mm_set1_epi8((char)before), places);
		v = _mm_blendv_epi8(moved, v, from_here);
	}
	/* to the right end; places below zero give zeros */
	unsigned digits = before + behind;
	v = _mm_shuffle_epi8(v, _mm_sub_epi8(places, _mm_set1_epi8((char)(16 - digits))));
	out->mantissa = digits_value(v);
	out->fraction = behind;
	return p + total;
}

#define JSON_RUN json_run_avx2
#include "codec/json_shape_tmpl.h"
#else
typedef int weir_no_avx2; /* an empty file is no C */
#endif
