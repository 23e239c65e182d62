/* A bounded queue from one thread to one other. */
#include "weir/base/thread.h"

#include "weir/base/memory.h"

#include <pthread.h>
#include <stdlib.h>

/* Indices grow for ever; each is written by one side only and lies on a cache line of its own. The mutex and the condition
 * (a futex underneath) serve only a producer that has to sleep. */
struct weir_ring {
	void **items; /* owned */
	size_t mask;
	struct weir_wake *wake;
	_Atomic bool closed;
	pthread_mutex_t mutex;
	pthread_cond_t room;
	_Atomic bool producer_sleeps;
	_Alignas(64) _Atomic size_t head; /* next to pop: consumer writes */
	_Alignas(64) _Atomic size_t tail; /* next to push: producer writes */
};

struct weir_ring *weir_ring_new(size_t capacity)
{
	size_t n = 2;
	while (n < capacity)
		n *= 2;
	struct weir_ring *r = weir_alloc_aligned(sizeof *r);
	void **items = weir_calloc(n, sizeof *items);
	if (!r || !items) {
		free(r);
		free(items);
		return NULL;
	}
	memset(r, 0, sizeof *r);
	r->items = items;
	r->mask = n - 1;
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->room, NULL);
	return r;
}

void weir_ring_free(struct weir_ring *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->mutex);
	pthread_cond_destroy(&r->room);
	free(r->items);
	free(r);
}

bool weir_ring_try_push(struct weir_ring *r, void *item)
{
	if (atomic_load_explicit(&r->closed, memory_order_acquire))
		return false;
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	/* Sequentially consistent after producer_sleeps: the consumer looks at the two in the other order. */
	if (tail - atomic_load(&r->head) > r->mask)
		return false;
	r->items[tail & r->mask] = item;
	/* Sequentially consistent with the consumer's look at tail, so that no wake-up is lost. */
	atomic_store(&r->tail, tail + 1);
	if (r->wake && atomic_load(&r->head) == tail)
		weir_wake_signal(r->wake);
	return true;
}

bool weir_ring_push(struct weir_ring *r, void *item)
{
	if (weir_ring_try_push(r, item))
		return true;
	bool pushed = false;
	pthread_mutex_lock(&r->mutex);
	atomic_store(&r->producer_sleeps, true);
	while (!(pushed = weir_ring_try_push(r, item)) && !atomic_load(&r->closed))
		pthread_cond_wait(&r->room, &r->mutex);
	atomic_store(&r->producer_sleeps, false);
	pthread_mutex_unlock(&r->mutex);
	return pushed;
}

void *weir_ring_try_pop(struct weir_ring *r)
{
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	if (head == atomic_load(&r->tail))
		return NULL;
	void *item = r->items[head & r->mask];
	atomic_store(&r->head, head + 1);
	if (atomic_load(&r->producer_sleeps)) {
		pthread_mutex_lock(&r->mutex);
		pthread_cond_signal(&r->room);
		pthread_mutex_unlock(&r->mutex);
	}
	return item;
}

void weir_ring_close(struct weir_ring *r)
{
	pthread_mutex_lock(&r->mutex);
	atomic_store(&r->closed, true);
	pthread_cond_broadcast(&r->room);
	pthread_mutex_unlock(&r->mutex);
	if (r->wake)
		weir_wake_signal(r->wake);
}

bool weir_ring_closed(const struct weir_ring *r)
{
	return atomic_load(&r->closed);
}

size_t weir_ring_count(const struct weir_ring *r)
{
	size_t head = atomic_load(&r->head);
	return atomic_load(&r->tail) - head;
}

void weir_ring_set_wake(struct weir_ring *r, struct weir_wake *w)
{
	r->wake = w;
}
