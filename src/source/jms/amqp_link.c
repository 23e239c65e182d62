/* The subscription, or browse, of an AMQP connection: what is asked for, the messages, and how many may come. */
#include "amqp.h"

#include "weir/base/bounds.h"

#include <proton/codec.h>
#include <proton/delivery.h>
#include <proton/session.h>
#include <proton/terminus.h>

enum {
	QUIET_US = 20000, /* nothing comes for so long: the broker is asked whether there is more */
	LOOK_US = 250000, /* between looks at a queue whose end was seen */
	ANSWER_US =
	    2000000, /* a browse whose end is not told for so long is begun again: Classic forgets to, now and then */
};

/* What the broker says of itself. */
static bool property_is(pn_connection_t *c, const char *name, pn_bytes_t *out)
{
	pn_data_t *d = pn_connection_remote_properties(c);
	bool found = false;

	pn_data_rewind(d);
	if (!pn_data_next(d) || pn_data_type(d) != PN_MAP)
		return false;
	size_t n = pn_data_get_map(d);
	pn_data_enter(d);
	for (size_t i = 0; i < n / 2 && !found; i++) {
		pn_data_next(d);
		pn_bytes_t key = pn_data_get_bytes(d);
		pn_data_next(d);
		found = key.size == strlen(name) && memcmp(key.start, name, key.size) == 0 &&
			(pn_data_type(d) == PN_STRING || pn_data_type(d) == PN_SYMBOL);
		if (found)
			*out = pn_data_get_bytes(d);
	}
	pn_data_exit(d);
	return found;
}

/* "topic://orders": the prefix is the address's, or what the broker says, or none. The capability says the kind in any case. */
static bool set_address(struct jms *j, struct amqp *a, pn_terminus_t *source)
{
	struct weir_buf address = {0};
	bool queue = j->kind == JMS_QUEUE;
	pn_bytes_t prefix;

	if (j->prefix)
		weir_buf_add_c(&address, j->prefix);
	else if (property_is(a->driver.connection, queue ? "queue-prefix" : "topic-prefix", &prefix))
		weir_buf_add(&address, prefix.start, prefix.size);
	weir_buf_add_c(&address, j->name);
	bool good = !address.failed && pn_terminus_set_address(source, address.data) == 0;
	weir_buf_release(&address);
	pn_data_t *d = pn_terminus_capabilities(source);
	const char *kind = queue ? "queue" : "topic";
	return good && pn_data_put_array(d, false, PN_SYMBOL) == 0 && pn_data_enter(d) &&
	       pn_data_put_symbol(d, pn_bytes(strlen(kind), kind)) == 0 && pn_data_exit(d);
}

/* The filter that Apache registered for selectors of JMS. */
static bool set_selector(struct jms *j, pn_terminus_t *source)
{
	static const char name[] = "jms-selector";
	pn_data_t *d = pn_terminus_filter(source);

	return !j->selector ||
	       (pn_data_put_map(d) == 0 && pn_data_enter(d) &&
		pn_data_put_symbol(d, pn_bytes(sizeof name - 1, name)) == 0 && pn_data_put_described(d) == 0 &&
		pn_data_enter(d) && pn_data_put_ulong(d, UINT64_C(0x0000468C00000004)) == 0 &&
		pn_data_put_string(d, pn_bytes(strlen(j->selector), j->selector)) == 0 && pn_data_exit(d) &&
		pn_data_exit(d));
}

enum weir_status amqp_open_link(struct jms *j, struct amqp *a, struct weir_error *err)
{
	a->link = pn_receiver(a->session, j->kind == JMS_DURABLE ? j->durable : "weir");
	pn_terminus_t *source = pn_link_source(a->link);

	if (!set_address(j, a, source) || !set_selector(j, source))
		return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while connecting");
	if (j->kind == JMS_QUEUE) {
		pn_terminus_set_distribution_mode(source, PN_DIST_MODE_COPY);
		jms_begin_browse(j);
	} else if (j->kind == JMS_DURABLE) {
		pn_terminus_set_durability(source, PN_DELIVERIES);
		pn_terminus_set_expiry_policy(source, PN_EXPIRE_NEVER);
	} else {
		pn_link_set_snd_settle_mode(a->link, PN_SND_SETTLED); /* nothing to acknowledge */
	}
	pn_link_set_max_message_size(a->link, WEIR_MAX_RECORD_BYTES);
	a->draining = a->again = false;
	pn_link_open(a->link);
	return WEIR_OK;
}

enum weir_status amqp_begin(struct jms *j, struct amqp *a, struct weir_error *err)
{
	pn_bytes_t product;

	a->artemis = property_is(a->driver.connection, "product", &product) && product.size > 0 &&
		     memmem(product.start, product.size, "artemis", 7);
	a->session = pn_session(a->driver.connection);
	pn_session_open(a->session);
	return amqp_open_link(j, a, err);
}

/* The broker has answered, but a link that it refuses comes without a source, and its end follows. */
enum weir_status amqp_answered(struct jms *j, struct amqp *a, struct weir_error *err)
{
	pn_terminus_t *source = pn_link_remote_source(a->link);

	if (!pn_terminus_get_address(source))
		return WEIR_OK;
	if (j->kind == JMS_QUEUE && pn_terminus_get_distribution_mode(source) != PN_DIST_MODE_COPY) {
		weir_fail(err, WEIR_UNSUPPORTED, j->address, "this broker cannot show a queue without consuming it");
		weir_error_hint(err, "weir consumes nothing: let the broker copy the messages to a topic");
		return WEIR_UNSUPPORTED;
	}
	a->came_us = weir_clock_mono_us(j->clock);
	if (!j->attached)
		jms_attached(j);
	return WEIR_OK;
}

/* ---- messages ---- */

static void settle(pn_delivery_t *d)
{
	pn_delivery_update(d, PN_ACCEPTED);
	pn_delivery_settle(d);
}

static enum weir_status no_memory(struct jms *j, struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while reading");
}

static enum weir_status take_delivery(struct jms *j, struct amqp *a, pn_delivery_t *d, struct weir_error *err)
{
	size_t size = pn_delivery_pending(d);
	char *bytes = weir_arena_alloc(&j->arena, size + 1);
	struct jms_content content = {0};
	bool kept;

	if (!bytes)
		return no_memory(j, err);
	ssize_t got = pn_link_recv(a->link, bytes, size);
	pn_link_advance(a->link);
	if (got < 0 || pn_delivery_aborted(d)) { /* its sender took it back */
		pn_delivery_settle(d);
		return WEIR_OK;
	}
	struct weir_str text = {bytes, (size_t)got};
	enum jms_reading reading = jms_read_amqp(text, &j->texts, &content);
	if (reading == JMS_NO_MEMORY)
		return no_memory(j, err);
	if (reading == JMS_MALFORMED) { /* handed out as it is, so that it is counted where it does not parse */
		content = (struct jms_content){.payload = text, .time_us = WEIR_TIME_NONE};
		if (!j->n_malformed++)
			weir_log_add(j->log, WEIR_LOG_WARNING, j->address, "a message is no AMQP 1.0 message");
	}
	enum weir_status st = jms_take(j, &content, d, &kept, err);
	if (st == WEIR_OK && !kept)
		settle(d);
	return st;
}

/* Whole messages that have come, as far as there is room. *any: there was one. */
enum weir_status amqp_take(struct jms *j, struct amqp *a, bool *any, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	pn_delivery_t *d;

	bool came = false;

	while (st == WEIR_OK && jms_has_room(j) && a->link && (d = pn_link_current(a->link)) &&
	       pn_delivery_readable(d) && (!pn_delivery_partial(d) || pn_delivery_aborted(d))) {
		st = take_delivery(j, a, d, err);
		came = true;
	}
	if (came) {
		a->came_us = weir_clock_mono_us(j->clock);
		*any = a->any = true;
	}
	return st;
}

void amqp_acknowledge(struct jms *j, void *const *deliveries, size_t n)
{
	(void)j;
	for (size_t i = 0; i < n; i++)
		settle(deliveries[i]);
}

static void browse_anew(struct jms *j, struct amqp *a)
{
	a->again = true;
	a->came_us = weir_clock_mono_us(j->clock);
	pn_link_close(a->link);
}

/* A queue that was seen to its end is looked at again: from where we were if the broker goes on there, else from the front,
 * where the messages that were seen before are told by their ids. */
static void look_again(struct jms *j, struct amqp *a)
{
	enum { MANY = 1 << 17 };
	bool anew = !a->artemis || j->seen.n > MANY + 4 * j->before.n;

	j->drained = false;
	a->came_us = weir_clock_mono_us(j->clock);
	if (anew)
		browse_anew(j, a);
}

/* Is it to be known when there is nothing more? */
static bool wants_end(const struct jms *j)
{
	return j->kind == JMS_QUEUE || j->until_now;
}

int64_t amqp_due(const struct jms *j, const struct amqp *a)
{
	if (!j->attached || !wants_end(j) || (a->draining && j->kind != JMS_QUEUE))
		return INT64_MAX;
	if (a->draining || a->again)
		return a->came_us + ANSWER_US;
	return j->drained ? j->look_us : a->came_us + QUIET_US;
}

/* Lets the broker send more, or asks whether there is more. */
enum weir_status amqp_flow(struct jms *j, struct amqp *a, struct weir_error *err)
{
	int64_t now_us = weir_clock_mono_us(j->clock);

	if (!j->attached || a->again)
		return a->again && now_us >= a->came_us + ANSWER_US
			   ? amqp_fail(j, NULL, "the broker does not answer", err)
			   : WEIR_OK;
	if (a->draining && pn_link_credit(a->link) == 0) {
		a->draining = false;
		/* A broker whose socket is full may say that there is no more before all was sent: it is asked until nothing
		 * came in between. */
		if (pn_link_drained(a->link) > 0 && !a->any) {
			j->drained = j->all_known = true;
			j->look_us = now_us + LOOK_US;
		}
		a->any = false;
	}
	if (a->draining && j->kind == JMS_QUEUE && now_us >= a->came_us + ANSWER_US)
		browse_anew(j, a);
	if (j->drained && now_us >= j->look_us)
		look_again(j, a);
	if (a->draining || j->drained || a->again)
		return WEIR_OK;
	int room = JMS_WINDOW - (int)j->n_held - pn_link_credit(a->link);
	if (room >= JMS_WINDOW / 4)
		pn_link_flow(a->link, room);
	if (wants_end(j) && pn_link_credit(a->link) > 0 && now_us >= a->came_us + QUIET_US) {
		pn_link_drain(a->link, 0);
		a->draining = true;
		a->came_us = now_us;
	}
	return WEIR_OK;
}
