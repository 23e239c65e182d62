/* The engine's questions: from the mailbox, from a guess, and their errors. */
#include "engine.h"

#include "weir/query/result_builder.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	GUESS_ROWS = 500,     /* the question that was guessed is final after so many rows */
	GUESS_US = 2000000,   /* and after so long, where there are streams without any */
	HOLD_US = 25000,      /* no longer: what answers slowly must not keep the data */
	REFUSAL_US = 2000000, /* that a refusal stands before the old picture comes back */
	PAINT_US = 3000,      /* that screen and terminal need for the answer */
};

void weir_engine_publish(struct weir_engine *e, struct weir_result *r)
{
	weir_result_unref(atomic_exchange(&e->s->slot, r));
	weir_wake_signal(&e->s->screen);
}

/* Puts a view in force. Cancelled: a newer question waits, and this one is void. */
static enum weir_status set_view(struct weir_engine *e, const struct weir_view *view, uint64_t generation,
				 bool names_known, struct weir_error *err)
{
	struct weir_session *s = e->s;
	struct weir_view copy;
	const struct weir_question question = {
	    .view = view, .generation = generation, .names_known = names_known, .ended = e->all_ended};

	weir_view_init(&copy);
	enum weir_status st = weir_view_copy(&copy, view, err);
	if (st == WEIR_OK)
		st = e->p->ops->set_view(e->p->fabric, &question, err);
	if (st != WEIR_OK) {
		weir_view_release(&copy);
		return st;
	}
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
	struct weir_result *r = weir_result_new(generation);

	if (!r) { /* said when there is memory for it */
		e->unsaid = *err;
		e->unsaid_generation = generation;
		e->dirty = true;
		return;
	}
	e->unsaid.code = WEIR_OK;
	r->error = *err;
	pthread_mutex_lock(&e->s->lock); /* first: who sees the result must not find its question still open */
	if (e->s->generation < generation)
		e->s->generation = generation;
	e->s->shown_sizes = e->sizes;
	pthread_mutex_unlock(&e->s->lock);
	weir_engine_publish(e, r);
}

void weir_engine_refuse(struct weir_engine *e, const struct weir_error *err, uint64_t generation)
{
	weir_engine_publish_error(e, err, generation);
	e->at_once = e->unsaid.code != WEIR_OK; /* a result of the old question would wipe it away */
	e->not_before_us = weir_clock_mono_us(e->p->clock) + (e->at_once ? 0 : REFUSAL_US);
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

	if (!e->s->mail)
		e->s->answering = false;
	if (e->hold_until_us)
		hold(e, drawn_us < e->hold_until_us ? drawn_us : e->hold_until_us);
	e->hold_until_us = 0;
}

/* Another group or measure, and the sort still names the old one: nobody asked for that. */
static bool sort_is_left_over(const struct weir_engine *e, const struct weir_view *view, const struct weir_error *err)
{
	const struct weir_view *was = &e->s->in_force; /* only this thread writes it */
	bool about_sort = strcmp(err->origin, "sort") == 0 || strcmp(err->origin, "--sort") == 0;
	const char *old = was->text[WEIR_VIEW_SORT], *now = view->text[WEIR_VIEW_SORT];

	return about_sort && now &&
	       ((old && strcmp(old, now) == 0) || (e->last_sort && strcmp(e->last_sort, now) == 0));
}

/* The sort that was asked for last, followed or not: who only tries other groups comes back to it. Without memory it is not known. */
static void remember_sort(struct weir_engine *e, const struct weir_view *view)
{
	const char *sort = view->text[WEIR_VIEW_SORT];

	free(e->last_sort);
	e->last_sort = sort ? weir_str_dup(weir_str_of(sort)) : NULL;
}

static void say_sort(struct weir_engine *e, const struct weir_view *view, uint64_t generation)
{
	pthread_mutex_lock(&e->s->lock);
	snprintf(e->s->said, sizeof e->s->said, "sorted by the first measure: %.120s is gone",
		 view->text[WEIR_VIEW_SORT]);
	e->s->said_generation = generation;
	pthread_mutex_unlock(&e->s->lock);
}

/* A new question: names are checked against the columns known so far, so that a typing error is reported at once. */
static void answer(struct weir_engine *e, const struct weir_view *view, uint64_t generation)
{
	struct weir_error err = {0};
	struct weir_view followed;
	bool known = columns_known(e);

	weir_view_init(&followed);
	e->guess_group = e->guess_measure = false;
	hold(e, weir_clock_mono_us(e->p->clock) + HOLD_US);
	enum weir_status st = set_view(e, view, generation, known, &err);
	if (st == WEIR_EXPRESSION && known && sort_is_left_over(e, view, &err)) {
		st = weir_view_copy(&followed, view, &err);
		if (st == WEIR_OK)
			st = weir_view_set(&followed, WEIR_VIEW_SORT, NULL, 0, &err);
		if (st == WEIR_OK)
			st = set_view(e, &followed, generation, known, &err);
		if (st == WEIR_OK)
			say_sort(e, view, generation);
		view = &followed;
	}
	if (st == WEIR_OK) {
		weir_pipeline_keep_raw(e->p, view);
		e->wrong.code = e->failed.code = e->unsaid.code = WEIR_OK; /* they were about the question before */
		e->unchecked = !known;
	} else if (st != WEIR_CANCELLED) {
		weir_engine_refuse(e, &err, generation);
	}
	weir_view_release(&followed);
}

void weir_engine_take_settings(struct weir_engine *e)
{
	struct weir_mailbox *m = &e->s->mailbox;

	e->wanted = m->wanted;
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
	bool asked, changed;

	if (!atomic_exchange(&s->mail, false))
		return;
	weir_view_init(&view);
	pthread_mutex_lock(&s->lock);
	e->p->ops->interrupt(e->p->fabric, false);
	changed = s->mailbox.changed;
	if (changed)
		weir_engine_take_settings(e);
	asked = s->mailbox.asked;
	enum weir_order order = s->mailbox.order;
	enum weir_output how = s->mailbox.how;
	s->mailbox.order = WEIR_ORDER_NONE;
	char *errors = s->mailbox.errors;
	s->mailbox.errors = NULL;
	if (asked) {
		view = s->mailbox.view; /* moved */
		weir_view_init(&s->mailbox.view);
		generation = s->mailbox.generation;
		s->mailbox.asked = false;
	}
	pthread_mutex_unlock(&s->lock);
	if (errors && e->p->ops->set_errors)
		e->p->ops->set_errors(e->p->fabric, errors);
	free(errors);
	if (asked || changed) /* who asked is waiting */
		e->at_once = true;
	if (asked) {
		answer(e, &view, generation);
		remember_sort(e, &view);
	}
	weir_view_release(&view);
	if (order != WEIR_ORDER_NONE)
		weir_engine_deliver(e, order, how);
	weir_engine_give_rows(e);
}

static void say_guess(struct weir_engine *e, const char *group, const char *measure)
{
	struct weir_session *s = e->s;

	snprintf(s->guessed_group, sizeof s->guessed_group, "%s", e->guess_group && group ? group : "");
	snprintf(s->guessed_measure, sizeof s->guessed_measure, "%s", e->guess_measure ? measure : "");
}

/* Rows of every stream were seen; one that has none is not waited for as long as somebody looks at the picture. */
static bool enough_for_guess(struct weir_engine *e)
{
	int64_t now = weir_clock_mono_us(e->p->clock);
	uint64_t all = e->p->n_streams < 64 ? (UINT64_C(1) << e->p->n_streams) - 1 : UINT64_MAX;

	if (!e->guess_until_us)
		e->guess_until_us = now + GUESS_US;
	return e->first.n_rows >= GUESS_ROWS && (e->first.streams == all || now >= e->guess_until_us);
}

void weir_engine_guess(struct weir_engine *e, const struct weir_batch *kept)
{
	struct weir_session *s = e->s;
	struct weir_buf group = {0}, measure = {0};
	struct weir_view view;

	if (!(e->guess_group || e->guess_measure) || !kept || !kept->n_rows ||
	    !weir_first_question_add(&e->first, kept))
		return;
	weir_first_question_choose(&e->first, &group, &measure);
	weir_view_init(&view);
	int64_t wall = weir_clock_wall_us(e->p->clock);
	enum weir_status st = weir_view_copy(&view, &s->in_force, NULL); /* only this thread writes it */
	if (group.failed || measure.failed)
		st = WEIR_NO_MEMORY; /* half a guess is none */
	if (st == WEIR_OK && e->guess_group)
		st = weir_view_set(&view, WEIR_VIEW_GROUP, group.data, wall, NULL);
	if (st == WEIR_OK && e->guess_measure)
		st = weir_view_set(&view, WEIR_VIEW_MEASURE, measure.data, wall, NULL);
	const char *const *was = (const char *const *)s->in_force.text, *const *is = (const char *const *)view.text;
	bool differs = !weir_str_equal(weir_str_of(was[WEIR_VIEW_GROUP]), weir_str_of(is[WEIR_VIEW_GROUP])) ||
		       !weir_str_equal(weir_str_of(was[WEIR_VIEW_MEASURE]), weir_str_of(is[WEIR_VIEW_MEASURE]));
	if (st == WEIR_OK && differs)
		st = set_view(e, &view, s->generation, false, NULL);
	if (st == WEIR_OK && differs) {
		pthread_mutex_lock(&s->lock);
		say_guess(e, is[WEIR_VIEW_GROUP], is[WEIR_VIEW_MEASURE] ? is[WEIR_VIEW_MEASURE] : "count");
		pthread_mutex_unlock(&s->lock);
	}
	if (enough_for_guess(e))
		e->guess_group = e->guess_measure = false;
	weir_view_release(&view);
	weir_buf_release(&group);
	weir_buf_release(&measure);
}

void weir_engine_check_view(struct weir_engine *e)
{
	if (!e->unchecked || !columns_known(e))
		return;
	bool final;
	e->unchecked = false;
	e->wrong.code = WEIR_OK;
	if (weir_pipeline_check_names(e->p, &final, &e->wrong) == WEIR_NO_MEMORY)
		e->unchecked = e->dirty = true; /* it is asked again */
}
