/* Opening and closing a Kafka source: the address is checked, the client is made, the resolver is started. */
#include "kafka.h"

#include <stdlib.h>

static const char *const own[] = {"from", "until", "partitions", "format", "time", NULL};
static const struct weir_kafka_setting fixed[] = {
    {"enable.auto.commit", "false", false},
    {"enable.auto.offset.store", "false", false},
    {"enable.partition.eof", "true", false},
    {"auto.offset.reset", "error", false}, /* an offset that is gone is our decision: nothing may come twice */
    {NULL, NULL, false},
};

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	const struct kafka_source *k = rd_kafka_opaque(rk);

	weir_kafka_log(k->log, level, facility, text);
}

static void on_error(rd_kafka_t *rk, int code, const char *text, void *opaque)
{
	(void)rk;
	kafka_complain(opaque, code, text);
}

static enum weir_status read_wish(struct kafka_source *k, const struct weir_uri *uri, struct weir_error *err)
{
	const char *partitions = weir_uri_param(uri, "partitions");
	enum weir_status st;

	k->wish.opened_us = weir_clock_wall_us(k->clock);
	if (!uri->hosts || !*uri->hosts) {
		weir_fail(err, WEIR_USAGE, "kafka", "the address names no broker");
		weir_error_hint(err, "kafka://127.0.0.1:9092/TOPIC");
		return WEIR_USAGE;
	}
	if ((st = kafka_check_topics(uri->path, err)) != WEIR_OK ||
	    (st = weir_params_bound(uri, "from", k->wish.opened_us, &k->wish.from, err)) != WEIR_OK ||
	    (st = weir_params_bound(uri, "until", k->wish.opened_us, &k->wish.until, err)) != WEIR_OK ||
	    (partitions && (st = kafka_parse_ranges(partitions, &k->wish, err)) != WEIR_OK))
		return st;
	if (k->wish.until.kind == WEIR_BOUND_TIME && k->wish.until.value > k->wish.opened_us) {
		weir_fail(err, WEIR_USAGE, "until", "%s is in the future", weir_uri_param(uri, "until"));
		weir_error_hint(err, "--for DURATION ends a run later");
		return WEIR_USAGE;
	}
	k->wish.topics = weir_str_dup(weir_str_of(uri->path));
	k->address = weir_str_dup(weir_str_of(uri->hosts));
	k->held = weir_alloc(KAFKA_BATCH * sizeof(void *));
	k->messages = weir_alloc(KAFKA_BATCH * sizeof *k->messages);
	k->loads = weir_calloc(KAFKA_LOADS, sizeof *k->loads);
	k->full = weir_ring_new(KAFKA_LOADS);
	k->empty = weir_ring_new(KAFKA_LOADS);
	if (!k->wish.topics || !k->address || !k->held || !k->messages || !k->loads || !k->full || !k->empty)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory while opening");
	return WEIR_OK;
}

/* A run that ends reads what there is when it begins. */
static void learn_refresh(struct kafka_source *k)
{
	char text[32];
	size_t bytes = sizeof text;

	k->refresh_us = -1;
	if (k->wish.until.kind == WEIR_BOUND_NONE &&
	    rd_kafka_conf_get(rd_kafka_conf(k->rk), "topic.metadata.refresh.interval.ms", text, &bytes) ==
		RD_KAFKA_CONF_OK)
		k->refresh_us = atoll(text) > 0 ? atoll(text) * 1000 : -1;
}

static enum weir_status start_client(struct kafka_source *k, const struct weir_uri *uri, struct weir_error *err)
{
	struct kafka_queue_size size;
	const struct weir_kafka_setting defaults[] = {
	    {"client.id", "weir", false},
	    {"group.id", "weir", false}, /* assign() asks for one; no group of that name ever comes to be */
	    {"queued.min.messages", size.messages, false},
	    {"queued.max.messages.kbytes", size.kbytes, false},
	    {"fetch.queue.backoff.ms", "3", true},
	    {"topic.metadata.refresh.interval.ms", "10000", false},
	    {"reconnect.backoff.max.ms", "1000", false},
	    {"fetch.error.backoff.ms", "50", false},
	    {NULL, NULL, false},
	};
	const struct weir_kafka_request request = {uri, own, defaults, fixed};
	const uint64_t one = 1;
	rd_kafka_conf_t *conf;
	char text[300];
	enum weir_status st;

	kafka_size_queue(k->budget, &size);
	if ((st = weir_wake_init(&k->wake, err)) != WEIR_OK || (st = weir_wake_init(&k->arrived, err)) != WEIR_OK ||
	    (st = weir_wake_init(&k->resolver_wake, err)) != WEIR_OK ||
	    (st = weir_wake_init(&k->taker_wake, err)) != WEIR_OK ||
	    (st = weir_wake_init(&k->loaded, err)) != WEIR_OK ||
	    (st = weir_kafka_conf_make(&request, &conf, err)) != WEIR_OK)
		return st;
	rd_kafka_conf_set_opaque(conf, k);
	rd_kafka_conf_set_log_cb(conf, on_log);
	rd_kafka_conf_set_error_cb(conf, on_error);
	k->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
	if (!k->rk) {
		rd_kafka_conf_destroy(conf);
		return weir_fail(err, WEIR_USAGE, "kafka", "%s", text);
	}
	kafka_learn_queue(k);
	learn_refresh(k);
	rd_kafka_poll_set_consumer(k->rk);
	k->queue = rd_kafka_queue_get_consumer(k->rk);
	rd_kafka_queue_io_event_enable(k->queue, k->arrived.fd, &one, sizeof one);
	weir_ring_set_wake(k->full, &k->loaded);
	weir_ring_set_wake(k->empty, &k->taker_wake);
	k->taker_runs = pthread_create(&k->taker, NULL, kafka_taker, k) == 0;
	k->resolver_runs = k->taker_runs && pthread_create(&k->resolver, NULL, kafka_resolver, k) == 0;
	if (!k->resolver_runs)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "could not start a thread");
	return WEIR_OK;
}

void kafka_drop_used(struct kafka_source *k)
{
	if (k->n_used && k->spare) {
		memcpy(k->spare->messages, k->held, k->n_used * sizeof(void *));
		k->spare->n = k->n_used;
		weir_ring_try_push(k->empty, k->spare); /* it holds all loads there are */
		k->spare = NULL;
	} else if (k->n_used) {
		for (size_t i = 0; i < k->n_used; i++)
			rd_kafka_message_destroy(k->held[i]);
		atomic_fetch_sub(&k->n_out, (int64_t)k->n_used);
	}
	k->n_held -= k->n_used;
	if (k->n_held && k->n_used) {
		memmove(k->held, k->held + k->n_used, k->n_held * sizeof(void *));
		memmove(k->messages, k->messages + k->n_used, k->n_held * sizeof *k->messages);
	}
	k->n_used = 0;
	if (k->n_held == 0)
		weir_arena_reset(&k->headers);
}

static void stop_threads(struct kafka_source *k)
{
	atomic_store(&k->closing, true);
	if (k->taker_runs) {
		weir_wake_signal(&k->taker_wake);
		pthread_join(k->taker, NULL);
	}
	if (k->resolver_runs) {
		weir_wake_signal(&k->resolver_wake);
		pthread_join(k->resolver, NULL);
	}
}

void kafka_close(struct weir_source *s)
{
	struct kafka_source *k = (struct kafka_source *)s;

	stop_threads(k);
	k->n_used = k->n_held;
	k->spare = NULL;
	kafka_drop_used(k);
	for (size_t i = 0; k->loads && i < KAFKA_LOADS; i++)
		kafka_give_back(k, &k->loads[i]);
	if (k->queue) {
		rd_kafka_queue_io_event_enable(k->queue, -1, NULL, 0);
		rd_kafka_queue_destroy(k->queue);
	}
	if (k->rk) /* there is no group to leave and nothing to commit */
		rd_kafka_destroy_flags(k->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	struct weir_wake *wakes[] = {&k->wake, &k->arrived, &k->resolver_wake, &k->taker_wake, &k->loaded};
	for (size_t i = 0; i < sizeof wakes / sizeof *wakes; i++) {
		if (wakes[i]->fd >= 0)
			weir_wake_release(wakes[i]);
	}
	struct kafka_set *found = atomic_load(&k->found);
	if (found)
		kafka_set_release(found);
	free(found);
	kafka_set_release(&k->known);
	kafka_set_release(&k->set);
	kafka_account_queue(k, 0);
	weir_arena_release(&k->headers);
	weir_progress_release(&k->progress);
	pthread_mutex_destroy(&k->trouble_lock);
	weir_ring_free(k->full);
	weir_ring_free(k->empty);
	free(k->loads);
	free(k->held);
	free(k->messages);
	free(k->wish.topics);
	free(k->address);
	free(k);
}

enum weir_status kafka_open(const struct weir_source_config *config, struct weir_source **out, struct weir_error *err)
{
	struct kafka_source *k = weir_calloc(1, sizeof *k);

	if (!k)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory while opening");
	k->base.ops = &weir_source_kafka;
	k->clock = config->clock;
	k->log = config->log;
	k->budget = config->budget;
	k->skip_headers = config->skip_headers;
	k->wake.fd = k->arrived.fd = k->resolver_wake.fd = k->taker_wake.fd = k->loaded.fd = -1;
	pthread_mutex_init(&k->trouble_lock, NULL);
	weir_progress_init(&k->progress, 0);
	enum weir_status st = read_wish(k, &config->uri, err);
	if (st == WEIR_OK)
		st = start_client(k, &config->uri, err);
	if (st != WEIR_OK) {
		kafka_close(&k->base);
		return st;
	}
	*out = &k->base;
	return WEIR_OK;
}
