/* The engine thread: takes batches and questions, publishes results.
 *
 * Each turn: the mailbox first (a question waits for one batch at most), then batches for one slice of time, then a result
 * when something changed and the last one is old enough. When nothing comes it sleeps; while a rate is still falling, or a
 * sliding window on the wall clock still holds rows, it looks again now and then. */
#include "session_state.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FRAME_US = 16667,      /* at most 60 results a second */
	SLICE_US = 8000,       /* of appending, before the mailbox and the results get their turn */
	COST_FACTOR = 4,       /* a result that takes long is made less often: a quarter of the time at most */
	RATE_US = 250000,      /* between two looks at the rates */
	LAG_US = 250000,
	SLIDE_US = 1000000,    /* a sliding window moves on without data */
	GUESS_ROWS = 500,      /* the question that was guessed is final after so many rows */
};

struct engine {
	struct weir_session *s;
	struct weir_pipeline *p;
	const struct weir_fabric_ops *f;
	struct weir_guesser guesser;
	bool guess_group, guess_measure;  /* still open */
	char *histogram;                  /* owned */
	uint32_t max_rows, max_records;
	bool paused;
	int64_t at_us;
	bool dirty;                       /* a result is due */
	bool unchecked;                   /* names were never held against the columns, or these have changed */
	struct weir_error wrong;          /* what is wrong with the view in force; code OK: nothing */
	int64_t resulted_us, not_before_us; /* of the monotonic clock: last result, and the next at the earliest */
	int64_t lag_us;
	bool moving;                      /* rates are not zero */
	bool sliding_rows;                /* the last result still holds rows of a window that moves by itself */
	uint32_t next_stream;
	bool all_ended;
};

static int64_t now_us(const struct engine *e)
{
	return weir_clock_mono_us(e->p->clock);
}

static void publish(struct engine *e, struct weir_result *r)
{
	weir_result_unref(atomic_exchange(&e->s->slot, r));
	weir_wake_signal(&e->s->screen);
}

/* Puts a view in force. Cancelled: a newer question waits, and this one is void. */
static enum weir_status set_view(struct engine *e, const struct weir_view *view, uint64_t generation, struct weir_error *err)
{
	struct weir_session *s = e->s;
	struct weir_view copy;

	enum weir_status st = e->f->set_view(e->p->fabric, view, generation, weir_str_of(e->histogram), e->p->finite, e->all_ended, err);
	if (st != WEIR_OK)
		return st;
	weir_view_init(&copy);
	if ((st = weir_view_copy(&copy, view, err)) != WEIR_OK)
		return st;
	pthread_mutex_lock(&s->lock);
	weir_view_release(&s->in_force);
	s->in_force = copy;
	s->generation = generation;
	pthread_mutex_unlock(&s->lock);
	e->dirty = true;
	return WEIR_OK;
}

/* An answer that says why there is none: the picture of the view in force with the error on top. */
static void publish_error(struct engine *e, const struct weir_error *err, uint64_t generation)
{
	struct weir_result *r = weir_calloc(1, sizeof *r);

	if (!r)
		return;
	r->refs = 1;
	r->error = *err;
	r->view_generation = generation;
	r->moment_us = r->window_start_us = r->window_end_us = WEIR_TIME_NONE;
	weir_ledger_init(&r->ledger);
	publish(e, r);
	pthread_mutex_lock(&e->s->lock);
	if (e->s->generation < generation)
		e->s->generation = generation;
	pthread_mutex_unlock(&e->s->lock);
}

static bool columns_known(const struct engine *e)
{
	for (uint32_t i = 0; i < e->p->n_streams; i++)
		if (!e->p->schemas[i])
			return false;
	return true;
}

/* A new question: names are held against the columns known by now, so that a slip of the finger is told at once. */
static void answer(struct engine *e, const struct weir_view *view, uint64_t generation)
{
	struct weir_error err = {0};
	enum weir_status st = columns_known(e) ? weir_pipeline_check_names(e->p, view, &err) : WEIR_OK;

	e->guess_group = e->guess_measure = false;
	if (st == WEIR_OK)
		st = set_view(e, view, generation, &err);
	if (st == WEIR_OK) {
		e->wrong.code = WEIR_OK;
		e->unchecked = !columns_known(e);
	} else if (st != WEIR_CANCELLED) {
		publish_error(e, &err, generation);
	}
}

static void take_settings(struct engine *e)
{
	struct weir_mailbox *m = &e->s->mailbox;

	e->max_rows = m->max_rows;
	e->max_records = m->max_records;
	e->paused = m->paused;
	e->at_us = m->at_us;
	e->dirty = true;
	m->changed = false;
}

static void take_mail(struct engine *e)
{
	struct weir_session *s = e->s;
	struct weir_view view;
	uint64_t generation = 0;
	bool asked, histogram;

	if (!atomic_exchange(&s->mail, false))
		return;
	weir_view_init(&view);
	pthread_mutex_lock(&s->lock);
	e->f->interrupt(e->p->fabric, false);
	if (s->mailbox.changed)
		take_settings(e);
	asked = s->mailbox.asked;
	if (asked) {
		view = s->mailbox.view; /* moved */
		weir_view_init(&s->mailbox.view);
		generation = s->mailbox.generation;
		s->mailbox.asked = false;
	}
	histogram = s->mailbox.histogram_set;
	if (histogram) {
		free(e->histogram);
		e->histogram = s->mailbox.histogram;
		s->mailbox.histogram = NULL;
		s->mailbox.histogram_set = false;
		if (!asked && weir_view_copy(&view, &s->in_force, NULL) == WEIR_OK)
			generation = s->generation;
	}
	pthread_mutex_unlock(&s->lock);
	if (asked)
		answer(e, &view, generation);
	else if (generation)
		(void)!set_view(e, &view, generation, NULL);
	weir_view_release(&view);
	e->not_before_us = 0; /* who asked is waiting */
}

/* Fills group and measure in, once there are rows to see; again when more rows tell better. */
static void guess(struct engine *e, const struct weir_batch *kept)
{
	struct weir_session *s = e->s;
	struct weir_buf group = {0}, measure = {0};
	struct weir_view view;

	if (!(e->guess_group || e->guess_measure) || !kept || !kept->n_rows || !weir_guesser_add(&e->guesser, kept))
		return;
	weir_guesser_choose(&e->guesser, &group, &measure);
	weir_view_init(&view);
	int64_t wall = weir_clock_wall_us(e->p->clock);
	enum weir_status st = weir_view_copy(&view, &s->in_force, NULL); /* only this thread writes it */
	if (st == WEIR_OK && e->guess_group)
		st = weir_view_set(&view, WEIR_VIEW_GROUP, group.data, wall, NULL);
	if (st == WEIR_OK && e->guess_measure)
		st = weir_view_set(&view, WEIR_VIEW_MEASURE, measure.data, wall, NULL);
	const char *const *was = (const char *const *)s->in_force.text, *const *is = (const char *const *)view.text;
	bool differs = !weir_str_equal(weir_str_of(was[WEIR_VIEW_GROUP]), weir_str_of(is[WEIR_VIEW_GROUP])) ||
		       !weir_str_equal(weir_str_of(was[WEIR_VIEW_MEASURE]), weir_str_of(is[WEIR_VIEW_MEASURE]));
	if (st == WEIR_OK && differs)
		st = set_view(e, &view, s->generation, NULL);
	if (st == WEIR_OK && differs) {
		pthread_mutex_lock(&s->lock);
		snprintf(s->guessed, sizeof s->guessed, "%s%s%smeasure %s", e->guess_group && group.size ? "group " : "",
			 e->guess_group && group.size ? group.data : "", e->guess_group && group.size ? ", " : "",
			 is[WEIR_VIEW_MEASURE] ? is[WEIR_VIEW_MEASURE] : "count");
		pthread_mutex_unlock(&s->lock);
	}
	if (e->guesser.n_rows >= GUESS_ROWS)
		e->guess_group = e->guess_measure = false;
	weir_view_release(&view);
	weir_buf_release(&group);
	weir_buf_release(&measure);
}

static void append(struct engine *e, struct weir_batch *b)
{
	struct weir_session *s = e->s;
	const struct weir_batch *kept = NULL;
	struct weir_error err = {0};
	uint32_t stream = b->stream;
	uint64_t records = b->n_rows + weir_batch_malformed(b), bytes = b->bytes;
	bool learns = weir_pipeline_schema_changes(e->p, b);

	pthread_mutex_lock(&s->lock);
	if (learns)
		weir_pipeline_learn_schema(e->p, b);
	s->streams[stream].records += records;
	s->streams[stream].bytes += bytes;
	pthread_mutex_unlock(&s->lock);
	e->unchecked = e->unchecked || (learns && e->wrong.code != WEIR_OK);
	e->moving = true;
	if (weir_pipeline_append(e->p, b, &kept, &err) == WEIR_OK)
		guess(e, kept);
	else if (err.code != WEIR_CANCELLED)
		e->wrong = err;
	e->dirty = e->dirty || !e->paused;
}

/* Appends what waits, a batch of each stream in turn, for one slice of time. True: more waits. */
static bool drain(struct engine *e)
{
	int64_t end_us = now_us(e) + SLICE_US;
	uint32_t idle = 0, ended = 0;

	while (idle < e->p->n_streams) {
		bool over;
		struct weir_batch *b = weir_stream_take(&e->p->streams[e->next_stream], &over);

		e->next_stream = (e->next_stream + 1) % e->p->n_streams;
		ended = over ? ended + 1 : 0;
		idle = b ? 0 : idle + 1;
		if (!b)
			continue;
		append(e, b);
		if (e->s->mail || e->s->stop || now_us(e) >= end_us)
			return true;
	}
	if (ended >= e->p->n_streams && !e->all_ended) {
		e->all_ended = e->dirty = e->unchecked = true;
		weir_pipeline_set_lag(e->p);
		pthread_mutex_lock(&e->s->lock);
		e->s->ended = true;
		pthread_mutex_unlock(&e->s->lock);
	}
	return false;
}

/* The view that was given on the command line meets the columns for the first time. */
static void check_view(struct engine *e)
{
	if (!e->unchecked || !columns_known(e))
		return;
	e->unchecked = false;
	e->wrong.code = WEIR_OK;
	(void)!weir_pipeline_check_names(e->p, &e->s->in_force, &e->wrong);
}

static bool moves_by_itself(const struct engine *e, const struct weir_result *r)
{
	return e->p->live && !e->p->finite && !e->all_ended && e->s->in_force.window.kind == WEIR_WINDOW_SLIDING && r->ledger.in_window > 0;
}

static void make_result(struct engine *e)
{
	struct weir_result_request request = {
		.at_us = e->paused ? e->at_us : WEIR_TIME_NONE,
		.max_rows = e->max_rows,
		.max_records = e->max_records,
		.screen = true,
	};
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	int64_t begin = now_us(e);

	e->dirty = false;
	check_view(e);
	enum weir_status st = e->f->result(e->p->fabric, &request, &r, &err);
	int64_t end = now_us(e), cost = (end - begin) * COST_FACTOR;
	e->resulted_us = end;
	e->not_before_us = begin + (cost > FRAME_US ? cost : FRAME_US);
	if (st != WEIR_OK) {
		e->dirty = st == WEIR_CANCELLED;
		if (st != WEIR_CANCELLED)
			publish_error(e, &err, e->s->generation);
		return;
	}
	e->sliding_rows = moves_by_itself(e, r);
	if (e->wrong.code != WEIR_OK)
		r->error = e->wrong;
	publish(e, r);
}

/* How long to sleep; <0: until somebody signals. */
static int64_t sleep_us(const struct engine *e, int64_t now)
{
	int64_t until = INT64_MAX;

	if (e->dirty && e->not_before_us < until)
		until = e->not_before_us;
	if (e->moving && now + RATE_US < until)
		until = now + RATE_US;
	if (e->sliding_rows && !e->paused && e->resulted_us + SLIDE_US < until)
		until = e->resulted_us + SLIDE_US;
	return until == INT64_MAX ? -1 : until > now ? until - now : 0;
}

static void turn(struct engine *e)
{
	take_mail(e);
	bool more = drain(e);
	int64_t now = now_us(e);

	if (e->moving) {
		e->moving = weir_session_sample_rates(e->s, now) || more;
		if (!e->moving) /* the rates have come to rest: the screen should say so */
			weir_wake_signal(&e->s->screen);
	}
	if (now >= e->lag_us + LAG_US && e->moving) {
		weir_pipeline_set_lag(e->p);
		e->lag_us = now;
	}
	if (e->sliding_rows && !e->paused && now >= e->resulted_us + SLIDE_US)
		e->dirty = true;
	if (e->dirty && now >= e->not_before_us)
		make_result(e);
	if (!more && !e->s->mail && !e->s->stop) {
		int64_t wait = sleep_us(e, now_us(e));
		if (wait != 0)
			weir_wake_wait(&e->p->wake, wait);
	}
}

void *weir_engine_run(void *session)
{
	struct weir_session *s = session;
	struct engine e = {
		.s = s,
		.p = &s->pipeline,
		.f = s->pipeline.fabric->ops,
		.guess_group = !s->in_force.text[WEIR_VIEW_GROUP] && !s->in_force.text[WEIR_VIEW_MEASURE],
		.guess_measure = !s->in_force.text[WEIR_VIEW_MEASURE],
		.at_us = WEIR_TIME_NONE,
		.unchecked = true,
		.dirty = true,
	};

	pthread_mutex_lock(&s->lock);
	take_settings(&e);
	pthread_mutex_unlock(&s->lock);
	while (!s->stop)
		turn(&e);
	free(e.histogram);
	weir_guesser_release(&e.guesser);
	return NULL;
}
