/* Comparison kernels, generated for one type each time this file is included. Define before:
 *
 *   KERNEL_TYPE   type of a value
 *   KERNEL(name)  name of the function made from `name`
 *
 * Each writes one bit a row. Blocks of 64 rows have a constant trip count, which lets the compiler vectorise them. */

static void KERNEL(equal_constant)(const KERNEL_TYPE *restrict a, KERNEL_TYPE k, uint32_t n, uint64_t *restrict out)
{
	uint8_t hit[64] = {0};
	uint32_t i = 0;

	for (; i + 64 <= n; i += 64) {
		for (uint32_t j = 0; j < 64; j++)
			hit[j] = a[i + j] == k;
		out[i / 64] = weir_pack64(hit);
	}
	if (i < n) {
		for (uint32_t j = 0; j < 64; j++)
			hit[j] = i + j < n && a[i + j] == k;
		out[i / 64] = weir_pack64(hit);
	}
}

static void KERNEL(less_constant)(const KERNEL_TYPE *restrict a, KERNEL_TYPE k, uint32_t n, uint64_t *restrict out)
{
	uint8_t hit[64] = {0};
	uint32_t i = 0;

	for (; i + 64 <= n; i += 64) {
		for (uint32_t j = 0; j < 64; j++)
			hit[j] = a[i + j] < k;
		out[i / 64] = weir_pack64(hit);
	}
	if (i < n) {
		for (uint32_t j = 0; j < 64; j++)
			hit[j] = i + j < n && a[i + j] < k;
		out[i / 64] = weir_pack64(hit);
	}
}

/* At most k. Not "greater": NaN is above every number, and this is false for it, as the negation needs. */
static void KERNEL(most_constant)(const KERNEL_TYPE *restrict a, KERNEL_TYPE k, uint32_t n, uint64_t *restrict out)
{
	uint8_t hit[64] = {0};
	uint32_t i = 0;

	for (; i + 64 <= n; i += 64) {
		for (uint32_t j = 0; j < 64; j++)
			hit[j] = a[i + j] <= k;
		out[i / 64] = weir_pack64(hit);
	}
	if (i < n) {
		for (uint32_t j = 0; j < 64; j++)
			hit[j] = i + j < n && a[i + j] <= k;
		out[i / 64] = weir_pack64(hit);
	}
}

#undef KERNEL_TYPE
#undef KERNEL
