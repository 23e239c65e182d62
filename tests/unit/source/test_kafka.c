/* The Kafka source against the mock cluster that librdkafka brings: no server, no network. */
#include "config.h"

#include "reading.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

enum { PARTITIONS = 4, FETCH_REQUEST = 1 };

static struct {
	rd_kafka_t *rk;
	rd_kafka_mock_cluster_t *cluster;
	char hosts[200];
	int n_topics;
	char topic[32]; /* a new one for each test */
	bool skip_headers, live;
} mock;

static int start_mock(void **state)
{
	char text[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	(void)state;
	rd_kafka_conf_set(conf, "client.id", "test", text, sizeof text);
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

static void make_topic(void)
{
	rd_kafka_mock_topic_create(mock.cluster, mock.topic, PARTITIONS, 1);
	/* The producer would find the topic by itself, but only within a second. */
	const rd_kafka_metadata_t *md;
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(mock.rk, mock.topic, NULL);
	assert_int_equal(rd_kafka_metadata(mock.rk, 0, rkt, &md, 5000), 0);
	rd_kafka_metadata_destroy(md);
	rd_kafka_topic_destroy(rkt);
}

static int new_topic(void **state)
{
	(void)state;
	snprintf(mock.topic, sizeof mock.topic, "orders%d", ++mock.n_topics);
	make_topic();
	return 0;
}

/* Numbers from..to-1, number i to partition i % 4. */
static void produce(int from, int to)
{
	char text[20];

	for (int i = from; i < to; i++) {
		int n = snprintf(text, sizeof text, "%d", i);
		assert_int_equal(rd_kafka_producev(mock.rk, RD_KAFKA_V_TOPIC(mock.topic),
						   RD_KAFKA_V_PARTITION(i % PARTITIONS),
						   RD_KAFKA_V_VALUE(text, (size_t)n),
						   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
				 0);
	}
	assert_int_equal(rd_kafka_flush(mock.rk, 10000), 0);
}

struct consumer {
	struct weir_source *source;
	struct weir_source_status status;
	struct weir_error err;
	enum weir_status last;
	int64_t sum;
	size_t n;
	int64_t next[PARTITIONS]; /* offset expected in each, -1 any */
};

static enum weir_status open_at(struct consumer *c, const char *hosts, const char *topic,
				const struct weir_clock *clock, const char *const *params)
{
	struct weir_param list[16];
	size_t n = 0;
	struct weir_source_config config = {.clock = clock, .skip_headers = mock.skip_headers, .live = mock.live};

	*c = (struct consumer){.next = {-1, -1, -1, -1}};
	for (; params && params[n]; n++) {
		const char *eq = strchr(params[n], '=');
		list[n].name = strndup(params[n], (size_t)(eq - params[n]));
		list[n].value = strdup(eq + 1);
	}
	config.uri = (struct weir_uri){.scheme = (char *)(uintptr_t) "kafka",
				       .hosts = (char *)(uintptr_t)hosts,
				       .path = (char *)(uintptr_t)topic,
				       .params = list,
				       .n_params = n};
	c->last = weir_source_open(&config, &c->source, &c->err);
	while (n--) {
		free(list[n].name);
		free(list[n].value);
	}
	return c->last;
}

static void open_topic(struct consumer *c, const char *const *params)
{
	if (open_at(c, mock.hosts, mock.topic, &weir_clock_system, params) != WEIR_OK)
		fail_msg("%s", c->err.what);
}

/* One poll; checks that offsets of a partition follow one another, and takes all. */
static enum weir_status step(struct consumer *c, int64_t timeout_us)
{
	struct weir_chunk chunk;
	char text[32];

	c->last = weir_source_poll(c->source, timeout_us, &chunk, &c->err);
	for (; c->last == WEIR_OK && chunk.n_messages; chunk.n_messages--, chunk.messages++) {
		const struct weir_message *m = chunk.messages;
		snprintf(text, sizeof text, WEIR_STR_FMT, WEIR_STR_ARG(m->payload));
		assert_in_range(m->partition, 0, PARTITIONS - 1);
		if (c->next[m->partition] >= 0)
			assert_int_equal(m->offset, c->next[m->partition]);
		c->next[m->partition] = m->offset + 1;
		c->sum += atoi(text);
		c->n++;
	}
	if (c->last == WEIR_OK)
		weir_source_consume(c->source, &chunk);
	weir_source_status(c->source, &c->status);
	return c->last;
}

static void step_until_count(struct consumer *c, size_t n)
{
	for (int tries = 0; c->n < n && tries < 200; tries++) {
		step(c, 100000);
		assert_true(c->last == WEIR_OK || c->last == WEIR_AGAIN);
	}
	assert_int_equal(c->n, n);
}

static void step_until_state(struct consumer *c, enum weir_source_state state)
{
	for (int tries = 0; c->status.state != state && tries < 200; tries++)
		step(c, 100000);
	assert_int_equal(c->status.state, state);
}

static void read_to_end(struct consumer *c)
{
	while (step(c, 1000000) == WEIR_OK || c->last == WEIR_AGAIN)
		;
	if (c->last != WEIR_END)
		fail_msg("%s: %s", c->err.origin, c->err.what);
	assert_int_equal(c->status.state, WEIR_SOURCE_END);
}

static int64_t sum_to(int64_t n)
{
	return n * (n - 1) / 2;
}

static void all_of_four_partitions(void **state)
{
	static const char *const params[] = {"from=earliest", "until=latest", NULL};
	struct consumer c;

	(void)state;
	produce(0, 20000);
	open_topic(&c, params);
	assert_true(weir_source_finite(c.source));
	read_to_end(&c);
	assert_int_equal(c.n, 20000);
	assert_int_equal(c.sum, sum_to(20000));
	assert_int_equal(weir_partitions_count(c.status.partitions), PARTITIONS);
	assert_int_equal(c.status.lag, 0);
	for (int i = 0; i < PARTITIONS; i++) {
		const struct weir_partition *part = weir_partitions_get(c.status.partitions, (uint32_t)i);
		char name[40], shown[40];
		snprintf(name, sizeof name, "%s/%d", mock.topic, i);
		assert_string_equal(weir_partition_name(part, shown, sizeof shown), name);
		assert_int_equal(part->position, 5000);
		assert_int_equal(part->end, 5000);
		assert_true(part->at_until);
	}
	assert_int_equal(step(&c, 0), WEIR_END);
	weir_source_close(c.source);
}

static void from_and_until_offsets(void **state)
{
	static const char *const params[] = {"from=10", "until=20", "partitions=1,3-9", NULL};
	struct consumer c;

	(void)state;
	produce(0, 400);
	open_topic(&c, params);
	read_to_end(&c);
	assert_int_equal(weir_partitions_count(c.status.partitions), 2);
	assert_int_equal(c.n, 20);
	/* Offset o of partition p holds 4 o + p. */
	assert_int_equal(c.sum, 2 * 4 * (sum_to(20) - sum_to(10)) + 10 * 1 + 10 * 3);
	weir_source_close(c.source);
}

static void until_ends_before_what_comes_later(void **state)
{
	static const char *const params[] = {"until=latest", NULL};
	struct consumer c;

	(void)state;
	produce(0, 100);
	open_topic(&c, params);
	step_until_state(&c, WEIR_SOURCE_LIVE); /* the end is fixed by now */
	produce(100, 200);
	read_to_end(&c);
	assert_int_equal(c.n, 100);
	weir_source_close(c.source);
}

static void empty_topic_with_until_ends(void **state)
{
	static const char *const params[] = {"until=latest", NULL};
	struct consumer c;

	(void)state;
	open_topic(&c, params);
	read_to_end(&c);
	assert_int_equal(c.n, 0);
	weir_source_close(c.source);
}

static void latest_sees_only_what_is_new(void **state)
{
	static const char *const params[] = {"from=latest", NULL};
	struct consumer c;

	(void)state;
	produce(0, 100);
	open_topic(&c, params);
	assert_false(weir_source_finite(c.source));
	step_until_state(&c, WEIR_SOURCE_LIVE);
	produce(1000, 1004);
	step_until_count(&c, 4);
	assert_int_equal(c.sum, 4006);
	assert_int_equal(step(&c, 0), WEIR_AGAIN);
	weir_source_close(c.source);
}

/* One message, one wait, three times. Were the event descriptor not to wake it, each would take ten seconds; the mock
 * takes half a second, a real broker a millisecond. */
static void one_message_wakes_at_once(void **state)
{
	static const char *const params[] = {"from=latest", NULL};
	int64_t began_us = weir_clock_mono_us(&weir_clock_system);
	struct consumer c;

	(void)state;
	open_topic(&c, params);
	step_until_state(&c, WEIR_SOURCE_LIVE);
	for (int i = 0; i < 3; i++) {
		produce(i, i + 1);
		while (c.n <= (size_t)i)
			assert_int_equal(step(&c, 10000000), WEIR_OK);
	}
	assert_true(weir_clock_mono_us(&weir_clock_system) - began_us < 9000000);
	weir_source_close(c.source);
}

static void lag_is_known_by_partition(void **state)
{
	struct consumer c;
	struct weir_chunk chunk;

	(void)state;
	produce(0, 40000);
	open_topic(&c, NULL);
	while (weir_source_poll(c.source, 1000000, &chunk, &c.err) == WEIR_AGAIN)
		;
	weir_source_status(c.source, &c.status);
	assert_int_equal(c.status.state, WEIR_SOURCE_LIVE);
	assert_in_range(c.status.lag, 1, 40000);
	int64_t sum = 0;
	for (int i = 0; i < PARTITIONS; i++) {
		const struct weir_partition *p = weir_partitions_get(c.status.partitions, (uint32_t)i);
		assert_int_equal(p->end, 10000);
		assert_int_equal(p->lag, p->end - p->position);
		sum += p->lag;
	}
	assert_int_equal(sum, c.status.lag);
	weir_source_close(c.source);
}

static void what_is_not_consumed_comes_again(void **state)
{
	static const char *const params[] = {"partitions=0", "until=latest", NULL};
	struct consumer c;
	struct weir_chunk chunk;

	(void)state;
	produce(0, 400);
	open_topic(&c, params);
	while (weir_source_poll(c.source, 1000000, &chunk, &c.err) == WEIR_AGAIN)
		;
	assert_true(chunk.n_messages > 3);
	chunk.messages += 3;
	chunk.n_messages -= 3;
	weir_source_consume(c.source, &chunk);
	assert_int_equal(weir_source_poll(c.source, 0, &chunk, &c.err), WEIR_OK);
	assert_int_equal(chunk.messages[0].offset, 3);
	chunk.messages++;
	chunk.n_messages--;
	weir_source_consume(c.source, &chunk);
	read_to_end(&c);
	assert_int_equal(c.n, 96);
	weir_source_close(c.source);
}

/* What was handed out and not taken comes in the next run. */
static void reading_resumes_at_a_position(void **state)
{
	static const char *const first[] = {"until=latest", NULL};
	char position[100];
	const char *const then[] = {position, "until=latest", NULL};
	struct weir_buf text = {0};
	struct consumer c;
	struct weir_chunk chunk;

	(void)state;
	produce(0, 400);
	open_topic(&c, first);
	while (weir_source_poll(c.source, 1000000, &chunk, &c.err) == WEIR_AGAIN)
		;
	assert_true(chunk.n_messages > 13);
	int64_t sum = 0;
	for (int i = 0; i < 13; i++, chunk.messages++, chunk.n_messages--)
		sum += atoi(chunk.messages->payload.data);
	weir_source_consume(c.source, &chunk);
	assert_int_equal(weir_source_position(c.source, &text), WEIR_OK);
	weir_source_close(c.source);
	snprintf(position, sizeof position, "position=%s", text.data);
	open_topic(&c, then);
	read_to_end(&c);
	assert_int_equal(c.n, 400 - 13);
	assert_int_equal(c.sum + sum, sum_to(400));
	text.size = 0;
	assert_int_equal(weir_source_position(c.source, &text), WEIR_OK);
	assert_string_equal(text.data, "0=100,1=100,2=100,3=100");
	weir_source_close(c.source);
	weir_buf_release(&text);
}

/* What position= does not name begins at from=, here at the end. */
static void a_position_may_name_some_partitions(void **state)
{
	char topic[100];
	snprintf(topic, sizeof topic, "position=%s/1=90,%s/3=0", mock.topic, mock.topic);
	const char *const params[] = {topic, "from=latest", "until=latest", NULL};
	struct consumer c;

	(void)state;
	produce(0, 400);
	open_topic(&c, params);
	read_to_end(&c);
	assert_int_equal(c.n, 110);
	assert_int_equal(c.next[1], 100);
	assert_int_equal(c.next[3], 100);
	weir_source_close(c.source);
}

static void positions_that_are_not_there(void **state)
{
	static const char *const beyond[] = {"position=0=2", NULL}, *const nameless[] = {"position=0=1", NULL};
	char two[80];
	struct consumer c;

	snprintf(two, sizeof two, "orders1,%s", mock.topic);
	(void)state;
	produce(0, 4);
	open_topic(&c, beyond);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_NOT_FOUND);
	assert_non_null(strstr(c.err.what, "/0 ends at offset 1, before the 2 of position="));
	weir_source_close(c.source);
	assert_int_equal(open_at(&c, mock.hosts, two, &weir_clock_system, nameless), WEIR_OK);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_USAGE);
	assert_non_null(strstr(c.err.hint, "position=orders1/0=123"));
	weir_source_close(c.source);
}

static void more_is_added_to_what_nobody_took(void **state)
{
	static const char *const params[] = {"partitions=0", NULL};
	struct consumer c;
	struct weir_chunk chunk;

	(void)state;
	produce(0, 4);
	open_topic(&c, params);
	while (weir_source_poll(c.source, 1000000, &chunk, &c.err) == WEIR_AGAIN)
		;
	assert_int_equal(chunk.n_messages, 1);
	weir_source_consume(c.source, &chunk); /* took none */
	while (weir_source_poll(c.source, 1000, &chunk, &c.err) != WEIR_AGAIN)
		;
	assert_int_equal(chunk.n_messages, 1); /* nothing new: what was left over is shown again */
	produce(4, 8);
	for (int tries = 0; chunk.n_messages < 2 && tries < 50; tries++)
		assert_true(weir_source_poll(c.source, 100000, &chunk, &c.err) <= WEIR_AGAIN);
	assert_int_equal(chunk.n_messages, 2);
	assert_int_equal(chunk.messages[0].offset, 0);
	assert_int_equal(chunk.messages[1].offset, 1);
	weir_source_close(c.source);
}

static void all_of_a_message(void **state)
{
	static const char *const params[] = {"partitions=2", "until=latest", NULL};
	struct consumer c;
	struct weir_chunk chunk;
	rd_kafka_headers_t *h = rd_kafka_headers_new(3);

	(void)state;
	rd_kafka_header_add(h, "trace", -1, "a\"b", -1);
	rd_kafka_header_add(h, "none", -1, NULL, 0);
	rd_kafka_producev(mock.rk, RD_KAFKA_V_TOPIC(mock.topic), RD_KAFKA_V_PARTITION(2), RD_KAFKA_V_KEY("k", 1),
			  RD_KAFKA_V_VALUE((void *)(uintptr_t) "v", 1), RD_KAFKA_V_TIMESTAMP(INT64_C(1700000000123)),
			  RD_KAFKA_V_HEADERS(h), RD_KAFKA_V_END);
	rd_kafka_producev(mock.rk, RD_KAFKA_V_TOPIC(mock.topic), RD_KAFKA_V_PARTITION(2), RD_KAFKA_V_KEY("k", 1),
			  RD_KAFKA_V_END);
	rd_kafka_flush(mock.rk, 5000);
	open_topic(&c, params);
	while (weir_source_poll(c.source, 1000000, &chunk, &c.err) == WEIR_AGAIN)
		;
	assert_int_equal(chunk.n_messages, 2);
	assert_true(chunk.at_end);
	const struct weir_message *m = chunk.messages;
	assert_true(weir_str_equal(m->payload, WEIR_STR("v")));
	assert_true(weir_str_equal(m->key, WEIR_STR("k")));
	assert_true(weir_str_equal(m->topic, weir_str_of(mock.topic)));
	assert_true(weir_str_equal(m->headers, WEIR_STR("{\"trace\":\"a\\\"b\",\"none\":null}")));
	assert_int_equal(m->time_us, INT64_C(1700000000123000));
	assert_int_equal(m->offset, 0);
	assert_null(m[1].payload.data); /* a tombstone */
	assert_null(m[1].headers.data);
	weir_source_close(c.source);

	mock.skip_headers = true;
	open_topic(&c, params);
	mock.skip_headers = false;
	while (weir_source_poll(c.source, 1000000, &chunk, &c.err) == WEIR_AGAIN)
		;
	assert_true(weir_str_equal(chunk.messages->key, WEIR_STR("k")));
	assert_null(chunk.messages->headers.data);
	weir_source_close(c.source);
}

/* More than the loads on their way hold, in hands of uneven size: each comes once and in order. */
static void slow_reader_gets_all(void **state)
{
	static const char *const params[] = {"until=latest", NULL};
	enum { MESSAGES = 60000 };
	struct consumer c;
	struct weir_chunk chunk;
	size_t n = 0, take = 1;
	int64_t next[PARTITIONS] = {0};

	(void)state;
	produce(0, MESSAGES);
	open_topic(&c, params);
	while ((c.last = weir_source_poll(c.source, 1000000, &chunk, &c.err)) == WEIR_OK || c.last == WEIR_AGAIN) {
		for (size_t i = 0; i < take && chunk.n_messages; i++, chunk.n_messages--, chunk.messages++, n++)
			assert_int_equal(chunk.messages->offset, next[chunk.messages->partition]++);
		weir_source_consume(c.source, &chunk);
		take = take * 7 % 4999 + 1;
	}
	assert_int_equal(c.last, WEIR_END);
	assert_int_equal(n, MESSAGES);
	weir_source_close(c.source);
}

static void patterns_and_lists_of_topics(void **state)
{
	static const char *const params[] = {"until=latest", NULL};
	struct consumer c;
	char list[80];

	(void)state;
	produce(0, 40);
	new_topic(NULL);
	produce(40, 80);
	snprintf(list, sizeof list, "orders%d,orders%d", mock.n_topics - 1, mock.n_topics);
	assert_int_equal(open_at(&c, mock.hosts, list, &weir_clock_system, params), WEIR_OK);
	struct weir_chunk chunk;
	size_t n = 0;
	enum weir_status st;
	while ((st = weir_source_poll(c.source, 1000000, &chunk, &c.err)) == WEIR_OK || st == WEIR_AGAIN) {
		for (; chunk.n_messages; chunk.n_messages--, chunk.messages++, n++)
			assert_in_range(chunk.messages->partition, 0, 7);
		weir_source_consume(c.source, &chunk);
	}
	assert_int_equal(st, WEIR_END);
	assert_int_equal(n, 80);
	weir_source_close(c.source);
	snprintf(list, sizeof list, "^orders%d$", mock.n_topics);
	assert_int_equal(open_at(&c, mock.hosts, list, &weir_clock_system, params), WEIR_OK);
	read_to_end(&c);
	assert_int_equal(c.n, 40);
	weir_source_close(c.source);
	assert_int_equal(open_at(&c, mock.hosts, "^orders(", &weir_clock_system, NULL), WEIR_USAGE);
	assert_non_null(strstr(c.err.what, "pattern"));
}

/* Also with from=latest: all of it is newer than our beginning. */
static void topic_that_comes_to_match_is_read(void **state)
{
	static const char *const params[] = {"from=latest", "topic.metadata.refresh.interval.ms=50", NULL};
	struct weir_chunk chunk;
	struct consumer c;
	char pattern[40];
	size_t n = 0;

	(void)state;
	produce(0, 40);
	snprintf(pattern, sizeof pattern, "^orders%d(-later)?$", mock.n_topics);
	assert_int_equal(open_at(&c, mock.hosts, pattern, &weir_clock_system, params), WEIR_OK);
	step_until_state(&c, WEIR_SOURCE_LIVE);
	assert_int_equal(weir_partitions_count(c.status.partitions), PARTITIONS);
	assert_string_equal(c.status.detail, "");
	strcat(mock.topic, "-later");
	make_topic();
	produce(40, 80);
	for (int tries = 0; n < 40 && tries < 200; tries++) {
		c.last = weir_source_poll(c.source, 100000, &chunk, &c.err);
		assert_true(c.last == WEIR_OK || c.last == WEIR_AGAIN);
		for (; chunk.n_messages; chunk.n_messages--, chunk.messages++, n++) {
			assert_in_range(chunk.messages->partition, PARTITIONS, 2 * PARTITIONS - 1);
			assert_true(weir_str_equal(chunk.messages->topic, weir_str_of(mock.topic)));
		}
		weir_source_consume(c.source, &chunk);
	}
	assert_int_equal(n, 40);
	weir_source_status(c.source, &c.status);
	assert_int_equal(weir_partitions_count(c.status.partitions), 2 * PARTITIONS);
	snprintf(pattern, sizeof pattern, "4 new partitions: %s/0, ", mock.topic);
	assert_memory_equal(c.status.detail, pattern, strlen(pattern));
	weir_source_close(c.source);
}

static void broker_that_dies_and_returns(void **state)
{
	struct consumer c;

	(void)state;
	produce(0, 1000);
	open_topic(&c, NULL);
	step_until_count(&c, 1000);
	rd_kafka_mock_broker_set_down(mock.cluster, 1);
	step_until_state(&c, WEIR_SOURCE_RECONNECTING);
	assert_true(strlen(c.status.detail) > 10);
	rd_kafka_mock_broker_set_up(mock.cluster, 1);
	step_until_state(&c, WEIR_SOURCE_LIVE);
	produce(1000, 2000);
	step_until_count(&c, 2000); /* each partition's offsets follow one another: nothing lost, nothing twice */
	assert_int_equal(c.sum, sum_to(2000));
	weir_source_close(c.source);
}

static void offset_that_is_gone_is_asked_for_again(void **state)
{
	static const char *const params[] = {"until=latest", NULL};
	struct consumer c;

	(void)state;
	produce(0, 4000);
	rd_kafka_mock_push_request_errors(mock.cluster, FETCH_REQUEST, 2, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
					  RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
	open_topic(&c, params);
	read_to_end(&c);
	assert_int_equal(c.n, 4000);
	assert_int_equal(c.sum, sum_to(4000));
	weir_source_close(c.source);
}

static void no_such_topic(void **state)
{
	struct consumer c;
	char near[40];

	(void)state;
	snprintf(near, sizeof near, "ordres%d", mock.n_topics);
	/* The mock makes every topic that is asked for by name. */
	rd_kafka_mock_topic_set_error(mock.cluster, near, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
	assert_int_equal(open_at(&c, mock.hosts, near, &weir_clock_system, NULL), WEIR_OK);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_NOT_FOUND);
	assert_non_null(strstr(c.err.what, near));
	assert_non_null(strstr(c.err.hint, mock.topic));
	assert_string_equal(c.err.origin, mock.hosts);
	assert_int_equal(c.status.state, WEIR_SOURCE_FAILED);
	weir_source_close(c.source);
}

/* One partition without a leader is reported, and the others are read; once it has one, it is read too. */
static void a_partition_without_a_leader(void **state)
{
	static const char *const params[] = {"topic.metadata.refresh.interval.ms=100", NULL};
	char sentence[100];
	struct consumer c;

	(void)state;
	produce(0, 4000);
	rd_kafka_mock_partition_set_leader(mock.cluster, mock.topic, 2, -1);
	open_topic(&c, params);
	step_until_count(&c, 3000);
	snprintf(sentence, sizeof sentence, "1 partition has no leader and cannot be read: %s/2", mock.topic);
	assert_string_equal(c.status.unread, sentence);
	assert_int_equal(c.status.state, WEIR_SOURCE_LIVE);
	assert_string_equal(c.status.detail, sentence);
	rd_kafka_mock_partition_set_leader(mock.cluster, mock.topic, 2, 1);
	/* It comes last in the list, whatever its number: the mock's messages say which it is. */
	for (int tries = 0; c.n < 4000 && tries < 300; tries++)
		step(&c, 100000);
	assert_int_equal(c.n, 4000);
	assert_int_equal(c.sum, sum_to(4000));
	weir_source_status(c.source, &c.status);
	assert_string_equal(c.status.unread, "");
	assert_int_equal(weir_partitions_get(c.status.partitions, 3)->number, 2);
	weir_source_close(c.source);
}

static void no_partition_has_a_leader(void **state)
{
	struct consumer c;

	(void)state;
	for (int i = 0; i < PARTITIONS; i++)
		rd_kafka_mock_partition_set_leader(mock.cluster, mock.topic, i, -1);
	open_topic(&c, NULL);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_UNREACHABLE);
	assert_non_null(strstr(c.err.what, "no partition has a leader"));
	weir_source_close(c.source);
}

static void more_partitions_than_a_stream_can_have(void **state)
{
	char many[40];
	struct consumer c;

	(void)state;
	snprintf(many, sizeof many, "many%d", mock.n_topics);
	rd_kafka_mock_topic_create(mock.cluster, many, WEIR_MAX_PARTITIONS + 4, 1);
	assert_int_equal(open_at(&c, mock.hosts, many, &weir_clock_system, NULL), WEIR_OK);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_TOO_LARGE);
	assert_non_null(strstr(c.err.what, "4100 partitions"));
	weir_source_close(c.source);
}

/* From an offset that is still to come: what comes before it is not what was asked for. */
static void from_beyond_the_end(void **state)
{
	static const char *const params[] = {"from=1005", "partitions=0", NULL};
	struct consumer c;

	(void)state;
	produce(0, 4000);
	open_topic(&c, params);
	step_until_state(&c, WEIR_SOURCE_LIVE);
	produce(4000, 4040);
	step_until_count(&c, 5);
	assert_int_equal(c.next[0], 1010);
	weir_source_close(c.source);
}

/* Of each partition; all of one that has fewer. */
static void the_last_of_each_partition(void **state)
{
	static const char *const last[] = {"from=-3", "until=latest", NULL}, *const all[] = {"from=-2000", "until=-990",
											     NULL};
	struct consumer c;

	(void)state;
	produce(0, 4000);
	open_topic(&c, last);
	read_to_end(&c);
	assert_int_equal(c.n, 12);
	assert_int_equal(c.next[0], 1000);
	weir_source_close(c.source);
	open_topic(&c, all);
	read_to_end(&c);
	assert_int_equal(c.n, 40);
	assert_int_equal(c.next[0], 10);
	weir_source_close(c.source);
}

static void no_such_partition(void **state)
{
	static const char *const params[] = {"partitions=9", NULL};
	struct consumer c;

	(void)state;
	open_topic(&c, params);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_NOT_FOUND);
	assert_non_null(strstr(c.err.what, "partition"));
	weir_source_close(c.source);
}

/* Twenty times as fast, so that giving up takes no five seconds. */
static int64_t hasty_mono(void *ctx)
{
	(void)ctx;
	return weir_clock_mono_us(&weir_clock_system) * 20;
}
static int64_t usual_wall(void *ctx)
{
	(void)ctx;
	return weir_clock_wall_us(&weir_clock_system);
}
static const struct weir_clock hasty_clock = {.mono_us = hasty_mono, .wall_us = usual_wall};

/* A screen waits for its broker as long as it takes. */
static void a_screen_waits_for_a_broker(void **state)
{
	struct consumer c;

	(void)state;
	produce(0, 4);
	rd_kafka_mock_broker_set_down(mock.cluster, 1);
	mock.live = true;
	assert_int_equal(open_at(&c, mock.hosts, mock.topic, &hasty_clock, NULL), WEIR_OK);
	mock.live = false;
	int64_t end_us = weir_clock_mono_us(&hasty_clock) + INT64_C(30000000);
	while (weir_clock_mono_us(&hasty_clock) < end_us)
		assert_int_equal(step(&c, 1000000), WEIR_AGAIN);
	assert_int_equal(c.status.state, WEIR_SOURCE_CONNECTING);
	assert_true(strlen(c.status.detail) > 10);
	rd_kafka_mock_broker_set_up(mock.cluster, 1);
	step_until_count(&c, 4);
	weir_source_close(c.source);
}

/* It waits for a topic that is not there, too, and reads all of it, though it would begin with the newest: nothing of it is older than the
 * wait. A batch ends with an error (unknown_topic). */
static void a_screen_waits_for_a_topic(void **state)
{
	static const char *const params[] = {"from=latest", "topic.metadata.refresh.interval.ms=50", NULL};
	struct consumer c;

	(void)state;
	strcat(mock.topic, "-comes");
	rd_kafka_mock_topic_set_error(mock.cluster, mock.topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
	mock.live = true;
	assert_int_equal(open_at(&c, mock.hosts, mock.topic, &hasty_clock, params), WEIR_OK);
	mock.live = false;
	for (int tries = 0; tries < 200 && !strstr(c.status.detail, "there is no topic"); tries++)
		assert_int_equal(step(&c, 100000), WEIR_AGAIN);
	assert_int_equal(c.status.state, WEIR_SOURCE_CONNECTING);
	assert_non_null(strstr(c.status.detail, mock.topic));
	assert_non_null(strstr(c.status.detail, " (")); /* what there is */
	rd_kafka_mock_topic_set_error(mock.cluster, mock.topic, RD_KAFKA_RESP_ERR_NO_ERROR);
	make_topic();
	produce(0, 40);
	step_until_count(&c, 40);
	assert_int_equal(c.sum, sum_to(40));
	assert_int_equal(c.status.state, WEIR_SOURCE_LIVE);
	weir_source_close(c.source);
}

/* Of two topics the one that is there is read meanwhile, and the other is said to be lacking. */
static void a_screen_reads_what_is_there(void **state)
{
	static const char *const params[] = {"topic.metadata.refresh.interval.ms=50", NULL};
	struct consumer c;
	char both[100], other[60];

	(void)state;
	produce(0, 40);
	snprintf(other, sizeof other, "%s-comes", mock.topic);
	rd_kafka_mock_topic_set_error(mock.cluster, other, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
	snprintf(both, sizeof both, "%s,%s", mock.topic, other);
	mock.live = true;
	assert_int_equal(open_at(&c, mock.hosts, both, &weir_clock_system, params), WEIR_OK);
	mock.live = false;
	step_until_count(&c, 40);
	assert_int_equal(c.status.state, WEIR_SOURCE_LIVE);
	assert_non_null(strstr(c.status.unread, "there is no topic"));
	assert_non_null(strstr(c.status.unread, "it is read once it is there"));
	weir_source_close(c.source);
}

static void no_broker(void **state)
{
	struct consumer c;

	(void)state;
	assert_int_equal(open_at(&c, "127.0.0.1:1", "orders", &hasty_clock, NULL), WEIR_OK);
	while (step(&c, 1000000) == WEIR_AGAIN)
		;
	assert_int_equal(c.last, WEIR_UNREACHABLE);
	assert_true(c.err.retriable);
	assert_string_equal(c.err.origin, "127.0.0.1:1");
	assert_non_null(strstr(c.err.what, "refused"));
	weir_source_close(c.source);
}

static void expect_usage(const char *param, const char *what, const char *hint)
{
	const char *params[] = {param, NULL};
	struct consumer c;

	assert_int_equal(open_at(&c, mock.hosts, "orders", &weir_clock_system, params), WEIR_USAGE);
	if (!strstr(c.err.what, what) || !strstr(c.err.hint, hint))
		fail_msg("%s: \"%s\" (%s)", param, c.err.what, c.err.hint);
}

static void wrong_parameters(void **state)
{
	struct consumer c;

	(void)state;
	expect_usage("clientid=x", "unknown parameter clientid=", "client.id");
	expect_usage("security.protocl=SSL", "unknown parameter", "security.protocol");
	expect_usage("security.protocol=TLS", "Invalid value", "it takes plaintext, ssl");
	expect_usage("isolation.level=read_comitted", "read_comitted", "did you mean read_committed?");
	expect_usage("fetch.wait.max.ms=300001", "fetch.wait.max.ms", "it takes 0 .. 300000");
	expect_usage("ssl.ca.location=/nowhere.pem", "/nowhere.pem: No such file", "");
	expect_usage("from=-99999999999999999999", "not a place in a stream", "-10");
	expect_usage("fetch.min.bytes=lots", "fetch.min.bytes", "");
	expect_usage("enable.auto.commit=true", "always false", "");
	expect_usage("partitions=a", "not a list of partitions", "0,3-5");
	expect_usage("partitions=5-3", "not a list of partitions", "");
	expect_usage("position=5", "not a position", "0=123");
	expect_usage("from=soon", "not a place in a stream", "earliest");
	expect_usage("until=2999-01-01", "in the future", "--for");
	assert_int_equal(open_at(&c, NULL, "orders", &weir_clock_system, NULL), WEIR_USAGE);
	assert_int_equal(open_at(&c, mock.hosts, "", &weir_clock_system, NULL), WEIR_USAGE);
	assert_int_equal(open_at(&c, mock.hosts, "a,,b", &weir_clock_system, NULL), WEIR_USAGE);
}

static void wake_ends_a_wait(void **state)
{
	static const char *const params[] = {"from=latest", NULL};
	struct consumer c;

	(void)state;
	open_topic(&c, params);
	step_until_state(&c, WEIR_SOURCE_LIVE);
	while (step(&c, 20000) == WEIR_OK)
		;
	weir_source_wake(c.source);
	assert_int_equal(step(&c, INT64_C(600000000)), WEIR_AGAIN);
	weir_source_close(c.source);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, new_topic)
	const struct CMUnitTest tests[] = {
	    TEST(all_of_four_partitions),
	    TEST(a_screen_waits_for_a_broker),
	    TEST(a_screen_waits_for_a_topic),
	    TEST(a_screen_reads_what_is_there),
	    TEST(the_last_of_each_partition),
	    TEST(from_and_until_offsets),
	    TEST(until_ends_before_what_comes_later),
	    TEST(empty_topic_with_until_ends),
	    TEST(latest_sees_only_what_is_new),
	    TEST(one_message_wakes_at_once),
	    TEST(lag_is_known_by_partition),
	    TEST(what_is_not_consumed_comes_again),
	    TEST(reading_resumes_at_a_position),
	    TEST(a_position_may_name_some_partitions),
	    TEST(positions_that_are_not_there),
	    TEST(all_of_a_message),
	    TEST(slow_reader_gets_all),
	    TEST(topic_that_comes_to_match_is_read),
	    TEST(more_is_added_to_what_nobody_took),
	    TEST(patterns_and_lists_of_topics),
	    TEST(broker_that_dies_and_returns),
	    TEST(offset_that_is_gone_is_asked_for_again),
	    TEST(no_such_topic),
	    TEST(a_partition_without_a_leader),
	    TEST(no_partition_has_a_leader),
	    TEST(more_partitions_than_a_stream_can_have),
	    TEST(from_beyond_the_end),
	    TEST(no_such_partition),
	    TEST(no_broker),
	    TEST(wrong_parameters),
	    TEST(wake_ends_a_wait),
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
