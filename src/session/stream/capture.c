/* What a stream brings, for --capture: each run as it was taken, after it was decoded and before the source gives it up. */
#include "stream.h"

#include <stdio.h>

static struct weir_str text_of(const char *text)
{
	return weir_str_of(text ? text : "");
}

static struct weir_capture_stream as_given(const struct weir_stream *s)
{
	return (struct weir_capture_stream){
	    .name = weir_str_of(s->name),
	    .source = weir_str_of(s->address),
	    .format = text_of(s->format),
	    .time = text_of(s->time),
	    .nulls = text_of(s->nulls),
	    .header = text_of(s->header),
	    .join = text_of(s->join),
	    .path = weir_sample_path(s),
	    .written_us = s->source->written_us,
	};
}

void weir_stream_capture_begin(struct weir_stream *s)
{
	if (!s->config.capture)
		return;
	const struct weir_capture_stream is = as_given(s);
	weir_capture_writer_stream(s->config.capture, s->config.index, &is);
}

/* What a reader that begins later needs of the beginning. */
static struct weir_str head_of(const struct weir_stream *s, const struct weir_chunk *chunk)
{
	struct weir_str front = {chunk->bytes, chunk->is_messages ? 0 : chunk->size};

	front.size = weir_codec_head_bytes(s->codec, front);
	return front.size <= WEIR_MAX_CAPTURE_HEAD_BYTES ? front : (struct weir_str){NULL, 0};
}

/* As --time takes them. */
static void put_time(const struct weir_guess *g, struct weir_buf *out)
{
	bool quoted = g->time_column && strchr(g->time_column, ':');

	if (g->time_column)
		weir_buf_addf(out, quoted ? "\"%s\"" : "%s", g->time_column);
	if (g->time_column && g->time_format && !strchr(g->time_column, '+'))
		weir_buf_addf(out, ":%s", g->time_format);
}

/* Before the first run is taken: what was found out, and where the stream begins. */
void weir_stream_capture_learned(struct weir_stream *s, const struct weir_chunk *chunk)
{
	struct weir_buf time = {0}, begins = {0};
	struct weir_capture_stream is;

	if (!s->config.capture)
		return;
	const struct weir_guess *g = weir_codec_guess(s->codec);
	is = as_given(s);
	put_time(g, &time);
	if (weir_source_position(s->source, &begins) != WEIR_OK)
		weir_buf_clear(&begins);
	is.guessed_format = text_of(g->format);
	is.guessed_time = weir_buf_str(&time);
	is.head = head_of(s, chunk);
	is.begins = weir_buf_str(&begins);
	weir_capture_writer_stream(s->config.capture, s->config.index, &is);
	weir_buf_release(&time);
	weir_buf_release(&begins);
}

/* The schemas that came to be known since the last run: a replay reads by them. */
static void capture_schemas(struct weir_stream *s)
{
	const struct weir_registry_schema *schema;

	while (s->registry && (schema = weir_registry_known(s->registry, s->captured_schemas))) {
		static const unsigned kinds[] = {
		    [WEIR_SCHEMA_AVRO] = 1, [WEIR_SCHEMA_JSON] = 2, [WEIR_SCHEMA_PROTOBUF] = 3};
		struct weir_buf payload = {0};
		weir_capture_schema_write(schema->id, kinds[schema->kind], (uint32_t)schema->n, &payload);
		for (size_t i = 0; i < schema->n; i++)
			weir_capture_schema_write_text(weir_str_of(schema->texts[i].name), schema->texts[i].text,
						       &payload);
		weir_capture_writer_schema(s->config.capture, s->config.index, &payload);
		weir_buf_release(&payload);
		s->captured_schemas++;
	}
}

void weir_stream_capture_run(struct weir_stream *s, const struct weir_chunk *before, const struct weir_chunk *after)
{
	struct weir_capture_writer *w = s->config.capture;
	uint64_t n_records = s->taken;

	s->taken = 0;
	if (!w || (before->recorded && s->config.captured_already))
		return;
	if (before->is_messages) {
		capture_schemas(s);
		size_t n = before->n_messages - after->n_messages;
		if (n)
			weir_capture_writer_messages(w, s->config.index, before->messages, n, before->partitions,
						     before->arrival_us);
		return;
	}
	size_t size = before->size - after->size;
	bool ends = after->size == 0;
	const struct weir_capture_piece run = {
	    .flags =
		(before->at_end && ends ? WEIR_RUN_AT_END : 0) | (before->restarts && ends ? WEIR_RUN_RESTARTS : 0),
	    .offset = before->offset,
	    .arrival_us = before->arrival_us,
	    .bytes = {before->bytes, size},
	};
	if (size || run.flags & WEIR_RUN_RESTARTS)
		weir_capture_writer_bytes(w, s->config.index, &run, n_records);
}
