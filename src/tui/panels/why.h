/* What the panel why shows, and the way that led there: each step asks the same once more, inside a value that was kept or without
 * one that was left out, and Esc goes back a step. screen/why.c asks the session and fills this in, panels/why.c draws it.
 * Thread: screen. */
#ifndef WEIR_TUI_PANELS_WHY_H
#define WEIR_TUI_PANELS_WHY_H

#include "weir/query/why.h"

enum { WEIR_WHY_STEPS = 8, WEIR_WHY_TITLE = 160 };

/* What is selected. */
enum weir_why_of { WEIR_WHY_ROWS, WEIR_WHY_SPAN, WEIR_WHY_WINDOW };

struct weir_why_step {
	enum weir_why_of of;
	char *condition; /* owned; NULL: every row of the span */
	struct weir_why_span span, around;
	bool before;
	char title[WEIR_WHY_TITLE];        /* "service = payments": which rows are selected */
	char selected[24], rest[24];       /* heads of the two sides: "selected", "rest" */
	char of_selected[32], of_rest[32]; /* the same in a sentence: "of the selected rows", "of the rest" */
	char others[WEIR_WHY_TITLE];       /* "the rest of the last 5m": what they are compared with */
	char when[40];                     /* ", at 10:05:02" of a stream that goes on; "" */
	struct weir_study_answer *answer;  /* one reference; NULL: none yet */
	struct weir_error error;           /* code OK, or why there is none */
	uint64_t number;                   /* of the study that it waits for; 0: it waits for none */
	char *where, *derive;              /* owned: the question that it was asked in; NULL: none */
	int at;                            /* the finding that is selected */
	char *added;                       /* owned: the condition that the step added to the filter; NULL: none */
};

struct weir_why_state {
	int n_steps; /* 0: the panel is not open */
	struct weir_why_step steps[WEIR_WHY_STEPS];
	bool late;                /* the answer takes long enough to say so */
	uint64_t done_rows, rows; /* of the study that runs */
	/* What Esc returns to. */
	int focus, lower;
	bool zoomed;
	bool left;   /* another panel is in focus */
	bool turned; /* what is compared with is to be changed */
};

static inline const struct weir_why_step *weir_why_now(const struct weir_why_state *w)
{
	return w->n_steps ? &w->steps[w->n_steps - 1] : NULL;
}
static inline const struct weir_why *weir_why_answer_of(const struct weir_why_step *s)
{
	return s ? (const struct weir_why *)s->answer : NULL;
}
/* The finding that is selected; NULL: there is none. */
const struct weir_why_finding *weir_why_selected(const struct weir_why_state *w);
void weir_why_step_release(struct weir_why_step *s);
void weir_why_state_release(struct weir_why_state *w);

#endif
