/* Opening, reading, and opening again. */
#include "peer.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_PAUSE_US = 200000, MOST_PAUSE_US = 10000000 };

static struct weir_peer *of_bytes(struct weir_bytes *b)
{
	return (struct weir_peer *)((char *)b - offsetof(struct weir_peer, bytes));
}

static void show_waiting(struct weir_peer *p)
{
	int64_t left_us = p->next_try_us - weir_clock_mono_us(p->bytes.clock);
	long long seconds = left_us > 0 ? (long long)((left_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S) : 0;
	char text[200];

	snprintf(text, sizeof text, "%s; next try in %lld s", p->why, seconds);
	weir_progress_state(&p->bytes.progress, p->was_open ? WEIR_SOURCE_RECONNECTING : WEIR_SOURCE_CONNECTING, text);
}

/* The descriptor is gone: the next try is due after a while. */
static void try_later(struct weir_peer *p, const struct weir_error *why)
{
	bool known = strcmp(p->why, why->what) == 0;

	snprintf(p->why, sizeof p->why, "%.150s", why->what);
	p->next_try_us = weir_clock_mono_us(p->bytes.clock) + weir_backoff_next(&p->backoff);
	if (!known)
		weir_log_add(p->bytes.log, WEIR_LOG_WARNING, p->address, "%s; trying again", p->why);
	show_waiting(p);
}

static void drop_descriptor(struct weir_peer *p)
{
	if (p->bytes.fd >= 0)
		close(p->bytes.fd);
	p->bytes.fd = -1;
	p->connecting = false;
}

/* For weir_bytes. */
static enum weir_bytes_next at_eof(struct weir_bytes *b, struct weir_error *err)
{
	struct weir_peer *p = of_bytes(b);
	struct weir_error why = {0};
	bool received = b->raw_position > 0;
	enum weir_status st = p->kind->ended(p, b->broken, &why);

	drop_descriptor(p);
	if (!p->again && st == WEIR_OK)
		return WEIR_BYTES_FINISH;
	if (!p->again) {
		*err = why;
		return WEIR_BYTES_FAIL;
	}
	if (received)
		weir_backoff_reset(&p->backoff);
	try_later(p, &why);
	b->broke_off = true;
	return WEIR_BYTES_RESTART;
}

enum weir_status weir_peer_closed(struct weir_peer *p, int broken, struct weir_error *err)
{
	if (!broken) {
		weir_fail(err, WEIR_UNREACHABLE, p->address, "the other side closed the connection");
		return WEIR_OK;
	}
	return weir_fail(err, WEIR_UNREACHABLE, p->address, "the connection broke: %s", strerror(broken));
}

enum weir_status weir_peer_new(size_t size, const struct weir_peer_kind *kind, const struct weir_source_config *config,
			       struct weir_peer **out, struct weir_error *err)
{
	struct weir_buf address = {0};
	struct weir_peer *p = weir_calloc(1, size);

	*out = NULL;
	if (!p)
		return weir_fail(err, WEIR_NO_MEMORY, config->uri.scheme, "out of memory while opening");
	p->kind = kind;
	p->again = kind->again_live && config->live;
	p->backoff = (struct weir_backoff){.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	weir_uri_show(&config->uri, &address);
	p->address = address.failed ? NULL : address.data;
	enum weir_status st = weir_bytes_init(&p->bytes, -1, p->address, config, err);
	p->bytes.pollable = true;
	p->bytes.breaks = true;
	p->bytes.at_eof = at_eof;
	p->bytes.ahead = false; /* another connection may follow, and must wait for the end of this one */
	if (st == WEIR_OK && !p->address)
		st = weir_fail(err, WEIR_NO_MEMORY, config->uri.scheme, "out of memory while opening");
	if (st == WEIR_OK)
		st = weir_uri_params_bool(&config->uri, kind->again_param, &p->again, err);
	if (st != WEIR_OK) {
		if (!p->address)
			weir_buf_release(&address);
		weir_peer_close(&p->base);
		return st;
	}
	*out = p;
	return WEIR_OK;
}

void weir_peer_close(struct weir_source *s)
{
	struct weir_peer *p = (struct weir_peer *)s;

	if (p->kind->release)
		p->kind->release(p);
	weir_bytes_release(&p->bytes);
	free(p->address);
	free(p);
}

/* False: the time is over, or there was a wake. */
static bool wait_until(struct weir_peer *p, int fd, int64_t until_us)
{
	int64_t left_us = until_us - weir_clock_mono_us(p->bytes.clock);
	struct pollfd fds[3] = {{p->bytes.wake.fd, POLLIN, 0}, {fd, POLLOUT, 0}, {p->bytes.notify_fd, POLLIN, 0}};

	poll(fds, 3, left_us > 0 ? (int)((left_us + 999) / 1000) : 0);
	if (fds[2].revents && p->bytes.at_notice)
		p->bytes.at_notice(&p->bytes);
	if (fds[0].revents)
		weir_wake_wait(&p->bytes.wake, 0);
	return !fds[0].revents;
}

static enum weir_status finish_connecting(struct weir_peer *p, struct weir_error *err)
{
	struct pollfd now = {p->bytes.fd, POLLOUT, 0};
	int number = 0;
	socklen_t size = sizeof number;

	if (poll(&now, 1, 0) <= 0)
		return WEIR_AGAIN;
	if (getsockopt(p->bytes.fd, SOL_SOCKET, SO_ERROR, &number, &size) < 0)
		number = errno;
	return number ? weir_fail(err, WEIR_UNREACHABLE, p->address, "could not connect: %s", strerror(number))
		      : WEIR_OK;
}

/* One try. OK: connected; AGAIN: not yet; others: failed for good. */
static enum weir_status advance(struct weir_peer *p, struct weir_error *err)
{
	struct weir_error why = {0};
	enum weir_status st = WEIR_AGAIN;

	if (p->connecting)
		st = finish_connecting(p, &why);
	else if (weir_clock_mono_us(p->bytes.clock) >= p->next_try_us)
		st = p->kind->open(p, &p->bytes.fd, &why);
	else
		show_waiting(p);
	p->connecting = p->bytes.fd >= 0 && st == WEIR_AGAIN;
	if (st == WEIR_AGAIN)
		return st;
	if (st == WEIR_OK) {
		p->was_open = true;
		p->why[0] = 0;
		weir_progress_state(&p->bytes.progress, WEIR_SOURCE_LIVE, NULL);
		return WEIR_OK;
	}
	drop_descriptor(p);
	if (p->again && st == WEIR_UNREACHABLE) {
		try_later(p, &why);
		return WEIR_AGAIN;
	}
	char line[sizeof why.what];
	weir_progress_state(&p->bytes.progress, WEIR_SOURCE_FAILED, weir_error_line(&why, line, sizeof line));
	*err = why;
	return st;
}

/* There is something to hand out that came before the end of a connection. */
static bool has_rest(const struct weir_peer *p)
{
	return p->bytes.ended || (p->bytes.restarting && weir_byte_window_size(&p->bytes.window) && p->bytes.consumed);
}

enum weir_status weir_peer_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				struct weir_error *err)
{
	struct weir_peer *p = (struct weir_peer *)s;
	const struct weir_clock *clock = p->bytes.clock;
	int64_t deadline_us = weir_clock_mono_us(clock) + timeout_us;
	struct weir_error local = {0};
	bool in_time = true;

	while (!has_rest(p) && (p->bytes.fd < 0 || p->connecting)) {
		enum weir_status st = advance(p, &local);
		if (st == WEIR_OK)
			break;
		if (st != WEIR_AGAIN) {
			if (err)
				*err = local;
			return st;
		}
		if (!in_time)
			return WEIR_AGAIN;
		int64_t until_us = !p->connecting && p->next_try_us < deadline_us ? p->next_try_us : deadline_us;
		in_time = wait_until(p, p->connecting ? p->bytes.fd : -1, until_us) &&
			  weir_clock_mono_us(clock) < deadline_us;
	}
	int64_t left_us = deadline_us - weir_clock_mono_us(clock);
	return weir_bytes_poll(&p->bytes, left_us > 0 ? left_us : 0, chunk, err);
}

void weir_peer_consume(struct weir_source *s, const struct weir_chunk *left)
{
	weir_bytes_consume(&((struct weir_peer *)s)->bytes, left);
}

void weir_peer_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_peer *)s)->bytes.wake);
}

void weir_peer_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_peer *)s)->bytes.progress, out);
}

/* A batch reads to the end of its peer, as it reads standard input. */
bool weir_peer_finite(struct weir_source *s)
{
	return !((const struct weir_peer *)s)->again;
}
