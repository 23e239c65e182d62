/* The fetch thread's part: iterators and records of all shards, by one multi handle. */
#include "kinesis.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CALM_US = 250000, /* between requests to a shard that is read to its end: five a second are allowed */
	MOST_QUEUE_BYTES = 16 << 20, /* more is not asked for while so much waits */
	LONGEST_WAIT_MS = 250,
	RECORDS_A_CALL = 10000,
};

static bool is_finished(struct kinesis *k, int32_t number)
{
	const struct kinesis_shard *s = number >= 0 ? kinesis_shard_of(k, number) : NULL;

	return !s || s->finished; /* one that is gone is beyond the stream's retention */
}

static void pause_shard(struct kinesis *k, struct kinesis_shard *s, const struct weir_error *why, bool away)
{
	int64_t wait_us = weir_backoff_next(&s->backoff);
	char text[320];

	s->state = KINESIS_IDLE;
	s->next_us = weir_clock_mono_us(k->p.clock) + wait_us;
	snprintf(text, sizeof text, "%.200s; next try in %lld s", why->what,
		 (long long)((wait_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S));
	weir_partitioned_complain(&k->p, why->code, text);
	if (away) {
		atomic_store(&k->p.down, true);
	} else {
		char slow[200];
		snprintf(slow, sizeof slow, "%.40s is throttled: %.120s", s->id, text);
		if (weir_progress_unread(&k->p.progress, slow))
			weir_partitioned_log(&k->p, WEIR_LOG_NOTICE, k->p.address, "%s", slow);
	}
	weir_wake_signal(&k->p.wake);
}

/* The service answers again. */
static void calm(struct kinesis *k, struct kinesis_shard *s)
{
	if (s->backoff.wait_us)
		weir_progress_unread(&k->p.progress, "");
	weir_backoff_reset(&s->backoff);
	if (atomic_exchange(&k->p.down, false))
		weir_wake_signal(&k->p.wake);
}

/* Nobody can mend this by waiting: the source fails. */
static void give_up(struct kinesis *k, const struct weir_error *why)
{
	k->p.failure = *why;
	atomic_store(&k->p.finding, WEIR_FIND_FAILED);
	weir_wake_signal(&k->p.wake);
}

static bool start_call(struct kinesis *k, struct kinesis_shard *s)
{
	json_t *o;

	if (s->iterator) {
		o = json_pack("{s:s,s:i}", "ShardIterator", s->iterator, "Limit", RECORDS_A_CALL);
	} else {
		o = json_pack("{s:s,s:s,s:s}", "StreamName", k->stream, "ShardId", s->id, "ShardIteratorType",
			      s->start);
		if (o && s->sequence)
			json_object_set_new(o, "StartingSequenceNumber", json_string(s->sequence));
		else if (o && strcmp(s->start, "AT_TIMESTAMP") == 0)
			json_object_set_new(o, "Timestamp", json_real((double)s->start_us / 1e6));
	}
	char *request = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(16)) : NULL;
	json_decref(o);
	if (!kinesis_call_prepare(k, &s->call, s->iterator ? "GetRecords" : "GetShardIterator", request))
		return false;
	if (curl_multi_add_handle(k->multi, s->call.easy) != CURLM_OK)
		return false;
	s->asked_wall_us = weir_clock_wall_us(k->p.clock);
	s->state = KINESIS_ASKS;
	return true;
}

static bool keep_iterator(struct kinesis_shard *s, const char *text)
{
	free(s->iterator);
	s->iterator = text ? weir_str_dup(weir_str_of(text)) : NULL;
	return !text || s->iterator;
}

static bool finish(struct kinesis *k, struct kinesis_shard *s)
{
	s->state = KINESIS_DONE;
	s->finished = true;
	atomic_store(&s->behind_ms, 0);
	return kinesis_queue_end(k, s);
}

/* False: no memory. */
static bool take_answer(struct kinesis *k, struct kinesis_shard *s, const json_t *answer)
{
	bool had_iterator = s->iterator != NULL, past = false;

	calm(k, s);
	s->state = KINESIS_IDLE;
	s->next_us = 0;
	if (!had_iterator)
		return keep_iterator(s, json_string_value(json_object_get(answer, "ShardIterator")));
	if (!kinesis_take_records(k, s, answer, &past))
		return false;
	const json_t *behind = json_object_get(answer, "MillisBehindLatest");
	size_t n = json_array_size(json_object_get(answer, "Records"));
	int64_t ms = json_is_integer(behind) ? json_integer_value(behind) : n ? 1 : 0;
	bool at_end = ms == 0 && n < RECORDS_A_CALL; /* kinesalite says 0 in each answer */
	atomic_store(&s->behind_ms, at_end ? 0 : ms ? ms : 1);
	if (!keep_iterator(s, json_string_value(json_object_get(answer, "NextShardIterator"))))
		return false;
	if (past || (at_end && k->until_us >= 0 && s->asked_wall_us >= k->until_us))
		return finish(k, s);
	if (!s->iterator) { /* closed, by a split or a merge: its children are looked for before its end is told */
		s->state = KINESIS_CLOSED;
		s->wanted_listing = atomic_load(&k->n_listings) + 2; /* one may be under way, that began before */
		atomic_store(&k->wanted_listing, s->wanted_listing);
		weir_wake_signal(&k->p.finder_wake);
		return true;
	}
	if (at_end || !n)
		s->next_us = weir_clock_mono_us(k->p.clock) + CALM_US;
	return true;
}

static void finish_call(struct kinesis *k, struct kinesis_shard *s, CURLcode result)
{
	struct weir_error why = {0};
	json_t *answer;

	curl_multi_remove_handle(k->multi, s->call.easy);
	enum kinesis_fault fault = kinesis_call_finish(k, &s->call, result, &answer, &why);
	if (fault == KINESIS_FINE) {
		k->no_memory |= !take_answer(k, s, answer);
	} else if (fault == KINESIS_EXPIRED) { /* a new one, behind the last record */
		keep_iterator(s, NULL);
		s->state = KINESIS_IDLE;
		s->next_us = 0;
	} else if (fault == KINESIS_REFUSED) {
		give_up(k, &why);
		s->state = KINESIS_DONE;
	} else {
		pause_shard(k, s, &why, fault == KINESIS_AWAY);
	}
	json_decref(answer);
}

static struct kinesis_shard *shard_at(struct kinesis *k, size_t i)
{
	pthread_mutex_lock(&k->shards_lock);
	struct kinesis_shard *s = i < k->n_shards ? k->shards[i] : NULL;
	pthread_mutex_unlock(&k->shards_lock);
	return s;
}

static void finish_calls(struct kinesis *k)
{
	int running, left;
	const CURLMsg *m;

	curl_multi_perform(k->multi, &running);
	while ((m = curl_multi_info_read(k->multi, &left))) {
		CURL *easy = m->easy_handle;
		CURLcode result = m->data.result;
		struct kinesis_shard *s;
		for (size_t i = 0; m->msg == CURLMSG_DONE && (s = shard_at(k, i)); i++)
			if (s->call.easy == easy) {
				finish_call(k, s, result);
				break;
			}
	}
}

/* What is due. Returns how long until the next is, in µs. */
static int64_t start_calls(struct kinesis *k)
{
	int64_t now_us = weir_clock_mono_us(k->p.clock), soonest_us = LONGEST_WAIT_MS * 1000;
	struct kinesis_shard *s;

	for (size_t i = 0; (s = shard_at(k, i)); i++) {
		if (s->state == KINESIS_WAITS && atomic_load(&s->begun) && is_finished(k, s->parents[0]) &&
		    is_finished(k, s->parents[1]))
			s->state = KINESIS_IDLE;
		if (s->state == KINESIS_CLOSED && atomic_load(&k->n_listings) >= s->wanted_listing)
			k->no_memory |= !finish(k, s);
		if (s->state != KINESIS_IDLE || k->queue_bytes > MOST_QUEUE_BYTES)
			continue;
		if (s->next_us <= now_us)
			k->no_memory |= !start_call(k, s);
		else if (s->next_us - now_us < soonest_us)
			soonest_us = s->next_us - now_us;
	}
	return soonest_us;
}

size_t kinesis_fetch(struct weir_partitioned *p, void **records, size_t most)
{
	struct kinesis *k = (struct kinesis *)p;

	finish_calls(k);
	start_calls(k);
	if (k->no_memory && atomic_load(&p->finding) != WEIR_FIND_FAILED) {
		struct weir_error why;
		weir_fail(&why, WEIR_NO_MEMORY, p->address, "out of memory while reading");
		give_up(k, &why);
	}
	size_t n = k->n_queue - k->queue_from < most ? k->n_queue - k->queue_from : most;
	for (size_t i = 0; i < n; i++) {
		struct kinesis_record *r = k->queue[k->queue_from + i];
		k->queue_bytes -= sizeof *r + r->data.size + r->key.size + r->sequence.size;
		records[i] = r;
	}
	k->queue_from += n;
	if (k->queue_from == k->n_queue)
		k->queue_from = k->n_queue = 0;
	return n;
}

void kinesis_wait(struct weir_partitioned *p)
{
	struct kinesis *k = (struct kinesis *)p;
	struct curl_waitfd wake = {.fd = p->fetch_wake.fd, .events = CURL_WAIT_POLLIN};

	curl_multi_poll(k->multi, &wake, 1, (int)((start_calls(k) + 999) / 1000), NULL);
	if (wake.revents)
		weir_wake_wait(&p->fetch_wake, 0);
}

bool kinesis_begin(struct weir_partitioned *p, size_t first)
{
	struct kinesis *k = (struct kinesis *)p;

	for (size_t i = first; i < p->set.n_parts; i++) {
		struct kinesis_shard *s = kinesis_shard_of(k, p->set.parts[i].number);
		if (s)
			atomic_store(&s->begun, true);
	}
	curl_multi_wakeup(k->multi);
	return true;
}
