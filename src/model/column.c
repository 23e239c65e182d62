#include "weir/model/column.h"

#include <math.h>
#include <stdlib.h>

void weir_column_release(struct weir_column *c)
{
	uint32_t capacity = c->capacity;
	free(c->data);
	free(c->valid);
	free(c->missing);
	free(c->offsets);
	free(c->bytes);
	weir_dict_unref(c->dict);
	*c = (struct weir_column){.capacity = capacity};
}

void weir_column_clear(struct weir_column *c)
{
	free(c->valid);
	free(c->missing);
	weir_dict_unref(c->dict);
	*c = (struct weir_column){.data = c->data,
		.data_bytes = c->data_bytes,
		.offsets = c->offsets,
		.bytes = c->bytes,
		.bytes_capacity = c->bytes_capacity,
		.capacity = c->capacity};
}

size_t weir_column_bytes(const struct weir_column *c)
{
	size_t bitmap = weir_bit_words(c->capacity) * sizeof(uint64_t);
	return c->data_bytes + (c->valid ? bitmap : 0) + (c->missing ? bitmap : 0) +
	       (c->offsets ? (c->capacity + (size_t)1) * sizeof(uint32_t) : 0) + c->bytes_capacity;
}

static int64_t narrow_get(const struct weir_column *c, uint32_t row)
{
	uint64_t v = c->width == 1   ? ((const uint8_t *)c->data)[row]
		     : c->width == 2 ? ((const uint16_t *)c->data)[row]
				     : ((const uint32_t *)c->data)[row];
	return (int64_t)((uint64_t)c->base + v);
}

struct weir_value weir_column_get(const struct weir_column *c, uint32_t row)
{
	struct weir_value v = {.type = WEIR_NULL};
	if (!weir_column_valid(c, row) || c->type == WEIR_NULL)
		return v;
	v.type = c->type;
	switch (c->encoding) {
	case WEIR_ENC_WIDE:
		if (c->type == WEIR_FLOAT64)
			v.f = ((const double *)c->data)[row];
		else
			v.i = ((const int64_t *)c->data)[row];
		break;
	case WEIR_ENC_NARROW:
		v.i = narrow_get(c, row);
		break;
	case WEIR_ENC_BYTE:
		v.b = ((const uint8_t *)c->data)[row] != 0;
		break;
	case WEIR_ENC_DICT:
		v.s = weir_dict_get(c->dict, weir_column_code(c, row));
		break;
	case WEIR_ENC_PLAIN:
		v.s = weir_column_plain(c, row);
		break;
	case WEIR_ENC_ABSENT:
		v.type = WEIR_NULL;
		break;
	}
	return v;
}

void weir_column_text(const struct weir_column *c, uint32_t row, struct weir_buf *out)
{
	struct weir_value v = weir_column_get(c, row);
	if (v.type == WEIR_FLOAT64 && c->type_count[WEIR_INT64] && fabs(v.f) < 0x1p63 && v.f == trunc(v.f))
		v = (struct weir_value){.type = WEIR_INT64, .i = (int64_t)v.f};
	weir_value_text(&v, out);
}
