/* The finder's thread: which shards there are, and which came after a split or a merge. */
#include "kinesis.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LOOK_US = 10000000, /* how often shards are listed, though none was closed */
	FIRST_PAUSE_US = 250000,
	MOST_PAUSE_US = 10000000,
	BATCH_PATIENCE_US = 6000000, /* a batch that reaches nobody so long gives up, as with Kafka */
	ABORT_LOOK_MS = 200,
	MOST_PAGES = 1000,
};

/* "shardId-000000000012": 12; -1: it is no such name. */
static int32_t number_of(const char *id)
{
	const char *dash = id ? strrchr(id, '-') : NULL;
	int64_t n;

	return dash && weir_parse_int64(weir_str_of(dash + 1), false, &n) && n >= 0 && n <= INT32_MAX ? (int32_t)n : -1;
}

static enum kinesis_fault ask(struct kinesis *k, const char *action, char *request, json_t **answer,
			      struct weir_error *err)
{
	struct kinesis_call c = {0};

	*answer = NULL;
	if (!kinesis_call_prepare(k, &c, action, request)) {
		weir_fail(err, WEIR_NO_MEMORY, k->p.address, "out of memory while asking");
		return KINESIS_REFUSED;
	}
	return kinesis_call_finish(k, &c, kinesis_perform(k, c.easy), answer, err);
}

/* Adds it to the list, where the fetch thread sees it: it is complete by then. NULL: no memory. */
static struct kinesis_shard *new_shard(struct kinesis *k, const json_t *item, bool *wanted)
{
	const char *id = json_string_value(json_object_get(item, "ShardId"));
	struct kinesis_shard *s = weir_calloc(1, sizeof *s);

	if (!s || !(s->id = weir_str_dup(weir_str_of(id)))) {
		free(s);
		return NULL;
	}
	s->number = number_of(id);
	s->parents[0] = number_of(json_string_value(json_object_get(item, "ParentShardId")));
	s->parents[1] = number_of(json_string_value(json_object_get(item, "AdjacentParentShardId")));
	s->behind_ms = -1;
	s->backoff = (struct weir_backoff){.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	*wanted = kinesis_place(k, s);
	s->finished = !*wanted; /* an earlier run read it to its end */
	s->state = *wanted ? KINESIS_WAITS : KINESIS_DONE;
	pthread_mutex_lock(&k->shards_lock);
	bool good =
	    weir_grow((void **)&k->shards, &k->shards_capacity, k->n_shards + 1, sizeof(struct kinesis_shard *));
	if (good)
		k->shards[k->n_shards++] = s;
	pthread_mutex_unlock(&k->shards_lock);
	if (good)
		return s;
	free(s->sequence);
	free(s->id);
	free(s);
	return NULL;
}

/* Adds what is new to the set. False: no memory. */
static bool take_shards(struct kinesis *k, const json_t *answer, struct weir_part_set *set)
{
	const json_t *list = json_object_get(answer, "Shards");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		int32_t number = number_of(json_string_value(json_object_get(item, "ShardId")));
		if (number < 0 || kinesis_shard_of(k, number))
			continue;
		bool wanted;
		if (!new_shard(k, item, &wanted))
			return false;
		if (!wanted)
			continue;
		const struct weir_part part = {.number = number, .until = -1, .newest_us = -1, .end = 1};
		if (!weir_part_set_add(set, k->stream, &part))
			return false;
	}
	return true;
}

/* All pages. */
static enum kinesis_fault list(struct kinesis *k, struct weir_part_set *set, struct weir_error *err)
{
	char *token = NULL;
	enum kinesis_fault fault = kinesis_role_tend(k, err);

	for (int page = 0; page < MOST_PAGES && fault == KINESIS_FINE; page++) {
		json_t *answer, *request = token ? json_pack("{s:s}", "NextToken", token)
						 : json_pack("{s:s}", "StreamName", k->stream);
		free(token);
		token = NULL;
		fault = ask(k, "ListShards", request ? json_dumps(request, JSON_COMPACT) : NULL, &answer, err);
		json_decref(request);
		if (fault == KINESIS_FINE && !take_shards(k, answer, set)) {
			weir_fail(err, WEIR_NO_MEMORY, k->p.address, "out of memory while listing shards");
			fault = KINESIS_REFUSED;
		}
		const char *next = json_string_value(json_object_get(answer, "NextToken"));
		token = next ? strdup(next) : NULL;
		json_decref(answer);
		if (!token)
			break;
	}
	free(token);
	return fault;
}

/* Shards that are closed wait for this: their children are handed over by now. */
static void tell_listed(struct kinesis *k, uint32_t listing)
{
	atomic_store(&k->n_listings, listing);
	weir_wake_signal(&k->p.fetch_wake);
	if (k->multi)
		curl_multi_wakeup(k->multi);
}

static void show_waiting(struct kinesis *k, const struct weir_error *err, int64_t wait_us)
{
	char text[200];

	snprintf(text, sizeof text, "%.140s; next try in %lld s", err->what,
		 (long long)((wait_us + WEIR_US_PER_S - 1) / WEIR_US_PER_S));
	weir_progress_state(&k->p.progress, WEIR_SOURCE_CONNECTING, text);
}

static void drop_set(struct weir_part_set *set)
{
	if (set)
		weir_part_set_release(set);
	free(set);
}

enum weir_status kinesis_find(struct weir_partitioned *p, struct weir_error *err)
{
	struct kinesis *k = (struct kinesis *)p;
	struct weir_backoff pause = {.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	int64_t began_us = weir_clock_mono_us(p->clock);

	struct weir_part_set *set = weir_calloc(1, sizeof *set); /* kept over failures, as in kinesis_watch */

	while (!atomic_load(&p->closing)) {
		enum kinesis_fault fault = set ? list(k, set, err) : KINESIS_REFUSED;
		if (fault == KINESIS_FINE && set->n_parts) {
			weir_partitioned_found(p, set);
			tell_listed(k, 1);
			return WEIR_OK;
		}
		if (fault == KINESIS_FINE)
			weir_fail(err, WEIR_NOT_FOUND, p->address, "the stream has no shard that is left to read");
		else if (!set)
			weir_fail(err, WEIR_NO_MEMORY, p->address, "out of memory while listing shards");
		bool patient = k->live || weir_clock_mono_us(p->clock) - began_us <= BATCH_PATIENCE_US;
		if (fault != KINESIS_THROTTLED && (fault != KINESIS_AWAY || !patient)) {
			drop_set(set);
			return err->code;
		}
		int64_t wait_us = weir_backoff_next(&pause);
		show_waiting(k, err, wait_us);
		weir_wake_wait(&p->finder_wake, wait_us);
	}
	drop_set(set);
	return weir_fail(err, WEIR_CANCELLED, p->address, "interrupted");
}

void kinesis_watch(struct weir_partitioned *p)
{
	struct kinesis *k = (struct kinesis *)p;
	struct weir_backoff pause = {.first_us = FIRST_PAUSE_US, .most_us = MOST_PAUSE_US};
	struct weir_part_set *set = NULL; /* kept over failures: shards that are known are not listed again */
	uint32_t n = 1;
	bool due = false;

	while (!atomic_load(&p->closing)) {
		if (!due && atomic_load(&k->wanted_listing) <= n)
			weir_wake_wait(&p->finder_wake, kinesis_role_wait_us(k, LOOK_US));
		if (atomic_load(&p->closing) || weir_partitioned_found_waits(p)) {
			weir_wake_wait(&p->finder_wake, ABORT_LOOK_MS * 1000);
			continue;
		}
		struct weir_error err = {0};
		set = set ? set : weir_calloc(1, sizeof *set);
		due = !set || list(k, set, &err) != KINESIS_FINE;
		if (due) {
			weir_wake_wait(&p->finder_wake, weir_backoff_next(&pause));
			continue;
		}
		weir_backoff_reset(&pause);
		if (set->n_parts) {
			weir_partitioned_found(p, set);
			set = NULL;
		}
		tell_listed(k, ++n);
	}
	drop_set(set);
}
