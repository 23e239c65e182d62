/* The fetch thread: takes records from the service's client and gives used ones back, beside the source thread that
 * decodes. Both may cost the client as much as the decoding.
 *
 * Loads go round: the fetch thread fills one and pushes it to `full`; the source thread copies its pointers into `held`
 * and sends it back through `empty` with the records that were consumed in the meantime. */
#include "partitioned.h"

void weir_load_give_back(struct weir_partitioned *p, struct weir_load *load)
{
	size_t n = load->n - load->from;

	if (n)
		p->kind->give_back(p, load->records + load->from, n);
	atomic_fetch_sub(&p->n_out, (int64_t)n);
	load->from = load->n = 0;
}

void *weir_fetch_thread(void *partitioned)
{
	struct weir_partitioned *p = partitioned;
	struct weir_load *free_loads[WEIR_LOADS], *load;
	size_t n_free = 0;

	for (size_t i = 0; i < WEIR_LOADS; i++)
		free_loads[n_free++] = &p->loads[i];
	while (!atomic_load(&p->closing)) {
		while ((load = weir_ring_try_pop(p->empty))) {
			weir_load_give_back(p, load);
			free_loads[n_free++] = load;
		}
		if (n_free == 0) { /* the source thread is behind: so is the client's queue, then the service waits */
			weir_wake_wait(&p->fetch_wake, -1);
			continue;
		}
		load = free_loads[n_free - 1];
		load->n = p->kind->fetch(p, load->records, WEIR_LOAD_RECORDS);
		if (load->n == 0) {
			p->kind->wait(p);
			continue;
		}
		n_free--;
		atomic_fetch_add(&p->n_out, (int64_t)load->n);
		atomic_store(&p->arrived_us, weir_clock_mono_us(p->clock));
		weir_ring_push(p->full, load); /* it holds all loads there are */
	}
	return NULL;
}
