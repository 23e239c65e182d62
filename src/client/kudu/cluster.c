/* A cluster: its masters, one of which leads, and connections to the servers that have tablets. */
#include "kudu.h"

#include <stdio.h>
#include <stdlib.h>

enum { PORT = 7051 };

#define PAUSE_US INT64_C(100000) /* before a master is asked again */

static const char master_service[] = "kudu.master.MasterService";
const char kudu_tablet_service[] = "kudu.tserver.TabletServerService";

static struct kudu_connection *connection_new(const struct weir_kudu *k, struct weir_str address)
{
	struct kudu_connection *c = weir_calloc(1, sizeof *c);

	if (!c)
		return NULL;
	*c = (struct kudu_connection){.fd = -1,
				      .timeout_us = k->timeout_us,
				      .clock = k->clock,
				      .wake = k->wake,
				      .address = weir_str_dup(address)};
	if (c->address)
		return c;
	free(c);
	return NULL;
}

static void free_connections(struct kudu_connection **c, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		kudu_disconnect(c[i], NULL);
		weir_buf_release(&c[i]->in);
		weir_buf_release(&c[i]->out);
		free(c[i]->address);
		free(c[i]);
	}
	free(c);
}

void weir_kudu_free(struct weir_kudu *k)
{
	if (!k)
		return;
	free_connections(k->masters, k->n_masters);
	free_connections(k->servers, k->n_servers);
	free(k->user);
	free(k);
}

static enum weir_status add_connection(struct weir_kudu *k, struct weir_str address, struct kudu_connection ***list,
				       uint32_t *n, struct weir_error *err)
{
	struct kudu_connection **more = weir_realloc(*list, (*n + (size_t)1) * sizeof(struct kudu_connection *));

	if (!more)
		return kudu_out_of_memory(err);
	*list = more;
	more[*n] = connection_new(k, address);
	if (!more[*n])
		return kudu_out_of_memory(err);
	++*n;
	return WEIR_OK;
}

/* With a port: that of masters where none is written. */
static enum weir_status complete_address(struct weir_str text, struct weir_buf *out, struct weir_error *err)
{
	const char *colon = text.size ? memrchr(text.data, ':', text.size) : NULL;
	const char *bracket = text.size ? memrchr(text.data, ']', text.size) : NULL;
	int64_t port = PORT;
	bool has_port = colon && (!bracket || colon > bracket);
	struct weir_str digits = {0};

	if (has_port)
		digits = (struct weir_str){colon + 1, (size_t)(text.data + text.size - colon) - 1};

	weir_buf_clear(out);
	weir_buf_add_str(out, text);
	if (!has_port)
		weir_buf_addf(out, ":%d", PORT);
	if (!text.size || colon == text.data ||
	    (has_port && (!weir_parse_int64(digits, true, &port) || port < 1 || port > UINT16_MAX))) {
		weir_fail(err, WEIR_USAGE, "kudu", WEIR_STR_FMT " is no address of a master", WEIR_STR_ARG(text));
		weir_error_hint(err, "write it as kudu://MASTER:%d,MASTER/TABLE", PORT);
		return WEIR_USAGE;
	}
	return out->failed ? kudu_out_of_memory(err) : WEIR_OK;
}

enum weir_status weir_kudu_new(const struct weir_kudu_config *config, struct weir_kudu **out, struct weir_error *err)
{
	struct weir_kudu *k = weir_calloc(1, sizeof *k);
	struct weir_buf address = {0};
	enum weir_status st = WEIR_OK;

	*out = NULL;
	if (!k)
		return kudu_out_of_memory(err);
	*k = (struct weir_kudu){.timeout_us = config->timeout_us,
				.clock = config->clock,
				.wake = config->wake,
				.leader = -1,
				.user = weir_str_dup(weir_str_of(config->user ? config->user : "weir"))};
	if (!k->user)
		st = kudu_out_of_memory(err);
	struct weir_str rest = weir_str_of(config->masters);
	do {
		struct weir_str one = weir_str_cut(rest, ',', &rest);
		if (st == WEIR_OK)
			st = complete_address(one, &address, err);
		if (st == WEIR_OK)
			st = add_connection(k, weir_buf_str(&address), &k->masters, &k->n_masters, err);
	} while (st == WEIR_OK && rest.size);
	weir_buf_release(&address);
	if (st == WEIR_OK)
		*out = k;
	else
		weir_kudu_free(k);
	return st;
}

void weir_kudu_set_timeout(struct weir_kudu *k, int64_t us)
{
	k->timeout_us = us;
	for (uint32_t i = 0; i < k->n_masters; i++)
		k->masters[i]->timeout_us = us;
	for (uint32_t i = 0; i < k->n_servers; i++)
		k->servers[i]->timeout_us = us;
}

enum weir_status kudu_pause(struct weir_kudu *k, int64_t us, struct weir_error *err)
{
	if (!k->wake) {
		k->clock->sleep_us(k->clock->ctx, us);
		return WEIR_OK;
	}
	return weir_wake_wait(k->wake, us) ? weir_fail(err, WEIR_CANCELLED, "kudu", "interrupted") : WEIR_OK;
}

static enum weir_status ready(struct weir_kudu *k, struct kudu_connection *c, struct weir_error *err)
{
	if (c->fd >= 0)
		return WEIR_OK;
	enum weir_status st = kudu_connect(c, err);
	if (st != WEIR_OK || (st = kudu_negotiate(c, k->user, err)) == WEIR_OK)
		return st;
	kudu_disconnect(c, err); /* half a greeting: nobody may go on behind it */
	return st;
}

enum weir_status kudu_server(struct weir_kudu *k, struct weir_str address, struct kudu_connection **out,
			     struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	uint32_t i = 0;

	while (i < k->n_servers && !weir_str_equal(weir_str_of(k->servers[i]->address), address))
		i++;
	if (i == k->n_servers)
		st = add_connection(k, address, &k->servers, &k->n_servers, err);
	if (st != WEIR_OK)
		return st;
	*out = k->servers[i];
	return ready(k, k->servers[i], err);
}

static const char *fault_words(const Kw__Fault *f)
{
	return f->status && f->status->text && f->status->text[0] ? f->status->text : "it gives no reason";
}

enum weir_status kudu_fault(const char *origin, const Kw__Fault *fault, struct weir_error *err)
{
	static const int away[] = {KUDU_ILLEGAL_STATE, KUDU_ABORTED, KUDU_UNAVAILABLE, KUDU_TIMED_OUT,
				   KUDU_UNINITIALIZED};
	int code = fault->status ? fault->status->code : 0;
	bool retriable = false;

	for (size_t i = 0; i < sizeof away / sizeof *away; i++)
		retriable = retriable || away[i] == code;
	enum weir_status st = code == KUDU_NOT_FOUND        ? WEIR_NOT_FOUND
			      : code == KUDU_NOT_AUTHORIZED ? WEIR_DENIED
			      : retriable                   ? WEIR_UNREACHABLE
							    : WEIR_IO;
	weir_fail(err, st, origin, "%.380s", fault_words(fault));
	if (err)
		err->retriable = retriable;
	return st;
}

/* One question to one server, and its answer. */
static enum weir_status ask(struct kudu_connection *c, const char *method, const ProtobufCMessage *question,
			    const ProtobufCMessageDescriptor *kind, ProtobufCMessage **out, struct weir_error *err)
{
	struct kudu_call call = {0};
	enum weir_status st = kudu_call_start(c, &call, master_service, method, question, err);

	*out = NULL;
	if (st == WEIR_OK)
		st = kudu_call_wait(c, &call, err);
	if (st == WEIR_OK) {
		*out = protobuf_c_message_unpack(kind, NULL, call.answer.message.size,
						 (const uint8_t *)call.answer.message.data);
		if (!*out)
			st = kudu_connection_fail(c, err, "its answer is malformed");
	}
	kudu_call_drop(c, &call);
	return st;
}

/* *up: it answered, whatever it is. */
static enum weir_status is_leader(struct weir_kudu *k, struct kudu_connection *c, bool *leads, bool *up,
				  struct weir_error *err)
{
	Kw__Nothing nothing = KW__NOTHING__INIT;
	ProtobufCMessage *m = NULL;
	enum weir_status st = ready(k, c, err);

	*leads = false;
	if (st == WEIR_OK)
		st = ask(c, "ConnectToMaster", &nothing.base, &kw__connect_answer__descriptor, &m, err);
	if (!m)
		return st;
	const Kw__ConnectAnswer *a = (const Kw__ConnectAnswer *)m;
	*up = true;
	*leads = !a->fault && a->has_role && a->role == KUDU_LEADER;
	if (a->fault)
		st = kudu_fault(c->address, a->fault, err);
	else if (!*leads)
		st = weir_fail(err, WEIR_UNREACHABLE, c->address, "no master leads the cluster now");
	if (!*leads)
		err->retriable = true; /* it is about to start, or they are about to choose */
	protobuf_c_message_free_unpacked(m, NULL);
	return st;
}

/* Asks one after another who leads. What is not retriable (we are not let in) ends it. */
static enum weir_status find_leader(struct weir_kudu *k, bool *up, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (uint32_t i = 0; i < k->n_masters && k->leader < 0; i++) {
		bool leads;
		st = is_leader(k, k->masters[i], &leads, up, err);
		if (leads)
			k->leader = (int)i;
		else if (!err->retriable)
			return st;
	}
	return st;
}

/* The fault of an answer, which is its first field in all of a master's. */
static const Kw__Fault *fault_of(const ProtobufCMessage *m)
{
	return ((const Kw__FaultAnswer *)m)->fault;
}

static bool leads_no_more(const Kw__Fault *f)
{
	return f && (f->code == KUDU_MASTER_NOT_LEADER || f->code == KUDU_MASTER_NOT_READY);
}

static enum weir_status ask_leader(struct weir_kudu *k, const char *method, const ProtobufCMessage *question,
				   const ProtobufCMessageDescriptor *kind, ProtobufCMessage **out,
				   struct weir_error *err)
{
	struct kudu_connection *c = k->masters[k->leader];
	enum weir_status st = ready(k, c, err);

	if (st == WEIR_OK)
		st = ask(c, method, question, kind, out, err);
	if (st != WEIR_OK || !leads_no_more(fault_of(*out)))
		return st;
	st = kudu_fault(c->address, fault_of(*out), err);
	err->retriable = true;
	protobuf_c_message_free_unpacked(*out, NULL);
	*out = NULL;
	return st;
}

enum weir_status kudu_ask_master(struct weir_kudu *k, const char *method, const ProtobufCMessage *question,
				 const ProtobufCMessageDescriptor *kind, ProtobufCMessage **out, struct weir_error *err)
{
	int64_t end_us = weir_clock_mono_us(k->clock) + k->timeout_us;
	struct weir_error local = {0};

	*out = NULL;
	for (bool again = k->leader >= 0;; again = false) { /* the leader that was known may be gone */
		bool up = false;
		enum weir_status st = find_leader(k, &up, &local);
		if (st == WEIR_OK)
			st = ask_leader(k, method, question, kind, out, &local);
		if (st == WEIR_OK)
			return WEIR_OK;
		k->leader = -1;
		if (local.retriable && (up || again) && weir_clock_mono_us(k->clock) < end_us &&
		    kudu_pause(k, PAUSE_US, &local) == WEIR_OK)
			continue;
		if (err)
			*err = local;
		return local.code;
	}
}
