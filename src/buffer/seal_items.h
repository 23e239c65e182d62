/* Items of a column in stretches, whatever their encoding. Private to the buffer floor. */
#ifndef WEIR_BUFFER_SEAL_ITEMS_H
#define WEIR_BUFFER_SEAL_ITEMS_H

#include "weir/model/column.h"

enum { WEIR_STRETCH = 1024 };

/* Values are there: not absent, and not only nulls. */
static inline bool weir_has_values(const struct weir_column *c)
{
	return c->encoding != WEIR_ENC_ABSENT && c->type != WEIR_NULL;
}

/* Rows [from, from + n) of an int64 or timestamp column; a row that is not valid holds `none`. */
void weir_items_load(const struct weir_column *c, uint32_t from, uint32_t n, int64_t none, int64_t *out);
/* Writes v - base in items of `width` bytes (8: v itself) at item `at`. */
void weir_items_store(void *data, uint8_t width, uint32_t at, const int64_t *v, uint32_t n, int64_t base);
/* Codes of a DICT column. */
void weir_codes_load(const struct weir_column *c, uint32_t from, uint32_t n, int64_t *out);

#endif
