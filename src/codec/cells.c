#include "codec/cells.h"

enum weir_status weir_cells_init(struct weir_cells *cells, const struct weir_codec_config *config,
				 struct weir_error *err)
{
	if (weir_cell_nulls_init(&cells->nulls, config->nulls))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "null", "more than %d texts that mean NULL", WEIR_CELL_NULLS);
}

bool weir_cells_begin(struct weir_cells *cells, struct weir_builder *builder, const struct weir_chunk *chunk,
		      struct weir_batch *batch)
{
	cells->builder = builder;
	cells->chunk = *chunk;
	cells->records = builder->records;
	cells->widened = false;
	return weir_builder_begin(builder, batch);
}

bool weir_cells_again(struct weir_cells *cells, struct weir_chunk *chunk, struct weir_batch *batch)
{
	uint16_t stream = batch->stream;
	int64_t arrival_us = batch->arrival_us;
	weir_batch_clear(batch);
	batch->stream = stream;
	batch->arrival_us = arrival_us;
	*chunk = cells->chunk;
	cells->builder->records = cells->records;
	cells->widened = false;
	return weir_builder_begin(cells->builder, batch);
}

void weir_cells_bind(struct weir_cells *cells, struct weir_cells_column *c)
{
	c->column = weir_builder_column(cells->builder, c->name);
	c->is_time = c->column >= 0 && weir_builder_is_time(cells->builder, c->column);
	c->bound = true;
}

/* The type is known to hold the bare text, or the column is text. */
static bool put_typed(struct weir_cells *cells, const struct weir_cells_column *c, struct weir_str s)
{
	struct weir_str bare = weir_cell_bare(s);
	int64_t i = 0;
	double f = 0;
	bool b = false;
	switch (c->type) {
	case WEIR_BOOL:
		return weir_cell_bool(bare, &b) && weir_builder_bool(cells->builder, c->column, b);
	case WEIR_INT64:
		return weir_cell_int64(bare, &i) && weir_builder_int64(cells->builder, c->column, i);
	case WEIR_FLOAT64:
		return weir_cell_float64(bare, &f) && weir_builder_float64(cells->builder, c->column, f);
	case WEIR_NULL:
	case WEIR_TIMESTAMP:
	case WEIR_STRING:
	case WEIR_TYPE_COUNT:
		break;
	}
	return weir_builder_text(cells->builder, c->column, s);
}

/* False when the type would have to change and may not. */
static bool widen(const struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s)
{
	enum weir_type type = weir_type_widen(c->type, weir_cell_type(s));
	if (type != c->type && cells->may_widen && !cells->may_widen(cells->codec))
		return false;
	c->type = type;
	return true;
}

static bool widen_and_put(struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s)
{
	if (cells->nulls.empty && weir_cell_bare(s).size == 0)
		return weir_builder_null(cells->builder, c->column); /* a blank among numbers */
	enum weir_type before = c->type;
	if (!widen(cells, c, s))
		return true;
	cells->widened |= c->type != before && before != WEIR_NULL;
	return put_typed(cells, c, s);
}

static void survey(const struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s)
{
	bool blank = cells->nulls.empty && weir_cell_bare(s).size == 0;
	if (c->type != WEIR_STRING && !blank && !weir_cell_is_null(&cells->nulls, s))
		widen(cells, c, s);
}

bool weir_cells_put(struct weir_cells *cells, struct weir_cells_column *c, struct weir_str s)
{
	if (cells->surveying) {
		survey(cells, c, s);
		return true;
	}
	if (!c->bound)
		weir_cells_bind(cells, c);
	if (c->column < 0)
		return true;
	if (weir_cell_is_null(&cells->nulls, s))
		return weir_builder_null(cells->builder, c->column);
	if (c->type == WEIR_STRING || c->is_time)
		return weir_builder_text(cells->builder, c->column, s);
	int64_t i;
	double f;
	if (c->type == WEIR_INT64 && weir_cell_int64(s, &i))
		return weir_builder_int64(cells->builder, c->column, i);
	if (c->type == WEIR_FLOAT64 && weir_cell_float64(s, &f))
		return weir_builder_float64(cells->builder, c->column, f);
	return widen_and_put(cells, c, s);
}

bool weir_cells_survey(struct weir_cells *cells, struct weir_codec *codec, struct weir_str sample, bool complete,
		       weir_line_fn line)
{
	enum { SURVEY_BYTES = 256 << 10 };
	const char *at = sample.data, *end = at + (sample.size < SURVEY_BYTES ? sample.size : SURVEY_BYTES);
	bool ok = true;
	cells->surveying = true;
	complete &= sample.size <= SURVEY_BYTES;
	while (ok && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop && !complete)
			break;
		struct weir_str text = {at, (size_t)((stop ? stop : end) - at)};
		at = stop ? stop + 1 : end;
		if (text.size && text.data[text.size - 1] == '\r')
			text.size--;
		int why;
		const char *detail;
		if (text.size && weir_cell_clean(text))
			ok = line(codec, text, &why, &detail);
	}
	cells->surveying = false;
	return ok;
}

enum weir_status weir_cells_lines(struct weir_cells *cells, struct weir_codec *codec, struct weir_chunk *chunk,
				  struct weir_batch *batch, weir_line_fn line, struct weir_error *err)
{
	const struct weir_chunk start = *chunk;
	const uint64_t records = codec->builder.records;
	const int64_t arrival_us = batch->arrival_us;
	const bool skipping = codec->skipping;
	cells->builder = &codec->builder;
	for (;;) {
		cells->widened = false;
		enum weir_status st = weir_lines(codec, chunk, batch, line, err);
		if (cells->widened)
			weir_cells_note(codec, chunk->offset);
		if (st != WEIR_OK || !cells->widened)
			return st;
		weir_batch_clear(batch);
		batch->stream = codec->builder.stream;
		batch->arrival_us = arrival_us;
		*chunk = start;
		codec->builder.records = records;
		codec->skipping = skipping;
	}
}
