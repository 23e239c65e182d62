/* Comparison with a constant, generated for one type each time this file is included. Define before:
 *
 *   KERNEL_TYPE   type of a value
 *   KERNEL(name)  name of the function made from `name`
 *
 * One bit a row. A block of 64 rows has a constant trip count and nothing around it, which compilers can vectorise; the
 * rows after the last whole block are copied into one. */

static inline uint64_t KERNEL(block)(enum weir_compare how, const KERNEL_TYPE *restrict a, KERNEL_TYPE k)
{
	uint8_t hit[64];

	for (int j = 0; j < 64; j++)
		hit[j] = how == WEIR_COMPARE_EQUAL ? a[j] == k : how == WEIR_COMPARE_LESS ? a[j] < k : a[j] <= k;
	return weir_pack64(hit);
}

static void KERNEL(compare)(enum weir_compare how, const KERNEL_TYPE *a, KERNEL_TYPE k, uint32_t n, uint64_t *out)
{
	uint32_t i = 0;

	for (; how == WEIR_COMPARE_EQUAL && i + 64 <= n; i += 64)
		out[i / 64] = KERNEL(block)(WEIR_COMPARE_EQUAL, a + i, k);
	for (; how == WEIR_COMPARE_LESS && i + 64 <= n; i += 64)
		out[i / 64] = KERNEL(block)(WEIR_COMPARE_LESS, a + i, k);
	for (; how == WEIR_COMPARE_MOST && i + 64 <= n; i += 64)
		out[i / 64] = KERNEL(block)(WEIR_COMPARE_MOST, a + i, k);
	if (i < n) {
		KERNEL_TYPE rest[64] = {0};
		memcpy(rest, a + i, (n - i) * sizeof *a);
		out[i / 64] = KERNEL(block)(how, rest, k);
	}
}

#undef KERNEL_TYPE
#undef KERNEL
