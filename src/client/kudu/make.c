/* Tables that are made, and columns that are added. The masters take the order at once; the tablets follow, and are waited for. */
#include "kudu.h"

#include <stdlib.h>

enum { ADD_COLUMN = 1 };
#define LOOK_US INT64_C(20000) /* whether it is done */

static void fill_column(const struct weir_kudu_column *from, Kw__Column *to)
{
	kw__column__init(to);
	to->name = from->name;
	to->type = from->type;
	to->has_key = to->has_nullable = true;
	to->key = from->key;
	to->nullable = from->nullable;
	to->comment = from->comment && from->comment[0] ? from->comment : NULL;
}

/* Until the tablets are as they were ordered. */
static enum weir_status wait_done(struct weir_kudu *k, const char *name, const char *method, struct weir_error *err)
{
	Kw__Table named = KW__TABLE__INIT;
	Kw__AboutTable about = KW__ABOUT_TABLE__INIT;
	int64_t end_us = weir_clock_mono_us(k->clock) + k->timeout_us;

	named.name = (char *)name;
	about.table = &named;
	for (;;) {
		ProtobufCMessage *m;
		enum weir_status st = kudu_ask_master(k, method, &about.base, &kw__done_answer__descriptor, &m, err);
		if (st != WEIR_OK)
			return st;
		const Kw__DoneAnswer *a = (const Kw__DoneAnswer *)m;
		bool done = !a->fault && a->done;
		if (a->fault)
			st = kudu_fault(name, a->fault, err);
		protobuf_c_message_free_unpacked(m, NULL);
		if (st != WEIR_OK || done)
			return st;
		if (weir_clock_mono_us(k->clock) >= end_us) {
			weir_fail(err, WEIR_UNREACHABLE, name, "its tablets do not start");
			if (err)
				err->retriable = true;
			return WEIR_UNREACHABLE;
		}
		if ((st = kudu_pause(k, LOOK_US, err)) != WEIR_OK)
			return st;
	}
}

/* Sends the order. `present` is the code of a fault that is none: it is as ordered already. */
static enum weir_status order(struct weir_kudu *k, const char *name, const char *method, const ProtobufCMessage *m,
			      bool *present, struct weir_error *err)
{
	ProtobufCMessage *answer;
	enum weir_status st = kudu_ask_master(k, method, m, &kw__fault_answer__descriptor, &answer, err);

	*present = false;
	if (st != WEIR_OK)
		return st;
	const Kw__Fault *f = ((const Kw__FaultAnswer *)answer)->fault;
	*present = f && (f->code == KUDU_MASTER_TABLE_PRESENT || (f->status && f->status->code == KUDU_PRESENT));
	if (f && !*present)
		st = kudu_fault(name, f, err);
	protobuf_c_message_free_unpacked(answer, NULL);
	return st;
}

enum weir_status weir_kudu_make(struct weir_kudu *k, const struct weir_kudu_make *make, struct weir_error *err)
{
	Kw__Create create = KW__CREATE__INIT;
	Kw__Schema schema = KW__SCHEMA__INIT;
	Kw__Division division = KW__DIVISION__INIT;
	Kw__Range range = KW__RANGE__INIT;
	Kw__Hash hash = KW__HASH__INIT, *hashes[] = {&hash};
	Kw__Column *columns = weir_calloc(make->n_columns, sizeof *columns);
	Kw__Column **pointers = weir_calloc(make->n_columns, sizeof(Kw__Column *));
	Kw__Which *which = weir_calloc(make->n_columns, sizeof *which);
	Kw__Which **keys = weir_calloc(make->n_columns, sizeof(Kw__Which *));
	enum weir_status st = columns && pointers && which && keys ? WEIR_OK : kudu_out_of_memory(err);
	bool present;

	for (uint32_t i = 0; i < make->n_columns && st == WEIR_OK; i++) {
		fill_column(&make->columns[i], pointers[i] = &columns[i]);
		if (!make->columns[i].key)
			continue;
		kw__which__init(&which[i]);
		which[i].name = make->columns[i].name;
		keys[hash.n_columns++] = &which[i];
	}
	schema.columns = pointers;
	schema.n_columns = make->n_columns;
	hash.columns = keys;
	hash.buckets = make->tablets;
	division.hashes = hashes;
	division.n_hashes = make->tablets > 1;
	division.range = &range; /* of no columns: one range */
	create.name = (char *)make->name;
	create.schema = &schema;
	create.division = &division;
	create.has_replicas = make->replicas > 0;
	create.replicas = make->replicas;
	if (st == WEIR_OK)
		st = order(k, make->name, "CreateTable", &create.base, &present, err);
	free(columns);
	free(pointers);
	free(which);
	free(keys);
	return st == WEIR_OK ? wait_done(k, make->name, "IsCreateTableDone", err) : st;
}

static enum weir_status add_one(struct weir_kudu_table *t, const struct weir_kudu_column *column,
				struct weir_error *err)
{
	Kw__Alter alter = KW__ALTER__INIT;
	Kw__Table named = KW__TABLE__INIT;
	Kw__Column c;
	Kw__Alter__Add add = KW__ALTER__ADD__INIT;
	Kw__Alter__Change change = KW__ALTER__CHANGE__INIT, *changes[] = {&change};
	bool present;

	fill_column(column, &c);
	add.column = &c;
	change.has_kind = true;
	change.kind = ADD_COLUMN;
	change.add = &add;
	named.name = t->name;
	alter.table = &named;
	alter.changes = changes;
	alter.n_changes = 1;
	return order(t->cluster, t->name, "AlterTable", &alter.base, &present, err);
}

enum weir_status weir_kudu_table_add(struct weir_kudu_table *t, const struct weir_kudu_column *columns, uint32_t n,
				     struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	/* One by one: of several in one order, one that is there already would keep the others out. */
	for (uint32_t i = 0; i < n && st == WEIR_OK; i++)
		st = add_one(t, &columns[i], err);
	if (st == WEIR_OK)
		st = wait_done(t->cluster, t->name, "IsAlterTableDone", err);
	return st == WEIR_OK ? weir_kudu_table_reload(t, err) : st;
}
