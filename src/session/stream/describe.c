/* What a stream says of itself: the part of weir_stream_info that the source and its thread know. */
#include "stream.h"

#include <stdio.h>

uint32_t weir_stream_listed_partitions(const struct weir_source_status *status)
{
	uint32_t max = sizeof((struct weir_stream_info *)0)->partitions / sizeof(struct weir_partition_info);
	uint32_t n = weir_partitions_count(status->partitions);

	return n < max ? n : max;
}

void weir_stream_status(const struct weir_stream *s, struct weir_source_status *out)
{
	if (s->source)
		weir_source_status(s->source, out);
	else
		*out = (struct weir_source_status){.state = WEIR_SOURCE_LIVE, .total_raw_bytes = -1, .lag = -1};
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

static void line_of(const struct weir_error *err, char *out, size_t size)
{
	char line[sizeof err->what + sizeof err->origin + sizeof err->hint];

	if (err->code != WEIR_OK)
		snprintf(out, size, "%s", weir_error_line(err, line, sizeof line));
}

/* Under the stream's lock: what its thread published. */
static bool copy_published(struct weir_stream *stream, struct weir_stream_info *out, bool *known)
{
	pthread_mutex_lock(&stream->lock);
	bool ended = stream->ended && !stream->cut;
	out->position = stream->position;
	out->by_arrival = stream->opened && stream->no_time;
	*known = stream->opened;
	snprintf(out->guess, sizeof out->guess, "%s", stream->guess);
	snprintf(out->doubt, sizeof out->doubt, "%s", stream->doubt);
	line_of(&stream->malformed_first, out->malformed_first, sizeof out->malformed_first);
	line_of(&stream->malformed_last, out->malformed_last, sizeof out->malformed_last);
	memcpy(out->first_noted, stream->first_noted, sizeof out->first_noted);
	pthread_mutex_unlock(&stream->lock);
	return ended;
}

void weir_stream_describe(struct weir_stream *stream, const struct weir_source_status *status, double speed,
			  struct weir_stream_info *out)
{
	struct weir_error why = {0};
	bool failed = weir_stream_error(stream, &why);

	*out = (struct weir_stream_info){.lag = status->lag, .progress = -1, .seconds_left = -1, .replay_speed = speed};
	out->finite = stream->source && weir_source_finite(stream->source);
	snprintf(out->name, sizeof out->name, "%s", stream->name);
	snprintf(out->address, sizeof out->address, "%s", stream->address);
	snprintf(out->same_as, sizeof out->same_as, "%s", stream->same_as);
	bool known, ended = copy_published(stream, out, &known) && !stream->finish; /* then more might have come */
	out->state = state_of(status, failed, ended, speed);
	snprintf(out->detail, sizeof out->detail, "%.199s", failed ? why.what : status->detail);
	weir_secrets_hide(&stream->secrets, out->detail, sizeof out->detail);
	if (status->total_raw_bytes > 0)
		out->progress = (double)status->raw_bytes / (double)status->total_raw_bytes;
	if (out->state == WEIR_STREAM_END)
		out->progress = out->progress < 0 ? -1 : 1;
	out->all = status->partitions;
	out->lost_how = status->lost_how;
	out->pushed = known && stream->source ? stream->source->pushed : NULL;
	out->none_why =
	    status->none_why ? status->none_why
	    : out->pushed && out->pushed->leaves_out
		? "the server left out all rows, by --where or the window (--explain says which it looks at)"
		: NULL;
	memcpy(out->unread, status->unread, sizeof out->unread);
	out->without_raw = stream->without_raw;
	out->n_partitions = weir_stream_listed_partitions(status);
	for (uint32_t k = 0; k < out->n_partitions; k++) {
		const struct weir_partition *p = weir_partitions_get(status->partitions, k);
		struct weir_partition_info *to = &out->partitions[k];
		*to = (struct weir_partition_info){.position = p->position, .end = p->end, .lag = p->lag};
		weir_partition_name(p, to->name, sizeof to->name);
	}
}
