/* STOMP 1.2: what is said to the broker, and what it says. */
#include "config.h"

#include "stomp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	READ_BYTES = 64 << 10,
	BEAT_US = 10000000,    /* what we send at least, and expect */
	SILENCE_US = 25000000, /* a broker that says nothing for so long is gone */
	LOOK_US = 250000,      /* between looks at a queue whose end was seen */
};

/* ---- what we say ---- */

static void add_header(struct stomp *s, const char *name, const char *value)
{
	if (!value)
		return;
	weir_buf_addf(&s->out, "%s:", name);
	stomp_escape(value, &s->out);
	weir_buf_add_char(&s->out, '\n');
}

static void end_frame(struct stomp *s)
{
	weir_buf_add(&s->out, "\n\0", 2);
}

static enum weir_status start(struct jms *j, struct weir_error *err)
{
	struct stomp *s = weir_calloc(1, sizeof *s);

	if (!s)
		return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while connecting");
	j->state = s;
	s->came_us = s->spoke_us = weir_clock_mono_us(j->clock);
#ifdef WEIR_WITH_CURL
	if (j->tls && !stomp_start_tls(j, s)) {
		weir_fail(err, WEIR_IO, j->address, "could not set up TLS");
		return WEIR_IO;
	}
#endif
	/* The escapes of STOMP do not hold in this frame. */
	weir_buf_addf(&s->out, "CONNECT\naccept-version:1.2\nhost:%s\nheart-beat:10000,10000\n", j->host);
	if (j->kind == JMS_DURABLE)
		weir_buf_addf(&s->out, "client-id:%s\n", j->client_id);
	if (j->user)
		weir_buf_addf(&s->out, "login:%s\n", j->user);
	if (j->password)
		weir_buf_addf(&s->out, "passcode:%s\n", j->password);
	end_frame(s);
	return WEIR_OK;
}

static void subscribe(struct jms *j, struct stomp *s)
{
	char window[20];
	struct weir_buf place = {0};

	weir_buf_addf(&place, "%s%s", j->prefix ? j->prefix : j->kind == JMS_QUEUE ? "/queue/" : "/topic/", j->name);
	snprintf(window, sizeof window, "%d", JMS_WINDOW);
	weir_buf_add_c(&s->out, "SUBSCRIBE\nid:1\nreceipt:subscribed\n");
	add_header(s, "destination", place.data ? place.data : "");
	/* Who browses acknowledges nothing by that, but is sent no more than the window without it. */
	add_header(s, "ack", j->kind == JMS_DURABLE ? "client-individual" : "auto");
	add_header(s, "activemq.prefetchSize", window);
	add_header(s, "selector", j->selector);
	if (j->kind == JMS_QUEUE)
		add_header(s, "browser", "true");
	if (j->kind == JMS_DURABLE) {
		add_header(s, "durable-subscription-name", j->durable); /* Artemis */
		add_header(s, "activemq.subscriptionName", j->durable); /* Classic */
		add_header(s, "consumer-window-size", "1048576");
	}
	add_header(s, "transformation", "jms-map-json"); /* Classic: maps as JSON */
	end_frame(s);
	s->out.failed |= place.failed;
	weir_buf_release(&place);
	if (j->kind == JMS_QUEUE)
		jms_begin_browse(j);
}

static void acknowledge(struct jms *j, void *const *deliveries, size_t n)
{
	struct stomp *s = j->state;

	if (j->kind != JMS_DURABLE)
		return;
	for (size_t i = 0; i < n; i++) {
		weir_buf_addf(&s->out, "ACK\nid:%s\n", (const char *)deliveries[i]);
		end_frame(s);
	}
}

/* ---- what the broker says ---- */

static enum weir_status on_connected(struct jms *j, struct stomp *s, const struct stomp_frame *f,
				     struct weir_error *err)
{
	struct weir_str server = stomp_header(f, "server"), beat = stomp_header(f, "heart-beat"), wants;
	int64_t every_ms = 0;

	if (j->kind == JMS_QUEUE && !(server.size > 9 && memcmp(server.data, "ActiveMQ/", 9) == 0)) {
		weir_fail(err, WEIR_UNSUPPORTED, j->address,
			  "over STOMP only ActiveMQ Classic can show a queue without consuming it");
		weir_error_hint(err, "amqp://%s/queue/%s does it with others too", j->host, j->name);
		return WEIR_UNSUPPORTED;
	}
	s->beats = weir_parse_int64(weir_str_cut(beat, ',', &wants), false, &every_ms) && every_ms > 0;
	s->connected = true;
	subscribe(j, s);
	return WEIR_OK;
}

static enum weir_status on_error(struct jms *j, const struct stomp_frame *f, struct weir_error *err)
{
	struct weir_str why = stomp_header(f, "message");
	struct weir_buf text = {0};

	stomp_unescape(why.data ? why : f->body, &text);
	bool login = text.size && (strcasestr(text.data, "user name") || strcasestr(text.data, "password") ||
				   strcasestr(text.data, "authent") || strcasestr(text.data, "security"));
	bool final = login || (text.size && (strcasestr(text.data, "selector") || strcasestr(text.data, "filter")));
	weir_fail(err,
		  login   ? WEIR_DENIED
		  : final ? WEIR_USAGE
			  : WEIR_UNREACHABLE,
		  j->address, "the broker refused: %.250s", text.data ? text.data : "");
	if (login)
		weir_error_hint(err, "check user and password");
	err->retriable = !final;
	weir_buf_release(&text);
	return err->code;
}

static enum weir_status on_message(struct jms *j, const struct stomp_frame *f, struct weir_error *err)
{
	struct weir_str id = weir_arena_str(&j->arena, stomp_header(f, "ack"));
	struct jms_content content;
	bool kept;

	if (weir_str_equal(stomp_header(f, "browser"), WEIR_STR("end"))) {
		j->drained = j->all_known = true;
		j->look_us = weir_clock_mono_us(j->clock) + LOOK_US;
		return WEIR_OK;
	}
	if (jms_read_stomp(f, &j->texts, &content) == JMS_NO_MEMORY)
		return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while reading");
	void *delivery = (void *)(uintptr_t)(id.data ? id.data : "");
	enum weir_status st = jms_take(j, &content, delivery, &kept, err);
	if (st == WEIR_OK && !kept)
		acknowledge(j, &delivery, 1);
	return st;
}

static enum weir_status on_frame(struct jms *j, struct stomp *s, const struct stomp_frame *f, struct weir_error *err)
{
	if (weir_str_equal(f->command, WEIR_STR("MESSAGE")))
		return on_message(j, f, err);
	if (weir_str_equal(f->command, WEIR_STR("CONNECTED")))
		return on_connected(j, s, f, err);
	if (weir_str_equal(f->command, WEIR_STR("ERROR")))
		return on_error(j, f, err);
	if (weir_str_equal(f->command, WEIR_STR("RECEIPT")) && !j->attached &&
	    weir_str_equal(stomp_header(f, "receipt-id"), WEIR_STR("subscribed")))
		jms_attached(j);
	return WEIR_OK;
}

/* Whole frames that have come, as far as there is room. */
static enum weir_status take_all(struct jms *j, struct stomp *s, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	struct stomp_frame f;
	size_t used;

	while (st == WEIR_OK && jms_has_room(j) && s->done < s->in.size) {
		struct weir_str rest = {s->in.data + s->done, s->in.size - s->done};
		enum jms_reading reading = jms_read_frame(rest, &f, &used);
		if (reading == JMS_MALFORMED)
			return stomp_lost(j, "what it sends is no STOMP", err);
		s->done += used;
		if (reading == JMS_MORE)
			break;
		st = on_frame(j, s, &f, err);
	}
	if (s->done) {
		memmove(s->in.data, s->in.data + s->done, s->in.size - s->done);
		s->in.size -= s->done;
		s->done = 0;
	}
	return st;
}

static enum weir_status receive_some(struct jms *j, struct stomp *s, bool *more, struct weir_error *err)
{
	*more = false;
	if (!jms_may_read(j))
		return WEIR_OK;
	if (!weir_buf_reserve(&s->in, READ_BYTES))
		return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory while reading");
	ssize_t n = stomp_read(j, s->in.data + s->in.size, READ_BYTES);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return WEIR_OK;
	if (n <= 0)
		return n ? stomp_broke(j, err) : stomp_lost(j, "the broker closed the connection", err);
	s->in.size += (size_t)n;
	s->came_us = weir_clock_mono_us(j->clock);
	*more = true;
	return WEIR_OK;
}

static enum weir_status send_some(struct jms *j, struct stomp *s, struct weir_error *err)
{
	if (s->out.failed)
		return weir_fail(err, WEIR_NO_MEMORY, j->address, "out of memory");
	while (s->sent < s->out.size) {
		ssize_t n = stomp_write(j, s->out.data + s->sent, s->out.size - s->sent);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return WEIR_OK;
		if (n < 0)
			return stomp_broke(j, err);
		s->sent += (size_t)n;
		s->spoke_us = weir_clock_mono_us(j->clock);
	}
	if (s->out.size)
		explicit_bzero(s->out.data, s->out.size); /* the password was there */
	weir_buf_clear(&s->out);
	s->sent = 0;
	return WEIR_OK;
}

/* A queue that was browsed to its end is browsed again. */
static void look_again(struct jms *j, struct stomp *s)
{
	j->drained = false;
	weir_buf_add_c(&s->out, "UNSUBSCRIBE\nid:1\n");
	end_frame(s);
	subscribe(j, s);
}

static enum weir_status work(struct jms *j, struct weir_error *err)
{
	struct stomp *s = j->state;
	enum weir_status st = WEIR_OK;
	int64_t now_us = weir_clock_mono_us(j->clock);
	bool more;

#ifdef WEIR_WITH_CURL
	if (s->handshake && ((st = stomp_shake_hands(j, s, err)) != WEIR_OK || s->handshake))
		return st;
#endif
	if (j->drained && now_us >= j->look_us)
		look_again(j, s);
	if (s->connected && !s->out.size && now_us >= s->spoke_us + BEAT_US)
		weir_buf_add_char(&s->out, '\n');
	do {
		st = receive_some(j, s, &more, err);
		if (st == WEIR_OK)
			st = take_all(j, s, err);
		if (st == WEIR_OK)
			st = send_some(j, s, err);
	} while (st == WEIR_OK && more && jms_may_read(j));
	if (st == WEIR_OK && s->beats && jms_may_read(j) && now_us >= s->came_us + SILENCE_US)
		st = stomp_lost(j, "the broker is silent", err);
	return st;
}

static short wants(struct jms *j, int64_t *until_us)
{
	struct stomp *s = j->state;
	int64_t due_us = s->spoke_us + BEAT_US;

#ifdef WEIR_WITH_CURL
	enum { STEP_US = 20000 };
	if (s->handshake) /* libcurl may want to write, or only time to pass */
		due_us = weir_clock_mono_us(j->clock) + STEP_US;
#endif
	if (j->drained && j->look_us < due_us)
		due_us = j->look_us;
	if (due_us < *until_us)
		*until_us = due_us;
	return (short)((jms_may_read(j) ? POLLIN : 0) | (s->out.size ? POLLOUT : 0));
}

static void stop(struct jms *j, bool politely)
{
	struct stomp *s = j->state;
	struct weir_error err;

	if (!s)
		return;
	if (politely && s->connected) {
		weir_buf_add_c(&s->out, "DISCONNECT\n");
		end_frame(s);
		(void)send_some(j, s, &err);
	}
	stomp_end_tls(s);
	if (s->out.data)
		explicit_bzero(s->out.data, s->out.capacity);
	weir_buf_release(&s->in);
	weir_buf_release(&s->out);
	free(s);
	j->state = NULL;
}

static bool has_line_end(const char *text)
{
	return text && strpbrk(text, "\r\n");
}

static enum weir_status check(const struct jms *j, struct weir_error *err)
{
#ifndef WEIR_WITH_CURL
	if (j->tls)
		return weir_fail(err, WEIR_UNSUPPORTED, "stomp", "stomps:// needs libcurl, which is not in this build");
#endif
	if (j->password && !j->tls && !j->plain_login) {
		weir_fail(err, WEIR_USAGE, "stomp", "the password would go to the broker in the clear");
		weir_error_hint(err, "stomps:// is TLS; login=plain sends it all the same");
		return WEIR_USAGE;
	}
	if (has_line_end(j->user) || has_line_end(j->password) || has_line_end(j->client_id))
		return weir_fail(err, WEIR_USAGE, "stomp", "a line end in a name or a password");
	if (j->kind == JMS_DURABLE && j->until_now) {
		weir_fail(err, WEIR_USAGE, "stomp",
			  "over STOMP a broker does not say that a subscription is read to its end");
		weir_error_hint(err, "amqp:// knows; or end the run with --for");
		return WEIR_USAGE;
	}
	return WEIR_OK;
}

static const struct jms_wire wire = {
    .port = "61613",
    .tls_port = "61614",
    .check = check,
    .start = start,
    .work = work,
    .wants = wants,
    .acknowledge = acknowledge,
    .stop = stop,
};

static enum weir_status stomp_open(const struct weir_source_config *config, struct weir_source **out,
				   struct weir_error *err)
{
	return jms_open(config, &wire, out, err);
}

static const struct weir_uri_option options[] = {
    {"from", "earliest|latest|-15m|TIME", "of a queue: messages that were sent before are passed over (earliest)"},
    {"until", "latest|-15m|TIME",
     "where to stop: of a queue what is there now, or the first message of that time (never)"},
    {"durable", "NAME", "of a topic: the broker keeps for this name what weir has not read"},
    {"client-id", "NAME", "as what weir connects (the durable name)"},
    {"selector", "EXPR", "which messages the broker sends, by its own rules: region = 'eu'"},
    {"prefix", "TEXT", "before the name in the broker's destinations (/topic/ or /queue/)"},
    {"login", "plain", "sends the password although the connection is not encrypted"},
    {"password-file", "FILE", "the password of the user in the address, its first line"},
    {"ssl.ca.location", "FILE", "certificates to trust in place of the system's"},
    {"ssl.certificate.location", "FILE", "who we are"},
    {"ssl.key.location", "FILE", "the key to that"},
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_stomp = {
    .name = "stomp",
    .schemes = "stomp stomps",
    .help = "a topic of a JMS broker, or a queue of ActiveMQ Classic, over STOMP",
    .example = "stomp://host/topic/orders",
    .once = true,
    .can_wait = true,
    .options = options,
    .open = stomp_open,
    .poll = jms_poll,
    .consume = jms_consume,
    .wake = jms_wake,
    .status = jms_status,
    .finite = jms_finite,
    .close = jms_close,
};
