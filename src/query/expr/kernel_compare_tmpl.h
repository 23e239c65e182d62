/* Comparison with a constant, generated for one type and operator each time this file is included. Define before:
 *
 *   KERNEL_TYPE   type of a value
 *   KERNEL_OP     ==, < or <=
 *   KERNEL(name)  name of the function made from `name`
 *
 * One bit a row. A block of 64 rows has a constant trip count and nothing around it, which is what the compiler needs
 * to vectorise it; the rows after the last whole block are copied into one. */

static uint64_t KERNEL(block)(const KERNEL_TYPE *restrict a, KERNEL_TYPE k)
{
	uint8_t hit[64];

	for (int j = 0; j < 64; j++)
		hit[j] = a[j] KERNEL_OP k;
	return weir_pack64(hit);
}

static void KERNEL(constant)(const KERNEL_TYPE *restrict a, KERNEL_TYPE k, uint32_t n, uint64_t *restrict out)
{
	uint32_t i = 0;

	for (; i + 64 <= n; i += 64)
		out[i / 64] = KERNEL(block)(a + i, k);
	if (i < n) {
		KERNEL_TYPE rest[64] = {0};
		memcpy(rest, a + i, (n - i) * sizeof *a);
		out[i / 64] = KERNEL(block)(rest, k);
	}
}

#undef KERNEL_TYPE
#undef KERNEL_OP
#undef KERNEL
