/* What time it is to the servers: a scan of nothing says at which moment it would have read. */
#include "kudu.h"

static enum weir_status take_moment(struct weir_kudu_table *t, const struct kudu_call *call, uint64_t *out,
				    struct weir_error *err)
{
	const struct weir_str *m = &call->answer.message;
	Kw__ScanAnswer *a = kw__scan_answer__unpack(NULL, m->size, (const uint8_t *)m->data);
	enum weir_status st = WEIR_OK;

	if (!a || (!a->fault && !a->has_at)) {
		st = weir_fail(err, WEIR_MALFORMED, t->name, "the server does not say at which moment it reads");
	} else if (a->fault) {
		st = kudu_fault(t->name, a->fault, err);
		err->retriable = err->retriable || kudu_tablet_moved(a->fault);
	} else {
		*out = a->at;
		if (a->at > t->cluster->seen)
			t->cluster->seen = a->at; /* other servers may be behind: they hear of it */
	}
	if (a)
		kw__scan_answer__free_unpacked(a, NULL);
	return st;
}

static enum weir_status ask(struct weir_kudu_table *t, uint64_t *out, struct weir_error *err)
{
	const struct weir_kudu_tablet *tablet = &t->tablets[0];
	struct kudu_connection *c = NULL;
	struct kudu_call call = {0};
	Kw__Scan m = KW__SCAN__INIT;
	Kw__NewScan first = KW__NEW_SCAN__INIT;

	if (!tablet->address) {
		weir_fail(err, WEIR_UNREACHABLE, t->name, "a tablet has no leader");
		err->retriable = true;
		return WEIR_UNREACHABLE;
	}
	first.tablet = (ProtobufCBinaryData){tablet->id.size, (uint8_t *)tablet->id.data};
	first.has_mode = true;
	first.mode = KUDU_READ_SNAPSHOT;
	first.has_seen = t->cluster->seen != 0;
	first.seen = t->cluster->seen;
	first.has_pass = t->pass.size > 0;
	first.pass = (ProtobufCBinaryData){t->pass.size, (uint8_t *)t->pass.data};
	m.first = &first;
	m.has_most_bytes = true;      /* none, */
	m.has_close = m.close = true; /* and it is over at once */
	enum weir_status st = kudu_server(t->cluster, weir_str_of(tablet->address), &c, err);
	if (st == WEIR_OK)
		st = kudu_call_start(c, &call, kudu_tablet_service, "Scan", &m.base, err);
	if (st == WEIR_OK)
		st = kudu_call_wait(c, &call, err);
	if (st == WEIR_OK)
		st = take_moment(t, &call, out, err);
	if (c)
		kudu_call_drop(c, &call);
	return st;
}

enum weir_status weir_kudu_moment(struct weir_kudu_table *t, uint64_t *out, struct weir_error *err)
{
	struct weir_error local = {0};

	*out = 0;
	if (!t->n_tablets)
		return WEIR_OK;
	enum weir_status st = ask(t, out, &local);
	if (st != WEIR_OK && err)
		*err = local;
	return st;
}
