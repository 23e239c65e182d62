/* Bitmaps of a slice: bit i is row i, 16 words for WEIR_VEC_ROWS rows. Private to src/query/expr. */
#ifndef WEIR_QUERY_EXPR_BITS_H
#define WEIR_QUERY_EXPR_BITS_H

#include "expr.h"

enum { WEIR_VEC_WORDS = WEIR_VEC_ROWS / 64 };

/* 64 bytes of 0 or 1 to the bits of one word. Eight bytes at a time: the factor moves byte i's lowest bit to bit 56 +
 * i. */
static inline uint64_t weir_pack64(const uint8_t bytes[64])
{
	uint64_t word = 0;

	for (int i = 0; i < 8; i++) {
		uint64_t eight;
		memcpy(&eight, bytes + i * 8, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		eight = __builtin_bswap64(eight);
#endif
		word |= (eight * UINT64_C(0x0102040810204080)) >> 56 << (i * 8);
	}
	return word;
}

/* Ones for the first n rows. */
static inline uint64_t weir_row_mask(uint32_t n, uint32_t word)
{
	uint32_t left = n - word * 64;

	return left >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
}

static inline uint64_t weir_word_or_ones(const uint64_t *words, uint32_t i)
{
	return words ? words[i] : ~UINT64_C(0);
}

#endif
