/* What formats whose records are lines share: opening, and the walk from record to record. */
#include "codec/lines/lines.h"
#include "codec/lines/join.h"

#include "weir/base/bounds.h"

static bool one_record(struct weir_codec *c, struct weir_str text, int64_t position, const struct weir_message *message)
{
	struct weir_line_codec *lines = (struct weir_line_codec *)c;
	int why = WEIR_LINE_GOOD;
	const char *detail = NULL;
	bool binary = false, framed = message && text.size && !*text.data &&
				      weir_frame_cut(&(struct weir_str){text.data, text.size}, &(uint32_t){0});
	struct weir_str clean = text;

	if (!framed)
		clean = weir_codec_clean(c, text, position, message, false, &binary);
	if (framed) {
		why = WEIR_BAD_SCHEMA;
	} else if (binary) {
		why = WEIR_BAD_ENCODING;
		detail = weir_codec_binary;
	} else if (text.size && !clean.data) {
		return false;
	} else {
		text = clean;
		lines->repeated_key = false;
		if (!c->ops->lines->line(c, text, &why, &detail))
			return false;
		if (why < 0 && lines->repeated_key)
			weir_builder_note(&c->builder, WEIR_NOTE_REPEATED_KEY, position, text, message);
	}
	if (why == WEIR_LINE_NONE) {
		weir_builder_settle_notes(&c->builder);
		return true;
	}
	return why < 0 ? weir_builder_commit(&c->builder, position, text, message)
		       : weir_builder_reject(&c->builder, (enum weir_malformed)why, position, text, message, detail);
}

/* A record of several lines, and what there is to say of it. */
static bool joined_record(struct weir_codec *c, const struct weir_joined *r, int64_t position,
			  const struct weir_message *message)
{
	struct weir_builder *b = &c->builder;
	for (uint32_t i = 0; weir_join_is_guessed(c->join) && i < r->n_joined; i++)
		weir_builder_note(b, WEIR_NOTE_JOINED, position, r->text, message);
	if (r->bounded)
		weir_builder_note(b, WEIR_NOTE_JOIN_BOUND, position, r->text, message);
	if (r->severed)
		weir_builder_note(b, WEIR_NOTE_JOIN_SEVERED, position, r->text, message);
	if (r->undecided)
		weir_builder_note(b, WEIR_NOTE_JOIN_STEPS, position, r->text, message);
	if (!one_record(c, r->text, position, message))
		return false;
	if (!b->cut)
		weir_join_taken(c->join, r);
	return true;
}

static bool joined_messages(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	while (chunk->n_messages && !weir_builder_full(&c->builder)) {
		const struct weir_message *m = chunk->messages;
		struct weir_joined r = weir_join_messages(c->join, chunk);
		if (!r.taken)
			return r.text.data || !m->payload.data;
		if (m->payload.data && !r.text.data)
			return false;
		bool ok = m->payload.data ? joined_record(c, &r, m->offset, m)
					  : weir_builder_commit(&c->builder, m->offset, r.text, m);
		if (!ok)
			return false;
		if (c->builder.cut)
			break;
		while (r.taken-- > 0)
			weir_chunk_take_message(chunk, batch);
	}
	return true;
}

static bool messages(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	while (chunk->n_messages && !weir_builder_full(&c->builder)) {
		const struct weir_message *m = chunk->messages;
		struct weir_str text = m->payload;
		while (text.size && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
			text.size--;
		if (text.size >= 3 &&
		    memcmp(text.data, "\xef\xbb\xbf", 3) == 0) /* in a byte stream its source drops the mark */
			text = (struct weir_str){text.data + 3, text.size - 3};
		bool ok = m->payload.data ? one_record(c, text, m->offset, m)
					  : weir_builder_commit(&c->builder, m->offset, text, m);
		if (!ok)
			return false;
		if (c->builder.cut)
			break;
		weir_chunk_take_message(chunk, batch);
	}
	return true;
}

/* The record's end is not in sight and its start is all that may be held. */
static bool too_long(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch)
{
	struct weir_str start = {chunk->bytes, chunk->size < 80 ? chunk->size : 80};
	if (!c->skipping &&
	    !weir_builder_reject(&c->builder, WEIR_BAD_TOO_LONG, (int64_t)chunk->offset, start, NULL, NULL))
		return false;
	c->skipping = true;
	weir_chunk_take(chunk, batch, chunk->size);
	return true;
}

enum weir_status weir_lines_decode(struct weir_codec *c, struct weir_chunk *chunk, struct weir_batch *batch,
				   struct weir_error *err)
{
	const struct weir_line_format *format = c->ops->lines;
	struct weir_builder *b = &c->builder;
	bool ok = weir_builder_begin(b, batch);
	if (ok && chunk->is_messages)
		ok = c->join ? joined_messages(c, chunk, batch) : messages(c, chunk, batch);
	while (ok && chunk->size && !weir_builder_full(b)) {
		if (format->read_bulk && !c->skipping) {
			ok = format->read_bulk(c, chunk);
			if (!ok || !chunk->size || weir_builder_full(b))
				break;
		}
		const char *end = memchr(chunk->bytes, '\n', chunk->size);
		if (!end && !chunk->at_end) {
			if (chunk->full || c->skipping)
				ok = too_long(c, chunk, batch);
			break;
		}
		if (c->join && !c->skipping) {
			struct weir_joined r = weir_join_bytes(c->join, chunk);
			if (!r.taken)
				break;
			ok = !r.text.size || joined_record(c, &r, (int64_t)chunk->offset, NULL);
			if (ok && !b->cut)
				weir_chunk_take(chunk, batch, r.taken);
			continue;
		}
		size_t taken = end ? (size_t)(end - chunk->bytes) + 1 : chunk->size;
		struct weir_str text = {chunk->bytes, end ? taken - 1 : taken};
		if (text.size && text.data[text.size - 1] == '\r')
			text.size--;
		if (c->skipping)
			c->skipping = false;
		else if (text.size)
			ok = one_record(c, text, (int64_t)chunk->offset, NULL);
		if (ok && !b->cut)
			weir_chunk_take(chunk, batch, taken);
	}
	return weir_codec_end(c, ok, err);
}

/* The types of columns, from the first lines of the sample. False: no memory. */
static bool survey(struct weir_line_codec *c, struct weir_str sample, bool complete)
{
	enum { SURVEY_BYTES = 256 << 10 };
	const char *at = sample.data, *end = at + (sample.size < SURVEY_BYTES ? sample.size : SURVEY_BYTES);
	bool ok = true;
	c->texts.surveying = true;
	complete &= sample.size <= SURVEY_BYTES;
	while (ok && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop && !complete)
			break;
		struct weir_str text = {at, (size_t)((stop ? stop : end) - at)};
		at = stop ? stop + 1 : end;
		if (text.size && text.data[text.size - 1] == '\r')
			text.size--;
		int why = WEIR_LINE_GOOD;
		const char *detail = NULL;
		bool binary;
		text = weir_codec_clean(&c->codec, text, 0, NULL, true, &binary);
		ok = text.data != NULL;
		if (ok && text.size && !binary && !(c->codec.join && weir_join_belongs(c->codec.join, text))) {
			ok = c->codec.ops->lines->line(&c->codec, text, &why, &detail);
			if (why == WEIR_BAD_STEPS) /* records end there, and each further line may take as long */
				break;
		}
	}
	c->texts.surveying = false;
	return ok;
}

/* Which lines join the record before them. */
static enum weir_status open_join(struct weir_codec *codec, const struct weir_codec_config *config,
				  struct weir_str sample, struct weir_error *err)
{
	bool told = config->join && strcmp(config->join, "auto") != 0;
	const char *pattern = told ? config->join : codec->ops->lines->joins_when_told ? "none" : NULL;
	enum weir_status st = weir_join_new(pattern, sample, &codec->join, err);
	if (st == WEIR_OK && codec->join) {
		codec->guess.join = weir_join_says(codec->join);
		codec->guess.join_guessed = weir_join_is_guessed(codec->join);
	}
	return st;
}

enum weir_status weir_lines_open(struct weir_codec *codec, const struct weir_codec_config *config,
				 struct weir_str sample, bool complete, struct weir_error *err)
{
	struct weir_line_codec *c = (struct weir_line_codec *)codec;
	const struct weir_line_format *format = codec->ops->lines;
	const char *nulls = format->nulls ? format->nulls : config->nulls;
	c->texts.codec = codec;
	enum weir_status st = weir_text_fields_init(&c->texts, &codec->builder, nulls, err);
	if (st == WEIR_OK && format->joins)
		st = open_join(codec, config, sample, err);
	codec->from_any_line = !format->depend;
	if (st == WEIR_OK && format->read_bulk && !weir_bulk_init(&codec->bulk))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	if (st == WEIR_OK && format->prepare)
		st = format->prepare(codec, config, err);
	if (st == WEIR_OK && format->surveys && !survey(c, sample, complete))
		st = weir_fail(err, WEIR_NO_MEMORY, "", "out of memory");
	return st;
}

bool weir_lines_clone(const struct weir_codec *from, struct weir_codec *to)
{
	const struct weir_line_format *format = to->ops->lines;
	struct weir_line_codec *c = (struct weir_line_codec *)to;
	c->texts.builder = &to->builder;
	c->texts.codec = to;
	bool ok = !format->clone || format->clone(from, to); /* first: until then `to` has what is from's */
	if (ok && from->join)
		ok = (to->join = weir_join_copy(from->join)) != NULL;
	return ok && (!format->read_bulk || weir_bulk_init(&to->bulk));
}

static unsigned percent(struct weir_str sample, bool complete, bool indented, bool (*is_one)(struct weir_str line))
{
	enum { LINES = 100 };
	unsigned lines = 0, good = 0;
	const char *at = sample.data, *end = sample.data + sample.size;

	for (const char *stop; at < end && lines < LINES; at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop && !complete)
			break;
		if (!stop)
			stop = end;
		bool passed = !indented && stop > at && (*at == ' ' || *at == '\t');
		struct weir_str line = weir_str_trim((struct weir_str){at, (size_t)(stop - at)});
		if (passed)
			continue;
		lines += line.size > 0;
		good += line.size && is_one(line);
	}
	return lines ? good * 100 / lines : 0;
}

unsigned weir_lines_percent(struct weir_str sample, bool complete, bool (*is_one)(struct weir_str line))
{
	return percent(sample, complete, true, is_one);
}

unsigned weir_lines_percent_joined(struct weir_str sample, bool complete, bool (*is_one)(struct weir_str line))
{
	return percent(sample, complete, false, is_one);
}
