/* Keeping librdkafka's queue filled, and bounded.
 *
 * librdkafka fetches ahead until its queue is full. Then the thread of a broker sleeps for up to a second, or until it
 * has something to do, and does not notice that the queue has run low in a hundredth of that; a longer queue only makes
 * this rarer and costs memory. (From 2.2 on its fetch.queue.backoff.ms mends it, and we set that where it exists.) So:
 * the queue is short, and once it was full and has run down to a part of that, every broker is asked a small question,
 * which wakes its thread while there is still enough to read. */
#include "kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MAX_MESSAGES = 40000, /* about 30 ms of reading at full speed, and what two processors' caches still hold */
	MIN_MESSAGES = 2 * KAFKA_BATCH,
	MAX_KBYTES = 8192,
	MIN_KBYTES = 1024,
	MESSAGE_COST = 360, /* bytes librdkafka needs for a message beside its payload; measured with 2.0.2 */
	GUESS_BYTES = 200,  /* of a payload, before one came */
	MEMORY_PART = 8,    /* of the budget */
	FIRST_PATIENCE_US = 3000,
	MAX_PATIENCE_US = 500000, /* a far broker may simply take its time */
	ASK_MS = 1000,
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

static int64_t setting(const struct kafka_source *k, const char *name, int64_t otherwise)
{
	char text[32];
	size_t bytes = sizeof text;

	return rd_kafka_conf_get(rd_kafka_conf(k->rk), name, text, &bytes) == RD_KAFKA_CONF_OK ? atoll(text)
											       : otherwise;
}

void kafka_learn_queue(struct kafka_source *k)
{
	k->queue_messages = setting(k, "queued.min.messages", MAX_MESSAGES);
	k->queue_bytes = setting(k, "queued.max.messages.kbytes", MAX_KBYTES) * 1024;
	k->wakes_itself = setting(k, "fetch.queue.backoff.ms", -1) >= 0;
	k->payload_bytes = GUESS_BYTES;
}

void kafka_account_queue(struct kafka_source *k, size_t n_messages)
{
	int64_t bytes = (int64_t)n_messages * (k->payload_bytes + MESSAGE_COST);

	weir_budget_charge(k->budget, bytes - k->charged_bytes);
	k->charged_bytes = bytes;
}

static void nudge_soon(struct kafka_source *k)
{
	if (k->wakes_itself)
		return;
	atomic_store(&k->nudge, true);
	weir_wake_signal(&k->resolver_wake);
}

void kafka_keep_fetching(struct kafka_source *k, size_t n_taken, uint64_t taken_bytes)
{
	int64_t now_us = weir_clock_mono_us(k->clock);
	int64_t queued = (int64_t)rd_kafka_queue_length(k->queue), before = queued + (int64_t)n_taken;

	if (n_taken) /* an average that forgets */
		k->payload_bytes = (7 * k->payload_bytes + (int64_t)(taken_bytes / n_taken)) / 8 + 1;
	int64_t out = atomic_load(&k->n_out);
	kafka_account_queue(k, (size_t)(queued + out));
	int64_t full = k->queue_bytes / k->payload_bytes;
	full = full < k->queue_messages ? full : k->queue_messages;
	bool added = before > k->n_queued, more = atomic_load(&k->lag) > queued + out;
	k->n_queued = queued;
	/* We look between fetches only: nearly full may have been full. */
	if (before >= full - full / 4)
		k->was_full = true;
	if (k->was_full && queued < full * 5 / 8) {
		k->was_full = false;
		if (more)
			nudge_soon(k);
		added = true;
	}
	if (added || !more || queued > full / 2) {
		k->quiet_us = now_us;
		k->patience_us = FIRST_PATIENCE_US;
	} else if (now_us - k->quiet_us >= k->patience_us) { /* we did not see it, or the question got lost */
		k->quiet_us = now_us;
		k->patience_us = k->patience_us * 2 < MAX_PATIENCE_US ? k->patience_us * 2 : MAX_PATIENCE_US;
		nudge_soon(k);
	}
}

void kafka_nudge(struct kafka_source *k)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)k->known.n_parts);

	for (size_t i = 0; i < k->known.n_parts; i++)
		rd_kafka_topic_partition_list_add(list, k->known.topics[k->known.parts[i].topic].name,
						  k->known.parts[i].id)
		    ->offset = RD_KAFKA_OFFSET_END;
	(void)!rd_kafka_offsets_for_times(k->rk, list, ASK_MS); /* the answer does not matter */
	rd_kafka_topic_partition_list_destroy(list);
}
