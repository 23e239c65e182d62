/* Kernels that compare two vectors row by row, generated for one pair of types each time this file is included. Define
 * before:
 *
 *   KERNEL_LEFT, KERNEL_RIGHT   types of the values
 *   KERNEL_EQUAL(a, b)          are they the same
 *   KERNEL_LESS(a, b)           is a before b
 *   KERNEL(name)                name of the function made from `name` */

static void KERNEL(equal)(const KERNEL_LEFT *restrict a, const KERNEL_RIGHT *restrict b, uint32_t n,
			  uint64_t *restrict out)
{
	uint8_t hit[64];

	for (uint32_t i = 0; i < n; i += 64) {
		uint32_t block = n - i < 64 ? n - i : 64;
		memset(hit, 0, sizeof hit);
		for (uint32_t j = 0; j < block; j++)
			hit[j] = KERNEL_EQUAL(a[i + j], b[i + j]);
		out[i / 64] = weir_pack64(hit);
	}
}

static void KERNEL(less)(const KERNEL_LEFT *restrict a, const KERNEL_RIGHT *restrict b, uint32_t n,
			 uint64_t *restrict out)
{
	uint8_t hit[64];

	for (uint32_t i = 0; i < n; i += 64) {
		uint32_t block = n - i < 64 ? n - i : 64;
		memset(hit, 0, sizeof hit);
		for (uint32_t j = 0; j < block; j++)
			hit[j] = KERNEL_LESS(a[i + j], b[i + j]);
		out[i / 64] = weir_pack64(hit);
	}
}

#undef KERNEL_LEFT
#undef KERNEL_RIGHT
#undef KERNEL_EQUAL
#undef KERNEL_LESS
#undef KERNEL
