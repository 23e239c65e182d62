/* What the caller sees of a queue: room, giving, the account. */
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	QUEUE_BATCHES = 64,
	QUEUE_BYTES = 32 << 20,
	WAIT_US = 100000, /* room is looked for again; the wake comes sooner */
	FIRST_RETRY_US = 100000,
	MOST_RETRY_US = 10000000,
};

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
	int failed = weir_thread_start(&q->thread, weir_landing_queue_run, q);
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
	q->live = config->live;
	q->limit_bytes = config->queue_bytes ? config->queue_bytes : QUEUE_BYTES;
	q->backoff = (struct weir_backoff){.first_us = config->retry_us ? config->retry_us : FIRST_RETRY_US,
					   .most_us = MOST_RETRY_US};
	q->status.refused_position = -1;
	q->work.fd = q->room.fd = -1;
	enum weir_status st = weir_landing_timeout(config->uri, &q->timeout_us, err);
	if (st == WEIR_OK)
		st = start(q, config, err);
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
		weir_landing_note_refused(&q->status, rows->batch->stream, weir_landing_first_position(rows),
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
	int64_t until_us = out->state == WEIR_LANDING_RECONNECTING ? q->shown_try_us - weir_clock_mono_us(q->clock) : 0;
	out->next_try_s = until_us > 0 ? (until_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S : 0;
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
	free(q->kept.rows);
	weir_ring_free(q->ring);
	if (q->work.fd >= 0)
		weir_wake_release(&q->work);
	if (q->room.fd >= 0)
		weir_wake_release(&q->room);
	if (q->lock_made)
		pthread_mutex_destroy(&q->lock);
	free(q);
}
