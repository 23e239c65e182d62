/* The union of streams: their columns side by side, the rows of their buffers, and the clock of the slowest. */
#include "weir/query/relation.h"

#include <stdlib.h>

/* Event times that trail the arrival by no more than this belong to something that happens now. */
#define NEAR_US INT64_C(60000000)

struct weir_relation {
	uint32_t n_streams;
	struct weir_str *names;             /* in the arena */
	struct weir_buffer **buffers;       /* the array is in the arena */
	const struct weir_schema **columns; /* the array is in the arena; one reference each */
	const struct weir_clock *clock;
	bool live;
	bool on_wall_clock; /* event times keep up with the clock: live windows end now */
	struct weir_arena arena;
};

static bool fill(struct weir_relation *r, const struct weir_relation_config *config)
{
	size_t n = config->n_streams + (size_t)1;
	r->names = weir_arena_zalloc(&r->arena, n * sizeof *r->names);
	r->buffers = weir_arena_zalloc(&r->arena, n * sizeof(struct weir_buffer *));
	r->columns = weir_arena_zalloc(&r->arena, n * sizeof(const struct weir_schema *));
	if (!r->names || !r->buffers || !r->columns)
		return false;
	for (uint32_t i = 0; i < config->n_streams; i++) {
		r->buffers[i] = config->buffers[i];
		r->names[i] = weir_arena_str(&r->arena, config->names[i]);
		if (!(r->columns[i] = weir_schema_new()))
			return false;
		r->n_streams = i + 1;
		if (!r->names[i].data)
			return false;
	}
	return true;
}

struct weir_relation *weir_relation_union(const struct weir_relation_config *config)
{
	struct weir_relation *r = weir_calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->clock = config->clock;
	r->live = config->live;
	if (fill(r, config))
		return r;
	weir_relation_free(r);
	return NULL;
}

void weir_relation_free(struct weir_relation *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->n_streams; i++)
		weir_schema_unref(r->columns[i]);
	weir_arena_release(&r->arena);
	free(r);
}

void weir_relation_set_columns(struct weir_relation *r, uint32_t stream, const struct weir_schema *columns)
{
	const struct weir_schema *held = weir_schema_ref(columns);
	weir_schema_unref(r->columns[stream]);
	r->columns[stream] = held;
}

const struct weir_schema *weir_relation_columns(const struct weir_relation *r, uint32_t stream)
{
	return r->columns[stream];
}

struct weir_relation_schema *weir_relation_schema(const struct weir_relation *r)
{
	return weir_relation_schema_new(r->n_streams, r->names, r->columns);
}

struct weir_relation_snapshot *weir_relation_snapshot(struct weir_relation *r)
{
	struct weir_relation_snapshot *s = weir_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->streams = weir_calloc(r->n_streams + (size_t)1, sizeof(struct weir_snapshot *));
	for (uint32_t i = 0; s->streams && i < r->n_streams; i++) {
		s->n_streams = i + 1;
		if (!(s->streams[i] = weir_buffer_snapshot(r->buffers[i])))
			break;
	}
	if (s->streams && (!r->n_streams || s->streams[r->n_streams - 1]))
		return s;
	weir_relation_snapshot_free(s);
	return NULL;
}

void weir_relation_watch(struct weir_relation *r, const struct weir_batch *batch, bool finite)
{
	int64_t newest = weir_buffer_newest_us(r->buffers[batch->stream]);
	if (!batch->time_us) {
		r->on_wall_clock = !finite;
		return;
	}
	if (newest == WEIR_TIME_NONE || !batch->arrival_us)
		return;
	int64_t delay = batch->arrival_us - newest;
	r->on_wall_clock = !finite && delay < NEAR_US && delay > -NEAR_US;
}

int64_t weir_relation_watermark_us(const struct weir_relation *r)
{
	int64_t low = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < r->n_streams; i++) {
		int64_t w = weir_buffer_watermark_us(r->buffers[i]);
		if (w != WEIR_TIME_NONE && (low == WEIR_TIME_NONE || w < low))
			low = w;
	}
	return low;
}

int64_t weir_relation_newest_us(const struct weir_relation *r)
{
	int64_t newest = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < r->n_streams; i++) {
		int64_t t = weir_buffer_newest_us(r->buffers[i]);
		newest = t > newest ? t : newest; /* NONE is the least */
	}
	return newest;
}

int64_t weir_relation_begun_us(const struct weir_relation *r, bool finite)
{
	int64_t begun = WEIR_TIME_NONE;
	for (uint32_t i = 0; i < r->n_streams; i++) {
		int64_t t = finite ? weir_buffer_oldest_us(r->buffers[i]) : weir_buffer_first_us(r->buffers[i]);
		begun = t > begun ? t : begun;
	}
	return begun;
}

int64_t weir_relation_moment_us(const struct weir_relation *r)
{
	int64_t newest = weir_relation_newest_us(r);
	if (!r->live || !r->on_wall_clock)
		return newest;
	int64_t now = weir_clock_wall_us(r->clock);
	return now > newest ? now : newest;
}
