/* A second codec on a thread of its own, which decodes the back part of a chunk while the stream decodes the front. */
#include "stream.h"

#include "weir/base/thread.h"

#include <stdlib.h>

enum {
	LEAST_BYTES = 128 << 10, /* a shorter part is decoded before another thread is awake */
	FRONT_PERCENT = 40,      /* at first: the source's thread also reads, and hands over */
	FRONT_LEAST = 20,
	FRONT_MOST = 60,
	MOST_BATCHES = 4096,
	SPARES = 16,
};

struct weir_second_decoder {
	struct weir_codec *codec;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool busy, quit; /* under the lock */
	/* the thread's own while busy */
	struct weir_chunk part;
	struct weir_batch **batches; /* owned, `n` of them */
	size_t n, capacity;
	bool whole, failed;
	unsigned front_percent; /* of a chunk, for the own codec */
	struct weir_batch *spares[SPARES];
	uint32_t n_spares;
};

static struct weir_batch *empty_batch(struct weir_second_decoder *t)
{
	uint32_t rows = weir_codec_batch_rows(t->codec);
	if (!t->n_spares || rows < WEIR_BATCH_ROWS)
		return weir_batch_new(rows);
	struct weir_batch *b = t->spares[--t->n_spares];
	weir_batch_clear(b);
	return b;
}

/* Adds a batch; false: nothing was left to decode, or, with `failed`, no memory. */
static bool decode_one(struct weir_second_decoder *t)
{
	struct weir_batch *b = empty_batch(t);
	if (!b || !weir_grow((void **)&t->batches, &t->capacity, t->n + 1, sizeof(struct weir_batch *)) ||
	    weir_codec_decode(t->codec, &t->part, b, NULL) != WEIR_OK) {
		weir_batch_free(b);
		t->failed = true;
		return false;
	}
	b->arrival_us = t->part.arrival_us;
	if (!b->n_rows && !weir_batch_malformed(b) && !b->bytes) {
		weir_second_decoder_give(t, b);
		return false;
	}
	t->batches[t->n++] = b;
	return true;
}

static void *run(void *arg)
{
	struct weir_second_decoder *t = arg;
	pthread_mutex_lock(&t->lock);
	while (!t->quit) {
		if (!t->busy) {
			pthread_cond_wait(&t->changed, &t->lock);
			continue;
		}
		pthread_mutex_unlock(&t->lock);
		while (t->part.size && t->n < MOST_BATCHES && decode_one(t))
			;
		t->whole = t->part.size == 0 && !t->failed; /* what failed may have taken bytes and given no rows */
		pthread_mutex_lock(&t->lock);
		t->busy = false;
		pthread_cond_broadcast(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static bool start_thread(struct weir_second_decoder *t)
{
	t->started = weir_thread_start(&t->thread, run, t) == 0;
	return t->started;
}

struct weir_second_decoder *weir_second_decoder_new(const struct weir_codec *own)
{
	struct weir_second_decoder *t = weir_calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->front_percent = FRONT_PERCENT;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	if (weir_codec_clone(own, &t->codec, NULL) != WEIR_OK || !start_thread(t)) {
		weir_second_decoder_free(t);
		return NULL;
	}
	return t;
}

void weir_second_decoder_free(struct weir_second_decoder *t)
{
	if (!t)
		return;
	if (t->started) {
		pthread_mutex_lock(&t->lock);
		t->quit = true;
		pthread_cond_broadcast(&t->changed);
		pthread_mutex_unlock(&t->lock);
		pthread_join(t->thread, NULL);
	}
	for (size_t i = 0; i < t->n; i++)
		weir_batch_free(t->batches[i]);
	for (uint32_t i = 0; i < t->n_spares; i++)
		weir_batch_free(t->spares[i]);
	free(t->batches);
	weir_codec_close(t->codec);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static size_t line_end_before(const struct weir_chunk *chunk, size_t from)
{
	while (from > 0 && chunk->bytes[from - 1] != '\n')
		from--;
	return from;
}

bool weir_second_decoder_cut(const struct weir_second_decoder *t, const struct weir_chunk *chunk,
			     struct weir_chunk *front, struct weir_chunk *back)
{
	if (chunk->is_messages || chunk->full || chunk->size < 2 * LEAST_BYTES)
		return false;
	size_t end = line_end_before(chunk, chunk->size),
	       middle = line_end_before(chunk, chunk->size / 100 * t->front_percent);
	bool several =
	    weir_codec_holds_back(t->codec); /* lines may be a record: both parts end with one that is whole */
	if (several && middle) {
		end = weir_codec_record_before(t->codec, chunk->bytes, end);
		middle = weir_codec_record_before(t->codec, chunk->bytes, middle);
	}
	if (middle == 0 || end == SIZE_MAX || middle >= end)
		return false;
	*front = *back = *chunk;
	front->size = middle;
	front->restarts = back->restarts = false;
	front->at_end = back->at_end = several;
	back->bytes += middle;
	back->offset += middle;
	back->size = end - middle;
	return true;
}

void weir_second_decoder_give(struct weir_second_decoder *t, struct weir_batch *spare)
{
	if (spare && spare->capacity >= WEIR_BATCH_ROWS && t->n_spares < SPARES)
		t->spares[t->n_spares++] = spare;
	else
		weir_batch_free(spare);
}

void weir_second_decoder_start(struct weir_second_decoder *t, const struct weir_chunk *back)
{
	pthread_mutex_lock(&t->lock);
	t->part = *back;
	t->n = 0;
	t->busy = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

bool weir_second_decoder_wait(struct weir_second_decoder *t, struct weir_batch ***batches, size_t *n)
{
	pthread_mutex_lock(&t->lock);
	if (t->busy && t->front_percent < FRONT_MOST)
		t->front_percent++;
	else if (!t->busy && t->front_percent > FRONT_LEAST)
		t->front_percent--;
	while (t->busy)
		pthread_cond_wait(&t->changed, &t->lock);
	pthread_mutex_unlock(&t->lock);
	*batches = t->batches;
	*n = t->n;
	t->n = 0;
	return t->whole;
}

bool weir_second_decoder_joins(const struct weir_second_decoder *t, const struct weir_codec *own,
			       const struct weir_batch *last)
{
	return weir_codec_can_adopt(own, t->codec, last);
}

bool weir_second_decoder_order_settled(const struct weir_second_decoder *t)
{
	return weir_codec_order_settled(t->codec);
}
