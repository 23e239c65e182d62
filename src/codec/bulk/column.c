/* Columns of a window of plain records, from top to bottom into the batch. */
#include "codec/bulk/bulk.h"

static bool holds(const struct weir_column *c, enum weir_type type, enum weir_encoding encoding)
{
	return c->type == type && c->encoding == encoding;
}

/* Whether values can be written to the column as they are stored now. */
static bool is_ready(const struct weir_builder *b, const struct weir_text_field *field)
{
	const struct weir_column *out = &b->batch->columns[field->column];
	const struct weir_builder_column *state = &b->columns[field->column];
	if (state->is_time)
		return holds(out, WEIR_TIMESTAMP, WEIR_ENC_WIDE) && b->batch->time_us;
	switch (field->type) {
	case WEIR_INT64:
	case WEIR_FLOAT64:
		return holds(out, field->type, WEIR_ENC_WIDE);
	case WEIR_BOOL:
		return holds(out, WEIR_BOOL, WEIR_ENC_BYTE);
	case WEIR_STRING:
		return state->plain ? holds(out, WEIR_STRING, WEIR_ENC_PLAIN)
				    : holds(out, WEIR_STRING, WEIR_ENC_DICT) && out->dict == state->dict;
	case WEIR_NULL:
	case WEIR_TIMESTAMP:
	case WEIR_TYPE_COUNT:
		break;
	}
	return false;
}

static uint32_t read_nulls(struct weir_bulk_column *c)
{
	uint32_t row = 0;
	while (row < c->rows && (c->absent || weir_text_is_null(c->nulls, weir_bulk_text(c, row))))
		row++;
	c->any_null = row > 0;
	return row;
}

static uint32_t read_times(struct weir_bulk_column *c, struct weir_builder *b, int64_t *out, int64_t *time_us)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		struct weir_str s = weir_bulk_text(c, row);
		int64_t us = WEIR_TIME_NONE;
		if (weir_text_is_null(c->nulls, s))
			c->any_null = true;
		else if (!weir_timefmt_text(&b->time, s, &us))
			return row;
		out[row] = time_us[row] = us;
	}
	return c->rows;
}

static uint32_t read_bools(struct weir_bulk_column *c, uint8_t *out)
{
	for (uint32_t row = 0; row < c->rows; row++) {
		struct weir_str s = weir_bulk_text(c, row);
		bool yes;
		if (weir_text_is_null(c->nulls, s))
			c->any_null = true;
		else if (weir_text_bool(s, &yes))
			out[row] = yes;
		else
			return row;
	}
	return c->rows;
}

/* A few texts at a time, so that the slots of a cache that lies in far memory come together. */
static uint32_t read_codes(struct weir_bulk_column *c, struct weir_builder_column *state, uint32_t *out)
{
	enum { AT_ONCE = 16, IN_WORDS = 16 };
	struct weir_text_words words[AT_ONCE];
	struct weir_code_cache *slots[AT_ONCE];
	for (uint32_t first = 0; first < c->rows; first += AT_ONCE) {
		uint32_t n = c->rows - first < AT_ONCE ? c->rows - first : AT_ONCE;
		for (uint32_t i = 0; i < n; i++) {
			struct weir_str s = weir_bulk_text(c, first + i);
			words[i] = weir_text_words_padded(s.data, s.size <= IN_WORDS ? s.size : 0);
			slots[i] = weir_code_cache_slot(state, words[i], s.size);
			__builtin_prefetch(slots[i]);
		}
		for (uint32_t i = 0; i < n; i++) {
			struct weir_str s = weir_bulk_text(c, first + i);
			uint32_t code = 0;
			if (weir_text_is_null(c->nulls, s))
				c->any_null = true;
			else if (s.size <= IN_WORDS)
				code = weir_code_cache_find(state, slots[i], words[i], s);
			else
				code = weir_dict_add(state->dict, s);
			if (code == WEIR_DICT_NONE)
				return first + i;
			out[first + i] = code;
		}
	}
	return c->rows;
}

/* `row` is the first one's in the column; `bytes` at most so many are added. */
static uint32_t read_bulk(struct weir_bulk_column *c, struct weir_column *out, uint32_t row, size_t bytes)
{
	enum { SHORT = 32 };
	uint32_t *offsets = out->offsets + row;
	size_t need = offsets[0] + bytes + SHORT;
	if (need > UINT32_MAX || !weir_grow((void **)&out->bytes, &out->bytes_capacity, need, 1))
		return 0;
	char *at = out->bytes + offsets[0];
	for (uint32_t i = 0; i < c->rows; i++) {
		struct weir_str s = weir_bulk_text(c, i);
		if (weir_text_is_null(c->nulls, s)) {
			c->any_null = true;
			s.size = 0;
		}
		if (s.size <= SHORT)
			memcpy(at, s.data, SHORT); /* what is too much is written over by the next */
		else
			memcpy(at, s.data, s.size);
		at += s.size;
		offsets[i + 1] = (uint32_t)(at - out->bytes);
	}
	return c->rows;
}

uint32_t weir_bulk_column_read(const struct weir_bulk_kind *kind, struct weir_builder *b,
			       const struct weir_text_field *field, struct weir_bulk_column *c, uint32_t row,
			       size_t window_bytes)
{
	struct weir_builder_column *state = &b->columns[field->column];
	struct weir_column *out = &b->batch->columns[field->column];
	if (c->absent || !is_ready(b, field))
		return read_nulls(c);
	if (!weir_column_catch_up(out, row))
		return 0;
	if (state->is_time)
		return read_times(c, b, (int64_t *)out->data + row, b->batch->time_us + row);
	if (out->type == WEIR_INT64)
		return kind->int64s(c, (int64_t *)out->data + row);
	if (out->type == WEIR_FLOAT64)
		return kind->float64s(c, (double *)out->data + row);
	if (out->type == WEIR_BOOL)
		return read_bools(c, (uint8_t *)out->data + row);
	if (out->encoding == WEIR_ENC_DICT)
		return read_codes(c, state, (uint32_t *)out->data + row);
	return read_bulk(c, out, row, window_bytes);
}

bool weir_bulk_odd_int64(struct weir_str s, int64_t *out)
{
	return weir_text_int64(s, out) || weir_text_int64(weir_text_bare(s), out);
}

bool weir_bulk_odd_float64(struct weir_str s, double *out)
{
	return weir_text_float64(s, out) || weir_text_float64(weir_text_bare(s), out);
}
