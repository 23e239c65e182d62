/* The thread of a landing. It keeps each batch until it is settled, and gives it again after an error that may pass. */
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>

enum { FLUSH_US = 1000000 }; /* rows are held back no longer than that */

/* Lets go of the first n batches. */
static void forget(struct weir_landing_kept *k, size_t n)
{
	for (size_t i = 0; i < n; i++)
		weir_landing_rows_unref(k->rows[i]);
	if (k->n > n)
		memmove(k->rows, k->rows + n, (k->n - n) * sizeof(struct weir_landing_rows *));
	k->n -= n;
	k->written = k->written > n ? k->written - n : 0;
}

/* What the landing has settled need not be given again. */
static void settle(struct weir_landing_queue *q, uint64_t settled)
{
	struct weir_landing_kept *k = &q->kept;
	size_t n = 0;

	while (n < k->written && k->settled + k->rows[n]->n_rows <= settled)
		k->settled += k->rows[n++]->n_rows;
	if (n)
		weir_landing_aside_settle(q, n);
	if (n)
		forget(k, n);
}

/* Under the lock. */
static void rate(struct weir_landing_queue *q, uint64_t landed)
{
	int64_t now_us = weir_clock_mono_us(q->clock), since_us = now_us - q->rated_us;

	if (since_us < WEIR_US_PER_S)
		return;
	uint64_t more = landed > q->rated ? landed - q->rated : 0;
	q->status.rows_per_s = q->rated_us ? (uint64_t)((double)more * WEIR_US_PER_S / (double)since_us) : 0;
	q->rated_us = now_us;
	q->rated = landed;
}

/* What the landing counts now. */
static void publish(struct weir_landing_queue *q)
{
	struct weir_landing_status now = {.refused_position = -1};

	q->landing->ops->status(q->landing, &now);
	settle(q, now.landed + now.refused);
	pthread_mutex_lock(&q->lock);
	q->status.landed = now.landed;
	q->status.refused = now.refused;
	q->status.bytes = now.bytes;
	q->status.files = now.files;
	rate(q, now.landed);
	if (now.reason[0])
		weir_landing_note_refused(&q->status, now.refused_stream, now.refused_position, now.reason);
	pthread_mutex_unlock(&q->lock);
	if (q->aside.writer)
		weir_landing_aside_publish(q);
}

static void show(struct weir_landing_queue *q, enum weir_landing_state state, const char *why)
{
	pthread_mutex_lock(&q->lock);
	q->status.state = state;
	snprintf(q->status.trouble, sizeof q->status.trouble, "%.239s", why);
	q->shown_try_us = q->next_try_us;
	pthread_mutex_unlock(&q->lock);
	if (q->wake)
		weir_wake_signal(q->wake);
}

static void fail(struct weir_landing_queue *q, const struct weir_error *err)
{
	const struct weir_landing_rows *first = q->kept.n ? q->kept.rows[0] : NULL;

	pthread_mutex_lock(&q->lock);
	if (q->status.failure.code == WEIR_OK)
		q->status.failure = *err;
	weir_landing_note_refused(&q->status, first ? first->batch->stream : 0,
				  first ? weir_landing_first_position(first) : -1, err->what);
	pthread_mutex_unlock(&q->lock);
	q->away = false;
	show(q, WEIR_LANDING_FAILED, "");
	forget(&q->kept, q->kept.n);
	atomic_store(&q->waiting_bytes, 0); /* there is always room now */
	atomic_store(&q->failed, true);
	weir_landing_signal_room(q);
}

/* No more tries after errors that might have passed. */
static void give_up(struct weir_landing_queue *q, const struct weir_error *err)
{
	if (q->landing->ops->give_up)
		q->landing->ops->give_up(q->landing);
	publish(q);
	fail(q, err);
}

/* Nobody waits for it any longer. */
static void leave(struct weir_landing_queue *q)
{
	struct weir_error err = {0};

	weir_fail(&err, WEIR_CANCELLED, q->status.address, "interrupted before it had taken all rows%s%.150s",
		  q->status.trouble[0] ? ": " : "", q->status.trouble);
	give_up(q, &err);
}

/* All that is not settled is to be written again. */
static void rewind_kept(struct weir_landing_queue *q)
{
	for (size_t i = 0; i < q->kept.written; i++)
		atomic_fetch_add(&q->waiting_bytes, q->kept.rows[i]->bytes);
	q->kept.written = 0;
	weir_landing_aside_rewind(&q->aside);
}

/* Nobody looks on who could mend it, and it was away for long enough. */
static bool gives_up(const struct weir_landing_queue *q, int64_t now_us)
{
	return (!q->live || q->ended) && now_us - q->away_us >= q->timeout_us;
}

/* After an error of a call that began then. */
static void trouble(struct weir_landing_queue *q, int64_t began_us, struct weir_error *err)
{
	int64_t now_us = weir_clock_mono_us(q->clock);

	publish(q);
	if (q->left) {
		leave(q);
		return;
	}
	if (!err->retriable) {
		fail(q, err);
		return;
	}
	if (!q->away)
		q->away_us = began_us;
	q->away = true;
	if (gives_up(q, now_us)) {
		err->retriable = false;
		give_up(q, err);
		return;
	}
	rewind_kept(q);
	q->settled_then = q->kept.settled;
	q->next_try_us = now_us + weir_backoff_next(&q->backoff);
	show(q, WEIR_LANDING_RECONNECTING, err->what);
}

/* It is back when rows are safe again: what fits into a transaction may still fail to be committed. */
static void worked(struct weir_landing_queue *q)
{
	q->n_calls++;
	publish(q);
	if (!q->away || (q->kept.n && q->kept.settled == q->settled_then))
		return;
	q->away = false;
	weir_backoff_reset(&q->backoff);
	show(q, WEIR_LANDING_WORKING, "");
}

static bool keep(struct weir_landing_queue *q, struct weir_landing_rows *rows)
{
	struct weir_landing_kept *k = &q->kept;

	if (!weir_grow((void **)&k->rows, &k->capacity, k->n + 1, sizeof(struct weir_landing_rows *)))
		return false;
	k->rows[k->n++] = rows;
	return true;
}

static bool pop(struct weir_landing_queue *q, struct weir_landing_entry *out)
{
	pthread_mutex_lock(&q->lock);
	bool any = weir_landing_line_pop(&q->line, out);
	pthread_mutex_unlock(&q->lock);
	return any;
}

/* A batch that could not be read from the disk again. */
static void lose(struct weir_landing_queue *q, const struct weir_landing_entry *e)
{
	pthread_mutex_lock(&q->lock);
	weir_landing_lose(q, e->n_rows, e->stream, e->first_position, WEIR_IO,
			  "it could not be read from the temporary file again");
	pthread_mutex_unlock(&q->lock);
}

/* A reference to the batch of an entry. NULL: it is lost. */
static struct weir_landing_rows *rows_of(struct weir_landing_queue *q, struct weir_landing_entry *e)
{
	struct weir_landing_rows *rows = e->rows;

	e->rows = NULL;
	if (rows)
		return rows;
	rows = weir_landing_spill_read(q, e);
	if (rows)
		atomic_fetch_add(&q->waiting_bytes, rows->bytes);
	else
		lose(q, e);
	return rows;
}

/* The next batch is kept if there is one. False: there is none. */
static bool take(struct weir_landing_queue *q)
{
	struct weir_landing_entry e;
	struct weir_error err = {0};

	while (q->kept.written == q->kept.n && pop(q, &e)) {
		struct weir_landing_rows *rows = q->failed ? NULL : rows_of(q, &e);
		weir_landing_entry_release(&e);
		if (!rows || keep(q, rows))
			continue;
		weir_landing_rows_unref(rows);
		weir_fail(&err, WEIR_NO_MEMORY, "--land", "out of memory");
		fail(q, &err);
	}
	return q->kept.written < q->kept.n;
}

static void write_next(struct weir_landing_queue *q)
{
	const struct weir_landing_rows *rows = q->kept.rows[q->kept.written];
	size_t bytes = rows->bytes; /* it may be gone afterwards */
	int64_t began_us = weir_clock_mono_us(q->clock);
	struct weir_error err = {0};

	if (q->landing->ops->write(q->landing, rows->batch, rows->rows, &err) != WEIR_OK) {
		trouble(q, began_us, &err);
		return;
	}
	q->kept.written++;
	atomic_fetch_sub(&q->waiting_bytes, bytes);
	worked(q);
	weir_landing_signal_room(q);
}

/* Nothing waits to be written. */
static void flush(struct weir_landing_queue *q)
{
	int64_t began_us = weir_clock_mono_us(q->clock);
	struct weir_error err = {0};

	if (!q->failed && q->landing->ops->flush(q->landing, &err) != WEIR_OK) {
		trouble(q, began_us, &err);
		return;
	}
	if (!q->failed)
		worked(q);
	weir_wake_wait(&q->work, FLUSH_US);
}

/* All is written. True: it is closed, or never will be. */
static bool close_landing(struct weir_landing_queue *q)
{
	int64_t began_us = weir_clock_mono_us(q->clock);
	struct weir_error err = {0};
	bool failed = q->failed;

	if (q->landing->ops->close(q->landing, q->complete && !failed, &err) != WEIR_OK && !failed) {
		trouble(q, began_us, &err);
		return q->failed;
	}
	if (failed)
		publish(q);
	else
		worked(q);
	return true;
}

/* The next try is not due. The first one after the end does not wait for it. */
static bool must_wait(struct weir_landing_queue *q, bool ended)
{
	int64_t left_us = q->away ? q->next_try_us - weir_clock_mono_us(q->clock) : 0;

	if (left_us <= 0 || (ended && !q->tried_last)) {
		q->tried_last = ended;
		return false;
	}
	weir_wake_wait(&q->work, left_us);
	return true;
}

void *weir_landing_queue_run(void *queue)
{
	struct weir_landing_queue *q = queue;

	for (;;) {
		bool ended = q->ended; /* looked at first: what was given before is in the line */
		if (q->left && !q->failed)
			leave(q);
		if (must_wait(q, ended))
			continue;
		if (take(q)) {
			write_next(q);
		} else if (ended) {
			if (close_landing(q))
				break;
		} else {
			flush(q);
		}
	}
	forget(&q->kept, q->kept.n);
	weir_landing_aside_finish(q);
	atomic_store(&q->done, true);
	weir_landing_signal_room(q);
	return NULL;
}
