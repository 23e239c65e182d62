/* weir_digits_read with vectors, for numbers of at most 15 bytes behind the sign: 17 bytes from p on must be readable.
 */
#ifndef WEIR_CODEC_DIGITS_AVX2_H
#define WEIR_CODEC_DIGITS_AVX2_H

#include "codec/columns/digits.h"

#ifdef WEIR_HAS_AVX2
#include <immintrin.h>

/* Sixteen digits, one a byte, to a number, pairwise: 2, 4, 8, 16 (Mula, "SIMD-ized faster parse of unsigned integers").
 */
WEIR_AVX2 static inline __attribute__((always_inline)) uint64_t weir_digits_value_avx2(__m128i v)
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

WEIR_AVX2 static inline __attribute__((always_inline)) const char *weir_digits_read_avx2(const char *p,
											 struct weir_digits *out)
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
	out->mantissa = weir_digits_value_avx2(v);
	out->fraction = behind;
	return p + total;
}
#endif

#endif
