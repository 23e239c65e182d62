/* Where the bytes that mean something to records of text are in a block of 64: one bit each, lowest first. */
#ifndef WEIR_CODEC_MARK_BITS_H
#define WEIR_CODEC_MARK_BITS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct weir_mark_bits {
	uint64_t separator, line_feed, cr, quote;
	uint64_t other; /* a backslash or a control character but CR and LF; 0 unless asked for */
	bool odd;       /* some byte of the block is NUL or beyond ASCII */
};

static inline struct weir_mark_bits weir_mark_bits_simple(const char *block, char separator, bool others)
{
	struct weir_mark_bits m = {0};
	for (int i = 0; i < 64; i++) {
		char c = block[i];
		bool other = c == '\\' || ((unsigned char)c < ' ' && c != '\n' && c != '\r');
		m.odd |= (signed char)c < 1;
		m.separator |= (uint64_t)(c == separator) << i;
		m.line_feed |= (uint64_t)(c == '\n') << i;
		m.cr |= (uint64_t)(c == '\r') << i;
		m.quote |= (uint64_t)(c == '"') << i;
		m.other |= (uint64_t)(others && other) << i;
	}
	return m;
}

#ifdef __SSE2__
static inline uint64_t weir_mark_bits_equal(__m128i b, char c)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, _mm_set1_epi8(c)));
}

static inline struct weir_mark_bits weir_mark_bits(const char *block, char separator, bool others)
{
	struct weir_mark_bits m = {0};
	__m128i below = _mm_setzero_si128();
	const __m128i last_control = _mm_set1_epi8(' ' - 1);
	for (int i = 0; i < 4; i++) {
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
		below = _mm_or_si128(below, _mm_cmpgt_epi8(_mm_set1_epi8(1), b)); /* as signed bytes */
		m.separator |= weir_mark_bits_equal(b, separator) << (16 * i);
		m.line_feed |= weir_mark_bits_equal(b, '\n') << (16 * i);
		m.cr |= weir_mark_bits_equal(b, '\r') << (16 * i);
		m.quote |= weir_mark_bits_equal(b, '"') << (16 * i);
		if (others) {
			__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(b, last_control), b);
			__m128i other = _mm_or_si128(control, _mm_cmpeq_epi8(b, _mm_set1_epi8('\\')));
			m.other |= (uint64_t)(uint32_t)_mm_movemask_epi8(other) << (16 * i);
		}
	}
	m.other &= ~(m.line_feed | m.cr);
	m.odd = _mm_movemask_epi8(below) != 0;
	return m;
}
#else
static inline struct weir_mark_bits weir_mark_bits(const char *block, char separator, bool others)
{
	return weir_mark_bits_simple(block, separator, others);
}
#endif

#endif
