/* Look-up of dictionary codes, generated for one width each time this file is included. Define before:
 *
 *   KERNEL_TYPE   type of a code
 *   KERNEL(name)  name of the function made from `name` */

static uint32_t KERNEL(most)(const KERNEL_TYPE *restrict codes, uint32_t n)
{
	KERNEL_TYPE most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = codes[i] > most ? codes[i] : most;
	return most;
}

/* states[i] = table[codes[i]]; returns all that were seen, or-ed together. */
static uint8_t KERNEL(states)(const KERNEL_TYPE *restrict codes, uint32_t n, const uint8_t *restrict table,
			      uint8_t *restrict states)
{
	uint8_t any = 0;

	for (uint32_t i = 0; i < n; i++)
		any |= states[i] = table[codes[i]];
	return any;
}

static void KERNEL(numbers)(const KERNEL_TYPE *restrict codes, uint32_t n, const int64_t *restrict table,
			    int64_t *restrict out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = table[codes[i]];
}

static void KERNEL(texts)(const KERNEL_TYPE *restrict codes, uint32_t n, const struct weir_str *restrict table,
			  struct weir_str *restrict out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = table[codes[i]];
}

#undef KERNEL_TYPE
#undef KERNEL
