/* The collection that rows go to. */
#include "mongodb.h"

enum { THERE_ALREADY = 48 }; /* NamespaceExists */

static enum weir_status is_there(struct weir_mongodb *m, const char *collection, bool *there, struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, filter, found;
	struct weir_mongodb_cursor c = {0};

	BSON_APPEND_INT32(&command, "listCollections", 1);
	BSON_APPEND_DOCUMENT_BEGIN(&command, "filter", &filter);
	BSON_APPEND_UTF8(&filter, "name", collection);
	bson_append_document_end(&command, &filter);
	BSON_APPEND_BOOL(&command, "nameOnly", true);
	BSON_APPEND_BOOL(&command, "authorizedCollections", true);
	enum weir_status st = weir_mongodb_cursor_begin(m, &c, &command, NULL, err);
	*there = false;
	while (st == WEIR_OK && weir_mongodb_cursor_next(&c, &found)) {
		bson_iter_t name;
		*there = *there || (bson_iter_init_find(&name, &found, "name") && BSON_ITER_HOLDS_UTF8(&name) &&
				    strcmp(bson_iter_utf8(&name, NULL), collection) == 0);
	}
	weir_mongodb_cursor_release(&c);
	bson_destroy(&command);
	return st;
}

static enum weir_status make(struct weir_mongodb *m, const char *collection, struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, reply;
	int64_t code;

	BSON_APPEND_UTF8(&command, "create", collection);
	enum weir_status st = weir_mongodb_run(m, &command, &reply, &code, err);
	bson_destroy(&command);
	bson_destroy(&reply);
	return st != WEIR_OK && code == THERE_ALREADY ? WEIR_OK : st; /* another weir made it in the same moment */
}

/* Who follows the collection by polling asks in this order. */
static enum weir_status make_index(struct weir_mongodb *m, const char *collection, struct weir_error *err)
{
	bson_t command = BSON_INITIALIZER, list, index, keys, reply;

	BSON_APPEND_UTF8(&command, "createIndexes", collection);
	BSON_APPEND_ARRAY_BEGIN(&command, "indexes", &list);
	BSON_APPEND_DOCUMENT_BEGIN(&list, "0", &index);
	BSON_APPEND_DOCUMENT_BEGIN(&index, "key", &keys);
	BSON_APPEND_INT32(&keys, WEIR_MONGODB_AT, 1);
	bson_append_document_end(&index, &keys);
	BSON_APPEND_UTF8(&index, "name", WEIR_MONGODB_AT);
	bson_append_document_end(&list, &index);
	bson_append_array_end(&command, &list);
	enum weir_status st = weir_mongodb_run(m, &command, &reply, NULL, err);
	bson_destroy(&command);
	bson_destroy(&reply);
	return st;
}

enum weir_status weir_mongodb_prepare(struct weir_mongodb *m, const char *collection, bool create,
				      struct weir_error *err)
{
	bool fresh, there = false;
	enum weir_status st = weir_mongodb_connect(m, &fresh, err);

	if (st == WEIR_OK)
		st = is_there(m, collection, &there, err);
	if (st != WEIR_OK || (there && !create))
		return st;
	if (!there && !create) {
		weir_fail(err, WEIR_NOT_FOUND, m->name, "there is no collection %.100s", collection);
		weir_error_hint(err, "create=yes makes it");
		return WEIR_NOT_FOUND;
	}
	if (!there)
		st = make(m, collection, err);
	return st == WEIR_OK ? make_index(m, collection, err) : st;
}
