/* Writing a column row by row: gaps, nulls, other types, other storage. */
#include "weir/model/column.h"

#include <stdlib.h>

/* Bitmap of `capacity` bits whose first `ones` bits are set. */
static uint64_t *new_bitmap(uint32_t capacity, uint32_t ones)
{
	uint64_t *words = weir_calloc(weir_bit_words(capacity), sizeof *words);
	if (!words)
		return NULL;
	memset(words, 0xff, ones / 64 * sizeof *words);
	if (ones % 64)
		words[ones / 64] = (UINT64_C(1) << ones % 64) - 1;
	return words;
}

static bool need_valid(struct weir_column *c)
{
	return c->valid || (c->valid = new_bitmap(c->capacity, c->filled)) != NULL;
}

static bool need_missing(struct weir_column *c)
{
	return c->missing || (c->missing = new_bitmap(c->capacity, 0)) != NULL;
}

static bool need_data(struct weir_column *c, size_t item_bytes)
{
	size_t need = c->capacity * item_bytes;
	if (c->data_bytes >= need)
		return true;
	void *data = weir_alloc_aligned(need);
	if (!data)
		return false;
	if (c->data && c->filled)
		memcpy(data, c->data, c->data_bytes);
	free(c->data);
	c->data = data;
	c->data_bytes = need;
	return true;
}

static bool need_offsets(struct weir_column *c)
{
	if (!c->offsets)
		c->offsets = weir_alloc((c->capacity + (size_t)1) * sizeof *c->offsets);
	return c->offsets != NULL;
}

/* The zero that rows without a value hold, for rows [from, to). */
static void zero_rows(struct weir_column *c, uint32_t from, uint32_t to)
{
	if (c->encoding == WEIR_ENC_PLAIN) {
		for (uint32_t i = from; i < to; i++)
			c->offsets[i + 1] = c->offsets[from];
	} else if (c->encoding != WEIR_ENC_ABSENT && to > from) {
		memset((char *)c->data + (size_t)from * c->width, 0, (size_t)(to - from) * c->width);
	}
}

/* Rows [filled, row) were skipped: they are missing. */
static bool fill_gap(struct weir_column *c, uint32_t row)
{
	if (row <= c->filled)
		return true;
	if (!need_valid(c) || !need_missing(c))
		return false;
	for (uint32_t i = c->filled; i < row; i++)
		weir_bit_set(c->missing, i);
	zero_rows(c, c->filled, row);
	c->filled = row;
	return true;
}

/* An item of 8 bytes serves every encoding but PLAIN, so that a column of nulls can become anything without a copy. */
static bool start(struct weir_column *c, enum weir_type type, enum weir_encoding encoding, uint8_t width)
{
	if (encoding == WEIR_ENC_PLAIN ? !need_offsets(c) : !need_data(c, 8))
		return false;
	c->type = type;
	c->encoding = encoding;
	c->width = width;
	if (encoding == WEIR_ENC_PLAIN)
		memset(c->offsets, 0, (c->filled + (size_t)1) * sizeof *c->offsets);
	else
		memset(c->data, 0, (size_t)c->filled * width);
	return true;
}

/* Duplicate keys: the last one wins, so what `row` held already goes. */
static bool prepare(struct weir_column *c, uint32_t row)
{
	if (c->filled > row)
		weir_column_truncate(c, row);
	return fill_gap(c, row);
}

static void drop_spare(struct weir_column *c) /* storage of another encoding */
{
	weir_dict_unref(c->dict);
	c->dict = NULL;
}

bool weir_column_set_null(struct weir_column *c, uint32_t row)
{
	if (c->encoding == WEIR_ENC_ABSENT && !start(c, WEIR_NULL, WEIR_ENC_WIDE, 8))
		return false;
	if (!prepare(c, row) || !need_valid(c))
		return false;
	zero_rows(c, row, row + 1);
	c->filled = row + 1;
	c->type_count[WEIR_NULL]++;
	return true;
}

void weir_column_count_foreign(struct weir_column *c, uint32_t row, enum weir_type type)
{
	c->type_count[c->type]--;
	c->type_count[type]++;
	c->foreign_row = row;
	c->foreign_type = type;
}

bool weir_column_set_int64_slow(struct weir_column *c, uint32_t row, int64_t v, enum weir_type type)
{
	if (c->type == WEIR_NULL && !start(c, type, WEIR_ENC_WIDE, 8))
		return false;
	if (c->type != type && !weir_column_widen(c, weir_type_widen(c->type, type)))
		return false;
	if (c->type == WEIR_FLOAT64 && type == WEIR_INT64) {
		if (!weir_column_set_float64_slow(c, row, (double)v))
			return false;
		weir_column_count_foreign(c, row, WEIR_INT64);
		return true;
	}
	if (c->type == WEIR_STRING) {
		struct weir_value value = {.type = type, .i = v};
		struct weir_buf text = {0};
		weir_value_text(&value, &text);
		bool ok = !text.failed && weir_column_set_string(c, row, weir_buf_str(&text), c->dict);
		weir_buf_release(&text);
		if (ok)
			weir_column_count_foreign(c, row, type);
		return ok;
	}
	if (!prepare(c, row))
		return false;
	((int64_t *)c->data)[row] = v;
	weir_column_settle(c, row);
	return true;
}

bool weir_column_set_float64_slow(struct weir_column *c, uint32_t row, double v)
{
	if (c->type == WEIR_NULL && !start(c, WEIR_FLOAT64, WEIR_ENC_WIDE, 8))
		return false;
	if (c->type != WEIR_FLOAT64 && !weir_column_widen(c, weir_type_widen(c->type, WEIR_FLOAT64)))
		return false;
	if (c->type == WEIR_STRING) {
		char text[32];
		size_t n = weir_format_double(v, text);
		if (!weir_column_set_string(c, row, (struct weir_str){text, n}, c->dict))
			return false;
		weir_column_count_foreign(c, row, WEIR_FLOAT64);
		return true;
	}
	if (!prepare(c, row))
		return false;
	((double *)c->data)[row] = v;
	weir_column_settle(c, row);
	return true;
}

bool weir_column_set_bool(struct weir_column *c, uint32_t row, bool v)
{
	if (c->type == WEIR_NULL && !start(c, WEIR_BOOL, WEIR_ENC_BYTE, 1))
		return false;
	if (c->type != WEIR_BOOL) {
		if (!weir_column_widen(c, WEIR_STRING) ||
		    !weir_column_set_string(c, row, v ? WEIR_STR("true") : WEIR_STR("false"), c->dict))
			return false;
		weir_column_count_foreign(c, row, WEIR_BOOL);
		return true;
	}
	if (!prepare(c, row))
		return false;
	((uint8_t *)c->data)[row] = v;
	weir_column_settle(c, row);
	return true;
}

static bool add_plain(struct weir_column *c, uint32_t row, struct weir_str s)
{
	size_t at = c->offsets[row];
	if (at + s.size > UINT32_MAX || !weir_grow((void **)&c->bytes, &c->bytes_capacity, at + s.size, 1))
		return false;
	if (s.size)
		memcpy(c->bytes + at, s.data, s.size);
	c->offsets[row + 1] = (uint32_t)(at + s.size);
	return true;
}

/* Any type and encoding to PLAIN text, rows [0, filled). */
static bool to_plain(struct weir_column *c)
{
	struct weir_column plain = {
	    .capacity = c->capacity, .type = WEIR_STRING, .encoding = WEIR_ENC_PLAIN, .width = 1};
	struct weir_buf text = {0};
	bool ok = need_offsets(&plain);
	if (ok)
		plain.offsets[0] = 0;
	for (uint32_t row = 0; ok && row < c->filled; row++) {
		weir_buf_clear(&text);
		weir_column_text(c, row, &text);
		ok = !text.failed && add_plain(&plain, row, weir_buf_str(&text));
	}
	weir_buf_release(&text);
	if (!ok) {
		weir_column_release(&plain);
		return false;
	}
	drop_spare(c);
	free(c->offsets);
	free(c->bytes);
	c->offsets = plain.offsets;
	c->bytes = plain.bytes;
	c->bytes_capacity = plain.bytes_capacity;
	c->type = WEIR_STRING;
	c->encoding = WEIR_ENC_PLAIN;
	c->width = 1;
	return true;
}

bool weir_column_set_code_slow(struct weir_column *c, uint32_t row, uint32_t code, struct weir_dict *dict)
{
	if (c->type == WEIR_NULL) {
		if (!start(c, WEIR_STRING, WEIR_ENC_DICT, 4))
			return false;
		c->dict = weir_dict_ref(dict);
	}
	if (c->encoding != WEIR_ENC_DICT || c->dict != dict)
		return weir_column_set_string(c, row, weir_dict_get(dict, code), NULL);
	if (!prepare(c, row))
		return false;
	((uint32_t *)c->data)[row] = code;
	weir_column_settle(c, row);
	return true;
}

bool weir_column_set_string(struct weir_column *c, uint32_t row, struct weir_str s, struct weir_dict *dict)
{
	bool coded = c->type == WEIR_NULL || (c->encoding == WEIR_ENC_DICT && c->dict == dict);
	if (dict && coded) {
		uint32_t code = weir_dict_add(dict, s);
		if (code != WEIR_DICT_NONE)
			return weir_column_set_code(c, row, code, dict);
	}
	if (c->type == WEIR_NULL && !start(c, WEIR_STRING, WEIR_ENC_PLAIN, 1))
		return false;
	if (c->encoding != WEIR_ENC_PLAIN && !to_plain(c))
		return false;
	if (!prepare(c, row) || !add_plain(c, row, s))
		return false;
	weir_column_settle(c, row);
	return true;
}

bool weir_column_catch_up(struct weir_column *c, uint32_t row)
{
	return c->filled <= row && fill_gap(c, row);
}

void weir_column_settle_rows(struct weir_column *c, uint32_t to, uint32_t ints, uint32_t floats)
{
	c->type_count[c->type] += to - c->filled - ints - floats;
	c->type_count[WEIR_INT64] += ints;
	c->type_count[WEIR_FLOAT64] += floats;
	for (uint32_t row = c->filled; c->valid && row < to; row++)
		weir_bit_set(c->valid, row);
	c->filled = to;
}

bool weir_column_finish(struct weir_column *c, uint32_t rows)
{
	if (c->filled > rows)
		weir_column_truncate(c, rows);
	return c->encoding == WEIR_ENC_ABSENT || fill_gap(c, rows);
}

void weir_column_truncate(struct weir_column *c, uint32_t rows)
{
	for (uint32_t i = rows; i < c->filled; i++) {
		bool missing = c->missing && weir_bit_get(c->missing, i);
		bool valid = !c->valid || weir_bit_get(c->valid, i);
		bool foreign = c->foreign_type != WEIR_NULL && c->foreign_row == i;
		enum weir_type type = !valid ? WEIR_NULL : foreign ? c->foreign_type : c->type;
		if (missing)
			weir_bit_clear(c->missing, i);
		else if (c->type_count[type] > 0)
			c->type_count[type]--;
		if (c->valid)
			weir_bit_clear(c->valid, i);
	}
	if (c->filled > rows)
		c->filled = rows;
	if (c->foreign_row >= rows)
		c->foreign_type = WEIR_NULL;
}

bool weir_column_forget_type(struct weir_column *c)
{
	if (!c->filled || !c->type_count[WEIR_NULL]) {
		weir_column_clear(c); /* rows that are missing need no data */
		return true;
	}
	drop_spare(c);
	return start(c, WEIR_NULL, WEIR_ENC_WIDE, 8);
}

bool weir_column_widen(struct weir_column *c, enum weir_type type)
{
	if (c->type == type)
		return true;
	if (c->type == WEIR_NULL) {
		if (type == WEIR_STRING)
			return start(c, type, WEIR_ENC_PLAIN, 1);
		return start(c, type, type == WEIR_BOOL ? WEIR_ENC_BYTE : WEIR_ENC_WIDE, type == WEIR_BOOL ? 1 : 8);
	}
	c->foreign_row = c->filled - 1; /* without rows it is none */
	c->foreign_type = c->type;
	if (c->type == WEIR_INT64 && type == WEIR_FLOAT64) {
		int64_t *from = c->data;
		for (uint32_t i = 0; i < c->filled; i++) {
			double v = (double)from[i];
			memcpy(&from[i], &v, sizeof v);
		}
		c->type = WEIR_FLOAT64;
		return true;
	}
	return to_plain(c);
}

/* A sum beyond 64 bits is kept to the last digit. */
static bool set_wide(struct weir_column *c, uint32_t row, const struct weir_value *v)
{
	struct weir_buf text = {0};

	weir_value_text(v, &text);
	bool good = !text.failed && weir_column_set_string(c, row, weir_buf_str(&text), NULL);
	weir_buf_release(&text);
	return good;
}

bool weir_column_set_value(struct weir_column *c, uint32_t row, const struct weir_value *v)
{
	if (v->type == WEIR_INT64 && v->wide)
		return set_wide(c, row, v);
	switch (v->type) {
	case WEIR_BOOL:
		return weir_column_set_bool(c, row, v->b);
	case WEIR_INT64:
		return weir_column_set_int64(c, row, v->i);
	case WEIR_FLOAT64:
		return weir_column_set_float64(c, row, v->f);
	case WEIR_TIMESTAMP:
		return weir_column_set_timestamp(c, row, v->i);
	case WEIR_STRING:
		return weir_column_set_string(c, row, v->s, NULL);
	default:
		return weir_column_set_null(c, row);
	}
}
