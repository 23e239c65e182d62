/* Records that are lines, and messages that are one record each. */
#include "codec/codec_internal.h"

#include "weir/base/bounds.h"

static bool one_record(struct weir_codec *c, weir_line_fn line, struct weir_str text, int64_t position, const struct weir_message *message)
{
	int why = -1;
	const char *detail = NULL;
	if (memchr(text.data ? text.data : "", 0, text.size)) {
		why = WEIR_BAD_ENCODING;
		detail = "a NUL byte";
	} else if (!weir_utf8_valid(text)) {
		why = WEIR_BAD_ENCODING;
	} else if (!line(c, text, &why, &detail)) {
		return false;
	}
	return why < 0 ? weir_builder_commit(&c->builder, position, text, message)
		       : weir_builder_reject(&c->builder, (enum weir_malformed)why, position, text, message, detail);
}

static bool messages(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, weir_line_fn line)
{
	while (chunk->n_messages && !weir_builder_full(&c->builder)) {
		const struct weir_message *m = chunk->messages;
		struct weir_str text = m->payload;
		while (text.size && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
			text.size--;
		bool ok = m->payload.data ? one_record(c, line, text, m->offset, m)
					  : weir_builder_commit(&c->builder, m->offset, text, m);
		if (!ok)
			return false;
		batch->bytes += m->payload.size;
		chunk->messages++;
		chunk->n_messages--;
	}
	return true;
}

/* The record's end is not in sight and its start is all that may be held. */
static bool too_long(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_str start = {chunk->bytes, chunk->size < 80 ? chunk->size : 80};
	if (!c->skipping && !weir_builder_reject(&c->builder, WEIR_BAD_TOO_LONG, (int64_t)chunk->offset, start, NULL, NULL))
		return false;
	c->skipping = true;
	weir_chunk_take(chunk, batch, chunk->size);
	return true;
}

enum weir_status weir_lines(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch, weir_line_fn line,
			    struct weir_error *err)
{
	struct weir_builder *b = &c->builder;
	bool ok = weir_builder_begin(b, batch);
	if (ok && chunk->is_messages)
		ok = messages(c, chunk, batch, line);
	while (ok && chunk->size && !weir_builder_full(b)) {
		if (c->read_plain && !c->skipping) {
			ok = c->read_plain(c, chunk);
			if (!ok || !chunk->size || weir_builder_full(b))
				break;
		}
		const char *end = memchr(chunk->bytes, '\n', chunk->size);
		if (!end && !chunk->at_end) {
			if (chunk->full || c->skipping)
				ok = too_long(c, chunk, batch);
			break;
		}
		size_t taken = end ? (size_t)(end - chunk->bytes) + 1 : chunk->size;
		struct weir_str text = {chunk->bytes, end ? taken - 1 : taken};
		if (text.size && text.data[text.size - 1] == '\r')
			text.size--;
		if (c->skipping)
			c->skipping = false;
		else if (text.size)
			ok = one_record(c, line, text, (int64_t)chunk->offset, NULL);
		if (ok)
			weir_chunk_take(chunk, batch, taken);
	}
	if (!weir_builder_end(b) || !ok)
		return weir_fail(err, WEIR_NO_MEMORY, "", "out of memory while decoding");
	if (b->failed) {
		if (err)
			*err = b->failure;
		return WEIR_MALFORMED;
	}
	return WEIR_OK;
}
