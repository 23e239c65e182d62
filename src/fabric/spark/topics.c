/* The topics of a job through librdkafka. */
#include "topics.h"

#include "weir/base/memory.h"
#include "weir/base/thread.h"
#include "weir/client/kafka.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALL_MS = 15000, ASK_MS = 500, MOST_MESSAGES = 2000 };

const char *const weir_spark_topics_absent = NULL;

struct weir_spark_topics {
	char *brokers;     /* owned */
	char names[2][80]; /* results, control */
	struct weir_log *log;
	rd_kafka_t *reader, *writer; /* owned */
	rd_kafka_queue_t *queue;
	rd_kafka_topic_t *results; /* of the reader; NULL: nothing is read yet */
	char trouble[240];         /* what is wrong with the brokers; "": nothing was said */
	enum weir_status is;
};

static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
	struct weir_spark_topics *t = opaque;
	char why[240];
	enum weir_status is = weir_kafka_complaint(code, text, 0, why, sizeof why);

	(void)rk;
	if (is != WEIR_OK) {
		t->is = is;
		snprintf(t->trouble, sizeof t->trouble, "%s", why);
	}
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	struct weir_spark_topics *t = rd_kafka_opaque(rk);

	weir_kafka_log(t->log, level, facility, text);
}

static enum weir_status make_client(struct weir_spark_topics *t, int type, rd_kafka_t **out, struct weir_error *err)
{
	static const struct weir_kafka_setting defaults[] = {{"client.id", "weir", false},
							     {"fetch.wait.max.ms", "100", false},
							     {"reconnect.backoff.max.ms", "1000", false},
							     {"topic.metadata.refresh.interval.ms", "10000", false},
							     {NULL, NULL, false}};
	static const struct weir_kafka_setting none[] = {{NULL, NULL, false}};
	static const char *const own[] = {NULL};
	char scheme[] = "kafka", path[] = "";
	const struct weir_uri uri = {.scheme = scheme, .hosts = t->brokers, .path = path};
	const struct weir_kafka_request request = {&uri, "fabrics", own, defaults, none};
	rd_kafka_conf_t *conf;
	enum weir_status st = weir_kafka_conf_make(&request, &conf, err);

	if (st != WEIR_OK)
		return st;
	rd_kafka_conf_set_opaque(conf, t);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_log_cb(conf, on_log);
	return weir_kafka_client_make(type, conf, out, err);
}

enum weir_status weir_spark_topics_open(const char *brokers, const char *id, struct weir_log *log,
					struct weir_spark_topics **out, struct weir_error *err)
{
	struct weir_spark_topics *t = weir_calloc(1, sizeof *t);

	*out = t;
	if (!t || !(t->brokers = weir_str_dup(weir_str_of(brokers))))
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	t->log = log;
	snprintf(t->names[0], sizeof t->names[0], "weir-%.40s", id);
	snprintf(t->names[1], sizeof t->names[1], "weir-%.40s-control", id);
	char scheme[] = "kafka", path[] = "";
	const struct weir_uri uri = {.scheme = scheme, .hosts = t->brokers, .path = path};
	enum weir_status st = weir_kafka_check_address(&uri, err);
	if (st == WEIR_OK)
		st = make_client(t, RD_KAFKA_CONSUMER, &t->reader, err);
	if (st == WEIR_OK)
		st = make_client(t, RD_KAFKA_PRODUCER, &t->writer, err);
	return st;
}

void weir_spark_topics_close(struct weir_spark_topics *t)
{
	if (!t)
		return;
	if (t->results) {
		rd_kafka_consume_stop(t->results, 0);
		rd_kafka_topic_destroy(t->results);
	}
	if (t->queue)
		rd_kafka_queue_destroy(t->queue);
	if (t->reader)
		rd_kafka_destroy_flags(t->reader, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	if (t->writer)
		rd_kafka_destroy(t->writer);
	free(t->brokers);
	free(t);
}

const char *weir_spark_topics_results(const struct weir_spark_topics *t)
{
	return t->names[0];
}

const char *weir_spark_topics_control(const struct weir_spark_topics *t)
{
	return t->names[1];
}

static enum weir_status fail(const struct weir_spark_topics *t, rd_kafka_resp_err_t code, const char *why,
			     const char *what, struct weir_error *err)
{
	bool unsaid = code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT;
	enum weir_status st = unsaid && t->is != WEIR_OK ? t->is : weir_kafka_status(code);

	weir_fail(err, st, t->brokers, "%s: %s", what, unsaid && t->trouble[0] ? t->trouble : why);
	if (err)
		err->retriable = st == WEIR_UNREACHABLE || st == WEIR_AGAIN;
	return st;
}

/* ---- making and removing ---- */

static rd_kafka_resp_err_t answer_of(rd_kafka_event_t *event, bool making, char *why, size_t size)
{
	rd_kafka_resp_err_t code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
	const rd_kafka_topic_result_t **topics = NULL;
	size_t n = 0;

	snprintf(why, size, "%s", code ? rd_kafka_err2str(code) : "");
	if (code)
		return code;
	if (making)
		topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
	else
		topics = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &n);
	for (size_t i = 0; i < n; i++) {
		rd_kafka_resp_err_t one = rd_kafka_topic_result_error(topics[i]);
		bool fine = !one || one == (making ? RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS
						   : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
		const char *text = rd_kafka_topic_result_error_string(topics[i]);
		if (fine)
			continue;
		snprintf(why, size, "%s", text ? text : rd_kafka_err2str(one));
		code = one;
	}
	return code;
}

static rd_kafka_AdminOptions_t *admin_options(struct weir_spark_topics *t, rd_kafka_admin_op_t op)
{
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(t->writer, op);
	char text[100];

	if (options)
		(void)rd_kafka_AdminOptions_set_request_timeout(options, CALL_MS, text, sizeof text);
	return options;
}

enum weir_status weir_spark_topics_make(struct weir_spark_topics *t, struct weir_error *err)
{
	char why[200];
	rd_kafka_NewTopic_t *topics[2];
	rd_kafka_AdminOptions_t *options = admin_options(t, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	rd_kafka_queue_t *answers = rd_kafka_queue_new(t->writer);

	for (int i = 0; i < 2; i++)
		topics[i] = rd_kafka_NewTopic_new(t->names[i], 1, -1, why, sizeof why);
	if (topics[0])
		(void)rd_kafka_NewTopic_set_config(topics[0], "cleanup.policy", "compact");
	rd_kafka_CreateTopics(t->writer, topics, 2, options, answers);
	rd_kafka_event_t *event = rd_kafka_queue_poll(answers, CALL_MS + ASK_MS);
	rd_kafka_resp_err_t code = answer_of(event, true, why, sizeof why);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_NewTopic_destroy_array(topics, 2);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(answers);
	rd_kafka_poll(t->writer, 0);
	return code ? fail(t, code, why, "could not make the topics of the job", err) : WEIR_OK;
}

enum weir_status weir_spark_topics_remove(struct weir_spark_topics *t, struct weir_error *err)
{
	char why[200];
	rd_kafka_AdminOptions_t *options = admin_options(t, RD_KAFKA_ADMIN_OP_DELETETOPICS);
	rd_kafka_queue_t *answers = rd_kafka_queue_new(t->writer);
	rd_kafka_DeleteTopic_t *topics[2] = {rd_kafka_DeleteTopic_new(t->names[0]),
					     rd_kafka_DeleteTopic_new(t->names[1])};

	rd_kafka_DeleteTopics(t->writer, topics, 2, options, answers);
	rd_kafka_event_t *event = rd_kafka_queue_poll(answers, CALL_MS + ASK_MS);
	rd_kafka_resp_err_t code = answer_of(event, false, why, sizeof why);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_DeleteTopic_destroy_array(topics, 2);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(answers);
	return code ? fail(t, code, why, "could not remove the topics of the job", err) : WEIR_OK;
}

/* ---- orders ---- */

enum weir_status weir_spark_topics_order(struct weir_spark_topics *t, const char *key, struct weir_str value,
					 struct weir_error *err)
{
	rd_kafka_topic_conf_t *conf = rd_kafka_topic_conf_new();
	char text[100];

	(void)rd_kafka_topic_conf_set(conf, "message.timeout.ms", "15000", text, sizeof text);
	rd_kafka_topic_t *topic = rd_kafka_topic_new(t->writer, t->names[1], conf);
	bool given = topic && rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)value.data, value.size,
					       key, strlen(key), NULL) == 0;
	rd_kafka_resp_err_t code = given ? rd_kafka_flush(t->writer, CALL_MS + ASK_MS) : rd_kafka_last_error();
	if (!code && rd_kafka_outq_len(t->writer) > 0)
		code = RD_KAFKA_RESP_ERR__TIMED_OUT;
	if (code)
		(void)rd_kafka_purge(t->writer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	if (topic)
		rd_kafka_topic_destroy(topic);
	return code ? fail(t, code, rd_kafka_err2str(code), "could not send the job an order", err) : WEIR_OK;
}

/* Where the control topic ends. */
static enum weir_status end_of(struct weir_spark_topics *t, int64_t *end, struct weir_error *err)
{
	int64_t low;
	rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(t->reader, t->names[1], 0, &low, end, CALL_MS);

	if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
	    code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
		weir_fail(err, WEIR_NOT_FOUND, t->brokers, "there is no job %s", t->names[0]);
		weir_error_hint(err, "it was stopped, or its name is another; weir says it when it leaves one");
		return WEIR_NOT_FOUND;
	}
	return code ? fail(t, code, rd_kafka_err2str(code), "could not ask for the job", err) : WEIR_OK;
}

enum weir_status weir_spark_topics_ordered(struct weir_spark_topics *t, const char *key, struct weir_buf *out,
					   struct weir_error *err)
{
	int64_t end = 0, next = 0;
	enum weir_status st = end_of(t, &end, err);
	int64_t until_us = weir_clock_mono_us(&weir_clock_system) + CALL_MS * INT64_C(1000);

	if (st != WEIR_OK)
		return st;
	rd_kafka_topic_t *topic = rd_kafka_topic_new(t->reader, t->names[1], NULL);
	if (!topic || rd_kafka_consume_start(topic, 0, RD_KAFKA_OFFSET_BEGINNING) != 0)
		st = fail(t, rd_kafka_last_error(), "", "could not read the job's orders", err);
	while (st == WEIR_OK && next < end) {
		rd_kafka_message_t *m = rd_kafka_consume(topic, 0, ASK_MS);
		if (m && !m->err) {
			next = m->offset + 1;
			if (m->key_len == strlen(key) && memcmp(m->key, key, m->key_len) == 0) {
				weir_buf_clear(out);
				weir_buf_add(out, m->payload, m->len);
			}
		}
		if (m)
			rd_kafka_message_destroy(m);
		if (next < end && weir_clock_mono_us(&weir_clock_system) > until_us)
			st = fail(t, RD_KAFKA_RESP_ERR__TIMED_OUT, "no answer in time",
				  "could not read the job's orders", err);
	}
	if (topic) {
		rd_kafka_consume_stop(topic, 0);
		rd_kafka_topic_destroy(topic);
	}
	if (st == WEIR_OK && !out->size)
		st = weir_fail(err, WEIR_NOT_FOUND, t->names[1], "there is no job in it");
	return st;
}

/* ---- results ---- */

static enum weir_status begin(struct weir_spark_topics *t, struct weir_error *err)
{
	if (t->results)
		return WEIR_OK;
	t->queue = t->queue ? t->queue : rd_kafka_queue_new(t->reader);
	t->results = rd_kafka_topic_new(t->reader, t->names[0], NULL);
	if (t->results && rd_kafka_consume_start_queue(t->results, 0, RD_KAFKA_OFFSET_BEGINNING, t->queue) == 0)
		return WEIR_OK;
	if (t->results)
		rd_kafka_topic_destroy(t->results);
	t->results = NULL;
	return fail(t, rd_kafka_last_error(), rd_kafka_err2str(rd_kafka_last_error()), "could not read the results",
		    err);
}

int weir_spark_topics_read(struct weir_spark_topics *t, int64_t wait_us, weir_spark_message_visitor *visit, void *ctx,
			   struct weir_error *err)
{
	rd_kafka_message_t **messages = weir_calloc(MOST_MESSAGES, sizeof(rd_kafka_message_t *));
	int n_read = 0;

	if (!messages) {
		weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
		return -1;
	}
	ssize_t n = begin(t, err) == WEIR_OK
			? rd_kafka_consume_batch_queue(t->queue, (int)(wait_us / 1000), messages, MOST_MESSAGES)
			: -1;
	rd_kafka_poll(t->reader, 0);
	for (ssize_t i = 0; i < n; i++) {
		rd_kafka_message_t *m = messages[i];
		if (!m->err) {
			visit(ctx, (struct weir_str){m->key, m->key_len}, (struct weir_str){m->payload, m->len});
			n_read++;
		} else if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF && n_read >= 0) {
			fail(t, m->err, rd_kafka_message_errstr(m), "could not read the results", err);
			n_read = -1;
		}
		rd_kafka_message_destroy(m);
	}
	free(messages);
	return n < 0 ? -1 : n_read;
}
