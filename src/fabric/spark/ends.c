/* Asking brokers where topics end. */
#include "ends.h"

#include "weir/base/memory.h"
#include "weir/client/kafka.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>

enum { ASK_MS = 2000 };

struct weir_spark_ends {
	struct weir_log *log;
	rd_kafka_t *client; /* owned */
};

static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
	(void)rk, (void)code, (void)text, (void)opaque; /* a lag that is not known says so */
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	const struct weir_spark_ends *e = rd_kafka_opaque(rk);

	weir_kafka_log(e->log, level, facility, text);
}

enum weir_status weir_spark_ends_open(const struct weir_uri *source, struct weir_log *log, struct weir_spark_ends **out,
				      struct weir_error *err)
{
	static const char *const own[] = {"from", "until",    "partitions", "format",
					  "time", "encoding", "join-lines", NULL};
	static const struct weir_kafka_setting defaults[] = {{"client.id", "weir", false},
							     {"reconnect.backoff.max.ms", "1000", false},
							     {NULL, NULL, false}},
					       none[] = {{NULL, NULL, false}};
	const struct weir_kafka_request request = {source, "sources", own, defaults, none};
	struct weir_spark_ends *e = weir_calloc(1, sizeof *e);
	rd_kafka_conf_t *conf;

	*out = e;
	if (!e)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	e->log = log;
	enum weir_status st = weir_kafka_conf_make(&request, &conf, err);
	if (st != WEIR_OK)
		return st;
	rd_kafka_conf_set_opaque(conf, e);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_log_cb(conf, on_log);
	return weir_kafka_client_make(RD_KAFKA_CONSUMER, conf, &e->client, err);
}

void weir_spark_ends_close(struct weir_spark_ends *e)
{
	if (!e)
		return;
	if (e->client)
		rd_kafka_destroy_flags(e->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	free(e);
}

int64_t weir_spark_ends_behind(struct weir_spark_ends *e, const struct weir_spark_place *places, size_t n)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
	int64_t sum = 0;

	rd_kafka_poll(e->client, 0);
	for (size_t i = 0; i < n; i++) /* the end is the offset of a time that does not come */
		rd_kafka_topic_partition_list_add(list, places[i].topic, places[i].partition)->offset =
		    RD_KAFKA_OFFSET_END;
	bool known = rd_kafka_offsets_for_times(e->client, list, ASK_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
	for (size_t i = 0; i < n && known; i++) {
		const rd_kafka_topic_partition_t *p =
		    rd_kafka_topic_partition_list_find(list, places[i].topic, places[i].partition);
		known = p && !p->err && p->offset >= 0;
		sum += known && p->offset > places[i].offset ? p->offset - places[i].offset : 0;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return known ? sum : -1;
}
