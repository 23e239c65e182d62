/* The study: what is asked, its shares, its two passes. */
#include "query/why/why.h"

#include <stdlib.h>

static void release_share(const struct weir_why_study *w, struct weir_why_share *s)
{
	uint32_t n_streams = s->plan ? s->plan->n_streams : 0;
	for (uint32_t i = 0; s->conditions && i < n_streams; i++)
		weir_bound_free(s->conditions[i]);
	for (size_t i = 0; s->checks && i < (size_t)w->n_checks * n_streams; i++)
		weir_bound_free(s->checks[i]);
	for (uint32_t i = 0; s->tallies && i < w->n_inputs; i++) {
		struct weir_why_tally *t = &s->tallies[i];
		for (size_t k = 0; k < t->n_codes; k++)
			free(t->codes[k].counts);
		free(t->codes);
		free(t->bins);
		weir_why_texts_release(&t->texts);
	}
	free(s->tallies);
	free(s->conditions);
	free(s->checks);
	free(s->found);
	weir_buf_release(&s->text);
	weir_plan_free(s->plan);
}

static void free_study(struct weir_study *study)
{
	struct weir_why_study *w = (struct weir_why_study *)study;
	for (uint32_t i = 0; w->shares && i < w->n_shares; i++)
		release_share(w, &w->shares[i]);
	for (uint32_t i = 0; w->bits && i < w->n_bits; i++)
		free(w->bits[i].words);
	free(w->shares);
	free(w->bits);
	weir_study_rows_unref(w->rows);
	weir_arena_release(&w->arena);
	free(w);
}

enum weir_status weir_why_new(const struct weir_why_question *q, struct weir_study **out, struct weir_error *err)
{
	struct weir_why_study *w = weir_calloc(1, sizeof *w);
	struct weir_str text = weir_str_of(q->condition);
	if (!w)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	w->study.ops = &weir_why_ops;
	w->span = q->span;
	w->around = q->around;
	w->before = q->before;
	w->newest_rows = q->newest_rows;
	enum weir_status st = WEIR_OK;
	if (text.size) {
		w->text = weir_arena_str(&w->arena, text);
		st = w->text.data ? weir_expr_parse(w->text, &w->arena, &w->condition, err)
				  : weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	}
	if (st != WEIR_OK) {
		free_study(&w->study);
		return st;
	}
	*out = &w->study;
	return WEIR_OK;
}

/* ---- beginning ---- */

static enum weir_status bind_condition(const struct weir_why_study *w, struct weir_why_share *s, struct weir_error *err)
{
	enum weir_type type = WEIR_BOOL;
	bool complete = w->rows->schema->common->n_fields > 0;
	s->conditions = weir_calloc(s->plan->n_streams + (size_t)1, sizeof(struct weir_bound *));
	if (!s->conditions)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	if (!w->condition)
		return WEIR_OK;
	enum weir_status st =
	    weir_plan_bind_streams(s->plan, w->condition, w->text, complete, s->conditions, &type, err);
	if (st == WEIR_OK && type != WEIR_BOOL && type != WEIR_NULL)
		return weir_fail(err, WEIR_EXPRESSION, "why", "it is %s, not true or false: " WEIR_STR_FMT,
				 weir_type_name(type), WEIR_STR_ARG(w->text));
	return st;
}

static bool make_tallies(const struct weir_why_study *w, struct weir_why_share *s)
{
	s->tallies = weir_calloc(w->n_inputs + (size_t)1, sizeof *s->tallies);
	for (uint32_t i = 0; s->tallies && i < w->n_inputs; i++) {
		const struct weir_why_input *in = &w->inputs[i];
		if (in->aside || in->way != WEIR_WHY_BY_NUMBER)
			continue;
		s->tallies[i].bins = weir_calloc((size_t)in->scale.n_bins * WEIR_WHY_SIDES, sizeof *s->tallies[i].bins);
		if (!s->tallies[i].bins)
			return false;
	}
	return s->tallies != NULL;
}

/* For all shares; --at ends the window. */
static enum weir_status find_newest(struct weir_why_study *w, struct weir_error *err)
{
	struct weir_plan *first = w->shares[0].plan;
	if (w->rows->view.at_us != WEIR_TIME_NONE)
		first->accept_until_us = w->rows->view.at_us;
	enum weir_status st = weir_plan_find_newest(first, w->rows->snapshot, w->newest_rows, NULL, err);
	for (uint32_t i = 1; i < w->n_shares; i++) {
		w->shares[i].plan->newest = first->newest;
		w->shares[i].plan->accept_until_us = first->accept_until_us;
	}
	return st;
}

static enum weir_status begin(struct weir_study *study, struct weir_study_rows *rows, uint32_t shares,
			      struct weir_study_work *work, struct weir_error *err)
{
	struct weir_why_study *w = (struct weir_why_study *)study;
	w->rows = weir_study_rows_ref(rows);
	w->shares = weir_calloc(shares, sizeof *w->shares);
	w->bits = weir_calloc(work->n_pieces + (size_t)1, sizeof *w->bits);
	if (!w->shares || !w->bits)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	w->n_shares = shares;
	w->n_bits = work->n_pieces;
	work->n_rows *= 2; /* of two passes */
	enum weir_status st = WEIR_OK;
	for (uint32_t i = 0; st == WEIR_OK && i < shares; i++) {
		st = weir_study_rows_bind(rows, &w->shares[i].plan, err);
		if (st == WEIR_OK)
			st = bind_condition(w, &w->shares[i], err);
	}
	if (st == WEIR_OK && w->newest_rows && shares)
		st = find_newest(w, err);
	if (st == WEIR_OK)
		st = weir_why_find_columns(w, err);
	for (uint32_t i = 0; st == WEIR_OK && i < shares; i++)
		if (!make_tallies(w, &w->shares[i]))
			st = weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	return st;
}

/* ---- the passes ---- */

static enum weir_status piece(struct weir_study *study, struct weir_study_run *run, uint32_t share, uint32_t number,
			      struct weir_error *err)
{
	struct weir_why_study *w = (struct weir_why_study *)study;
	struct weir_why_share *s = &w->shares[share];
	const struct weir_segment *segment = weir_relation_snapshot_segment(w->rows->snapshot, number);
	enum weir_status st;
	if (w->pass == 0) {
		st = weir_why_find_sides(w, s, segment, &w->bits[number], err);
		if (st == WEIR_OK)
			st = weir_why_count(w, s, segment, &w->bits[number], err);
	} else {
		st = weir_why_check_rows(w, s, segment, &w->bits[number], err);
	}
	weir_study_advance(run, share, segment->rows->n_rows);
	return st;
}

static enum weir_status join(struct weir_study *study, struct weir_study_work *work, bool *again,
			     struct weir_study_answer **out, struct weir_error *err)
{
	struct weir_why_study *w = (struct weir_why_study *)study;
	enum weir_status st = WEIR_OK;
	(void)work;
	if (w->pass++ == 0) {
		for (uint32_t i = 0; i < w->n_shares; i++)
			for (int side = 0; side < WEIR_WHY_SIDES; side++)
				w->counted[side] += w->shares[i].rows[side];
		st = weir_why_rank(w, err);
		if (st == WEIR_OK)
			st = weir_why_bind_checks(w, err);
		*again = w->n_checks > 0;
	} else {
		weir_why_take_checks(w);
	}
	if (st != WEIR_OK || *again)
		return st;
	*out = weir_why_answer(w);
	return *out ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
}

const struct weir_study_ops weir_why_ops = {
    .name = "why",
    .begin = begin,
    .piece = piece,
    .join = join,
    .free = free_study,
};
