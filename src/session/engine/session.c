/* The screen's side of a session: opening, asking, taking the newest result. */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LANDING_US = 1000000 }; /* rows that take longer to land at the end are announced */

static enum weir_status start_engine(struct weir_session *s, struct weir_error *err)
{
	int failed = weir_thread_start(&s->engine, weir_engine_run, s);

	if (failed)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "could not start a thread: %s", strerror(failed));
	s->engine_started = true;
	return WEIR_OK;
}

/* Wakes the engine for what lies in the mailbox. */
static void post(struct weir_session *s)
{
	s->mail = true;
	weir_wake_signal(&s->pipeline.wake);
}

bool weir_session_set_errors(struct weir_session *s, const char *condition, struct weir_error *err)
{
	if (weir_pipeline_check_errors(condition, err) != WEIR_OK)
		return false;
	char *copy = weir_str_dup(weir_str_of(condition));
	if (!copy) {
		weir_fail(err, WEIR_NO_MEMORY, "errors", "out of memory");
		return false;
	}
	pthread_mutex_lock(&s->lock);
	free(s->mailbox.errors);
	s->mailbox.errors = copy;
	s->mailbox.changed = true;
	s->mailbox.sizes++; /* the next picture shows it */
	pthread_mutex_unlock(&s->lock);
	post(s);
	return true;
}

/* The pipeline with the view that the options have, and the engine. */
static enum weir_status start(struct weir_session *s, struct weir_options *options, const struct weir_clock *clock,
			      int stdin_fd, bool live, struct weir_error *err)
{
	const struct weir_question question = {.view = &s->in_force, .generation = s->generation};
	enum weir_status st = weir_pipeline_open(&s->pipeline, options, clock, stdin_fd, live, err);

	if (st == WEIR_OK && !(s->streams = weir_calloc(s->pipeline.n_streams, sizeof *s->streams)))
		st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	if (st == WEIR_OK)
		st = weir_pipeline_resolve(&s->pipeline, &options->view, &s->in_force, err);
	if (st == WEIR_OK)
		st = s->pipeline.ops->set_view(s->pipeline.fabric, &question, err);
	if (st == WEIR_OK && s->pipeline.ops->set_errors)
		s->pipeline.ops->set_errors(s->pipeline.fabric, options->errors);
	if (st == WEIR_OK)
		st = weir_pipeline_start(&s->pipeline, err);
	return st == WEIR_OK ? start_engine(s, err) : st;
}

static enum weir_status open_all(struct weir_session *s, struct weir_options *options, const struct weir_clock *clock,
				 int stdin_fd, bool live, struct weir_error *err)
{
	enum weir_status st = weir_wake_init(&s->screen, err);

	if (st == WEIR_OK && pthread_mutex_init(&s->lock, NULL) != 0)
		st = weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	s->lock_made = st == WEIR_OK;
	return st == WEIR_OK ? start(s, options, clock, stdin_fd, live, err) : st;
}

enum weir_status weir_session_open(struct weir_options *options, const struct weir_clock *clock, int stdin_fd,
				   bool live, struct weir_session **out, struct weir_error *err)
{
	struct weir_session *s = weir_calloc(1, sizeof *s);

	if (!s)
		return weir_fail(err, WEIR_NO_MEMORY, "session", "out of memory");
	s->screen.fd = s->pipeline.wake.fd = -1;
	s->paused_at_us = WEIR_TIME_NONE;
	s->generation = s->asked_generation = 1;
	s->mailbox.wanted.max_rows = options->view.top > UINT32_MAX ? UINT32_MAX
				     : options->view.top            ? (uint32_t)options->view.top
								    : 20;
	s->mailbox.wanted.extras = weir_extras_ahead();
	s->mailbox.wanted.records.count = 50;
	s->mailbox.wanted.n_buckets = 120;
	s->mailbox.wanted.strip_buckets = WEIR_STRIP_BUCKETS;
	s->strip.oldest_us = s->strip.newest_us = WEIR_TIME_NONE;
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

/* The terminal is given back by now: say what is being waited for if the disk is slow. */
static enum weir_status end_landings(struct weir_session *s)
{
	struct weir_landings *l = &s->pipeline.landings;
	struct weir_error err = {0};

	weir_pipeline_end_landings(&s->pipeline, !s->ended, s->ended);
	if (!weir_landings_wait_us(l, LANDING_US)) {
		struct weir_landing_status all[WEIR_MAX_LANDINGS];
		const char *why = "";
		uint64_t n_rows = 0;
		for (uint32_t i = weir_landings_describe(l, all); i-- > 0;) {
			n_rows += all[i].waiting;
			why = all[i].trouble[0] ? all[i].trouble : why;
		}
		weir_fail(&err, WEIR_OK, "", "%s rows are still being landed; an interrupt leaves them%s%s",
			  WEIR_COUNT(n_rows), *why ? ": " : "", why);
		weir_error_say(&err, STDERR_FILENO);
	}
	enum weir_status st = weir_landings_wait(l, &err);
	if (st != WEIR_OK)
		weir_error_say(&err, STDERR_FILENO);
	return st;
}

static void stop(struct weir_session *s)
{
	s->stop = true;
	if (s->pipeline.fabric)
		s->pipeline.ops->interrupt(s->pipeline.fabric, true);
	weir_pipeline_stop(&s->pipeline);
	if (s->engine_started) {
		weir_wake_signal(&s->pipeline.wake);
		pthread_join(s->engine, NULL);
	}
	s->engine_started = false;
	weir_session_end_studies(s);
}

/* Why what was read cannot be read once more. */
static enum weir_status check_readable_again(const struct weir_session *s, struct weir_error *err)
{
	for (uint32_t i = 0; i < s->pipeline.n_streams; i++) {
		const struct weir_stream *one = &s->pipeline.streams[i];
		if (!one->source || !weir_source_finite(one->source))
			return weir_fail(err, WEIR_UNSUPPORTED, "loop", "%s is a live stream, which has no end",
					 one->name);
		if (one->source->ops->once)
			return weir_fail(err, WEIR_UNSUPPORTED, "loop", "standard input can be read only once");
	}
	if (s->pipeline.options->land.n || s->pipeline.options->land_view.n)
		return weir_fail(err, WEIR_UNSUPPORTED, "loop", "the rows would be landed again each time");
	if (s->pipeline.options->capture)
		return weir_fail(err, WEIR_UNSUPPORTED, "loop", "what comes would be captured again each time");
	return WEIR_OK;
}

enum weir_status weir_session_may_restart(const struct weir_session *s, struct weir_error *err)
{
	return check_readable_again(s, err);
}

/* As it was before anything was read; the newest result stays until another comes. */
static void forget_all(struct weir_session *s)
{
	memset(s->seats, 0, sizeof s->seats);
	weir_result_unref(atomic_exchange(&s->slot, NULL));
	free(s->streams);
	s->streams = NULL;
	s->strip = (struct weir_strip){.oldest_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE};
	s->guessed_group[0] = s->guessed_measure[0] = '\0';
	s->stop = s->mail = s->ended = s->paused = s->chosen = false;
	s->paused_at_us = s->mailbox.at_us = WEIR_TIME_NONE;
	s->mailbox.asked = s->mailbox.paused = false;
	s->generation = s->asked_generation;
	weir_view_release(&s->in_force);
}

static enum weir_status begin_again(struct weir_session *s, struct weir_error *err)
{
	struct weir_options *options = s->pipeline.options;
	const struct weir_clock *clock = s->pipeline.clock;
	bool live = s->pipeline.live;

	stop(s);
	(void)weir_pipeline_close(&s->pipeline, NULL);
	forget_all(s);
	return start(s, options, clock, -1, live, err);
}

enum weir_status weir_session_restart(struct weir_session *s, struct weir_error *err)
{
	enum weir_status st = check_readable_again(s, err);

	return st == WEIR_OK ? begin_again(s, err) : st;
}

/* Why the streams cannot be read from another place. */
enum weir_status weir_session_may_read_from(const struct weir_session *s, struct weir_error *err)
{
	bool any = false;

	for (uint32_t i = 0; i < s->pipeline.n_streams; i++) {
		const struct weir_stream *one = &s->pipeline.streams[i];
		if (!one->source || one->source->ops->once)
			return weir_fail(err, WEIR_UNSUPPORTED, "from", "%s can be read only once", one->name);
		any = any || one->source->ops->from_time;
	}
	if (s->pipeline.options->land.n || s->pipeline.options->land_view.n)
		return weir_fail(err, WEIR_UNSUPPORTED, "from", "the rows would be landed again");
	return any ? WEIR_OK
		   : weir_fail(err, WEIR_UNSUPPORTED, "from",
			       "no stream here can be read from a time; :at goes to one");
}

enum weir_status weir_session_read_from(struct weir_session *s, const char *place, struct weir_error *err)
{
	struct weir_options *o = s->pipeline.options;
	enum weir_status st = weir_session_may_read_from(s, err);

	for (uint32_t i = 0; i < s->pipeline.n_streams && st == WEIR_OK; i++)
		if (s->pipeline.streams[i].source->ops->from_time && !weir_options_read_from(o, i, place))
			st = weir_fail(err, WEIR_NO_MEMORY, "from", "out of memory");
	return st == WEIR_OK ? begin_again(s, err) : st;
}

enum weir_status weir_session_close(struct weir_session *s)
{
	if (!s)
		return WEIR_OK;
	stop(s);
	weir_result_unref(atomic_exchange(&s->slot, NULL));
	weir_result_unref(s->current);
	struct weir_error err = {0};
	enum weir_status landed = end_landings(s);
	weir_pipeline_say_left(&s->pipeline, STDERR_FILENO);
	enum weir_status st = weir_pipeline_close(&s->pipeline, &err);
	if (st != WEIR_OK)
		weir_error_say(&err, STDERR_FILENO);
	weir_view_release(&s->in_force);
	weir_view_release(&s->info_view);
	weir_view_release(&s->mailbox.view);
	weir_buf_release(&s->delivery.text);
	free(s->mailbox.errors);
	free(s->streams);
	if (s->lock_made)
		pthread_mutex_destroy(&s->lock);
	if (s->screen.fd >= 0)
		weir_wake_release(&s->screen);
	free(s);
	return landed != WEIR_OK ? landed : st;
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
	s->answering = true;
	generation = s->mailbox.generation = ++s->asked_generation;
	/* under the lock, so that the engine cannot take the question and clear the interrupt before it is set */
	s->pipeline.ops->interrupt(s->pipeline.fabric, true);
	pthread_mutex_unlock(&s->lock);
	post(s);
	return generation;
}

static bool other_place(const struct weir_row_place *a, const struct weir_row_place *b)
{
	return a->time_us != b->time_us || a->number != b->number || a->stream != b->stream;
}

static bool other_records(const struct weir_records_request *a, const struct weir_records_request *b)
{
	return a->from != b->from || other_place(&a->place, &b->place) || a->index != b->index ||
	       a->offset != b->offset || a->count != b->count || a->counted != b->counted || a->open != b->open ||
	       other_place(&a->opened, &b->opened);
}

static bool other_left(const struct weir_left_request *a, const struct weir_left_request *b)
{
	return a->count != b->count || a->anchored != b->anchored || a->number != b->number || a->offset != b->offset ||
	       a->without != b->without;
}

void weir_session_want(struct weir_session *s, const struct weir_wanted *wanted)
{
	pthread_mutex_lock(&s->lock);
	const struct weir_wanted *was = &s->mailbox.wanted;
	bool differs = was->n_buckets != wanted->n_buckets || was->max_rows != wanted->max_rows ||
		       was->seen_from != wanted->seen_from || was->seen_rows != wanted->seen_rows ||
		       was->extras != wanted->extras || other_records(&was->records, &wanted->records) ||
		       other_left(&was->left_out, &wanted->left_out) || was->pivot.rows != wanted->pivot.rows ||
		       was->pivot.columns != wanted->pivot.columns || was->strip_buckets != wanted->strip_buckets;
	s->mailbox.wanted = *wanted;
	s->mailbox.sizes += differs;
	s->mailbox.changed = s->mailbox.changed || differs;
	pthread_mutex_unlock(&s->lock);
	if (differs)
		post(s);
}

void weir_session_set_due(struct weir_session *s, int64_t mono_us)
{
	/* An engine that sleeps until the old one must learn of an earlier one. */
	if (atomic_exchange(&s->due_us, mono_us) > mono_us)
		weir_wake_signal(&s->pipeline.wake);
}

static uint64_t records_now(const struct weir_session *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < s->pipeline.n_streams; i++)
		n += s->streams[i].records;
	return n;
}

static void set_paused(struct weir_session *s, bool on, bool chosen, int64_t at_us)
{
	pthread_mutex_lock(&s->lock);
	if (on && !s->paused)
		s->paused_records = records_now(s);
	s->paused = on;
	s->chosen = chosen;
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

	set_paused(s, on, false, r ? r->moment_us : WEIR_TIME_NONE);
	weir_result_unref(r);
}

void weir_session_go_to(struct weir_session *s, int64_t moment_us)
{
	set_paused(s, moment_us != WEIR_TIME_NONE, moment_us != WEIR_TIME_NONE, moment_us);
}

void weir_session_set_speed(struct weir_session *s, double x)
{
	weir_replay_set_speed(&s->pipeline.replay, x);
	for (uint32_t i = 0; i < s->pipeline.n_streams; i++)
		weir_wake_signal(&s->pipeline.streams[i].pacing);
	post(s);
}
