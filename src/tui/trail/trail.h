/* The trail: the questions that were asked, in order, so that each change can be taken back and done again. A step is a
 * view with a few words on what changed. Only what the engine accepted is a step: a question waits aside until its
 * answer comes, and one that is refused is forgotten. Moments (`at`) are no part of a step: walking through time is not
 * a question. The screen writes the trail and asks what it holds; the picture draws it.
 *
 *   trail.c   the steps
 *   words.c   what changed between two views
 *
 * Thread: screen. */
#ifndef WEIR_TUI_TRAIL_H
#define WEIR_TUI_TRAIL_H

#include "weir/query/view.h"

enum { WEIR_TRAIL_STEPS = 100, WEIR_TRAIL_WAITING = 8 };

struct weir_trail_step {
	struct weir_view view;
	char *words; /* owned: "+ service = 'cart'"; NULL: there was no memory for them */
};

struct weir_trail {
	struct weir_trail_step steps[WEIR_TRAIL_STEPS]; /* oldest first */
	int n, at;                                      /* at: the question in force; n 0: none yet */
	int aim;         /* the step that was asked for: `at`, or where an undo that waits will lead */
	uint64_t aim_of; /* generation of that question */
	/* Questions whose answers are awaited, oldest first, with the words for them or NULL. */
	struct weir_trail_step waiting[WEIR_TRAIL_WAITING];
	uint64_t waiting_of[WEIR_TRAIL_WAITING]; /* their generations */
	int n_waiting;
};

void weir_trail_release(struct weir_trail *t);
/* The question that nobody asked: the first one, or a guess that takes its place. */
void weir_trail_begin(struct weir_trail *t, const struct weir_view *view);
/* A question was asked. words: what changed; NULL: to be found from the two views. Without memory it is no step. */
void weir_trail_ask(struct weir_trail *t, uint64_t generation, const struct weir_view *view, const char *words);
/* The question of a step was asked again. */
void weir_trail_go(struct weir_trail *t, int step, uint64_t generation);
/* Everything asked up to that generation was answered; the newest with this view, to which the engine may have added.
 * What was undone is forgotten when something else was asked. moment_us: for the words. */
void weir_trail_answered(struct weir_trail *t, uint64_t generation, const struct weir_view *in_force,
			 int64_t moment_us);
/* The newest question up to that generation was refused: the one in force stays. */
void weir_trail_refused(struct weir_trail *t, uint64_t generation);
/* The step that `by` leads to: -1 back, 1 on; -1: there is none. A question that waits is what is taken back first. */
int weir_trail_next(const struct weir_trail *t, int by);

/* Two views ask the same, whatever their moments. */
bool weir_trail_same(const struct weir_view *a, const struct weir_view *b);
/* What changed, as a few words: "+ service = 'cart'", "group by region, window 5m". Times on the day of moment_us show
 * their clock only. Appends; nothing when both ask the same. */
void weir_trail_words(const struct weir_view *from, const struct weir_view *to, int64_t moment_us,
		      struct weir_buf *out);

#endif
