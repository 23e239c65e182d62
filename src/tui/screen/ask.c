/* The newest question: what it is, and handing it to the session. */
#include "tui/screen/screen.h"

#include <stdlib.h>

const struct weir_view *weir_screen_view(const struct weir_screen *s)
{
	if (s->preview.on)
		return &s->preview.before;
	bool waits = s->info.generation < s->asked && s->asked_view_of == s->asked;
	return waits ? &s->asked_view : &s->info.view;
}

static void keep_copy(struct weir_view *to, const struct weir_view *view)
{
	struct weir_error ignored = {0};
	struct weir_view copy;
	weir_view_init(&copy);
	if (weir_view_copy(&copy, view, &ignored) == WEIR_OK) {
		weir_view_release(to);
		*to = copy;
	}
}

/* The question that is tried is asked in earnest: its generation, so that what was computed for it is not begun anew. 0: it is
 * another one. */
static uint64_t adopt_preview(struct weir_screen *s, const struct weir_view *view)
{
	const struct weir_preview *p = &s->preview;
	if (!p->on || !weir_trail_same(view, &p->tried) ||
	    !weir_str_equal(weir_str_of(view->text[WEIR_VIEW_AT]), weir_str_of(p->tried.text[WEIR_VIEW_AT])))
		return 0;
	if (s->said_generation == p->asked) /* what was kept back while it was only tried */
		weir_screen_say(s, WEIR_TONE_NOTE, "%s", s->info.said);
	return p->asked;
}

uint64_t weir_screen_post(struct weir_screen *s, const struct weir_view *view, struct weir_error *err)
{
	struct weir_view copy;
	weir_view_init(&copy);
	if (weir_view_copy(&copy, view, err) != WEIR_OK)
		return 0;
	uint64_t generation = adopt_preview(s, view);
	if (!generation)
		generation = weir_session_ask(s->session, view, err);
	if (!generation) {
		weir_view_release(&copy);
		return 0;
	}
	s->asked = s->asked_view_of = generation;
	weir_view_release(&s->asked_view);
	s->asked_view = copy;
	s->state.first_row = 0;             /* a new table is shown from its top */
	keep_copy(&s->options->view, view); /* the options are what a saved view is made of */
	return generation;
}

void weir_screen_refused(struct weir_screen *s)
{
	struct weir_error ignored = {0};
	uint64_t back = weir_session_ask(s->session, &s->asked_before, &ignored);
	if (back)
		s->asked = back;
	keep_copy(&s->options->view, &s->asked_before);
	weir_screen_forget_question(s);
}

void weir_screen_forget_question(struct weir_screen *s)
{
	if (s->asked_by != WEIR_PROMPT_NONE)
		weir_view_release(&s->asked_before);
	free(s->asked_line);
	s->asked_line = NULL;
	s->asked_by = WEIR_PROMPT_NONE;
}
