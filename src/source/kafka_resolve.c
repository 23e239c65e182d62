/* The resolver thread: from an address to partitions with offsets, and later the watch for brokers that come
 * back and for partitions that are new. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	ASK_MS = 1000,		 /* one question; it also bounds how long closing may wait */
	GIVE_UP_US = 5000000,	 /* no broker at all */
	NO_TOPIC_US = 1500000,	 /* a topic that was made a moment ago is not known everywhere yet */
	PAUSE_US = 100000,	 /* between two tries */
	LOOK_AGAIN_US = 1000000, /* after a look for new partitions that came to nothing */
};

void kafka_complain(struct kafka_source *k, int rd_error, const char *text)
{
	enum weir_status is = weir_kafka_status(rd_error);

	weir_kafka_log(k->log, 4, rd_kafka_err2name(rd_error), text ? text : rd_kafka_err2str(rd_error));
	pthread_mutex_lock(&k->trouble_lock);
	/* The summary that all are down comes last and says less than what came before it. */
	if (text && rd_error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && (is == WEIR_UNREACHABLE || is == WEIR_DENIED)) {
		weir_kafka_reason(text, k->trouble, sizeof k->trouble);
		k->trouble_is = is;
	}
	pthread_mutex_unlock(&k->trouble_lock);
	if (rd_error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && atomic_load(&k->phase) == KAFKA_RESOLVED) {
		atomic_store(&k->down, true);
		weir_wake_signal(&k->resolver_wake);
	}
}

void kafka_trouble(struct kafka_source *k, enum weir_status *is, char *out, size_t out_bytes)
{
	pthread_mutex_lock(&k->trouble_lock);
	*is = k->trouble_is;
	snprintf(out, out_bytes, "%s", k->trouble);
	pthread_mutex_unlock(&k->trouble_lock);
}

/* Asks for one offset of each partition: that of the first message at or after `time_ms`; with librdkafka's OFFSET_END
 * and OFFSET_BEGINNING as the time, the high or low watermark. out[i] belongs to parts[i]; -1: no such message. */
static enum weir_status ask_offsets(struct kafka_source *k, const struct kafka_set *set, int64_t time_ms, int64_t *out)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)set->n_parts);
	enum weir_status st = WEIR_OK;

	for (size_t i = 0; i < set->n_parts; i++)
		rd_kafka_topic_partition_list_add(list, set->topics[set->parts[i].topic].name, set->parts[i].id)
		    ->offset = time_ms;
	rd_kafka_resp_err_t rc = rd_kafka_offsets_for_times(k->rk, list, ASK_MS);
	for (size_t i = 0; i < set->n_parts && !rc; i++) {
		const struct kafka_part *p = &set->parts[i];
		const rd_kafka_topic_partition_t *e =
		    rd_kafka_topic_partition_list_find(list, set->topics[p->topic].name, p->id);
		rc = e ? e->err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
		out[i] = e && e->offset >= 0 ? e->offset : -1;
	}
	rd_kafka_topic_partition_list_destroy(list);
	if (rc) {
		kafka_complain(k, rc, rd_kafka_err2str(rc));
		st = WEIR_AGAIN;
	}
	return st;
}

static int64_t place(const struct weir_bound *b, int64_t low, int64_t high, int64_t at_time, int64_t otherwise)
{
	switch (b->kind) {
	case WEIR_BOUND_EARLIEST:
		return low;
	case WEIR_BOUND_LATEST:
		return high;
	case WEIR_BOUND_TIME:
		return at_time < 0 ? high : at_time;
	case WEIR_BOUND_OFFSET:
		return b->value;
	default:
		return otherwise;
	}
}

static enum weir_status find_offsets(struct kafka_source *k, struct kafka_set *set, struct weir_error *err)
{
	const struct weir_bound *from = &k->wish.from, *until = &k->wish.until;
	int64_t *all = weir_calloc(set->n_parts, 4 * sizeof *all);

	if (!all)
		return weir_fail(err, WEIR_NO_MEMORY, "kafka", "out of memory");
	int64_t *low = all, *high = all + set->n_parts, *from_at = high + set->n_parts,
		*until_at = from_at + set->n_parts;
	enum weir_status st = ask_offsets(k, set, RD_KAFKA_OFFSET_BEGINNING, low);
	if (st == WEIR_OK)
		st = ask_offsets(k, set, RD_KAFKA_OFFSET_END, high);
	if (st == WEIR_OK && from->kind == WEIR_BOUND_TIME)
		st = ask_offsets(k, set, from->value / 1000, from_at);
	if (st == WEIR_OK && until->kind == WEIR_BOUND_TIME)
		st = ask_offsets(k, set, until->value / 1000, until_at);
	for (size_t i = 0; i < set->n_parts && st == WEIR_OK; i++) {
		struct kafka_part *p = &set->parts[i];
		int64_t begin = place(from, low[i], high[i], from_at[i], low[i]);
		p->next = begin < low[i] ? low[i] : begin > high[i] ? high[i] : begin;
		p->until = place(until, low[i], high[i], until_at[i], -1);
		p->end = high[i];
	}
	free(all);
	return st;
}

static enum weir_status unreachable(struct kafka_source *k, struct weir_error *err)
{
	enum weir_status is;
	char why[200];

	kafka_trouble(k, &is, why, sizeof why);
	if (is == WEIR_DENIED) {
		weir_fail(err, WEIR_DENIED, k->address, "the broker refused: %s", why);
		weir_error_hint(err, "check user, password, security.protocol= and sasl.mechanism=");
		return WEIR_DENIED;
	}
	weir_fail(err, WEIR_UNREACHABLE, k->address, "no broker answers: %s", *why ? why : "time is over");
	weir_error_hint(err, "check the address, and that the broker runs");
	err->retriable = true;
	return WEIR_UNREACHABLE;
}

/* Hands the partitions that were not known, with their offsets, to the source thread. */
static enum weir_status look(struct kafka_source *k, bool later, struct weir_error *err)
{
	struct kafka_set all = {0}, *found = weir_calloc(1, sizeof *found);
	enum weir_status st = found ? kafka_choose(k, later, &all, err) : WEIR_NO_MEMORY;

	for (size_t i = 0; i < all.n_parts && st == WEIR_OK; i++) {
		const struct kafka_part *p = &all.parts[i];
		const char *name = all.topics[p->topic].name;
		bool add =
		    !kafka_set_has(&k->known, name, p->id) && k->known.n_parts + found->n_parts < WEIR_MAX_PARTITIONS;
		if (add && !kafka_set_add(found, name, p))
			st = WEIR_NO_MEMORY;
	}
	kafka_set_release(&all);
	if (st == WEIR_OK && found->n_parts && !later)
		st = find_offsets(k, found, err);
	/* What came to be since we began is read from its beginning. librdkafka asks for that: a question of ours would
	 * wait behind the fetches on the broker's connection. */
	for (size_t i = 0; later && st == WEIR_OK && i < found->n_parts; i++)
		found->parts[i].next = RD_KAFKA_OFFSET_BEGINNING;
	for (size_t i = 0; st == WEIR_OK && i < found->n_parts; i++) {
		if (!kafka_set_add(&k->known, found->topics[found->parts[i].topic].name, &found->parts[i]))
			st = WEIR_NO_MEMORY;
	}
	if (st == WEIR_NO_MEMORY)
		weir_fail(err, st, "kafka", "out of memory");
	if (st == WEIR_OK && found->n_parts) {
		atomic_store(&k->found, found);
		if (later)
			weir_wake_signal(&k->wake);
	} else if (found) {
		kafka_set_release(found);
		free(found);
	}
	return st;
}

/* Tries until it works, is refused for good, or took too long. */
static enum weir_status resolve(struct kafka_source *k, struct weir_error *err)
{
	int64_t began_us = weir_clock_mono_us(k->clock);

	for (;;) {
		enum weir_status st = look(k, false, err), is;
		char why[200];
		if (st == WEIR_OK || atomic_load(&k->closing))
			return st;
		int64_t gone_us = weir_clock_mono_us(k->clock) - began_us;
		kafka_trouble(k, &is, why, sizeof why);
		if (st == WEIR_AGAIN && (gone_us > GIVE_UP_US || is == WEIR_DENIED))
			return unreachable(k, err);
		if (st != WEIR_AGAIN && (st != WEIR_NOT_FOUND || gone_us > NO_TOPIC_US))
			return st;
		weir_wake_wait(&k->resolver_wake, PAUSE_US);
	}
}

/* Waits for a call, and looks for new partitions when it is time; *next_us is that time. */
static void wait_and_look(struct kafka_source *k, int64_t *next_us)
{
	int64_t now_us = weir_clock_mono_us(k->clock), wait_us = *next_us - now_us;
	struct weir_error err;

	if (k->refresh_us < 0 || wait_us > 0) {
		weir_wake_wait(&k->resolver_wake, k->refresh_us < 0 ? -1 : wait_us);
		return;
	}
	/* What was found before may still wait for the source thread. */
	bool busy = atomic_load(&k->found) != NULL;
	enum weir_status st = busy ? WEIR_AGAIN : look(k, true, &err);
	bool soon = st == WEIR_AGAIN && k->refresh_us > LOOK_AGAIN_US;
	*next_us = now_us + (soon ? LOOK_AGAIN_US : k->refresh_us);
}

/* The brokers are back when one of them answers again. */
static void watch(struct kafka_source *k)
{
	const rd_kafka_metadata_t *md;
	int64_t next_us = weir_clock_mono_us(k->clock) + k->refresh_us;

	while (!atomic_load(&k->closing)) {
		if (atomic_exchange(&k->nudge, false))
			kafka_nudge(k);
		if (!atomic_load(&k->down)) {
			wait_and_look(k, &next_us);
			continue;
		}
		weir_wake_signal(&k->wake);
		rd_kafka_topic_t *rkt = rd_kafka_topic_new(k->rk, k->known.topics[0].name, NULL);
		rd_kafka_resp_err_t rc = rkt ? rd_kafka_metadata(k->rk, 0, rkt, &md, ASK_MS) : RD_KAFKA_RESP_ERR__FAIL;
		if (rkt)
			rd_kafka_topic_destroy(rkt);
		if (rc == RD_KAFKA_RESP_ERR_NO_ERROR) {
			rd_kafka_metadata_destroy(md);
			atomic_store(&k->down, false);
			weir_wake_signal(&k->wake);
		} else {
			weir_wake_wait(&k->resolver_wake, PAUSE_US);
		}
	}
}

void *kafka_resolver(void *arg)
{
	struct kafka_source *k = arg;
	struct weir_error err = {0};
	enum weir_status st = resolve(k, &err);

	if (st != WEIR_OK) {
		k->failure = err;
		atomic_store(&k->phase, KAFKA_FAILED);
		weir_wake_signal(&k->wake);
		return NULL;
	}
	atomic_store(&k->phase, KAFKA_RESOLVED);
	weir_wake_signal(&k->wake);
	watch(k);
	return NULL;
}
