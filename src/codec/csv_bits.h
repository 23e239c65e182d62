/* Where the bytes that mean something to CSV are in a block of 64: one bit each, lowest first. */
#ifndef WEIR_CODEC_CSV_BITS_H
#define WEIR_CODEC_CSV_BITS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct weir_csv_masks {
	uint64_t separator, line_feed, cr, special; /* special: quote or CR */
	bool odd;				    /* some byte of the block is NUL or beyond ASCII */
};

static inline struct weir_csv_masks weir_csv_masks_plain(const char *block, char separator)
{
	struct weir_csv_masks m = {0};
	for (int i = 0; i < 64; i++) {
		char c = block[i];
		m.odd |= (signed char)c < 1;
		m.separator |= (uint64_t)(c == separator) << i;
		m.line_feed |= (uint64_t)(c == '\n') << i;
		m.cr |= (uint64_t)(c == '\r') << i;
		m.special |= (uint64_t)(c == '"' || c == '\r') << i;
	}
	return m;
}

#ifdef __SSE2__
static inline uint64_t weir_csv_equal(__m128i b, char c)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, _mm_set1_epi8(c)));
}

static inline struct weir_csv_masks weir_csv_masks(const char *block, char separator)
{
	struct weir_csv_masks m = {0};
	__m128i below = _mm_setzero_si128();
	for (int i = 0; i < 4; i++) {
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
		below = _mm_or_si128(below, _mm_cmpgt_epi8(_mm_set1_epi8(1), b)); /* as signed bytes */
		m.separator |= weir_csv_equal(b, separator) << (16 * i);
		m.line_feed |= weir_csv_equal(b, '\n') << (16 * i);
		m.cr |= weir_csv_equal(b, '\r') << (16 * i);
		m.special |= weir_csv_equal(b, '"') << (16 * i);
	}
	m.special |= m.cr;
	m.odd = _mm_movemask_epi8(below) != 0;
	return m;
}
#else
static inline struct weir_csv_masks weir_csv_masks(const char *block, char separator)
{
	return weir_csv_masks_plain(block, separator);
}
#endif

/* All that the scanner of records stops at, in one. */
static inline uint64_t weir_csv_bits(const char *block, char separator, bool *odd)
{
	struct weir_csv_masks m = weir_csv_masks(block, separator);
	*odd = m.odd;
	return m.separator | m.line_feed | m.special;
}

#endif
