/* A bare receiver of qpid-proton, the peer of weir in tests/bench/jms: browses a queue of a broker, takes the bytes of each
 * message, and throws them away.
 *
 *     jms_read PORT QUEUE MESSAGES */
#include <proton/connection.h>
#include <proton/delivery.h>
#include <proton/event.h>
#include <proton/link.h>
#include <proton/proactor.h>
#include <proton/sasl.h>
#include <proton/session.h>
#include <proton/terminus.h>
#include <proton/transport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 4000, MOST_BYTES = 1 << 20 };

static char bytes[MOST_BYTES];
static long wanted, got;
static size_t size;

static void begin(pn_connection_t *c, const char *queue)
{
	char address[200];
	pn_session_t *s = pn_session(c);

	snprintf(address, sizeof address, "queue://%s", queue);
	pn_connection_open(c);
	pn_session_open(s);
	pn_link_t *l = pn_receiver(s, "bare");
	pn_terminus_set_address(pn_link_source(l), address);
	pn_terminus_set_distribution_mode(pn_link_source(l), PN_DIST_MODE_COPY);
	pn_link_open(l);
	pn_link_flow(l, WINDOW);
}

static void take(pn_link_t *l, pn_delivery_t *d)
{
	if (!pn_delivery_readable(d) || pn_delivery_partial(d))
		return;
	ssize_t n = pn_link_recv(l, bytes, sizeof bytes);
	size += n > 0 ? (size_t)n : 0;
	pn_link_advance(l);
	pn_delivery_update(d, PN_ACCEPTED);
	pn_delivery_settle(d);
	got++;
	if (pn_link_credit(l) < WINDOW / 2)
		pn_link_flow(l, WINDOW - pn_link_credit(l));
}

int main(int argc, char **argv)
{
	pn_proactor_t *p = pn_proactor();
	pn_transport_t *t = pn_transport();
	char address[PN_MAX_ADDR];
	bool ended = false;

	if (argc != 4)
		return 2;
	wanted = atol(argv[3]);
	pn_proactor_addr(address, sizeof address, "127.0.0.1", argv[1]);
	pn_sasl_allowed_mechs(pn_sasl(t), "ANONYMOUS");
	pn_proactor_connect2(p, NULL, t, address);
	while (!ended && got < wanted) {
		pn_event_batch_t *batch = pn_proactor_wait(p);
		pn_event_t *e;
		while ((e = pn_event_batch_next(batch))) {
			if (pn_event_type(e) == PN_CONNECTION_INIT)
				begin(pn_event_connection(e), argv[2]);
			else if (pn_event_type(e) == PN_DELIVERY)
				take(pn_event_link(e), pn_event_delivery(e));
			else if (pn_event_type(e) == PN_PROACTOR_INACTIVE)
				ended = true;
		}
		pn_proactor_done(p, batch);
	}
	printf("%ld messages, %zu bytes\n", got, size);
	return got != wanted;
}
