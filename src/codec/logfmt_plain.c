/* logfmt: lines of one shape, many at once. */
#include "codec/logfmt.h"

static bool repeats(const uint32_t *columns, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (columns[i] == columns[k])
				return true;
	return false;
}

bool weir_logfmt_learn(struct logfmt_codec *l)
{
	struct logfmt_shape *shape = &l->shape;
	const uint32_t n = l->n_order;
	if (l->plain.wait) /* the shape is not asked for now */
		return true;
	if (n == shape->n_pairs && memcmp(l->order, shape->columns, n * sizeof *shape->columns) == 0)
		return true;
	shape->n_pairs = 0;
	shape->bound = false;
	if (n == 0 || n > LOGFMT_SHAPE_PAIRS || repeats(l->order, n))
		return true;
	weir_buf_clear(&shape->text);
	for (uint32_t i = 0; i < n; i++) {
		struct weir_str key = l->columns[l->order[i]].name;
		if (key.size >= LOGFMT_LEAD_MOST)
			return true;
		weir_buf_add_str(&shape->text, key);
		weir_buf_add_char(&shape->text, '=');
		shape->lead_bytes[i] = (uint32_t)key.size + 1;
	}
	memcpy(shape->columns, l->order, n * sizeof *shape->columns);
	shape->n_pairs = shape->text.failed ? 0 : n;
	return !shape->text.failed;
}

static void bind(struct logfmt_codec *l)
{
	struct logfmt_shape *shape = &l->shape;
	shape->n_fields = 0;
	for (uint32_t i = 0; i < shape->n_pairs; i++) {
		struct weir_cells_column *cell = &l->columns[shape->columns[i]];
		if (cell->column >= 0)
			shape->fields[shape->n_fields++] =
			    (struct weir_plain_field){.cell = cell, .place = i, .skip = shape->lead_bytes[i]};
	}
	shape->bound = true;
}

/* How many rows have the lead at this place. Leads hold no byte that ends a part, so what stands here is as long. */
static uint32_t check_lead(const struct weir_plain_window *w, uint32_t place, const char *lead, uint32_t bytes,
			   uint32_t rows)
{
	uint64_t want = 0, mask = bytes < 8 ? (UINT64_C(1) << bytes * 8) - 1 : UINT64_MAX, have;
	const uint32_t *mark = w->marks->marks + place;
	memcpy(&want, lead, bytes < 8 ? bytes : 8);
	for (uint32_t row = 0; row < rows; row++, mark += w->n_places) {
		const char *part = w->text + (uint32_t)(mark[0] + 1);
		memcpy(&have, part, 8);
		if ((have & mask) != want || (bytes > 8 && memcmp(part + 8, lead + 8, bytes - 8) != 0))
			return row;
	}
	return rows;
}

/* A quote counts only where a value begins: elsewhere it is a part of it. */
static uint32_t check_quotes(const struct weir_plain_window *w, uint32_t place, uint32_t lead_bytes, uint32_t rows)
{
	for (uint32_t row = 0; row < rows; row++) {
		struct weir_str s = weir_plain_part(w, row, place);
		size_t size = s.size - lead_bytes;
		bool opens = size && s.data[lead_bytes] == '"', closes = size && s.data[s.size - 1] == '"';
		if (opens != closes || (opens && size < 2))
			return row;
	}
	return rows;
}

static uint32_t check(struct weir_codec *codec, const struct weir_plain_window *w)
{
	const struct logfmt_shape *shape = &((struct logfmt_codec *)codec)->shape;
	const char *lead = shape->text.data;
	uint32_t rows = w->rows;
	for (uint32_t i = 0; i < shape->n_pairs && rows; i++) {
		rows = check_lead(w, i, lead, shape->lead_bytes[i], rows);
		if (w->marks->quoted)
			rows = check_quotes(w, i, shape->lead_bytes[i], rows);
		lead += shape->lead_bytes[i];
	}
	return rows;
}

bool weir_logfmt_read_plain(struct weir_codec *codec, struct weir_chunk *chunk)
{
	struct logfmt_codec *l = (struct logfmt_codec *)codec;
	if (!l->shape.n_pairs)
		return true;
	if (!l->shape.bound)
		bind(l);
	const struct weir_plain_run run = {.builder = &codec->builder,
					   .nulls = &l->cells.nulls,
					   .fields = l->shape.fields,
					   .n_fields = l->shape.n_fields,
					   .n_places = l->shape.n_pairs,
					   .syntax = {.separator = ' ', .equals = true, .lines = true},
					   .check = check,
					   .codec = codec};
	return weir_plain_read(&l->plain, &run, chunk);
}
