/* udp-listen://: each datagram is a syslog record, or some lines. */
#include "listen.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	QUEUE_BYTES = 8 << 20,     /* asked of the kernel; it gives what net.core.rmem_max allows */
	DATAGRAM_BYTES = 64 << 10, /* the most that UDP carries */
};

struct udp {
	struct weir_listen listen;
	uint64_t dropped;          /* by the kernel, as it last told */
	char *datagram;            /* owned */
	int64_t n_datagrams, most; /* that came; `accept=`: the end, once so many have. 0: no end */
};

static const struct weir_uri_option options[] = {
    {"accept", "N", "end once N datagrams have come (no end)"},
    {NULL, NULL, NULL},
};

static void udp_close(struct weir_source *s)
{
	struct udp *u = (struct udp *)s;

	weir_listen_release(&u->listen);
	free(u->datagram);
	free(u);
}

static enum weir_status udp_open(const struct weir_source_config *config, struct weir_source **out,
				 struct weir_error *err)
{
	struct weir_listen *l;
	enum weir_status st = weir_listen_new(sizeof(struct udp), SOCK_DGRAM, config, &l, err);
	int bytes = QUEUE_BYTES;

	if (st != WEIR_OK)
		return st;
	struct udp *u = (struct udp *)l;
	st = weir_uri_params_int(&config->uri, "accept", 1, &u->most, err);
	if (st == WEIR_OK && !(u->datagram = weir_alloc(DATAGRAM_BYTES)))
		st = weir_fail(err, WEIR_NO_MEMORY, "udp-listen", "out of memory while opening");
	if (st != WEIR_OK) {
		udp_close(&l->base);
		return st;
	}
	(void)setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	*out = &l->base;
	return WEIR_OK;
}

/* What the kernel had no room for. */
static void count_dropped(struct udp *u)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof info;

	if (getsockopt(u->listen.fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0 || size < sizeof info)
		return;
	uint32_t more = info[SK_MEMINFO_DROPS] - (uint32_t)u->dropped; /* it has 32 bits, and may come around */
	u->dropped += more;
	weir_listen_shed(&u->listen, more, "datagrams came faster than they are read");
}

/* A datagram that begins as a syslog record is one, with any line feeds in it; else its lines are records. False: no memory. */
static bool take(struct udp *u, struct weir_str rest, struct weir_str sender)
{
	struct weir_listen *l = &u->listen;

	if (rest.size && rest.data[0] == '<') {
		while (rest.size && (rest.data[rest.size - 1] == '\n' || rest.data[rest.size - 1] == 0))
			rest.size--;
		return weir_listen_add(l, rest, sender);
	}
	struct weir_frame frame = {.framing = WEIR_FRAMING_LINES};
	struct weir_str record;
	while (weir_frame_next(&frame, &rest, DATAGRAM_BYTES, true, &record) == WEIR_OK) {
		if (!weir_listen_room(l))
			weir_listen_shed(l, 1, "a datagram has too many lines");
		else if (!weir_listen_add(l, record, sender))
			return false;
	}
	return true;
}

static bool is_over(const struct udp *u)
{
	return u->most && u->n_datagrams >= u->most;
}

/* What has come, while there is room. False: no memory. */
static bool read_all(struct udp *u)
{
	struct weir_listen *l = &u->listen;
	struct sockaddr_storage from;
	char name[64];

	/* Half of the room is for the lines of the last one. */
	while (weir_listen_room(l) > WEIR_LISTEN_MESSAGES / 2 && !is_over(u)) {
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(l->fd, u->datagram, DATAGRAM_BYTES, 0, (struct sockaddr *)&from, &size);
		if (n < 0)
			break;
		u->n_datagrams++;
		weir_listen_name(&from, name, sizeof name);
		if (!take(u, (struct weir_str){u->datagram, (size_t)n}, weir_str_of(name)))
			return false;
	}
	return true;
}

static enum weir_status udp_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				 struct weir_error *err)
{
	struct udp *u = (struct udp *)s;
	struct weir_listen *l = &u->listen;
	int64_t deadline_us = weir_clock_mono_us(l->clock) + timeout_us;
	char text[120];

	weir_listen_drop_used(l);
	snprintf(text, sizeof text, "listening on %s", l->here);
	weir_progress_state(&l->progress, WEIR_SOURCE_LIVE, text);
	size_t before = l->consumed ? 0 : l->n;
	for (;;) {
		if (!read_all(u))
			return weir_fail(err, WEIR_NO_MEMORY, l->address, "out of memory while reading");
		count_dropped(u);
		if (is_over(u) && l->told_end && (l->n == 0 || !l->consumed)) {
			weir_progress_state(&l->progress, WEIR_SOURCE_END, NULL);
			return WEIR_END;
		}
		if (l->n > before || l->n > WEIR_LISTEN_MESSAGES / 2 || is_over(u))
			return weir_listen_hand_out(l, is_over(u), chunk);
		int64_t left_us = deadline_us - weir_clock_mono_us(l->clock);
		struct pollfd fds[2] = {{l->wake.fd, POLLIN, 0}, {l->fd, POLLIN, 0}};
		int n = poll(fds, 2, left_us > 0 ? (int)((left_us + 999) / 1000) : 0);
		if (fds[0].revents)
			weir_wake_wait(&l->wake, 0);
		if (fds[0].revents || n <= 0)
			break;
	}
	weir_listen_hand_out(l, false, chunk);
	return WEIR_AGAIN;
}

static bool udp_finite(struct weir_source *s)
{
	return ((const struct udp *)s)->most > 0;
}

const struct weir_source_ops weir_source_udp_listen = {
    .name = "udp-listen",
    .schemes = "udp-listen",
    .help = "waits for datagrams of syslog or of lines; what comes too fast is dropped and counted",
    .example = "udp-listen://:5140",
    .once = true,
    .options = options,
    .open = udp_open,
    .poll = udp_poll,
    .consume = weir_listen_consume,
    .wake = weir_listen_wake,
    .status = weir_listen_status,
    .finite = udp_finite,
    .close = udp_close,
};
