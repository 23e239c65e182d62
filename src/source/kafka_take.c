/* The taker thread: takes messages from librdkafka's queue and gives used ones back, beside the source thread that
 * decodes. Both cost librdkafka two locks and a free for each message, about as much as the decoding.
 *
 * Loads go round: the taker fills one and pushes it to `full`; the source thread copies its pointers into `held` and
 * sends it back through `empty` with the messages that were consumed in the meantime. */
#include "kafka.h"

#include <poll.h>
#include <stdlib.h>

enum {
	/* librdkafka writes its event at most once in a few milliseconds: soon after one, look again without it. */
	LOOK_AGAIN_US = 6000,
	LOOK_US = 250000, /* at most so long without a look: it bounds what a missed event costs */
};

void kafka_give_back(struct kafka_source *k, struct kafka_load *load)
{
	for (size_t i = load->from; i < load->n; i++)
		rd_kafka_message_destroy(load->messages[i]);
	atomic_fetch_sub(&k->n_out, (int64_t)(load->n - load->from));
	load->from = load->n = 0;
}

/* The payload bytes of some of them, as if of all. */
static uint64_t estimate_bytes(const struct kafka_load *load)
{
	uint64_t bytes = 0;
	size_t n = 0;

	for (size_t i = 0; i < load->n; i += 16, n++)
		bytes += load->messages[i]->err ? 0 : load->messages[i]->len;
	return n ? bytes * load->n / n : 0;
}

static void wait_for_event(struct kafka_source *k, bool *look_again)
{
	struct pollfd fds[2] = {{k->taker_wake.fd, POLLIN, 0}, {k->arrived.fd, POLLIN, 0}};
	bool behind = atomic_load(&k->lag) > 0;
	int64_t wait_us = !*look_again && !behind		     ? LOOK_US
			  : behind && k->patience_us > LOOK_AGAIN_US ? k->patience_us
								     : LOOK_AGAIN_US;

	poll(fds, 2, (int)((wait_us + 999) / 1000));
	*look_again = fds[1].revents != 0;
	if (fds[1].revents)
		weir_wake_wait(&k->arrived, 0);
	if (fds[0].revents)
		weir_wake_wait(&k->taker_wake, 0);
}

void *kafka_taker(void *arg)
{
	struct kafka_source *k = arg;
	struct kafka_load *free_loads[KAFKA_LOADS], *load;
	size_t n_free = 0;
	bool look_again = true;

	for (size_t i = 0; i < KAFKA_LOADS; i++)
		free_loads[n_free++] = &k->loads[i];
	while (!atomic_load(&k->closing)) {
		while ((load = weir_ring_try_pop(k->empty))) {
			kafka_give_back(k, load);
			free_loads[n_free++] = load;
		}
		if (n_free == 0) { /* the source thread is behind: so is librdkafka's queue, then the broker waits */
			weir_wake_wait(&k->taker_wake, -1);
			continue;
		}
		load = free_loads[n_free - 1];
		ssize_t n = rd_kafka_consume_batch_queue(k->queue, 0, load->messages, KAFKA_BATCH);
		load->n = n > 0 ? (size_t)n : 0;
		atomic_fetch_add(&k->n_out, (int64_t)load->n);
		kafka_keep_fetching(k, load->n, estimate_bytes(load));
		if (load->n == 0) {
			wait_for_event(k, &look_again);
			continue;
		}
		n_free--;
		look_again = true;
		weir_ring_push(k->full, load); /* it holds all loads there are */
	}
	return NULL;
}
