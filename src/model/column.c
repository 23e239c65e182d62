/* Columns: life, types that widen, values read back. */
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

static void *copy_of(const void *bytes, size_t size)
{
	void *copy = weir_alloc(size ? size : 1);
	if (copy && size)
		memcpy(copy, bytes, size);
	return copy;
}

/* A bitmap covers the capacity of its column. */
static uint64_t *copy_bits(const uint64_t *bits, uint32_t rows, uint32_t capacity)
{
	uint64_t *copy = weir_calloc(weir_bit_words(capacity) + (size_t)1, sizeof *copy);
	if (copy)
		memcpy(copy, bits, weir_bit_words(rows) * sizeof *copy);
	return copy;
}

bool weir_column_copy(struct weir_column *to, const struct weir_column *from, uint32_t rows)
{
	bool text = from->encoding == WEIR_ENC_PLAIN, plain = text && from->offsets;
	size_t all = (size_t)rows * from->width, data = text || from->encoding == WEIR_ENC_ABSENT ? 0 : all;
	size_t bytes = !text ? 0 : plain ? from->offsets[rows] : all;
	to->type = from->type;
	to->encoding = from->encoding;
	to->width = from->width;
	to->base = from->base;
	to->filled = rows;
	memcpy(to->type_count, from->type_count, sizeof to->type_count);
	to->dict = weir_dict_ref(from->dict);
	if ((data && !(to->data = copy_of(from->data, data))) ||
	    (bytes && !(to->bytes = copy_of(from->bytes, bytes))) ||
	    (plain && !(to->offsets = copy_of(from->offsets, (rows + (size_t)1) * sizeof *to->offsets))) ||
	    (from->valid && !(to->valid = copy_bits(from->valid, rows, to->capacity))) ||
	    (from->missing && !(to->missing = copy_bits(from->missing, rows, to->capacity)))) {
		weir_column_release(to);
		return false;
	}
	to->data_bytes = data;
	to->bytes_capacity = bytes;
	return true;
}
