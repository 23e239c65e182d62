/* With 32-byte vectors (x86-64 with AVX2). Rows beyond a multiple of 64 go to the portable version. */
#include "query/expr/eval/eval.h"

#ifdef WEIR_COMPARE_HAS_AVX2
#include <immintrin.h>
#include <stddef.h>

#define TARGET __attribute__((target("avx2")))
#define ALWAYS TARGET inline __attribute__((always_inline))

ALWAYS static __m256i load(const void *p, size_t bytes)
{
	return _mm256_loadu_si256((const __m256i *)((const char *)p + bytes));
}

/* Unsigned: a < k is a <= k - 1, and never when k is 0. */
#define UNSIGNED(TYPE)                                                                                                 \
	bool never = how == WEIR_COMPARE_LESS && k == 0;                                                               \
	TYPE most = (TYPE)(how == WEIR_COMPARE_LESS ? k - 1 : k);                                                      \
	bool equal = how == WEIR_COMPARE_EQUAL;                                                                        \
	uint32_t i = 0;                                                                                                \
	for (; never && i + 64 <= n; i += 64)                                                                          \
	out[i / 64] = 0

/* The loop twice, so that the test of `equal` is outside of it. */
#define EACH_WORD(word)                                                                                                \
	for (; equal && i + 64 <= n; i += 64)                                                                          \
		out[i / 64] = word(true, a + i, v);                                                                    \
	for (; i + 64 <= n; i += 64)                                                                                   \
	out[i / 64] = word(false, a + i, v)

ALWAYS static uint64_t word_u8(bool equal, const uint8_t *a, __m256i k)
{
	uint64_t word = 0;
	for (int part = 0; part < 2; part++) {
		__m256i v = load(a, (size_t)part * 32);
		__m256i hit = _mm256_cmpeq_epi8(equal ? k : _mm256_min_epu8(v, k), v);
		word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hit) << (part * 32);
	}
	return word;
}

TARGET static void compare_u8(enum weir_compare how, const uint8_t *a, uint8_t k, uint32_t n, uint64_t *out)
{
	UNSIGNED(uint8_t);
	__m256i v = _mm256_set1_epi8((char)most);
	EACH_WORD(word_u8);
	weir_compare_portable.u8(how, a + i, k, n - i, out + i / 64);
}

ALWAYS static __m256i hit_u16(bool equal, const uint16_t *a, size_t part, __m256i k)
{
	__m256i v = load(a, part * 32);
	return _mm256_cmpeq_epi16(equal ? k : _mm256_min_epu16(v, k), v);
}

ALWAYS static uint64_t word_u16(bool equal, const uint16_t *a, __m256i k)
{
	uint64_t word = 0;
	for (size_t part = 0; part < 2; part++) {
		__m256i hits = _mm256_packs_epi16(hit_u16(equal, a, part * 2, k), hit_u16(equal, a, part * 2 + 1, k));
		hits = _mm256_permute4x64_epi64(hits, 0xd8); /* packing goes by halves of the vector */
		word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hits) << (part * 32);
	}
	return word;
}

TARGET static void compare_u16(enum weir_compare how, const uint16_t *a, uint16_t k, uint32_t n, uint64_t *out)
{
	UNSIGNED(uint16_t);
	__m256i v = _mm256_set1_epi16((short)most);
	EACH_WORD(word_u16);
	weir_compare_portable.u16(how, a + i, k, n - i, out + i / 64);
}

ALWAYS static uint64_t word_u32(bool equal, const uint32_t *a, __m256i k)
{
	uint64_t word = 0;
	for (int part = 0; part < 8; part++) {
		__m256i v = load(a, (size_t)part * 32);
		__m256i hit = _mm256_cmpeq_epi32(equal ? k : _mm256_min_epu32(v, k), v);
		word |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(hit)) << (part * 8);
	}
	return word;
}

TARGET static void compare_u32(enum weir_compare how, const uint32_t *a, uint32_t k, uint32_t n, uint64_t *out)
{
	UNSIGNED(uint32_t);
	__m256i v = _mm256_set1_epi32((int)most);
	EACH_WORD(word_u32);
	weir_compare_portable.u32(how, a + i, k, n - i, out + i / 64);
}

ALWAYS static uint64_t word_i64(enum weir_compare how, const int64_t *a, __m256i k)
{
	uint64_t word = 0;
	for (int part = 0; part < 16; part++) {
		__m256i v = load(a, (size_t)part * 32);
		__m256i hit = how == WEIR_COMPARE_EQUAL  ? _mm256_cmpeq_epi64(v, k)
			      : how == WEIR_COMPARE_LESS ? _mm256_cmpgt_epi64(k, v)
							 : _mm256_cmpgt_epi64(v, k);
		word |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(hit)) << (part * 4);
	}
	return how == WEIR_COMPARE_MOST ? ~word : word;
}

TARGET static void compare_i64(enum weir_compare how, const int64_t *a, int64_t k, uint32_t n, uint64_t *out)
{
	__m256i v = _mm256_set1_epi64x(k);
	uint32_t i = 0;
	for (; how == WEIR_COMPARE_EQUAL && i + 64 <= n; i += 64)
		out[i / 64] = word_i64(WEIR_COMPARE_EQUAL, a + i, v);
	for (; how == WEIR_COMPARE_LESS && i + 64 <= n; i += 64)
		out[i / 64] = word_i64(WEIR_COMPARE_LESS, a + i, v);
	for (; i + 64 <= n; i += 64)
		out[i / 64] = word_i64(WEIR_COMPARE_MOST, a + i, v);
	weir_compare_portable.i64(how, a + i, k, n - i, out + i / 64);
}

ALWAYS static uint64_t word_f64(enum weir_compare how, const double *a, __m256d k)
{
	uint64_t word = 0;
	for (int part = 0; part < 16; part++) {
		__m256d v = _mm256_loadu_pd(a + (size_t)part * 4);
		__m256d hit = how == WEIR_COMPARE_EQUAL  ? _mm256_cmp_pd(v, k, _CMP_EQ_OQ)
			      : how == WEIR_COMPARE_LESS ? _mm256_cmp_pd(v, k, _CMP_LT_OQ)
							 : _mm256_cmp_pd(v, k, _CMP_LE_OQ);
		word |= (uint64_t)(uint32_t)_mm256_movemask_pd(hit) << (part * 4);
	}
	return word;
}

TARGET static void compare_f64(enum weir_compare how, const double *a, double k, uint32_t n, uint64_t *out)
{
	__m256d v = _mm256_set1_pd(k);
	uint32_t i = 0;
	for (; how == WEIR_COMPARE_EQUAL && i + 64 <= n; i += 64)
		out[i / 64] = word_f64(WEIR_COMPARE_EQUAL, a + i, v);
	for (; how == WEIR_COMPARE_LESS && i + 64 <= n; i += 64)
		out[i / 64] = word_f64(WEIR_COMPARE_LESS, a + i, v);
	for (; i + 64 <= n; i += 64)
		out[i / 64] = word_f64(WEIR_COMPARE_MOST, a + i, v);
	weir_compare_portable.f64(how, a + i, k, n - i, out + i / 64);
}

const struct weir_compare_vector weir_compare_avx2 = {compare_u8, compare_u16, compare_u32, compare_i64, compare_f64};
#endif
