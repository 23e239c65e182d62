/* Where the bytes that mean something to CSV are in a block of 64: one bit each, lowest first. *odd: some byte of the
 * block is NUL or beyond ASCII. */
#ifndef WEIR_CODEC_CSV_BITS_H
#define WEIR_CODEC_CSV_BITS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>

static inline uint64_t weir_csv_bits(const char *block, char separator, bool *odd)
{
	const __m128i sep = _mm_set1_epi8(separator), quote = _mm_set1_epi8('"');
	const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
	__m128i below = _mm_setzero_si128();
	uint64_t bits = 0;
	for (int i = 0; i < 4; i++) {
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
		__m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(b, sep), _mm_cmpeq_epi8(b, quote)),
					   _mm_or_si128(_mm_cmpeq_epi8(b, lf), _mm_cmpeq_epi8(b, cr)));
		below = _mm_or_si128(below, _mm_cmpgt_epi8(_mm_set1_epi8(1), b)); /* as signed bytes */
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
	}
	*odd = _mm_movemask_epi8(below) != 0;
	return bits;
}
#else
static inline uint64_t weir_csv_bits(const char *block, char separator, bool *odd)
{
	uint64_t bits = 0;
	*odd = false;
	for (int i = 0; i < 64; i++) {
		char c = block[i];
		*odd |= (signed char)c < 1;
		bits |= (uint64_t)(c == separator || c == '"' || c == '\n' || c == '\r') << i;
	}
	return bits;
}
#endif

#endif
