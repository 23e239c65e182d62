/* The engine thread: takes batches and questions, publishes results.
 *
 * Each turn: the mailbox and what answers it first (a question waits for one batch at most), then batches for one slice of
 * time, then a result when something changed and a picture is due. When nothing comes it sleeps; while a rate is still falling, or a
 * sliding window on the wall clock still holds rows, it looks again now and then. */
#include "engine.h"

#include <stdlib.h>

enum {
	FRAME_US = 16667,    /* at most 60 results a second */
	SLICE_US = 8000,     /* of appending, before the mailbox and the results get their turn */
	COST_FACTOR = 10,    /* a result that takes long is made less often: a tenth of the time at most, */
	BEHIND_FACTOR = 33,  /* three hundredths when the source has waited for us */
	BEHIND_US = 1000000, /* for so long, */
	LONGEST_US = 200000, /* but five times a second however long it takes */
	RATE_US = 250000,    /* between two looks at the rates */
	MEMORY_US = 10000,   /* before a result is tried again that found no memory */
	LAG_US = 250000,
	RESIDENT_US = 5000, /* between two looks at what the process takes */
	SLIDE_US = 1000000, /* a sliding window moves on without data */
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
		e->failed = err;
	e->dirty = e->dirty || !e->paused;
}

static void publish_strip(struct weir_engine *e)
{
	struct weir_strip strip;

	if (!e->p->ops->strip)
		return;
	e->p->ops->strip(e->p->fabric, e->wanted.strip_buckets, &strip);
	pthread_mutex_lock(&e->s->lock);
	e->s->strip = strip;
	pthread_mutex_unlock(&e->s->lock);
}

/* Nothing more will come. The strip must hold all rows before this is published, for a loop takes its speed from it. */
static void end(struct weir_engine *e)
{
	if (e->all_ended)
		return;
	e->all_ended = e->dirty = e->unchecked = true;
	e->at_once = true; /* END must not stand beside less than all */
	weir_pipeline_end_landings(e->p, false, true);
	weir_pipeline_set_lag(e->p);
	publish_strip(e);
	pthread_mutex_lock(&e->s->lock);
	e->s->ended = true;
	pthread_mutex_unlock(&e->s->lock);
}

static void publish_status(struct weir_engine *e)
{
	struct weir_fabric_status status;

	if (!e->p->ops->describe)
		return;
	e->p->ops->describe(e->p->fabric, &status);
	pthread_mutex_lock(&e->s->lock);
	e->s->fabric = status;
	pthread_mutex_unlock(&e->s->lock);
}

/* The sample is whole: the question that was asked, or guessed of it, is put to the fabric. */
static void begin(struct weir_engine *e)
{
	struct weir_error err = {0};

	e->guess_group = e->guess_measure = false;
	e->dirty = true;
	if (weir_pipeline_begin(e->p, &err) != WEIR_OK) {
		e->failed = err;
		weir_engine_publish_error(e, &err, e->s->generation);
	}
	publish_status(e);
}

/* Appends what waits, a batch of each stream in turn, for one slice of time. True: more waits. */
static bool drain(struct weir_engine *e)
{
	int64_t end_us = now_us(e) + SLICE_US;
	uint32_t idle = 0, ended = 0;

	while (idle < e->p->n_streams) {
		bool over;
		struct weir_batch *b = NULL;

		if (weir_pipeline_must_wait(e->p, e->next_stream))
			over = false;
		else
			b = weir_stream_take(&e->p->streams[e->next_stream], &over);

		e->next_stream = (e->next_stream + 1) % e->p->n_streams;
		ended = over ? ended + 1 : 0;
		idle = b ? 0 : idle + 1;
		if (!b)
			continue;
		append(e, b);
		if (e->s->mail || e->s->stop || now_us(e) >= end_us)
			return true;
	}
	if (ended >= e->p->n_streams && weir_pipeline_samples(e->p))
		begin(e);
	else if (ended >= e->p->n_streams && !weir_fabric_reads_elsewhere(e->p->ops))
		end(e);
	return false;
}

/* A fabric that brings results: whether it has a newer one. */
static void look(struct weir_engine *e)
{
	bool ended = false;

	if (e->p->ops->newer(e->p->fabric, &ended)) {
		e->dirty = e->dirty || !e->paused;
		e->moving = true;
		publish_status(e);
	}
	for (uint32_t i = 0; ended && i < e->p->n_streams; i++)
		weir_stream_end(&e->p->streams[i]);
	if (ended)
		end(e);
}

/* What was read elsewhere is known by the results only. */
static void count_read(struct weir_engine *e, const struct weir_result *r)
{
	pthread_mutex_lock(&e->s->lock);
	for (uint32_t i = 0; i < r->n_streams && i < e->p->n_streams; i++) {
		e->s->streams[i].records = r->streams[i].received;
		e->s->streams[i].bytes = r->streams[i].bytes;
	}
	pthread_mutex_unlock(&e->s->lock);
}

static bool moves_by_itself(const struct weir_engine *e, const struct weir_result *r)
{
	return !weir_fabric_reads_elsewhere(e->p->ops) && e->p->live && !e->p->finite && !e->all_ended &&
	       e->s->in_force.window.kind == WEIR_WINDOW_SLIDING && r->ledger.in_window > 0;
}

static bool is_behind(const struct weir_engine *e, int64_t now)
{
	return e->behind_us && now - e->behind_us > BEHIND_US;
}

/* Once more what there was no memory to say. The picture that was due follows it: at once, or when a refusal has stood. */
static void say_unsaid(struct weir_engine *e, int64_t now)
{
	const struct weir_error err = e->unsaid;
	bool refusal = e->unsaid_generation > e->s->generation;

	if (refusal)
		weir_engine_refuse(e, &err, e->unsaid_generation);
	else
		weir_engine_publish_error(e, &err, e->unsaid_generation);
	if (!refusal || e->unsaid.code != WEIR_OK)
		e->not_before_us = now + MEMORY_US;
	e->at_once = false;
	e->dirty = true;
}

static void read_again(void *pipeline, const struct weir_record_full *record, struct weir_record_again *out)
{
	struct weir_pipeline *p = pipeline;
	weir_stream_read_again(p->streams + record->place.stream, record, out);
}

/* The record that is open has its bytes now. */
static void look_for_read_again(struct weir_engine *e)
{
	for (uint32_t i = 0; i < e->p->n_streams; i++)
		if (weir_stream_has_read_again(&e->p->streams[i]))
			e->dirty = e->at_once = true;
}

static void make_result(struct weir_engine *e)
{
	struct weir_result_request request = {
	    .at_us = e->paused ? e->at_us : WEIR_TIME_NONE,
	    .max_rows = e->wanted.max_rows,
	    .seen_from = e->wanted.seen_from,
	    .seen_rows = e->wanted.seen_rows,
	    .chart_buckets = e->wanted.n_buckets,
	    .extras = e->wanted.extras,
	    .records = e->wanted.records,
	    .left_out = e->wanted.left_out,
	    .pivot = e->wanted.pivot,
	};
	struct weir_result *r = NULL;
	struct weir_error err = {0};
	int64_t begin = now_us(e);
	request.records.read_again = read_again;
	request.records.read_again_ctx = e->p;

	if (e->unsaid.code != WEIR_OK) {
		say_unsaid(e, begin);
		return;
	}
	e->dirty = e->at_once = false;
	weir_engine_check_view(e);
	enum weir_status st = e->p->ops->result(e->p->fabric, &request, &r, &err);
	int64_t end = now_us(e), cost = (end - begin) * (is_behind(e, end) ? BEHIND_FACTOR : COST_FACTOR);
	e->resulted_us = end;
	e->not_before_us = begin + (cost < FRAME_US ? FRAME_US : cost > LONGEST_US ? LONGEST_US : cost);
	if (st != WEIR_OK) {
		e->dirty = e->dirty || st == WEIR_CANCELLED || st == WEIR_NO_MEMORY;
		if (st == WEIR_NO_MEMORY) /* there may be some again */
			e->not_before_us = end + MEMORY_US;
		if (st != WEIR_CANCELLED && st != WEIR_AGAIN)
			weir_engine_publish_error(e, &err, e->s->generation);
		return;
	}
	e->sliding_rows = moves_by_itself(e, r);
	e->dirty = e->dirty || r->more;
	if (r->more && !is_behind(e, end)) /* it took long because there was so much to do: on with it */
		e->not_before_us = end + FRAME_US;
	if (weir_fabric_reads_elsewhere(e->p->ops))
		count_read(e, r);
	if (e->wrong.code != WEIR_OK)
		r->error = e->wrong;
	else if (e->failed.code != WEIR_OK)
		r->error = e->failed;
	publish_strip(e);
	pthread_mutex_lock(&e->s->lock); /* first: who sees the result must not find it still waited for */
	e->s->shown_sizes = e->sizes;
	pthread_mutex_unlock(&e->s->lock);
	weir_engine_publish(e, r);
}

static int64_t next_result_us(const struct weir_engine *e)
{
	int64_t due = e->s->due_us;

	return e->at_once ? 0 : due > e->not_before_us ? due : e->not_before_us;
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
	if (weir_pipeline_samples(e->p) && now + RATE_US < until)
		until = now + RATE_US;
	return until == INT64_MAX ? -1 : until > now ? until - now : 0;
}

/* The screen shows how far the landings are, also when nothing else changes any more. */
static void tell_landed(struct weir_engine *e)
{
	struct weir_landing_status all[WEIR_MAX_LANDINGS];
	uint64_t landed = 0;

	for (uint32_t i = weir_landings_describe(&e->p->landings, all); i-- > 0;)
		landed += all[i].landed + all[i].refused + all[i].files + all[i].done + ((uint64_t)all[i].state << 48) +
			  ((uint64_t)all[i].next_try_s << 50);
	if (landed != e->landed)
		weir_wake_signal(&e->s->screen);
	e->landed = landed;
}

static void turn(struct weir_engine *e)
{
	weir_engine_take_mail(e);
	look_for_read_again(e);
	if (e->at_once && e->dirty) /* who asked does not wait for rows that came since */
		make_result(e);
	weir_engine_answered(e);
	bool more = e->p->ops->takes_batches && !e->p->sampling.begun && drain(e);
	if (e->p->ops->newer && (!e->p->ops->takes_batches || e->p->sampling.begun))
		look(e);
	weir_pipeline_look_at_sample(e->p);
	if (!more)
		tell_landed(e);
	int64_t now = now_us(e);

	e->behind_us = !more ? 0 : e->behind_us ? e->behind_us : now;
	if (e->moving) {
		e->moving = weir_session_sample_rates(e->s, now) || more;
		if (!e->moving) /* the rates have come to rest: the screen should say so */
			weir_wake_signal(&e->s->screen);
	}
	if (now >= e->resident_us + RESIDENT_US && e->moving) {
		weir_process_memory_charge(&e->process, &e->p->budget);
		e->resident_us = now;
	}
	if (now >= e->lag_us + LAG_US && e->moving) {
		weir_pipeline_set_lag(e->p);
		e->lag_us = now;
		if (e->paused) { /* no results come, but the backlog grows */
			publish_strip(e);
			weir_wake_signal(&e->s->screen);
		}
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
	weir_process_memory_release(&e.process, &e.p->budget);
	weir_first_question_release(&e.first);
	free(e.last_sort);
	return NULL;
}
