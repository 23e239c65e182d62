/* The landing in a Kafka topic, against the mock cluster that librdkafka brings: no server, no network. */
#include "rows.h"

#include "../../limit.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

enum { PRODUCE_REQUEST = 0, MOST = 20000 };

static struct {
	rd_kafka_t *rk;
	rd_kafka_mock_cluster_t *cluster;
	const char *hosts;
} mock;
static struct weir_budget budget;

static int start_mock(void **state)
{
	char text[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	(void)state;
	rd_kafka_conf_set(conf, "client.id", "test", text, sizeof text);
	rd_kafka_conf_set_log_cb(conf, NULL);
	mock.rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	mock.cluster = rd_kafka_mock_cluster_new(mock.rk, 1);
	mock.hosts = rd_kafka_mock_cluster_bootstraps(mock.cluster);
	return 0;
}

static int stop_mock(void **state)
{
	(void)state;
	rd_kafka_mock_cluster_destroy(mock.cluster);
	rd_kafka_destroy(mock.rk);
	return 0;
}

static void make_topic(const char *name)
{
	assert_int_equal(rd_kafka_mock_topic_create(mock.cluster, name, 1, 1), 0);
}

/* ---- reading back ---- */

struct message {
	char value[100], key[32], place[64]; /* key "-": none */
};
static struct message got[MOST];

static void take_message(const rd_kafka_message_t *m, struct message *to)
{
	rd_kafka_headers_t *headers = NULL;
	const void *place = "";
	size_t size = 0;

	snprintf(to->value, sizeof to->value, "%.*s", (int)m->len, (const char *)m->payload);
	snprintf(to->key, sizeof to->key, "%.*s", m->key ? (int)m->key_len : 1, m->key ? (const char *)m->key : "-");
	if (rd_kafka_message_headers(m, &headers) == 0)
		(void)rd_kafka_header_get_last(headers, "weir.row", &place, &size);
	snprintf(to->place, sizeof to->place, "%.*s", (int)size, (const char *)place);
}

/* All of partition 0, to `got`. */
static size_t read_topic(const char *name)
{
	char text[200];
	size_t n = 0;
	bool end = false;
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	rd_kafka_conf_set(conf, "bootstrap.servers", mock.hosts, text, sizeof text);
	rd_kafka_conf_set(conf, "group.id", "test", text, sizeof text);
	rd_kafka_conf_set(conf, "enable.partition.eof", "true", text, sizeof text);
	rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", text, sizeof text);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, name, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
	assert_int_equal(rd_kafka_assign(rk, list), 0);
	while (!end) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, TEST_LIMIT_S * 1000);
		assert_non_null(m);
		end = m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
		assert_in_range(n, 0, MOST - 1);
		if (!m->err)
			take_message(m, &got[n++]);
		rd_kafka_message_destroy(m);
	}
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
	return n;
}

static int by_value(const void *a, const void *b)
{
	const struct message *m = a, *other = b;
	int i = 0, j = 0;

	sscanf(m->value, "{\"i\":%d", &i);
	sscanf(other->value, "{\"i\":%d", &j);
	return i - j;
}

/* Rows 0 to n - 1 are there, each once, in whatever order. */
static void assert_rows(const char *topic, int n)
{
	char value[100];

	assert_int_equal(read_topic(topic), n);
	qsort(got, (size_t)n, sizeof *got, by_value);
	for (int i = 0; i < n; i++) {
		snprintf(value, sizeof value, "{\"i\":%d,\"s\":\"row %d\"}", i, i);
		assert_string_equal(got[i].value, value);
	}
}

/* ---- landing ---- */

static bool live; /* rows go on coming: nothing is given up before their end */

/* Address of a topic with parameters: "web?key=i". */
static enum weir_status open_at(const char *topic, bool once, struct weir_landing_queue **q, struct weir_error *err)
{
	static struct weir_landing_stream streams[1];
	char address[300];
	struct weir_uri uri;

	streams[0] = (struct weir_landing_stream){WEIR_STR("orders"), once};
	snprintf(address, sizeof address, "kafka://%s/%s", mock.hosts, topic);
	assert_int_equal(weir_uri_parse(weir_str_of(address), false, &uri, NULL), WEIR_OK);
	const struct weir_landing_config config = {.uri = &uri,
						   .clock = &weir_clock_system,
						   .budget = &budget,
						   .streams = streams,
						   .n_streams = 1,
						   .live = live,
						   .retry_us = 1000};
	enum weir_status st = weir_landing_queue_open(&config, q, err);
	weir_uri_release(&uri);
	return st;
}

static struct weir_landing_queue *start(const char *topic)
{
	struct weir_landing_queue *q = NULL;
	struct weir_error err = {0};

	if (open_at(topic, false, &q, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	return q;
}

static void give_batch(struct weir_landing_queue *q, struct weir_batch *b)
{
	struct weir_landing_rows *r = weir_landing_rows_take(b, all_rows(b->n_rows), &budget);

	assert_non_null(r);
	wait_for_room(q);
	weir_landing_queue_give(q, r);
	weir_landing_rows_unref(r);
}

static void give(struct weir_landing_queue *q, int64_t first, uint32_t n)
{
	give_batch(q, make_batch(first, n, false));
}

static void wait_for(struct weir_landing_queue *q, enum weir_landing_state state, uint64_t landed)
{
	int64_t end_us = weir_clock_mono_us(&weir_clock_system) + TEST_LIMIT_S * INT64_C(1000000);
	struct weir_landing_status s;

	for (weir_landing_queue_status(q, &s); s.state != state || s.landed < landed;
	     weir_landing_queue_status(q, &s)) {
		if (weir_clock_mono_us(&weir_clock_system) >= end_us)
			fail_msg("state %d, landed %llu", (int)s.state, (unsigned long long)s.landed);
		weir_clock_system.sleep_us(NULL, 500);
	}
}

static struct weir_landing_status finish(struct weir_landing_queue *q)
{
	struct weir_landing_status s;

	weir_landing_queue_end(q, true);
	assert_true(weir_landing_queue_wait_done(q, INT64_MAX));
	weir_landing_queue_status(q, &s);
	weir_landing_queue_close(q);
	assert_int_equal(weir_budget_used(&budget), 0);
	return s;
}

static void assert_landed(struct weir_landing_queue *q, uint64_t n)
{
	struct weir_landing_status s = finish(q);

	assert_string_equal(s.failure.what, "");
	assert_int_equal(s.landed, n);
	assert_int_equal(s.waiting + s.refused, 0);
}

static void test_rows_are_messages(void **state)
{
	(void)state;
	make_topic("plain");
	struct weir_landing_queue *q = start("plain");
	for (int i = 0; i < 10; i++)
		give(q, i * 1000, 1000);
	assert_landed(q, 10000);
	assert_int_equal(read_topic("plain"), 10000);
	assert_string_equal(got[7].value, "{\"i\":7,\"s\":\"row 7\"}"); /* in their order */
	assert_string_equal(got[7].key, "-");
	assert_string_equal(got[7].place, "orders//0/7");
	assert_rows("plain", 10000);
}

static void test_keys(void **state)
{
	(void)state;
	make_topic("keys");
	struct weir_landing_queue *q = start("keys?key=more&headers=no");
	give_batch(q, make_batch(0, 2, true));
	give(q, 2, 1); /* has no such column */
	assert_landed(q, 3);
	assert_int_equal(read_topic("keys"), 3);
	assert_string_equal(got[0].key, "0");
	assert_string_equal(got[1].key, "10");
	assert_string_equal(got[2].key, "-");
	assert_string_equal(got[1].place, "");
}

static void test_a_key_that_is_no_column(void **state)
{
	(void)state;
	make_topic("keyless");
	struct weir_landing_queue *q = start("keyless?key=usr");
	give(q, 0, 10);
	struct weir_landing_status s = finish(q);
	assert_int_equal(s.landed, 10);
	assert_string_equal(s.failure.what, "key=usr: there is no such column, so the messages have no keys");
}

/* Records of a pipe have the same positions in every run. */
static void test_a_stream_that_is_read_once(void **state)
{
	struct weir_landing_queue *q = NULL;
	long long run = 0;

	(void)state;
	make_topic("once");
	assert_int_equal(open_at("once", true, &q, NULL), WEIR_OK);
	give(q, 0, 1);
	assert_landed(q, 1);
	assert_int_equal(read_topic("once"), 1);
	assert_int_equal(sscanf(got[0].place, "orders//0/0/%lld", &run), 1);
	assert_true(run > 0);
}

static void assert_refused(const char *topic, const char *what, const char *hint)
{
	struct weir_landing_queue *q = NULL;
	struct weir_error err = {0};

	assert_int_not_equal(open_at(topic, false, &q, &err), WEIR_OK);
	assert_null(q);
	assert_string_equal(err.what, what);
	assert_string_equal(err.hint, hint);
}

static void test_what_is_refused_at_once(void **state)
{
	(void)state;
	make_topic("there");
	assert_refused("there,plain", "\"there,plain\" is no name of a topic",
		       "kafka://BROKER/TOPIC: letters, digits, dots, _ and -");
	assert_refused("there?creat=yes", "unknown parameter creat=", "did you mean create=?");
	assert_refused("there?key=i&key=s", "parameter key= is given twice", "leave one of them out");
	assert_refused("there?linger.ms=5&linger.ms=6", "parameter linger.ms= is given twice", "leave one of them out");
	assert_refused("there?create=maybe", "create=maybe is neither yes nor no", "");
	assert_refused("there?partitions=0", "partitions=0 is not a number from 1 to 100000", "");
	assert_refused("there?enable.idempotence=false", "enable.idempotence= is always true here", "");
	assert_refused("there?transactional.id=x",
		       "transactional.id= cannot be set: rows are landed without transactions", "");
}

/* A request is refused as a whole for a message in it. Those that can be landed are, in smaller requests. */
static void test_a_request_that_is_too_large(void **state)
{
	(void)state;
	make_topic("large");
	struct weir_landing_queue *q = start("large");
	rd_kafka_mock_push_request_errors(mock.cluster, PRODUCE_REQUEST, 3, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
					  RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
	give(q, 0, 1000);
	give(q, 1000, 1000);
	assert_landed(q, 2000);
	assert_rows("large", 2000);
}

/* One that is larger than any request may be is refused here, and counted with its place. */
static void test_a_message_that_is_too_large(void **state)
{
	static char text[5000];
	struct weir_batch *b = make_batch(0, 3, false);

	(void)state;
	memset(text, 'x', sizeof text);
	assert_true(weir_column_set_string(&b->columns[1], 1, (struct weir_str){text, sizeof text}, NULL) &&
		    weir_column_finish(&b->columns[1], 3));
	make_topic("alone");
	char name[] = "/tmp/weir-refused-XXXXXX", topic[100];
	int fd = mkstemp(name);
	assert_true(fd >= 0 && close(fd) == 0);
	snprintf(topic, sizeof topic, "alone?message.max.bytes=4000&refused=%s", name);
	struct weir_landing_queue *q = start(topic);
	give_batch(q, b);
	struct weir_landing_status s = finish(q);
	assert_int_equal(s.failure.code, WEIR_OK);
	assert_int_equal(s.landed, 2);
	assert_int_equal(s.refused, 1);
	assert_int_equal(s.refused_position, 1);
	assert_string_equal(s.reason, "its message has 5014 bytes: Broker: Message size too large");
	assert_int_equal(read_topic("alone"), 2);
	assert_int_equal(s.kept, 1);
	assert_string_equal(s.kept_in, name);
	assert_int_equal(unlink(name), 0);
}

static void test_no_right_to_write(void **state)
{
	(void)state;
	make_topic("denied");
	struct weir_landing_queue *q = start("denied");
	rd_kafka_mock_push_request_errors(mock.cluster, PRODUCE_REQUEST, 1,
					  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	give(q, 0, 10);
	struct weir_landing_status s = finish(q);
	assert_int_equal(s.landed, 0);
	assert_int_equal(s.refused, 10);
	assert_int_equal(s.failure.code, WEIR_DENIED);
	assert_string_equal(s.failure.what, "this user may not write to the topic denied");
}

/* librdkafka tries again what may pass. */
static void test_errors_that_pass(void **state)
{
	(void)state;
	make_topic("passes");
	struct weir_landing_queue *q = start("passes?retry.backoff.ms=10");
	rd_kafka_mock_push_request_errors(mock.cluster, PRODUCE_REQUEST, 3, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
					  RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
	give(q, 0, 500);
	give(q, 500, 500);
	assert_landed(q, 1000);
	assert_rows("passes", 1000);
}

/* What is given again is on its way already. */
static void test_a_broker_that_goes_away(void **state)
{
	(void)state;
	make_topic("away");
	struct weir_landing_queue *q = start("away?reconnect.backoff.max.ms=100");
	give(q, 0, 100);
	wait_for(q, WEIR_LANDING_WORKING, 100);
	rd_kafka_mock_broker_set_down(mock.cluster, 1);
	for (int i = 1; i < 12; i++)
		give(q, i * 100, 100);
	wait_for(q, WEIR_LANDING_RECONNECTING, 100);
	rd_kafka_mock_broker_set_up(mock.cluster, 1);
	assert_landed(q, 1200);
	assert_rows("away", 1200);
}

static void test_a_broker_that_comes_late(void **state)
{
	(void)state;
	make_topic("late");
	rd_kafka_mock_broker_set_down(mock.cluster, 1);
	struct weir_landing_queue *q = start("late?reconnect.backoff.max.ms=100");
	give(q, 0, 100);
	wait_for(q, WEIR_LANDING_RECONNECTING, 0);
	rd_kafka_mock_broker_set_up(mock.cluster, 1);
	assert_landed(q, 100);
	assert_rows("late", 100);
}

static void test_a_broker_that_stays_away(void **state)
{
	(void)state;
	make_topic("gone");
	struct weir_landing_queue *q = start("gone?timeout=10ms");
	give(q, 0, 100);
	wait_for(q, WEIR_LANDING_WORKING, 0);
	rd_kafka_mock_broker_set_down(mock.cluster, 1);
	for (int i = 1; i < 12; i++)
		give(q, i * 100, 100);
	struct weir_landing_status s = finish(q);
	rd_kafka_mock_broker_set_up(mock.cluster, 1);
	assert_int_equal(s.failure.code, WEIR_UNREACHABLE);
	assert_int_equal(s.landed + s.refused, 1200);
	assert_int_equal(read_topic("gone"), s.landed);
}

/* The broker has what was sent and does not say so, but it answers others: another producer sends it again. */
static void test_a_producer_that_is_stuck(void **state)
{
	(void)state;
	make_topic("stuck");
	live = true;
	struct weir_landing_queue *q = start("stuck?timeout=100ms&request.timeout.ms=300000&socket.timeout.ms=300000");
	give(q, 0, 100);
	wait_for(q, WEIR_LANDING_WORKING, 100);
	rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, 1, PRODUCE_REQUEST, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
						     900000);
	give(q, 100, 100);
	wait_for(q, WEIR_LANDING_RECONNECTING, 100);
	wait_for(q, WEIR_LANDING_WORKING, 200);
	live = false;
	assert_landed(q, 200);
	assert_int_equal(read_topic("stuck"), 300); /* at least once */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_are_messages),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_a_key_that_is_no_column),
	    cmocka_unit_test(test_a_stream_that_is_read_once),
	    cmocka_unit_test(test_what_is_refused_at_once),
	    cmocka_unit_test(test_a_request_that_is_too_large),
	    cmocka_unit_test(test_a_message_that_is_too_large),
	    cmocka_unit_test(test_no_right_to_write),
	    cmocka_unit_test(test_errors_that_pass),
	    cmocka_unit_test(test_a_broker_that_goes_away),
	    cmocka_unit_test(test_a_broker_that_comes_late),
	    cmocka_unit_test(test_a_broker_that_stays_away),
	    cmocka_unit_test(test_a_producer_that_is_stuck),
	};
#ifdef __SANITIZE_THREAD__
	/* librdkafka starts its threads with thrd_create, which ThreadSanitizer does not know and crashes in. */
	printf("skipped under ThreadSanitizer\n");
	(void)start_mock, (void)stop_mock, (void)tests;
	return 77;
#else
	return cmocka_run_group_tests(tests, start_mock, stop_mock);
#endif
}
