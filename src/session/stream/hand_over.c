/* Batches on their way to the engine: filled again, paced by the replay clock, gathered where only a trickle comes, and held
 * while the processors are wanted for an answer. */
#include "stream.h"

enum {
	SETTLE_US = 8000, /* live: at most 125 batches a second, so that a trickle is not decoded record by record */
	SETTLE_BYTES = 64 << 10, /* a chunk of this size is no trickle */
	PACED_SPAN_US = 20000,   /* a paced batch spans about one picture */
	PACED_TICK_US = 100000,  /* how soon a change of speed is noticed */
};

struct weir_batch *weir_stream_empty_batch(struct weir_stream *s, uint32_t most)
{
	struct weir_batch *b = s->spare;
	uint32_t rows = s->batch_rows < most ? s->batch_rows : most;

	s->spare = NULL;
	if (rows < WEIR_BATCH_ROWS) { /* paced, or of many columns: small ones of their own */
		for (weir_batch_free(b);
		     (b = weir_ring_try_pop(s->empty));) /* the memory of large ones is wanted elsewhere */
			weir_batch_free(b);
		return weir_batch_new(rows);
	}
	if (b && b->capacity < WEIR_BATCH_ROWS) {
		weir_batch_free(b);
		b = NULL;
	}
	if (!b)
		b = weir_ring_try_pop(s->empty);
	if (!b || b->capacity < WEIR_BATCH_ROWS) {
		weir_batch_free(b);
		return weir_batch_new(WEIR_BATCH_ROWS);
	}
	weir_batch_clear(b);
	return b;
}

static int64_t first_time(const struct weir_batch *b)
{
	for (uint32_t i = 0; b->time_us && i < b->n_rows; i++)
		if (b->time_us[i] != WEIR_TIME_NONE)
			return b->time_us[i];
	return WEIR_TIME_NONE;
}

/* Waits until the batch is due and chooses the next one's size, so that it spans about one picture. */
static void pace(struct weir_stream *s, const struct weir_batch *b)
{
	double speed = s->config.replay ? weir_replay_speed(s->config.replay) : 0;
	int64_t first = first_time(b), wait;

	if (speed <= 0 || first == WEIR_TIME_NONE) {
		s->batch_rows = WEIR_BATCH_ROWS;
		return;
	}
	while (!s->stop && (wait = weir_replay_wait_us(s->config.replay, first)) > 0)
		weir_wake_wait(&s->pacing, wait < PACED_TICK_US ? wait : PACED_TICK_US);
	int64_t last = b->time_us[b->n_rows - 1];
	double span = last != WEIR_TIME_NONE && last > first ? (double)(last - first) / speed : 1;
	double rows = (double)b->n_rows * PACED_SPAN_US / span;
	s->batch_rows = rows < 1 ? 1 : rows > WEIR_BATCH_ROWS ? WEIR_BATCH_ROWS : (uint32_t)rows;
	if (s->batch_rows > 4 * b->capacity) /* grow in steps: one odd gap must not let seconds through */
		s->batch_rows = 4 * b->capacity;
}

/* Keeps the first place of each kind of fault. */
static void note_places(struct weir_stream *s, const struct weir_batch *b)
{
	bool any = b->first_malformed.code != WEIR_OK;

	for (int i = 0; i < WEIR_NOTE_COUNT && !any; i++)
		any = b->n_noted[i] > 0;
	if (!any)
		return;
	pthread_mutex_lock(&s->lock);
	if (b->first_malformed.code != WEIR_OK) {
		s->malformed_last = b->first_malformed;
		if (s->malformed_first.code == WEIR_OK)
			s->malformed_first = b->first_malformed;
	}
	for (int i = 0; i < WEIR_NOTE_COUNT; i++)
		if (b->n_noted[i] && !s->first_noted[i][0])
			memcpy(s->first_noted[i], b->first_noted[i], WEIR_NOTE_PLACE_BYTES);
	pthread_mutex_unlock(&s->lock);
}

enum weir_status weir_stream_hand_over(struct weir_stream *s, struct weir_batch *b)
{
	b->stream = s->config.index;
	s->records += b->n_rows + weir_batch_counted(b);
	s->taken += b->n_rows + weir_batch_counted(b) + weir_batch_malformed(b);
	note_places(s, b);
	if (b->n_rows)
		pace(s, b);
	if (s->stop || !weir_ring_push(s->full, b)) {
		weir_batch_free(b);
		return WEIR_CANCELLED;
	}
	return WEIR_OK;
}

void weir_stream_settle(struct weir_stream *s, size_t chunk_bytes)
{
	int64_t now = weir_clock_mono_us(s->config.clock), wait = s->pushed_at_us + SETTLE_US - now;

	if (s->config.live && chunk_bytes < SETTLE_BYTES && wait > 0 && !s->stop)
		weir_wake_wait(&s->pacing, wait);
	s->pushed_at_us = weir_clock_mono_us(s->config.clock);
}

void weir_stream_wait_while_held(struct weir_stream *s)
{
	for (int64_t wait;
	     !s->stop && s->hold_until_us && (wait = s->hold_until_us - weir_clock_mono_us(s->config.clock)) > 0;)
		weir_wake_wait(&s->pacing, wait);
}
