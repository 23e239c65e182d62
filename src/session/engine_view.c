/* The engine's questions: from the mailbox, from a guess, and their errors. */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	GUESS_ROWS = 500, /* the question that was guessed is final after so many rows */
	HOLD_US = 25000,  /* no longer: what answers slowly must not keep the data */
	PAINT_US = 3000,  /* that screen and terminal need for the answer */
};

void weir_engine_publish(struct weir_engine *e, struct weir_result *r)
{
	weir_result_unref(atomic_exchange(&e->s->slot, r));
	weir_wake_signal(&e->s->screen);
}

/* Puts a view in force. Cancelled: a newer question waits, and this one is void. */
static enum weir_status set_view(struct weir_engine *e, const struct weir_view *view, uint64_t generation, struct weir_error *err)
{
	struct weir_session *s = e->s;
	struct weir_view copy;

	enum weir_status st = e->f->set_view(e->p->fabric, view, generation, e->p->finite, e->all_ended, err);
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

void weir_engine_publish_error(struct weir_engine *e, const struct weir_error *err, uint64_t generation)
{
	struct weir_result *r = weir_calloc(1, sizeof *r);

	if (!r)
		return;
	r->refs = 1;
	r->error = *err;
	r->view_generation = generation;
	r->moment_us = r->window_start_us = r->window_end_us = r->held_from_us = WEIR_TIME_NONE;
	weir_ledger_init(&r->ledger);
	pthread_mutex_lock(&e->s->lock); /* first: who sees the result must not find its question still open */
	if (e->s->generation < generation)
		e->s->generation = generation;
	e->s->shown_sizes = e->sizes;
	pthread_mutex_unlock(&e->s->lock);
	weir_engine_publish(e, r);
}

static bool columns_known(const struct weir_engine *e)
{
	for (uint32_t i = 0; i < e->p->n_streams; i++)
		if (!e->p->schemas[i])
			return false;
	return true;
}

/* A question from the keyboard comes before what arrives: the sources wait, for a moment, while it is answered and
 * drawn. */
static void hold(struct weir_engine *e, int64_t until_us)
{
	e->hold_until_us = until_us;
	for (uint32_t i = 0; i < e->p->n_streams; i++)
		weir_stream_hold(&e->p->streams[i], until_us);
}

void weir_engine_answered(struct weir_engine *e)
{
	int64_t drawn_us = weir_clock_mono_us(e->p->clock) + PAINT_US;

	if (e->hold_until_us)
		hold(e, drawn_us < e->hold_until_us ? drawn_us : e->hold_until_us);
	e->hold_until_us = 0;
}

/* A new question: names are held against the columns known by now, so that a slip of the finger is told at once. */
static void answer(struct weir_engine *e, const struct weir_view *view, uint64_t generation)
{
	struct weir_error err = {0};
	enum weir_status st = columns_known(e) ? weir_pipeline_check_names(e->p, view, &err) : WEIR_OK;

	e->guess_group = e->guess_measure = false;
	hold(e, weir_clock_mono_us(e->p->clock) + HOLD_US);
	if (st == WEIR_OK)
		st = set_view(e, view, generation, &err);
	if (st == WEIR_OK) {
		e->wrong.code = WEIR_OK;
		e->unchecked = !columns_known(e);
	} else if (st != WEIR_CANCELLED) {
		weir_engine_publish_error(e, &err, generation);
	}
}

void weir_engine_take_settings(struct weir_engine *e)
{
	struct weir_mailbox *m = &e->s->mailbox;

	e->n_buckets = m->n_buckets;
	e->max_rows = m->max_rows;
	e->max_records = m->max_records;
	e->sizes = m->sizes;
	e->paused = m->paused;
	e->at_us = m->at_us;
	e->dirty = true;
	m->changed = false;
}

void weir_engine_take_mail(struct weir_engine *e)
{
	struct weir_session *s = e->s;
	struct weir_view view;
	uint64_t generation = 0;
	bool asked;

	if (!atomic_exchange(&s->mail, false))
		return;
	weir_view_init(&view);
	pthread_mutex_lock(&s->lock);
	e->f->interrupt(e->p->fabric, false);
	if (s->mailbox.changed)
		weir_engine_take_settings(e);
	asked = s->mailbox.asked;
	if (asked) {
		view = s->mailbox.view; /* moved */
		weir_view_init(&s->mailbox.view);
		generation = s->mailbox.generation;
		s->mailbox.asked = false;
	}
	pthread_mutex_unlock(&s->lock);
	if (asked)
		answer(e, &view, generation);
	weir_view_release(&view);
	e->hurry = true; /* who asked is waiting */
}

void weir_engine_guess(struct weir_engine *e, const struct weir_batch *kept)
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

void weir_engine_check_view(struct weir_engine *e)
{
	if (!e->unchecked || !columns_known(e))
		return;
	e->unchecked = false;
	e->wrong.code = WEIR_OK;
	(void)!weir_pipeline_check_names(e->p, &e->s->in_force, &e->wrong);
}
