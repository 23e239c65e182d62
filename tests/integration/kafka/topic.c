/* Makes and fills topics for the tests.
 *
 *     topic create BROKER TOPIC PARTITIONS [NAME=VALUE…]     with these settings
 *     topic grow BROKER TOPIC PARTITIONS   so many in all
 *     topic fill BROKER TOPIC PARTITIONS FROM TO [TIME_MS [CODEC]]   compressed by it: none, gzip, snappy, lz4, zstd
 *     topic load BROKER TOPIC PARTITIONS [PARTITION|all [CODEC]]   each line of standard input is a message; no keys,
 *                                      to the one partition, or to all in turn
 *     topic put BROKER TOPIC           each line of standard input is a key, a tab, a value, and tabs with headers NAME=VALUE;
 *                                      without a tab it is a tombstone; to partition 0
 *     topic transact BROKER TOPIC FROM TO commit|abort|open   messages as of fill, to partition 0, in a transaction; an open
 *                                      one stays so until standard input ends, and is aborted then
 *     topic list BROKER                all topics there are, one a line
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

static const char *codec = "none", *transaction = NULL;

static rd_kafka_t *client(const char *broker)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	rd_kafka_conf_set(conf, "compression.codec", codec, text, sizeof text);
	if (transaction)
		rd_kafka_conf_set(conf, "transactional.id", transaction, text, sizeof text);

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

static void create(const char *broker, const char *topic, int partitions, char *const *settings, int n_settings)
{
	rd_kafka_t *rk = client(broker);
	rd_kafka_NewTopic_t *t = rd_kafka_NewTopic_new(topic, partitions, 1, text, sizeof text);

	for (int i = 0; i < n_settings; i++) {
		char *value = strchr(settings[i], '=');
		if (!value)
			die("a setting is NAME=VALUE");
		*value = 0;
		rd_kafka_NewTopic_set_config(t, settings[i], value + 1);
	}
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

static void fill_by(rd_kafka_t *rk, const char *topic, int partitions, long from, long to, long long time_ms)
{
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
}

static void fill(const char *broker, const char *topic, int partitions, long from, long to, long long time_ms)
{
	rd_kafka_t *rk = client(broker);

	fill_by(rk, topic, partitions, from, to, time_ms);
	rd_kafka_destroy(rk);
}

static void expect(rd_kafka_error_t *error)
{
	if (error)
		die(rd_kafka_error_string(error));
}

static void transact(const char *broker, const char *topic, long from, long to, const char *end)
{
	transaction = topic;
	rd_kafka_t *rk = client(broker);

	expect(rd_kafka_init_transactions(rk, 30000));
	expect(rd_kafka_begin_transaction(rk));
	fill_by(rk, topic, 1, from, to, 0);
	if (strcmp(end, "open") == 0) {
		puts("open");
		fflush(stdout);
		while (getchar() != EOF)
			;
	}
	expect(strcmp(end, "commit") == 0 ? rd_kafka_commit_transaction(rk, 30000)
					  : rd_kafka_abort_transaction(rk, 30000));
	rd_kafka_destroy(rk);
}

static void put_line(rd_kafka_t *rk, const char *topic, char *line)
{
	char *value = strchr(line, '\t'), *header = value ? strchr(value + 1, '\t') : NULL;
	rd_kafka_headers_t *headers = rd_kafka_headers_new(4);

	if (value)
		*value++ = 0;
	if (header)
		*header++ = 0;
	for (char *next; header; header = next) {
		char *is = strchr(header, '=');
		next = strchr(header, '\t');
		if (next)
			*next++ = 0;
		if (!is)
			die("a header is NAME=VALUE");
		*is = 0;
		rd_kafka_header_add(headers, header, -1, is + 1, -1);
	}
	if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
			      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(line, strlen(line)),
			      RD_KAFKA_V_VALUE(value, value ? strlen(value) : 0), RD_KAFKA_V_HEADERS(headers),
			      RD_KAFKA_V_END) != 0)
		die("a message is not taken");
}

static void put(const char *broker, const char *topic)
{
	rd_kafka_t *rk = client(broker);
	char *line = NULL;
	size_t capacity = 0;

	for (ssize_t n; (n = getline(&line, &capacity, stdin)) > 0;) {
		if (line[n - 1] == '\n')
			line[n - 1] = 0;
		put_line(rk, topic, line);
	}
	free(line);
	if (rd_kafka_flush(rk, 120000) != 0 || not_delivered)
		die("not all messages were delivered");
	rd_kafka_destroy(rk);
}

static void list_topics(const char *broker)
{
	rd_kafka_t *rk = client(broker);
	const rd_kafka_metadata_t *md;

	if (rd_kafka_metadata(rk, 1, NULL, &md, 20000) != 0)
		die("no answer");
	for (int i = 0; i < md->topic_cnt; i++)
		puts(md->topics[i].topic);
	rd_kafka_metadata_destroy(md);
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
	const char *verb = argc > 2 ? argv[1] : "";

	if (argc == 9 && strcmp(verb, "fill") == 0)
		codec = argv[8];
	if (argc == 7 && strcmp(verb, "load") == 0)
		codec = argv[6];
	if (argc >= 5 && strcmp(verb, "create") == 0)
		create(argv[2], argv[3], atoi(argv[4]), argv + 5, argc - 5);
	else if (argc >= 7 && strcmp(verb, "fill") == 0)
		fill(argv[2], argv[3], atoi(argv[4]), atol(argv[5]), atol(argv[6]), argc > 7 ? atoll(argv[7]) : 0);
	else if (argc == 7 && strcmp(verb, "transact") == 0)
		transact(argv[2], argv[3], atol(argv[4]), atol(argv[5]), argv[6]);
	else if (argc == 5 && strcmp(verb, "grow") == 0)
		grow(argv[2], argv[3], (size_t)atoi(argv[4]));
	else if (argc >= 5 && argc <= 7 && strcmp(verb, "load") == 0)
		load(argv[2], argv[3], atoi(argv[4]), argc > 5 && strcmp(argv[5], "all") != 0 ? atoi(argv[5]) : -1);
	else if (argc == 4 && strcmp(verb, "put") == 0)
		put(argv[2], argv[3]);
	else if (argc == 4 && strcmp(verb, "delete") == 0)
		delete (argv[2], argv[3]);
	else if (argc == 5 && strcmp(verb, "trim") == 0)
		trim(argv[2], argv[3], atol(argv[4]));
	else if (argc == 5 && strcmp(verb, "allow") == 0)
		allow(argv[2], argv[3], argv[4]);
	else if (argc == 3 && strcmp(verb, "groups") == 0)
		show_groups(argv[2]);
	else if (argc == 3 && strcmp(verb, "list") == 0)
		list_topics(argv[2]);
	else
		die("usage: see the head of topic.c");
	return 0;
}
