/* What the caller sees of a queue: room, giving, the account. */
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	QUEUE_BYTES = 32 << 20,
	WAIT_US = 100000, /* room is looked for again; the wake comes sooner */
	FIRST_RETRY_US = 100000,
	MOST_RETRY_US = 10000000,
	LEAVE_US = 1500000,
};

static enum weir_status start_spill(struct weir_landing_queue *q, const struct weir_landing_config *config,
				    struct weir_error *err)
{
	struct weir_landing_spill *s = &q->spill;
	enum weir_status st = weir_landing_spill_bytes(config, &s->limit_bytes, err);

	if (st != WEIR_OK || !s->limit_bytes || !config->spill_folder)
		return st;
	s->folder = weir_str_dup(weir_str_of(config->spill_folder));
	if (!s->folder)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	st = weir_wake_init(&s->work, err);
	if (st != WEIR_OK)
		return st;
	int failed = weir_thread_start(&s->thread, weir_landing_spill_run, q);
	s->started = !failed;
	return failed ? weir_fail(err, WEIR_NO_MEMORY, "--land", "could not start a thread: %s", strerror(failed))
		      : WEIR_OK;
}

static enum weir_status start(struct weir_landing_queue *q, const struct weir_landing_config *config,
			      struct weir_error *err)
{
	struct weir_buf address = {0};

	q->landing->refused = weir_landing_aside_note;
	q->landing->refused_ctx = q;
	q->lock_made = pthread_mutex_init(&q->lock, NULL) == 0;
	q->spill.lock_made = pthread_mutex_init(&q->spill.lock, NULL) == 0;
	weir_uri_show(config->uri, &address);
	bool good = q->lock_made && q->spill.lock_made && !address.failed;
	if (good)
		snprintf(q->status.address, sizeof q->status.address, "%s", address.data);
	weir_buf_release(&address);
	if (!good)
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	enum weir_status st = weir_wake_init(&q->work, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&q->room, err);
	if (st == WEIR_OK)
		st = weir_landing_aside_init(&q->aside, config, err);
	if (st != WEIR_OK)
		return st;
	st = start_spill(q, config, err);
	if (st != WEIR_OK)
		return st;
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
	q->budget = config->budget;
	q->limit_bytes = config->queue_bytes ? config->queue_bytes : QUEUE_BYTES;
	q->backoff = (struct weir_backoff){.first_us = config->retry_us ? config->retry_us : FIRST_RETRY_US,
					   .most_us = MOST_RETRY_US};
	q->status.refused_position = -1;
	q->work.fd = q->room.fd = q->spill.work.fd = q->spill.fd = -1;
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
	return q->failed || (q->line.n_memory < WEIR_LANDING_BATCHES && q->waiting_bytes < q->limit_bytes);
}

bool weir_landing_queue_wait_us(struct weir_landing_queue *q, int64_t timeout_us)
{
	if (!weir_landing_queue_has_room(q))
		weir_wake_wait(&q->room, timeout_us);
	return weir_landing_queue_has_room(q);
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
	if (q->failed) {
		weir_landing_note_refused(&q->status, rows->batch->stream, weir_landing_first_position(rows),
					  q->status.failure.what);
	} else if (weir_landing_line_push(&q->line, rows)) {
		atomic_fetch_add(&rows->refs, 1);
		atomic_fetch_add(&q->waiting_bytes, rows->bytes);
	} else {
		weir_landing_lose(q, rows->n_rows, rows->batch->stream, weir_landing_first_position(rows),
				  WEIR_NO_MEMORY, "out of memory");
	}
	pthread_mutex_unlock(&q->lock);
	weir_wake_signal(&q->work);
	if (q->spill.started)
		weir_wake_signal(&q->spill.work);
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
	weir_wake_signal(&q->work);
}

void weir_landing_queue_hurry(struct weir_landing_queue *q)
{
	int64_t now_us = weir_clock_mono_us(q->clock);
	uint64_t n_calls = q->n_calls;

	if (q->done || q->left)
		return;
	if (!q->hurried_us || n_calls != q->hurried_calls) {
		q->hurried_us = now_us;
		q->hurried_calls = n_calls;
	} else if (now_us - q->hurried_us >= LEAVE_US) {
		q->left = true;
		if (q->landing->ops->interrupt)
			q->landing->ops->interrupt(q->landing);
		weir_wake_signal(&q->work);
	}
}

static void end_spill(struct weir_landing_spill *s)
{
	if (s->started) {
		s->stop = true;
		weir_wake_signal(&s->work);
		pthread_join(s->thread, NULL);
	}
	if (s->fd >= 0)
		close(s->fd);
	if (s->work.fd >= 0)
		weir_wake_release(&s->work);
	if (s->lock_made)
		pthread_mutex_destroy(&s->lock);
	free(s->folder);
}

static void release_line(struct weir_landing_queue *q)
{
	struct weir_landing_entry e;

	while (weir_landing_line_pop(&q->line, &e))
		weir_landing_entry_release(&e);
	free(q->line.entries);
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
	end_spill(&q->spill);
	weir_landing_aside_release(&q->aside);
	release_line(q);
	free(q->kept.rows);
	if (q->work.fd >= 0)
		weir_wake_release(&q->work);
	if (q->room.fd >= 0)
		weir_wake_release(&q->room);
	if (q->lock_made)
		pthread_mutex_destroy(&q->lock);
	free(q);
}
