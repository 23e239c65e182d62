/* What a session says about itself: states, rates, progress, columns. */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAMPLE_US = 200000 }; /* five intervals make the second that a rate is taken over */

bool weir_session_sample_rates(struct weir_session *s, int64_t now_us)
{
	struct weir_source_status status;
	bool moving = false;

	for (uint32_t i = 0; i < s->pipeline.n_streams; i++) {
		struct weir_shown_stream *shown = &s->streams[i];
		struct weir_rate_sample *newest =
		    &shown->samples[(shown->n_samples + WEIR_RATE_SAMPLES - 1) % WEIR_RATE_SAMPLES];

		if (shown->n_samples && now_us - newest->mono_us < SAMPLE_US)
			return true;
		weir_stream_status(&s->pipeline.streams[i], &status);
		pthread_mutex_lock(&s->lock);
		struct weir_rate_sample *next = &shown->samples[shown->n_samples % WEIR_RATE_SAMPLES];
		*next = (struct weir_rate_sample){now_us, shown->records, shown->bytes, (int64_t)status.raw_bytes, {0}};
		for (uint32_t k = 0; k < weir_stream_listed_partitions(&status); k++)
			next->positions[k] = weir_partitions_get(status.partitions, k)->position;
		shown->n_samples++;
		uint64_t oldest = shown->n_samples > WEIR_RATE_SAMPLES ? shown->n_samples % WEIR_RATE_SAMPLES : 0;
		moving = moving || shown->samples[oldest].records != shown->records || shown->n_samples < 2;
		pthread_mutex_unlock(&s->lock);
	}
	return moving;
}

static void fill_rates(const struct weir_shown_stream *shown, const struct weir_source_status *status,
		       struct weir_stream_info *out)
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
		out->seconds_left =
		    (int64_t)((double)(status->total_raw_bytes - (int64_t)status->raw_bytes) / raw_per_s + 0.5);
}

static bool make_room(struct weir_session_info *out, uint32_t n)
{
	if (out->n_streams >= n && out->streams)
		return true;
	free(out->streams);
	out->streams = weir_calloc(n, sizeof *out->streams);
	return out->streams != NULL;
}

/* What nobody asked for and is still so: the group, the measure, and what time is. */
static void fill_guessed(const struct weir_session *s, struct weir_session_info *out)
{
	const char *const *now = (const char *const *)s->in_force.text;
	bool group =
	    s->guessed_group[0] && weir_str_equal(weir_str_of(now[WEIR_VIEW_GROUP]), weir_str_of(s->guessed_group));
	bool measure = s->guessed_measure[0] &&
		       weir_str_equal(weir_str_of(now[WEIR_VIEW_MEASURE]), weir_str_of(s->guessed_measure));
	uint32_t n_arrival = 0;

	for (uint32_t i = 0; i < out->n_streams; i++)
		n_arrival += out->streams[i].by_arrival;
	out->group_guessed = group;
	out->measure_guessed = measure;
	out->time_note = !n_arrival                   ? ""
			 : s->pipeline.finite         ? "no event time"
			 : n_arrival < out->n_streams ? "some time is arrival"
						      : "time is arrival";
}

/* The guess of the question belongs to the first stream: the one it was made from. */
static void add_guess(struct weir_stream_info *info, const char *group, const char *measure, const char *errors)
{
	size_t n = strlen(info->guess);

	if (group[0] && n < sizeof info->guess)
		n += (size_t)snprintf(info->guess + n, sizeof info->guess - n, "%sgroup %s", n ? ", " : "", group);
	if (measure[0] && n < sizeof info->guess)
		n += (size_t)snprintf(info->guess + n, sizeof info->guess - n, "%smeasure %s", n ? ", " : "", measure);
	if (errors[0] && n < sizeof info->guess)
		snprintf(info->guess + n, sizeof info->guess - n, "%serrors %s", n ? ", " : "", errors);
}

/* What reads elsewhere knows by itself in what state its streams are, and how far. The partitions are those of the sample. */
static void take_fabric(struct weir_session_info *out)
{
	const struct weir_fabric_status *f = &out->fabric;

	if (!f->is_elsewhere || strcmp(f->state, "sampling") == 0)
		return;
	bool failed = strcmp(f->state, "failed") == 0, again = f->detail[0] || strcmp(f->state, "starting") == 0;
	out->records_per_s = f->answered && f->done_per_s > 0 ? f->done_per_s : 0;
	for (uint32_t i = 0; i < out->n_streams; i++) {
		struct weir_stream_info *s = &out->streams[i];
		s->lag = f->lags[i];
		s->n_partitions = 0;
		s->records_per_s = out->records_per_s * f->shares[i];
		if (failed && !out->ended)
			s->state = WEIR_STREAM_FAILED;
		else if (!out->ended)
			s->state = f->answered && again ? WEIR_STREAM_RECONNECTING
				   : !f->answered       ? WEIR_STREAM_CONNECTING
							: WEIR_STREAM_LIVE;
	}
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
		weir_stream_status(&s->pipeline.streams[i], &status);
		weir_stream_describe(&s->pipeline.streams[i], &status, speed, &out->streams[i]);
		pthread_mutex_lock(&s->lock);
		fill_rates(&s->streams[i], &status, &out->streams[i]);
		out->streams[i].records = s->streams[i].records;
		if (i == 0)
			add_guess(&out->streams[i], s->guessed_group, s->guessed_measure, s->strip.errors);
		pthread_mutex_unlock(&s->lock);
		out->records_per_s += out->streams[i].records_per_s;
	}
	out->n_landings = weir_landings_describe(&s->pipeline.landings, out->landings);
	weir_pipeline_describe_capture(&s->pipeline, out);
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
	fill_guessed(s, out);
	memcpy(out->said, s->said, sizeof out->said);
	out->said_generation = s->said_generation;
	out->strip = s->strip;
	out->fabric = s->fabric;
	take_fabric(out);
	struct weir_view copy; /* without memory for it the one before stays: the next question is made of it */
	weir_view_init(&copy);
	if (weir_view_copy(&copy, &s->in_force, NULL) == WEIR_OK) {
		weir_view_release(&s->info_view);
		s->info_view = copy;
	}
	pthread_mutex_unlock(&s->lock);
	out->view = s->info_view;
	out->at = out->paused ? s->chosen : out->view.at_us != WEIR_TIME_NONE;
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

enum weir_status weir_pipeline_describe(struct weir_pipeline *p, const struct weir_view *view,
					struct weir_session_info *out, struct weir_error *err)
{
	struct weir_source_status status;

	*out = (struct weir_session_info){.view = *view};
	if (!(out->streams = weir_calloc(p->n_streams, sizeof *out->streams)))
		return weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	out->n_streams = p->n_streams;
	for (uint32_t i = 0; i < p->n_streams; i++) {
		weir_stream_status(&p->streams[i], &status);
		weir_stream_describe(&p->streams[i], &status, weir_replay_speed(&p->replay), &out->streams[i]);
	}
	if (p->ops->describe)
		p->ops->describe(p->fabric, &out->fabric);
	weir_pipeline_describe_capture(p, out);
	return WEIR_OK;
}
