/* Marks and numbers of CSV with 32-byte vectors (x86-64 with AVX2 and BMI). */
#include "codec/csv_bits.h"
#include "codec/csv_rows.h"
#include "codec/digits_avx2.h"

#ifdef WEIR_HAS_AVX2

#define CSV_KIND weir_csv_avx2
#define CSV_TARGET WEIR_AVX2
#define INLINE WEIR_AVX2 static inline __attribute__((always_inline))

INLINE uint64_t both(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

INLINE void csv_masks(const char *block, char separator, struct weir_csv_masks *out)
{
	const __m256i sep = _mm256_set1_epi8(separator), quote = _mm256_set1_epi8('"');
	const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r'), one = _mm256_set1_epi8(1);
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)block);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(block + 32));
	__m256i a_cr = _mm256_cmpeq_epi8(a, cr), b_cr = _mm256_cmpeq_epi8(b, cr);
	__m256i a_special = _mm256_or_si256(a_cr, _mm256_cmpeq_epi8(a, quote));
	__m256i b_special = _mm256_or_si256(b_cr, _mm256_cmpeq_epi8(b, quote));
	__m256i below = _mm256_or_si256(_mm256_cmpgt_epi8(one, a), _mm256_cmpgt_epi8(one, b)); /* as signed bytes */
	out->separator = both(_mm256_cmpeq_epi8(a, sep), _mm256_cmpeq_epi8(b, sep));
	out->line_feed = both(_mm256_cmpeq_epi8(a, lf), _mm256_cmpeq_epi8(b, lf));
	out->special = both(a_special, b_special);
	out->cr = both(a_cr, b_cr);
	out->odd = !_mm256_testz_si256(below, below);
}

INLINE uint64_t csv_lowest(uint64_t bits)
{
	return _tzcnt_u64(bits);
}

INLINE const char *csv_digits(const char *p, struct weir_digits *out)
{
	return weir_digits_read_avx2(p, out);
}

#include "codec/csv_rows_tmpl.h"
#else
typedef int weir_no_avx2; /* an empty file is no C */
#endif
