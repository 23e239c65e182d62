/* One record, read again where its bytes were not kept. That may take as long as a server or a packed file does, so a thread of the
 * stream's own does it (again_read.c says how), which is started for the first one. The engine asks and goes on; what it asked last
 * replaces what it asked before. */
#include "again.h"

#include <stdlib.h>

enum { NEAR_US = 20000 }; /* what is found as soon as that comes with the first picture of the record */

static bool is_asked_for(const struct weir_stream_again *a, const struct weir_again_place *p)
{
	return a->any && a->wanted.is.position == p->is.position && a->wanted.is.partition == p->is.partition &&
	       a->wanted.is.arrival_us == p->is.arrival_us && strcmp(a->wanted.topic, p->topic) == 0;
}

static void *sit(void *arg)
{
	struct weir_stream_again *a = arg;

	pthread_mutex_lock(&a->lock);
	while (!a->quit) {
		if (!a->asked) {
			pthread_cond_wait(&a->come, &a->lock);
			continue;
		}
		struct weir_again_place place = a->wanted;
		place.is.topic = weir_str_of(place.topic);
		a->asked = false;
		a->stop = false;
		pthread_mutex_unlock(&a->lock);
		weir_again_read(a->stream, &place, &a->stop, &a->answer);
		pthread_mutex_lock(&a->lock);
		if (a->asked || a->quit)
			continue;
		a->answered = true;
		a->told = true;
		weir_wake_signal(&a->done);
		weir_wake_signal(a->stream->config.wake);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* NULL: no memory. */
static struct weir_stream_again *start(struct weir_stream *s)
{
	struct weir_stream_again *a = weir_calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->stream = s;
	a->done.fd = -1;
	bool locked = pthread_mutex_init(&a->lock, NULL) == 0;
	bool comes = locked && pthread_cond_init(&a->come, NULL) == 0;
	if (comes && weir_wake_init(&a->done, NULL) == WEIR_OK && weir_thread_start(&a->thread, sit, a) == 0)
		return a;
	if (a->done.fd >= 0)
		weir_wake_release(&a->done);
	if (comes)
		pthread_cond_destroy(&a->come);
	if (locked)
		pthread_mutex_destroy(&a->lock);
	free(a);
	return NULL;
}

static bool has_answer(struct weir_stream_again *a)
{
	pthread_mutex_lock(&a->lock);
	bool answered = a->answered;
	pthread_mutex_unlock(&a->lock);
	return answered;
}

static void ask(struct weir_stream_again *a, const struct weir_again_place *place)
{
	pthread_mutex_lock(&a->lock);
	bool other = !is_asked_for(a, place);
	if (other) {
		a->wanted = *place;
		a->any = a->asked = true;
		a->stop = true;
		a->answered = false;
		a->told = false;
		pthread_cond_signal(&a->come);
	}
	pthread_mutex_unlock(&a->lock);
	if (other) {
		weir_wake_wait(&a->done, 0); /* of an earlier one */
		if (!has_answer(a))
			weir_wake_wait(&a->done, NEAR_US);
	}
}

void weir_stream_read_again(struct weir_stream *s, const struct weir_record_full *record, struct weir_record_again *out)
{
	struct weir_again_place place = {
	    .is = {.partition = record->partition, .position = record->position, .arrival_us = record->arrival_us},
	    .stamp_us = record->stamp_us,
	};

	if (!s->again)
		s->again = start(s);
	if (!s->again) {
		out->why = "not kept, and there is no memory to read it again";
		return;
	}
	snprintf(place.topic, sizeof place.topic, WEIR_STR_FMT, WEIR_STR_ARG(record->topic));
	ask(s->again, &place);
	const struct weir_again_answer *answer = &s->again->answer;
	out->reading = !has_answer(s->again);
	if (out->reading) {
		out->why = "reading… it was not kept, and is asked for where it came from";
		return;
	}
	out->raw = answer->found ? weir_buf_str(&answer->raw) : (struct weir_str){NULL, 0};
	out->key = answer->has_key ? weir_buf_str(&answer->key) : (struct weir_str){NULL, 0};
	out->headers = answer->has_headers ? weir_buf_str(&answer->headers) : (struct weir_str){NULL, 0};
	out->why = answer->why;
}

bool weir_stream_has_read_again(struct weir_stream *s)
{
	return s->again && atomic_exchange(&s->again->told, false);
}

void weir_stream_end_again(struct weir_stream *s)
{
	struct weir_stream_again *a = s->again;

	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->quit = true;
	a->stop = true;
	pthread_cond_signal(&a->come);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	weir_wake_release(&a->done);
	pthread_cond_destroy(&a->come);
	pthread_mutex_destroy(&a->lock);
	weir_again_answer_release(&a->answer);
	free(a);
	s->again = NULL;
}
