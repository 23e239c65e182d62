/* The Kinesis source against a service of the test, which answers with what its script has; aggregated records, base64, and
 * where credentials come from. */
#include "config.h"

#include "reading.h"
#include "source/kinesis/kinesis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { PATIENCE = 400, MOST = 16 };

/* Answers the nth request with answers[n]: "STATUS JSON". */
static struct service {
	int fd, n;
	const char *answers[MOST];
	char requests[MOST][3000];
	pthread_t thread;
	char address[200];
} service;

static void answer(int fd, int i)
{
	char *request = service.requests[i], head[200];
	size_t n = 0, length = 0;
	const char *body = NULL;

	while (!body || n < (size_t)(body - request) + length) {
		ssize_t got = recv(fd, request + n, sizeof service.requests[i] - n - 1, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
		request[n] = 0;
		body = strstr(request, "\r\n\r\n");
		const char *field = strcasestr(request, "content-length:");
		length = field ? (size_t)atol(field + 15) : 0;
		body = body ? body + 4 : NULL;
	}
	const char *json = strchr(service.answers[i], ' ') + 1;
	int size = snprintf(head, sizeof head, "HTTP/1.1 %.3s X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
			    service.answers[i], strlen(json));
	assert_int_equal(send(fd, head, (size_t)size, MSG_NOSIGNAL), size);
	assert_int_equal(send(fd, json, strlen(json), MSG_NOSIGNAL), strlen(json));
	shutdown(fd, SHUT_WR);
	while (recv(fd, (char[64]){0}, 64, 0) > 0)
		;
	close(fd);
}

static void *serve(void *arg)
{
	(void)arg;
	for (int i = 0; i < service.n; i++) {
		int fd = accept(service.fd, NULL, NULL);
		if (fd < 0)
			break;
		answer(fd, i);
	}
	return NULL;
}

static void start(const char *const *answers)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;

	memset(&service, 0, sizeof service);
	for (; answers[service.n]; service.n++)
		service.answers[service.n] = answers[service.n];
	service.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(service.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(service.fd, 8), 0);
	assert_int_equal(getsockname(service.fd, (struct sockaddr *)&at, &size), 0);
	snprintf(service.address, sizeof service.address,
		 "kinesis://key:secret@eu-west-1/orders?endpoint=http://127.0.0.1:%d/", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&service.thread, NULL, serve, NULL), 0);
}

static void stop(void)
{
	shutdown(service.fd, SHUT_RDWR);
	pthread_join(service.thread, NULL);
	close(service.fd);
}

/* Reads to the end; the payloads, one a line. */
static enum weir_status read_all(struct reading *r)
{
	enum weir_status st = WEIR_OK;

	for (int n = 0; (st == WEIR_OK || st == WEIR_AGAIN) && n < PATIENCE; n++) {
		struct weir_chunk c;
		st = weir_source_poll(r->source, 250000, &c, &r->err);
		if (st != WEIR_OK)
			continue;
		for (; c.n_messages; c.messages++, c.n_messages--) {
			weir_buf_addf(&r->text, WEIR_STR_FMT "/" WEIR_STR_FMT "\n", WEIR_STR_ARG(c.messages->key),
				      WEIR_STR_ARG(c.messages->payload));
			assert_string_equal(weir_partitions_get(c.partitions, c.messages->partition)->topic.data,
					    "orders");
		}
		weir_source_consume(r->source, &c);
	}
	return st;
}

static enum weir_status open_more(struct reading *r, const char *more)
{
	char address[600];

	snprintf(address, sizeof address, "%s%s", service.address, more);
	return reading_open_address(r, address, false, NULL);
}

#define ONE_SHARD "200 {\"Shards\":[{\"ShardId\":\"shardId-000000000004\"}]}"
#define ITERATOR(name) "200 {\"ShardIterator\":\"" name "\"}"
#define RECORDS(list, next, behind)                                                                                    \
	"200 {\"Records\":[" list "],\"NextShardIterator\":\"" next "\",\"MillisBehindLatest\":" behind "}"
#define RECORD(sequence, data)                                                                                         \
	"{\"SequenceNumber\":\"" sequence "\",\"Data\":\"" data                                                        \
	"\",\"PartitionKey\":\"k\",\"ApproximateArrivalTimestamp\":1600000000.5}"

/* Throttled: it waits and asks again. An iterator that expired: another one, behind the last record. */
static void throttling_and_expiry_lose_nothing(void **state)
{
	static const char *const answers[] = {
	    ONE_SHARD,
	    ITERATOR("i1"),
	    RECORDS(RECORD("11", "YQ==") "," RECORD("12", "Yg=="), "i2", "500"),
	    "400 {\"__type\":\"com.amazonaws#ProvisionedThroughputExceededException\",\"message\":\"slow\"}",
	    "500 {}",
	    "400 {\"__type\":\"ExpiredIteratorException\",\"message\":\"old\"}",
	    ITERATOR("i3"),
	    RECORDS(RECORD("13", "Yw=="), "i4", "0"),
	    NULL};
	struct reading r;
	struct weir_buf position = {0};

	(void)state;
	start(answers);
	assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
	assert_true(weir_source_finite(r.source));
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "k/a\nk/b\nk/c\n");
	assert_int_equal(weir_source_position(r.source, &position), WEIR_OK);
	assert_string_equal(position.data, "shardId-000000000004=13.1");
	weir_buf_release(&position);
	reading_close(&r);
	stop();
	assert_non_null(strstr(service.requests[0], "Kinesis_20131202.ListShards"));
	assert_non_null(strstr(service.requests[0], "AWS4-HMAC-SHA256 Credential=key/"));
	assert_null(strstr(service.requests[0], "secret"));
	assert_non_null(strstr(service.requests[1], "\"TRIM_HORIZON\""));
	assert_non_null(strstr(service.requests[3], "\"i2\""));
	assert_non_null(strstr(service.requests[5], "\"i2\""));
	assert_non_null(strstr(service.requests[6], "\"AFTER_SEQUENCE_NUMBER\""));
	assert_non_null(strstr(service.requests[6], "\"12\""));
	assert_non_null(strstr(service.requests[7], "\"i3\""));
}

/* Within the records under one sequence number. */
static void a_position_may_lie_within_an_aggregate(void **state)
{
	/* keys x and y; records x: one, y: two, x: three; a digest of zeros */
	static const char *const answers[] = {
	    ONE_SHARD, ITERATOR("i1"),
	    RECORDS(RECORD("21", "84mawgoBeAoBeRoHCAAaA29uZRoHCAEaA3R3bxoJCAAaBXRocmVlAAAAAAAAAAAAAAAAAAAAAA=="), "i2",
		    "0"),
	    NULL};
	struct reading r;

	(void)state;
	start(answers);
	assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "x/one\ny/two\nx/three\n");
	reading_close(&r);
	stop();

	start(answers);
	assert_int_equal(open_more(&r, "&until=latest&position=shardId-000000000004=21.2"), WEIR_OK);
	assert_int_equal(read_all(&r), WEIR_END);
	assert_string_equal(r.text.data, "x/three\n");
	reading_close(&r);
	stop();
	assert_non_null(strstr(service.requests[1], "\"AT_SEQUENCE_NUMBER\""));
}

static void refusals_are_errors(void **state)
{
	static const struct {
		const char *answer;
		enum weir_status st;
	} cases[] = {
	    {"400 {\"__type\":\"ResourceNotFoundException\",\"message\":\"no stream\"}", WEIR_NOT_FOUND},
	    {"403 {\"__type\":\"InvalidSignatureException\",\"message\":\"wrong\"}", WEIR_DENIED},
	    {"400 {\"__type\":\"SomethingElse\"}", WEIR_IO},
	    {"200 {\"Shards\":[]}", WEIR_NOT_FOUND},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reading r;
		start((const char *const[]){cases[i].answer, NULL});
		assert_int_equal(open_more(&r, "&until=latest"), WEIR_OK);
		assert_int_equal(read_all(&r), cases[i].st);
		reading_close(&r);
		stop();
	}
}

static void addresses_are_checked(void **state)
{
	static const char *const bad[] = {"kinesis://k:s@eu-west-1/",
					  "kinesis://k:s@eu-west-1/a/b",
					  "kinesis://k:s@eu-west-1/a?from=17",
					  "kinesis://k:s@eu-west-1/a?position=x",
					  "kinesis://k:s@eu-west-1/a?position=shardId-1=5.x",
					  "kinesis://k:s@eu-west-1/a?form=latest",
					  "kinesis://k@eu-west-1/a"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct reading r;
		assert_int_equal(reading_open_address(&r, bad[i], false, NULL), WEIR_USAGE);
	}
}

static bool add_text(void *ctx, struct weir_str data, struct weir_str key)
{
	weir_buf_addf(ctx, WEIR_STR_FMT "=" WEIR_STR_FMT ";", WEIR_STR_ARG(key), WEIR_STR_ARG(data));
	return true;
}

/* What is cut or damaged is a plain record, never half an aggregate. */
static void what_is_no_aggregate_is_a_record(void **state)
{
	static const char whole[] = "\xf3\x89\x9a\xc2\x0a\x01x\x1a\x05\x08\x00\x1a\x01"
				    "a0123456789abcdef";
	struct weir_str data = {whole, sizeof whole - 1};
	struct weir_buf out = {0};

	(void)state;
	assert_true(kinesis_is_aggregated(data));
	assert_true(kinesis_disaggregate(data, add_text, &out));
	assert_string_equal(out.data, "x=a;");
	weir_buf_release(&out);
	for (size_t n = 0; n < data.size; n++)
		assert_false(kinesis_is_aggregated((struct weir_str){whole, n}));
}

static void base64_is_decoded(void **state)
{
	static const struct {
		const char *text, *bytes;
	} cases[] = {{"", ""},           {"YQ==", "a"}, {"YWI=", "ab"}, {"YWJj", "abc"},
		     {"YWJjZA", "abcd"}, {"-", NULL},   {"YWJjZ", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct weir_buf out = {0};
		bool good = kinesis_decode_base64(weir_str_of(cases[i].text), &out);
		assert_int_equal(good, cases[i].bytes != NULL);
		if (good)
			assert_true(weir_str_equal(weir_buf_str(&out), weir_str_of(cases[i].bytes)));
		weir_buf_release(&out);
	}
}

static const char *variables[8];
static const char *lookup(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < 8 && variables[i]; i++)
		if (strncmp(variables[i], name, n) == 0 && variables[i][n] == '=')
			return variables[i] + n + 1;
	return NULL;
}

static void check_login(const char *address, const char *key, const char *secret, const char *token)
{
	struct weir_source_config config = {.lookup = lookup};
	struct kinesis_login l = {0};
	struct weir_error err = {0};

	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &config.uri, NULL), WEIR_OK);
	assert_int_equal(kinesis_login_find(&config, &l, &err), key ? WEIR_OK : WEIR_DENIED);
	if (key) {
		assert_string_equal(l.key, key);
		assert_string_equal(l.secret, secret);
		assert_string_equal(l.token ? l.token : "", token);
	}
	kinesis_login_release(&l);
	weir_uri_release(&config.uri);
}

static void credentials_have_an_order(void **state)
{
	static const char file[] = "# none\n[default]\naws_access_key_id = dk\naws_secret_access_key=ds\n\n[other]\n"
				   "aws_access_key_id=ok\naws_secret_access_key = os\naws_session_token = ot\n";
	char at[200];

	(void)state;
	folder_make();
	write_file(in_folder("credentials"), file, sizeof file - 1);
	snprintf(at, sizeof at, "AWS_SHARED_CREDENTIALS_FILE=%s", in_folder("credentials"));
	variables[0] = at;
	variables[1] = NULL;
	check_login("kinesis://r/s", "dk", "ds", "");
	check_login("kinesis://r/s?profile=other", "ok", "os", "ot");
	check_login("kinesis://r/s?profile=none", NULL, NULL, NULL);
	variables[1] = "AWS_PROFILE=other";
	check_login("kinesis://r/s", "ok", "os", "ot");
	variables[2] = "AWS_ACCESS_KEY_ID=ek";
	variables[3] = "AWS_SECRET_ACCESS_KEY=es";
	variables[4] = "AWS_SESSION_TOKEN=et";
	check_login("kinesis://r/s", "ek", "es", "et");
	check_login("kinesis://r/s?profile=default", "dk", "ds", "");
	check_login("kinesis://uk:us@r/s", "uk", "us", "");
	folder_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(throttling_and_expiry_lose_nothing),
	    cmocka_unit_test(a_position_may_lie_within_an_aggregate),
	    cmocka_unit_test(refusals_are_errors),
	    cmocka_unit_test(addresses_are_checked),
	    cmocka_unit_test(what_is_no_aggregate_is_a_record),
	    cmocka_unit_test(base64_is_decoded),
	    cmocka_unit_test(credentials_have_an_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
