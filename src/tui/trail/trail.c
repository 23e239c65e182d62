/* The steps of the trail. */
#include "tui/trail/trail.h"

#include <stdlib.h>

static void release_step(struct weir_trail_step *step)
{
	weir_view_release(&step->view);
	free(step->words);
	step->words = NULL;
}

static void forget_waiting(struct weir_trail *t, int n)
{
	for (int i = 0; i < n; i++)
		release_step(&t->waiting[i]);
	t->n_waiting -= n;
	memmove(t->waiting, t->waiting + n, (size_t)t->n_waiting * sizeof(*t->waiting));
	memmove(t->waiting_of, t->waiting_of + n, (size_t)t->n_waiting * sizeof(*t->waiting_of));
}

void weir_trail_release(struct weir_trail *t)
{
	for (int i = 0; i < t->n; i++)
		release_step(&t->steps[i]);
	forget_waiting(t, t->n_waiting);
	*t = (struct weir_trail){0};
}

bool weir_trail_same(const struct weir_view *a, const struct weir_view *b)
{
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		if (i != WEIR_VIEW_AT && !weir_str_equal(weir_str_of(a->text[i]), weir_str_of(b->text[i])))
			return false;
	return true;
}

void weir_trail_begin(struct weir_trail *t, const struct weir_view *view)
{
	struct weir_trail_step first = {0};
	if (t->n > 1 || (t->n == 1 && weir_trail_same(&t->steps[0].view, view)))
		return;
	weir_view_init(&first.view);
	if (weir_view_copy(&first.view, view, NULL) != WEIR_OK)
		return;
	if (t->n)
		release_step(&t->steps[0]);
	first.words = weir_str_dup(WEIR_STR("start"));
	t->steps[0] = first;
	t->n = 1;
}

void weir_trail_ask(struct weir_trail *t, uint64_t generation, const struct weir_view *view, const char *words)
{
	struct weir_trail_step step = {0};
	weir_view_init(&step.view);
	if (weir_view_copy(&step.view, view, NULL) != WEIR_OK)
		return;
	step.words = words ? weir_str_dup(weir_str_of(words)) : NULL;
	/* More than these are never typed before an answer; then two changes become one step. */
	if (t->n_waiting == WEIR_TRAIL_WAITING)
		release_step(&t->waiting[--t->n_waiting]);
	t->waiting[t->n_waiting] = step;
	t->waiting_of[t->n_waiting++] = generation;
	t->aim = t->at;
}

void weir_trail_go(struct weir_trail *t, int step, uint64_t generation)
{
	forget_waiting(t, t->n_waiting);
	t->aim = step;
	t->aim_of = generation;
}

/* Takes the step. What was undone goes, and at last the oldest. */
static void push(struct weir_trail *t, struct weir_trail_step step, int64_t moment_us)
{
	if (t->n && weir_trail_same(&t->steps[t->at].view, &step.view)) {
		release_step(&step);
		return;
	}
	if (!step.words && t->n) {
		struct weir_buf words = {0};
		weir_trail_words(&t->steps[t->at].view, &step.view, moment_us, &words);
		step.words = words.failed ? NULL : weir_str_dup(weir_buf_str(&words));
		weir_buf_release(&words);
	}
	while (t->n > t->at + 1)
		release_step(&t->steps[--t->n]);
	if (t->n == WEIR_TRAIL_STEPS) {
		release_step(&t->steps[0]);
		memmove(t->steps, t->steps + 1, (size_t)--t->n * sizeof(*t->steps));
	}
	t->at = t->aim = t->n;
	t->steps[t->n++] = step;
}

void weir_trail_answered(struct weir_trail *t, uint64_t generation, const struct weir_view *in_force, int64_t moment_us)
{
	if (t->aim != t->at && t->aim_of <= generation)
		t->at = t->aim;
	while (t->n_waiting && t->waiting_of[0] <= generation) {
		struct weir_trail_step step = t->waiting[0];
		struct weir_view now;
		t->waiting[0] = (struct weir_trail_step){0};
		forget_waiting(t, 1);
		bool newest = !t->n_waiting || t->waiting_of[0] > generation;
		weir_view_init(&now);
		if (newest && weir_view_copy(&now, in_force, NULL) == WEIR_OK) {
			weir_view_release(&step.view);
			step.view = now;
		}
		push(t, step, moment_us);
	}
}

void weir_trail_refused(struct weir_trail *t, uint64_t generation)
{
	int n = 0;
	while (n < t->n_waiting && t->waiting_of[n] <= generation)
		n++;
	forget_waiting(t, n);
	if (t->aim_of <= generation)
		t->aim = t->at;
}

int weir_trail_next(const struct weir_trail *t, int by)
{
	int step = t->n_waiting && by < 0 ? t->at : t->aim + by;
	return step >= 0 && step < t->n ? step : -1;
}
