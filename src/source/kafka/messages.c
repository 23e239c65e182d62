/* librdkafka's messages into ours: what a message that carries an event means, headers and times. */
#include "kafka.h"

#include "weir/model/value.h"

#include <stdio.h>

/* Headers as one JSON object, in their order; bytes that are not UTF-8 are marked. */
static bool add_headers(struct kafka_source *k, const rd_kafka_message_t *m, struct weir_message *out)
{
	rd_kafka_headers_t *headers;
	struct weir_buf text = {0};
	const char *name;
	const void *value;
	size_t size;

	if (rd_kafka_message_headers(m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return true;
	for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
	     i++) {
		weir_buf_add_char(&text, i ? ',' : '{');
		weir_json_quote(weir_str_of(name), &text);
		weir_buf_add_char(&text, ':');
		if (value)
			weir_json_quote((struct weir_str){value, size}, &text);
		else
			weir_buf_add_c(&text, "null");
	}
	weir_buf_add_c(&text, text.size ? "}" : "{}");
	bool ok = !text.failed;
	if (ok) {
		out->headers = weir_arena_str(&k->p.texts, weir_buf_str(&text));
		ok = out->headers.data != NULL;
	}
	weir_buf_release(&text);
	return ok;
}

int64_t kafka_time_of(rd_kafka_timestamp_type_t kind, int64_t ms)
{
	if (kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms == -1)
		return WEIR_TIME_NONE;
	if (ms < WEIR_TIME_FIRST_US / 1000)
		return -INT64_MAX;
	return ms > WEIR_TIME_LAST_US / 1000 ? INT64_MAX : ms * 1000;
}

static enum weir_status on_event(struct kafka_source *k, const rd_kafka_message_t *m, struct weir_error *err)
{
	struct weir_part *p = m->rkt ? kafka_part_of(k, m->rkt, m->partition) : NULL;
	char reason[300];

	switch ((int)m->err) {
	case RD_KAFKA_RESP_ERR__PARTITION_EOF:
		if (p && p->doubted)
			return WEIR_OK;
		if (p && m->offset > p->next) /* the gap holds no data: compacted keys, transaction markers */
			p->next = m->offset;
		if (p)
			weir_partitioned_check_until(&k->p, p);
		return WEIR_OK;
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
		if (p && !kafka_doubt(k, p, false))
			return weir_fail(err, WEIR_NO_MEMORY, k->p.address, "out of memory while reading");
		return WEIR_OK;
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR__FATAL:
		return weir_fail(err, weir_kafka_status(m->err), m->rkt ? rd_kafka_topic_name(m->rkt) : k->p.address,
				 "%s", weir_kafka_reason(rd_kafka_message_errstr(m), reason, sizeof reason));
	default:
		kafka_complain(k, m->err, rd_kafka_message_errstr(m));
		return WEIR_OK;
	}
}

enum weir_status kafka_convert(struct weir_partitioned *p, void *record, struct weir_part **part,
			       struct weir_message *out, struct weir_error *err)
{
	struct kafka_source *k = (struct kafka_source *)p;
	const rd_kafka_message_t *m = record;
	rd_kafka_timestamp_type_t kind;

	if (m->err)
		return on_event(k, m, err);
	*part = kafka_part_of(k, m->rkt, m->partition);
	if (!*part)
		return WEIR_OK;
	const struct weir_part_topic *t = &p->set.topics[(*part)->topic];
	int64_t ms = rd_kafka_message_timestamp(m, &kind);
	*out = (struct weir_message){
	    .payload = {m->payload, m->len},
	    .key = {m->key, m->key_len},
	    .topic = {t->name, t->name_size},
	    .offset = m->offset,
	    .time_us = kafka_time_of(kind, ms),
	};
	/* Even without headers librdkafka allocates memory here: a fifth of all work on a record. */
	return k->skip_headers || add_headers(k, m, out)
		   ? WEIR_OK
		   : weir_fail(err, WEIR_NO_MEMORY, p->address, "out of memory while reading");
}
