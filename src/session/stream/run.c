/* The source thread: sample, open the codec, then chunk by chunk (decode.c). */
#include "stream.h"

#include <stdio.h>

enum {
	POLL_US = 250000, /* poll returns at once when data comes; this only bounds a missed wake */
	PACED_FIRST_ROWS = 16,
};

static void fail(struct weir_stream *s, const struct weir_error *err)
{
	pthread_mutex_lock(&s->lock);
	s->error = *err;
	weir_secrets_hide_error(&s->secrets, &s->error);
	if (!s->error.origin[0])
		snprintf(s->error.origin, sizeof s->error.origin, "%.47s", s->name);
	pthread_mutex_unlock(&s->lock);
}

/* As many as a sample is made of. */
static size_t messages_of_sample(const struct weir_chunk *chunk)
{
	size_t n = 0, bytes = 0;

	while (n < chunk->n_messages && bytes < WEIR_SAMPLE_SCREEN_BYTES)
		bytes += chunk->messages[n++].payload.size + 1;
	return n;
}

/* The first messages one a line, or the first bytes as they are. */
static struct weir_str sample_text(const struct weir_chunk *chunk, struct weir_buf *lines)
{
	if (!chunk->is_messages)
		return (struct weir_str){chunk->bytes,
					 chunk->size < WEIR_SAMPLE_MOST_BYTES ? chunk->size : WEIR_SAMPLE_MOST_BYTES};
	weir_buf_clear(lines);
	const size_t n = messages_of_sample(chunk);
	for (size_t i = 0; i < n; i++) {
		struct weir_str text = chunk->messages[i].payload;
		weir_frame_cut(&text, &(uint32_t){0});
		weir_buf_add_str(lines, text);
		weir_buf_add_char(lines, '\n');
	}
	return weir_buf_str(lines);
}

/* Polls until there is something to guess from, or no more is to be read. END: the input is empty (chunk at_end) or all that
 * there is. */
static enum weir_status sample(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	const struct weir_clock *clock = s->config.clock;
	int64_t first_us = -1, wait_us = POLL_US, limit_us = s->sample_limit_us;
	unsigned n_last = 0; /* polls since no more is wanted: the wake may cut the first of them short */

	while (!s->stop) {
		n_last += s->finish;
		enum weir_status st = weir_source_poll(s->source, n_last ? 0 : wait_us, chunk, err);
		int64_t now = weir_clock_mono_us(clock);

		if (st != WEIR_OK && st != WEIR_AGAIN)
			return st;
		if (chunk->size || chunk->n_messages) {
			first_us = first_us < 0 ? now : first_us;
			enum weir_sample_verdict verdict =
			    weir_sample_judge(chunk, now - first_us, s->config.live, limit_us);
			bool cut = n_last > 1 && verdict == WEIR_SAMPLE_MORE;
			if ((cut || verdict == WEIR_SAMPLE_SHORT) && !s->config.live)
				weir_sample_say_short(chunk, cut ? 0 : limit_us, s->early, sizeof s->early);
			if (cut || verdict != WEIR_SAMPLE_MORE)
				return WEIR_OK;
			wait_us = first_us + limit_us - now;
			wait_us = wait_us < 1000 || wait_us > POLL_US ? POLL_US : wait_us;
		}
		if (st == WEIR_OK)
			weir_source_consume(s->source, chunk);
		if (n_last > 1)
			break;
	}
	return WEIR_CANCELLED;
}

static struct weir_codec_config codec_config(const struct weir_stream *s, const struct weir_chunk *chunk)
{
	int64_t written_us = s->source->written_us;
	bool no_schemas = s->registry_offline && !weir_registry_known(s->registry, 0);

	return (struct weir_codec_config){
	    .format = s->format,
	    .path = weir_sample_path(s),
	    .time = s->time,
	    .newest_us = written_us ? written_us : chunk->arrival_us,
	    .growing = !written_us,
	    .nulls = s->nulls,
	    .join = s->join,
	    .header = s->header,
	    .on_malformed = s->on_malformed,
	    .want = s->config.want,
	    .stream = s->config.index,
	    .budget = s->config.budget,
	    .messages = chunk->messages,
	    .n_messages = chunk->is_messages ? messages_of_sample(chunk) : 0,
	    .registry = no_schemas ? NULL : s->registry,
	};
}

/* Where reading begins behind the first record, the line of names may stand before it. */
static void doubt_header(struct weir_stream *s, const struct weir_guess *g, uint64_t offset)
{
	size_t n = strlen(s->doubt);
	bool given = s->header && strcmp(s->header, "auto") != 0;
	bool behind = weir_uri_is_file(&s->uri) && !s->source->recorded &&
		      (weir_uri_param(&s->uri, "position") || weir_uri_param(&s->uri, "from"));

	if (!behind || !offset || !g->header || given)
		return;
	snprintf(
	    s->doubt + n, sizeof s->doubt - n, "%sit was read from byte %llu on, and %s", n ? "; " : "",
	    (unsigned long long)offset,
	    strcmp(g->header, "yes") == 0
		? "the first line there was taken for names (--header no says that it is a record)"
		: "no line with names was seen: the columns are c1, c2 and so on (--header no says that there is none)");
}

static void publish_guess(struct weir_stream *s, const struct weir_chunk *chunk)
{
	bool messages = chunk->is_messages;
	const struct weir_guess *g = weir_codec_guess(s->codec);

	pthread_mutex_lock(&s->lock);
	if (!s->config.live)
		s->sample_schema = weir_schema_ref(weir_codec_sample_schema(s->codec));
	s->fixed_columns = weir_codec_columns_fixed(s->codec);
	snprintf(s->read_as, sizeof s->read_as, "%s", g->format ? g->format : "");
	snprintf(s->time_column, sizeof s->time_column, "%s", g->time_column ? g->time_column : "");
	snprintf(s->time_format, sizeof s->time_format, "%s", g->time_column && g->time_format ? g->time_format : "");
	s->separator = g->separator;
	s->has_header = g->header && strcmp(g->header, "yes") == 0;
	s->lines_above = g->lines_above;
	if (g->time_column)
		snprintf(s->guess, sizeof s->guess, "%s, time %s (%s)", g->format ? g->format : "?", g->time_column,
			 g->time_format ? g->time_format : "?");
	else
		snprintf(s->guess, sizeof s->guess, "%s, no time column%s", g->format ? g->format : "?",
			 s->time && strcmp(s->time, "none") == 0 ? " is read"
			 : messages                              ? ": time is the server's (_timestamp)"
								 : "");
	size_t n = strlen(s->guess);
	if (g->join)
		snprintf(s->guess + n, sizeof s->guess - n, ", joins %s", g->join);
	s->server_time = messages && !g->time_column && !(s->time && strcmp(s->time, "none") == 0);
	s->no_time = !g->time_column && !s->server_time;
	if (!g->format_guessed && !g->time_guessed)
		s->early[0] = 0;
	snprintf(s->doubt, sizeof s->doubt, "%s%s%s", g->doubt ? g->doubt : "", g->doubt && s->early[0] ? "; " : "",
		 s->early);
	doubt_header(s, g, chunk->offset);
	s->opened = true;
	pthread_mutex_unlock(&s->lock);
	weir_wake_signal(s->config.wake);
}

static enum weir_status open_codec(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	struct weir_codec_config c = codec_config(s, chunk);
	struct weir_buf lines = {0};
	struct weir_str text = sample_text(chunk, &lines);
	bool complete = chunk->at_end && !chunk->restarts && text.size == chunk->size;
	enum weir_status st = lines.failed ? weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory")
					   : weir_codec_open(&c, text, complete, &s->codec, err);

	s->refused = st != WEIR_OK;
	if (st == WEIR_OK)
		publish_guess(s, chunk);
	weir_buf_release(&lines);
	return st;
}

/* What was in doubt may have been decided by what came later. */
static void review_doubt(struct weir_stream *s)
{
	if (!s->codec || !(weir_codec_order_settled(s->codec) || s->second_settled))
		return;
	pthread_mutex_lock(&s->lock);
	snprintf(s->doubt, sizeof s->doubt, "%s", s->early);
	pthread_mutex_unlock(&s->lock);
}

/* Nothing came: a record whose end would be told by the next one is taken as it is, once nothing has come for a while. */
static enum weir_status finish_held(struct weir_stream *s, struct weir_chunk *chunk, int64_t waited_us,
				    struct weir_error *err)
{
	if (!weir_codec_holds_back(s->codec) || waited_us < POLL_US || (!chunk->size && !chunk->n_messages))
		return WEIR_OK;
	chunk->idle = true;
	return weir_stream_decode(s, chunk, err);
}

static enum weir_status run(struct weir_stream *s, struct weir_error *err)
{
	struct weir_chunk chunk = {0};

	if (s->config.replay && weir_replay_speed(s->config.replay) > 0)
		s->batch_rows = PACED_FIRST_ROWS;
	if (weir_source_is_typed(s->source))
		return weir_stream_run_typed(s, err);
	weir_stream_capture_begin(s);
	enum weir_status st = sample(s, &chunk, err);
	if (st == WEIR_END && !chunk.size && !chunk.n_messages)
		return WEIR_OK; /* nothing at all came */
	if (st != WEIR_OK)
		return st;
	st = open_codec(s, &chunk, err);
	if (st == WEIR_OK)
		weir_stream_capture_learned(s, &chunk);
	chunk.idle = s->finish; /* nothing will come behind the last record */
	if (st == WEIR_OK)
		st = weir_stream_decode(s, &chunk, err);
	int64_t came_us = weir_clock_mono_us(s->config.clock);
	while (st == WEIR_OK && !s->stop && !s->finish) {
		weir_stream_wait_while_held(s);
		chunk.idle = false;
		st = weir_source_poll(s->source, POLL_US, &chunk, err);
		int64_t now = weir_clock_mono_us(s->config.clock);
		came_us = st == WEIR_OK ? now : came_us;
		if (st == WEIR_AGAIN)
			st = finish_held(s, &chunk, now - came_us, err);
		else if (st == WEIR_OK)
			st = weir_stream_decode(s, &chunk, err);
	}
	review_doubt(s);
	if (st == WEIR_END && !s->config.live)
		s->refused = (st = weir_codec_check_time(s->codec, err)) != WEIR_OK;
	return st == WEIR_END ? WEIR_OK : st;
}

/* Where another run can resume: known once the input has come to its end, and all of it was handed over. */
static enum weir_status keep_position(struct weir_stream *s, struct weir_error *err)
{
	struct weir_buf text = {0};
	enum weir_status st = weir_source_position(s->source, &text);

	if (st != WEIR_OK) { /* most have none */
		weir_buf_release(&text);
		return st == WEIR_NO_MEMORY ? weir_fail(err, st, s->name, "out of memory") : WEIR_OK;
	}
	pthread_mutex_lock(&s->lock);
	s->position = text.data;
	pthread_mutex_unlock(&s->lock);
	return WEIR_OK;
}

void *weir_stream_run(void *stream)
{
	struct weir_stream *s = stream;
	struct weir_error err = {0};
	enum weir_status st = run(s, &err);

	if (st == WEIR_OK && !s->stop && !s->finish)
		st = keep_position(s, &err);
	if (st != WEIR_OK && st != WEIR_CANCELLED)
		fail(s, &err);
	pthread_mutex_lock(&s->lock);
	s->ended = true;
	s->cut = s->stop;
	s->opened = true;
	pthread_mutex_unlock(&s->lock);
	weir_ring_close(s->full);
	weir_wake_signal(s->config.wake);
	return NULL;
}
