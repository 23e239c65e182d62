/* The source thread: sample, open the codec, then chunk by chunk (stream_decode.c). */
#include "stream_run.h"
#include "stream.h"

#include <stdio.h>

enum {
	POLL_US = 250000,          /* poll returns at once when data comes; this only bounds a missed wake */
	SAMPLE_WAIT_US = 200000,   /* how long the first bytes of a slow pipe may grow before the format is guessed */
	SAMPLE_BYTES = 64 << 10,   /* enough to guess from */
	SAMPLE_MAX_BYTES = 1 << 20,
	PACED_FIRST_ROWS = 16,
};

static void fail(struct weir_stream *s, const struct weir_error *err)
{
	pthread_mutex_lock(&s->lock);
	s->error = *err;
	if (!s->error.origin[0])
		snprintf(s->error.origin, sizeof s->error.origin, "%.47s", s->name);
	pthread_mutex_unlock(&s->lock);
}

/* The first messages one a line, or the first bytes as they are. */
static struct weir_str sample_text(const struct weir_chunk *chunk, struct weir_buf *lines)
{
	if (!chunk->is_messages)
		return (struct weir_str){chunk->bytes, chunk->size < SAMPLE_MAX_BYTES ? chunk->size : SAMPLE_MAX_BYTES};
	weir_buf_clear(lines);
	for (size_t i = 0; i < chunk->n_messages && lines->size < SAMPLE_BYTES; i++) {
		weir_buf_add_str(lines, chunk->messages[i].payload);
		weir_buf_add_char(lines, '\n');
	}
	return weir_buf_str(lines);
}

static bool sample_is_enough(const struct weir_chunk *chunk, int64_t waited_us)
{
	if (chunk->at_end || chunk->full)
		return true;
	if (chunk->is_messages)
		return chunk->n_messages >= 100 || (chunk->n_messages && waited_us >= SAMPLE_WAIT_US);
	if (chunk->size >= SAMPLE_MAX_BYTES)
		return true;
	return (chunk->size >= SAMPLE_BYTES || waited_us >= SAMPLE_WAIT_US) && chunk->size && memchr(chunk->bytes, '\n', chunk->size);
}

/* Polls until there is something to guess from. END: the input is empty (chunk at_end) or all that there is. */
static enum weir_status sample(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	const struct weir_clock *clock = s->config.clock;
	int64_t first_us = -1, wait_us = POLL_US;

	while (!s->stop) {
		enum weir_status st = weir_source_poll(s->source, wait_us, chunk, err);
		int64_t now = weir_clock_mono_us(clock);

		if (st != WEIR_OK && st != WEIR_AGAIN)
			return st;
		if (chunk->size || chunk->n_messages) {
			if (first_us < 0)
				first_us = now;
			if (sample_is_enough(chunk, now - first_us))
				return WEIR_OK;
			wait_us = first_us + SAMPLE_WAIT_US - now;
			wait_us = wait_us < 1000 ? POLL_US : wait_us;
		}
		if (st == WEIR_OK)
			weir_source_consume(s->source, chunk);
	}
	return WEIR_CANCELLED;
}

static struct weir_codec_config codec_config(const struct weir_stream *s)
{
	return (struct weir_codec_config){
		.format = s->format,
		.time = s->time,
		.nulls = s->nulls,
		.header = s->header,
		.on_malformed = s->on_malformed,
		.want = s->config.want,
		.stream = s->config.index,
		.budget = s->config.budget,
	};
}

/* All columns of the sample, also those that the view does not read: for suggestions and for --explain. */
static const struct weir_schema *probe(struct weir_stream *s, const char *format, struct weir_str text, const struct weir_chunk *chunk)
{
	struct weir_codec_config c = codec_config(s);
	struct weir_chunk copy = *chunk;
	struct weir_codec *codec = NULL;
	struct weir_batch *b = weir_batch_new(1024);
	const struct weir_schema *schema = NULL;

	c.format = format;
	c.want = (struct weir_decode_want){.all = true};
	c.on_malformed = WEIR_MALFORMED_DROP;
	c.budget = NULL;
	if (b && weir_codec_open(&c, text, chunk->at_end, &codec, NULL) == WEIR_OK &&
	    weir_codec_decode(codec, &copy, b, NULL) == WEIR_OK && b->schema)
		schema = weir_schema_ref(b->schema);
	weir_codec_close(codec);
	weir_batch_free(b);
	return schema;
}

static bool columns_are_fixed(const char *format)
{
	static const char *const fixed[] = {"csv", "tsv", "clf", "text", "regex"};

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (strncmp(format, fixed[i], strlen(fixed[i])) == 0)
			return true;
	return false;
}

static void publish_guess(struct weir_stream *s, const struct weir_schema *schema)
{
	const struct weir_guess *g = weir_codec_guess(s->codec);

	pthread_mutex_lock(&s->lock);
	s->sample_schema = schema;
	s->fixed_columns = g->format && columns_are_fixed(g->format);
	if (g->time_column)
		snprintf(s->guess, sizeof s->guess, "%s, time %s (%s)", g->format ? g->format : "?", g->time_column,
			 g->time_format ? g->time_format : "?");
	else
		snprintf(s->guess, sizeof s->guess, "%s, no time column", g->format ? g->format : "?");
	s->opened = true;
	pthread_mutex_unlock(&s->lock);
	weir_wake_signal(s->config.wake);
}

/* A screen gets what comes as it comes; a batch is done sooner on two processors. */
static bool may_be_parted(const struct weir_stream *s, const struct weir_chunk *chunk)
{
	bool paced = s->config.replay && weir_replay_speed(s->config.replay) > 0;
	return !s->config.live && !paced && !chunk->is_messages && !chunk->at_end && s->on_malformed != WEIR_MALFORMED_FAIL &&
	       weir_cpu_count() > 1;
}

static enum weir_status open_codec(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	struct weir_codec_config c = codec_config(s);
	struct weir_buf lines = {0};
	struct weir_str text = sample_text(chunk, &lines);
	bool complete = chunk->at_end && text.size == chunk->size;
	enum weir_status st = weir_codec_open(&c, text, complete, &s->codec, err);
	const char *name = weir_stream_format_by_name(s);

	if (st == WEIR_OK && name && strcmp(weir_codec_guess(s->codec)->format, "text") == 0) {
		weir_codec_close(s->codec);
		s->codec = NULL;
		c.format = name;
		st = weir_codec_open(&c, text, complete, &s->codec, err);
	}

	if (st == WEIR_OK)
		publish_guess(s, s->config.live ? NULL : probe(s, c.format, text, chunk));
	if (st == WEIR_OK && may_be_parted(s, chunk))
		s->twin = weir_twin_new(&c, text);
	weir_buf_release(&lines);
	return st;
}

static void wait_while_held(struct weir_stream *s)
{
	for (int64_t wait; !s->stop && s->hold_until_us &&
			   (wait = s->hold_until_us - weir_clock_mono_us(s->config.clock)) > 0;)
		weir_wake_wait(&s->pacing, wait);
}

static enum weir_status run(struct weir_stream *s, struct weir_error *err)
{
	struct weir_chunk chunk = {0};
	enum weir_status st = sample(s, &chunk, err);

	if (st == WEIR_END && !chunk.size && !chunk.n_messages)
		return WEIR_OK; /* nothing at all came */
	if (st != WEIR_OK)
		return st;
	if (s->config.replay && weir_replay_speed(s->config.replay) > 0)
		s->batch_rows = PACED_FIRST_ROWS;
	st = open_codec(s, &chunk, err);
	if (st == WEIR_OK)
		st = weir_stream_decode(s, &chunk, err);
	while (st == WEIR_OK && !s->stop) {
		wait_while_held(s);
		st = weir_source_poll(s->source, POLL_US, &chunk, err);
		if (st == WEIR_AGAIN)
			st = WEIR_OK;
		else if (st == WEIR_OK)
			st = weir_stream_decode(s, &chunk, err);
	}
	return st == WEIR_END ? WEIR_OK : st;
}

void *weir_stream_run(void *stream)
{
	struct weir_stream *s = stream;
	struct weir_error err = {0};
	enum weir_status st = run(s, &err);

	if (st != WEIR_OK && st != WEIR_CANCELLED)
		fail(s, &err);
	pthread_mutex_lock(&s->lock);
	s->ended = true;
	s->opened = true;
	pthread_mutex_unlock(&s->lock);
	weir_ring_close(s->full);
	weir_wake_signal(s->config.wake);
	return NULL;
}
