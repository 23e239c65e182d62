/* Many numbers against one, a bit a row: a portable version, and one with 32-byte vectors that is chosen at run time
 * where the processor has them. Both give the same bits. Private to src/query. */
#ifndef WEIR_QUERY_EXPR_COMPARE_VECTOR_H
#define WEIR_QUERY_EXPR_COMPARE_VECTOR_H

#include <stdbool.h>
#include <stdint.h>

/* Every comparison with a constant is one of three, perhaps turned over: x > k is not (x <= k). "At most" and not
 * "greater": NaN is above every number, and this is false for it, as the negation needs. */
enum weir_compare { WEIR_COMPARE_EQUAL, WEIR_COMPARE_LESS, WEIR_COMPARE_MOST };

/* Bit i of `out` ((n + 63) / 64 words): a[i] == k, a[i] < k, a[i] <= k. Bits from n on may be anything. */
struct weir_compare_vector {
	void (*u8)(enum weir_compare how, const uint8_t *a, uint8_t k, uint32_t n, uint64_t *out);
	void (*u16)(enum weir_compare how, const uint16_t *a, uint16_t k, uint32_t n, uint64_t *out);
	void (*u32)(enum weir_compare how, const uint32_t *a, uint32_t k, uint32_t n, uint64_t *out);
	void (*i64)(enum weir_compare how, const int64_t *a, int64_t k, uint32_t n, uint64_t *out);
	void (*f64)(enum weir_compare how, const double *a, double k, uint32_t n, uint64_t *out);
};

extern const struct weir_compare_vector weir_compare_portable;
#if defined(__x86_64__) && defined(__GNUC__)
#define WEIR_COMPARE_HAS_AVX2 1
extern const struct weir_compare_vector weir_compare_avx2;
#endif
const struct weir_compare_vector *weir_compare_vector(void); /* the best that this processor can run */

#endif
