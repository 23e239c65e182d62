/* The moment of a snapshot: a server says it, when it is asked for a scan without one. */
#include "kudu.h"

enum { SNAPSHOT = 2 };
#define PAUSE_US INT64_C(100000) /* before a tablet that moved is looked for again */

static enum weir_status ask(struct weir_kudu_table *t, Kw__ScanAnswer **out, struct weir_error *err)
{
	const struct weir_kudu_tablet *tablet = &t->tablets[0];
	Kw__Scan m = KW__SCAN__INIT;
	Kw__NewScan first = KW__NEW_SCAN__INIT;
	Kw__Column column = KW__COLUMN__INIT, *columns[] = {&column};
	struct kudu_connection *c = NULL;
	struct kudu_call call = {0};

	column.name = t->columns[0].name;
	column.type = t->columns[0].type;
	first.tablet = (ProtobufCBinaryData){tablet->id.size, (uint8_t *)tablet->id.data};
	first.columns = columns;
	first.n_columns = 1;
	first.has_mode = true;
	first.mode = SNAPSHOT;
	first.has_seen = t->cluster->seen != 0;
	first.seen = t->cluster->seen;
	first.has_pass = t->pass.size > 0;
	first.pass = (ProtobufCBinaryData){t->pass.size, (uint8_t *)t->pass.data};
	m.first = &first;
	m.has_close = m.close = m.has_most_bytes = true; /* no row is wanted */
	enum weir_status st = kudu_server(t->cluster, weir_str_of(tablet->address), &c, err);
	if (st == WEIR_OK)
		st = kudu_call_start(c, &call, kudu_tablet_service, "Scan", &m.base, err);
	if (st == WEIR_OK)
		st = kudu_call_wait(c, &call, INT64_MAX, err);
	if (st == WEIR_OK) {
		*out =
		    kw__scan_answer__unpack(NULL, call.answer.message.size, (const uint8_t *)call.answer.message.data);
		if (!*out)
			st = kudu_connection_fail(c, err, "its answer is malformed");
	}
	if (c)
		kudu_call_drop(c, &call);
	return st;
}

static enum weir_status try_now(struct weir_kudu_table *t, uint64_t *out, struct weir_error *err)
{
	Kw__ScanAnswer *a = NULL;

	if (!t->n_tablets || !t->tablets[0].address) {
		weir_fail(err, WEIR_UNREACHABLE, t->name, t->n_tablets ? "a tablet has no leader" : "it has no tablet");
		err->retriable = true;
		return WEIR_UNREACHABLE;
	}
	enum weir_status st = ask(t, &a, err);
	if (!a)
		return st;
	if (a->fault) {
		st = kudu_fault(t->name, a->fault, err);
		err->retriable = err->retriable || kudu_tablet_moved(a->fault);
	} else if (!a->has_at) {
		st = weir_fail(err, WEIR_MALFORMED, t->name, "the server does not say the moment of a snapshot");
	} else {
		*out = a->at;
		t->cluster->seen = a->at > t->cluster->seen ? a->at : t->cluster->seen;
	}
	kw__scan_answer__free_unpacked(a, NULL);
	return st;
}

enum weir_status weir_kudu_now(struct weir_kudu_table *t, uint64_t *out, struct weir_error *err)
{
	struct weir_kudu *k = t->cluster;
	int64_t end_us = weir_clock_mono_us(k->clock) + k->timeout_us;

	for (;;) {
		struct weir_error local = {0}, other = {0};
		bool changed = false;
		enum weir_status st = try_now(t, out, &local);
		bool again = st != WEIR_OK && local.retriable && weir_clock_mono_us(k->clock) < end_us &&
			     kudu_pause(k, PAUSE_US, &local) == WEIR_OK &&
			     kudu_table_locate(t, &changed, &other) == WEIR_OK && !changed;
		if (again)
			continue;
		if (st != WEIR_OK && err)
			*err = local;
		return st == WEIR_OK ? st : local.code;
	}
}
