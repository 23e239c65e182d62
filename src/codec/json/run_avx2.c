/* Runs over records of a shape with 32-byte vectors (x86-64 with AVX2 and BMI). */
#include "codec/columns/digits_avx2.h"
#include "codec/json/json.h"

#ifdef WEIR_HAS_AVX2

#define JSON_TARGET WEIR_AVX2
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

INLINE const char *run_number(const char *p, struct weir_digits *out)
{
	return weir_digits_read_avx2(p, out);
}

#define JSON_RUN json_run_avx2
#include "codec/json/run_tmpl.h"
#else
typedef int weir_no_avx2; /* an empty file is no C */
#endif
