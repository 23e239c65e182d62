/* Single messages, read again from Kafka (librdkafka's mock cluster) and from a capture: with key and headers, and with the reason where
 * they are not there. */
#include "config.h"

#include "session/stream/stream.h"

#include "../../../limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <unistd.h>

enum { PARTITIONS = 2, MESSAGES = 6 };

static struct {
	rd_kafka_t *rk;
	rd_kafka_mock_cluster_t *cluster;
	char hosts[200];
} mock;

struct fixture {
	struct weir_options options;
	struct weir_wake wake;
	struct weir_stream stream;
	struct weir_stream_config config;
};

static int start_mock(void **state)
{
	char text[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	(void)state;
	rd_kafka_conf_set_log_cb(conf, NULL);
	mock.rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	mock.cluster = rd_kafka_mock_cluster_new(mock.rk, 1);
	snprintf(mock.hosts, sizeof mock.hosts, "%s", rd_kafka_mock_cluster_bootstraps(mock.cluster));
	rd_kafka_brokers_add(mock.rk, mock.hosts);
	return 0;
}

static int stop_mock(void **state)
{
	(void)state;
	rd_kafka_flush(mock.rk, 5000);
	rd_kafka_mock_cluster_destroy(mock.cluster);
	rd_kafka_destroy(mock.rk);
	return 0;
}

/* With blanks that no column keeps. */
static int message(int i, char *text, size_t size)
{
	return snprintf(text, size, "{\"number\":%d, \"odd\" :\t%s}", i, i % 2 ? "true" : "false");
}

/* Number i to partition i % 2; the last is a tombstone. */
static void produce(const char *topic)
{
	rd_kafka_mock_topic_create(mock.cluster, topic, PARTITIONS, 1);
	for (int i = 0; i < MESSAGES; i++) {
		char key[8], text[60];
		int n = message(i, text, sizeof text);
		int k = snprintf(key, sizeof key, "key%d", i);
		assert_int_equal(
		    rd_kafka_producev(mock.rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(i % PARTITIONS),
				      RD_KAFKA_V_KEY(key, (size_t)k),
				      RD_KAFKA_V_VALUE((i < MESSAGES - 1 ? text : (char *)NULL), (size_t)n),
				      RD_KAFKA_V_HEADER("h", "v", 1), RD_KAFKA_V_TIMESTAMP(1000 + i),
				      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
		    0);
	}
	assert_int_equal(rd_kafka_flush(mock.rk, TEST_LIMIT_S * 1000), 0);
}

static void open_stream(struct fixture *f, const char *source, struct weir_capture_writer *capture)
{
	struct weir_error err = {0};

	*f = (struct fixture){0};
	weir_options_init(&f->options);
	if (capture) /* then headers are read, too */
		assert_int_equal(weir_options_set(&f->options, "capture", "-", 0, &err), WEIR_OK);
	assert_int_equal(weir_wake_init(&f->wake, &err), WEIR_OK);
	f->config = (struct weir_stream_config){.options = &f->options,
						.clock = &weir_clock_system,
						.wake = &f->wake,
						.capture = capture,
						.want = {.all = true},
						.stdin_fd = -1};
	if (weir_stream_open(&f->stream, &f->config, source, &err) != WEIR_OK)
		fail_msg("%s", err.what);
	assert_int_equal(weir_stream_start(&f->stream, &err), WEIR_OK);
}

static void close_stream(struct fixture *f)
{
	weir_stream_close(&f->stream);
	weir_wake_release(&f->wake);
	weir_options_release(&f->options);
}

/* Until its end: how many rows, and when each message arrived. */
static uint64_t read_all(struct fixture *f, int64_t arrivals[MESSAGES])
{
	uint64_t rows = 0;
	bool ended = false;

	while (!ended) {
		struct weir_batch *b = weir_stream_take(&f->stream, &ended);
		if (!b && !ended)
			assert_true(weir_wake_wait(&f->wake, TEST_LIMIT_S * INT64_C(1000000)));
		if (!b)
			continue;
		for (uint32_t row = 0; row < b->n_rows; row++) {
			int32_t number = weir_partitions_get(b->partitions, b->partition[row])->number;
			arrivals[weir_batch_position(b, row) * PARTITIONS + number] = weir_batch_arrival(b, row);
		}
		rows += b->n_rows;
		weir_stream_give_back(&f->stream, b);
	}
	return rows;
}

static struct weir_record_again ask(struct fixture *f, const struct weir_record_full *record)
{
	struct weir_record_again again = {0};

	weir_stream_read_again(&f->stream, record, &again);
	while (again.reading) {
		assert_non_null(strstr(again.why, "reading…"));
		if (!weir_stream_has_read_again(&f->stream))
			assert_true(weir_wake_wait(&f->wake, TEST_LIMIT_S * INT64_C(1000000)));
		weir_stream_read_again(&f->stream, record, &again);
	}
	return again;
}

#define expect_text(got, wanted)                                                                                       \
	do {                                                                                                           \
		if (!weir_str_equal(got, weir_str_of(wanted)))                                                         \
			fail_msg("'" WEIR_STR_FMT "' and not '%s'", WEIR_STR_ARG(got), wanted);                        \
	} while (0)

static void expect_found(struct fixture *f, const char *topic, const int64_t arrivals[MESSAGES])
{
	for (int i = 0; i < MESSAGES; i++) {
		char key[8], text[60];
		const struct weir_record_full record = {.topic = weir_str_of(topic),
							.partition = i % PARTITIONS,
							.position = i / PARTITIONS,
							.arrival_us = arrivals[i],
							.stamp_us = (1000 + i) * INT64_C(1000)};
		struct weir_record_again a = ask(f, &record);
		message(i, text, sizeof text);
		snprintf(key, sizeof key, "key%d", i);
		if (!a.key.data)
			fail_msg("%s", a.why);
		expect_text(a.key, key);
		expect_text(a.headers, "{\"h\":\"v\"}");
		if (i < MESSAGES - 1)
			expect_text(a.raw, text);
		else
			assert_null(a.raw.data);
		if (i == MESSAGES - 1)
			assert_non_null(strstr(a.why, "tombstone"));
	}
}

static void expect_refused(struct fixture *f, const struct weir_record_full *record, const char *word)
{
	struct weir_record_again a = ask(f, record);

	assert_null(a.raw.data);
	if (!strstr(a.why, word) || !strstr(a.why, "_raw"))
		fail_msg("%s", a.why);
}

static void test_a_message_with_key_and_headers(void **state)
{
	struct fixture f;
	char source[300];
	int64_t arrivals[MESSAGES] = {0};

	(void)state;
	produce("first");
	produce("second"); /* of two topics it is the right one */
	snprintf(source, sizeof source, "kafka://%s/second,first?until=latest&from=earliest", mock.hosts);
	open_stream(&f, source, NULL);
	assert_int_equal(read_all(&f, arrivals), 2 * MESSAGES);
	expect_found(&f, "first", arrivals);
	close_stream(&f);
}

static void test_what_is_not_there_any_more_is_said(void **state)
{
	struct fixture f;
	char source[300];
	int64_t arrivals[MESSAGES] = {0};

	(void)state;
	produce("third");
	snprintf(source, sizeof source, "kafka://%s/third?until=latest", mock.hosts);
	open_stream(&f, source, NULL);
	assert_int_equal(read_all(&f, arrivals), MESSAGES);
	struct weir_record_full record = {
	    .topic = WEIR_STR("third"), .partition = 1, .position = 1, .stamp_us = 1002 * INT64_C(1000)};
	expect_refused(&f, &record, "was made anew");
	record = (struct weir_record_full){.topic = WEIR_STR("third"), .position = 40, .stamp_us = WEIR_TIME_NONE};
	expect_refused(&f, &record, "third/0 ends at offset 3");
	close_stream(&f);
}

/* What is read when the stream ends, or when another record is asked for, is not waited for. */
static void test_it_is_given_up(void **state)
{
	struct fixture f;
	char source[300];
	int64_t arrivals[MESSAGES] = {0};
	struct weir_record_again again = {0};

	(void)state;
	produce("fourth");
	snprintf(source, sizeof source, "kafka://%s/fourth?until=latest", mock.hosts);
	open_stream(&f, source, NULL);
	assert_int_equal(read_all(&f, arrivals), MESSAGES);
	struct weir_record_full record = {.topic = WEIR_STR("missing"), .position = 2, .stamp_us = WEIR_TIME_NONE};
	weir_stream_read_again(&f.stream, &record, &again);
	assert_true(again.reading);
	expect_found(&f, "fourth", arrivals);
	weir_stream_read_again(&f.stream, &record, &again);
	close_stream(&f);
}

static void test_of_a_capture_that_one(void **state)
{
	static const char path[] = "test_again_kafka.weir";
	const struct weir_capture_config config = {.path = path, .clock = &weir_clock_system, .n_lanes = 1};
	struct weir_capture_writer *writer = NULL;
	struct weir_error err = {0};
	struct fixture f;
	char source[300];
	int64_t arrivals[MESSAGES] = {0};

	(void)state;
	unlink(path);
	assert_int_equal(weir_capture_writer_open(&config, &writer, &err), WEIR_OK);
	produce("fifth");
	snprintf(source, sizeof source, "kafka://%s/fifth?until=latest", mock.hosts);
	open_stream(&f, source, writer);
	assert_int_equal(read_all(&f, arrivals), MESSAGES);
	assert_int_equal(weir_capture_writer_finish(writer, &err), WEIR_OK);
	close_stream(&f);
	weir_capture_writer_close(writer);
	open_stream(&f, path, NULL);
	assert_int_equal(read_all(&f, arrivals), MESSAGES);
	expect_found(&f, "fifth", arrivals);
	close_stream(&f);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_message_with_key_and_headers),
	    cmocka_unit_test(test_what_is_not_there_any_more_is_said),
	    cmocka_unit_test(test_it_is_given_up),
	    cmocka_unit_test(test_of_a_capture_that_one),
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
