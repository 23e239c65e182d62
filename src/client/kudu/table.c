/* A table: its columns, its division, and where its tablets are. */
#include "kudu.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOCATIONS = 1000 }; /* in one answer */

static void free_columns(struct weir_kudu_column *c, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		free(c[i].name);
		free(c[i].comment);
	}
	free(c);
}

static void free_tablets(struct weir_kudu_tablet *t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		weir_buf_release(&t[i].id);
		weir_buf_release(&t[i].from);
		weir_buf_release(&t[i].to);
		free(t[i].address);
	}
	free(t);
}

static void release(struct weir_kudu_table *t)
{
	free_columns(t->columns, t->n_columns);
	free_tablets(t->tablets, t->n_tablets);
	kudu_division_free(t->division);
	weir_buf_release(&t->id);
	weir_buf_release(&t->pass);
	free(t->name);
}

void weir_kudu_table_free(struct weir_kudu_table *t)
{
	if (!t)
		return;
	release(t);
	free(t);
}

int weir_kudu_table_find(const struct weir_kudu_table *t, struct weir_str column)
{
	for (uint32_t i = 0; i < t->n_columns; i++)
		if (weir_str_equal(weir_str_of(t->columns[i].name), column))
			return (int)i;
	return -1;
}

static void copy_bytes(const ProtobufCBinaryData *from, struct weir_buf *to)
{
	weir_buf_clear(to);
	weir_buf_add(to, from->data, from->len);
}

/* ---- columns ---- */

static enum weir_status read_columns(struct weir_kudu_table *t, const Kw__Schema *s, struct weir_error *err)
{
	t->columns = weir_calloc(s->n_columns + 1, sizeof *t->columns);
	if (!t->columns)
		return kudu_out_of_memory(err);
	for (size_t i = 0; i < s->n_columns; i++) {
		const Kw__Column *from = s->columns[i];
		struct weir_kudu_column *to = &t->columns[t->n_columns++];
		*to = (struct weir_kudu_column){
		    .name = weir_str_dup(weir_str_of(from->name)),
		    .comment = weir_str_dup(weir_str_of(from->comment ? from->comment : "")),
		    .type = from->type,
		    .key = from->key,
		    .nullable = from->nullable,
		    .precision = from->attributes ? from->attributes->precision : 0,
		    .scale = from->attributes ? from->attributes->scale : 0,
		    .length = from->attributes ? from->attributes->length : 0,
		};
		if (!to->name || !to->comment)
			return kudu_out_of_memory(err);
		if (to->key && t->n_keys != i)
			return weir_fail(err, WEIR_MALFORMED, t->name, "its key does not come first");
		t->n_keys += to->key;
	}
	return WEIR_OK;
}

static enum weir_status read_schema(struct weir_kudu_table *t, struct weir_error *err)
{
	Kw__Table named = KW__TABLE__INIT;
	Kw__AboutTable about = KW__ABOUT_TABLE__INIT;
	ProtobufCMessage *m;

	named.name = t->name;
	about.table = &named;
	enum weir_status st =
	    kudu_ask_master(t->cluster, "GetTableSchema", &about.base, &kw__schema_answer__descriptor, &m, err);
	if (st != WEIR_OK)
		return st;
	const Kw__SchemaAnswer *a = (const Kw__SchemaAnswer *)m;
	if (a->fault && a->fault->code == KUDU_MASTER_NO_TABLE)
		st = weir_fail(err, WEIR_NOT_FOUND, t->name, "there is no such table");
	else if (a->fault)
		st = kudu_fault(t->name, a->fault, err);
	else if (!a->schema || !a->schema->n_columns || !a->division)
		st = weir_fail(err, WEIR_MALFORMED, t->name, "the master does not say what its columns are");
	if (st == WEIR_OK)
		st = read_columns(t, a->schema, err);
	if (st == WEIR_OK)
		st = kudu_division_read(a->division, a->schema, &t->division, err);
	if (st == WEIR_OK) {
		copy_bytes(&a->id, &t->id);
		copy_bytes(&a->pass, &t->pass);
	}
	protobuf_c_message_free_unpacked(m, NULL);
	return st == WEIR_OK && (t->id.failed || t->pass.failed) ? kudu_out_of_memory(err) : st;
}

/* ---- tablets ---- */

/* The leader's address; without a leader any replica's, which will say that it is none. */
static enum weir_status read_address(const Kw__Tablet *from, const Kw__LocateAnswer *a, struct weir_kudu_tablet *to,
				     struct weir_error *err)
{
	const Kw__Server *chosen = NULL;
	struct weir_buf text = {0};

	for (size_t i = 0; i < from->n_replicas; i++) {
		const Kw__Replica *r = from->replicas[i];
		if (r->server < a->n_servers && a->servers[r->server]->n_addresses &&
		    (!chosen || r->role == KUDU_LEADER))
			chosen = a->servers[r->server];
	}
	if (!chosen)
		return WEIR_OK;
	const Kw__Address *address = chosen->addresses[0];
	weir_buf_addf(&text, strchr(address->host, ':') ? "[%s]:%u" : "%s:%u", address->host, address->port);
	to->address = text.failed ? NULL : text.data; /* owned from here on */
	return to->address ? WEIR_OK : kudu_out_of_memory(err);
}

/* Those from the partition key on: the tablet before it may come too. */
static enum weir_status read_tablets(struct weir_kudu_table *t, const Kw__LocateAnswer *a, const struct weir_buf *first,
				     struct weir_error *err)
{
	struct weir_kudu_tablet *more =
	    weir_realloc(t->tablets, (t->n_tablets + a->n_tablets + 1) * sizeof *t->tablets);
	enum weir_status st = WEIR_OK;

	if (!more)
		return kudu_out_of_memory(err);
	t->tablets = more;
	for (size_t i = 0; i < a->n_tablets && st == WEIR_OK; i++) {
		const Kw__Tablet *from = a->tablets[i];
		const ProtobufCBinaryData start = from->part ? from->part->from : (ProtobufCBinaryData){0};
		if (weir_str_compare((struct weir_str){(const char *)start.data, start.len}, weir_buf_str(first)) < 0)
			continue;
		struct weir_kudu_tablet *to = &t->tablets[t->n_tablets++];
		*to = (struct weir_kudu_tablet){0};
		copy_bytes(&from->id, &to->id);
		if (from->part) {
			copy_bytes(&from->part->from, &to->from);
			copy_bytes(&from->part->to, &to->to);
		}
		st = to->id.failed || to->from.failed || to->to.failed ? kudu_out_of_memory(err)
								       : read_address(from, a, to, err);
	}
	return st;
}

/* One answer's share of the tablets, those from the partition key on; *more: there are others behind. */
static enum weir_status locate_some(struct weir_kudu_table *t, struct weir_buf *from, bool *more,
				    struct weir_error *err)
{
	Kw__Table named = KW__TABLE__INIT;
	Kw__Locate locate = KW__LOCATE__INIT;
	ProtobufCMessage *m;
	uint32_t before = t->n_tablets;

	named.name = t->name;
	locate.table = &named;
	locate.has_from = from->size > 0;
	locate.from = (ProtobufCBinaryData){from->size, (uint8_t *)from->data};
	locate.has_most = locate.has_share_servers = true;
	locate.most = LOCATIONS;
	locate.share_servers = true;
	enum weir_status st =
	    kudu_ask_master(t->cluster, "GetTableLocations", &locate.base, &kw__locate_answer__descriptor, &m, err);
	if (st != WEIR_OK)
		return st;
	const Kw__LocateAnswer *a = (const Kw__LocateAnswer *)m;
	if (a->fault && a->fault->code == KUDU_MASTER_NO_TABLE) {
		st = weir_fail(err, WEIR_NOT_FOUND, t->name, "there is no such table");
	} else if (a->fault) {
		st = kudu_fault(t->name, a->fault, err);
		if (err)
			err->retriable = err->retriable || a->fault->code == KUDU_MASTER_TABLET_NOT_RUNNING;
	} else {
		st = read_tablets(t, a, from, err);
	}
	*more =
	    st == WEIR_OK && a->n_tablets >= LOCATIONS && t->n_tablets > before && t->tablets[t->n_tablets - 1].to.size;
	if (*more) {
		weir_buf_clear(from);
		weir_buf_add_str(from, weir_buf_str(&t->tablets[t->n_tablets - 1].to));
	}
	protobuf_c_message_free_unpacked(m, NULL);
	return st;
}

static int compare_tablets(const void *a, const void *b)
{
	return weir_str_compare(weir_buf_str(&((const struct weir_kudu_tablet *)a)->from),
				weir_buf_str(&((const struct weir_kudu_tablet *)b)->from));
}

static enum weir_status locate(struct weir_kudu_table *t, struct weir_error *err)
{
	struct weir_buf from = {0};
	bool more = true;
	enum weir_status st = WEIR_OK;

	while (st == WEIR_OK && more)
		st = locate_some(t, &from, &more, err);
	weir_buf_release(&from);
	if (t->n_tablets)
		qsort(t->tablets, t->n_tablets, sizeof *t->tablets, compare_tablets);
	return st;
}

enum weir_status kudu_table_locate(struct weir_kudu_table *t, bool *changed, struct weir_error *err)
{
	struct weir_kudu_table next = {.cluster = t->cluster, .name = t->name};
	enum weir_status st = locate(&next, err);

	*changed = st == WEIR_OK && next.n_tablets != t->n_tablets;
	for (uint32_t i = 0; i < next.n_tablets && st == WEIR_OK && !*changed; i++)
		*changed = !weir_str_equal(weir_buf_str(&next.tablets[i].id), weir_buf_str(&t->tablets[i].id));
	for (uint32_t i = 0; i < next.n_tablets && st == WEIR_OK && !*changed; i++) {
		free(t->tablets[i].address);
		t->tablets[i].address = next.tablets[i].address;
		next.tablets[i].address = NULL;
	}
	free_tablets(next.tablets, next.n_tablets);
	return st;
}

bool kudu_tablet_moved(const Kw__Fault *f)
{
	switch (f->code) {
	case KUDU_TABLET_NOT_FOUND:
	case KUDU_TABLET_NOT_RUNNING:
	case KUDU_TABLET_NOT_LEADER:
	case KUDU_TABLET_OTHER_SERVER:
	case KUDU_TABLET_THROTTLED:
	case KUDU_TABLET_FAILED:
		return true;
	default:
		break;
	}
	switch (f->status->code) {
	case KUDU_ILLEGAL_STATE:
	case KUDU_ABORTED:
	case KUDU_UNAVAILABLE:
	case KUDU_TIMED_OUT:
	case KUDU_UNINITIALIZED:
		return true;
	default:
		return false;
	}
}

bool kudu_tablet_altered(const Kw__Fault *f)
{
	return f->code == KUDU_TABLET_BAD_SCHEMA || f->code == KUDU_TABLET_OTHER_SCHEMA ||
	       f->code == KUDU_TABLET_NEWER_SCHEMA;
}

/* ---- the whole ---- */

static enum weir_status look(struct weir_kudu *k, const char *name, struct weir_kudu_table *out, struct weir_error *err)
{
	*out = (struct weir_kudu_table){.cluster = k, .name = weir_str_dup(weir_str_of(name))};
	enum weir_status st = out->name ? read_schema(out, err) : kudu_out_of_memory(err);
	if (st == WEIR_OK)
		st = locate(out, err);
	if (st != WEIR_OK)
		release(out);
	return st;
}

enum weir_status weir_kudu_table_open(struct weir_kudu *k, const char *name, struct weir_kudu_table **out,
				      struct weir_error *err)
{
	*out = weir_calloc(1, sizeof **out);
	if (!*out)
		return kudu_out_of_memory(err);
	enum weir_status st = look(k, name, *out, err);
	if (st != WEIR_OK) {
		free(*out);
		*out = NULL;
	}
	return st;
}

enum weir_status weir_kudu_table_reload(struct weir_kudu_table *t, struct weir_error *err)
{
	struct weir_kudu_table next;
	enum weir_status st = look(t->cluster, t->name, &next, err);

	if (st != WEIR_OK)
		return st;
	next.changes = t->changes + 1;
	release(t);
	*t = next;
	return WEIR_OK;
}

const char *weir_kudu_type_name(int type)
{
	static const char *const names[] = {"UINT8",     "INT8",      "UINT16",     "INT16",           "UINT32",
					    "INT32",     "UINT64",    "INT64",      "STRING",          "BOOL",
					    "FLOAT",     "DOUBLE",    "BINARY",     "UNIXTIME_MICROS", "INT128",
					    "DECIMAL32", "DECIMAL64", "DECIMAL128", "IS_DELETED",      "VARCHAR",
					    "DATE",      "ARRAY"};

	return type >= 0 && (size_t)type < sizeof names / sizeof *names ? names[type] : "a type that is not known";
}
