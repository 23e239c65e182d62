/* What listeners share: the address, the socket, and the records until they are consumed. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void weir_listen_name(const struct sockaddr_storage *from, char *out, size_t size)
{
	socklen_t n = from->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

	if (getnameinfo((const struct sockaddr *)from, n, out, (socklen_t)size, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(out, size, "unknown");
}

/* Where it listens, with the port that the system gave. */
static void name_here(struct weir_listen *l)
{
	struct sockaddr_storage at = {0};
	socklen_t size = sizeof at;
	char host[50], port[10];

	if (getsockname(l->fd, (struct sockaddr *)&at, &size) == 0 &&
	    getnameinfo((const struct sockaddr *)&at, size, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(l->here, sizeof l->here, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static enum weir_status bind_to(struct weir_listen *l, int type, const struct addrinfo *a, struct weir_error *err)
{
	int one = 1;

	l->fd = socket(a->ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd >= 0 && type == SOCK_STREAM)
		(void)setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (l->fd >= 0 && bind(l->fd, a->ai_addr, a->ai_addrlen) == 0) {
		name_here(l);
		return WEIR_OK;
	}
	int number = errno;
	weir_fail(err, number == EACCES ? WEIR_DENIED : WEIR_IO, l->address, "could not listen: %s", strerror(number));
	if (number == EADDRINUSE)
		weir_error_hint(err, "another program listens there; take another port, or :0 for any that is free");
	else if (number == EACCES)
		weir_error_hint(err, "ports below 1024 are the system's; take another one");
	return number == EACCES ? WEIR_DENIED : WEIR_IO;
}

/* ":5140", "0.0.0.0:5140", "[::]:5140" */
static enum weir_status open_socket(struct weir_listen *l, int type, const struct weir_uri *uri, struct weir_error *err)
{
	const struct addrinfo want = {
	    .ai_family = AF_UNSPEC, .ai_socktype = type, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char host[256], *end;
	const char *colon = uri->hosts ? strrchr(uri->hosts, ':') : NULL;
	int64_t port;

	if (!colon || *uri->path || uri->user || !weir_parse_int64(weir_str_of(colon + 1), false, &port) || port < 0 ||
	    port > UINT16_MAX || colon - uri->hosts >= (ptrdiff_t)sizeof host) {
		weir_fail(err, WEIR_USAGE, uri->scheme,
			  "the address is not of the form %s://:PORT or %s://ADDRESS:PORT", uri->scheme, uri->scheme);
		weir_error_hint(err, "for example %s://:5140, on loopback; 0.0.0.0:5140 is reached from other machines",
				uri->scheme);
		return WEIR_USAGE;
	}
	bool bracketed = uri->hosts[0] == '[';
	snprintf(host, sizeof host, "%.*s", (int)(colon - uri->hosts) - bracketed, uri->hosts + bracketed);
	if (bracketed && (end = strchr(host, ']')))
		*end = 0;
	int number = getaddrinfo(host[0] ? host : "127.0.0.1", colon + 1, &want, &found);
	if (number)
		return weir_fail(err, WEIR_USAGE, l->address, "could not find the address: %s", gai_strerror(number));
	enum weir_status st = bind_to(l, type, found, err);
	freeaddrinfo(found);
	return st;
}

enum weir_status weir_listen_new(size_t size, int type, const struct weir_source_config *config,
				 struct weir_listen **out, struct weir_error *err)
{
	struct weir_buf address = {0};
	struct weir_listen *l = weir_calloc(1, size);

	*out = NULL;
	if (!l)
		return weir_fail(err, WEIR_NO_MEMORY, config->uri.scheme, "out of memory while opening");
	l->fd = l->wake.fd = -1;
	l->log = config->log;
	l->clock = config->clock;
	enum weir_status st = weir_progress_init_bytes(&l->progress, err);
	if (st == WEIR_OK)
		st = weir_wake_init(&l->wake, err);
	weir_uri_show(&config->uri, &address);
	l->address = address.data;
	l->messages = weir_alloc(WEIR_LISTEN_MESSAGES * sizeof *l->messages);
	if (st == WEIR_OK && (address.failed || !l->messages))
		st = weir_fail(err, WEIR_NO_MEMORY, config->uri.scheme, "out of memory while opening");
	if (st == WEIR_OK)
		st = open_socket(l, type, &config->uri, err);
	if (st != WEIR_OK) {
		weir_listen_release(l);
		free(l);
		return st;
	}
	*out = l;
	return WEIR_OK;
}

void weir_listen_release(struct weir_listen *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->wake.fd >= 0)
		weir_wake_release(&l->wake);
	weir_arena_release(&l->texts);
	weir_progress_release(&l->progress);
	free(l->messages);
	free(l->address);
}

bool weir_listen_add(struct weir_listen *l, struct weir_str record, struct weir_str sender)
{
	struct weir_message *m = &l->messages[l->n];

	*m = (struct weir_message){.payload = weir_arena_str(&l->texts, record),
				   .key = weir_arena_str(&l->texts, sender),
				   .offset = l->offset,
				   .time_us = weir_clock_wall_us(l->clock)};
	if (!m->payload.data || !m->key.data)
		return false;
	l->n++;
	l->offset++;
	weir_progress_add(&l->progress, record.size, record.size);
	return true;
}

void weir_listen_shed(struct weir_listen *l, uint64_t n, const char *why)
{
	if (!n)
		return;
	l->shed += n;
	weir_partitions_at(l->progress.partitions, 0)->shed = l->shed;
	weir_log_add(l->log, WEIR_LOG_WARNING, l->address, "%llu record%s dropped: %s", (unsigned long long)n,
		     n == 1 ? " was" : "s were", why);
}

void weir_listen_drop_used(struct weir_listen *l)
{
	l->n -= l->n_used;
	if (l->n && l->n_used)
		memmove(l->messages, l->messages + l->n_used, l->n * sizeof *l->messages);
	l->n_used = 0;
	if (l->n == 0)
		weir_arena_reset(&l->texts);
}

enum weir_status weir_listen_hand_out(struct weir_listen *l, bool at_end, struct weir_chunk *chunk)
{
	struct weir_partition *one = weir_partitions_at(l->progress.partitions, 0);

	one->position = l->offset;
	chunk->is_messages = true;
	chunk->messages = l->messages;
	chunk->n_messages = l->n;
	chunk->partitions = l->progress.partitions;
	chunk->full = l->n == WEIR_LISTEN_MESSAGES;
	chunk->at_end = at_end;
	chunk->arrival_us = weir_clock_wall_us(l->clock);
	l->told_end = at_end;
	l->consumed = false;
	return WEIR_OK;
}

void weir_listen_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct weir_listen *l = (struct weir_listen *)s;

	l->n_used = l->n - left->n_messages;
	l->consumed = l->n_used > 0;
}

void weir_listen_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_listen *)s)->wake);
}

void weir_listen_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_listen *)s)->progress, out);
}
