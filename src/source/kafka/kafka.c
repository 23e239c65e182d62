/* kafka://BROKER[,BROKER]/TOPIC[,TOPIC]: the row in the table of sources, what Kafka does as a partitioned source, how the
 * address is checked and the client is made, and the client's end. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	DEBUG_LEVEL = 7,
};

static const char *const own[] = {"from",
				  "until",
				  "partitions",
				  "position",
				  "format",
				  "time",
				  "encoding",
				  "registry",
				  "registry-user",
				  "registry-password",
				  "registry-password-file",
				  "registry-ca",
				  "registry-cert",
				  "registry-key",
				  "registry-timeout",
				  NULL};
static const struct weir_kafka_setting fixed[] = {
    {"enable.auto.commit", "false", false},
    {"enable.auto.offset.store", "false", false},
    {"enable.partition.eof", "true", false},
    {"auto.offset.reset", "error",
     false}, /* we decide where to continue when an offset is gone, so that nothing comes twice */
    {NULL, NULL, false},
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	struct kafka_source *k = rd_kafka_opaque(rk);

	kafka_overhear(k, facility, text);
	if (level >= DEBUG_LEVEL && !k->debugs)
		return;
	pthread_mutex_lock(&k->p.lock);
	weir_kafka_log(k->p.log, level, facility, text);
	pthread_mutex_unlock(&k->p.lock);
}

static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
	(void)rk;
	kafka_complain(opaque, code, text);
}

static enum weir_status read_wish(struct kafka_source *k, const struct weir_uri *uri, struct weir_error *err)
{
	const char *partitions = weir_uri_param(uri, "partitions");
	const int64_t opened_us = weir_clock_wall_us(k->p.clock); /* "-15m" is counted from it */
	enum weir_status st;

	if ((st = weir_kafka_check_address(uri, err)) != WEIR_OK ||
	    (st = kafka_check_topics(uri->path, err)) != WEIR_OK ||
	    (st = weir_uri_params_place_or_last(uri, "from", opened_us, &k->wish.from, err)) != WEIR_OK ||
	    (st = weir_uri_params_place_or_last(uri, "until", opened_us, &k->wish.until, err)) != WEIR_OK ||
	    (partitions && (st = kafka_parse_ranges(partitions, &k->wish, err)) != WEIR_OK))
		return st;
	if (k->wish.until.kind == WEIR_PLACE_TIME && k->wish.until.value > opened_us) {
		weir_fail(err, WEIR_USAGE, "until", "%s is in the future", weir_uri_param(uri, "until"));
		weir_error_hint(err, "--for DURATION ends a run later");
		return WEIR_USAGE;
	}
	k->wish.topics = weir_str_dup(weir_str_of(uri->path));
	if (!k->wish.topics)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory while opening");
	k->p.finite = k->wish.until.kind != WEIR_PLACE_NONE;
	return WEIR_OK;
}

/* A run that ends reads what there is when it begins. */
static void learn_refresh(struct kafka_source *k)
{
	int64_t ms =
	    k->wish.until.kind == WEIR_PLACE_NONE ? kafka_setting(k, "topic.metadata.refresh.interval.ms", -1) : -1;

	k->refresh_us = ms > 0 ? ms * 1000 : -1;
}

static enum weir_status start_client(struct kafka_source *k, const struct weir_uri *uri, struct weir_error *err)
{
	struct kafka_queue_size size;
	bool ends = k->wish.until.kind != WEIR_PLACE_NONE && k->wish.until.kind != WEIR_PLACE_OFFSET;
	const struct weir_kafka_setting defaults[] = {
	    {"client.id", "weir", false},
	    {"debug", "topic", false}, /* where librdkafka says that a topic went away: kafka_overhear */
	    {"queued.min.messages", size.messages, false},
	    {"queued.max.messages.kbytes", size.kbytes, false},
	    {"fetch.queue.backoff.ms", "3", true},
	    {"topic.metadata.refresh.interval.ms", "10000", false},
	    {"fetch.wait.max.ms", ends ? "20" : "500", false}, /* or the last answer would come that late */
	    {"reconnect.backoff.max.ms", "1000", false},
	    {"fetch.error.backoff.ms", "50", false},
	    {NULL, NULL, false},
	};
	const struct weir_kafka_request request = {uri, "sources", own, defaults, fixed};
	const uint64_t one = 1;
	rd_kafka_conf_t *conf;
	enum weir_status st;

	kafka_size_queue(k->p.budget, &size);
	if ((st = weir_wake_init(&k->arrived, err)) != WEIR_OK ||
	    (st = weir_kafka_conf_make(&request, &conf, err)) != WEIR_OK)
		return st;
	rd_kafka_conf_set_opaque(conf, k);
	rd_kafka_conf_set_log_cb(conf, on_log);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_ssl_cert_verify_cb(conf, kafka_on_certificate);
	if ((st = weir_kafka_client_make(RD_KAFKA_CONSUMER, conf, &k->rk, err)) != WEIR_OK)
		return st;
	kafka_learn_queue(k);
	learn_refresh(k);
	k->queue = rd_kafka_queue_new(k->rk);
	rd_kafka_queue_t *events = rd_kafka_queue_get_main(k->rk);
	rd_kafka_queue_forward(events, k->queue);
	rd_kafka_queue_destroy(events);
	rd_kafka_queue_io_event_enable(k->queue, k->arrived.fd, &one, sizeof one);
	return WEIR_OK;
}

static void let_go(struct weir_partitioned *p)
{
	struct kafka_source *k = (struct kafka_source *)p;

	if (k->queue)
		rd_kafka_queue_io_event_enable(k->queue, -1, NULL, 0);
	kafka_account_queue(k, 0);
}

static void release(struct weir_partitioned *p)
{
	struct kafka_source *k = (struct kafka_source *)p;

	if (k->queue)
		rd_kafka_queue_destroy(k->queue);
	if (k->rk) /* there is no group to leave and nothing to commit */
		rd_kafka_destroy_flags(k->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	if (k->arrived.fd >= 0)
		weir_wake_release(&k->arrived);
	weir_part_set_release(&k->known);
	weir_part_set_release(&k->without_leader);
	kafka_doubts_release(&k->doubts);
	kafka_doubts_release(&k->verdicts);
	kafka_doubts_release(&k->gone);
	free(k->wish.topics);
}

static const struct weir_partitioned_ops methods = {
    .find = kafka_find,
    .watch = kafka_watch,
    .fetch = kafka_fetch,
    .wait = kafka_wait,
    .give_back = kafka_give_back,
    .begin = kafka_begin,
    .end = kafka_end,
    .convert = kafka_convert,
    .end_offset = kafka_end_offset,
    .tend = kafka_tend_doubts,
    .let_go = let_go,
    .release = release,
};

static enum weir_status kafka_open(const struct weir_source_config *config, struct weir_source **out,
				   struct weir_error *err)
{
	const char *hosts = config->uri.hosts ? config->uri.hosts : "";
	struct weir_error local = {0};
	struct kafka_source *k =
	    (struct kafka_source *)weir_partitioned_new(sizeof *k, &methods, config, hosts, &local);

	if (!k) {
		if (err)
			*err = local;
		return local.code;
	}
	k->arrived.fd = -1;
	k->ask_ms = KAFKA_ASK_MS;
	k->skip_headers = config->skip_headers;
	k->live = config->live;
	k->debugs = weir_uri_param(&config->uri, "debug") != NULL;
	enum weir_status st = read_wish(k, &config->uri, err);
	if (st == WEIR_OK)
		st = start_client(k, &config->uri, err);
	if (st == WEIR_OK)
		st = weir_partitioned_start(&k->p, err);
	if (st != WEIR_OK) {
		weir_partitioned_close(&k->p.base);
		return st;
	}
	*out = &k->p.base;
	return WEIR_OK;
}

/* position= tells what is gone from what was never there. */
static bool kafka_begin_at(struct weir_uri *uri, const struct weir_source_place *place)
{
	char number[16], from[48], until[24], *topic = weir_str_dup(place->topic);

	if (!topic)
		return false;
	free(uri->path);
	uri->path = topic;
	snprintf(number, sizeof number, "%d", (int)place->partition);
	snprintf(from, sizeof from, "%s=%lld", number, (long long)place->position);
	snprintf(until, sizeof until, "%lld", (long long)place->position + 1);
	return weir_uri_set(uri, "partitions", weir_str_of(number)) &&
	       weir_uri_set(uri, "position", weir_str_of(from)) && weir_uri_set(uri, "until", weir_str_of(until)) &&
	       weir_uri_set(uri, "queued.min.messages", WEIR_STR("1")); /* what is behind it is not wanted */
}

static const struct weir_uri_option options[] = {
    {"from", "earliest|latest|-15m|-10|TIME|OFFSET", "where to start, in each partition (earliest)"},
    {"until", "earliest|latest|-15m|-10|TIME|OFFSET", "where to stop, in each partition (never)"},
    {"partitions", "0,3-5", "read only these partitions"},
    {"position", "0=123,1=456", "where to resume, by partition; orders/0=123 if there are several topics"},
    {"password-file", "FILE", "read the password from the first line of FILE"},
    {"registry", "URL", "the schema registry that knows the messages' schemas by their numbers: https://HOST[:PORT]"},
    {"registry-user", "NAME", "log in to the registry"},
    {"registry-password-file", "FILE", "with the password in the first line of FILE, or registry-password=${NAME}"},
    {"registry-ca", "FILE", "trust the certificates in FILE, and no others, for the registry"},
    {"registry-cert", "FILE", "show the registry this certificate"},
    {"registry-key", "FILE", "whose key is in FILE"},
    {"registry-timeout", "DURATION",
     "how long a schema is waited for; then its rows are malformed until it comes (10s)"},
    {"topic.metadata.refresh.interval.ms", "MS", "how often to look for new partitions and topics (10000; -1: never)"},
    {"PROPERTY", "VALUE", "any other property is passed to librdkafka: security.protocol=SSL, client.id=x, …"},
    {NULL, NULL, NULL},
};

const struct weir_source_ops weir_source_kafka = {
    .name = "kafka",
    .schemes = "kafka",
    .help = "Apache Kafka topics: joins no group, commits nothing, creates nothing",
    .example = "kafka://127.0.0.1:9092/orders?from=-15m",
    .from_time = true,
    .can_wait = true,
    .options = options,
    .passes_options_on = true,
    .open = kafka_open,
    .poll = weir_partitioned_poll,
    .consume = weir_partitioned_consume,
    .wake = weir_partitioned_wake,
    .status = weir_partitioned_status,
    .position = weir_partitioned_position,
    .finite = weir_partitioned_finite,
    .begin_at = kafka_begin_at,
    .close = weir_partitioned_close,
};
