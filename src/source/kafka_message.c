#include "kafka.h"

#include <stdio.h>

struct kafka_part *kafka_part_of(struct kafka_source *k, const rd_kafka_topic_t *rkt, int32_t id)
{
	struct kafka_topic *t = k->set.topics, *end = k->set.topics + k->set.n_topics;

	while (t < end && t->seen != rkt)
		t++;
	if (t == end) {
		const char *name = rd_kafka_topic_name(rkt);
		for (t = k->set.topics; t < end && strcmp(t->name, name) != 0;)
			t++;
		if (t == end)
			return NULL;
		t->seen = rkt;
	}
	if (id < 0 || id >= t->n_ids || t->part_of[id] == UINT16_MAX)
		return NULL;
	return &k->set.parts[t->part_of[id]];
}

void kafka_check_until(struct kafka_source *k, struct kafka_part *p)
{
	if (p->done || p->until < 0 || p->next < p->until)
		return;
	p->done = true;
	k->n_done++;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, k->set.topics[p->topic].name, p->id);
	rd_kafka_pause_partitions(k->rk, list);
	rd_kafka_topic_partition_list_destroy(list);
}

/* Headers as one JSON object, in the order they came; a value that is no UTF-8 is shown as such. */
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
		out->headers = weir_arena_str(&k->headers, weir_buf_str(&text));
		ok = out->headers.data != NULL;
	}
	weir_buf_release(&text);
	return ok;
}

static bool convert_one(struct kafka_source *k, const struct kafka_part *p, const rd_kafka_message_t *m,
			struct weir_message *out)
{
	rd_kafka_timestamp_type_t kind;
	int64_t ms = rd_kafka_message_timestamp(m, &kind);
	const struct kafka_topic *t = &k->set.topics[p->topic];

	*out = (struct weir_message){
	    .payload = {m->payload, m->len},
	    .key = {m->key, m->key_len},
	    .topic = {t->name, t->name_size},
	    .partition = (uint16_t)(p - k->set.parts),
	    .offset = m->offset,
	    .time_us = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < 0 ? WEIR_TIME_NONE : ms * 1000,
	};
	/* Finding that there are none costs librdkafka an allocation: a fifth of all work on a record. */
	return k->skip_headers || add_headers(k, m, out);
}

/* The offset that was to be read is gone: cut away by retention, or the log lost its end when a leader changed. */
static void start_again(struct kafka_source *k, struct kafka_part *p)
{
	const char *name = k->set.topics[p->topic].name;
	int64_t low, high;

	if (rd_kafka_query_watermark_offsets(k->rk, name, p->id, &low, &high, 2000) != RD_KAFKA_RESP_ERR_NO_ERROR)
		low = high = p->next; /* asked again by the fetch that follows */
	int64_t to = p->next < low ? low : p->next > high ? high : p->next;
	weir_log_add(k->log, WEIR_LOG_WARNING, name, "partition %d: offset %lld is gone, going on at %lld", (int)p->id,
		     (long long)p->next, (long long)to);
	p->next = to;
	/* librdkafka stops fetching a partition whose offset is gone, and a seek does not start it again: give it up
	 * and take it anew. */
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, name, p->id)->offset = to;
	rd_kafka_error_destroy(rd_kafka_incremental_unassign(k->rk, list));
	rd_kafka_error_destroy(rd_kafka_incremental_assign(k->rk, list));
	rd_kafka_topic_partition_list_destroy(list);
}

static enum weir_status on_event(struct kafka_source *k, const rd_kafka_message_t *m, struct weir_error *err)
{
	struct kafka_part *p = m->rkt ? kafka_part_of(k, m->rkt, m->partition) : NULL;
	char reason[300];

	switch ((int)m->err) {
	case RD_KAFKA_RESP_ERR__PARTITION_EOF:
		if (p && m->offset > p->next) /* what lies between is no data: removed keys, marks of transactions */
			p->next = m->offset;
		if (p)
			kafka_check_until(k, p);
		return WEIR_OK;
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
		if (p)
			start_again(k, p);
		return WEIR_OK;
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR__FATAL:
		return weir_fail(err, weir_kafka_status(m->err), m->rkt ? rd_kafka_topic_name(m->rkt) : k->address,
				 "%s", weir_kafka_reason(rd_kafka_message_errstr(m), reason, sizeof reason));
	default:
		kafka_complain(k, m->err, rd_kafka_message_errstr(m));
		return WEIR_OK;
	}
}

/* True when the message is handed out. What was seen already (a fetch that was repeated) or lies beyond until= is not.
 */
static bool wanted(struct kafka_source *k, struct kafka_part *p, const rd_kafka_message_t *m)
{
	if (!p || p->done || m->offset < p->next)
		return false;
	bool before_until = p->until < 0 || m->offset < p->until;
	p->next = m->offset + 1;
	kafka_check_until(k, p);
	return before_until;
}

enum weir_status kafka_convert(struct kafka_source *k, size_t n_new, struct weir_error *err)
{
	size_t kept = k->n_held, end = k->n_held + n_new, i = k->n_held;
	uint64_t bytes = 0;
	enum weir_status st = WEIR_OK;

	for (; i < end && st == WEIR_OK; i++) {
		rd_kafka_message_t *m = k->held[i];
		struct kafka_part *p = NULL;
		bool keep = false;
		if (m->err)
			st = on_event(k, m, err);
		else
			keep = wanted(k, p = kafka_part_of(k, m->rkt, m->partition), m);
		if (keep && !convert_one(k, p, m, &k->messages[kept]))
			st = weir_fail(err, WEIR_NO_MEMORY, k->address, "out of memory while reading");
		if (keep && st == WEIR_OK) {
			bytes += m->len + m->key_len;
			k->held[kept++] = m;
		} else {
			rd_kafka_message_destroy(m);
		}
	}
	for (; i < end; i++)
		rd_kafka_message_destroy(k->held[i]);
	atomic_fetch_sub(&k->n_out, (int64_t)(end - kept));
	k->n_held = kept;
	weir_progress_add(&k->progress, bytes, bytes);
	return st;
}
