/* A connection to a server: its socket, which never blocks longer than was said, and the calls that are under way on it. */
#include "kudu.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10 };

enum weir_status kudu_connection_fail(struct kudu_connection *c, struct weir_error *err, const char *what)
{
	struct weir_error local;

	weir_fail(&local, WEIR_UNREACHABLE, c->address, "%s", what);
	local.retriable = true;
	kudu_disconnect(c, &local);
	if (err)
		*err = local;
	return WEIR_UNREACHABLE;
}

void kudu_disconnect(struct kudu_connection *c, const struct weir_error *why)
{
	if (why)
		c->failure = *why;
	for (struct kudu_call *call = c->pending; call; call = call->next) {
		call->pending = false;
		call->lost = true;
	}
	c->pending = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	weir_buf_clear(&c->in);
}

/* Until the socket is ready. AGAIN: it is not by end_us. */
static enum weir_status wait_for(struct kudu_connection *c, short events, int64_t end_us, struct weir_error *err)
{
	for (;;) {
		struct pollfd p[2] = {{.fd = c->fd, .events = events},
				      {.fd = c->wake ? c->wake->fd : -1, .events = POLLIN}};
		int64_t left_us = end_us - weir_clock_mono_us(c->clock);
		int n = poll(p, 2, left_us <= 0 ? 0 : (int)((left_us + 999) / 1000));
		if (n < 0 && errno != EINTR)
			return kudu_connection_fail(c, err, strerror(errno));
		if (n > 0 && p[0].revents)
			return WEIR_OK;
		if (n > 0 && p[1].revents) {
			weir_wake_wait(c->wake, 0);
			return weir_fail(err, WEIR_CANCELLED, c->address, "interrupted");
		}
		if (left_us <= 0)
			return WEIR_AGAIN;
	}
}

enum weir_status kudu_send(struct kudu_connection *c, const struct weir_buf *bytes, struct weir_error *err)
{
	int64_t end_us = weir_clock_mono_us(c->clock) + c->timeout_us;

	if (bytes->failed)
		return kudu_out_of_memory(err);
	for (size_t done = 0; done < bytes->size;) {
		ssize_t n = send(c->fd, bytes->data + done, bytes->size - done, MSG_NOSIGNAL);
		if (n >= 0) {
			done += (size_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return kudu_connection_fail(c, err, strerror(errno));
		enum weir_status st = wait_for(c, POLLOUT, end_us, err);
		if (st == WEIR_AGAIN)
			return kudu_connection_fail(c, err, "the server takes nothing: it hangs");
		if (st != WEIR_OK) {
			kudu_disconnect(c, err); /* half a frame is sent */
			return st;
		}
	}
	return WEIR_OK;
}

/* The size of the frame at the front of what was read; 0: its length is not there yet. */
static size_t frame_size(const struct kudu_connection *c)
{
	const uint8_t *b = (const uint8_t *)c->in.data;

	return c->in.size < 4 ? 0 : 4 + ((size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3]);
}

static enum weir_status read_more(struct kudu_connection *c, struct weir_error *err)
{
	size_t want = frame_size(c);

	want = want > c->in.size ? want - c->in.size : READ_BYTES;
	if (want < READ_BYTES)
		want = READ_BYTES;
	if (!weir_buf_reserve(&c->in, want + 1))
		return kudu_out_of_memory(err);
	ssize_t n = recv(c->fd, c->in.data + c->in.size, want, 0);
	if (n > 0)
		c->in.size += (size_t)n;
	else if (n == 0)
		return kudu_connection_fail(c, err, "the server closed the connection");
	else if (errno != EAGAIN && errno != EINTR)
		return kudu_connection_fail(c, err, strerror(errno));
	return WEIR_OK;
}

/* Moves the first frame out; what was read behind it stays. */
static enum weir_status take_frame(struct kudu_connection *c, size_t size, struct weir_buf *frame,
				   struct weir_error *err)
{
	struct weir_buf rest = {0};

	weir_buf_add(&rest, c->in.data + size, c->in.size - size);
	if (rest.failed)
		return kudu_out_of_memory(err);
	weir_buf_release(frame);
	*frame = c->in;
	frame->size = size;
	c->in = rest;
	return WEIR_OK;
}

enum weir_status kudu_receive(struct kudu_connection *c, int64_t end_us, struct weir_buf *frame, struct weir_error *err)
{
	for (;;) {
		size_t size = frame_size(c);
		if (size > KUDU_MOST_BYTES)
			return kudu_connection_fail(c, err, "it does not answer as a Kudu server does");
		if (size && c->in.size >= size)
			return take_frame(c, size, frame, err);
		enum weir_status st = wait_for(c, POLLIN, end_us, err);
		if (st == WEIR_OK)
			st = read_more(c, err);
		if (st != WEIR_OK)
			return st;
	}
}

/* ---- calls ---- */

enum weir_status kudu_call_start(struct kudu_connection *c, struct kudu_call *call, const char *service,
				 const char *method, const ProtobufCMessage *message, struct weir_error *err)
{
	Kw__Method named = KW__METHOD__INIT;
	Kw__Asked head = KW__ASKED__INIT;

	named.service = (char *)service;
	named.name = (char *)method;
	head.method = &named;
	head.call = c->last_call = c->last_call == INT32_MAX ? 1 : c->last_call + 1;
	head.has_timeout_ms = true;
	head.timeout_ms = (uint32_t)(c->timeout_us / 1000);
	weir_buf_clear(&c->out);
	kudu_frame_write(&head, message, &c->out);
	enum weir_status st = kudu_send(c, &c->out, err);
	if (st != WEIR_OK)
		return st;
	call->id = head.call;
	call->pending = true;
	call->lost = false;
	call->end_us = weir_clock_mono_us(c->clock) + c->timeout_us;
	call->next = c->pending;
	c->pending = call;
	return WEIR_OK;
}

void kudu_call_drop(struct kudu_connection *c, struct kudu_call *call)
{
	for (struct kudu_call **at = &c->pending; call->pending && *at; at = &(*at)->next)
		if (*at == call) {
			*at = call->next;
			break;
		}
	call->pending = false;
	weir_buf_release(&call->frame);
}

/* Gives the frame to the call that it answers; one that nobody waits for goes. */
static enum weir_status hand_over(struct kudu_connection *c, struct weir_buf *frame, struct weir_error *err)
{
	struct kudu_answer answer;

	if (!kudu_answer_read((struct weir_str){frame->data + 4, frame->size - 4}, &answer)) {
		weir_buf_release(frame);
		return kudu_connection_fail(c, err, "its answer is malformed");
	}
	for (struct kudu_call **at = &c->pending; *at; at = &(*at)->next) {
		struct kudu_call *call = *at;
		if (call->id != answer.call)
			continue;
		*at = call->next;
		call->pending = false;
		weir_buf_release(&call->frame);
		call->frame = *frame;
		call->answer = answer;
		return WEIR_OK;
	}
	weir_buf_release(frame);
	return WEIR_OK;
}

static enum weir_status call_failed(struct kudu_connection *c, const struct kudu_answer *answer, struct weir_error *err)
{
	Kw__Failure *f = kw__failure__unpack(NULL, answer->message.size, (const uint8_t *)answer->message.data);

	if (!f)
		return kudu_connection_fail(c, err, "its answer is malformed");
	int code = f->has_code ? f->code : 0;
	bool away = code == KUDU_CALL_BUSY || code == KUDU_CALL_UNAVAILABLE || code == KUDU_CALL_CLOSING ||
		    code == KUDU_CALL_BAD_PASS;
	enum weir_status st = away                                                            ? WEIR_UNREACHABLE
			      : code == KUDU_CALL_UNAUTHORIZED || code == KUDU_CALL_BAD_TOKEN ? WEIR_DENIED
											      : WEIR_IO;
	weir_fail(err, st, c->address, "%.300s", f->text);
	if (err)
		err->retriable = away;
	kw__failure__free_unpacked(f, NULL);
	return st;
}

enum weir_status kudu_call_wait(struct kudu_connection *c, struct kudu_call *call, struct weir_error *err)
{
	while (call->pending) {
		struct weir_buf frame = {0};
		enum weir_status st = kudu_receive(c, call->end_us, &frame, err);
		if (st == WEIR_OK)
			st = hand_over(c, &frame, err);
		else if (st == WEIR_AGAIN)
			st = kudu_connection_fail(c, err, "the server does not answer: it hangs");
		if (st != WEIR_OK)
			return st;
	}
	if (call->lost) {
		if (err)
			*err = c->failure;
		return c->failure.code;
	}
	return call->answer.failed ? call_failed(c, &call->answer, err) : WEIR_OK;
}

/* ---- connecting ---- */

static enum weir_status finish_connecting(struct kudu_connection *c, struct weir_error *err)
{
	int number = 0;
	socklen_t size = sizeof number;
	enum weir_status st = wait_for(c, POLLOUT, weir_clock_mono_us(c->clock) + c->timeout_us, err);

	if (st == WEIR_AGAIN)
		return kudu_connection_fail(c, err, "could not connect: no answer");
	if (st != WEIR_OK)
		return st;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &number, &size) != 0)
		number = errno;
	if (!number)
		return WEIR_OK;
	char what[120];
	snprintf(what, sizeof what, "could not connect: %s", strerror(number));
	return kudu_connection_fail(c, err, what);
}

static enum weir_status try_address(struct kudu_connection *c, const struct addrinfo *a, struct weir_error *err)
{
	const int on = 1;

	c->fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
	if (c->fd < 0)
		return kudu_connection_fail(c, err, strerror(errno));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	if (connect(c->fd, a->ai_addr, a->ai_addrlen) == 0)
		return WEIR_OK;
	if (errno == EINPROGRESS)
		return finish_connecting(c, err);
	char what[120];
	snprintf(what, sizeof what, "could not connect: %s", strerror(errno));
	return kudu_connection_fail(c, err, what);
}

/* "host:port", "[::1]:port" */
static bool split(const char *address, char *host, size_t room, const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t size = colon ? (size_t)(colon - address) : 0;

	if (size > 2 && address[0] == '[' && address[size - 1] == ']') {
		address++;
		size -= 2;
	}
	if (!size || size >= room)
		return false;
	memcpy(host, address, size);
	host[size] = '\0';
	*port = colon + 1;
	return true;
}

enum weir_status kudu_connect(struct kudu_connection *c, struct weir_error *err)
{
	const struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *found = NULL;
	char host[256], what[120];
	const char *port;

	kudu_disconnect(c, NULL);
	if (!split(c->address, host, sizeof host, &port))
		return kudu_connection_fail(c, err, "is no address of a server");
	int number = getaddrinfo(host, port, &want, &found);
	if (number) {
		snprintf(what, sizeof what, "could not find the host: %s", gai_strerror(number));
		return kudu_connection_fail(c, err, what);
	}
	enum weir_status st = WEIR_UNREACHABLE;
	for (const struct addrinfo *a = found; a && st == WEIR_UNREACHABLE; a = a->ai_next)
		st = try_address(c, a, err);
	freeaddrinfo(found);
	if (st == WEIR_CANCELLED)
		kudu_disconnect(c, err);
	return st;
}
