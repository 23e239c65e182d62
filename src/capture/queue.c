/* Blocks from the lanes to the thread, and the thread. Packing costs more than decoding does, so only so many bytes a second are packed: a
 * live stream is, but a file that is read at full speed is stored plain, and its decoders keep the processors. */
#include "writer.h"

#include <stdlib.h>

enum {
	SPARES = 16,
	PACKED_BYTES_A_SECOND = 24 << 20, /* a twentieth of a processor */
	PACKED_AT_ONCE = 2 << 20,         /* after a while without any */
	FAST_BYTES_A_SECOND = 96 << 20,   /* from here on nothing is packed */
};

static struct capture_item *take_spare(struct weir_capture_writer *w)
{
	struct capture_item *i = w->spare;

	if (!i)
		return weir_calloc(1, sizeof *i);
	w->spare = i->next;
	w->n_spare--;
	i->next = NULL;
	return i;
}

static void item_free(struct capture_item *i)
{
	weir_buf_release(&i->text);
	free(i);
}

void capture_fail(struct weir_capture_writer *w, const struct weir_error *why)
{
	pthread_mutex_lock(&w->lock);
	if (w->failure.code == WEIR_OK) {
		w->failure = *why;
		weir_log_add(w->log, WEIR_LOG_ERROR, w->path, "%s", why->what);
	}
	w->failed = true;
	pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->lock);
	if (w->wake)
		weir_wake_signal(w->wake);
}

static void fail_for_memory(struct weir_capture_writer *w)
{
	struct weir_error err = {0};

	weir_fail(&err, WEIR_NO_MEMORY, w->path, "out of memory: nothing is captured any more");
	capture_fail(w, &err);
}

static void wait_for_room(struct weir_capture_writer *w, size_t size)
{
	bool waited = false;

	while (w->queued_bytes && w->queued_bytes + size > w->most_bytes && !w->failed && !w->hurry) {
		if (!waited)
			w->waiting_since_us = weir_clock_mono_us(w->clock);
		waited = true;
		pthread_cond_wait(&w->room, &w->lock);
	}
	if (waited)
		w->waiting_since_us = 0;
}

void capture_queue_add(struct weir_capture_writer *w, uint32_t lane, const struct weir_capture_block *head,
		       struct weir_buf *text, bool wait)
{
	pthread_mutex_lock(&w->lock);
	if (wait)
		wait_for_room(w, text->size);
	struct capture_item *i = w->failed ? NULL : take_spare(w);
	bool no_memory = !w->failed && !i;
	if (i) {
		struct weir_buf empty = i->text;
		weir_buf_clear(&empty);
		i->head = *head;
		i->lane = lane;
		i->text = *text;
		*text = empty;
		*w->last = i;
		w->last = &i->next;
		w->queued_bytes += i->text.size;
		weir_wake_signal(&w->work);
	} else {
		w->missed += head->records;
	}
	pthread_mutex_unlock(&w->lock);
	weir_buf_clear(text);
	if (no_memory)
		fail_for_memory(w);
}

void capture_lane_close_block(struct weir_capture_writer *w, struct capture_lane *lane, bool wait)
{
	if (!lane->open.size)
		return;
	if (lane->kind == WEIR_CAPTURE_MESSAGES)
		weir_capture_table_write(lane->partitions, lane->n_partitions, &lane->open);
	const struct weir_capture_block head = {
	    .kind = (uint8_t)lane->kind,
	    .stream = lane->id,
	    .unpacked_bytes = (uint32_t)lane->open.size,
	    .records = lane->records,
	    .before = lane->before,
	    .first_us = lane->first_us,
	    .last_us = lane->last_us,
	};
	for (uint32_t i = 0; i < lane->n_partitions; i++)
		lane->places[lane->indices[i]] = 0;
	lane->n_partitions = 0;
	lane->before += lane->records;
	lane->records = 0;
	if (lane->open.failed) {
		w->missed += head.records;
		weir_buf_clear(&lane->open);
		fail_for_memory(w);
		return;
	}
	capture_queue_add(w, (uint32_t)(lane - w->lanes), &head, &lane->open, wait);
}

/* ---- the thread ---- */

/* Adds what `size` bytes take at a rate to the time that is spent, of which PACKED_AT_ONCE lies before now at most. False, and nothing is
 * added unless `anyway`: there is no time for them. */
static bool spend(int64_t *until_us, int64_t now_us, size_t size, int64_t rate, bool anyway)
{
	int64_t most_us = INT64_C(1000000) * PACKED_AT_ONCE / rate, takes_us = (int64_t)size * 1000000 / rate;

	if (*until_us < now_us - most_us)
		*until_us = now_us - most_us;
	bool fits = *until_us + takes_us <= now_us || (int64_t)size > PACKED_AT_ONCE;
	if (fits || (anyway && *until_us < now_us + most_us))
		*until_us += takes_us;
	return fits;
}

static bool may_pack(struct weir_capture_writer *w, size_t size)
{
	int64_t now_us = weir_clock_mono_us(w->clock);

	return spend(&w->came_until_us, now_us, size, FAST_BYTES_A_SECOND, true) &&
	       spend(&w->packed_until_us, now_us, size, PACKED_BYTES_A_SECOND, false);
}

static enum weir_status write_item(struct weir_capture_writer *w, struct capture_item *i, struct weir_error *err)
{
	struct weir_str stored = weir_buf_str(&i->text);

	i->head.packing = WEIR_CAPTURE_PLAIN;
	if (may_pack(w, stored.size) && weir_capture_pack(stored, &w->packed)) {
		stored = weir_buf_str(&w->packed);
		i->head.packing = WEIR_CAPTURE_ZSTD;
	}
	return capture_out_write(w, &i->head, stored, err);
}

static void do_item(struct weir_capture_writer *w, struct capture_item *i)
{
	struct weir_error err = {0};

	if (!w->failed && write_item(w, i, &err) == WEIR_OK) {
		w->captured += i->head.records;
		w->lanes[i->lane].captured += i->head.records;
		if (i->head.kind != WEIR_CAPTURE_STREAM && i->head.kind != WEIR_CAPTURE_SCHEMA)
			w->bytes += i->text.size;
		return;
	}
	w->missed += i->head.records;
	if (err.code != WEIR_OK)
		capture_fail(w, &err);
}

/* What was opened a while ago is closed. A lane whose source thread is at it, or waits for this thread, sees to it itself. */
static void close_old_blocks(struct weir_capture_writer *w)
{
	int64_t now_us = weir_clock_mono_us(w->clock);

	for (uint32_t k = 0; k < w->n_lanes; k++) {
		struct capture_lane *lane = &w->lanes[k];
		if (pthread_mutex_trylock(&lane->lock) != 0)
			continue;
		if (now_us - lane->opened_us >= WEIR_CAPTURE_OPEN_US)
			capture_lane_close_block(w, lane, false);
		pthread_mutex_unlock(&lane->lock);
	}
}

static struct capture_item *next_item(struct weir_capture_writer *w, bool *closing)
{
	pthread_mutex_lock(&w->lock);
	if (!w->first && !w->closing) {
		pthread_mutex_unlock(&w->lock);
		weir_wake_wait(&w->work, WEIR_CAPTURE_OPEN_US / 2);
		pthread_mutex_lock(&w->lock);
	}
	struct capture_item *i = w->first;
	*closing = w->closing;
	if (i) {
		w->first = i->next;
		if (!w->first)
			w->last = &w->first;
		i->next = NULL;
	}
	pthread_mutex_unlock(&w->lock);
	return i;
}

static void give_back(struct weir_capture_writer *w, struct capture_item *i)
{
	bool keep;

	pthread_mutex_lock(&w->lock);
	w->queued_bytes -= i->text.size;
	keep = w->n_spare < SPARES && i->text.capacity <= 4 * WEIR_CAPTURE_GATHER_BYTES;
	if (keep) {
		i->next = w->spare;
		w->spare = i;
		w->n_spare++;
	}
	pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->lock);
	if (!keep)
		item_free(i);
}

void *capture_thread(void *writer)
{
	struct weir_capture_writer *w = writer;
	bool closing = false;
	struct capture_item *i;

	for (;;) {
		i = next_item(w, &closing);
		if (i) {
			do_item(w, i);
			give_back(w, i);
		} else if (closing) {
			return NULL;
		}
		close_old_blocks(w);
	}
}
