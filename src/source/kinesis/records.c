/* Answers of GetRecords into records, and records into messages. */
#include "kinesis.h"

#include <stdio.h>
#include <stdlib.h>

static struct weir_str put(char **at, struct weir_str text)
{
	struct weir_str copy = {*at, text.size};

	if (text.size)
		memcpy(*at, text.data, text.size);
	*at += text.size;
	return copy;
}

static struct kinesis_record *add(struct kinesis *k, struct kinesis_shard *s, size_t bytes)
{
	if (!weir_grow((void **)&k->queue, &k->queue_capacity, k->n_queue + 1, sizeof(struct kinesis_record *)))
		return NULL;
	struct kinesis_record *r = weir_alloc(sizeof *r + bytes);
	if (!r)
		return NULL;
	*r = (struct kinesis_record){.shard = s->number, .offset = s->n++};
	k->queue[k->n_queue++] = r;
	k->queue_bytes += sizeof *r + bytes;
	return r;
}

bool kinesis_queue_end(struct kinesis *k, struct kinesis_shard *s)
{
	struct kinesis_record *r = add(k, s, 0);

	if (r)
		r->end = true;
	return r != NULL;
}

struct taking {
	struct kinesis *k;
	struct kinesis_shard *shard;
	struct weir_str sequence;
	int64_t time_us;
	uint32_t sub;
};

static bool take_one(void *ctx, struct weir_str data, struct weir_str key)
{
	struct taking *t = ctx;
	uint32_t sub = t->sub++;

	if (t->shard->skip) { /* an earlier run has read it */
		t->shard->skip--;
		return true;
	}
	struct kinesis_record *r = add(t->k, t->shard, data.size + key.size + t->sequence.size);
	if (!r)
		return false;
	char *at = (char *)(r + 1);
	r->data = put(&at, data);
	r->key = put(&at, key);
	r->sequence = put(&at, t->sequence);
	r->time_us = t->time_us;
	r->sub = sub;
	return true;
}

static bool take_item(struct kinesis *k, struct kinesis_shard *s, const json_t *item, struct weir_buf *data, bool *past)
{
	const char *sequence = json_string_value(json_object_get(item, "SequenceNumber")),
		   *text = json_string_value(json_object_get(item, "Data")),
		   *key = json_string_value(json_object_get(item, "PartitionKey"));
	const json_t *arrival = json_object_get(item, "ApproximateArrivalTimestamp");
	struct taking t = {
	    k, s, weir_str_of(sequence),
	    json_is_number(arrival) ? (int64_t)(json_number_value(arrival) * 1e3 + 0.5) * 1000 : WEIR_TIME_NONE, 0};

	*past = k->until_us >= 0 && t.time_us != WEIR_TIME_NONE && t.time_us >= k->until_us;
	if (*past || !sequence)
		return true;
	bool continues = s->skip && s->sequence && strcmp(s->sequence, sequence) == 0;
	if (!continues)
		s->skip = 0;
	weir_buf_clear(data);
	if (!weir_base64_decode(weir_str_of(text ? text : ""), data))
		return !data->failed;
	struct weir_str raw = weir_buf_str(data);
	raw.data = raw.data ? raw.data : "";
	bool good = kinesis_is_aggregated(raw) ? kinesis_disaggregate(raw, take_one, &t)
					       : take_one(&t, raw, weir_str_of(key ? key : ""));
	char *last = good ? weir_str_dup(weir_str_of(sequence)) : NULL;
	if (!last)
		return false;
	free(s->sequence);
	s->sequence = last;
	s->skip = 0;
	s->start = "AFTER_SEQUENCE_NUMBER";
	return true;
}

bool kinesis_take_records(struct kinesis *k, struct kinesis_shard *s, const json_t *answer, bool *past)
{
	const json_t *list = json_object_get(answer, "Records");
	struct weir_buf data = {0};
	bool good = true;

	*past = false;
	for (size_t i = 0; good && !*past && i < json_array_size(list); i++)
		good = take_item(k, s, json_array_get(list, i), &data, past);
	weir_buf_release(&data);
	return good;
}

static struct kinesis_read *read_of(struct kinesis *k, const struct weir_part *part)
{
	size_t i = (size_t)(part - k->p.set.parts);

	if (i >= k->n_read) {
		size_t n = k->p.set.n_parts;
		struct kinesis_read *more = weir_realloc(k->read, n * sizeof *more);
		if (!more)
			return NULL;
		memset(more + k->n_read, 0, (n - k->n_read) * sizeof *more);
		k->read = more;
		k->n_read = n;
	}
	return &k->read[i];
}

/* Where to go on behind the record, for who captures it. False: no memory. */
static bool add_headers(struct kinesis *k, const struct kinesis_read *read, struct weir_message *out)
{
	char text[200];
	int n = snprintf(text, sizeof text, "{\"position\":\"%s.%u\"}", read->sequence, (unsigned)read->n);

	out->headers = weir_arena_str(&k->p.texts, (struct weir_str){text, (size_t)n});
	return out->headers.data != NULL;
}

enum weir_status kinesis_convert(struct weir_partitioned *p, void *record, struct weir_part **part,
				 struct weir_message *out, struct weir_error *err)
{
	struct kinesis *k = (struct kinesis *)p;
	const struct kinesis_record *r = record;
	struct weir_part *to = weir_part_set_find(&p->set, k->stream, r->shard);
	struct kinesis_read *read = to ? read_of(k, to) : NULL;

	if (!to)
		return WEIR_OK;
	if (!read)
		return weir_fail(err, WEIR_NO_MEMORY, p->address, "out of memory while reading");
	if (r->end) { /* kinesis_tend ends the part, once its children are here */
		read->end_seen = true;
		return WEIR_OK;
	}
	snprintf(read->sequence, sizeof read->sequence, WEIR_STR_FMT, WEIR_STR_ARG(r->sequence));
	read->n = r->sub + 1;
	*part = to;
	*out = (struct weir_message){.payload = r->data,
				     .key = r->key,
				     .topic = {k->stream, p->set.topics[to->topic].name_size},
				     .offset = r->offset,
				     .time_us = r->time_us};
	return k->skip_headers || add_headers(k, read, out)
		   ? WEIR_OK
		   : weir_fail(err, WEIR_NO_MEMORY, p->address, "out of memory while reading");
}

/* The service counts no records: that there are more, or that it has not answered yet, is not how many. */
static void tell_lag(struct kinesis *k)
{
	struct weir_partitioned *p = &k->p;
	int64_t most_ms = 0, all = 0;
	char text[40];

	for (size_t i = 0; i < p->set.n_parts; i++) {
		const struct kinesis_shard *s = kinesis_shard_of(k, p->set.parts[i].number);
		int64_t ms = s && !p->set.parts[i].done ? atomic_load(&s->behind_ms) : 0;
		int64_t lag = ms ? -1 : 0;
		weir_partitions_at(p->progress.partitions, (uint32_t)i)->lag = lag;
		all = lag ? lag : all;
		most_ms = ms > most_ms ? ms : most_ms;
	}
	pthread_mutex_lock(&p->progress.lock);
	p->progress.now.lag = all;
	pthread_mutex_unlock(&p->progress.lock);
	p->news[0] = 0;
	if (!k->live || most_ms < 1000) /* a batch would print each of them */
		return;
	weir_format_duration_us(most_ms / 1000 * WEIR_US_PER_S, text);
	snprintf(p->news, sizeof p->news, "%s behind the newest record", text);
}

/* Ends parts whose end was seen, unless partitions wait to be taken over: they may be the children. */
enum weir_status kinesis_tend(struct weir_partitioned *p, struct weir_error *err)
{
	struct kinesis *k = (struct kinesis *)p;

	(void)err;
	for (size_t i = 0; i < k->n_read && !weir_partitioned_found_waits(p); i++) {
		struct weir_part *part = &p->set.parts[i];
		if (!k->read[i].end_seen || part->done)
			continue;
		part->until = part->end = part->next;
		k->read[i].ended = true;
		weir_partitioned_check_until(p, part);
	}
	tell_lag(k);
	return WEIR_OK;
}

/* Merging by time waits for a shard that is behind, or that has not told. */
int64_t kinesis_end_offset(struct weir_partitioned *p, const struct weir_part *part)
{
	const struct kinesis_shard *s = kinesis_shard_of((struct kinesis *)p, part->number);

	return s && !part->done && atomic_load(&s->behind_ms) != 0 ? part->next + 1 : part->next;
}

void kinesis_give_back(struct weir_partitioned *p, void *const *records, size_t n)
{
	(void)p;
	for (size_t i = 0; i < n; i++)
		free(records[i]);
}
