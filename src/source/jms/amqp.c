/* AMQP 1.0 by the engine of qpid-proton, which has no socket and no thread of its own: bytes go in, events and bytes come out.
 * Here is the connection; amqp_link.c has the subscription and its messages. */
#include "amqp.h"

#include <errno.h>
#include <proton/delivery.h>
#include <proton/sasl.h>
#include <proton/session.h>
#include <proton/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	READ_BYTES = 64 << 10,
	SILENCE_MS = 20000, /* a broker that says nothing for so long is gone */
	LEAVE_MS = 300,     /* that a broker has to take the last acknowledgements when we leave */
};

/* ---- setting up ---- */

static bool use_tls(struct jms *j, pn_transport_t *t)
{
	pn_ssl_domain_t *d = pn_ssl_present() ? pn_ssl_domain(PN_SSL_MODE_CLIENT) : NULL;
	pn_ssl_t *ssl = d ? pn_ssl(t) : NULL;
	bool good = ssl && (!j->ca || pn_ssl_domain_set_trusted_ca_db(d, j->ca) == 0) &&
		    pn_ssl_domain_set_peer_authentication(d, PN_SSL_VERIFY_PEER_NAME, NULL) == 0 &&
		    (!j->certificate ||
		     pn_ssl_domain_set_credentials(d, j->certificate, j->key ? j->key : j->certificate, NULL) == 0) &&
		    pn_ssl_init(ssl, d, NULL) == 0 && pn_ssl_set_peer_hostname(ssl, j->host) == 0;

	if (d)
		pn_ssl_domain_free(d);
	return good;
}

static void use_sasl(struct jms *j, pn_transport_t *t)
{
	pn_sasl_t *sasl = pn_sasl(t);

	pn_sasl_allowed_mechs(sasl, amqp_logins(j));
	pn_sasl_set_allow_insecure_mechs(sasl, j->mechanism != NULL);
}

static enum weir_status start(struct jms *j, struct weir_error *err)
{
	struct amqp *a = weir_calloc(1, sizeof *a);

	if (!a || pn_connection_driver_init(&a->driver, NULL, NULL) != 0) {
		free(a);
		return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while connecting");
	}
	j->state = a;
	a->tick_us = INT64_MAX;
	pn_transport_t *t = a->driver.transport;
	pn_transport_set_idle_timeout(t, SILENCE_MS);
	pn_connection_set_container(a->driver.connection, j->client_id);
	pn_connection_set_hostname(a->driver.connection, j->host);
	if (j->user)
		pn_connection_set_user(a->driver.connection, j->user);
	if (j->password)
		pn_connection_set_password(a->driver.connection, j->password);
	use_sasl(j, t);
	if (j->tls && !use_tls(j, t)) {
		weir_fail(err, WEIR_IO, j->address, "could not set up TLS");
		weir_error_hint(err,
				"check the files of ssl.ca.location=, ssl.certificate.location= and ssl.key.location=");
		return WEIR_IO;
	}
	pn_connection_open(a->driver.connection);
	return WEIR_OK;
}

/* ---- the connection ---- */

static enum weir_status on_event(struct jms *j, struct amqp *a, pn_event_t *e, struct weir_error *err)
{
	switch (pn_event_type(e)) {
	case PN_CONNECTION_REMOTE_OPEN:
		return amqp_begin(j, a, err);
	case PN_LINK_REMOTE_OPEN:
		return pn_event_link(e) == a->link ? amqp_answered(j, a, err) : WEIR_OK;
	case PN_LINK_REMOTE_CLOSE:
	case PN_LINK_REMOTE_DETACH:
		if (a->again && pn_event_link(e) == a->link) {
			j->session++; /* the deliveries that are held go with the link */
			pn_link_free(a->link);
			return amqp_open_link(j, a, err);
		}
		return amqp_fail(j, pn_link_remote_condition(pn_event_link(e)),
				 "the broker refused or ended the subscription", err);
	case PN_SESSION_REMOTE_CLOSE:
		return amqp_fail(j, pn_session_remote_condition(pn_event_session(e)), "the broker ended the session",
				 err);
	case PN_CONNECTION_REMOTE_CLOSE:
		return amqp_fail(j, pn_connection_remote_condition(pn_event_connection(e)),
				 "the broker closed the connection", err);
	case PN_TRANSPORT_ERROR:
		return amqp_fail(j, pn_transport_condition(a->driver.transport), "the connection broke", err);
	case PN_TRANSPORT_CLOSED:
		return amqp_fail(j, NULL, "the broker closed the connection", err);
	default:
		return WEIR_OK;
	}
}

static enum weir_status handle_events(struct jms *j, struct amqp *a, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	pn_event_t *e;

	while (st == WEIR_OK && (e = pn_connection_driver_next_event(&a->driver)))
		st = on_event(j, a, e, err);
	return st;
}

static void send_some(struct jms *j, struct amqp *a)
{
	pn_bytes_t out;

	while ((out = pn_connection_driver_write_buffer(&a->driver)).size > 0) {
		ssize_t n = send(j->fd, out.start, out.size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0) {
			pn_connection_driver_errorf(&a->driver, "weir:io", "%s", strerror(errno));
			pn_connection_driver_close(&a->driver);
			return;
		}
		pn_connection_driver_write_done(&a->driver, (size_t)n);
	}
}

/* True: something came, or the end of it. */
static bool receive_some(struct jms *j, struct amqp *a)
{
	pn_rwbytes_t in = pn_connection_driver_read_buffer_sized(&a->driver, READ_BYTES);
	ssize_t n = in.size ? recv(j->fd, in.start, in.size, 0) : -1;

	if (n > 0) {
		pn_connection_driver_read_done(&a->driver, (size_t)n);
		return true;
	}
	if (!in.size || (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)))
		return false;
	pn_connection_driver_errorf(&a->driver, "weir:io", "%s", n < 0 ? strerror(errno) : "the other side closed it");
	pn_connection_driver_close(&a->driver);
	return true;
}

static void tick(struct jms *j, struct amqp *a)
{
	int64_t now_ms = weir_clock_mono_us(j->clock) / 1000, next_ms = pn_transport_tick(a->driver.transport, now_ms);

	a->tick_us = next_ms ? next_ms * 1000 : INT64_MAX;
}

static enum weir_status work(struct jms *j, struct weir_error *err)
{
	struct amqp *a = j->state;
	enum weir_status st;
	bool more;

	do {
		more = jms_may_read(j) && receive_some(j, a);
		st = handle_events(j, a, err);
		if (st == WEIR_OK)
			st = amqp_take(j, a, &more, err);
		if (st == WEIR_OK)
			st = amqp_flow(j, a, err);
		if (st != WEIR_OK)
			return st;
		tick(j, a);
		send_some(j, a);
	} while (more && jms_may_read(j));
	return handle_events(j, a, err);
}

static short wants(struct jms *j, int64_t *until_us)
{
	struct amqp *a = j->state;
	int64_t due_us = amqp_due(j, a);

	if (a->tick_us < *until_us)
		*until_us = a->tick_us;
	if (due_us < *until_us)
		*until_us = due_us;
	return (short)((jms_may_read(j) ? POLLIN : 0) |
		       (pn_connection_driver_write_buffer(&a->driver).size ? POLLOUT : 0));
}

/* Says good-bye, and sends what is to be acknowledged before. A durable subscription is detached: closing would end it. */
static void leave(struct jms *j, struct amqp *a)
{
	int64_t until_us = weir_clock_mono_us(j->clock) + LEAVE_MS * 1000;

	if (a->link && j->kind == JMS_DURABLE)
		pn_link_detach(a->link);
	else if (a->link)
		pn_link_close(a->link);
	pn_connection_close(a->driver.connection);
	while (!pn_connection_driver_finished(&a->driver)) {
		while (pn_connection_driver_next_event(&a->driver))
			;
		send_some(j, a);
		int64_t left_us = until_us - weir_clock_mono_us(j->clock);
		struct pollfd p = {j->fd, POLLIN, 0};
		if (left_us <= 0 || poll(&p, 1, (int)(left_us / 1000) + 1) <= 0)
			break;
		receive_some(j, a);
	}
}

static void stop(struct jms *j, bool politely)
{
	struct amqp *a = j->state;

	if (!a)
		return;
	if (politely && j->attached)
		leave(j, a);
	pn_connection_driver_destroy(&a->driver);
	free(a);
	j->state = NULL;
}

const struct jms_wire jms_amqp = {
    .port = "5672",
    .tls_port = "5671",
    .check = amqp_check,
    .start = start,
    .work = work,
    .wants = wants,
    .acknowledge = amqp_acknowledge,
    .stop = stop,
};
