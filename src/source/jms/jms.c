/* The source: its address, what it hands out, and what it acknowledges. */
#include "jms.h"

#include "weir/client/secret.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FIRST_PAUSE_US = 200000,
	MOST_PAUSE_US = 10000000,
	MOST_REMEMBERED = 1 << 16, /* of a durable subscription: many times what can be on its way */
};

/* ---- handing out ---- */

/* What was consumed is acknowledged: by now it is in the stream's ring. */
static void drop_used(struct jms *j)
{
	size_t from = 0;

	while (from < j->n_used && j->sessions[from] != j->session)
		from++;
	if (from < j->n_used && j->started)
		j->wire->acknowledge(j, j->deliveries + from, j->n_used - from);
	j->n_held -= j->n_used;
	if (j->n_held && j->n_used) {
		memmove(j->messages, j->messages + j->n_used, j->n_held * sizeof *j->messages);
		memmove(j->deliveries, j->deliveries + j->n_used, j->n_held * sizeof *j->deliveries);
		memmove(j->sessions, j->sessions + j->n_used, j->n_held * sizeof *j->sessions);
	}
	j->n_used = 0;
	if (!j->n_held)
		weir_arena_reset(&j->arena);
}

static enum weir_status hand_out(struct jms *j, struct weir_chunk *chunk, enum weir_status st)
{
	*chunk = (struct weir_chunk){.messages = j->messages,
				     .n_messages = j->n_held,
				     .partitions = j->progress.partitions,
				     .is_messages = true,
				     .at_end = j->over,
				     .full = j->n_held == JMS_WINDOW,
				     .arrival_us = weir_clock_wall_us(j->clock)};
	weir_partitions_at(j->progress.partitions, 0)->position = j->n_taken;
	j->told_end = j->over;
	j->consumed = false;
	return st;
}

/* False: the time is over, or there was a wake. */
static bool wait(struct jms *j, int64_t deadline_us)
{
	int64_t until_us = deadline_us;
	short events = jms_wants(j, &until_us);
	struct pollfd fds[2] = {{j->wake.fd, POLLIN, 0}, {j->fd, events, 0}};
	int64_t left_us = until_us - weir_clock_mono_us(j->clock);

	poll(fds, 2, left_us > 0 ? (int)((left_us + 999) / 1000) : 0);
	if (!fds[0].revents)
		return weir_clock_mono_us(j->clock) < deadline_us;
	weir_wake_wait(&j->wake, 0);
	return false;
}

enum weir_status jms_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk, struct weir_error *err)
{
	struct jms *j = (struct jms *)s;
	int64_t deadline_us = weir_clock_mono_us(j->clock) + timeout_us;
	struct weir_error why = {0};
	bool in_time = true;

	drop_used(j);
	if ((j->n_held && j->consumed) || j->n_held == JMS_WINDOW)
		return hand_out(j, chunk, WEIR_OK);
	for (;;) {
		size_t before = j->n_held;
		if (!j->over) {
			enum weir_status st = jms_advance(j, &why);
			if (st != WEIR_OK) {
				char line[200];
				weir_progress_state(&j->progress, WEIR_SOURCE_FAILED,
						    weir_error_line(&why, line, sizeof line));
				if (err)
					*err = why;
				return st;
			}
			j->over = j->over || (j->drained && j->until_now);
		}
		if (j->n_held > before || (j->over && !j->told_end))
			return hand_out(j, chunk, WEIR_OK);
		if (j->over) {
			jms_disconnect(j, true);
			weir_progress_state(&j->progress, WEIR_SOURCE_END, NULL);
			return WEIR_END;
		}
		if (!in_time)
			return hand_out(j, chunk, WEIR_AGAIN);
		in_time = wait(j, deadline_us);
	}
}

void jms_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct jms *j = (struct jms *)s;

	j->n_used = j->n_held - left->n_messages;
	j->consumed = j->n_used > 0;
}

void jms_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct jms *)s)->wake);
}

void jms_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct jms *)s)->progress, out);
}

bool jms_finite(struct weir_source *s)
{
	return ((const struct jms *)s)->finite;
}

void jms_close(struct weir_source *s)
{
	struct jms *j = (struct jms *)s;
	char *const texts[] = {j->address,  j->host,   j->port,      j->name, j->user,        j->durable, j->client_id,
			       j->selector, j->prefix, j->mechanism, j->ca,   j->certificate, j->key};

	drop_used(j);
	jms_disconnect(j, true);
	if (j->found)
		freeaddrinfo(j->found);
	weir_secret_free(j->password);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	free(j->messages);
	free(j->deliveries);
	free(j->sessions);
	jms_seen_release(&j->seen);
	jms_seen_release(&j->before);
	weir_buf_release(&j->texts.body);
	weir_buf_release(&j->texts.headers);
	weir_arena_release(&j->arena);
	weir_progress_release(&j->progress);
	if (j->wake.fd >= 0)
		weir_wake_release(&j->wake);
	free(j);
}

/* ---- opening ---- */

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "jms", "out of memory while opening");
}

static bool keep(char **to, const char *text)
{
	return !text || (*to = weir_str_dup(weir_str_of(text))) != NULL;
}

/* "host", "host:5672", "[::1]:5672" */
static bool split_host(struct jms *j, const char *hosts)
{
	struct weir_str host = weir_str_of(hosts), port = {0};
	const char *colon = host.size ? memrchr(host.data, ':', host.size) : NULL, *bracket = strchr(hosts, ']');

	if (colon && (!bracket || colon > bracket)) {
		port = (struct weir_str){colon + 1, (size_t)(hosts + host.size - colon - 1)};
		host.size = (size_t)(colon - hosts);
	} else {
		port = weir_str_of(j->tls ? j->wire->tls_port : j->wire->port);
	}
	if (host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']')
		host = (struct weir_str){host.data + 1, host.size - 2};
	int64_t number;
	if (!host.size || memchr(host.data, ',', host.size) || !weir_parse_int64(port, false, &number) || number < 1 ||
	    number > UINT16_MAX)
		return false;
	struct weir_buf address = {0};
	weir_buf_addf(&address, WEIR_STR_FMT ":" WEIR_STR_FMT, WEIR_STR_ARG(host), WEIR_STR_ARG(port));
	j->address = address.failed ? NULL : address.data;
	j->host = weir_str_dup(host);
	j->port = weir_str_dup(port);
	return true;
}

static enum weir_status read_address(struct jms *j, const struct weir_uri *uri, struct weir_error *err)
{
	struct weir_str name, kind = weir_str_cut(weir_str_of(uri->path), '/', &name);
	bool queue = weir_str_equal(kind, WEIR_STR("queue")), topic = weir_str_equal(kind, WEIR_STR("topic"));

	if (!uri->hosts || !name.size || (!queue && !topic) || !split_host(j, uri->hosts)) {
		weir_fail(err, WEIR_USAGE, uri->scheme,
			  "the address is not of the form %s://HOST/topic/NAME or /queue/NAME", uri->scheme);
		weir_error_hint(err, "for example %s://127.0.0.1/topic/orders", uri->scheme);
		return WEIR_USAGE;
	}
	const char *durable = weir_uri_param(uri, "durable"), *client = weir_uri_param(uri, "client-id");
	j->kind = queue ? JMS_QUEUE : durable ? JMS_DURABLE : JMS_TOPIC;
	if (durable && (queue || !*durable))
		return weir_fail(err, WEIR_USAGE, uri->scheme,
				 queue ? "durable= is for topics: a queue keeps its messages anyway"
				       : "durable= wants a name, under which the broker keeps the subscription");
	if (!(j->name = weir_str_dup(name)) || !j->host || !j->port || !j->address || !keep(&j->durable, durable) ||
	    !keep(&j->client_id, client ? client : durable) || !keep(&j->user, uri->user) ||
	    !keep(&j->selector, weir_uri_param(uri, "selector")) || !keep(&j->prefix, weir_uri_param(uri, "prefix")) ||
	    !keep(&j->mechanism, weir_uri_param(uri, "sasl.mechanism")) ||
	    !keep(&j->ca, weir_uri_param(uri, "ssl.ca.location")) ||
	    !keep(&j->certificate, weir_uri_param(uri, "ssl.certificate.location")) ||
	    !keep(&j->key, weir_uri_param(uri, "ssl.key.location")))
		return no_memory(err);
	if (!j->client_id) {
		char text[60];
		snprintf(text, sizeof text, "weir-%llx", (unsigned long long)weir_clock_wall_us(j->clock));
		if (!keep(&j->client_id, text))
			return no_memory(err);
	}
	const char *login = weir_uri_param(uri, "login");
	if (login && strcmp(login, "plain") != 0)
		return weir_fail(err, WEIR_USAGE, uri->scheme, "login= takes plain, or nothing");
	j->plain_login = login;
	return weir_secret_of(uri, &j->password, err);
}

static enum weir_status read_places(struct jms *j, const struct weir_uri *uri, struct weir_error *err)
{
	int64_t now_us = weir_clock_wall_us(j->clock);
	struct weir_place from, until;
	enum weir_status st = weir_uri_params_place(uri, "from", now_us, &from, err);

	if (st == WEIR_OK)
		st = weir_uri_params_place(uri, "until", now_us, &until, err);
	if (st != WEIR_OK)
		return st;
	if (from.kind == WEIR_PLACE_OFFSET || until.kind == WEIR_PLACE_OFFSET || until.kind == WEIR_PLACE_EARLIEST)
		return weir_fail(
		    err, WEIR_USAGE, uri->scheme,
		    "from= takes earliest, latest or a time, and until= latest or a time: JMS has no offsets");
	if (j->kind == JMS_TOPIC && from.kind != WEIR_PLACE_NONE && from.kind != WEIR_PLACE_LATEST) {
		weir_fail(err, WEIR_USAGE, uri->scheme,
			  "a topic begins now: its broker keeps nothing of what was before");
		weir_error_hint(err, "durable=NAME lets the broker keep from now on what weir has not read");
		return WEIR_USAGE;
	}
	if (j->kind == JMS_DURABLE && from.kind != WEIR_PLACE_NONE && from.kind != WEIR_PLACE_EARLIEST)
		return weir_fail(err, WEIR_USAGE, uri->scheme,
				 "a durable subscription goes on where it stopped: from= is for queues");
	if (j->kind == JMS_TOPIC && until.kind == WEIR_PLACE_LATEST)
		return weir_fail(err, WEIR_USAGE, uri->scheme, "until=latest of a topic that nobody keeps is nothing");
	j->from_us = from.kind == WEIR_PLACE_TIME ? from.value : from.kind == WEIR_PLACE_LATEST ? now_us : INT64_MIN;
	if (j->kind == JMS_TOPIC)
		j->from_us = INT64_MIN;
	j->until_us = until.kind == WEIR_PLACE_TIME ? until.value : INT64_MAX;
	/* What a queue or a subscription holds is read once; of a time that is over, no more can come. */
	j->until_now = until.kind == WEIR_PLACE_LATEST || (until.kind == WEIR_PLACE_TIME && until.value <= now_us);
	j->finite = until.kind != WEIR_PLACE_NONE;
	return WEIR_OK;
}

static bool make_room(struct jms *j)
{
	j->messages = weir_alloc(JMS_WINDOW * sizeof *j->messages);
	j->deliveries = weir_alloc(JMS_WINDOW * sizeof *j->deliveries);
	j->sessions = weir_alloc(JMS_WINDOW * sizeof *j->sessions);
	return j->messages && j->deliveries && j->sessions;
}

static enum weir_status set_up(struct jms *j, const struct weir_source_config *config, struct weir_error *err)
{
	enum weir_status st = weir_progress_init(&j->progress, err);

	if (st == WEIR_OK)
		st = weir_wake_init(&j->wake, err);
	if (st == WEIR_OK)
		st = read_address(j, &config->uri, err);
	if (st == WEIR_OK)
		st = read_places(j, &config->uri, err);
	if (st == WEIR_OK &&
	    (!make_room(j) || weir_partitions_add(j->progress.partitions, weir_str_of(j->name), 0) < 0))
		st = no_memory(err);
	if (st != WEIR_OK)
		return st;
	struct weir_partition *one = weir_partitions_at(j->progress.partitions, 0);
	one->end = one->lag = -1;
	if (j->kind == JMS_DURABLE)
		j->seen.most = MOST_REMEMBERED;
	return WEIR_OK;
}

enum weir_status jms_open(const struct weir_source_config *config, const struct jms_wire *wire,
			  struct weir_source **out, struct weir_error *err)
{
	struct jms *j = weir_calloc(1, sizeof *j);

	if (!j)
		return no_memory(err);
	j->wire = wire;
	j->clock = config->clock;
	j->log = config->log;
	j->live = config->live;
	j->tls = config->uri.scheme[strlen(config->uri.scheme) - 1] == 's';
	j->fd = j->wake.fd = -1;
	j->texts.arena = &j->arena;
	j->texts.skip_headers = config->skip_headers;
	j->backoff = (struct weir_backoff){.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	j->began_us = weir_clock_mono_us(j->clock);
	enum weir_status st = set_up(j, config, err);
	if (st == WEIR_OK && wire->check)
		st = wire->check(j, err);
	if (st != WEIR_OK) {
		jms_close(&j->base);
		return st;
	}
	*out = &j->base;
	return WEIR_OK;
}
