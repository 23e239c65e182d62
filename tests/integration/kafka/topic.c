/* Makes and fills topics for the tests.
 *
 *     topic create BROKER TOPIC PARTITIONS
 *     topic grow BROKER TOPIC PARTITIONS   so many in all
 *     topic fill BROKER TOPIC PARTITIONS FROM TO [TIME_MS]
 *     topic load BROKER TOPIC PARTITIONS [PARTITION]   each line of standard input is a message; no keys, to the one
 *                                      partition, or to all in turn
 *     topic delete BROKER TOPIC
 *     topic trim BROKER TOPIC OFFSET       partition 0 loses what comes before it
 *     topic allow BROKER TOPIC USER        from then on nobody else may read it
 *     topic groups BROKER                  the consumer groups there are, and "N groups"
 *
 * Message number i (FROM to TO-1) is {"i":i,"group":"gN",…} in partition i % PARTITIONS, with i's decimal text as its
 * key and TIME_MS + i as the broker's timestamp (without TIME_MS: now). Comes back when the broker has acknowledged
 * all. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[512];
static long not_delivered;

static void die(const char *what)
{
	fprintf(stderr, "topic: %s\n", what);
	exit(1);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	(void)opaque;
	not_delivered += m->err != 0;
}

static rd_kafka_t *client(const char *broker)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	rd_kafka_conf_set(conf, "bootstrap.servers", broker, text, sizeof text);
	rd_kafka_conf_set(conf, "linger.ms", "20", text, sizeof text);
	rd_kafka_conf_set(conf, "enable.idempotence", "true", text, sizeof text);
	rd_kafka_conf_set(conf, "queue.buffering.max.messages", "1000000", text, sizeof text);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
	if (!rk)
		die(text);
	return rk;
}

static void create(const char *broker, const char *topic, int partitions)
{
	rd_kafka_t *rk = client(broker);
	rd_kafka_NewTopic_t *t = rd_kafka_NewTopic_new(topic, partitions, 1, text, sizeof text);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	size_t n;

	rd_kafka_CreateTopics(rk, &t, 1, NULL, q);
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, 20000);
	if (!ev || rd_kafka_event_error(ev))
		die(ev ? rd_kafka_event_error_string(ev) : "no answer");
	const rd_kafka_topic_result_t **r =
	    rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(ev), &n);
	if (n != 1 || rd_kafka_topic_result_error(r[0]))
		die(n ? rd_kafka_topic_result_error_string(r[0]) : "no result");
	rd_kafka_event_destroy(ev);
	rd_kafka_queue_destroy(q);
	rd_kafka_NewTopic_destroy(t);
	rd_kafka_destroy(rk);
}

static void grow(const char *broker, const char *topic, size_t partitions)
{
	rd_kafka_t *rk = client(broker);
	rd_kafka_NewPartitions_t *p = rd_kafka_NewPartitions_new(topic, partitions, text, sizeof text);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	size_t n;

	rd_kafka_CreatePartitions(rk, &p, 1, NULL, q);
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, 20000);
	if (!ev || rd_kafka_event_error(ev))
		die(ev ? rd_kafka_event_error_string(ev) : "no answer");
	const rd_kafka_topic_result_t **r =
	    rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(ev), &n);
	if (n != 1 || rd_kafka_topic_result_error(r[0]))
		die(n ? rd_kafka_topic_result_error_string(r[0]) : "no result");
	rd_kafka_event_destroy(ev);
	rd_kafka_queue_destroy(q);
	rd_kafka_NewPartitions_destroy(p);
	rd_kafka_destroy(rk);
}

static void await(rd_kafka_queue_t *q)
{
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, 20000);

	if (!ev || rd_kafka_event_error(ev))
		die(ev ? rd_kafka_event_error_string(ev) : "no answer");
	rd_kafka_event_destroy(ev);
	rd_kafka_queue_destroy(q);
}

static void delete (const char *broker, const char *topic)
{
	rd_kafka_t *rk = client(broker);
	rd_kafka_DeleteTopic_t *t = rd_kafka_DeleteTopic_new(topic);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);

	rd_kafka_DeleteTopics(rk, &t, 1, NULL, q);
	await(q);
	rd_kafka_DeleteTopic_destroy(t);
	rd_kafka_destroy(rk);
}

static void trim(const char *broker, const char *topic, long offset)
{
	rd_kafka_t *rk = client(broker);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);

	rd_kafka_topic_partition_list_add(list, topic, 0)->offset = offset;
	rd_kafka_DeleteRecords_t *d = rd_kafka_DeleteRecords_new(list);
	rd_kafka_DeleteRecords(rk, &d, 1, NULL, q);
	await(q);
	rd_kafka_DeleteRecords_destroy(d);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
}

static void allow(const char *broker, const char *topic, const char *user)
{
	rd_kafka_t *rk = client(broker);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	char principal[100];

	snprintf(principal, sizeof principal, "User:%s", user);
	rd_kafka_AclBinding_t *a =
	    rd_kafka_AclBinding_new(RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_RESOURCE_PATTERN_LITERAL, principal, "*",
				    RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, text, sizeof text);
	rd_kafka_CreateAcls(rk, &a, 1, NULL, q);
	await(q);
	rd_kafka_AclBinding_destroy(a);
	rd_kafka_destroy(rk);
}

static void fill(const char *broker, const char *topic, int partitions, long from, long to, long long time_ms)
{
	rd_kafka_t *rk = client(broker);
	char key[24];

	for (long i = from; i < to; i++) {
		int n =
		    snprintf(text, sizeof text, "{\"i\":%ld,\"group\":\"g%ld\",\"value\":%ld.5,\"pad\":\"%0100ld\"}", i,
			     i % 10, i % 1000, i % 100);
		int k = snprintf(key, sizeof key, "%ld", i);
		while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION((int)(i % partitions)),
					 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(text, (size_t)n),
					 RD_KAFKA_V_KEY(key, (size_t)k),
					 RD_KAFKA_V_TIMESTAMP(time_ms ? time_ms + i : 0), RD_KAFKA_V_END) != 0)
			rd_kafka_poll(rk, 10);
		if (i % 1000 == 0)
			rd_kafka_poll(rk, 0);
	}
	if (rd_kafka_flush(rk, 120000) != 0 || not_delivered)
		die("not all messages were delivered");
	rd_kafka_destroy(rk);
}

static void load(const char *broker, const char *topic, int partitions, int only)
{
	rd_kafka_t *rk = client(broker);
	char *line = NULL;
	size_t capacity = 0;
	ssize_t n;

	for (long i = 0; (n = getline(&line, &capacity, stdin)) > 0; i++) {
		n -= line[n - 1] == '\n';
		int to = only >= 0 ? only : (int)(i % partitions);
		while (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(to),
					 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(line, (size_t)n),
					 RD_KAFKA_V_END) != 0)
			rd_kafka_poll(rk, 10);
		if (i % 1000 == 0)
			rd_kafka_poll(rk, 0);
	}
	free(line);
	if (rd_kafka_flush(rk, 120000) != 0 || not_delivered)
		die("not all messages were delivered");
	rd_kafka_destroy(rk);
}

static void show_groups(const char *broker)
{
	rd_kafka_t *rk = client(broker);
	const struct rd_kafka_group_list *list;

	if (rd_kafka_list_groups(rk, NULL, &list, 20000) != 0)
		die("no answer");
	for (int i = 0; i < list->group_cnt; i++)
		printf("group %s\n", list->groups[i].group);
	printf("%d groups\n", list->group_cnt);
	rd_kafka_group_list_destroy(list);
	rd_kafka_destroy(rk);
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "create") == 0)
		create(argv[2], argv[3], atoi(argv[4]));
	else if (argc >= 7 && strcmp(argv[1], "fill") == 0)
		fill(argv[2], argv[3], atoi(argv[4]), atol(argv[5]), atol(argv[6]), argc > 7 ? atoll(argv[7]) : 0);
	else if (argc == 5 && strcmp(argv[1], "grow") == 0)
		grow(argv[2], argv[3], (size_t)atoi(argv[4]));
	else if ((argc == 5 || argc == 6) && strcmp(argv[1], "load") == 0)
		load(argv[2], argv[3], atoi(argv[4]), argc == 6 ? atoi(argv[5]) : -1);
	else if (argc == 4 && strcmp(argv[1], "delete") == 0)
		delete (argv[2], argv[3]);
	else if (argc == 5 && strcmp(argv[1], "trim") == 0)
		trim(argv[2], argv[3], atol(argv[4]));
	else if (argc == 5 && strcmp(argv[1], "allow") == 0)
		allow(argv[2], argv[3], argv[4]);
	else if (argc == 3 && strcmp(argv[1], "groups") == 0)
		show_groups(argv[2]);
	else
		die("usage: topic create|grow|load BROKER TOPIC PARTITIONS | delete BROKER TOPIC | trim BROKER TOPIC OFFSET | "
		    "allow BROKER TOPIC USER | groups BROKER | fill BROKER TOPIC "
		    "PARTITIONS "
		    "FROM TO [TIME_MS]");
	return 0;
}
