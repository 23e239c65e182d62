/* Asking why: from the selected row, span of time or window to a study of the session, its answer into the panel, and the way
 * back. */
#include "tui/screen/screen.h"

#include <stdio.h>
#include <stdlib.h>

static int why_panel(void)
{
	int i = 0;
	while (weir_panels[i] && weir_panels[i]->opener != WEIR_CMD_WHY)
		i++;
	return i;
}

/* ---- asking ---- */

static bool copy_text(char **to, const char *text)
{
	free(*to);
	*to = text ? weir_str_dup(weir_str_of(text)) : NULL;
	return *to || !text;
}

/* The answer is of the moment at which it was asked for. */
static void set_when(const struct weir_screen *s, struct weir_why_step *step)
{
	char clock[WEIR_FORMAT_BYTES];
	step->when[0] = '\0';
	if (!s->info.ended && s->result->moment_us != WEIR_TIME_NONE)
		snprintf(step->when, sizeof(step->when), ", at %s",
			 weir_format_moment(s->result->moment_us, s->result->moment_us, 0, clock));
}

/* Has the session look into the step that is shown. */
static void study(struct weir_screen *s)
{
	struct weir_why_step *step = &s->state.why.steps[s->state.why.n_steps - 1];
	const struct weir_view *view = weir_screen_view(s);
	const struct weir_why_question q = {step->condition, step->span, step->around, step->before};
	struct weir_study *one = NULL;
	step->error = (struct weir_error){0};
	step->number = 0;
	set_when(s, step);
	if (!copy_text(&step->where, view->text[WEIR_VIEW_WHERE]) ||
	    !copy_text(&step->derive, view->text[WEIR_VIEW_DERIVE]))
		weir_fail(&step->error, WEIR_NO_MEMORY, "why", "out of memory");
	else if (weir_why_new(&q, &one, &step->error) == WEIR_OK)
		step->number = weir_session_study(s->session, one, &step->error);
}

static void open_panel(struct weir_screen *s)
{
	struct weir_why_state *why = &s->state.why;
	int panel = why_panel();
	if (s->state.focus != panel) {
		why->focus = s->state.focus;
		why->lower = s->state.lower;
		why->zoomed = s->state.zoomed;
	}
	s->state.focus = s->state.lower = panel;
	s->state.zoomed = true;
	why->left = false;
}

static void forget_steps(struct weir_screen *s)
{
	while (s->state.why.n_steps > 0)
		weir_why_step_release(&s->state.why.steps[--s->state.why.n_steps]);
	weir_session_study_stop(s->session, &weir_why_ops);
}

/* Back to the panels as they were. */
static void close_panel(struct weir_screen *s)
{
	const struct weir_why_state *why = &s->state.why;
	forget_steps(s);
	s->state.focus = why->focus;
	s->state.lower = why->lower;
	s->state.zoomed = why->zoomed;
}

static bool push(struct weir_screen *s, struct weir_why_step *step)
{
	if (s->state.why.n_steps == WEIR_WHY_STEPS)
		return false;
	s->state.why.steps[s->state.why.n_steps++] = *step;
	open_panel(s);
	study(s);
	return true;
}

/* The condition is one, but for its names. */
static bool is_condition(struct weir_screen *s, const char *text, struct weir_error *err)
{
	const struct weir_why_question q = {text, WEIR_WHY_ALWAYS, WEIR_WHY_ALWAYS, false};
	struct weir_study *one = NULL;
	(void)s;
	bool is = weir_why_new(&q, &one, err) == WEIR_OK;
	weir_study_free(one);
	return is;
}

bool weir_screen_why(struct weir_screen *s, struct weir_str text, struct weir_error *err)
{
	struct weir_why_step step = {.span = WEIR_WHY_ALWAYS, .around = WEIR_WHY_ALWAYS};
	struct weir_buf condition = {0};
	if (!s->result || !weir_screen_why_find(s, text, &step, &condition))
		return true;
	bool asked = !condition.size || is_condition(s, condition.data, err);
	if (condition.failed ||
	    (asked && condition.size && !(step.condition = weir_str_dup(weir_buf_str(&condition))))) {
		weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
		asked = false;
	}
	weir_buf_release(&condition);
	if (!asked) {
		weir_why_step_release(&step);
		return false;
	}
	forget_steps(s);
	return push(s, &step);
}

/* ---- steps ---- */

bool weir_screen_why_again(struct weir_screen *s, const struct weir_wish *wish, struct weir_error *err)
{
	const struct weir_why_step *now = weir_why_now(&s->state.why);
	struct weir_why_step next = *now;
	next.condition = next.where = next.derive = next.added = NULL;
	next.answer = NULL;
	next.at = 0;
	if (!copy_text(&next.condition, now->condition) || !copy_text(&next.added, wish->text.data)) {
		weir_why_step_release(&next);
		weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
		return false;
	}
	if (!weir_screen_add_filter(s, wish->text.data, err) || !push(s, &next)) {
		weir_why_step_release(&next);
		return false;
	}
	struct weir_buf chip = {0};
	weir_chip_text(weir_buf_str(&wish->text), s->result->moment_us, &chip);
	weir_screen_say(s, WEIR_TONE_DONE, "%s: %s; Esc takes it back", wish->what,
			chip.failed || !chip.data ? wish->text.data : chip.data);
	weir_buf_release(&chip);
	return true;
}

bool weir_screen_why_keep(struct weir_screen *s, const struct weir_wish *wish, struct weir_error *err)
{
	if (!weir_screen_add_filter(s, wish->text.data, err))
		return false;
	close_panel(s);
	return true;
}

/* It may have been undone or edited since. */
static bool is_newest_filter(const struct weir_screen *s, const char *condition)
{
	struct weir_str entries[64];
	size_t n = weir_view_entries(weir_screen_view(s), WEIR_VIEW_WHERE, entries, 64);
	return condition && n > 0 && n <= 64 && weir_str_equal(entries[n - 1], weir_str_of(condition));
}

void weir_screen_why_back(struct weir_screen *s)
{
	struct weir_why_state *why = &s->state.why;
	struct weir_why_step *step = &why->steps[why->n_steps - 1];
	bool filtered = is_newest_filter(s, step->added);
	if (why->n_steps == 1) {
		close_panel(s);
		return;
	}
	weir_why_step_release(step);
	why->n_steps--;
	if (filtered)
		weir_screen_drop_filter(s, WEIR_NEWEST_CONDITION);
	if (!why->steps[why->n_steps - 1].answer)
		study(s);
	else /* it was asked in the question that is in force again */
		why->steps[why->n_steps - 1].number = 0;
}

/* ---- the answer ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The question was changed elsewhere, by undoing or by a filter that was typed: then it is asked again. */
static void follow_question(struct weir_screen *s, const struct weir_why_step *step)
{
	const struct weir_view *view = weir_screen_view(s);
	if (!same_text(step->where, view->text[WEIR_VIEW_WHERE]) ||
	    !same_text(step->derive, view->text[WEIR_VIEW_DERIVE]))
		study(s);
}

/* Tab went to another panel: it has the place that it has anywhere. */
static void follow_focus(struct weir_screen *s)
{
	struct weir_why_state *why = &s->state.why;
	bool left = s->state.focus != why_panel();
	if (left && !why->left)
		s->state.zoomed = why->zoomed;
	why->left = left;
}

/* The key that changes what it is compared with was pressed. */
static void turn(struct weir_screen *s)
{
	struct weir_why_state *why = &s->state.why;
	struct weir_why_step *step = &why->steps[why->n_steps - 1];
	if (why->turned && weir_screen_why_against(s, step, !step->before))
		study(s);
	why->turned = false;
}

bool weir_screen_why_look(struct weir_screen *s)
{
	struct weir_why_state *why = &s->state.why;
	struct weir_studied now;
	if (!why->n_steps)
		return false;
	follow_focus(s);
	turn(s);
	follow_question(s, weir_why_now(why));
	struct weir_why_step *step = &why->steps[why->n_steps - 1];
	weir_session_studied(s->session, &weir_why_ops, &now);
	bool mine = step->number && now.number == step->number;
	why->late = mine && now.running && weir_clock_mono_us(s->config->clock) - now.since_us >= WEIR_SAY_COMPUTING_US;
	why->done_rows = now.done_rows;
	why->rows = now.rows;
	bool came = mine && !now.running;
	if (came && now.error.code != WEIR_OK)
		step->error = now.error;
	if (came && now.answer && now.answer->number == step->number) {
		weir_study_answer_unref(step->answer);
		step->answer = now.answer;
		now.answer = NULL;
		step->at = 0;
	}
	if (came)
		step->number = 0;
	weir_study_answer_unref(now.answer);
	return came;
}
