/* The items of columns, from any width to any width. */
#include "buffer/seal_items.h"

#define LOAD(type)                                                                                                     \
	for (uint32_t i = 0; i < n; i++)                                                                               \
		out[i] = (int64_t)(base + ((const type *)c->data)[from + i]);                                          \
	break

static void load_unsigned(const struct weir_column *c, uint32_t from, uint32_t n, uint64_t base, int64_t *out)
{
	switch (c->width) {
	case 1:
		LOAD(uint8_t);
	case 2:
		LOAD(uint16_t);
	default:
		LOAD(uint32_t);
	}
}

void weir_codes_load(const struct weir_column *c, uint32_t from, uint32_t n, int64_t *out)
{
	load_unsigned(c, from, n, 0, out);
}

void weir_items_load(const struct weir_column *c, uint32_t from, uint32_t n, int64_t none, int64_t *out)
{
	if (!weir_has_values(c)) {
		for (uint32_t i = 0; i < n; i++)
			out[i] = none;
		return;
	}
	if (c->encoding == WEIR_ENC_WIDE)
		memcpy(out, (const int64_t *)c->data + from, n * sizeof *out);
	else
		load_unsigned(c, from, n, (uint64_t)c->base, out);
	for (uint32_t i = 0; c->valid && i < n; i++)
		if (!weir_bit_get(c->valid, from + i))
			out[i] = none;
}

#define STORE(type)                                                                                                    \
	for (uint32_t i = 0; i < n; i++)                                                                               \
		((type *)data)[at + i] = (type)((uint64_t)v[i] - (uint64_t)base);                                      \
	break

void weir_items_store(void *data, uint8_t width, uint32_t at, const int64_t *v, uint32_t n, int64_t base)
{
	switch (width) {
	case 1:
		STORE(uint8_t);
	case 2:
		STORE(uint16_t);
	case 4:
		STORE(uint32_t);
	default:
		memcpy((int64_t *)data + at, v, n * sizeof *v);
	}
}
