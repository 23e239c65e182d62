/* kafka://BROKER[,BROKER]/TOPIC[,TOPIC]. Reads with assign(): it joins no group, and it never commits. */
#include "kafka.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MEASURE_US = 50000, /* how often lag and positions are published in a full stream */
};

static const struct weir_source_option options[] = {
    {"from", "earliest|latest|-15m|TIME|OFFSET", "where to begin, in each partition (earliest)"},
    {"until", "earliest|latest|-15m|TIME|OFFSET", "where to end, in each partition (no end)"},
    {"partitions", "0,3-5", "only these"},
    {"password-file", "FILE", "its first line is the password"},
    {"topic.metadata.refresh.interval.ms", "MS", "how often new partitions and topics are looked for (10000; -1: never)"},
    {"PROPERTY", "VALUE", "everything else goes to librdkafka: security.protocol=SSL, client.id=x, …"},
    {NULL, NULL, NULL},
};
static void publish(struct kafka_source *k, bool now)
{
	int64_t mono_us = weir_clock_mono_us(k->clock), low, high, lag = 0;
	struct weir_source_status *to = &k->progress.now;

	if (!now && mono_us - k->measured_us < MEASURE_US)
		return;
	k->measured_us = mono_us;
	for (size_t i = 0; i < k->set.n_parts; i++) {
		struct kafka_part *p = &k->set.parts[i];
		if (rd_kafka_get_watermark_offsets(k->rk, k->set.topics[p->topic].name, p->id, &low, &high) == 0 &&
		    high > p->end)
			p->end = high;
		lag += p->end > p->next ? p->end - p->next : 0;
	}
	atomic_store(&k->lag, lag);
	pthread_mutex_lock(&k->progress.lock);
	to->lag = lag;
	to->n_partitions = (uint32_t)k->set.n_parts;
	for (size_t i = 0; i < k->set.n_parts && i < sizeof to->partitions / sizeof *to->partitions; i++) {
		const struct kafka_part *p = &k->set.parts[i];
		struct weir_partition_status *s = &to->partitions[i];
		snprintf(s->name, sizeof s->name, "%s/%d", k->set.topics[p->topic].name, (int)p->id);
		s->position = p->next;
		s->end = p->end;
		s->lag = p->end > p->next ? p->end - p->next : 0;
		s->at_until = p->done;
	}
	pthread_mutex_unlock(&k->progress.lock);
}

static enum weir_status fail(struct kafka_source *k, const struct weir_error *why, struct weir_error *err)
{
	char line[200];

	weir_progress_state(&k->progress, WEIR_SOURCE_FAILED, weir_error_line(why, line, sizeof line));
	if (err)
		*err = *why;
	return why->code;
}

static enum weir_status take_over(struct kafka_source *k, struct weir_error *err)
{
	struct kafka_set *found = atomic_exchange(&k->found, NULL);

	if (!found)
		return WEIR_OK;
	enum weir_status st = kafka_adopt(k, found, err);
	free(found);
	if (st == WEIR_OK) {
		k->assigned = true;
		publish(k, true);
	}
	return st;
}

/* LIVE, with what came to it, or RECONNECTING with the reason. */
static void show_state(struct kafka_source *k)
{
	enum weir_status is;
	char why[200];

	if (!atomic_load(&k->down)) {
		weir_progress_state(&k->progress, WEIR_SOURCE_LIVE, k->news);
		return;
	}
	kafka_trouble(k, &is, why, sizeof why);
	if (weir_progress_state(&k->progress, WEIR_SOURCE_RECONNECTING, why))
		weir_log_add(k->log, WEIR_LOG_WARNING, k->address, "all brokers are down: %s", why);
}

static enum weir_status hand_out(struct kafka_source *k, struct weir_chunk *chunk, enum weir_status st)
{
	chunk->is_messages = true;
	chunk->messages = k->messages;
	chunk->n_messages = k->n_held;
	chunk->at_end = k->assigned && k->n_done == k->set.n_parts;
	chunk->arrival_us = weir_clock_wall_us(k->clock);
	k->told_end = chunk->at_end;
	k->consumed = false;
	return st;
}

/* Copies what fits of the next load to the end of held; returns how many. */
static size_t unload(struct kafka_source *k)
{
	struct kafka_load *load = k->pending ? k->pending : weir_ring_try_pop(k->full);
	size_t room = KAFKA_BATCH - k->n_held, n;

	if (!load)
		return 0;
	n = load->n - load->from < room ? load->n - load->from : room;
	memcpy(k->held + k->n_held, load->messages + load->from, n * sizeof(void *));
	load->from += n;
	k->pending = load->from < load->n ? load : NULL;
	if (k->pending)
		return n;
	load->from = load->n = 0;
	if (k->spare)
		weir_ring_try_push(k->empty, load); /* it holds all loads there are */
	else
		k->spare = load;
	return n;
}

static void drop_all(struct kafka_source *k, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rd_kafka_message_destroy(k->held[k->n_held + i]);
	atomic_fetch_sub(&k->n_out, (int64_t)n);
}

/* Takes what messages there are room for. OK: some came; AGAIN; or failed. */
static enum weir_status take(struct kafka_source *k, struct weir_error *err)
{
	size_t n, before = k->n_held;

	while (k->n_held < KAFKA_BATCH && (n = unload(k)) > 0) {
		if (!k->assigned) {
			drop_all(k, n);
			continue;
		}
		enum weir_status st = kafka_convert(k, n, err);
		if (st != WEIR_OK)
			return st;
	}
	if (k->assigned)
		publish(k, k->n_held == before || k->n_done == k->set.n_parts);
	return k->n_held > before ? WEIR_OK : WEIR_AGAIN;
}

/* False: the time is over, or somebody woke us. */
static bool wait_for_messages(struct kafka_source *k, int64_t deadline_us)
{
	int64_t left_us = deadline_us - weir_clock_mono_us(k->clock);
	struct pollfd fds[2] = {{k->wake.fd, POLLIN, 0}, {k->loaded.fd, POLLIN, 0}};

	int n = poll(fds, 2, left_us < 0 ? 0 : (int)((left_us + 999) / 1000));
	if (fds[1].revents)
		weir_wake_wait(&k->loaded, 0);
	if (fds[0].revents) {
		weir_wake_wait(&k->wake, 0);
		return false;
	}
	return n > 0;
}

static enum weir_status kafka_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				   struct weir_error *err)
{
	struct kafka_source *k = (struct kafka_source *)s;
	int64_t deadline_us = weir_clock_mono_us(k->clock) + timeout_us;
	struct weir_error why = {0};
	bool in_time = true;

	kafka_drop_used(k);
	/* What did not fit the last batch comes first; if nothing was consumed, more is asked for. */
	if ((k->n_held && k->consumed) || k->n_held == KAFKA_BATCH)
		return hand_out(k, chunk, WEIR_OK);
	for (;;) {
		int phase = atomic_load(&k->phase);
		if (phase == KAFKA_FAILED)
			return fail(k, &k->failure, err);
		enum weir_status st = phase == KAFKA_RESOLVED ? take_over(k, &why) : WEIR_OK;
		if (st == WEIR_OK)
			st = take(k, &why);
		if (st != WEIR_OK && st != WEIR_AGAIN)
			return fail(k, &why, err);
		if (k->assigned)
			show_state(k);
		bool all_done = k->assigned && k->n_done == k->set.n_parts;
		if (st == WEIR_OK || (all_done && !k->told_end))
			return hand_out(k, chunk, WEIR_OK);
		if (all_done) {
			weir_progress_state(&k->progress, WEIR_SOURCE_END, NULL);
			return WEIR_END;
		}
		if (!in_time)
			return hand_out(k, chunk, WEIR_AGAIN);
		in_time = wait_for_messages(k, deadline_us);
	}
}

static void kafka_consume(struct weir_source *s, const struct weir_chunk *left)
{
	struct kafka_source *k = (struct kafka_source *)s;

	k->n_used = k->n_held - left->n_messages;
	k->consumed = k->n_used > 0;
}

static void kafka_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct kafka_source *)s)->wake);
}

static void kafka_source_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct kafka_source *)s)->progress, out);
}

static bool kafka_finite(struct weir_source *s)
{
	return ((const struct kafka_source *)s)->wish.until.kind != WEIR_BOUND_NONE;
}

const struct weir_source_ops weir_source_kafka = {
    .name = "kafka",
    .schemes = "kafka",
    .help = "topics of Apache Kafka, read with assign(): no group is joined, nothing is committed",
    .example = "kafka://127.0.0.1:9092/orders?from=-15m",
    .can_wait = true,
    .options = options,
    .open = kafka_open,
    .poll = kafka_poll,
    .consume = kafka_consume,
    .wake = kafka_wake,
    .status = kafka_source_status,
    .finite = kafka_finite,
    .close = kafka_close,
};
