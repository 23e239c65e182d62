/* Studies of a session. Each kind has a seat with a thread of its own, started when the first one is asked for:
 *
 *     screen ── asked (lock) ──▶ engine, for the rows ── ready (lock) ──▶ seat ── answer (lock), wake ──▶ screen
 *
 * The engine only takes a snapshot, so rows go on coming in while a study runs. */
#include "engine.h"

#include <stdlib.h>

enum {
	TELL_US = 100000,     /* between two looks of the screen at how far a study is */
	REST_US = 500,        /* between two looks at whether a question is answered */
	MOST_REST_US = 25000, /* at a time: behind a question that takes long, a study goes on slowly */
};

static void advanced(void *ctx)
{
	struct weir_study_seat *seat = ctx;
	int64_t now = weir_clock_mono_us(seat->session->pipeline.clock);

	if (now - seat->told_us < TELL_US)
		return;
	seat->told_us = now;
	weir_wake_signal(&seat->session->screen);
}

/* What was asked last is drawn first. */
static void rest(void *ctx)
{
	const struct weir_study_seat *seat = ctx;
	const struct weir_clock *clock = seat->session->pipeline.clock;

	for (int64_t us = 0; us < MOST_REST_US && seat->session->answering && !seat->cancel; us += REST_US)
		clock->sleep_us(clock->ctx, REST_US);
}

/* The lock is held. */
static void keep_answer(struct weir_study_seat *seat, struct weir_study_answer *answer)
{
	answer->number = seat->run_number;
	weir_study_answer_unref(seat->answer);
	seat->answer = answer;
}

static void offered(void *ctx, struct weir_study_answer *part)
{
	struct weir_study_seat *seat = ctx;
	struct weir_session *s = seat->session;

	pthread_mutex_lock(&s->lock);
	if (seat->run_number == seat->number)
		keep_answer(seat, part);
	else
		weir_study_answer_unref(part);
	pthread_mutex_unlock(&s->lock);
	weir_wake_signal(&s->screen);
}

static void run(struct weir_study_seat *seat, struct weir_study *study, struct weir_study_rows *rows)
{
	struct weir_session *s = seat->session;
	struct weir_error err = {0};
	struct weir_study_answer *answer = NULL;
	const struct weir_study_host host = {
	    .threads = weir_cpu_count(),
	    .cancel = &seat->cancel,
	    .progress = &seat->progress,
	    .advanced = advanced,
	    .rest = rest,
	    .offered = offered,
	    .ctx = seat,
	};

	enum weir_status st = weir_study_run(study, rows, &host, &answer, &err);
	weir_study_rows_unref(rows);
	weir_study_free(study);
	pthread_mutex_lock(&s->lock);
	if (seat->run_number != seat->number) {
		weir_study_answer_unref(answer);
	} else {
		if (st == WEIR_OK)
			keep_answer(seat, answer);
		seat->error = err;
		seat->error.code = st;
		seat->running = false;
	}
	pthread_mutex_unlock(&s->lock);
	weir_wake_signal(&s->screen);
}

static void *sit(void *arg)
{
	struct weir_study_seat *seat = arg;
	struct weir_session *s = seat->session;

	weir_thread_give_way(); /* to questions and to what arrives */
	for (;;) {
		pthread_mutex_lock(&s->lock);
		while (!seat->ready && !s->stop)
			pthread_cond_wait(&seat->come, &s->lock);
		struct weir_study *study = seat->ready;
		struct weir_study_rows *rows = seat->rows;
		seat->ready = NULL;
		seat->rows = NULL;
		seat->run_number = seat->ready_number;
		seat->cancel = s->stop || seat->run_number != seat->number;
		seat->told_us = weir_clock_mono_us(s->pipeline.clock);
		pthread_mutex_unlock(&s->lock);
		if (!study)
			return NULL;
		run(seat, study, rows);
	}
}

/* The seat of that kind; else the first that is free, NULL where none is. The lock is held. */
static struct weir_study_seat *seat_of(struct weir_session *s, const struct weir_study_ops *kind, bool take)
{
	for (uint32_t i = 0; i < WEIR_STUDY_SEATS; i++) {
		struct weir_study_seat *seat = &s->seats[i];
		if (seat->kind == kind)
			return seat;
		if (seat->kind)
			continue;
		if (!take || (!seat->made && pthread_cond_init(&seat->come, NULL) != 0))
			return NULL;
		seat->made = true;
		seat->session = s;
		seat->started = seat->started || weir_thread_start(&seat->thread, sit, seat) == 0;
		if (!seat->started)
			return NULL;
		seat->kind = kind;
		return seat;
	}
	return NULL;
}

/* What waits is not wanted any more, nor what runs. The lock is held. */
static void give_up(struct weir_study_seat *seat)
{
	weir_study_free(seat->asked);
	weir_study_free(seat->ready);
	weir_study_rows_unref(seat->rows);
	seat->asked = seat->ready = NULL;
	seat->rows = NULL;
	seat->number = 0;
	seat->running = false;
	seat->cancel = true;
	seat->error = (struct weir_error){0};
}

uint64_t weir_session_study(struct weir_session *s, struct weir_study *study, struct weir_error *err)
{
	uint64_t number = 0;

	pthread_mutex_lock(&s->lock);
	struct weir_study_seat *seat = seat_of(s, study->ops, true);
	if (seat) {
		give_up(seat);
		seat->asked = study;
		number = seat->number = ++s->n_studies;
		seat->running = true;
		seat->since_us = weir_clock_mono_us(s->pipeline.clock);
		seat->progress.done_rows = seat->progress.rows = 0;
	}
	pthread_mutex_unlock(&s->lock);
	if (!seat) {
		weir_fail(err, WEIR_NO_MEMORY, study->ops->name, "could not start a thread");
		weir_study_free(study);
		return 0;
	}
	s->mail = true;
	weir_wake_signal(&s->pipeline.wake);
	return number;
}

void weir_session_study_stop(struct weir_session *s, const struct weir_study_ops *kind)
{
	pthread_mutex_lock(&s->lock);
	struct weir_study_seat *seat = seat_of(s, kind, false);
	if (seat) {
		give_up(seat);
		weir_study_answer_unref(seat->answer);
		seat->answer = NULL;
	}
	pthread_mutex_unlock(&s->lock);
}

void weir_session_studied(struct weir_session *s, const struct weir_study_ops *kind, struct weir_studied *out)
{
	*out = (struct weir_studied){0};
	pthread_mutex_lock(&s->lock);
	const struct weir_study_seat *seat = seat_of(s, kind, false);
	if (seat) {
		out->number = seat->number;
		out->running = seat->running;
		out->since_us = seat->since_us;
		out->done_rows = seat->progress.done_rows;
		out->rows = seat->progress.rows;
		out->error = seat->error;
		out->answer = seat->answer ? weir_study_answer_ref(seat->answer) : NULL;
	}
	pthread_mutex_unlock(&s->lock);
}

static enum weir_status rows_held(struct weir_engine *e, struct weir_study_rows **out, struct weir_error *err)
{
	const struct weir_fabric_ops *ops = e->p->ops;

	if (!ops->held)
		return weir_fail(err, WEIR_UNSUPPORTED, "rows", "weir holds no rows here: %s reads them elsewhere",
				 ops->name);
	return ops->held(e->p->fabric, e->paused ? e->at_us : WEIR_TIME_NONE, out, err);
}

/* The lock is held; rows NULL: there are none, and `why` says so. */
static void hand_over(struct weir_study_seat *seat, struct weir_study_rows *rows, const struct weir_error *why)
{
	if (!rows) {
		weir_study_free(seat->asked);
		seat->running = false;
		seat->error = *why;
	} else {
		seat->ready = seat->asked;
		seat->rows = weir_study_rows_ref(rows);
		seat->ready_number = seat->number;
		pthread_cond_signal(&seat->come);
	}
	seat->asked = NULL;
}

/* A question or a pause that still waits came before the studies beside it, which are about its rows. The lock is held. */
static bool question_waits(const struct weir_session *s)
{
	return s->mailbox.asked || s->mailbox.changed;
}

void weir_engine_give_rows(struct weir_engine *e)
{
	struct weir_session *s = e->s;
	struct weir_study_rows *rows = NULL;
	struct weir_error why = {0};
	bool any = false;

	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < WEIR_STUDY_SEATS; i++)
		any = any || s->seats[i].asked;
	any = any && !question_waits(s);
	pthread_mutex_unlock(&s->lock);
	if (!any)
		return;
	(void)!rows_held(e, &rows, &why);
	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < WEIR_STUDY_SEATS && !question_waits(s); i++)
		if (s->seats[i].asked)
			hand_over(&s->seats[i], rows, &why);
	pthread_mutex_unlock(&s->lock);
	weir_study_rows_unref(rows);
	if (!rows)
		weir_wake_signal(&s->screen);
}

void weir_session_end_studies(struct weir_session *s)
{
	for (uint32_t i = 0; i < WEIR_STUDY_SEATS; i++) {
		struct weir_study_seat *seat = &s->seats[i];
		if (seat->started) {
			pthread_mutex_lock(&s->lock);
			give_up(seat);
			pthread_cond_signal(&seat->come);
			pthread_mutex_unlock(&s->lock);
			pthread_join(seat->thread, NULL);
		}
		weir_study_answer_unref(seat->answer);
		if (seat->made)
			pthread_cond_destroy(&seat->come);
	}
}
