/* librdkafka fetches ahead until its queue is full. Then a broker's thread sleeps for a second, or until it has
 * something to do, and does not notice that the queue has run empty in a tenth of that (its fetch.queue.backoff.ms
 * mends this from 2.2 on). So, when there is more to read, the queue runs low and nothing is added to it, every broker
 * is asked a small question, which wakes its thread. */
#include "kafka.h"

enum {
	LOW_MESSAGES = 60000, /* of our queued.min.messages */
	FIRST_PATIENCE_US = 3000,
	MAX_PATIENCE_US = 500000, /* a far broker may simply take its time */
	ASK_MS = 1000,
};

void kafka_keep_fetching(struct kafka_source *k, size_t n_taken)
{
	int64_t now_us = weir_clock_mono_us(k->clock);
	size_t queued = rd_kafka_queue_length(k->queue);
	bool added = queued + n_taken > k->n_queued;

	k->n_queued = queued;
	if (added || k->lag <= (int64_t)queued) {
		k->quiet_us = now_us;
		k->patience_us = FIRST_PATIENCE_US;
		return;
	}
	if (queued > LOW_MESSAGES || now_us - k->quiet_us < k->patience_us)
		return;
	k->quiet_us = now_us;
	k->patience_us = k->patience_us * 2 < MAX_PATIENCE_US ? k->patience_us * 2 : MAX_PATIENCE_US;
	atomic_store(&k->nudge, true);
	weir_wake_signal(&k->resolver_wake);
}

void kafka_nudge(struct kafka_source *k)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)k->n_parts);

	for (size_t i = 0; i < k->n_parts; i++)
		rd_kafka_topic_partition_list_add(list, k->topics[k->parts[i].topic].name, k->parts[i].id)->offset =
		    RD_KAFKA_OFFSET_END;
	(void)!rd_kafka_offsets_for_times(k->rk, list, ASK_MS); /* the answer does not matter */
	rd_kafka_topic_partition_list_destroy(list);
}
