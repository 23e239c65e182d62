/* Taking messages from librdkafka's queue, and keeping that queue filled and bounded.
 *
 * librdkafka fetches ahead until its queue is full. Then the thread of a broker sleeps for up to a second, or until it
 * has something to do, and does not notice that the queue has run low in a hundredth of that; a longer queue only makes
 * this rarer and costs memory. (From 2.2 on its fetch.queue.backoff.ms mends it, and we set that where it exists.) So:
 * the queue is short, and once it was full and has run down to a part of that, every broker is asked a small question,
 * which wakes its thread while there is still enough to read. */
#include "kafka.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MAX_MESSAGES = 40000, /* about 30 ms of reading at full speed, and what two processors' caches still hold */
	MIN_MESSAGES = 2 * WEIR_LOAD_RECORDS,
	MAX_KBYTES = 8192,
	MIN_KBYTES = 1024,
	MESSAGE_COST = 360, /* bytes librdkafka needs for a message beside its payload; measured with 2.0.2 */
	GUESS_BYTES = 200,  /* of a payload, before one came */
	MEMORY_PART = 8,    /* of the budget */
	FIRST_WAKEUP_US = 3000,
	MAX_WAKEUP_US = 500000, /* a distant broker may simply be slow */
	ASK_MS = 1000,
	/* librdkafka writes its event at most once in a few milliseconds: soon after one, look again without it. */
	LOOK_AGAIN_US = 6000,
	LOOK_US = 250000, /* longest time without a look: it bounds the cost of a missed event */
};

void kafka_size_queue(const struct weir_budget *budget, struct kafka_queue_size *out)
{
	int64_t room = budget && budget->limit_bytes ? (int64_t)(budget->limit_bytes / MEMORY_PART) : INT64_MAX / 2;
	int64_t messages = room / (MESSAGE_COST + GUESS_BYTES), kbytes = room / 2 / 1024;

	messages = messages > MAX_MESSAGES ? MAX_MESSAGES : messages < MIN_MESSAGES ? MIN_MESSAGES : messages;
	kbytes = kbytes > MAX_KBYTES ? MAX_KBYTES : kbytes < MIN_KBYTES ? MIN_KBYTES : kbytes;
	snprintf(out->messages, sizeof out->messages, "%lld", (long long)messages);
	snprintf(out->kbytes, sizeof out->kbytes, "%lld", (long long)kbytes);
}

int64_t kafka_setting(const struct kafka_source *k, const char *name, int64_t otherwise)
{
	char text[32];
	size_t bytes = sizeof text;

	return rd_kafka_conf_get(rd_kafka_conf(k->rk), name, text, &bytes) == RD_KAFKA_CONF_OK ? atoll(text)
											       : otherwise;
}

void kafka_learn_queue(struct kafka_source *k)
{
	k->queue_messages = kafka_setting(k, "queued.min.messages", MAX_MESSAGES);
	k->queue_bytes = kafka_setting(k, "queued.max.messages.kbytes", MAX_KBYTES) * 1024;
	k->wakes_itself = kafka_setting(k, "fetch.queue.backoff.ms", -1) >= 0;
	k->payload_bytes = GUESS_BYTES;
	k->wakeups = (struct weir_backoff){.first_us = FIRST_WAKEUP_US, .most_us = MAX_WAKEUP_US};
	k->look_again = true;
}

void kafka_account_queue(struct kafka_source *k, size_t n_messages)
{
	int64_t bytes = (int64_t)n_messages * (k->payload_bytes + MESSAGE_COST);

	weir_budget_charge(k->p.budget, bytes - k->charged_bytes);
	k->charged_bytes = bytes;
}

static void want_wakeup(struct kafka_source *k)
{
	if (k->wakes_itself)
		return;
	atomic_store(&k->wakeup_wanted, true);
	weir_wake_signal(&k->p.finder_wake);
}

/* After taking `n_taken` messages: makes sure that brokers with more to send are woken. */
static void keep_fetching(struct kafka_source *k, size_t n_taken, uint64_t taken_bytes)
{
	int64_t now_us = weir_clock_mono_us(k->p.clock);
	int64_t queued = (int64_t)rd_kafka_queue_length(k->queue), before = queued + (int64_t)n_taken;

	if (n_taken) /* an average that forgets */
		k->payload_bytes = (7 * k->payload_bytes + (int64_t)(taken_bytes / n_taken)) / 8 + 1;
	int64_t out = atomic_load(&k->p.n_out) + (int64_t)n_taken;
	kafka_account_queue(k, (size_t)(queued + out));
	int64_t full = k->queue_bytes / k->payload_bytes;
	full = full < k->queue_messages ? full : k->queue_messages;
	bool added = before > k->n_queued, more = atomic_load(&k->p.lag) > queued + out;
	k->n_queued = queued;
	/* We look between fetches only: nearly full may have been full. */
	if (before >= full - full / 4)
		k->was_full = true;
	if (k->was_full && queued < full * 5 / 8) {
		k->was_full = false;
		if (more)
			want_wakeup(k);
		added = true;
	}
	if (added || !more || queued > full / 2) {
		k->quiet_us = now_us;
		weir_backoff_reset(&k->wakeups);
		k->wakeup_us = weir_backoff_next(&k->wakeups);
	} else if (now_us - k->quiet_us >= k->wakeup_us) { /* we did not see it, or the question got lost */
		k->quiet_us = now_us;
		k->wakeup_us = weir_backoff_next(&k->wakeups);
		want_wakeup(k);
	}
}

/* The payload bytes, estimated from a sample. */
static uint64_t estimate_bytes(void *const *records, size_t n)
{
	uint64_t bytes = 0;
	size_t seen = 0;

	for (size_t i = 0; i < n; i += 16, seen++) {
		const rd_kafka_message_t *m = records[i];
		bytes += m->err ? 0 : m->len;
	}
	return seen ? bytes * n / seen : 0;
}

size_t kafka_fetch(struct weir_partitioned *p, void **records, size_t most)
{
	struct kafka_source *k = (struct kafka_source *)p;
	ssize_t n = rd_kafka_consume_batch_queue(k->queue, 0, (rd_kafka_message_t **)records, most);
	size_t taken = n > 0 ? (size_t)n : 0;

	keep_fetching(k, taken, estimate_bytes(records, taken));
	k->look_again = k->look_again || taken;
	return taken;
}

void kafka_wait(struct weir_partitioned *p)
{
	struct kafka_source *k = (struct kafka_source *)p;
	struct pollfd fds[2] = {{p->fetch_wake.fd, POLLIN, 0}, {k->arrived.fd, POLLIN, 0}};
	bool behind = atomic_load(&p->lag) > 0;
	int64_t wait_us = !k->look_again && !behind                ? LOOK_US
			  : behind && k->wakeup_us > LOOK_AGAIN_US ? k->wakeup_us
								   : LOOK_AGAIN_US;

	poll(fds, 2, (int)((wait_us + 999) / 1000));
	k->look_again = fds[1].revents != 0;
	if (fds[1].revents)
		weir_wake_wait(&k->arrived, 0);
	if (fds[0].revents)
		weir_wake_wait(&p->fetch_wake, 0);
}

void kafka_give_back(struct weir_partitioned *p, void *const *records, size_t n)
{
	(void)p;
	for (size_t i = 0; i < n; i++)
		rd_kafka_message_destroy(records[i]);
}

void kafka_wake_brokers(struct kafka_source *k)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)k->known.n_parts);

	for (uint32_t i = 0; i < k->known.n_parts && i < weir_partitions_count(k->p.progress.partitions); i++) {
		if (weir_partitions_get(k->p.progress.partitions, i)->unreadable)
			continue;
		rd_kafka_topic_partition_list_add(list, k->known.topics[k->known.parts[i].topic].name,
						  k->known.parts[i].number)
		    ->offset = RD_KAFKA_OFFSET_END;
	}
	(void)!rd_kafka_offsets_for_times(k->rk, list, ASK_MS); /* the answer does not matter */
	rd_kafka_topic_partition_list_destroy(list);
}
