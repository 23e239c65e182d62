/* Compact columns out of those of several batches: the narrowest encoding that holds every value. */
#include "buffer/seal_column.h"

#include "buffer/seal_items.h"

#include <math.h>
#include <stdlib.h>

void weir_bits_append(uint64_t *to, uint32_t at, const uint64_t *from, bool fill, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 64) {
		uint32_t left = n - i < 64 ? n - i : 64, shift = (at + i) & 63;
		uint64_t word = (from ? from[i >> 6] : fill ? UINT64_MAX : 0) & (UINT64_MAX >> (64 - left));
		to[(at + i) >> 6] |= word << shift;
		if (shift + left > 64)
			to[((at + i) >> 6) + 1] |= word >> (64 - shift);
	}
}

static uint64_t bits_set(const uint64_t *words, uint32_t rows)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < weir_bit_words(rows); i++)
		n += (uint64_t)__builtin_popcountll(words[i]);
	return n;
}

/* A bitmap that says nothing goes again. */
static bool set_bitmaps(struct weir_column *out, struct weir_zone *zone, const struct weir_column *const *columns,
			const struct weir_parts *p)
{
	bool nulls = false, gaps = false;
	for (uint32_t i = 0; i < p->n; i++) {
		nulls |= columns[i]->valid || !weir_has_values(columns[i]);
		gaps |= columns[i]->missing || columns[i]->encoding == WEIR_ENC_ABSENT;
	}
	if (nulls && !(out->valid = weir_calloc(weir_bit_words(p->rows), 8)))
		return false;
	if (gaps && !(out->missing = weir_calloc(weir_bit_words(p->rows), 8)))
		return false;
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; at += p->batches[i++]->n_rows) {
		const struct weir_column *c = columns[i];
		if (nulls)
			weir_bits_append(out->valid, at, c->valid, weir_has_values(c), p->batches[i]->n_rows);
		if (gaps)
			weir_bits_append(out->missing, at, c->missing, c->encoding == WEIR_ENC_ABSENT,
					 p->batches[i]->n_rows);
	}
	zone->n_valid = nulls ? (uint32_t)bits_set(out->valid, p->rows) : p->rows;
	if (nulls && zone->n_valid == p->rows) {
		free(out->valid);
		out->valid = NULL;
	}
	if (gaps && !bits_set(out->missing, p->rows)) {
		free(out->missing);
		out->missing = NULL;
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

static uint8_t width_for(uint64_t range)
{
	return range <= UINT8_MAX ? 1 : range <= UINT16_MAX ? 2 : range <= UINT32_MAX ? 4 : 8;
}

/* Calls for each stretch of each part; `at` is its place in the segment. */
#define EACH_STRETCH(p, part, from, at, count)                                                                         \
	for (uint32_t part = 0, at = 0; part < (p)->n; part++)                                                         \
		for (uint32_t from = 0, count = 0;                                                                     \
		     from < (p)->batches[part]->n_rows &&                                                              \
		     (count = (p)->batches[part]->n_rows - from < WEIR_STRETCH ? (p)->batches[part]->n_rows - from     \
									       : WEIR_STRETCH,                         \
		     true);                                                                                            \
		     from += count, at += count)

struct range {
	int64_t low, high;
};

static struct range range_of(const struct weir_column *const *columns, const struct weir_parts *p)
{
	struct range r = {INT64_MAX, INT64_MIN};
	int64_t v[WEIR_STRETCH];
	EACH_STRETCH(p, i, from, at, n)
	{
		int64_t low = INT64_MAX, high = INT64_MIN;
		/* Twice, each with a value for the rows without one that does not count. */
		weir_items_load(columns[i], from, n, INT64_MAX, v);
		for (uint32_t k = 0; k < n; k++)
			low = v[k] < low ? v[k] : low;
		if (columns[i]->valid || !weir_has_values(columns[i]))
			weir_items_load(columns[i], from, n, INT64_MIN, v);
		for (uint32_t k = 0; k < n; k++)
			high = v[k] > high ? v[k] : high;
		r.low = low < r.low ? low : r.low;
		r.high = high > r.high ? high : r.high;
	}
	return r;
}

/* A double at or below (above) the integer. */
static double bound_of(int64_t v, double towards)
{
	double d = (double)v;
	return v > -(INT64_C(1) << 53) && v < INT64_C(1) << 53 ? d : nextafter(d, towards);
}

/* int64 and timestamp: base + the narrowest unsigned number that holds the range of the valid values. */
static bool seal_ints(struct weir_column *out, struct weir_zone *zone, const struct weir_column *const *columns,
		      const struct weir_parts *p)
{
	struct range r = {0, 0};
	if (zone->n_valid) {
		r = range_of(columns, p);
		zone->known = true;
		zone->min = bound_of(r.low, -INFINITY);
		zone->max = bound_of(r.high, INFINITY);
	}
	uint8_t width = width_for((uint64_t)r.high - (uint64_t)r.low);
	if (!allocate(out, width, p->rows))
		return false;
	out->encoding = width == 8 ? WEIR_ENC_WIDE : WEIR_ENC_NARROW;
	out->base = width == 8 ? 0 : r.low;
	int64_t v[WEIR_STRETCH];
	EACH_STRETCH(p, i, from, at, n)
	{
		weir_items_load(columns[i], from, n, out->base, v);
		weir_items_store(out->data, width, at, v, n, r.low);
	}
	return true;
}

static void set_float_zone(struct weir_zone *zone, const struct weir_column *c, uint32_t rows)
{
	const double *v = c->data;
	double low = INFINITY, high = -INFINITY;
	bool nan = false;
	for (uint32_t row = 0; row < rows; row++) {
		if (c->valid && !weir_bit_get(c->valid, row))
			continue;
		low = v[row] < low ? v[row] : low;
		high = v[row] > high ? v[row] : high;
		nan |= isnan(v[row]) != 0;
	}
	zone->known = zone->n_valid && !nan;
	zone->min = low;
	zone->max = high;
}

static bool seal_floats(struct weir_column *out, struct weir_zone *zone, const struct weir_column *const *columns,
			const struct weir_parts *p)
{
	if (!allocate(out, 8, p->rows))
		return false;
	out->encoding = WEIR_ENC_WIDE;
	double *to = out->data;
	int64_t v[WEIR_STRETCH];
	EACH_STRETCH(p, i, from, at, n)
	{
		if (columns[i]->type == WEIR_FLOAT64 && weir_has_values(columns[i])) {
			memcpy(to + at, (const double *)columns[i]->data + from, n * sizeof *to);
			continue;
		}
		weir_items_load(columns[i], from, n, 0, v);
		for (uint32_t k = 0; k < n; k++)
			to[at + k] = (double)v[k];
	}
	set_float_zone(zone, out, p->rows);
	return true;
}

static bool seal_bools(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p)
{
	if (!allocate(out, 1, p->rows))
		return false;
	out->encoding = WEIR_ENC_BYTE;
	EACH_STRETCH(p, i, from, at, n)
	{
		if (columns[i]->type == WEIR_BOOL && weir_has_values(columns[i]))
			memcpy((uint8_t *)out->data + at, (const uint8_t *)columns[i]->data + from, n);
		else
			memset((uint8_t *)out->data + at, 0, n);
	}
	return true;
}

static bool seal_codes(struct weir_column *out, const struct weir_column *const *columns, const struct weir_parts *p,
		       struct weir_dict *dict)
{
	int64_t high = 0, v[WEIR_STRETCH];
	EACH_STRETCH(p, i, from, at, n)
	{
		if (columns[i]->encoding != WEIR_ENC_DICT)
			continue;
		weir_codes_load(columns[i], from, n, v);
		for (uint32_t k = 0; k < n; k++)
			high = v[k] > high ? v[k] : high;
	}
	if (!allocate(out, width_for((uint64_t)high), p->rows))
		return false;
	out->encoding = WEIR_ENC_DICT;
	out->dict = weir_dict_ref(dict);
	EACH_STRETCH(p, i, from, at, n)
	{
		if (columns[i]->encoding == WEIR_ENC_DICT)
			weir_codes_load(columns[i], from, n, v);
		else
			memset(v, 0, sizeof v);
		weir_items_store(out->data, out->width, at, v, n, 0);
	}
	return true;
}

static bool add_texts(struct weir_column *out, struct weir_buf *bytes, const struct weir_column *c, uint32_t rows,
		      uint32_t at)
{
	if (c->encoding == WEIR_ENC_PLAIN && rows) {
		struct weir_str first = weir_column_plain(c, 0), last = weir_column_plain(c, rows - 1);
		size_t start = bytes->size;
		weir_buf_add(bytes, first.data, (size_t)(last.data + last.size - first.data));
		for (uint32_t row = 0; row < rows; row++) {
			struct weir_str s = weir_column_plain(c, row);
			out->offsets[at + row + 1] = (uint32_t)(start + (size_t)(s.data + s.size - first.data));
		}
	}
	for (uint32_t row = 0; c->encoding != WEIR_ENC_PLAIN && row < rows; row++) {
		weir_column_text(c, row, bytes);
		out->offsets[at + row + 1] = (uint32_t)bytes->size;
	}
	return !bytes->failed && bytes->size <= UINT32_MAX;
}

/* Identifiers are all of one length: then their places need not be told. */
static void drop_offsets(struct weir_column *out, uint32_t rows)
{
	uint32_t size = out->offsets[1];
	if (size > UINT8_MAX || out->valid)
		return;
	for (uint32_t row = 1; row < rows; row++)
		if (out->offsets[row + 1] - out->offsets[row] != size)
			return;
	free(out->offsets);
	out->offsets = NULL;
	out->width = (uint8_t)size;
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
	bool ok = true;
	out->offsets[0] = 0;
	for (uint32_t i = 0; ok && i < p->n; at += p->batches[i++]->n_rows)
		ok = add_texts(out, &bytes, columns[i], p->batches[i]->n_rows, at);
	if (ok)
		drop_offsets(out, p->rows);
	char *tight = ok && bytes.data ? weir_realloc(bytes.data, bytes.size + 1) : NULL;
	out->bytes = tight ? tight : bytes.data;
	out->bytes_capacity = tight ? bytes.size + 1 : bytes.capacity;
	return ok;
}

/* The dictionary that all parts with text share, NULL when there is none or more than one. */
static struct weir_dict *common_dict(const struct weir_column *const *columns, uint32_t n)
{
	struct weir_dict *dict = NULL;
	for (uint32_t i = 0; i < n; i++) {
		if (!weir_has_values(columns[i]))
			continue;
		if (columns[i]->encoding != WEIR_ENC_DICT || (dict && columns[i]->dict != dict))
			return NULL;
		dict = columns[i]->dict;
	}
	return dict;
}

/* Nothing but nulls: a byte a row, which sets them apart from a column that is not there. */
static bool seal_nulls(struct weir_column *out, uint32_t rows)
{
	if (!allocate(out, 1, rows))
		return false;
	out->encoding = WEIR_ENC_BYTE;
	memset(out->data, 0, out->data_bytes);
	return true;
}

bool weir_seal_column(struct weir_column *out, struct weir_zone *zone, const struct weir_column *const *columns,
		      const struct weir_parts *p)
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
	if (!set_bitmaps(out, zone, columns, p))
		return false;
	switch (type) {
	case WEIR_NULL:
		return seal_nulls(out, p->rows);
	case WEIR_BOOL:
		return seal_bools(out, columns, p);
	case WEIR_FLOAT64:
		return seal_floats(out, zone, columns, p);
	case WEIR_STRING: {
		struct weir_dict *dict = common_dict(columns, p->n);
		return dict ? seal_codes(out, columns, p, dict) : seal_texts(out, columns, p);
	}
	default:
		return seal_ints(out, zone, columns, p);
	}
}
