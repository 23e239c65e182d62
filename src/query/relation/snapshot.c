/* The rows of a relation that are kept, and the span of their event times. */
#include "weir/query/relation.h"

#include <stdlib.h>

void weir_relation_snapshot_free(struct weir_relation_snapshot *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; s->streams && i < s->n_streams; i++)
		weir_snapshot_free(s->streams[i]);
	free(s->streams);
	free(s);
}

uint64_t weir_relation_snapshot_rows(const struct weir_relation_snapshot *s)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s->n_streams; i++)
		n += s->streams[i] ? s->streams[i]->n_rows : 0;
	return n;
}

uint32_t weir_relation_snapshot_segments(const struct weir_relation_snapshot *s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_streams; i++)
		n += s->streams[i] ? s->streams[i]->n_segments : 0;
	return n;
}

const struct weir_segment *weir_relation_snapshot_segment(const struct weir_relation_snapshot *s, uint32_t number)
{
	uint32_t stream = 0;
	for (; !s->streams[stream] || number >= s->streams[stream]->n_segments; stream++)
		number -= s->streams[stream] ? s->streams[stream]->n_segments : 0;
	return s->streams[stream]->segments[number];
}

int64_t weir_relation_snapshot_newest_us(const struct weir_relation_snapshot *s)
{
	int64_t newest = WEIR_TIME_NONE;
	for (uint32_t n = 0; n < s->n_streams; n++)
		for (uint32_t i = 0; s->streams[n] && i < s->streams[n]->n_segments; i++) {
			const struct weir_segment *seg = s->streams[n]->segments[i];
			bool timed = seg->time_min_us <= seg->time_max_us;
			if (timed && (newest == WEIR_TIME_NONE || seg->newest_us > newest))
				newest = seg->newest_us;
		}
	return newest;
}

int64_t weir_relation_snapshot_oldest_us(const struct weir_relation_snapshot *s)
{
	int64_t oldest = WEIR_TIME_NONE;
	for (uint32_t n = 0; n < s->n_streams; n++)
		for (uint32_t i = 0; s->streams[n] && i < s->streams[n]->n_segments; i++) {
			const struct weir_segment *seg = s->streams[n]->segments[i];
			bool timed = seg->time_min_us <= seg->time_max_us;
			if (timed && (oldest == WEIR_TIME_NONE || seg->time_min_us < oldest))
				oldest = seg->time_min_us;
		}
	return oldest;
}
