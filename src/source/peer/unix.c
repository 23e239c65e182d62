/* unix:PATH: connects to a socket of the file system, and reads what comes. */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct local {
	struct weir_peer peer;
	struct sockaddr_un place;
};

static const struct weir_uri_option options[] = {
    {"reconnect", "yes|no", "connect again when the connection ends (a screen does, a batch ends with it)"},
    {NULL, NULL, NULL},
};

static enum weir_status local_open(struct weir_peer *p, int *fd, struct weir_error *err)
{
	const struct local *l = (const struct local *)p;

	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd >= 0 && connect(*fd, (const struct sockaddr *)&l->place, sizeof l->place) == 0)
		return WEIR_OK;
	int number = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	weir_fail(err, WEIR_UNREACHABLE, p->address, "could not connect: %s", strerror(number));
	if (number == EPROTOTYPE)
		weir_error_hint(err, "it is a socket of datagrams; only one of streams can be read");
	return number == EPROTOTYPE || number == ENOTSOCK ? (err->code = WEIR_USAGE) : WEIR_UNREACHABLE;
}

static const struct weir_peer_kind kind = {
    .open = local_open, .ended = weir_peer_closed, .again_param = "reconnect", .again_live = true};

static enum weir_status open_source(const struct weir_source_config *config, struct weir_source **out,
				    struct weir_error *err)
{
	size_t size = strlen(config->uri.path);
	struct weir_peer *p;

	if (!size || config->uri.hosts || size >= sizeof((struct sockaddr_un *)0)->sun_path) {
		weir_fail(err, WEIR_USAGE, "unix", "%s",
			  size && !config->uri.hosts ? "the path is longer than a socket's may be"
						     : "there is no path");
		weir_error_hint(err, "for example unix:/run/app/log.sock");
		return WEIR_USAGE;
	}
	enum weir_status st = weir_peer_new(sizeof(struct local), &kind, config, &p, err);
	if (st != WEIR_OK)
		return st;
	struct sockaddr_un *place = &((struct local *)p)->place;
	place->sun_family = AF_UNIX;
	memcpy(place->sun_path, config->uri.path, size);
	*out = &p->base;
	return WEIR_OK;
}

const struct weir_source_ops weir_source_unix = {
    .name = "unix",
    .schemes = "unix",
    .help = "a socket of the file system: connects, reads what comes, and connects again",
    .example = "unix:/run/app/log.sock",
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
