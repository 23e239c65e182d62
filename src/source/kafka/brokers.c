/* Requests to the brokers, and what they report as errors. Requests block, so only the finder thread makes them. */
#include "kafka.h"

enum {
	MAX_ASK_MS = 10000, /* most that one request may take if answers are slow */
	ASK_FACTOR = 4,     /* times what the last one took */
};

void kafka_asked(struct kafka_source *k, int rd_error, int64_t began_us)
{
	if (atomic_load(&k->p.closing)) /* the clock may be gone */
		return;
	int64_t took_ms = (weir_clock_mono_us(k->p.clock) - began_us) / 1000;

	if (rd_error == RD_KAFKA_RESP_ERR__TIMED_OUT)
		k->ask_ms = k->ask_ms * 2 < MAX_ASK_MS ? k->ask_ms * 2 : MAX_ASK_MS;
	else if (!rd_error)
		k->ask_ms = took_ms * ASK_FACTOR < KAFKA_ASK_MS ? KAFKA_ASK_MS
			    : took_ms * ASK_FACTOR < MAX_ASK_MS ? (int)took_ms * ASK_FACTOR
								: MAX_ASK_MS;
}

enum weir_status kafka_ask_topic(struct kafka_source *k, const char *topic, const rd_kafka_metadata_t **out)
{
	rd_kafka_topic_t *rkt = topic ? rd_kafka_topic_new(k->rk, topic, NULL) : NULL;
	rd_kafka_resp_err_t rc = RD_KAFKA_RESP_ERR__FAIL;

	if (rkt || !topic) {
		int64_t began_us = weir_clock_mono_us(k->p.clock);
		rc = rd_kafka_metadata(k->rk, !topic, rkt, out, k->ask_ms);
		kafka_asked(k, rc, began_us);
	}
	if (rkt)
		rd_kafka_topic_destroy(rkt);
	if (rc)
		kafka_complain(k, rc, NULL);
	return rc ? WEIR_AGAIN : WEIR_OK;
}

void kafka_complain(struct kafka_source *k, int rd_error, const char *text)
{
	char reason[sizeof k->p.trouble];
	enum weir_status is =
	    weir_kafka_complaint(rd_error, text, atomic_load(&k->certificate_fault), reason, sizeof reason);

	pthread_mutex_lock(&k->p.lock);
	weir_kafka_log(k->p.log, 4, rd_kafka_err2name(rd_error), text ? text : rd_kafka_err2str(rd_error));
	pthread_mutex_unlock(&k->p.lock);
	if (is != WEIR_OK)
		weir_partitioned_complain(&k->p, is, reason);
	if (rd_error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && atomic_load(&k->p.finding) == WEIR_FOUND) {
		atomic_store(&k->p.down, true);
		weir_wake_signal(&k->p.finder_wake);
	}
}

int kafka_on_certificate(rd_kafka_t *rk, const char *name, int32_t id, int *error, int depth, const char *certificate,
			 size_t size, char *text, size_t text_bytes, void *opaque)
{
	struct kafka_source *k = opaque;

	(void)rk, (void)name, (void)id, (void)depth, (void)certificate, (void)size;
	if (!*error)
		return 1;
	atomic_store(&k->certificate_fault, *error);
	weir_kafka_certificate_fault(*error, text, text_bytes);
	return 0;
}
