/* Opening and closing a partitioned source: memory, threads, and a close that does not wait for the service. */
#include "partitioned.h"

#include <stdlib.h>

enum { CLOSE_WAIT_US = 400000 }; /* that close waits for the finder; one request to the service may take longer */

static bool make_hand_over(struct weir_partitioned *p)
{
	p->held = weir_alloc(WEIR_LOAD_RECORDS * sizeof(void *));
	p->messages = weir_alloc(WEIR_LOAD_RECORDS * sizeof *p->messages);
	p->loads = weir_calloc(WEIR_LOADS, sizeof *p->loads);
	p->full = weir_ring_new(WEIR_LOADS);
	p->empty = weir_ring_new(WEIR_LOADS);
	if (!p->held || !p->messages || !p->loads || !p->full || !p->empty)
		return false;
	weir_ring_set_wake(p->full, &p->loaded);
	weir_ring_set_wake(p->empty, &p->fetch_wake);
	return true;
}

static enum weir_status init(struct weir_partitioned *p, const struct weir_source_config *config, const char *address,
			     struct weir_error *err)
{
	struct weir_wake *wakes[] = {&p->wake, &p->fetch_wake, &p->loaded, &p->finder_wake, &p->finder_ended};
	enum weir_status st = weir_progress_init(&p->progress, err);

	for (size_t i = 0; st == WEIR_OK && i < sizeof wakes / sizeof *wakes; i++)
		st = weir_wake_init(wakes[i], err);
	if (st == WEIR_OK && (!(p->address = weir_str_dup(weir_str_of(address))) || !make_hand_over(p)))
		st = weir_fail(err, WEIR_NO_MEMORY, address, "out of memory while opening");
	if (st == WEIR_OK)
		st = weir_position_parse(weir_uri_param(&config->uri, "position"), &p->resume, err);
	return st;
}

static void free_own(struct weir_partitioned *p)
{
	struct weir_wake *wakes[] = {&p->wake, &p->fetch_wake, &p->loaded, &p->finder_wake, &p->finder_ended};
	struct weir_part_set *found = atomic_load(&p->found);

	for (size_t i = 0; i < sizeof wakes / sizeof *wakes; i++)
		if (wakes[i]->fd >= 0)
			weir_wake_release(wakes[i]);
	if (found)
		weir_part_set_release(found);
	free(found);
	weir_part_set_release(&p->set);
	weir_position_release(&p->resume);
	weir_arena_release(&p->texts);
	weir_progress_release(&p->progress);
	pthread_mutex_destroy(&p->lock);
	weir_ring_free(p->full);
	weir_ring_free(p->empty);
	free(p->loads);
	free(p->held);
	free(p->messages);
	free(p->address);
	free(p);
}

struct weir_partitioned *weir_partitioned_new(size_t size, const struct weir_partitioned_ops *kind,
					      const struct weir_source_config *config, const char *address,
					      struct weir_error *err)
{
	struct weir_partitioned *p = weir_calloc(1, size);

	if (!p) {
		weir_fail(err, WEIR_NO_MEMORY, address, "out of memory while opening");
		return NULL;
	}
	p->kind = kind;
	p->clock = config->clock;
	p->log = config->log;
	p->budget = config->budget;
	p->wake.fd = p->fetch_wake.fd = p->loaded.fd = p->finder_wake.fd = p->finder_ended.fd = -1;
	pthread_mutex_init(&p->lock, NULL);
	if (init(p, config, address, err) == WEIR_OK)
		return p;
	free_own(p);
	return NULL;
}
static void destroy(struct weir_partitioned *p)
{
	p->kind->release(p);
	free_own(p);
}

/* Also frees the source at its end, if close did not wait for it. */
static void *finder_thread(void *partitioned)
{
	struct weir_partitioned *p = partitioned;
	struct weir_error err = {0};
	enum weir_status st = p->kind->find(p, &err);

	if (st != WEIR_OK)
		p->failure = err;
	atomic_store(&p->finding, st == WEIR_OK ? WEIR_FOUND : WEIR_FIND_FAILED);
	weir_wake_signal(&p->wake);
	if (st == WEIR_OK)
		p->kind->watch(p);
	weir_wake_signal(&p->finder_ended);
	if (atomic_fetch_add(&p->leaving, 1) == 1)
		destroy(p);
	return NULL;
}

void weir_partitioned_found(struct weir_partitioned *p, struct weir_part_set *set)
{
	atomic_store(&p->found, set);
	if (atomic_load(&p->finding) == WEIR_FOUND)
		weir_wake_signal(&p->wake);
}

enum weir_status weir_partitioned_start(struct weir_partitioned *p, struct weir_error *err)
{
	p->fetcher_runs = weir_thread_start(&p->fetcher, weir_fetch_thread, p) == 0;
	p->finder_runs = p->fetcher_runs && weir_thread_start(&p->finder, finder_thread, p) == 0;
	return p->finder_runs ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, p->address, "could not start a thread");
}

/* Does not wait for a service that does not answer: then the finder frees the rest when its request ends. Nothing that
 * was borrowed is touched after this. */
void weir_partitioned_close(struct weir_source *s)
{
	struct weir_partitioned *p = (struct weir_partitioned *)s;

	atomic_store(&p->closing, true);
	if (p->finder_runs)
		weir_wake_signal(&p->finder_wake);
	if (p->fetcher_runs) {
		weir_wake_signal(&p->fetch_wake);
		pthread_join(p->fetcher, NULL);
	}
	bool ended = !p->finder_runs || weir_wake_wait(&p->finder_ended, CLOSE_WAIT_US);
	p->n_used = p->n_held;
	p->spare = NULL;
	weir_partitioned_drop_used(p);
	for (size_t i = 0; p->loads && i < WEIR_LOADS; i++)
		weir_load_give_back(p, &p->loads[i]);
	p->kind->let_go(p);
	pthread_mutex_lock(&p->lock);
	p->log = NULL;
	pthread_mutex_unlock(&p->lock);
	if (!p->finder_runs) {
		destroy(p);
		return;
	}
	if (ended)
		pthread_join(p->finder, NULL);
	else
		pthread_detach(p->finder);
	if (atomic_fetch_add(&p->leaving, 1) == 1)
		destroy(p);
}

void weir_partitioned_wake(struct weir_source *s)
{
	weir_wake_signal(&((struct weir_partitioned *)s)->wake);
}

void weir_partitioned_status(struct weir_source *s, struct weir_source_status *out)
{
	weir_progress_copy(&((struct weir_partitioned *)s)->progress, out);
}

bool weir_partitioned_finite(struct weir_source *s)
{
	return ((const struct weir_partitioned *)s)->finite;
}
