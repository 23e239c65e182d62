/* A socket as a stream of libmongoc. */
#include "mongodb_stream.h"

#include "weir/base/memory.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	KIND = 87,          /* none of libmongoc's own (MONGOC_STREAM_…) */
	BUFFER_BYTES = 1024 /* as libmongoc has it */
};

struct stream {
	mongoc_stream_t base; /* first member */
	struct weir_mongodb *m;
	int fd;
	bool timed_out;
	int last_errno;
};

static void note(struct weir_mongodb *m, const char *text)
{
	if (!m->trouble[0])
		snprintf(m->trouble, sizeof m->trouble, "%.159s", text);
}

static void note_silence(struct weir_mongodb *m)
{
	char text[40], all[80];

	weir_format_duration_us(m->timeout_us, text);
	snprintf(all, sizeof all, "the server has not answered for %s", text);
	note(m, all);
}

/* The moment at which a wait of so many milliseconds (below 0: any) ends, at the latest that of the call. */
static int64_t end_of(const struct weir_mongodb *m, int64_t timeout_ms)
{
	int64_t end_us = timeout_ms < 0 ? INT64_MAX : weir_clock_mono_us(m->clock) + timeout_ms * 1000;

	return end_us < m->end_us ? end_us : m->end_us;
}

/* Until the descriptors have something, the moment has come, or the wake was signalled. The number of those that have something;
 * -1 with errno: ETIMEDOUT, ECANCELED. The last of them is left free for the wake. */
static int wait_for(struct weir_mongodb *m, struct pollfd *fds, size_t n, int64_t end_us)
{
	for (;;) {
		int64_t now_us = weir_clock_mono_us(m->clock), left_us = end_us - now_us;
		int64_t calm_us = m->wake ? m->begun_us + m->patience_us - now_us : 0;
		bool heeds = m->wake && calm_us <= 0;
		int64_t wait_us = calm_us > 0 && calm_us < left_us ? calm_us : left_us;
		fds[n] = (struct pollfd){.fd = heeds ? m->wake->fd : -1, .events = POLLIN};
		int ready = poll(fds, n + 1, wait_us > 0 ? (int)(wait_us / 1000 + 1) : 0);
		if (ready > 0 && fds[n].revents) {
			m->cancelled = true;
			errno = ECANCELED;
			return -1;
		}
		if (ready > 0)
			return ready;
		if (ready < 0 && errno != EINTR)
			return -1;
		if (left_us <= 0) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

/* What came of a call that would have to wait. True: it may be tried again. */
static bool may_go_on(struct stream *s, short events, int64_t end_us, int32_t timeout_ms)
{
	struct pollfd fds[2] = {{.fd = s->fd, .events = events}};
	bool again = errno == EAGAIN || errno == EWOULDBLOCK;

	if (errno == EINTR || (again && timeout_ms && wait_for(s->m, fds, 1, end_us) > 0))
		return true;
	if (again && !timeout_ms)
		errno = EAGAIN; /* who asked does not wait */
	s->timed_out = errno == ETIMEDOUT;
	if (s->timed_out && weir_clock_mono_us(s->m->clock) >= s->m->end_us)
		note_silence(s->m);
	else if (errno != EAGAIN && errno != ETIMEDOUT && !s->m->cancelled)
		note(s->m, strerror(errno));
	s->last_errno = errno;
	return false;
}

static ssize_t stream_writev(mongoc_stream_t *base, mongoc_iovec_t *iov, size_t n, int32_t timeout_ms)
{
	struct stream *s = (struct stream *)base;
	int64_t end_us = end_of(s->m, timeout_ms);
	ssize_t done = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = iov[i].iov_base;
		size_t left = iov[i].iov_len;
		while (left) {
			ssize_t some = send(s->fd, at, left, MSG_NOSIGNAL | MSG_DONTWAIT | (i + 1 < n ? MSG_MORE : 0));
			if (some > 0) {
				at += some;
				left -= (size_t)some;
				done += some;
			} else if (!may_go_on(s, POLLOUT, end_us, timeout_ms)) {
				return done ? done : -1;
			}
		}
	}
	return done;
}

static ssize_t stream_readv(mongoc_stream_t *base, mongoc_iovec_t *iov, size_t n, size_t least, int32_t timeout_ms)
{
	struct stream *s = (struct stream *)base;
	int64_t end_us = end_of(s->m, timeout_ms);
	ssize_t done = 0;

	for (size_t i = 0; i < n; i++) {
		char *at = iov[i].iov_base;
		size_t left = iov[i].iov_len;
		while (left) {
			ssize_t some = recv(s->fd, at, left, MSG_DONTWAIT);
			if (some > 0) {
				at += some;
				left -= (size_t)some;
				done += some;
				if ((size_t)done >= least)
					return done;
			} else if (some == 0) {
				note(s->m, "the server closed the connection");
				errno = s->last_errno = ECONNRESET;
				return (size_t)done >= least ? done : -1;
			} else if (!may_go_on(s, POLLIN, end_us, timeout_ms)) {
				return done && (size_t)done >= least ? done : -1;
			}
		}
	}
	return done;
}

static int stream_close(mongoc_stream_t *base)
{
	struct stream *s = (struct stream *)base;

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return 0;
}

static void stream_destroy(mongoc_stream_t *base)
{
	stream_close(base);
	bson_free(base);
}

static int stream_flush(mongoc_stream_t *base)
{
	(void)base;
	return 0;
}

static int stream_setsockopt(mongoc_stream_t *base, int level, int name, void *value, mongoc_socklen_t size)
{
	return setsockopt(((struct stream *)base)->fd, level, name, value, size);
}

static bool stream_check_closed(mongoc_stream_t *base)
{
	char byte;
	ssize_t n = recv(((struct stream *)base)->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* Asked while connections to several hosts greet at once. */
static ssize_t stream_poll(mongoc_stream_poll_t *streams, size_t n, int32_t timeout_ms)
{
	struct weir_mongodb *m = ((struct stream *)streams[0].stream)->m;
	struct pollfd *fds = weir_calloc(n + 1, sizeof *fds);

	if (!fds) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		fds[i] =
		    (struct pollfd){.fd = ((struct stream *)streams[i].stream)->fd, .events = (short)streams[i].events};
	int ready = wait_for(m, fds, n, end_of(m, timeout_ms));
	bool silent = ready < 0 && weir_clock_mono_us(m->clock) >= m->end_us;
	if (silent)
		note_silence(m);
	/* libmongoc would ask again, until a time-out of its own: an error ends that. */
	bool over = silent || m->cancelled;
	for (size_t i = 0; i < n; i++)
		streams[i].revents = over ? POLLERR | POLLHUP : fds[i].revents;
	if (over)
		ready = (int)n;
	else if (ready < 0 && errno == ETIMEDOUT)
		ready = 0;
	free(fds);
	return ready;
}

static bool stream_timed_out(mongoc_stream_t *base)
{
	return ((struct stream *)base)->timed_out;
}

static bool stream_should_retry(mongoc_stream_t *base)
{
	int e = ((struct stream *)base)->last_errno;

	return e == EAGAIN || e == EINTR;
}

static mongoc_stream_t *stream_new(struct weir_mongodb *m, int fd)
{
	struct stream *s = bson_malloc0(sizeof *s);

	*s = (struct stream){.base = {.type = KIND,
				      .destroy = stream_destroy,
				      .close = stream_close,
				      .flush = stream_flush,
				      .writev = stream_writev,
				      .readv = stream_readv,
				      .setsockopt = stream_setsockopt,
				      .check_closed = stream_check_closed,
				      .poll = stream_poll,
				      .failed = stream_destroy,
				      .timed_out = stream_timed_out,
				      .should_retry = stream_should_retry},
			     .m = m,
			     .fd = fd};
	return &s->base;
}

/* ---- connecting ---- */

static int connect_to(struct weir_mongodb *m, const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1, failed = 0;
	socklen_t size = sizeof failed;
	struct pollfd fds[2] = {{.fd = fd, .events = POLLOUT}};

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	if (errno == EINPROGRESS && wait_for(m, fds, 1, m->end_us) > 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) == 0) {
		if (!failed)
			return fd;
		errno = failed;
	}
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static int connect_to_host(struct weir_mongodb *m, const mongoc_host_list_t *host)
{
	const struct addrinfo hints = {.ai_family = host->family, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	char port[8], text[160];
	int fd = -1;

	snprintf(port, sizeof port, "%u", (unsigned)host->port);
	int failed = getaddrinfo(host->host, port, &hints, &all);
	for (const struct addrinfo *a = failed ? NULL : all; a && fd < 0 && !m->cancelled; a = a->ai_next)
		fd = connect_to(m, a);
	if (fd < 0 && !m->cancelled) {
		snprintf(text, sizeof text, "cannot connect to %.80s: %s", host->host_and_port,
			 failed ? gai_strerror(failed) : strerror(errno));
		note(m, text);
	}
	if (all)
		freeaddrinfo(all);
	return fd;
}

static mongoc_stream_t *add_tls(struct weir_mongodb *m, mongoc_stream_t *plain, const char *host, bson_error_t *error)
{
	mongoc_ssl_opt_t options = *mongoc_ssl_opt_get_default();

	options.ca_file = m->ca;
	mongoc_stream_t *tls = mongoc_stream_tls_new_with_hostname(plain, host, &options, 1);
	if (tls && mongoc_stream_tls_handshake_block(tls, host, (int32_t)(m->timeout_us / 1000), error))
		return tls;
	mongoc_stream_destroy(tls ? tls : plain);
	if (tls && error->message[0] && !m->cancelled)
		note(m, error->message);
	return NULL;
}

mongoc_stream_t *weir_mongodb_stream_open(const mongoc_uri_t *uri, const mongoc_host_list_t *host, void *handle,
					  bson_error_t *error)
{
	struct weir_mongodb *m = handle;
	int fd = connect_to_host(m, host);
	mongoc_stream_t *stream = fd < 0 ? NULL : stream_new(m, fd);

	if (stream && mongoc_uri_get_tls(uri))
		stream = add_tls(m, stream, host->host, error);
	if (!stream)
		bson_set_error(error, MONGOC_ERROR_STREAM, MONGOC_ERROR_STREAM_CONNECT, "%s",
			       m->cancelled ? "interrupted" : m->trouble);
	return stream ? mongoc_stream_buffered_new(stream, BUFFER_BYTES) : NULL;
}
