/* The bounded queue in front of a landing, its thread, and the account of what became of the rows. */
#include "weir/landing/landing.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	QUEUE_BATCHES = 64,
	QUEUE_BYTES = 32 << 20,
	FLUSH_US = 1000000, /* rows are held back no longer than that */
	WAIT_US = 100000,   /* room is looked for again; the wake comes sooner */
};

struct weir_landing_queue {
	struct weir_landing *landing;
	const struct weir_clock *clock;
	struct weir_wake *wake; /* the caller's; NULL: none */
	struct weir_ring *ring;
	struct weir_wake work, room; /* batches came; batches went */
	size_t limit_bytes;
	_Atomic size_t waiting_bytes;
	_Atomic bool failed, ended, complete, done;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* over the rest */
	bool lock_made;
	uint64_t given;                    /* rows */
	uint64_t refused_before;           /* rows that were never given */
	struct weir_landing_status status; /* as the landing had it last; address, shed and failure are ours */
};

struct weir_landing_rows *weir_landing_rows_take(struct weir_batch *batch, uint64_t *rows, struct weir_budget *budget)
{
	struct weir_landing_rows *r = weir_calloc(1, sizeof *r);

	if (!r) {
		weir_batch_free(batch);
		free(rows);
		return NULL;
	}
	*r = (struct weir_landing_rows){
	    .batch = batch, .rows = rows, .budget = budget, .bytes = weir_batch_bytes(batch)};
	atomic_store(&r->refs, 1);
	for (uint32_t i = 0; i < weir_bit_words(batch->n_rows); i++)
		r->n_rows += (uint32_t)__builtin_popcountll(rows[i]);
	weir_budget_charge(budget, (int64_t)r->bytes);
	return r;
}

void weir_landing_rows_unref(struct weir_landing_rows *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	weir_budget_charge(r->budget, -(int64_t)r->bytes);
	weir_batch_free(r->batch);
	free(r->rows);
	free(r);
}

static int64_t first_position(const struct weir_landing_rows *r)
{
	for (uint32_t i = 0; i < r->batch->n_rows; i++)
		if (weir_bit_get(r->rows, i))
			return weir_batch_position(r->batch, i);
	return -1;
}

/* What the landing counts now. */
static void publish(struct weir_landing_queue *q)
{
	struct weir_landing_status now = {.refused_position = -1};

	q->landing->ops->status(q->landing, &now);
	pthread_mutex_lock(&q->lock);
	q->status.landed = now.landed;
	q->status.refused = now.refused;
	q->status.bytes = now.bytes;
	q->status.files = now.files;
	if (now.reason[0])
		weir_landing_note_refused(&q->status, now.refused_stream, now.refused_position, now.reason);
	pthread_mutex_unlock(&q->lock);
}

static void fail(struct weir_landing_queue *q, const struct weir_error *err, const struct weir_landing_rows *rows)
{
	publish(q);
	pthread_mutex_lock(&q->lock);
	if (q->status.failure.code == WEIR_OK)
		q->status.failure = *err;
	weir_landing_note_refused(&q->status, rows ? rows->batch->stream : 0, rows ? first_position(rows) : -1,
				  err->what);
	pthread_mutex_unlock(&q->lock);
	atomic_store(&q->failed, true);
}

static void went(struct weir_landing_queue *q, struct weir_landing_rows *rows)
{
	atomic_fetch_sub(&q->waiting_bytes, rows->bytes);
	weir_landing_rows_unref(rows);
	weir_wake_signal(&q->room);
	if (q->wake)
		weir_wake_signal(q->wake);
}

static void land(struct weir_landing_queue *q, struct weir_landing_rows *rows)
{
	struct weir_error err = {0};

	if (q->failed)
		return;
	if (q->landing->ops->write(q->landing, rows->batch, rows->rows, &err) != WEIR_OK)
		fail(q, &err, rows);
	else
		publish(q);
}

static void *run(void *queue)
{
	struct weir_landing_queue *q = queue;
	struct weir_error err = {0};

	for (;;) {
		bool last = weir_ring_closed(q->ring); /* looked at first: what was given before is in the ring */
		struct weir_landing_rows *rows = weir_ring_try_pop(q->ring);
		if (rows) {
			land(q, rows);
			went(q, rows);
			continue;
		}
		if (last)
			break;
		if (!q->failed && q->landing->ops->flush(q->landing, &err) != WEIR_OK)
			fail(q, &err, NULL);
		else if (!q->failed)
			publish(q);
		weir_wake_wait(&q->work, FLUSH_US);
	}
	if (q->landing->ops->close(q->landing, q->complete && !q->failed, &err) != WEIR_OK && !q->failed)
		fail(q, &err, NULL);
	else
		publish(q);
	atomic_store(&q->done, true);
	weir_wake_signal(&q->room);
	if (q->wake)
		weir_wake_signal(q->wake);
	return NULL;
}

static enum weir_status start(struct weir_landing_queue *q, const struct weir_landing_config *config,
			      struct weir_error *err)
{
	struct weir_buf address = {0};

	q->lock_made = pthread_mutex_init(&q->lock, NULL) == 0;
	q->ring = weir_ring_new(QUEUE_BATCHES);
	weir_uri_show(config->uri, &address);
	bool good = q->lock_made && q->ring && !address.failed;
	if (good)
		snprintf(q->status.address, sizeof q->status.address, "%s", address.data);
	weir_buf_release(&address);
	if (!good)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	enum weir_status st = weir_wake_init(&q->work, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->room, err);
	if (st != WEIR_OK)
		return st;
	weir_ring_set_wake(q->ring, &q->work);
	int failed = weir_thread_start(&q->thread, run, q);
	q->started = !failed;
	return failed ? weir_fail(err, WEIR_NO_MEMORY, "--land", "could not start a thread: %s", strerror(failed))
		      : WEIR_OK;
}

enum weir_status weir_landing_queue_start(struct weir_landing *landing, const struct weir_landing_config *config,
					  struct weir_landing_queue **out, struct weir_error *err)
{
	struct weir_landing_queue *q = weir_calloc(1, sizeof *q);

	*out = NULL;
	if (!q) {
		(void)!landing->ops->close(landing, false, NULL);
		landing->ops->release(landing);
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	}
	q->landing = landing;
	q->clock = config->clock;
	q->wake = config->wake;
	q->limit_bytes = config->queue_bytes ? config->queue_bytes : QUEUE_BYTES;
	q->status.refused_position = -1;
	q->work.fd = q->room.fd = -1;
	enum weir_status st = start(q, config, err);
	if (st == WEIR_OK)
		*out = q;
	else
		weir_landing_queue_close(q);
	return st;
}

enum weir_status weir_landing_queue_open(const struct weir_landing_config *config, struct weir_landing_queue **out,
					 struct weir_error *err)
{
	struct weir_landing *landing = NULL;
	enum weir_status st = weir_landing_open(config, &landing, err);

	*out = NULL;
	return st == WEIR_OK ? weir_landing_queue_start(landing, config, out, err) : st;
}

bool weir_landing_queue_has_room(const struct weir_landing_queue *q)
{
	return q->failed || (weir_ring_count(q->ring) < QUEUE_BATCHES && q->waiting_bytes < q->limit_bytes);
}

void weir_landing_queue_wait(struct weir_landing_queue *q)
{
	while (!weir_landing_queue_has_room(q))
		weir_wake_wait(&q->room, WAIT_US);
}

bool weir_landing_queue_wait_done(struct weir_landing_queue *q, int64_t end_us)
{
	while (!q->done) {
		int64_t left_us = end_us - weir_clock_mono_us(q->clock);
		if (left_us <= 0)
			return false;
		weir_wake_wait(&q->room, left_us < WAIT_US ? left_us : WAIT_US);
	}
	return true;
}

void weir_landing_queue_give(struct weir_landing_queue *q, struct weir_landing_rows *rows)
{
	pthread_mutex_lock(&q->lock);
	q->given += rows->n_rows;
	if (q->failed)
		weir_landing_note_refused(&q->status, rows->batch->stream, first_position(rows),
					  q->status.failure.what);
	pthread_mutex_unlock(&q->lock);
	if (q->failed)
		return;
	atomic_fetch_add(&rows->refs, 1);
	atomic_fetch_add(&q->waiting_bytes, rows->bytes);
	if (!weir_ring_push(q->ring, rows)) { /* it was ended: the caller's mistake, but no row goes uncounted */
		atomic_fetch_sub(&q->waiting_bytes, rows->bytes);
		weir_landing_rows_unref(rows);
	}
}

void weir_landing_queue_shed(struct weir_landing_queue *q, uint64_t n_rows)
{
	pthread_mutex_lock(&q->lock);
	q->status.shed += n_rows;
	pthread_mutex_unlock(&q->lock);
}

void weir_landing_queue_refuse(struct weir_landing_queue *q, uint64_t n_rows, uint16_t stream, int64_t position,
			       const char *reason)
{
	pthread_mutex_lock(&q->lock);
	q->refused_before += n_rows;
	weir_landing_note_refused(&q->status, stream, position, reason);
	pthread_mutex_unlock(&q->lock);
}

void weir_landing_queue_status(struct weir_landing_queue *q, struct weir_landing_status *out)
{
	bool done = q->done; /* before the counts: then they are the last */

	pthread_mutex_lock(&q->lock);
	*out = q->status;
	uint64_t settled = out->landed + out->refused, left = q->given > settled ? q->given - settled : 0;
	bool lost = out->failure.code != WEIR_OK || done; /* nothing of what is left will be landed */
	out->waiting = lost ? 0 : left;
	out->refused += q->refused_before + (lost ? left : 0);
	pthread_mutex_unlock(&q->lock);
	out->done = done;
}

void weir_landing_queue_end(struct weir_landing_queue *q, bool complete)
{
	if (atomic_exchange(&q->ended, true))
		return;
	atomic_store(&q->complete, complete);
	weir_ring_close(q->ring);
}

void weir_landing_queue_close(struct weir_landing_queue *q)
{
	if (!q)
		return;
	if (q->started) {
		weir_landing_queue_end(q, false);
		pthread_join(q->thread, NULL);
	} else
		(void)!q->landing->ops->close(q->landing, false, NULL);
	q->landing->ops->release(q->landing);
	for (struct weir_landing_rows *rows; q->ring && (rows = weir_ring_try_pop(q->ring));)
		weir_landing_rows_unref(rows);
	weir_ring_free(q->ring);
	if (q->work.fd >= 0)
		weir_wake_release(&q->work);
	if (q->room.fd >= 0)
		weir_wake_release(&q->room);
	if (q->lock_made)
		pthread_mutex_destroy(&q->lock);
	free(q);
}
