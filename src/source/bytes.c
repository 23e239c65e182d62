/* A descriptor as a source of bytes: opens and closes it, waits for it, hands out what the window holds (bytes_fill.c fills it). */
#include "bytes.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 2 << 20, /* one read where two threads decode it */
	AHEAD_BYTES = 8 << 20, /* of the window, where the next read goes behind a chunk that is being decoded */
	FOLLOW_SLICE_US =
	    250000, /* a followed file is checked this often even without a notification (network file systems) */
};

enum weir_status weir_bytes_init(struct weir_bytes *b, int fd, const char *origin,
				 const struct weir_source_config *config, struct weir_error *err)
{
	*b = (struct weir_bytes){.fd = fd,
				 .notify_fd = -1,
				 .clock = config->clock,
				 .log = config->log,
				 .origin = origin,
				 .raw_end = -1,
				 .raw_until = -1,
				 .encoding = config->encoding,
				 .wake.fd = -1};
	b->window.budget = config->budget;
	b->ahead = config->ahead;
	uint64_t limit = config->budget ? config->budget->limit_bytes : 0;
	b->piece_bytes = limit && limit / 32 < PIECE_BYTES ? (size_t)(limit / 32) : PIECE_BYTES;
	b->window.least = b->ahead ? b->piece_bytes * (AHEAD_BYTES / PIECE_BYTES) : 0;
	enum weir_status st = weir_progress_init_bytes(&b->progress, err);
	return st == WEIR_OK ? weir_wake_init(&b->wake, err) : st;
}

void weir_bytes_release(struct weir_bytes *b)
{
	if (b->fd >= 0)
		close(b->fd);
	if (b->notify_fd >= 0)
		close(b->notify_fd);
	if (b->wake.fd >= 0)
		weir_wake_release(&b->wake);
	weir_inflate_free(b->inflate);
	weir_recode_free(b->recode);
	free(b->packed);
	free(b->coded);
	weir_byte_window_release(&b->window);
	weir_progress_release(&b->progress);
}

/* The next byte begins another file, whose compression is detected anew. What no codec took of the old one is dropped.
 * */
static void restart(struct weir_bytes *b)
{
	b->restarting = b->broke_off = false;
	b->window.offset += weir_byte_window_size(&b->window);
	b->window.start = b->window.end = b->window.fresh = b->window.handed = 0;
	b->file_offset = b->window.offset;
	weir_inflate_free(b->inflate);
	b->inflate = NULL;
	b->packed_start = b->packed_end = 0;
	weir_recode_free(b->recode);
	b->recode = NULL;
	b->coded_start = b->coded_end = 0;
	b->known = b->coding_known = false;
	b->raw_position = 0;
	b->unplaced = false;
	b->skip = 0;
}

/* There is nothing more to read, unpack or decode. */
static bool at_end(const struct weir_bytes *b)
{
	return b->ended && b->coded_start == b->coded_end;
}

/* The input broke off: half a line at its end would be taken for a whole one, with half a number in it. Without any
 * line end it may be one long JSON array, and its reader knows where it breaks off. */
static void leave_half_line_out(struct weir_bytes *b)
{
	struct weir_byte_window *w = &b->window;
	size_t before = w->end;
	const char *begin = w->data + w->start;
	const char *line_end = weir_byte_window_size(w) ? memrchr(begin, '\n', weir_byte_window_size(w)) : NULL;

	if (line_end || b->line_start || b->broke_off)
		w->end = w->start + (line_end ? (size_t)(line_end - begin) + 1 : 0);
	if (b->broke_off && w->end < before)
		weir_partitions_at(b->progress.partitions, 0)->lost++;
}

static enum weir_status hand_out(struct weir_bytes *b, struct weir_chunk *chunk)
{
	if ((at_end(b) && b->failure.code != WEIR_OK) || (b->restarting && b->broke_off))
		leave_half_line_out(b);
	weir_byte_window_hand_out(&b->window, chunk);
	chunk->at_end = at_end(b) || b->restarting;
	chunk->restarts = b->restarting;
	chunk->arrival_us = weir_clock_wall_us(b->clock);
	b->told_end = at_end(b);
	b->consumed = false;
	return WEIR_OK;
}

/* Nothing new: shows what is left over, but nothing until it is known whether the input is packed. */
static enum weir_status hand_out_again(struct weir_bytes *b, struct weir_chunk *chunk)
{
	if (b->known && b->coding_known) {
		weir_byte_window_hand_out(&b->window, chunk);
		chunk->restarts = false;
		chunk->arrival_us = weir_clock_wall_us(b->clock);
	}
	return WEIR_AGAIN;
}

static enum weir_status finish(struct weir_bytes *b, struct weir_error *err)
{
	char line[sizeof b->failure.what];

	if (b->failure.code == WEIR_OK) {
		weir_progress_state(&b->progress, WEIR_SOURCE_END, NULL);
		return WEIR_END;
	}
	weir_error_line(&b->failure, line, sizeof line);
	weir_progress_state(&b->progress, WEIR_SOURCE_FAILED, line);
	if (err)
		*err = b->failure;
	return b->failure.code;
}

/* Waits for the descriptor, a notification of change, or a wake. False: the time is over, or there was a wake. */
static bool wait_for_input(struct weir_bytes *b, int64_t deadline_us)
{
	int64_t left_us = deadline_us - weir_clock_mono_us(b->clock);
	struct pollfd fds[3] = {
	    {b->wake.fd, POLLIN, 0}, {b->notify_fd, POLLIN, 0}, {b->pollable ? b->fd : -1, POLLIN, 0}};
	char notices[4096];

	if (left_us < 0)
		left_us = 0;
	bool slice = !b->pollable && left_us > FOLLOW_SLICE_US;
	int ms = (int)(((slice ? FOLLOW_SLICE_US : left_us) + 999) / 1000);
	int n = poll(fds, 3, ms);
	if (fds[0].revents) {
		weir_wake_wait(&b->wake, 0);
		return false;
	}
	b->ready = fds[2].revents != 0;
	if (fds[1].revents && b->at_notice)
		b->at_notice(b);
	else if (fds[1].revents)
		(void)!read(b->notify_fd, notices, sizeof notices);
	return n > 0 || slice;
}

enum weir_status weir_bytes_poll(struct weir_bytes *b, int64_t timeout_us, struct weir_chunk *chunk,
				 struct weir_error *err)
{
	int64_t deadline_us = weir_clock_mono_us(b->clock) + timeout_us;

	if (at_end(b) && b->told_end && (weir_byte_window_size(&b->window) == 0 || !b->consumed))
		return finish(b, err);
	if (b->restarting && (weir_byte_window_size(&b->window) == 0 || !b->consumed))
		restart(b);
	if (at_end(b) || b->restarting || weir_byte_window_full(&b->window))
		return hand_out(b, chunk);
	/* Records that did not fit the last batch come first; what stays after that is a half record. */
	if (b->consumed && weir_byte_window_size(&b->window) >= WEIR_READ_BYTES / 4)
		return hand_out(b, chunk);
	for (;;) {
		enum weir_fill fill = weir_bytes_fill(b);
		if (fill == WEIR_FILL_RESTART)
			b->restarting = true;
		if (fill == WEIR_FILL_MORE || fill == WEIR_FILL_RESTART || fill == WEIR_FILL_END) {
			weir_progress_state(&b->progress, WEIR_SOURCE_LIVE, NULL);
			return hand_out(b, chunk);
		}
		bool read_ahead = b->known && b->coding_known && b->window.fresh > 0;
		if (fill == WEIR_FILL_WAIT && read_ahead) /* what was read ahead waits for nothing behind it */
			return hand_out(b, chunk);
		if (fill == WEIR_FILL_WAIT && !wait_for_input(b, deadline_us))
			return hand_out_again(b, chunk);
	}
}

/* Only where the chunk that was handed out need not move, and only plain bytes follow. */
void weir_bytes_ahead(struct weir_bytes *b)
{
	struct pollfd input = {b->fd, POLLIN, 0};
	size_t got = 0;

	if (!b->ahead || !b->coding_known || b->inflate || b->recode || b->ended ||
	    b->window.capacity - b->window.end < b->piece_bytes)
		return;
	b->ready = b->ready || (b->pollable && poll(&input, 1, 0) > 0);
	if (weir_bytes_read(b, b->window.data + b->window.end, b->piece_bytes, &got) != WEIR_FILL_MORE)
		return;
	weir_byte_window_added(&b->window, got);
	weir_progress_add(&b->progress, got, got);
}

enum weir_status weir_bytes_position(const struct weir_bytes *b, struct weir_buf *out)
{
	if (b->unplaced && b->recode)
		return WEIR_UNSUPPORTED;
	if (b->restarting && weir_byte_window_size(&b->window)) /* the rest of a file that was replaced */
		return WEIR_AGAIN;
	uint64_t at = b->restarting ? 0 : b->window.offset - b->file_offset + b->skip;
	weir_buf_addf(out, "%llu", (unsigned long long)at);
	return out->failed ? WEIR_NO_MEMORY : WEIR_OK;
}

void weir_bytes_consume(struct weir_bytes *b, const struct weir_chunk *left)
{
	if (!weir_byte_window_consume(&b->window, left))
		return;
	b->consumed = true;
	b->line_start = left->bytes[-1] == '\n';
}
