/* The thread that asks how far a job is behind. */
#include "behind.h"

#include "weir/base/memory.h"

#include <stdlib.h>

enum { EVERY_US = 1000000 };

struct behind_stream {
	struct weir_spark_ends *ends; /* owned; NULL: no topic */
	struct weir_spark_place *places;
	size_t n;
	int64_t lag;
};

struct weir_spark_behind {
	uint32_t n;
	struct behind_stream *streams; /* owned array */
	struct weir_wake *wake, own;   /* own: ends the wait of the thread */
	pthread_t thread;
	bool started, own_made, lock_made;
	_Atomic bool stop;
	pthread_mutex_t lock; /* over the streams but their ends, and news */
	bool news;
};

static void set_lag(struct weir_spark_behind *b, struct behind_stream *s, int64_t lag)
{
	b->news = b->news || s->lag != lag;
	s->lag = lag;
}

static void ask(struct weir_spark_behind *b, struct behind_stream *s)
{
	pthread_mutex_lock(&b->lock);
	struct weir_spark_place *places = s->places;
	size_t n = s->n;
	s->places = NULL;
	pthread_mutex_unlock(&b->lock);
	if (!places)
		return;
	int64_t lag = weir_spark_ends_behind(s->ends, places, n);
	pthread_mutex_lock(&b->lock);
	if (!s->places && s->n) { /* else the answer is about an older batch, or another job */
		set_lag(b, s, lag);
		s->places = places;
		places = NULL;
	}
	bool news = b->news;
	pthread_mutex_unlock(&b->lock);
	free(places);
	if (news)
		weir_wake_signal(b->wake);
}

static void *follow(void *behind)
{
	struct weir_spark_behind *b = behind;

	while (!b->stop) {
		for (uint32_t i = 0; i < b->n && !b->stop; i++)
			if (b->streams[i].ends)
				ask(b, &b->streams[i]);
		if (!b->stop)
			weir_wake_wait(&b->own, EVERY_US);
	}
	return NULL;
}

enum weir_status weir_spark_behind_open(const struct weir_spark_stream *streams, uint32_t n, struct weir_log *log,
					struct weir_wake *wake, struct weir_spark_behind **out, struct weir_error *err)
{
	struct weir_spark_behind *b = weir_calloc(1, sizeof *b);
	enum weir_status st = WEIR_OK;

	*out = b;
	if (!b || !(b->streams = weir_calloc(n, sizeof *b->streams)) || pthread_mutex_init(&b->lock, NULL) != 0)
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	b->lock_made = true;
	b->wake = wake;
	b->n = n;
	if ((st = weir_wake_init(&b->own, err)) != WEIR_OK)
		return st;
	b->own_made = true;
	for (uint32_t i = 0; i < n && st == WEIR_OK; i++) {
		b->streams[i].lag = -1;
		if (strcmp(streams[i].uri->scheme, "kafka") == 0)
			st = weir_spark_ends_open(streams[i].uri, log, &b->streams[i].ends, err);
	}
	if (st == WEIR_OK && weir_thread_start(&b->thread, follow, b) != 0)
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "could not start a thread");
	b->started = st == WEIR_OK;
	return st;
}

void weir_spark_behind_take(struct weir_spark_behind *b, uint32_t stream, struct weir_spark_place *places, size_t n)
{
	struct behind_stream *s = b && stream < b->n ? &b->streams[stream] : NULL;

	if (s && n) {
		pthread_mutex_lock(&b->lock);
		free(s->places);
		s->places = places;
		s->n = n;
		pthread_mutex_unlock(&b->lock);
		weir_wake_signal(&b->own);
		return;
	}
	free(places);
}

void weir_spark_behind_forget(struct weir_spark_behind *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->lock);
	for (uint32_t i = 0; i < b->n; i++) {
		free(b->streams[i].places);
		b->streams[i].places = NULL;
		b->streams[i].n = 0;
		set_lag(b, &b->streams[i], -1);
	}
	pthread_mutex_unlock(&b->lock);
}

int64_t weir_spark_behind_lag(struct weir_spark_behind *b, uint32_t stream)
{
	if (!b || stream >= b->n)
		return -1;
	pthread_mutex_lock(&b->lock);
	int64_t lag = b->streams[stream].lag;
	pthread_mutex_unlock(&b->lock);
	return lag;
}

bool weir_spark_behind_has_news(struct weir_spark_behind *b)
{
	if (!b)
		return false;
	pthread_mutex_lock(&b->lock);
	bool news = b->news;
	b->news = false;
	pthread_mutex_unlock(&b->lock);
	return news;
}

void weir_spark_behind_close(struct weir_spark_behind *b)
{
	if (!b)
		return;
	b->stop = true;
	if (b->started) {
		weir_wake_signal(&b->own);
		pthread_join(b->thread, NULL);
	}
	for (uint32_t i = 0; b->streams && i < b->n; i++) {
		weir_spark_ends_close(b->streams[i].ends);
		free(b->streams[i].places);
	}
	if (b->own_made)
		weir_wake_release(&b->own);
	if (b->lock_made)
		pthread_mutex_destroy(&b->lock);
	free(b->streams);
	free(b);
}
