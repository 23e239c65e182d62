#include "bytes.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	READ_BYTES = 1 << 20,  /* one read; a widened pipe holds as much */
	PIECE_BYTES = 2 << 20, /* the same where two threads decode it */
	AHEAD_BYTES = 8 << 20, /* of the window, where the next read goes behind a chunk that is being decoded */
	FOLLOW_SLICE_US =
	    250000, /* a followed file is looked at this often even when no notice comes (network file systems) */
};

enum fill { FILL_MORE, FILL_WAIT, FILL_RETRY, FILL_END };

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
				 .wake.fd = -1};
	b->window.budget = config->budget;
	b->ahead = config->ahead && !config->follow;
	b->window.least = b->ahead ? AHEAD_BYTES : 0;
	weir_progress_init(&b->progress, 1);
	return weir_wake_init(&b->wake, err);
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
	free(b->packed);
	weir_window_release(&b->window);
	weir_progress_release(&b->progress);
}

void weir_bytes_restart(struct weir_bytes *b)
{
	weir_inflate_free(b->inflate);
	b->inflate = NULL;
	b->packed_start = b->packed_end = 0;
	b->known = false;
	b->raw_position = 0;
}

static enum fill end_with(struct weir_bytes *b, const struct weir_error *err)
{
	b->ended = true;
	if (err)
		b->failure = *err;
	else if (b->inflate)
		(void)!weir_inflate_finish(b->inflate, &b->failure);
	return FILL_END;
}

/* One read of the descriptor. FILL_MORE sets *got (> 0). */
static enum fill read_some(struct weir_bytes *b, char *into, size_t room, size_t *got)
{
	struct weir_error err = {0};

	for (;;) {
		size_t want = room;
		if (b->raw_until >= 0 && (int64_t)want > b->raw_until - b->raw_position)
			want = b->raw_until > b->raw_position ? (size_t)(b->raw_until - b->raw_position) : 0;
		if (want == 0)
			return end_with(b, NULL);
		if (b->pollable && !b->ready) /* reading an empty pipe would block */
			return FILL_WAIT;
		b->ready = false;
		ssize_t n = read(b->fd, into, want);
		if (n > 0) {
			*got = (size_t)n;
			b->raw_position += n;
			if (b->raw_end >= 0 && b->raw_end < b->raw_position)
				b->raw_end = b->raw_position;
			weir_progress_place(&b->progress, b->raw_position, b->raw_end);
			return FILL_MORE;
		}
		if (n < 0 && errno == EINTR) {
			b->ready = true;
			continue;
		}
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return FILL_WAIT;
		if (n < 0) {
			weir_fail(&err, WEIR_IO, b->origin, "could not be read: %s", strerror(errno));
			return end_with(b, &err);
		}
		enum weir_bytes_next next = b->at_eof ? b->at_eof(b, &err) : WEIR_BYTES_FINISH;
		if (next == WEIR_BYTES_FINISH)
			return end_with(b, NULL);
		if (next == WEIR_BYTES_FAIL)
			return end_with(b, &err);
		return next == WEIR_BYTES_WAIT ? FILL_WAIT : FILL_RETRY;
	}
}

static enum fill no_memory(struct weir_bytes *b)
{
	struct weir_error err;

	weir_fail(&err, WEIR_NO_MEMORY, b->origin, "out of memory while reading");
	return end_with(b, &err);
}

/* Reads packed bytes and unpacks what there is; FILL_MORE may have made nothing yet. */
static enum fill fill_packed(struct weir_bytes *b)
{
	struct weir_error err = {0};
	size_t room, made, got = 0;
	char *into = weir_window_room(&b->window, READ_BYTES, &room);
	enum fill fill = FILL_MORE;

	if (!into)
		return no_memory(b);
	for (;;) {
		struct weir_str in = {b->packed + b->packed_start, b->packed_end - b->packed_start};
		enum weir_status st = weir_inflate_run(b->inflate, &in, into, room, &made, &err);
		b->packed_start = (size_t)(in.data - b->packed);
		weir_window_added(&b->window, made);
		weir_progress_add(&b->progress, made, 0);
		if (st != WEIR_OK)
			return end_with(b, &err);
		if (made)
			return FILL_MORE;
		fill = read_some(b, b->packed, READ_BYTES, &got);
		if (fill != FILL_MORE)
			return fill;
		weir_progress_add(&b->progress, 0, got);
		b->packed_start = 0;
		b->packed_end = got;
	}
}

/* The first bytes lie in the window: plain data stays there, packed data moves over to be unpacked. */
static enum fill decide_packing(struct weir_bytes *b, bool complete, enum fill fill)
{
	struct weir_window *w = &b->window;
	struct weir_str head = {w->data + w->end - w->fresh, w->fresh};
	enum weir_packing packing = weir_packing_of(head, complete);
	struct weir_error err = {0};

	if (packing == WEIR_PACKING_UNSURE)
		return FILL_WAIT;
	b->known = true;
	if (packing == WEIR_PACKING_NONE) {
		weir_progress_add(&b->progress, head.size, 0);
		return fill;
	}
	w->end -= head.size;
	w->fresh = 0;
	if (packing == WEIR_PACKING_OTHER) {
		weir_packing_refuse(head, b->origin, &err);
		return end_with(b, &err);
	}
	if (!b->packed)
		b->packed = weir_alloc(READ_BYTES);
	if (!b->packed)
		return no_memory(b);
	memcpy(b->packed, head.data, head.size);
	b->packed_end = head.size;
	if (weir_inflate_new(packing, b->origin, &b->inflate, &err) != WEIR_OK)
		return end_with(b, &err);
	return fill_packed(b);
}

static enum fill fill_plain(struct weir_bytes *b)
{
	/* As much again as is left over, so that a record of many MiB is looked at a few times only while it grows. */
	size_t left = weir_window_size(&b->window), room, got = 0;
	size_t piece = b->ahead ? PIECE_BYTES : READ_BYTES, want = left < piece ? piece : left;
	char *into = weir_window_room(&b->window, b->known ? want : READ_BYTES - b->window.fresh, &room);

	if (!into)
		return no_memory(b);
	enum fill fill = read_some(b, into, room, &got);
	if (fill == FILL_MORE) {
		weir_window_added(&b->window, got);
		weir_progress_add(&b->progress, b->known ? got : 0, got);
	}
	if (!b->known && (fill == FILL_MORE || fill == FILL_END))
		return decide_packing(b, fill == FILL_END, fill);
	return fill;
}

/* The input broke off: half a line at its end would be taken for a whole one, with half a number in it. Without any
 * line end it may be one long JSON array, and its reader knows where it breaks off. */
static void leave_half_line_out(struct weir_bytes *b)
{
	struct weir_window *w = &b->window;
	const char *begin = w->data + w->start;
	const char *line_end = weir_window_size(w) ? memrchr(begin, '\n', weir_window_size(w)) : NULL;

	if (line_end || b->line_start)
		w->end = w->start + (line_end ? (size_t)(line_end - begin) + 1 : 0);
}

static enum weir_status hand_out(struct weir_bytes *b, struct weir_chunk *chunk)
{
	if (b->ended && b->failure.code != WEIR_OK)
		leave_half_line_out(b);
	weir_window_hand_out(&b->window, chunk);
	chunk->at_end = b->ended;
	chunk->arrival_us = weir_clock_wall_us(b->clock);
	b->told_end = b->ended;
	b->consumed = false;
	return WEIR_OK;
}

/* Nothing new: shows what is left over, but nothing before it is known whether it is packed. */
static enum weir_status hand_out_again(struct weir_bytes *b, struct weir_chunk *chunk)
{
	if (b->known) {
		weir_window_hand_out(&b->window, chunk);
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

/* Waits for the descriptor, a notice of change, or a wake. False: the time is over or somebody woke us. */
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
	if (fds[1].revents)
		(void)!read(b->notify_fd, notices, sizeof notices);
	return n > 0 || slice;
}

enum weir_status weir_bytes_poll(struct weir_bytes *b, int64_t timeout_us, struct weir_chunk *chunk,
				 struct weir_error *err)
{
	int64_t deadline_us = weir_clock_mono_us(b->clock) + timeout_us;

	if (b->ended && b->told_end && (weir_window_size(&b->window) == 0 || !b->consumed))
		return finish(b, err);
	if (b->ended || weir_window_full(&b->window))
		return hand_out(b, chunk);
	/* Records that did not fit the last batch come first; what stays after that is a half record. */
	if (b->consumed && weir_window_size(&b->window) >= READ_BYTES / 4)
		return hand_out(b, chunk);
	for (;;) {
		enum fill fill = b->inflate ? fill_packed(b) : fill_plain(b);
		if (fill == FILL_MORE || fill == FILL_END) {
			weir_progress_state(&b->progress, WEIR_SOURCE_LIVE, NULL);
			return hand_out(b, chunk);
		}
		if (fill == FILL_WAIT && !wait_for_input(b, deadline_us))
			return hand_out_again(b, chunk);
	}
}

/* Only where what was handed out need not move, and nothing but plain bytes is to come. */
void weir_bytes_ahead(struct weir_bytes *b)
{
	struct pollfd input = {b->fd, POLLIN, 0};
	size_t got = 0;

	if (!b->ahead || !b->known || b->inflate || b->ended || b->window.capacity - b->window.end < PIECE_BYTES)
		return;
	b->ready = b->ready || (b->pollable && poll(&input, 1, 0) > 0);
	if (read_some(b, b->window.data + b->window.end, PIECE_BYTES, &got) != FILL_MORE)
		return;
	weir_window_added(&b->window, got);
	weir_progress_add(&b->progress, got, got);
}

void weir_bytes_consume(struct weir_bytes *b, const struct weir_chunk *left)
{
	if (!weir_window_consume(&b->window, left))
		return;
	b->consumed = true;
	b->line_start = left->bytes[-1] == '\n';
}
