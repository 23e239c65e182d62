/* Batches of documents. libmongoc has cursors too; these say where a batch ends, which a change stream beside a query needs to know. */
#include "weir/client/mongodb.h"

static void forget_batch(struct weir_mongodb_cursor *c)
{
	if (c->has_reply)
		bson_destroy(&c->reply);
	c->has_reply = false;
}

void weir_mongodb_cursor_release(struct weir_mongodb_cursor *c)
{
	forget_batch(c);
	if (c->has_resume)
		bson_destroy(&c->resume);
	*c = (struct weir_mongodb_cursor){0};
}

static void keep_resume(struct weir_mongodb_cursor *c, bson_iter_t *at)
{
	const uint8_t *data;
	uint32_t size;

	bson_iter_document(at, &size, &data);
	if (c->has_resume)
		bson_destroy(&c->resume);
	bson_t *copy = bson_new_from_data(data, size);
	c->has_resume = copy != NULL;
	if (!copy)
		return;
	bson_init(&c->resume);
	bson_concat(&c->resume, copy);
	bson_destroy(copy);
}

/* The reply becomes the batch in hand. */
static enum weir_status take(struct weir_mongodb *m, struct weir_mongodb_cursor *c, struct weir_error *err)
{
	bson_iter_t at, in;
	bool found = false;

	c->has_reply = true;
	if (bson_iter_init_find(&at, &c->reply, "cursor") && BSON_ITER_HOLDS_DOCUMENT(&at) &&
	    bson_iter_recurse(&at, &in)) {
		while (bson_iter_next(&in)) {
			const char *key = bson_iter_key(&in);
			if (strcmp(key, "id") == 0)
				c->id = bson_iter_as_int64(&in);
			else if (strcmp(key, "postBatchResumeToken") == 0 && BSON_ITER_HOLDS_DOCUMENT(&in))
				keep_resume(c, &in);
			else if ((strcmp(key, "firstBatch") == 0 || strcmp(key, "nextBatch") == 0) &&
				 BSON_ITER_HOLDS_ARRAY(&in))
				found = bson_iter_recurse(&in, &c->at);
		}
	}
	if (found)
		return WEIR_OK;
	forget_batch(c);
	return weir_fail(err, WEIR_IO, m->name, "the answer has no documents");
}

static enum weir_status ask(struct weir_mongodb *m, struct weir_mongodb_cursor *c, const bson_t *command, int64_t *code,
			    struct weir_error *err)
{
	forget_batch(c);
	enum weir_status st = weir_mongodb_run(m, command, &c->reply, code, err);
	if (st == WEIR_OK)
		return take(m, c, err);
	bson_destroy(&c->reply);
	return st;
}

enum weir_status weir_mongodb_cursor_begin(struct weir_mongodb *m, struct weir_mongodb_cursor *c, const bson_t *command,
					   int64_t *code, struct weir_error *err)
{
	weir_mongodb_cursor_release(c);
	enum weir_status st = ask(m, c, command, code, err);
	c->begun = st == WEIR_OK;
	return st;
}

enum weir_status weir_mongodb_cursor_more(struct weir_mongodb *m, struct weir_mongodb_cursor *c, const char *collection,
					  int32_t n, int64_t most_ms, int64_t *code, struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER;

	BSON_APPEND_INT64(&command, "getMore", c->id);
	BSON_APPEND_UTF8(&command, "collection", collection);
	BSON_APPEND_INT32(&command, "batchSize", n);
	if (most_ms)
		BSON_APPEND_INT64(&command, "maxTimeMS", most_ms);
	enum weir_status st = ask(m, c, &command, code, err);
	bson_destroy(&command);
	return st;
}

static bool next_in(bson_iter_t *at, bson_t *document)
{
	const uint8_t *data;
	uint32_t size;

	while (bson_iter_next(at)) {
		if (!BSON_ITER_HOLDS_DOCUMENT(at))
			continue;
		bson_iter_document(at, &size, &data);
		if (bson_init_static(document, data, size))
			return true;
	}
	return false;
}

bool weir_mongodb_cursor_next(struct weir_mongodb_cursor *c, bson_t *document)
{
	if (c->has_reply && next_in(&c->at, document))
		return true;
	forget_batch(c);
	return false;
}

bool weir_mongodb_cursor_peek(const struct weir_mongodb_cursor *c, bson_t *document)
{
	bson_iter_t at = c->at;

	return c->has_reply && next_in(&at, document);
}
