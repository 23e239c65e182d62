/* Marks and numbers of plain records with 32-byte vectors (x86-64 with AVX2 and BMI). */
#include "codec/bulk/mark_bits.h"
#include "codec/bulk/bulk.h"
#include "codec/columns/digits_avx2.h"

#ifdef WEIR_HAS_AVX2

#define BULK_KIND weir_bulk_avx2
#define BULK_TARGET WEIR_AVX2
#define INLINE WEIR_AVX2 static inline __attribute__((always_inline))

INLINE uint64_t both(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

INLINE __m256i other_than_plain(__m256i v)
{
	__m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(' ' - 1)), v);
	return _mm256_or_si256(control, _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
}

INLINE uint64_t equal(__m256i low, __m256i high, char c)
{
	const __m256i v = _mm256_set1_epi8(c);
	return both(_mm256_cmpeq_epi8(low, v), _mm256_cmpeq_epi8(high, v));
}

INLINE struct weir_mark_bits plain_masks(const char *block, char separator, bool others)
{
	const __m256i one = _mm256_set1_epi8(1);
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)block);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(block + 32));
	__m256i below = _mm256_or_si256(_mm256_cmpgt_epi8(one, a), _mm256_cmpgt_epi8(one, b)); /* as signed bytes */
	struct weir_mark_bits m = {.separator = equal(a, b, separator),
				   .line_feed = equal(a, b, '\n'),
				   .cr = equal(a, b, '\r'),
				   .quote = equal(a, b, '"'),
				   .odd = !_mm256_testz_si256(below, below)};
	if (others)
		m.other = both(other_than_plain(a), other_than_plain(b)) & ~(m.line_feed | m.cr);
	return m;
}

INLINE uint64_t plain_lowest(uint64_t bits)
{
	return _tzcnt_u64(bits);
}

INLINE const char *plain_digits(const char *p, struct weir_digits *out)
{
	return weir_digits_read_avx2(p, out);
}

#include "codec/bulk/marks_tmpl.h"
#else
typedef int weir_no_avx2; /* an empty file is no C */
#endif
