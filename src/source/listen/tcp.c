/* tcp-listen://: takes connections, and cuts records out of what each of them sends. */
#include "listen.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10 };

struct sender {
	int fd;
	char name[64];
	struct weir_frame frame;
	struct weir_buf bytes; /* that came and are no whole record yet */
	bool ended; /* no more will come; what is left are whole records, and perhaps a last one without an end */
};

struct tcp {
	struct weir_listen listen;
	struct sender *senders; /* owned */
	size_t n_senders, capacity;
	struct pollfd *fds; /* owned: wake, the listening one, and one for each sender */
	size_t fds_capacity;
	size_t turn;              /* the sender whose records are taken first */
	size_t n_held_bytes;      /* of all senders' unfinished records */
	int64_t n_accepted, most; /* connections so far; `accept=`: the end, once so many have closed. 0: no end */
};

static const struct weir_uri_option options[] = {
    {"accept", "N", "end once N connections have come and gone (no end)"},
    {NULL, NULL, NULL},
};

static void drop_sender(struct tcp *t, size_t i)
{
	close(t->senders[i].fd);
	t->n_held_bytes -= t->senders[i].bytes.size;
	weir_buf_release(&t->senders[i].bytes);
	memmove(&t->senders[i], &t->senders[i + 1], (t->n_senders - i - 1) * sizeof *t->senders);
	t->n_senders--;
}

static void tcp_close(struct weir_source *s)
{
	struct tcp *t = (struct tcp *)s;

	while (t->n_senders)
		drop_sender(t, t->n_senders - 1);
	free(t->senders);
	free(t->fds);
	weir_listen_release(&t->listen);
	free(t);
}

static enum weir_status tcp_open(const struct weir_source_config *config, struct weir_source **out,
				 struct weir_error *err)
{
	struct weir_listen *l;
	enum weir_status st = weir_listen_new(sizeof(struct tcp), SOCK_STREAM, config, &l, err);

	if (st != WEIR_OK)
		return st;
	st = weir_uri_params_int(&config->uri, "accept", 1, &((struct tcp *)l)->most, err);
	if (st == WEIR_OK && listen(l->fd, SOMAXCONN) < 0)
		st = weir_fail(err, WEIR_IO, l->address, "could not listen: %s", strerror(errno));
	if (st != WEIR_OK) {
		tcp_close(&l->base);
		return st;
	}
	*out = &l->base;
	return WEIR_OK;
}

/* More would wait in the kernel's queue, as their senders do. */
static bool may_accept(const struct tcp *t)
{
	return t->n_senders < WEIR_MAX_SENDERS && (!t->most || t->n_accepted < t->most);
}

static bool accept_all(struct tcp *t)
{
	struct sockaddr_storage from;

	while (may_accept(t)) {
		socklen_t size = sizeof from;
		int fd = accept4(t->listen.fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return true;
		if (!weir_grow((void **)&t->senders, &t->capacity, t->n_senders + 1, sizeof *t->senders)) {
			close(fd);
			return false;
		}
		struct sender *s = &t->senders[t->n_senders++];
		*s = (struct sender){.fd = fd};
		weir_listen_name(&from, s->name, sizeof s->name);
		t->n_accepted++;
	}
	return true;
}

/* False: no memory. */
static bool read_sender(struct tcp *t, struct sender *s)
{
	if (!weir_buf_reserve(&s->bytes, READ_BYTES))
		return false;
	ssize_t n = recv(s->fd, s->bytes.data + s->bytes.size, READ_BYTES, 0);
	if (n > 0) {
		s->bytes.size += (size_t)n;
		t->n_held_bytes += (size_t)n;
	} else if (n == 0) {
		s->ended = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		/* It broke off: half a record at the end is none. */
		const char *end = s->bytes.size ? memrchr(s->bytes.data, '\n', s->bytes.size) : NULL;
		size_t whole = end ? (size_t)(end - s->bytes.data) + 1 : 0;
		if (s->frame.framing != WEIR_FRAMING_OCTETS && whole < s->bytes.size) {
			weir_listen_shed(&t->listen, 1, "its connection broke off");
			t->n_held_bytes -= s->bytes.size - whole;
			s->bytes.size = whole;
		}
		s->ended = true;
	}
	return true;
}

/* Of all senders together not more than WEIR_MAX_HEARD_BYTES is held: then each has its share. */
static size_t most_of(const struct tcp *t)
{
	return t->n_held_bytes < WEIR_MAX_HEARD_BYTES ? WEIR_MAX_HEARD_RECORD_BYTES
						      : WEIR_MAX_HEARD_BYTES / (t->n_senders + 1);
}

/* False: no memory. */
static bool take_records(struct tcp *t, struct sender *s)
{
	struct weir_str rest = weir_buf_str(&s->bytes), record;
	enum weir_status st = WEIR_OK;
	bool good = true;

	while (good && weir_listen_room(&t->listen) &&
	       (st = weir_frame_next(&s->frame, &rest, most_of(t), s->ended, &record)) != WEIR_AGAIN) {
		if (st == WEIR_OK)
			good = weir_listen_add(&t->listen, record, weir_str_of(s->name));
		else
			weir_listen_shed(&t->listen, 1,
					 st == WEIR_TOO_LARGE ? "it is too long" : "its length is missing before it");
		if (st == WEIR_MALFORMED) { /* nothing tells where the next one begins */
			rest.size = 0;
			s->ended = true;
		}
	}
	if (st == WEIR_AGAIN && s->ended && rest.size) {
		weir_listen_shed(&t->listen, 1, "its connection ended before it did");
		rest.size = 0;
	}
	t->n_held_bytes -= s->bytes.size - rest.size;
	if (rest.size && rest.size < s->bytes.size)
		memmove(s->bytes.data, rest.data, rest.size);
	s->bytes.size = rest.size;
	return good;
}

/* All senders, a round of them; those that have ended and left nothing go. False: no memory. */
static bool take_all(struct tcp *t)
{
	for (size_t k = 0; k < t->n_senders; k++)
		if (!take_records(t, &t->senders[(t->turn + k) % t->n_senders]))
			return false;
	t->turn++;
	for (size_t i = t->n_senders; i-- > 0;)
		if (t->senders[i].ended && !t->senders[i].bytes.size)
			drop_sender(t, i);
	return true;
}

/* Waits, then reads what has come. OK: something may have; AGAIN: the time is over, or there was a wake. */
static enum weir_status wait_and_read(struct tcp *t, int64_t left_us)
{
	size_t n_polled = t->n_senders;

	if (!weir_grow((void **)&t->fds, &t->fds_capacity, n_polled + 2, sizeof *t->fds))
		return WEIR_NO_MEMORY;
	t->fds[0] = (struct pollfd){t->listen.wake.fd, POLLIN, 0};
	t->fds[1] = (struct pollfd){may_accept(t) ? t->listen.fd : -1, POLLIN, 0};
	for (size_t i = 0; i < n_polled; i++)
		t->fds[i + 2] = (struct pollfd){t->senders[i].ended ? -1 : t->senders[i].fd, POLLIN, 0};
	int n = poll(t->fds, n_polled + 2, left_us > 0 ? (int)((left_us + 999) / 1000) : 0);
	if (t->fds[0].revents)
		weir_wake_wait(&t->listen.wake, 0);
	for (size_t i = 0; i < n_polled; i++)
		if (t->fds[i + 2].revents && !read_sender(t, &t->senders[i]))
			return WEIR_NO_MEMORY;
	if (t->fds[1].revents && !accept_all(t))
		return WEIR_NO_MEMORY;
	return t->fds[0].revents || n <= 0 ? WEIR_AGAIN : WEIR_OK;
}

static void show(struct tcp *t)
{
	char text[160];
	size_t n = t->n_senders;

	if (n == WEIR_MAX_SENDERS)
		snprintf(text, sizeof text, "listening on %s; %zu connections, others have to wait", t->listen.here, n);
	else
		snprintf(text, sizeof text, "listening on %s", t->listen.here);
	weir_progress_state(&t->listen.progress, WEIR_SOURCE_LIVE, text);
}

static enum weir_status tcp_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				 struct weir_error *err)
{
	struct tcp *t = (struct tcp *)s;
	struct weir_listen *l = &t->listen;
	int64_t deadline_us = weir_clock_mono_us(l->clock) + timeout_us;
	enum weir_status st = WEIR_OK;

	weir_listen_drop_used(l);
	size_t before = l->consumed ? 0 : l->n;
	for (;;) {
		if (!take_all(t))
			break;
		show(t);
		bool over = t->most && t->n_accepted >= t->most && !t->n_senders;
		if (over && l->told_end && (l->n == 0 || !l->consumed)) {
			weir_progress_state(&l->progress, WEIR_SOURCE_END, NULL);
			return WEIR_END;
		}
		if (l->n > before || !weir_listen_room(l) || over)
			return weir_listen_hand_out(l, over, chunk);
		if (st == WEIR_AGAIN) {
			weir_listen_hand_out(l, false, chunk);
			return WEIR_AGAIN;
		}
		st = wait_and_read(t, deadline_us - weir_clock_mono_us(l->clock));
		if (st == WEIR_NO_MEMORY)
			break;
	}
	return weir_fail(err, WEIR_NO_MEMORY, l->address, "out of memory while reading");
}

static bool tcp_finite(struct weir_source *s)
{
	return ((const struct tcp *)s)->most > 0;
}

const struct weir_source_ops weir_source_tcp_listen = {
    .name = "tcp-listen",
    .schemes = "tcp-listen",
    .help = "waits for TCP connections that send syslog or lines; their senders wait while nobody reads",
    .example = "tcp-listen://:5140",
    .once = true,
    .can_wait = true,
    .options = options,
    .open = tcp_open,
    .poll = tcp_poll,
    .consume = weir_listen_consume,
    .wake = weir_listen_wake,
    .status = weir_listen_status,
    .finite = tcp_finite,
    .close = tcp_close,
};
