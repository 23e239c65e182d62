/* The socket of a broker: connects, lets the wire work, and connects again. */
#include "jms.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PATIENCE_US = 6000000, /* a batch that reaches nobody so long gives up, as with Kafka */
	CONNECT_US = 15000000, /* until the subscription stands */
	KEEP_IDLE_S = 30,      /* a broker that is gone without a word is noticed after about a minute */
	KEEP_INTERVAL_S = 10,
	KEEP_PROBES = 3,
};

static void show_waiting(struct jms *j)
{
	int64_t left_us = j->next_try_us - weir_clock_mono_us(j->clock);
	char text[200];

	snprintf(text, sizeof text, "%s; next try in %lld s", j->why,
		 left_us > 0 ? (long long)((left_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S) : 0);
	weir_progress_state(&j->progress, j->was_attached ? WEIR_SOURCE_RECONNECTING : WEIR_SOURCE_CONNECTING, text);
}

void jms_disconnect(struct jms *j, bool politely)
{
	if (j->started)
		j->wire->stop(j, politely);
	if (j->fd >= 0)
		close(j->fd);
	if (j->attached)
		j->detached_us = weir_clock_mono_us(j->clock);
	j->fd = -1;
	j->connecting = j->started = j->attached = j->drained = false;
}

/* It failed: tries again after a while, or not at all. */
static enum weir_status failed(struct jms *j, const struct weir_error *why, struct weir_error *err)
{
	bool known = strcmp(j->why, why->what) == 0;
	bool patient = j->live || j->was_attached || weir_clock_mono_us(j->clock) - j->began_us <= PATIENCE_US;

	jms_disconnect(j, false);
	/* What was there once may come back: a broker that restarts does not know all of its queues at once. */
	if ((!why->retriable && !j->was_attached) || !patient) {
		*err = *why;
		return why->code;
	}
	snprintf(j->why, sizeof j->why, "%.150s", why->what);
	j->next_try_us = weir_clock_mono_us(j->clock) + weir_backoff_next(&j->backoff);
	if (!known)
		weir_log_add(j->log, WEIR_LOG_WARNING, j->address, "%s; trying again", j->why);
	show_waiting(j);
	return WEIR_OK;
}

static void set_socket(int fd)
{
	static const struct {
		int level, name, value;
	} wanted[] = {{SOL_SOCKET, SO_KEEPALIVE, 1},
		      {IPPROTO_TCP, TCP_NODELAY, 1},
		      {IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S},
		      {IPPROTO_TCP, TCP_KEEPINTVL, KEEP_INTERVAL_S},
		      {IPPROTO_TCP, TCP_KEEPCNT, KEEP_PROBES}};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		(void)setsockopt(fd, wanted[i].level, wanted[i].name, &wanted[i].value, sizeof wanted[i].value);
}

static enum weir_status unreachable(struct jms *j, const char *why, struct weir_error *err)
{
	weir_fail(err, WEIR_UNREACHABLE, j->address, "could not connect: %s", why);
	err->retriable = true;
	return WEIR_UNREACHABLE;
}

static enum weir_status resolve(struct jms *j, struct weir_error *err)
{
	const struct addrinfo want = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};

	if (j->found)
		freeaddrinfo(j->found);
	j->found = j->next = NULL;
	int number = getaddrinfo(j->host, j->port, &want, &j->found);
	j->next = j->found;
	return number ? unreachable(j, gai_strerror(number), err) : WEIR_OK;
}

/* The addresses of a name are tried one after another; after the last, the name is asked for again. */
static enum weir_status begin(struct jms *j, struct weir_error *err)
{
	enum weir_status st = j->next ? WEIR_OK : resolve(j, err);

	while (st == WEIR_OK && j->next) {
		const struct addrinfo *a = j->next;
		j->next = a->ai_next;
		j->fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
		if (j->fd < 0)
			return unreachable(j, strerror(errno), err);
		set_socket(j->fd);
		j->connecting = true;
		j->next_try_us = weir_clock_mono_us(j->clock) + CONNECT_US;
		if (connect(j->fd, a->ai_addr, a->ai_addrlen) == 0 || errno == EINPROGRESS)
			return WEIR_OK;
		unreachable(j, strerror(errno), err);
		close(j->fd);
		j->fd = -1;
	}
	return st == WEIR_OK ? WEIR_UNREACHABLE : st;
}

static enum weir_status finish_connecting(struct jms *j, struct weir_error *err)
{
	struct pollfd now = {j->fd, POLLOUT, 0};
	int number = 0;
	socklen_t size = sizeof number;

	if (poll(&now, 1, 0) <= 0)
		return WEIR_AGAIN;
	if (getsockopt(j->fd, SOL_SOCKET, SO_ERROR, &number, &size) < 0)
		number = errno;
	if (number)
		return unreachable(j, strerror(number), err);
	j->connecting = false;
	return WEIR_OK;
}

bool jms_blame_certificate(const struct jms *j, const char *text, struct weir_error *err)
{
	if (!j->tls || !text || !strstr(text, "certificate"))
		return false;
	err->code = WEIR_DENIED;
	err->retriable = false;
	if (!strstr(text, "alert")) /* that is what the other side says */
		weir_error_hint(
		    err,
		    "ssl.ca.location=FILE names the certificate of the broker's CA; the host must be the one it is for");
	else if (j->certificate)
		weir_error_hint(err, "the broker does not accept the certificate of ssl.certificate.location=");
	else
		weir_error_hint(
		    err, "the broker asks for a certificate: ssl.certificate.location=FILE and ssl.key.location=FILE");
	return true;
}

void jms_attached(struct jms *j)
{
	char text[200];

	j->attached = true;
	j->why[0] = 0;
	weir_backoff_reset(&j->backoff);
	weir_progress_state(&j->progress, WEIR_SOURCE_LIVE, NULL);
	if (j->was_attached && j->kind == JMS_TOPIC) {
		j->n_gaps++;
		j->gap_us += weir_clock_mono_us(j->clock) - j->detached_us;
		snprintf(
		    text, sizeof text,
		    "%llu gap%s of %.1f s in all: what topic %.60s got meanwhile was not kept (durable=NAME keeps it)",
		    (unsigned long long)j->n_gaps, j->n_gaps == 1 ? "" : "s", (double)j->gap_us / 1e6, j->name);
		weir_progress_unread(&j->progress, text);
		weir_log_add(j->log, WEIR_LOG_WARNING, j->address, "%s", text);
	}
	j->was_attached = true;
}

enum weir_status jms_advance(struct jms *j, struct weir_error *err)
{
	struct weir_error why = {0};
	enum weir_status st = WEIR_OK;
	int64_t now_us = weir_clock_mono_us(j->clock);

	if (j->fd < 0) {
		/* What is held must be handed over first: it comes again, and is told from it by its id. */
		if (now_us < j->next_try_us || j->n_held) {
			if (j->why[0])
				show_waiting(j);
			return WEIR_OK;
		}
		st = begin(j, &why);
	}
	if (st == WEIR_OK && j->connecting && (st = finish_connecting(j, &why)) == WEIR_AGAIN) {
		if (now_us < j->next_try_us)
			return WEIR_OK;
		st = unreachable(j, "nobody answers", &why);
	}
	if (st == WEIR_OK && !j->started) {
		j->session++;
		j->started = true;
		st = j->wire->start(j, &why);
	}
	if (st == WEIR_OK)
		st = j->wire->work(j, &why);
	if (st == WEIR_OK && !j->attached && now_us >= j->next_try_us)
		st = unreachable(j, "the broker does not answer", &why);
	return st == WEIR_OK ? WEIR_OK : failed(j, &why, err);
}

short jms_wants(struct jms *j, int64_t *until_us)
{
	if (!j->attached && (j->fd >= 0 || !j->n_held) && j->next_try_us < *until_us)
		*until_us = j->next_try_us;
	return j->fd < 0 ? 0 : j->connecting ? POLLOUT : j->wire->wants(j, until_us);
}
