/* What the other floors call of an open codec, whatever its format. */
#include "codec/format.h"
#include "codec/lines/join.h"

enum weir_status weir_codec_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				   struct weir_error *err)
{
	batch->stream = c->builder.stream;
	if (c->growing && chunk->arrival_us > 0)
		weir_timefmt_set_newest(&c->builder.time, chunk->arrival_us);
	weir_batch_set_partitions(batch, chunk->partitions);
	enum weir_status st = c->ops->decode(c, chunk, batch, err);
	if (st == WEIR_OK && chunk->restarts && !chunk->size) {
		c->skipping = false;
		if (c->ops->restart)
			c->ops->restart(c);
	}
	return st;
}

enum weir_status weir_codec_check_time(const struct weir_codec *c, struct weir_error *err)
{
	const struct weir_builder *b = &c->builder;
	if (!b->time_name || c->guess.time_guessed || !b->records)
		return WEIR_OK;
	struct weir_str names[] = {weir_str_of(b->time_name), weir_str_of(b->clock_name)};
	for (size_t i = 0; i < 2 && names[i].size; i++)
		if (weir_schema_find(b->schema, names[i]) < 0)
			return weir_time_unknown_column(b->schema, names[i], err);
	return WEIR_OK;
}

bool weir_codec_from_any_line(const struct weir_codec *c)
{
	return c->from_any_line && !c->skipping;
}

bool weir_codec_holds_back(const struct weir_codec *c)
{
	return c->join != NULL;
}

size_t weir_codec_record_before(struct weir_codec *c, const char *bytes, size_t before)
{
	return c->join ? weir_join_start(c->join, bytes, before) : before;
}

bool weir_codec_order_settled(const struct weir_codec *c)
{
	return c->order_open && !c->builder.time.open;
}

uint32_t weir_codec_batch_rows(const struct weir_codec *c)
{
	return weir_builder_rows(&c->builder);
}

const struct weir_guess *weir_codec_guess(const struct weir_codec *c)
{
	return &c->guess;
}

void weir_codec_keep_raw(struct weir_codec *c)
{
	c->builder.want.raw = true;
}

const struct weir_schema *weir_codec_sample_schema(const struct weir_codec *c)
{
	return c->sample;
}

size_t weir_codec_head_bytes(const struct weir_codec *c, struct weir_str front)
{
	bool one = c->guess.header && strcmp(c->guess.header, "yes") == 0;
	const char *line_end;
	size_t head = 0;

	if (c->ops->head)
		return c->ops->head(front);
	while ((one || (c->ops->named_ahead && head < front.size && front.data[head] == '#')) &&
	       (line_end = memchr(front.data + head, '\n', front.size - head))) {
		head = (size_t)(line_end - front.data) + 1;
		one = false;
	}
	return head;
}

bool weir_codec_columns_fixed(const struct weir_codec *c)
{
	return c->ops->columns_fixed;
}

const char *weir_codec_for_one(struct weir_str format)
{
	struct weir_str rest, name = weir_str_cut(format, ':', &rest);
	for (size_t i = 0; weir_codec_table[i]; i++) {
		const struct weir_codec_ops *ops = weir_codec_table[i];
		if (!weir_str_equal(name, weir_str_of(ops->name)))
			continue;
		if (ops->lines && (ops->named_ahead || ops->argument))
			return "text";
		return ops->lines || ops->alone ? ops->name : NULL;
	}
	return NULL;
}

const struct weir_codec_ops *weir_codec_for_writing(struct weir_str extension)
{
	for (size_t i = 0; weir_codec_table[i]; i++)
		if (weir_str_among(weir_codec_table[i]->written_as, extension))
			return weir_codec_table[i];
	return NULL;
}
