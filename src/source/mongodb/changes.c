/* The change stream. */
#include "mongodb.h"

static enum weir_status out_of_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "mongodb", "out of memory");
}

static bool keep_place(struct weir_mg_source *q, const bson_t *token)
{
	bson_t *copy = bson_copy(token);

	if (q->place)
		bson_destroy(q->place);
	q->place = copy;
	return copy != NULL;
}

/* What the stream says of one insert. */
static bool read_event(const bson_t *event, bson_t *token, uint32_t *s, uint32_t *n)
{
	bson_iter_t at;
	const uint8_t *data;
	uint32_t size;

	*s = *n = 0;
	if (bson_iter_init_find(&at, event, "clusterTime") && BSON_ITER_HOLDS_TIMESTAMP(&at))
		bson_iter_timestamp(&at, s, n);
	if (!bson_iter_init_find(&at, event, "_id") || !BSON_ITER_HOLDS_DOCUMENT(&at))
		return false;
	bson_iter_document(&at, &size, &data);
	return bson_init_static(token, data, size);
}

bool weir_mg_document_of(const bson_t *event, bson_t *document)
{
	bson_iter_t at;
	const uint8_t *data;
	uint32_t size;

	if (!bson_iter_init_find(&at, event, "fullDocument") || !BSON_ITER_HOLDS_DOCUMENT(&at))
		return false;
	bson_iter_document(&at, &size, &data);
	return bson_init_static(document, data, size);
}

/* Behind `place`; from the time of the first that arrived during the history; or from now on. */
static void add_stage(const struct weir_mg_source *q, bson_t *command)
{
	bson_t list, stage, change, match;

	BSON_APPEND_ARRAY_BEGIN(command, "pipeline", &list);
	BSON_APPEND_DOCUMENT_BEGIN(&list, "0", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$changeStream", &change);
	if (q->from_first && !q->place)
		BSON_APPEND_TIMESTAMP(&change, "startAtOperationTime", q->first_s, q->first_n);
	else if (q->place)
		BSON_APPEND_DOCUMENT(&change, "resumeAfter", q->place);
	bson_append_document_end(&stage, &change);
	bson_append_document_end(&list, &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&list, "1", &stage);
	BSON_APPEND_DOCUMENT_BEGIN(&stage, "$match", &match);
	BSON_APPEND_UTF8(&match, "operationType", "insert");
	bson_append_document_end(&stage, &match);
	bson_append_document_end(&list, &stage);
	bson_append_array_end(command, &list);
}

static enum weir_status begin(struct weir_mg_source *q, int64_t *code, struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, cursor;

	BSON_APPEND_UTF8(&command, "aggregate", q->server.collection);
	add_stage(q, &command);
	BSON_APPEND_DOCUMENT_BEGIN(&command, "cursor", &cursor);
	BSON_APPEND_INT32(&cursor, "batchSize", WEIR_MG_BATCH);
	bson_append_document_end(&command, &cursor);
	enum weir_status st = weir_mongodb_cursor_begin(&q->server, &q->changes, &command, code, err);
	bson_destroy(&command);
	return st;
}

enum weir_status weir_mg_changes_open(struct weir_mg_source *q, bool *has, struct weir_error *err)
{
	struct weir_error met = {0};
	bool again = q->has_changes && !q->place && !q->from_first;
	int64_t code;

	*has = true;
	if (again) /* what came meanwhile would be lost */
		return weir_fail(err, WEIR_IO, q->server.name,
				 "the server has not said where its change stream goes on, and it broke off");
	enum weir_status st = begin(q, &code, &met);
	if (st == WEIR_OK && !q->place && q->changes.has_resume && !keep_place(q, &q->changes.resume))
		return out_of_memory(err);
	if (st == WEIR_OK || (code && !q->place && !met.retriable)) {
		*has = st == WEIR_OK; /* a server that stands alone has none, and some users may not have it */
		return WEIR_OK;
	}
	*has = false;
	if (err)
		*err = met;
	return st;
}

static enum weir_status remember(struct weir_mg_source *q, const bson_t *event, struct weir_error *err)
{
	bson_t token, document;
	uint32_t s, n;

	if (!read_event(event, &token, &s, &n) || !weir_mg_document_of(event, &document))
		return WEIR_OK;
	if (!q->first_s) {
		q->first_s = s;
		q->first_n = n;
	}
	q->last_s = s;
	q->last_n = n;
	return keep_place(q, &token) && weir_mg_set_add(&q->arrived, weir_mg_id_hash(&document)) ? WEIR_OK
												 : out_of_memory(err);
}

enum weir_status weir_mg_changes_drain(struct weir_mg_source *q, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;
	bson_t event;
	bool some = true;

	while (st == WEIR_OK && some) {
		while (st == WEIR_OK && weir_mongodb_cursor_next(&q->changes, &event))
			st = remember(q, &event, err);
		if (st == WEIR_OK)
			st = weir_mg_changes_more(q, err);
		some = st == WEIR_OK && weir_mongodb_cursor_peek(&q->changes, &event);
	}
	return st;
}

enum weir_status weir_mg_changes_rewind(struct weir_mg_source *q, struct weir_error *err)
{
	if (!q->arrived.n)
		return WEIR_OK;
	if (q->place)
		bson_destroy(q->place);
	q->place = NULL;
	q->from_first = true;
	return begin(q, NULL, err);
}

enum weir_status weir_mg_changes_more(struct weir_mg_source *q, struct weir_error *err)
{
	/* A stream that waits for documents waits no longer than the caller does. */
	int64_t ms = q->wait_us / 1000 > 0 ? q->wait_us / 1000 : 1;

	if (!q->changes.id) {
		weir_fail(err, WEIR_NOT_FOUND, q->server.name, "the collection was dropped or renamed");
		return WEIR_NOT_FOUND;
	}
	enum weir_status st =
	    weir_mongodb_cursor_more(&q->server, &q->changes, q->server.collection, WEIR_MG_BATCH, ms, NULL, err);
	if (st == WEIR_OK && q->changes.has_resume && !weir_mongodb_cursor_peek(&q->changes, &(bson_t){0}) &&
	    !keep_place(q, &q->changes.resume))
		st = out_of_memory(err);
	return st;
}

/* It was handed out as history already. */
static bool is_history(struct weir_mg_source *q, const bson_t *document, uint32_t s, uint32_t n)
{
	if (!q->arrived.n)
		return false;
	if (s > q->last_s || (s == q->last_s && n > q->last_n)) { /* none of these will come again */
		weir_mg_set_release(&q->arrived);
		return false;
	}
	return weir_mg_set_is_marked(&q->arrived, weir_mg_id_hash(document));
}

bool weir_mg_changes_next(struct weir_mg_source *q, bson_t *document)
{
	bson_t event, token;
	uint32_t s, n;

	while (weir_mongodb_cursor_next(&q->changes, &event)) {
		if (read_event(&event, &token, &s, &n))
			(void)!keep_place(q, &token);
		if (weir_mg_document_of(&event, document) && !is_history(q, document, s, n))
			return true;
	}
	return false;
}
