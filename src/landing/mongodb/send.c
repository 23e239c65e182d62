/* Documents to the server, and what it says of them: an `_id` that is there already is no fault, anything else is a refused row. */
#include "mongodb.h"

#include <stdio.h>
#include <stdlib.h>

enum { DUPLICATE_KEY = 11000 };

/* Writes are acknowledged when they would outlive any one server, or give up so that they can be tried again. */
static void add_concern(bson_t *options, int64_t timeout_us)
{
	bson_t concern;
	int64_t ms = timeout_us / 1000 < INT32_MAX ? timeout_us / 1000 : INT32_MAX;

	BSON_APPEND_DOCUMENT_BEGIN(options, "writeConcern", &concern);
	BSON_APPEND_UTF8(&concern, "w", "majority");
	BSON_APPEND_INT64(&concern, "wtimeout", ms > 0 ? ms : 1);
	bson_append_document_end(options, &concern);
}

/* Whether the document with this one's _id is there. */
static enum weir_status ask_for(struct weir_mongodb *m, const char *collection, const bson_t *document, bool *there,
				struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, filter, found;
	struct weir_mongodb_cursor c = {0};
	bson_iter_t id;

	*there = false;
	BSON_APPEND_UTF8(&command, "find", collection);
	BSON_APPEND_DOCUMENT_BEGIN(&command, "filter", &filter);
	if (bson_iter_init_find(&id, document, WEIR_MONGODB_ID))
		bson_append_iter(&filter, NULL, -1, &id);
	bson_append_document_end(&command, &filter);
	BSON_APPEND_INT64(&command, "limit", 1);
	enum weir_status st = weir_mongodb_cursor_begin(m, &c, &command, NULL, err);
	if (st == WEIR_OK)
		*there = weir_mongodb_cursor_next(&c, &found);
	weir_mongodb_cursor_release(&c);
	bson_destroy(&command);
	return st;
}

/* What the server says of one document. */
struct objection {
	int64_t index, code;
	const char *text;
	int is_id; /* the key that is there already is the _id: 1; it is another one: 0; the server does not say: -1 */
};

static void read_objection(const bson_iter_t *entry, struct objection *o)
{
	bson_iter_t at, keys;

	*o = (struct objection){.index = -1, .text = "", .is_id = -1};
	if (!BSON_ITER_HOLDS_DOCUMENT(entry) || !bson_iter_recurse(entry, &at))
		return;
	while (bson_iter_next(&at)) {
		const char *key = bson_iter_key(&at);
		if (strcmp(key, "index") == 0)
			o->index = bson_iter_as_int64(&at);
		else if (strcmp(key, "code") == 0)
			o->code = bson_iter_as_int64(&at);
		else if (strcmp(key, "errmsg") == 0 && BSON_ITER_HOLDS_UTF8(&at))
			o->text = bson_iter_utf8(&at, NULL);
		else if (strcmp(key, "keyPattern") == 0 && BSON_ITER_HOLDS_DOCUMENT(&at) &&
			 bson_iter_recurse(&at, &keys) && bson_iter_next(&keys))
			o->is_id = strcmp(bson_iter_key(&keys), WEIR_MONGODB_ID) == 0;
	}
	/* Before MongoDB 4.2 only the text says it; of many errors the server leaves the later texts out. */
	if (o->is_id < 0 && *o->text)
		o->is_id = strstr(o->text, " _id_ ") || strstr(o->text, ".$_id_ ");
}

void weir_mongodb_refuse(struct weir_landing *l, const struct weir_mongodb_document *d, const char *reason,
			 struct weir_landing_status *counts)
{
	weir_landing_refuse(l, d->batch, d->row, reason);
	counts->refused++;
	weir_landing_note_refused(counts, d->stream, d->position, reason);
}

static enum weir_status judge(struct weir_landing *l, struct weir_mongodb *m, const char *collection,
			      const struct weir_mongodb_documents *d, const bson_t *list, const bson_iter_t *entry,
			      struct weir_landing_status *counts, struct weir_error *err)
{
	struct objection o;
	bool there = false;
	enum weir_status st = WEIR_OK;

	read_objection(entry, &o);
	if (o.index < 0 || (size_t)o.index >= d->n)
		return weir_fail(err, WEIR_IO, m->name, "the server objects to a document that was not sent");
	if (weir_mongodb_is_retriable(o.code)) {
		bson_error_t e = {.domain = MONGOC_ERROR_SERVER, .code = (uint32_t)o.code};
		snprintf(e.message, sizeof e.message, "%.400s", o.text);
		return weir_mongodb_fail(m, &e, err);
	}
	if (o.code == DUPLICATE_KEY && o.is_id < 0)
		st = ask_for(m, collection, &list[o.index], &there, err);
	if (st != WEIR_OK || (o.code == DUPLICATE_KEY && (there || o.is_id > 0)))
		return st;
	weir_mongodb_refuse(l, &d->list[o.index], *o.text ? o.text : "the server refuses it without a reason", counts);
	return WEIR_OK;
}

/* What came of an insert that was no full success. */
static enum weir_status judge_all(struct weir_landing *l, struct weir_mongodb *m, const char *collection,
				  const struct weir_mongodb_documents *d, const bson_t *list, const bson_t *reply,
				  const bson_error_t *e, struct weir_landing_status *counts, struct weir_error *err)
{
	bson_iter_t errors, entry, unsure;
	bool each = bson_iter_init_find(&errors, reply, "writeErrors") && BSON_ITER_HOLDS_ARRAY(&errors) &&
		    bson_iter_recurse(&errors, &entry);
	uint64_t n = 0;
	enum weir_status st = WEIR_OK;

	/* What became of the connection, or a majority that does not confirm, is one of all. */
	bool unsure_of_all =
	    (bson_iter_init_find(&unsure, reply, "writeConcernErrors") && BSON_ITER_HOLDS_ARRAY(&unsure)) ||
	    m->trouble[0] || m->cancelled;
	while (each && st == WEIR_OK && bson_iter_next(&entry)) {
		n++;
		if (!unsure_of_all)
			st = judge(l, m, collection, d, list, &entry, counts, err);
	}
	return st == WEIR_OK && (unsure_of_all || !n) ? weir_mongodb_fail(m, e, err) : st;
}

enum weir_status weir_mongodb_send(struct weir_landing *l, struct weir_mongodb *m, const char *collection,
				   const struct weir_mongodb_documents *d, struct weir_landing_status *counts,
				   struct weir_error *err)
{
	bson_t *list = weir_calloc(d->n + 1, sizeof *list), options = BSON_INITIALIZER, reply;
	const bson_t **each = weir_calloc(d->n + 1, sizeof *each);
	enum weir_status st = WEIR_OK;
	bson_error_t e = {0};

	if (!list || !each) {
		free(list);
		free(each);
		return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	}
	for (size_t i = 0; i < d->n; i++) {
		(void)!bson_init_static(&list[i], (const uint8_t *)d->bytes.data + d->list[i].from, d->list[i].size);
		each[i] = &list[i];
	}
	BSON_APPEND_BOOL(&options, "ordered", false);
	BSON_APPEND_BOOL(&options, "validate", false);
	add_concern(&options, m->timeout_us);
	mongoc_collection_t *to = mongoc_client_get_collection(m->client, m->database, collection);
	weir_mongodb_begin(m);
	bool good = mongoc_collection_insert_many(to, each, d->n, &options, &reply, &e);
	mongoc_collection_destroy(to);
	if (!good)
		st = judge_all(l, m, collection, d, list, &reply, &e, counts, err);
	bson_destroy(&reply);
	bson_destroy(&options);
	free(list);
	free(each);
	return st;
}
