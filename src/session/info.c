/* What a session says about itself: states, rates, progress, columns. */
#include "session_state.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAMPLE_US = 200000 }; /* five intervals make the second that a rate is taken over */

static uint32_t listed(const struct weir_source_status *status)
{
	uint32_t max = sizeof status->partitions / sizeof *status->partitions;

	return status->n_partitions < max ? status->n_partitions : max;
}

bool weir_session_sample_rates(struct weir_session *s, int64_t now_us)
{
	struct weir_source_status status;
	bool moving = false;

	for (uint32_t i = 0; i < s->pipeline.n_streams; i++) {
		struct weir_shown_stream *shown = &s->streams[i];
		struct weir_rate_sample *newest = &shown->samples[(shown->n_samples + WEIR_RATE_SAMPLES - 1) % WEIR_RATE_SAMPLES];

		if (shown->n_samples && now_us - newest->mono_us < SAMPLE_US)
			return true;
		weir_source_status(s->pipeline.streams[i].source, &status);
		pthread_mutex_lock(&s->lock);
		struct weir_rate_sample *next = &shown->samples[shown->n_samples % WEIR_RATE_SAMPLES];
		*next = (struct weir_rate_sample){now_us, shown->records, shown->bytes, (int64_t)status.raw_bytes, {0}};
		for (uint32_t k = 0; k < listed(&status); k++)
			next->positions[k] = status.partitions[k].position;
		shown->n_samples++;
		uint64_t oldest = shown->n_samples > WEIR_RATE_SAMPLES ? shown->n_samples % WEIR_RATE_SAMPLES : 0;
		moving = moving || shown->samples[oldest].records != shown->records || shown->n_samples < 2;
		pthread_mutex_unlock(&s->lock);
	}
	return moving;
}

static void fill_rates(const struct weir_shown_stream *shown, const struct weir_source_status *status, struct weir_stream_info *out)
{
	if (shown->n_samples < 2)
		return;
	const struct weir_rate_sample *newest = &shown->samples[(shown->n_samples - 1) % WEIR_RATE_SAMPLES];
	const struct weir_rate_sample *oldest =
		&shown->samples[shown->n_samples > WEIR_RATE_SAMPLES ? shown->n_samples % WEIR_RATE_SAMPLES : 0];
	double seconds = (double)(newest->mono_us - oldest->mono_us) / (double)WEIR_US_PER_S;

	if (seconds <= 0)
		return;
	out->records_per_s = (double)(newest->records - oldest->records) / seconds;
	out->bytes_per_s = (double)(newest->bytes - oldest->bytes) / seconds;
	for (uint32_t k = 0; k < out->n_partitions; k++)
		out->partitions[k].records_per_s = (double)(newest->positions[k] - oldest->positions[k]) / seconds;
	double raw_per_s = (double)(newest->raw_bytes - oldest->raw_bytes) / seconds;
	if (status->total_raw_bytes >= 0 && raw_per_s > 0 && (int64_t)status->raw_bytes < status->total_raw_bytes)
		out->seconds_left = (int64_t)((double)(status->total_raw_bytes - (int64_t)status->raw_bytes) / raw_per_s + 0.5);
}

static enum weir_stream_state state_of(const struct weir_source_status *status, bool failed, bool ended, double speed)
{
	if (failed || status->state == WEIR_SOURCE_FAILED)
		return WEIR_STREAM_FAILED;
	if (ended)
		return WEIR_STREAM_END;
	if (status->state == WEIR_SOURCE_RECONNECTING)
		return WEIR_STREAM_RECONNECTING;
	if (speed > 0)
		return WEIR_STREAM_REPLAY;
	return status->state == WEIR_SOURCE_CONNECTING ? WEIR_STREAM_CONNECTING : WEIR_STREAM_LIVE;
}

/* What the source and its thread say; the session's lock is not held. */
static void fill_source(struct weir_stream *stream, const struct weir_source_status *status, double speed, struct weir_stream_info *out)
{
	struct weir_error why = {0};
	bool failed = weir_stream_error(stream, &why), ended;
	char line[sizeof why.what + sizeof why.origin];

	*out = (struct weir_stream_info){.lag = status->lag, .progress = -1, .seconds_left = -1, .replay_speed = speed};
	snprintf(out->name, sizeof out->name, "%s", stream->name);
	snprintf(out->address, sizeof out->address, "%s", stream->address);
	pthread_mutex_lock(&stream->lock);
	ended = stream->ended;
	snprintf(out->guess, sizeof out->guess, "%s", stream->guess);
	if (stream->malformed_last.code != WEIR_OK)
		snprintf(out->malformed_last, sizeof out->malformed_last, "%s", weir_error_line(&stream->malformed_last, line, sizeof line));
	pthread_mutex_unlock(&stream->lock);
	out->state = state_of(status, failed, ended, speed);
	snprintf(out->detail, sizeof out->detail, "%.199s", failed ? why.what : status->detail);
	if (status->total_raw_bytes > 0)
		out->progress = (double)status->raw_bytes / (double)status->total_raw_bytes;
	if (out->state == WEIR_STREAM_END)
		out->progress = out->progress < 0 ? -1 : 1;
	out->n_partitions = listed(status);
	for (uint32_t k = 0; k < out->n_partitions; k++) {
		const struct weir_partition_status *p = &status->partitions[k];
		out->partitions[k] = (struct weir_partition_info){.position = p->position, .end = p->end, .lag = p->lag};
		memcpy(out->partitions[k].name, p->name, sizeof p->name);
	}
}

static bool make_room(struct weir_session_info *out, uint32_t n)
{
	if (out->n_streams >= n && out->streams)
		return true;
	free(out->streams);
	out->streams = weir_calloc(n, sizeof *out->streams);
	return out->streams != NULL;
}

/* The guess of the question belongs to the first stream: the one it was made from. */
static void add_guess(struct weir_stream_info *info, const char *guessed)
{
	size_t n = strlen(info->guess);

	if (guessed[0])
		snprintf(info->guess + n, sizeof info->guess - n, "%s%s", n ? ", " : "", guessed);
}

void weir_session_info(struct weir_session *s, struct weir_session_info *out)
{
	uint32_t n = s->pipeline.n_streams;
	double speed = weir_replay_speed(&s->pipeline.replay);
	struct weir_source_status status;

	if (!make_room(out, n)) {
		out->n_streams = n = 0;
	}
	out->n_streams = n;
	out->records_per_s = 0;
	for (uint32_t i = 0; i < n; i++) {
		weir_source_status(s->pipeline.streams[i].source, &status);
		fill_source(&s->pipeline.streams[i], &status, speed, &out->streams[i]);
		pthread_mutex_lock(&s->lock);
		fill_rates(&s->streams[i], &status, &out->streams[i]);
		out->streams[i].records = s->streams[i].records;
		if (i == 0)
			add_guess(&out->streams[i], s->guessed);
		pthread_mutex_unlock(&s->lock);
		out->records_per_s += out->streams[i].records_per_s;
	}
	pthread_mutex_lock(&s->lock);
	uint64_t records = 0;
	for (uint32_t i = 0; i < n; i++)
		records += s->streams[i].records;
	out->ended = s->ended;
	out->paused = s->paused;
	out->paused_at_us = s->paused_at_us;
	out->backlog = s->paused ? (int64_t)(records - s->paused_records) : 0;
	out->rebuilding = s->generation < s->asked_generation || s->shown_sizes < s->mailbox.sizes;
	out->generation = s->generation;
	weir_view_release(&s->info_view);
	(void)!weir_view_copy(&s->info_view, &s->in_force, NULL);
	pthread_mutex_unlock(&s->lock);
	out->view = s->info_view;
}

void weir_session_info_release(struct weir_session_info *out)
{
	free(out->streams);
	*out = (struct weir_session_info){0};
}

static bool has_name(const struct weir_str *names, size_t n, struct weir_str name)
{
	for (size_t i = 0; i < n; i++)
		if (weir_str_equal(names[i], name))
			return true;
	return false;
}

size_t weir_session_columns(struct weir_session *s, struct weir_arena *arena, struct weir_str **out)
{
	size_t n = 0, room = 0;

	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < s->pipeline.n_streams; i++)
		room += s->pipeline.schemas[i] ? s->pipeline.schemas[i]->n_fields : 0;
	struct weir_str *names = weir_arena_alloc(arena, (room + 1) * sizeof *names);
	for (uint32_t i = 0; names && i < s->pipeline.n_streams; i++) {
		const struct weir_schema *schema = s->pipeline.schemas[i];
		for (uint32_t k = 0; schema && k < schema->n_fields; k++)
			if (!has_name(names, n, schema->fields[k].name))
				names[n++] = weir_arena_str(arena, schema->fields[k].name);
	}
	pthread_mutex_unlock(&s->lock);
	*out = names;
	return names ? n : 0;
}
