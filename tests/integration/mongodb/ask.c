/* A plain client of MongoDB on libmongoc, for tests and benchmarks:
 *
 *   ask URI DATABASE COMMAND                  a command in JSON; prints what the server answers, in one line
 *   ask URI DATABASE dump COLLECTION FILE     all documents, as BSON one after the other
 *   ask URI DATABASE load COLLECTION FILE     inserts such documents, 10,000 at a time
 *   ask URI DATABASE fetch COLLECTION         reads all documents in the order of _weir.at, and throws them away
 */
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 10000 };

static int say(const bson_error_t *e)
{
	fprintf(stderr, "ask: %s\n", e->message);
	return 1;
}

static int command(mongoc_client_t *client, const char *database, const char *text)
{
	bson_error_t e;
	bson_t reply, *asked = bson_new_from_json((const uint8_t *)text, -1, &e);

	if (!asked)
		return say(&e);
	bool good = mongoc_client_command_simple(client, database, asked, NULL, &reply, &e);
	char *answer = bson_as_relaxed_extended_json(&reply, NULL);
	puts(answer);
	bson_free(answer);
	bson_destroy(asked);
	bson_destroy(&reply);
	return good ? 0 : say(&e);
}

static int read_all(mongoc_collection_t *from, FILE *to)
{
	bson_t all = BSON_INITIALIZER,
	       *options = BCON_NEW("sort", "{", "_weir.at", BCON_INT32(1), "}", "batchSize", BCON_INT32(8192));
	mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(from, &all, options, NULL);
	const bson_t *document;
	bson_error_t e;
	size_t n = 0;

	for (; mongoc_cursor_next(cursor, &document); n++)
		if (to)
			fwrite(bson_get_data(document), 1, document->len, to);
	if (mongoc_cursor_error(cursor, &e))
		return say(&e);
	mongoc_cursor_destroy(cursor);
	bson_destroy(options);
	printf("%zu\n", n);
	return 0;
}

static int insert(mongoc_collection_t *to, bson_t **list, size_t n)
{
	bson_t *options = BCON_NEW("ordered", BCON_BOOL(false), "validate", BCON_BOOL(false), "writeConcern", "{", "w",
				   BCON_UTF8("majority"), "}");
	bson_error_t e;
	bool good = n == 0 || mongoc_collection_insert_many(to, (const bson_t **)list, n, options, NULL, &e);

	for (size_t i = 0; i < n; i++)
		bson_destroy(list[i]);
	bson_destroy(options);
	return good ? 0 : say(&e);
}

static int load(mongoc_collection_t *to, const char *path)
{
	static bson_t *list[BATCH];
	bson_reader_t *reader = bson_reader_new_from_file(path, &(bson_error_t){0});
	const bson_t *document;
	size_t n = 0;
	int failed = reader ? 0 : 1;

	while (!failed && (document = bson_reader_read(reader, NULL))) {
		list[n++] = bson_copy(document);
		if (n == BATCH) {
			failed = insert(to, list, n);
			n = 0;
		}
	}
	return failed ? failed : insert(to, list, n);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	mongoc_init();
	mongoc_client_t *client = mongoc_client_new(argv[1]);
	if (!client)
		return 2;
	mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
	if (argc == 4)
		return command(client, argv[2], argv[3]);
	mongoc_collection_t *collection = mongoc_client_get_collection(client, argv[2], argv[4]);
	if (strcmp(argv[3], "load") == 0)
		return load(collection, argv[5]);
	FILE *to = strcmp(argv[3], "dump") == 0 ? fopen(argv[5], "w") : NULL;
	int failed = read_all(collection, to);
	return to && fclose(to) != 0 ? 1 : failed;
}
