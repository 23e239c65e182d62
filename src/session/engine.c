/* The engine thread: takes batches and questions, publishes results.
 *
 * Each turn: the mailbox and what answers it first (a question waits for one batch at most), then batches for one slice of
 * time, then a result when something changed and a picture is due. When nothing comes it sleeps; while a rate is still falling, or a
 * sliding window on the wall clock still holds rows, it looks again now and then. */
#include "engine.h"

#include <stdlib.h>

enum {
	FRAME_US = 16667,      /* at most 60 results a second */
	SLICE_US = 8000,       /* of appending, before the mailbox and the results get their turn */
	COST_FACTOR = 10,      /* a result that takes long is made less often: a tenth of the time at most, */
	BEHIND_FACTOR = 33,    /* three hundredths when the source has waited for us */
	BEHIND_US = 1000000,   /* for so long, */
	LONGEST_US = 200000,   /* but five times a second however long it takes */
	RATE_US = 250000,      /* between two looks at the rates */
	LAG_US = 250000,
	RESIDENT_US = 50000,   /* between two looks at what the process takes */
	SLIDE_US = 1000000,    /* a sliding window moves on without data */
};

static int64_t now_us(const struct weir_engine *e)
{
	return weir_clock_mono_us(e->p->clock);
}

static void append(struct weir_engine *e, struct weir_batch *b)
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
		weir_engine_guess(e, kept);
	else if (err.code != WEIR_CANCELLED)
		e->wrong = err;
	e->dirty = e->dirty || !e->paused;
}

/* Appends what waits, a batch of each stream in turn, for one slice of time. True: more waits. */
static bool drain(struct weir_engine *e)
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
		e->hurry = true; /* END must not stand beside less than all */
		weir_pipeline_set_lag(e->p);
		pthread_mutex_lock(&e->s->lock);
		e->s->ended = true;
		pthread_mutex_unlock(&e->s->lock);
	}
	return false;
}

static bool moves_by_itself(const struct weir_engine *e, const struct weir_result *r)
{
	return e->p->live && !e->p->finite && !e->all_ended && e->s->in_force.window.kind == WEIR_WINDOW_SLIDING && r->ledger.in_window > 0;
}

static bool is_behind(const struct weir_engine *e, int64_t now)
{
	return e->behind_us && now - e->behind_us > BEHIND_US;
}

static void make_result(struct weir_engine *e)
{
	struct weir_result_request request = {
		.at_us = e->paused ? e->at_us : WEIR_TIME_NONE,
		.max_rows = e->max_rows,
		.chart_buckets = e->n_buckets,
		.max_records = e->max_records,
		.screen = true,
	};
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	int64_t begin = now_us(e);

	e->dirty = e->hurry = false;
	weir_engine_check_view(e);
	enum weir_status st = e->f->result(e->p->fabric, &request, &r, &err);
	int64_t end = now_us(e), cost = (end - begin) * (is_behind(e, end) ? BEHIND_FACTOR : COST_FACTOR);
	e->resulted_us = end;
	e->not_before_us = begin + (cost < FRAME_US ? FRAME_US : cost > LONGEST_US ? LONGEST_US : cost);
	if (st != WEIR_OK) {
		e->dirty = st == WEIR_CANCELLED;
		if (st != WEIR_CANCELLED)
			weir_engine_publish_error(e, &err, e->s->generation);
		return;
	}
	e->sliding_rows = moves_by_itself(e, r);
	if (e->wrong.code != WEIR_OK)
		r->error = e->wrong;
	pthread_mutex_lock(&e->s->lock); /* first: who sees the result must not find it still waited for */
	e->s->shown_sizes = e->sizes;
	pthread_mutex_unlock(&e->s->lock);
	weir_engine_publish(e, r);
}

static int64_t next_result_us(const struct weir_engine *e)
{
	int64_t due = e->s->due_us;

	return e->hurry ? 0 : due > e->not_before_us ? due : e->not_before_us;
}

/* How long to sleep; <0: until somebody signals. */
static int64_t sleep_us(const struct weir_engine *e, int64_t now)
{
	int64_t until = INT64_MAX;

	if (e->dirty)
		until = next_result_us(e);
	if (e->moving && now + RATE_US < until)
		until = now + RATE_US;
	if (!e->dirty && e->sliding_rows && !e->paused && e->resulted_us + SLIDE_US < until)
		until = e->resulted_us + SLIDE_US;
	return until == INT64_MAX ? -1 : until > now ? until - now : 0;
}

static void turn(struct weir_engine *e)
{
	weir_engine_take_mail(e);
	if (e->hurry && e->dirty) /* who asked does not wait for rows that came since */
		make_result(e);
	weir_engine_answered(e);
	bool more = drain(e);
	int64_t now = now_us(e);

	e->behind_us = !more ? 0 : e->behind_us ? e->behind_us : now;
	if (e->moving) {
		e->moving = weir_session_sample_rates(e->s, now) || more;
		if (!e->moving) /* the rates have come to rest: the screen should say so */
			weir_wake_signal(&e->s->screen);
	}
	if (now >= e->resident_us + RESIDENT_US && e->moving) {
		weir_resident_charge(&e->resident, &e->p->budget);
		e->resident_us = now;
	}
	if (now >= e->lag_us + LAG_US && e->moving) {
		weir_pipeline_set_lag(e->p);
		e->lag_us = now;
		if (e->paused) /* no results come, but the backlog grows */
			weir_wake_signal(&e->s->screen);
	}
	if (e->sliding_rows && !e->paused && now >= e->resulted_us + SLIDE_US)
		e->dirty = true;
	if (e->dirty && now >= next_result_us(e))
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
	struct weir_engine e = {
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
	weir_engine_take_settings(&e);
	pthread_mutex_unlock(&s->lock);
	while (!s->stop)
		turn(&e);
	weir_resident_release(&e.resident, &e.p->budget);
	weir_guesser_release(&e.guesser);
	return NULL;
}
