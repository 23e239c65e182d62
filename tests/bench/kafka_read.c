/* Reads the same topic in three ways, in turn, and prints the median of each:
 *     bare     a librdkafka consumer of its own, batches of 5,000, messages counted and thrown away: the yardstick
 *     source   weir's Kafka source through its door
 *     decode   the same and its records decoded into columns
 *
 *     kafka_read BROKER TOPIC [RUNS [bare|source|decode]]
 */
#include "weir/codec/codec.h"
#include "weir/source/source.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 5000, MAX_RUNS = 25 };

struct count {
	uint64_t records, bytes;
	double seconds;
};

static double now_s(void)
{
	return (double)weir_clock_mono_us(&weir_clock_system) / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "kafka_read: %s\n", what);
	exit(1);
}

/* The partitions of the topic, each from its first offset; *end is the sum of messages. */
static rd_kafka_topic_partition_list_t *whole_topic(rd_kafka_t *rk, const char *topic, int64_t *end)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
	const rd_kafka_metadata_t *md;
	int64_t low, high;

	*end = 0;
	if (rd_kafka_metadata(rk, 0, rkt, &md, 10000) != 0)
		die("no broker");
	for (int i = 0; i < md->topics[0].partition_cnt; i++) {
		if (rd_kafka_query_watermark_offsets(rk, topic, i, &low, &high, 10000) != 0)
			die("no offsets");
		rd_kafka_topic_partition_list_add(list, topic, i)->offset = low;
		*end += high - low;
	}
	rd_kafka_metadata_destroy(md);
	rd_kafka_topic_destroy(rkt);
	return list;
}

static struct count bare(const char *broker, const char *topic)
{
	static rd_kafka_message_t *held[BATCH];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	struct count c = {0};
	char text[300];
	int64_t end;

	rd_kafka_conf_set(conf, "bootstrap.servers", broker, text, sizeof text);
	rd_kafka_conf_set(conf, "group.id", "bench", text, sizeof text);
	rd_kafka_conf_set(conf, "enable.auto.commit", "false", text, sizeof text);
	rd_kafka_conf_set(conf, "queued.min.messages", "1000000", text, sizeof text);
	/* As weir does for a run that ends: or a partition that comes to its end first holds up the others. */
	rd_kafka_conf_set(conf, "fetch.wait.max.ms", "20", text, sizeof text);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	if (!rk)
		die(text);
	double began = now_s();
	rd_kafka_topic_partition_list_t *list = whole_topic(rk, topic, &end);
	rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(rk);
	rd_kafka_assign(rk, list);
	while ((int64_t)c.records < end) {
		ssize_t n = rd_kafka_consume_batch_queue(queue, 100, held, BATCH);
		for (ssize_t i = 0; i < n; i++) {
			c.records += !held[i]->err;
			c.bytes += held[i]->err ? 0 : held[i]->len;
			rd_kafka_message_destroy(held[i]);
		}
	}
	c.seconds = now_s() - began;
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_queue_destroy(queue);
	rd_kafka_destroy_flags(rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	return c;
}

static struct weir_codec *open_codec(const struct weir_chunk *chunk)
{
	struct weir_codec_config config = {.format = "json", .want.all = true};
	struct weir_codec *codec;
	struct weir_error err;

	if (weir_codec_open(&config, chunk->messages[0].payload, false, &codec, &err) != WEIR_OK)
		die(err.what);
	return codec;
}

static void decode(struct weir_codec *codec, struct weir_chunk *chunk, struct weir_batch *batch, struct count *c)
{
	struct weir_error err;

	while (chunk->n_messages) {
		weir_batch_clear(batch);
		if (weir_codec_decode(codec, chunk, batch, &err) != WEIR_OK)
			die(err.what);
		c->records += batch->n_rows;
		c->bytes += batch->bytes;
	}
}

static struct count door(const char *broker, const char *topic, bool decoded)
{
	struct weir_source_config config = {.clock = &weir_clock_system, .skip_headers = true};
	struct weir_batch *batch = weir_batch_new(WEIR_BATCH_ROWS);
	struct weir_codec *codec = NULL;
	struct weir_source *s;
	struct weir_chunk chunk;
	struct weir_error err;
	struct count c = {0};
	enum weir_status st;
	char address[300];

	snprintf(address, sizeof address, "kafka://%s/%s?until=latest", broker, topic);
	double began = now_s();
	if (!batch || weir_uri_parse(weir_str_of(address), false, &config.uri, &err) != WEIR_OK ||
	    weir_source_open(&config, &s, &err) != WEIR_OK)
		die("the source does not open");
	while ((st = weir_source_poll(s, 100000, &chunk, &err)) == WEIR_OK || st == WEIR_AGAIN) {
		if (decoded && chunk.n_messages && !codec)
			codec = open_codec(&chunk);
		if (decoded && codec)
			decode(codec, &chunk, batch, &c);
		for (; chunk.n_messages; chunk.n_messages--, chunk.messages++) {
			c.records++;
			c.bytes += chunk.messages->payload.size;
		}
		weir_source_consume(s, &chunk);
	}
	if (st != WEIR_END)
		die(err.what);
	c.seconds = now_s() - began;
	weir_codec_close(codec);
	weir_batch_free(batch);
	weir_source_close(s);
	weir_uri_release(&config.uri);
	return c;
}

static int by_seconds(const void *a, const void *b)
{
	double x = ((const struct count *)a)->seconds, y = ((const struct count *)b)->seconds;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"bare", "source", "decode"};
	static struct count counts[3][MAX_RUNS];
	int runs = argc > 3 ? atoi(argv[3]) : 5;

	if (argc < 3 || runs < 1 || runs > MAX_RUNS)
		die("usage: kafka_read BROKER TOPIC [RUNS up to 25]");
	for (int i = 0; i < runs; i++) {
		for (int k = 0; k < 3; k++) {
			if (argc <= 4 || strcmp(argv[4], names[k]) == 0)
				counts[k][i] = k == 0 ? bare(argv[1], argv[2]) : door(argv[1], argv[2], k == 2);
		}
	}
	double yardstick = 0;
	for (int k = 0; k < 3; k++) {
		qsort(counts[k], (size_t)runs, sizeof **counts, by_seconds);
		const struct count *c = &counts[k][runs / 2];
		if (!c->records)
			continue;
		double rate = (double)c->records / c->seconds / 1e6;
		yardstick = k == 0 ? rate : yardstick;
		printf("%-8s %9llu records  %6.3f s  %5.2f M/s  %5.0f MB/s", names[k], (unsigned long long)c->records,
		       c->seconds, rate, (double)c->bytes / c->seconds / 1e6);
		printf(yardstick > 0 ? "  %.2f of bare\n" : "\n", rate / yardstick);
	}
	return 0;
}
