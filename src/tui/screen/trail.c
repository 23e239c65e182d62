/* Undo, redo, and the list of the questions asked. */
#include "tui/screen/screen.h"

#include <stdio.h>

/* The question of that step at the moment that is shown now. */
static bool view_of(const struct weir_screen *s, int step, struct weir_view *out, struct weir_error *err)
{
	const struct weir_view *now = weir_screen_view(s);
	const char *at = now->text[WEIR_VIEW_AT];
	if (weir_view_copy(out, &s->state.trail.steps[step].view, err) != WEIR_OK ||
	    weir_view_set(out, WEIR_VIEW_AT, at, weir_screen_now_us(s), err) != WEIR_OK)
		return false;
	out->at_us = now->at_us;
	return true;
}

bool weir_screen_go_step(struct weir_screen *s, int step, struct weir_error *err)
{
	struct weir_view view;
	weir_view_init(&view);
	uint64_t generation = view_of(s, step, &view, err) ? weir_screen_post(s, &view, err) : 0;
	if (generation) {
		weir_screen_forget_question(s);
		weir_trail_go(&s->state.trail, step, generation);
	}
	weir_view_release(&view);
	return generation != 0;
}

static const char *words_of(const struct weir_trail *t, int step)
{
	return step >= 0 && step < t->n && t->steps[step].words ? t->steps[step].words : "";
}

void weir_screen_undo(struct weir_screen *s, int by)
{
	struct weir_trail *t = &s->state.trail;
	struct weir_error err = {0};
	int step = weir_trail_next(t, by);
	char left[200]; /* a question that waits for its answer has words only where somebody gave it some */
	snprintf(left, sizeof(left), "%s",
		 !t->n_waiting                        ? words_of(t, t->aim)
		 : t->waiting[t->n_waiting - 1].words ? t->waiting[t->n_waiting - 1].words
						      : "");
	if (step < 0) {
		weir_screen_say(s, WEIR_TONE_NOTE,
				by < 0 ? "this is the first question: there is nothing to undo"
				       : "there is nothing to do again");
		return;
	}
	if (!weir_screen_go_step(s, step, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	else if (by > 0)
		weir_screen_say(s, WEIR_TONE_TRAIL, "done again: %s", words_of(t, step));
	else
		weir_screen_say(s, WEIR_TONE_TRAIL, "undone%s%s", *left ? ": " : "", left);
}

bool weir_screen_trail(struct weir_screen *s, struct weir_str number, struct weir_error *err)
{
	struct weir_trail *t = &s->state.trail;
	int64_t step;
	if (!number.size) {
		s->state.page = s->state.page == WEIR_PAGE_TRAIL ? WEIR_PAGE_NONE : WEIR_PAGE_TRAIL;
		s->state.trail_from = t->aim;
		return true;
	}
	if (!weir_parse_int64(number, false, &step) || step < 1 || step > t->n) {
		weir_fail(err, WEIR_USAGE, "trail", "there is no step " WEIR_STR_FMT, WEIR_STR_ARG(number));
		weir_error_hint(err, t->n > 1 ? "they go from 1 to %d" : "nothing has been asked yet but step %d",
				t->n);
		return false;
	}
	if (!weir_screen_go_step(s, (int)step - 1, err))
		return false;
	weir_screen_say(s, WEIR_TONE_TRAIL, "step %d: %s", (int)step, words_of(t, (int)step - 1));
	return true;
}

void weir_screen_trail_move(struct weir_screen *s, int by)
{
	struct weir_trail *t = &s->state.trail;
	struct weir_error err = {0};
	int step = t->aim + by;
	step = step < 0 ? 0 : step >= t->n ? t->n - 1 : step;
	if (t->n && step != t->aim && !weir_screen_go_step(s, step, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
}

void weir_screen_trail_close(struct weir_screen *s, bool stay)
{
	int back = s->state.trail_from;
	s->state.page = WEIR_PAGE_NONE;
	if (!stay && back < s->state.trail.n)
		weir_screen_trail_move(s, back - s->state.trail.aim);
}

/* What the newest result says of the questions that waited. */
void weir_screen_trail_heard(struct weir_screen *s, const struct weir_result *next)
{
	struct weir_trail *t = &s->state.trail;
	bool waits = t->n_waiting || t->aim != t->at;
	if (next->error.code != WEIR_OK) {
		weir_trail_refused(t, next->view_generation);
	} else if (waits) {
		weir_session_info(s->session, &s->info);
		weir_trail_answered(t, next->view_generation, &s->info.view, next->moment_us);
	} else if (!s->asked && s->session) {
		weir_session_info(s->session, &s->info);
		weir_trail_begin(t, &s->info.view);
	}
}
