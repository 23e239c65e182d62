/* Compact columns out of those of several batches: the narrowest encoding that holds every value. */
#include "buffer/seal_column.h"

int64_t weir_column_item(const struct weir_column *c, uint32_t row)
{
	if (c->encoding == WEIR_ENC_WIDE)
		return ((const int64_t *)c->data)[row];
	uint64_t v = weir_column_code(c, row);
	return (int64_t)((uint64_t)c->base + v);
}

static bool set_bitmaps(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	bool nulls = false, gaps = false;
	for (uint32_t i = 0; i < p->n; i++) {
		nulls |= columns[i]->valid || columns[i]->encoding == WEIR_ENC_ABSENT;
		gaps |= columns[i]->missing || columns[i]->encoding == WEIR_ENC_ABSENT;
	}
	if (nulls && !(out->valid = weir_calloc(weir_bit_words(p->rows), 8)))
		return false;
	if (gaps && !(out->missing = weir_calloc(weir_bit_words(p->rows), 8)))
		return false;
	uint32_t at = 0;
	for (uint32_t i = 0; (nulls || gaps) && i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows; row++, at++) {
			if (nulls && weir_column_valid(columns[i], row))
				weir_bit_set(out->valid, at);
			if (gaps && weir_column_missing(columns[i], row))
				weir_bit_set(out->missing, at);
		}
	return true;
}

static bool allocate(struct weir_column *out, uint8_t width, uint32_t rows)
{
	out->width = width;
	out->data_bytes = ((size_t)width * rows + 63) & ~(size_t)63;
	out->data = weir_alloc_aligned(out->data_bytes);
	return out->data != NULL;
}

static void put_narrow(struct weir_column *out, uint32_t at, uint64_t v)
{
	if (out->width == 1)
		((uint8_t *)out->data)[at] = (uint8_t)v;
	else if (out->width == 2)
		((uint16_t *)out->data)[at] = (uint16_t)v;
	else
		((uint32_t *)out->data)[at] = (uint32_t)v;
}

static uint8_t width_for(uint64_t range) { return range <= UINT8_MAX ? 1 : range <= UINT16_MAX ? 2 : range <= UINT32_MAX ? 4 : 8; }

/* int64 and timestamp: base + the narrowest unsigned number that holds the range of the valid values. */
static bool seal_ints(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows; row++)
			if (weir_column_valid(columns[i], row)) {
				int64_t v = weir_column_item(columns[i], row);
				low = v < low ? v : low;
				high = v > high ? v : high;
			}
	if (low > high)
		low = high = 0;
	uint8_t width = width_for((uint64_t)high - (uint64_t)low);
	if (!allocate(out, width, p->rows))
		return false;
	out->encoding = width == 8 ? WEIR_ENC_WIDE : WEIR_ENC_NARROW;
	out->base = width == 8 ? 0 : low;
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows; row++, at++) {
			bool valid = weir_column_valid(columns[i], row);
			if (width == 8)
				((int64_t *)out->data)[at] = valid ? weir_column_item(columns[i], row) : 0;
			else
				put_narrow(out, at, valid ? (uint64_t)weir_column_item(columns[i], row) - (uint64_t)low : 0);
		}
	return true;
}

static bool seal_floats(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	if (!allocate(out, 8, p->rows))
		return false;
	out->encoding = WEIR_ENC_WIDE;
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows; row++, at++) {
			const struct weir_column *c = columns[i];
			double v = 0;
			if (weir_column_valid(c, row) && c->type == WEIR_FLOAT64)
				v = ((const double *)c->data)[row];
			else if (weir_column_valid(c, row) && c->type == WEIR_INT64)
				v = (double)weir_column_item(c, row);
			((double *)out->data)[at] = v;
		}
	return true;
}

static bool seal_bools(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	if (!allocate(out, 1, p->rows))
		return false;
	out->encoding = WEIR_ENC_BYTE;
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows; row++, at++)
			((uint8_t *)out->data)[at] = weir_column_valid(columns[i], row) && columns[i]->type == WEIR_BOOL
							     ? ((const uint8_t *)columns[i]->data)[row]
							     : 0;
	return true;
}

static bool seal_codes(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p, struct weir_dict *dict)
{
	uint32_t high = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; columns[i]->encoding == WEIR_ENC_DICT && row < p->batches[i]->n_rows; row++) {
			uint32_t code = weir_column_code(columns[i], row);
			high = code > high ? code : high;
		}
	if (!allocate(out, width_for(high), p->rows))
		return false;
	out->encoding = WEIR_ENC_DICT;
	out->dict = weir_dict_ref(dict);
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows; row++, at++)
			put_narrow(out, at, columns[i]->encoding == WEIR_ENC_DICT ? weir_column_code(columns[i], row) : 0);
	return true;
}

static bool seal_texts(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	struct weir_buf bytes = {0};
	out->encoding = WEIR_ENC_PLAIN;
	out->width = 1;
	out->offsets = weir_alloc(((size_t)p->rows + 1) * sizeof *out->offsets);
	if (!out->offsets)
		return false;
	uint32_t at = 0;
	out->offsets[0] = 0;
	for (uint32_t i = 0; i < p->n; i++)
		for (uint32_t row = 0; row < p->batches[i]->n_rows && !bytes.failed; row++) {
			struct weir_value v = weir_column_get(columns[i], row);
			weir_value_text(&v, &bytes);
			bytes.failed |= bytes.size > UINT32_MAX;
			out->offsets[++at] = (uint32_t)bytes.size;
		}
	char *tight = bytes.data && !bytes.failed ? weir_realloc(bytes.data, bytes.size + 1) : NULL;
	out->bytes = tight ? tight : bytes.data;
	out->bytes_capacity = tight ? bytes.size + 1 : bytes.capacity;
	return !bytes.failed;
}

/* The dictionary that all parts with text share, NULL when there is none or more than one. */
static struct weir_dict *common_dict(const struct weir_column *const *columns, uint32_t n)
{
	struct weir_dict *dict = NULL;
	for (uint32_t i = 0; i < n; i++) {
		if (columns[i]->type == WEIR_NULL || columns[i]->encoding == WEIR_ENC_ABSENT)
			continue;
		if (columns[i]->encoding != WEIR_ENC_DICT || (dict && columns[i]->dict != dict))
			return NULL;
		dict = columns[i]->dict;
	}
	return dict;
}

bool weir_seal_column(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	enum weir_type type = WEIR_NULL;
	bool any = false;
	out->capacity = out->filled = p->rows;
	for (uint32_t i = 0; i < p->n; i++) {
		any |= columns[i]->encoding != WEIR_ENC_ABSENT;
		type = weir_type_widen(type, columns[i]->encoding == WEIR_ENC_ABSENT ? WEIR_NULL : columns[i]->type);
		for (int t = 0; t < WEIR_TYPE_COUNT; t++)
			out->type_count[t] += columns[i]->type_count[t];
	}
	out->type = type;
	if (!any)
		return true;
	if (!set_bitmaps(out, columns, p))
		return false;
	switch (type) {
	case WEIR_NULL: return allocate(out, 1, p->rows) && (out->encoding = WEIR_ENC_BYTE, memset(out->data, 0, p->rows), true);
	case WEIR_BOOL: return seal_bools(out, columns, p);
	case WEIR_FLOAT64: return seal_floats(out, columns, p);
	case WEIR_STRING: {
		struct weir_dict *dict = common_dict(columns, p->n);
		return dict ? seal_codes(out, columns, p, dict) : seal_texts(out, columns, p);
	}
	default: return seal_ints(out, columns, p);
	}
}
