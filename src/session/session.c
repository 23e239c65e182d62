/* The screen's side of a session: opening, asking, taking the newest result. */
#include "session_state.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static enum weir_status start_engine(struct weir_session *s, struct weir_error *err)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&s->engine, NULL, weir_engine_run, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "could not start a thread: %s", strerror(failed));
	s->engine_started = true;
	return WEIR_OK;
}

static enum weir_status open_all(struct weir_session *s, struct weir_options *options, const struct weir_clock *clock, int stdin_fd,
				 bool live, struct weir_error *err)
{
	enum weir_status st = weir_wake_init(&s->screen, err);

	if (st == WEIR_OK && pthread_mutex_init(&s->lock, NULL) != 0)
		st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	s->lock_made = st == WEIR_OK;
	if (st == WEIR_OK)
		st = weir_pipeline_open(&s->pipeline, options, clock, stdin_fd, live, err);
	if (st == WEIR_OK && !(s->streams = weir_calloc(s->pipeline.n_streams, sizeof *s->streams)))
		st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	if (st == WEIR_OK)
		st = weir_pipeline_resolve(&s->pipeline, &options->view, &s->in_force, err);
	if (st == WEIR_OK)
		st = s->pipeline.fabric->ops->set_view(s->pipeline.fabric, &s->in_force, s->generation,
						       s->pipeline.finite, false, err);
	if (st == WEIR_OK)
		st = weir_pipeline_start(&s->pipeline, err);
	return st == WEIR_OK ? start_engine(s, err) : st;
}

enum weir_status weir_session_open(struct weir_options *options, const struct weir_clock *clock, int stdin_fd, bool live,
				   struct weir_session **out, struct weir_error *err)
{
	struct weir_session *s = weir_calloc(1, sizeof *s);

	if (!s)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	s->screen.fd = s->pipeline.wake.fd = -1;
	s->paused_at_us = WEIR_TIME_NONE;
	s->generation = s->asked_generation = 1;
	s->mailbox.max_rows = options->view.top ? (uint32_t)options->view.top : 20;
	s->mailbox.max_records = 50;
	s->mailbox.n_buckets = 120;
	weir_view_init(&s->in_force);
	weir_view_init(&s->info_view);
	weir_view_init(&s->mailbox.view);
	enum weir_status st = open_all(s, options, clock, stdin_fd, live, err);
	if (st != WEIR_OK) {
		weir_session_close(s);
		return st;
	}
	*out = s;
	return WEIR_OK;
}

void weir_session_close(struct weir_session *s)
{
	if (!s)
		return;
	s->stop = true;
	if (s->pipeline.fabric)
		s->pipeline.fabric->ops->interrupt(s->pipeline.fabric, true);
	weir_pipeline_stop(&s->pipeline);
	if (s->engine_started) {
		weir_wake_signal(&s->pipeline.wake);
		pthread_join(s->engine, NULL);
	}
	weir_result_unref(atomic_exchange(&s->slot, NULL));
	weir_result_unref(s->current);
	weir_pipeline_close(&s->pipeline);
	weir_view_release(&s->in_force);
	weir_view_release(&s->info_view);
	weir_view_release(&s->mailbox.view);
	free(s->streams);
	if (s->lock_made)
		pthread_mutex_destroy(&s->lock);
	if (s->screen.fd >= 0)
		weir_wake_release(&s->screen);
	free(s);
}

struct weir_wake *weir_session_wake(struct weir_session *s)
{
	return &s->screen;
}

struct weir_result *weir_session_result(struct weir_session *s)
{
	struct weir_result *newer = atomic_exchange(&s->slot, NULL);

	if (newer) {
		weir_result_unref(s->current);
		s->current = newer;
	}
	return s->current ? weir_result_ref(s->current) : NULL;
}

/* Wakes the engine for what lies in the mailbox. */
static void post(struct weir_session *s)
{
	s->mail = true;
	weir_wake_signal(&s->pipeline.wake);
}

uint64_t weir_session_ask(struct weir_session *s, const struct weir_view *view, struct weir_error *err)
{
	struct weir_view copy;
	uint64_t generation;

	if (view->window.kind == WEIR_WINDOW_SESSION) {
		weir_fail(err, WEIR_UNSUPPORTED, "window", "session windows are not in this version");
		return 0;
	}
	weir_view_init(&copy);
	if (weir_pipeline_resolve(&s->pipeline, view, &copy, err) != WEIR_OK) {
		weir_view_release(&copy);
		return 0;
	}
	pthread_mutex_lock(&s->lock);
	weir_view_release(&s->mailbox.view);
	s->mailbox.view = copy;
	s->mailbox.asked = true;
	generation = s->mailbox.generation = ++s->asked_generation;
	/* under the lock, so that the engine cannot take the question and clear the interrupt before it is set */
	s->pipeline.fabric->ops->interrupt(s->pipeline.fabric, true);
	pthread_mutex_unlock(&s->lock);
	post(s);
	return generation;
}

void weir_session_set_buckets(struct weir_session *s, uint32_t n_buckets)
{
	pthread_mutex_lock(&s->lock);
	bool differs = s->mailbox.n_buckets != n_buckets;
	s->mailbox.n_buckets = n_buckets;
	s->mailbox.sizes += differs;
	s->mailbox.changed = s->mailbox.changed || differs;
	pthread_mutex_unlock(&s->lock);
	if (differs)
		post(s);
}

void weir_session_set_rows(struct weir_session *s, uint32_t max_rows, uint32_t max_records)
{
	pthread_mutex_lock(&s->lock);
	bool differs = s->mailbox.max_rows != max_rows || s->mailbox.max_records != max_records;
	s->mailbox.max_rows = max_rows;
	s->mailbox.max_records = max_records;
	s->mailbox.sizes += differs;
	s->mailbox.changed = s->mailbox.changed || differs;
	pthread_mutex_unlock(&s->lock);
	if (differs)
		post(s);
}

void weir_session_set_due(struct weir_session *s, int64_t mono_us)
{
	s->due_us = mono_us; /* no wake: the engine looks at it before it makes the next result */
}

static uint64_t records_now(const struct weir_session *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < s->pipeline.n_streams; i++)
		n += s->streams[i].records;
	return n;
}

static void set_paused(struct weir_session *s, bool on, int64_t at_us)
{
	pthread_mutex_lock(&s->lock);
	if (on && !s->paused)
		s->paused_records = records_now(s);
	s->paused = on;
	s->paused_at_us = on ? at_us : WEIR_TIME_NONE;
	s->mailbox.paused = on;
	s->mailbox.at_us = s->paused_at_us;
	s->mailbox.changed = true;
	pthread_mutex_unlock(&s->lock);
	post(s);
}

void weir_session_pause(struct weir_session *s, bool on)
{
	struct weir_result *r = weir_session_result(s);

	set_paused(s, on, r ? r->moment_us : WEIR_TIME_NONE);
	weir_result_unref(r);
}

void weir_session_go_to(struct weir_session *s, int64_t moment_us)
{
	set_paused(s, moment_us != WEIR_TIME_NONE, moment_us);
}

void weir_session_set_speed(struct weir_session *s, double x)
{
	weir_replay_set_speed(&s->pipeline.replay, x);
	for (uint32_t i = 0; i < s->pipeline.n_streams; i++)
		weir_wake_signal(&s->pipeline.streams[i].pacing);
	post(s);
}
