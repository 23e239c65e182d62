/* The landing in a Kafka topic: its options, and what its queue calls. */
#include "kafka.h"

#include <stdlib.h>

enum { MOST_NAME = 249, MOST_PARTITIONS = 100000 };

#define CALL_US (INT64_C(10) * WEIR_US_PER_S) /* the longest of one call */

static enum weir_status after(struct kafka_landing *l, enum weir_status st)
{
	if (st != WEIR_OK)
		kafka_flight_rewind(&l->flight);
	return st;
}

static enum weir_status kafka_write(struct weir_landing *base, const struct weir_batch *batch, const uint64_t *rows,
				    struct weir_error *err)
{
	struct kafka_landing *l = (struct kafka_landing *)base;
	enum weir_status st = kafka_landing_prepare(l, err);

	return after(l, st == WEIR_OK ? kafka_flight_give(l, batch, rows, err) : st);
}

static enum weir_status kafka_flush(struct weir_landing *base, struct weir_error *err)
{
	struct kafka_landing *l = (struct kafka_landing *)base;

	if (l->rk && !l->flight.given)
		rd_kafka_poll(l->rk, 0);
	return after(l, kafka_flight_land(l, err));
}

static void kafka_status(const struct weir_landing *base, struct weir_landing_status *out)
{
	*out = ((const struct kafka_landing *)base)->counts;
}

/* After an error that the queue does not come back from nothing is given, and what is still on its way is left. */
static enum weir_status kafka_close(struct weir_landing *base, bool complete, struct weir_error *err)
{
	struct kafka_landing *l = (struct kafka_landing *)base;
	enum weir_status st = after(l, kafka_flight_land(l, err));

	(void)complete;
	if (st != WEIR_OK || !l->key || !l->wrote || l->any_key)
		return st;
	weir_fail(err, WEIR_USAGE, "--land", "key=%.100s: there is no such column, so the messages have no keys",
		  l->key);
	return WEIR_USAGE;
}

static void kafka_release(struct weir_landing *base)
{
	struct kafka_landing *l = (struct kafka_landing *)base;

	kafka_landing_drop(l);
	kafka_flight_release(l);
	if (l->conf)
		rd_kafka_conf_destroy(l->conf);
	for (uint32_t i = 0; l->topics && i < l->n; i++)
		free(l->topics[i]);
	kafka_avro_release(l);
	free(l->topics);
	free(l->handles);
	free(l->hosts);
	free(l->key);
	free(l);
}

static enum weir_status read_yes(const struct weir_uri *uri, const char *name, bool *out, struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);

	if (text && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return weir_fail(err, WEIR_USAGE, "--land", "%s=%s is neither yes nor no", name, text);
	*out = text ? strcmp(text, "yes") == 0 : *out;
	return WEIR_OK;
}

static enum weir_status read_number(const struct weir_uri *uri, const char *name, int64_t most, int64_t *out,
				    struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);

	if (!text || (weir_parse_int64(weir_str_of(text), false, out) && *out >= 1 && *out <= most))
		return WEIR_OK;
	return weir_fail(err, WEIR_USAGE, "--land", "%s=%s is not a number from 1 to %lld", name, text,
			 (long long)most);
}

static enum weir_status read_options(struct kafka_landing *l, const struct weir_uri *uri, struct weir_error *err)
{
	const char *key = weir_uri_param(uri, "key");
	int64_t timeout_us = 0;
	enum weir_status st = weir_landing_timeout(uri, &timeout_us, err);

	if (st == WEIR_OK)
		st = read_yes(uri, "create", &l->create, err);
	if (st == WEIR_OK)
		st = read_yes(uri, "headers", &l->headers, err);
	if (st == WEIR_OK)
		st = read_number(uri, "partitions", MOST_PARTITIONS, &l->partitions, err);
	if (st == WEIR_OK)
		st = read_number(uri, "replicas", INT16_MAX, &l->replicas, err);
	if (st != WEIR_OK)
		return st;
	l->call_us = timeout_us < CALL_US ? timeout_us : CALL_US;
	if (key && !(l->key = weir_str_dup(weir_str_of(key))))
		return kafka_landing_no_memory(err);
	return WEIR_OK;
}

static bool is_topic(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t size = strlen(name);

	return size && size <= MOST_NAME && strspn(name, allowed) == size && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static enum weir_status choose_topics(struct kafka_landing *l, const struct weir_landing_config *config,
				      struct weir_error *err)
{
	l->hosts = weir_str_dup(weir_str_of(config->uri->hosts));
	l->topics = weir_calloc(config->n_streams + (size_t)1, sizeof *l->topics);
	l->handles = weir_calloc(config->n_streams + (size_t)1, sizeof *l->handles);
	if (!l->hosts || !l->topics || !l->handles)
		return kafka_landing_no_memory(err);
	l->n = config->n_streams;
	l->streams = config->streams;
	for (uint32_t i = 0; i < l->n; i++) {
		const char *name = *config->uri->path ? config->uri->path : config->streams[i].name.data;
		if (!is_topic(name)) {
			weir_fail(err, WEIR_USAGE, "--land", "\"%.200s\" is no name of a topic", name);
			weir_error_hint(err, "kafka://BROKER/TOPIC: letters, digits, dots, _ and -");
			return WEIR_USAGE;
		}
		if (!(l->topics[i] = weir_str_dup(weir_str_of(name))))
			return kafka_landing_no_memory(err);
	}
	return WEIR_OK;
}

static enum weir_status kafka_open(const struct weir_landing_config *config, struct weir_landing **out,
				   struct weir_error *err)
{
	struct kafka_landing *l = weir_calloc(1, sizeof *l);
	struct weir_error met = {0};

	if (!l)
		return kafka_landing_no_memory(err);
	*l = (struct kafka_landing){.clock = config->clock,
				    .budget = config->budget,
				    .headers = true,
				    .partitions = -1,
				    .replicas = -1,
				    .run = weir_clock_wall_us(config->clock),
				    .counts.refused_position = -1};
	enum weir_status st = read_options(l, config->uri, err);
	if (st == WEIR_OK)
		st = kafka_landing_configure(l, config->uri, err);
	if (st == WEIR_OK) {
		rd_kafka_conf_set_dr_msg_cb(l->conf, kafka_flight_answer);
		st = choose_topics(l, config, err);
	}
	if (st == WEIR_OK)
		st = kafka_avro_open(l, config->uri, err);
	if (st == WEIR_OK && (st = kafka_landing_prepare(l, &met)) != WEIR_OK) {
		if (met.retriable)
			st = WEIR_OK; /* it is away: the first rows try again */
		else if (err)
			*err = met;
	}
	if (st != WEIR_OK)
		kafka_release(&l->base);
	else
		*out = &l->base;
	return st;
}

static const struct weir_uri_option options[] = {
    {"key", "COLUMN", "the key of a message, as text; a row where it is NULL or missing has none (no keys)"},
    {"format", "json|avro", "the form of a message; avro needs registry= (json)"},
    {"registry", "URL", "the schema registry; registry-user= and the others as for the source"},
    {"create", "yes|no", "make the topic where there is none (no)"},
    {"partitions", "N", "of a topic that is made (as the cluster has it)"},
    {"replicas", "N", "copies of each of its partitions (as the cluster has it)"},
    {"headers", "yes|no", "say in the header weir.row where a row came from, so that doubles can be told (yes)"},
    {"password-file", "FILE", "read the password from the first line of FILE"},
    {"PROPERTY", "VALUE",
     "any other property is passed to librdkafka: security.protocol=SSL, compression.type=zstd, …"},
    {NULL, NULL, NULL},
};

const struct weir_landing_ops weir_landing_kafka = {
    .name = "kafka",
    .schemes = "kafka",
    .help = "a topic of Apache Kafka, a row a message, as JSON or Avro; each row at least once",
    .example = "kafka://127.0.0.1:9092/orders?key=user",
    .options = options,
    .passes_options_on = true,
    .open = kafka_open,
    .write = kafka_write,
    .flush = kafka_flush,
    .status = kafka_status,
    .close = kafka_close,
    .release = kafka_release,
};
