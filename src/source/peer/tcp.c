/* tcp://HOST:PORT: connects, and reads what comes. */
#include "peer.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A peer that is gone without a word is noticed after about a minute. */
enum { IDLE_S = 30, INTERVAL_S = 10, PROBES = 3 };

struct tcp {
	struct weir_peer peer;
	char *host, *port;      /* owned */
	struct addrinfo *found; /* owned; of the name, when it was last asked for */
	struct addrinfo *next;  /* of these, the one to try next */
};

static const struct weir_uri_option options[] = {
    {"reconnect", "yes|no", "connect again when the connection ends (a screen does, a batch ends with it)"},
    {NULL, NULL, NULL},
};

static void tcp_release(struct weir_peer *p)
{
	struct tcp *t = (struct tcp *)p;

	if (t->found)
		freeaddrinfo(t->found);
	free(t->host);
	free(t->port);
}

static enum weir_status resolve(struct tcp *t, struct weir_error *err)
{
	const struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};

	if (t->found)
		freeaddrinfo(t->found);
	t->found = t->next = NULL;
	int number = getaddrinfo(t->host, t->port, &want, &t->found);
	t->next = t->found;
	return number ? weir_fail(err, WEIR_UNREACHABLE, t->peer.address, "could not find the host: %s",
				  gai_strerror(number))
		      : WEIR_OK;
}

static void watch_peer(int fd)
{
	static const struct {
		int level, name, value;
	} wanted[] = {{SOL_SOCKET, SO_KEEPALIVE, 1},
		      {IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S},
		      {IPPROTO_TCP, TCP_KEEPINTVL, INTERVAL_S},
		      {IPPROTO_TCP, TCP_KEEPCNT, PROBES}};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		(void)setsockopt(fd, wanted[i].level, wanted[i].name, &wanted[i].value, sizeof wanted[i].value);
}

/* The addresses of a name are tried one after another; after the last, the name is asked for again. */
static enum weir_status tcp_open(struct weir_peer *p, int *fd, struct weir_error *err)
{
	struct tcp *t = (struct tcp *)p;
	enum weir_status st = t->next ? WEIR_OK : resolve(t, err);

	while (st == WEIR_OK && t->next) {
		const struct addrinfo *a = t->next;
		t->next = a->ai_next;
		*fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
		if (*fd < 0)
			return weir_fail(err, WEIR_UNREACHABLE, p->address, "could not connect: %s", strerror(errno));
		watch_peer(*fd);
		if (connect(*fd, a->ai_addr, a->ai_addrlen) == 0)
			return WEIR_OK;
		if (errno == EINPROGRESS)
			return WEIR_AGAIN;
		weir_fail(err, WEIR_UNREACHABLE, p->address, "could not connect: %s", strerror(errno));
		close(*fd);
		*fd = -1;
	}
	return st == WEIR_OK ? WEIR_UNREACHABLE : st;
}

static const struct weir_peer_kind kind = {.open = tcp_open,
					   .ended = weir_peer_closed,
					   .release = tcp_release,
					   .again_param = "reconnect",
					   .again_live = true};

/* "host:5140", "[::1]:5140" */
static enum weir_status split_address(struct tcp *t, const struct weir_uri *uri, struct weir_error *err)
{
	struct weir_str hosts = weir_str_of(uri->hosts), port = {0};
	const char *colon = hosts.size ? memrchr(hosts.data, ':', hosts.size) : NULL;
	struct weir_str host = {hosts.data, colon ? (size_t)(colon - hosts.data) : 0};
	int64_t number;

	if (colon)
		port = (struct weir_str){colon + 1, hosts.size - host.size - 1};
	if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
		host = (struct weir_str){host.data + 1, host.size - 2};
	if (!host.size || *uri->path || uri->user || !weir_parse_int64(port, false, &number) || number < 1 ||
	    number > UINT16_MAX) {
		weir_fail(err, WEIR_USAGE, "tcp", "the address is not of the form tcp://HOST:PORT");
		weir_error_hint(err, "for example tcp://127.0.0.1:5140; to wait for connections, tcp-listen://:5140");
		return WEIR_USAGE;
	}
	t->host = weir_str_dup(host);
	t->port = weir_str_dup(port);
	return t->host && t->port ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "tcp", "out of memory while opening");
}

static enum weir_status open_source(const struct weir_source_config *config, struct weir_source **out,
				    struct weir_error *err)
{
	struct weir_peer *p;
	enum weir_status st = weir_peer_new(sizeof(struct tcp), &kind, config, &p, err);

	if (st != WEIR_OK)
		return st;
	if ((st = split_address((struct tcp *)p, &config->uri, err)) != WEIR_OK) {
		weir_peer_close(&p->base);
		return st;
	}
	*out = &p->base;
	return WEIR_OK;
}

const struct weir_source_ops weir_source_tcp = {
    .name = "tcp",
    .schemes = "tcp",
    .help = "a TCP server: connects, reads what it sends, and connects again; not encrypted",
    .example = "tcp://127.0.0.1:5140",
    .once = true,
    .can_wait = true,
    .options = options,
    .open = open_source,
    .poll = weir_peer_poll,
    .consume = weir_peer_consume,
    .wake = weir_peer_wake,
    .status = weir_peer_status,
    .finite = weir_peer_finite,
    .close = weir_peer_close,
};
