/* librdkafka's producer: what it is made of, what it complains of, and its end. */
#include "kafka.h"

#include <stdio.h>

enum { PURGE_MS = 100, PROBE_MS = 1000, STUCK_CALLS = 4 };

static const char *const own[] = {"key",
				  "create",
				  "partitions",
				  "replicas",
				  "headers",
				  "timeout",
				  "spill-bytes",
				  "refused",
				  "format",
				  "registry",
				  "registry-user",
				  "registry-password",
				  "registry-password-file",
				  "registry-ca",
				  "registry-cert",
				  "registry-key",
				  "registry-timeout",
				  NULL};
static const struct weir_kafka_setting defaults[] = {
    {"client.id", "weir", false},
    {"reconnect.backoff.max.ms", "1000", false},
    {"partitioner", "murmur2_random", false}, /* a key goes where the clients of most other languages put it */
    {NULL, NULL, false},
};
static const struct weir_kafka_setting
    fixed
	[] =
	    {
		{"enable.idempotence", "true", false},
		{"enable.gapless.guarantee", "false", false}, /* a message that is refused must not end the producer */
		{"message.timeout.ms", "0", false},           /* never: timeout= is what counts */
		{"delivery.timeout.ms", "0", false},
		{"allow.auto.create.topics", "false", false},
		{NULL, NULL, false},
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	(void)rk, (void)level, (void)facility, (void)text; /* it would go to standard error */
}

static void on_error(rd_kafka_t *rk, int code, const char *text, void *landing)
{
	struct kafka_landing *l = landing;
	enum weir_status is =
	    weir_kafka_complaint(code, text, atomic_load(&l->certificate_fault), l->trouble, sizeof l->trouble);

	(void)rk;
	l->is = is != WEIR_OK ? is : l->is;
	l->down = l->down || is == WEIR_DENIED || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
}

static int on_certificate(rd_kafka_t *rk, const char *name, int32_t id, int *error, int depth, const char *certificate,
			  size_t size, char *text, size_t text_bytes, void *landing)
{
	struct kafka_landing *l = landing;

	(void)rk, (void)name, (void)id, (void)depth, (void)certificate, (void)size;
	if (!*error)
		return 1;
	atomic_store(&l->certificate_fault, *error);
	weir_kafka_certificate_fault(*error, text, text_bytes);
	return 0;
}

static int64_t number_of(const rd_kafka_conf_t *conf, const char *name)
{
	char text[32];
	size_t bytes = sizeof text;
	int64_t n = 0;

	if (rd_kafka_conf_get(conf, name, text, &bytes) != RD_KAFKA_CONF_OK ||
	    !weir_parse_int64(weir_str_of(text), false, &n))
		return 0;
	return n;
}

enum weir_status kafka_landing_configure(struct kafka_landing *l, const struct weir_uri *uri, struct weir_error *err)
{
	const struct weir_kafka_request request = {uri, "landings", own, defaults, fixed};

	if (weir_uri_param(uri, "transactional.id"))
		return weir_fail(err, WEIR_USAGE, "kafka",
				 "transactional.id= cannot be set: rows are landed without transactions");
	enum weir_status st = weir_kafka_check_address(uri, err);
	if (st == WEIR_OK)
		st = weir_kafka_conf_make(&request, &l->conf, err);
	if (st != WEIR_OK)
		return st;
	rd_kafka_conf_set_opaque(l->conf, l);
	rd_kafka_conf_set_log_cb(l->conf, on_log);
	rd_kafka_conf_set_error_cb(l->conf, on_error);
	rd_kafka_conf_set_ssl_cert_verify_cb(l->conf, on_certificate);
	l->request_bytes = number_of(l->conf, "batch.size");
	return WEIR_OK;
}

enum weir_status kafka_landing_connect(struct kafka_landing *l, struct weir_error *err)
{
	char bytes[24], text[200];

	if (l->rk)
		return WEIR_OK;
	rd_kafka_conf_t *conf = weir_kafka_conf_copy(l->conf);
	snprintf(bytes, sizeof bytes, "%lld", (long long)l->request_bytes);
	if (l->request_bytes && rd_kafka_conf_set(conf, "batch.size", bytes, text, sizeof text) != RD_KAFKA_CONF_OK) {
		rd_kafka_conf_destroy(conf);
		return weir_fail(err, WEIR_USAGE, "kafka", "%s", text);
	}
	enum weir_status st = weir_kafka_client_make(RD_KAFKA_PRODUCER, conf, &l->rk, err);
	for (uint32_t i = 0; i < l->n && st == WEIR_OK; i++)
		if (!(l->handles[i] = rd_kafka_topic_new(l->rk, l->topics[i], NULL)))
			st = kafka_landing_no_memory(err);
	if (st != WEIR_OK)
		kafka_landing_drop(l);
	return st;
}

void kafka_landing_drop(struct kafka_landing *l)
{
	if (!l->rk)
		return;
	rd_kafka_purge(l->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	while (l->flight.n_sent) /* each is answered: it is on its way no longer */
		rd_kafka_flush(l->rk, PURGE_MS);
	for (uint32_t i = 0; i < l->n; i++) {
		if (l->handles[i])
			rd_kafka_topic_destroy(l->handles[i]);
		l->handles[i] = NULL;
	}
	rd_kafka_destroy(l->rk);
	l->rk = NULL;
}

/* Whether a broker answers somebody new. */
static bool reaches(struct kafka_landing *l)
{
	const struct rd_kafka_metadata *found = NULL;
	rd_kafka_t *rk = NULL;

	if (weir_kafka_client_make(RD_KAFKA_PRODUCER, weir_kafka_conf_copy(l->conf), &rk, NULL) != WEIR_OK)
		return false;
	bool reached = rd_kafka_metadata(rk, 0, NULL, &found, PROBE_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
	if (reached)
		rd_kafka_metadata_destroy(found);
	rd_kafka_destroy(rk);
	return reached;
}

void kafka_landing_look(struct kafka_landing *l)
{
	int64_t now_us = weir_clock_mono_us(l->clock);

	if (!l->answered || l->reached_answers != l->flight.n_answers || !reaches(l)) {
		l->reached_answers = l->flight.n_answers;
		l->reached_us = now_us;
	} else if (now_us - l->reached_us >= STUCK_CALLS * l->call_us) {
		kafka_landing_drop(l);
		l->down = false;
	}
}

enum weir_status kafka_landing_unanswered(struct kafka_landing *l, int64_t waited_us, struct weir_error *err)
{
	bool known = l->down && l->trouble[0];
	char why[sizeof l->trouble];

	if (known)
		snprintf(why, sizeof why, "%s", l->trouble);
	else
		snprintf(why, sizeof why, "nothing came in %lld s", (long long)((waited_us + 500000) / WEIR_US_PER_S));
	enum weir_status st = weir_kafka_unanswered(l->hosts, known ? l->is : WEIR_UNREACHABLE, why, err);
	if (err && l->answered)
		err->retriable = true; /* it was let in before */
	return st;
}
