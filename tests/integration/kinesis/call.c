/* Talks to a Kinesis server, for the tests: what weir itself never does, which is to write.
 *
 *     call ENDPOINT ACTION JSON            one signed request; prints the answer
 *     call ENDPOINT fill STREAM FROM TO    records {"i":N,"k":"kM"} for N in FROM … TO - 1, by key; retries what was throttled
 *     call ENDPOINT load STREAM            each line of standard input is a record, with some key
 *     call ENDPOINT read STREAM SHARD      reads it to its end and throws the records away; prints how many there were
 *
 * Signs with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { A_CALL = 100, KEYS = 13, TRIES = 200, MOST = 10000 /* records of an answer */ };

struct text {
	char *data;
	size_t size;
};

static size_t take(char *bytes, size_t one, size_t n, void *text)
{
	struct text *t = text;

	t->data = realloc(t->data, t->size + one * n + 1);
	if (!t->data)
		return 0;
	memcpy(t->data + t->size, bytes, one * n);
	t->size += one * n;
	t->data[t->size] = 0;
	return one * n;
}

/* Returns the status of HTTP; 0: nobody answered. */
static long request(const char *endpoint, const char *action, const char *json, struct text *answer)
{
	const char *key = getenv("AWS_ACCESS_KEY_ID"), *secret = getenv("AWS_SECRET_ACCESS_KEY");
	char target[100];
	CURL *e = curl_easy_init();
	long status = 0;

	snprintf(target, sizeof target, "X-Amz-Target: Kinesis_20131202.%s", action);
	struct curl_slist *headers = curl_slist_append(NULL, target);
	headers = curl_slist_append(headers, "Content-Type: application/x-amz-json-1.1");
	curl_easy_setopt(e, CURLOPT_URL, endpoint);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, json);
	curl_easy_setopt(e, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:kinesis");
	curl_easy_setopt(e, CURLOPT_USERNAME, key ? key : "key");
	curl_easy_setopt(e, CURLOPT_PASSWORD, secret ? secret : "secret");
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, answer);
	if (curl_easy_perform(e) == CURLE_OK)
		curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(e);
	curl_slist_free_all(headers);
	return status;
}

static void encode(const char *text, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i += 3) {
		unsigned bits = (unsigned)(unsigned char)text[i] << 16 |
				(i + 1 < size ? (unsigned)(unsigned char)text[i + 1] << 8 : 0) |
				(i + 2 < size ? (unsigned char)text[i + 2] : 0);
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = i + 1 < size ? digits[bits >> 6 & 63] : '=';
		*out++ = i + 2 < size ? digits[bits & 63] : '=';
	}
	*out = 0;
}

static json_t *record(const char *text, const char *key)
{
	char *data = malloc(strlen(text) / 3 * 4 + 8);

	encode(text, data);
	json_t *o = json_pack("{s:s,s:s}", "Data", data, "PartitionKey", key);
	free(data);
	return o;
}

/* Takes the list; nothing, if it is empty. */
static int put(const char *endpoint, const char *stream, json_t *list)
{
	json_t *o = json_pack("{s:s,s:o}", "StreamName", stream, "Records", list);
	char *json = json_dumps(o, JSON_COMPACT);
	struct text answer = {0};
	long status = json_array_size(list) ? 0 : 200;

	for (int t = 0; status != 200 && t < TRIES; t++) {
		answer.size = 0;
		status = request(endpoint, "PutRecords", json, &answer);
		if (status != 200)
			nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	}
	json_t *said = answer.data ? json_loads(answer.data, 0, NULL) : NULL;
	int bad = status != 200 || json_integer_value(json_object_get(said, "FailedRecordCount")) != 0;
	json_decref(said);
	if (bad)
		fprintf(stderr, "call: %ld %s\n", status, answer.data ? answer.data : "");
	free(answer.data);
	free(json);
	json_decref(o);
	return bad;
}

static int fill(const char *endpoint, const char *stream, long from, long to)
{
	char text[100], key[40];

	for (long n = from; n < to; n += A_CALL) {
		json_t *list = json_array();
		for (long i = n; i < to && i < n + A_CALL; i++) {
			snprintf(key, sizeof key, "k%ld", i % KEYS);
			snprintf(text, sizeof text, "{\"i\":%ld,\"k\":\"%s\"}", i, key);
			json_array_append_new(list, record(text, key));
		}
		if (put(endpoint, stream, list))
			return 1;
	}
	return 0;
}

static int load(const char *endpoint, const char *stream)
{
	char *line = NULL, key[40];
	size_t room = 0;
	long n = 0;
	int bad = 0;
	json_t *list = json_array();

	for (ssize_t size; !bad && (size = getline(&line, &room, stdin)) > 0; n++) {
		line[size - 1] = line[size - 1] == '\n' ? 0 : line[size - 1];
		snprintf(key, sizeof key, "k%ld", n % KEYS);
		json_array_append_new(list, record(line, key));
		if (json_array_size(list) < A_CALL)
			continue;
		bad = put(endpoint, stream, list);
		list = json_array();
	}
	free(line);
	return put(endpoint, stream, list) || bad;
}

static json_t *ask(const char *endpoint, const char *action, json_t *o)
{
	struct text answer = {0};
	char *json = json_dumps(o, JSON_COMPACT);
	long status = request(endpoint, action, json, &answer);
	json_t *said = status == 200 ? json_loadb(answer.data, answer.size, 0, NULL) : NULL;

	if (!said)
		fprintf(stderr, "call: %ld %.200s\n", status, answer.data ? answer.data : "");
	free(json);
	free(answer.data);
	json_decref(o);
	return said;
}

static int read_shard(const char *endpoint, const char *stream, const char *shard)
{
	json_t *said = ask(
	    endpoint, "GetShardIterator",
	    json_pack("{s:s,s:s,s:s}", "StreamName", stream, "ShardId", shard, "ShardIteratorType", "TRIM_HORIZON"));
	json_t *iterator = json_incref(json_object_get(said, "ShardIterator"));
	size_t n = 0;
	int more = 1;

	json_decref(said);
	while (more && iterator) {
		said =
		    ask(endpoint, "GetRecords", json_pack("{s:o,s:i}", "ShardIterator", iterator, "Limit", (int)MOST));
		iterator = json_incref(json_object_get(said, "NextShardIterator"));
		size_t got = json_array_size(json_object_get(said, "Records"));
		/* kinesalite says in each answer that nothing follows */
		more = got == MOST || json_integer_value(json_object_get(said, "MillisBehindLatest")) > 0;
		n += got;
		json_decref(said);
	}
	json_decref(iterator);
	printf("%zu\n", n);
	return more;
}

int main(int argc, char **argv)
{
	struct text answer = {0};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (argc == 6 && strcmp(argv[2], "fill") == 0)
		return fill(argv[1], argv[3], atol(argv[4]), atol(argv[5]));
	if (argc == 4 && strcmp(argv[2], "load") == 0)
		return load(argv[1], argv[3]);
	if (argc == 5 && strcmp(argv[2], "read") == 0)
		return read_shard(argv[1], argv[3], argv[4]);
	if (argc != 4) {
		fprintf(
		    stderr,
		    "usage: call ENDPOINT ACTION JSON | call ENDPOINT fill STREAM FROM TO | call ENDPOINT load STREAM | call ENDPOINT read STREAM SHARD\n");
		return 2;
	}
	long status = request(argv[1], argv[2], argv[3], &answer);
	printf("%s\n", answer.data ? answer.data : "");
	free(answer.data);
	return status != 200;
}
