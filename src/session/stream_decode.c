/* Chunks to batches to the engine: on two threads where it pays, paced, gathered. */
#include "stream.h"
#include "stream_run.h"

enum {
	SETTLE_US = 8000,          /* live: at most 125 batches a second, so that a trickle is not decoded record by record */
	SETTLE_BYTES = 64 << 10,   /* a chunk of this size is no trickle */
	PACED_SPAN_US = 20000,     /* a paced batch spans about one picture */
	PACED_TICK_US = 100000,    /* how soon a change of speed is noticed */
};

static struct weir_batch *empty_batch(struct weir_stream *s)
{
	struct weir_batch *b = s->spare;

	s->spare = NULL;
	if (s->batch_rows < WEIR_BATCH_ROWS) { /* paced: small ones of their own, at a low rate */
		weir_batch_free(b);
		return weir_batch_new(s->batch_rows);
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

static void note_malformed(struct weir_stream *s, const struct weir_batch *b)
{
	if (b->first_malformed.code == WEIR_OK)
		return;
	pthread_mutex_lock(&s->lock);
	s->malformed_last = b->first_malformed;
	pthread_mutex_unlock(&s->lock);
}

static enum weir_status hand_over(struct weir_stream *s, struct weir_batch *b)
{
	b->stream = s->config.index;
	note_malformed(s, b);
	if (b->n_rows)
		pace(s, b);
	if (s->stop || !weir_ring_push(s->full, b)) {
		weir_batch_free(b);
		return WEIR_CANCELLED;
	}
	return WEIR_OK;
}

/* Decodes one batch from the chunk and hands it over. *more: another may follow from the same chunk. */
static enum weir_status decode_one(struct weir_stream *s, struct weir_chunk *chunk, bool *more, struct weir_error *err)
{
	struct weir_batch *b = empty_batch(s);

	*more = false;
	if (!b)
		return weir_fail(err, WEIR_NO_MEMORY, s->name, "out of memory");
	enum weir_status st = weir_codec_decode(s->codec, chunk, b, err);
	b->arrival_us = chunk->arrival_us;
	if (b->n_rows == 0 && weir_batch_malformed(b) == 0 && b->bytes == 0) {
		s->spare = b;
		return st;
	}
	enum weir_status handed = hand_over(s, b);
	if (handed != WEIR_OK)
		return handed;
	*more = st == WEIR_OK && (chunk->size || chunk->n_messages);
	return st;
}

static enum weir_status decode_all(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	enum weir_status st;
	bool more;

	do {
		st = decode_one(s, chunk, &more, err);
	} while (more && !s->stop);
	return st;
}

static enum weir_status adopt(struct weir_stream *s, struct weir_batch **batches, size_t n, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < n; i++) {
		if (st == WEIR_OK && (st = weir_codec_adopt(s->codec, batches[i], err)) == WEIR_OK)
			st = hand_over(s, batches[i]);
		else
			weir_batch_free(batches[i]);
	}
	return st;
}

/* The front here, the back by the twin. Where they do not join, the back is decoded again, and the twin is of no use to this stream. */
static enum weir_status decode_parts(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	struct weir_chunk front, back;
	struct weir_batch **batches;
	size_t n;

	if (!weir_twin_cut(s->twin, chunk, &front, &back))
		return WEIR_OK;
	while (weir_ring_count(s->empty) > 1)
		weir_twin_give(s->twin, weir_ring_try_pop(s->empty));
	weir_twin_start(s->twin, &back);
	enum weir_status st = decode_all(s, &front, err);
	weir_source_ahead(s->source);
	bool whole = weir_twin_wait(s->twin, &batches, &n);
	if (st == WEIR_OK && !s->stop && front.size == 0 && whole && n && weir_codec_can_adopt(s->codec, batches[n - 1])) {
		chunk->size -= (size_t)(back.bytes + back.size - chunk->bytes);
		chunk->bytes = back.bytes + back.size;
		chunk->offset = back.offset + back.size;
		return adopt(s, batches, n, err);
	}
	for (size_t i = 0; i < n; i++)
		weir_batch_free(batches[i]);
	weir_twin_free(s->twin);
	s->twin = NULL;
	chunk->size -= (size_t)(front.bytes - chunk->bytes);
	chunk->bytes = front.bytes;
	chunk->offset = front.offset;
	return st;
}

/* A trickle is gathered for a moment: one batch of fifty rows costs a tenth of fifty batches of one. */
static void settle(struct weir_stream *s, size_t chunk_bytes)
{
	int64_t now = weir_clock_mono_us(s->config.clock), wait = s->pushed_at_us + SETTLE_US - now;

	if (s->config.live && chunk_bytes < SETTLE_BYTES && wait > 0 && !s->stop)
		weir_wake_wait(&s->pacing, wait);
	s->pushed_at_us = weir_clock_mono_us(s->config.clock);
}

enum weir_status weir_stream_decode(struct weir_stream *s, struct weir_chunk *chunk, struct weir_error *err)
{
	size_t bytes = chunk->is_messages ? chunk->n_messages * 200 : chunk->size;
	enum weir_status st = s->twin ? decode_parts(s, chunk, err) : WEIR_OK;

	if (st == WEIR_OK && !s->stop)
		st = decode_all(s, chunk, err);
	if (st != WEIR_OK)
		return st;
	weir_source_consume(s->source, chunk);
	settle(s, bytes);
	return WEIR_OK;
}
