/* Keys while a prompt is open, and what its line does. */
#include "tui/screen.h"
#include "tui/times.h"

#include <stdlib.h>

void weir_screen_prompt(struct weir_screen *s, enum weir_prompt_kind kind)
{
	struct weir_buf filter = {0};
	const struct weir_view *v = &s->info.view;
	const char *text = kind == WEIR_PROMPT_GROUP	 ? v->text[WEIR_VIEW_GROUP]
			   : kind == WEIR_PROMPT_MEASURE ? v->text[WEIR_VIEW_MEASURE]
			   : kind == WEIR_PROMPT_WINDOW	 ? v->text[WEIR_VIEW_WINDOW]
							 : NULL;
	if (kind == WEIR_PROMPT_FILTER)
		weir_screen_filter_text(s, &filter);
	weir_prompt_open(&s->ui.prompt, kind, kind == WEIR_PROMPT_FILTER ? weir_buf_str(&filter) : weir_str_of(text));
	weir_buf_release(&filter);
	if (kind == WEIR_PROMPT_WINDOW)
		weir_screen_complete(s);
}

static bool apply(struct weir_screen *s, enum weir_prompt_kind kind, struct weir_str line, struct weir_error *err)
{
	switch (kind) {
	case WEIR_PROMPT_FILTER:
		return weir_screen_ask_filter(s, line, err);
	case WEIR_PROMPT_GROUP:
		return weir_screen_ask(s, WEIR_VIEW_GROUP, line, err);
	case WEIR_PROMPT_MEASURE:
		return weir_screen_ask(s, WEIR_VIEW_MEASURE, line, err);
	case WEIR_PROMPT_WINDOW:
		return weir_screen_ask(s, WEIR_VIEW_WINDOW, line, err);
	case WEIR_PROMPT_COMMAND:
		return weir_screen_command_line(s, line, err);
	case WEIR_PROMPT_NONE:
	case WEIR_PROMPT_COUNT:
		break;
	}
	return true;
}

void weir_screen_forget_question(struct weir_screen *s)
{
	if (s->asked_by != WEIR_PROMPT_NONE)
		weir_view_release(&s->asked_before);
	free(s->asked_line);
	s->asked_line = NULL;
	s->asked_by = WEIR_PROMPT_NONE;
}

static void show_error(struct weir_prompt *p, enum weir_prompt_kind kind, const char *line,
		       const struct weir_error *err)
{
	weir_prompt_open(p, kind, weir_str_of(line));
	p->error = *err;
	if (err->text[0] && err->caret_from <= strlen(line) && strcmp(err->text, line) == 0) {
		p->cursor = err->caret_from;
		while (p->cursor > 0 && ((unsigned char)line[p->cursor] & 0xc0) == 0x80)
			p->cursor--;
	}
}

/* The prompt closes first: a command may open another. */
static void enter(struct weir_screen *s)
{
	struct weir_prompt *p = &s->ui.prompt;
	struct weir_error err = {0};
	enum weir_prompt_kind kind = p->kind;
	uint64_t asked = s->asked;
	struct weir_view before;
	weir_prompt_remember(p);
	weir_view_init(&before);
	char *line = weir_str_dup(weir_str_trim(weir_buf_str(&p->text)));
	if (!line || weir_view_copy(&before, &s->info.view, &err) != WEIR_OK) {
		free(line);
		return;
	}
	weir_prompt_close(p);
	if (!apply(s, kind, weir_str_of(line), &err)) {
		show_error(p, kind, line, &err);
	} else if (s->asked != asked) {
		weir_screen_forget_question(s);
		s->asked_by = kind;
		s->asked_line = line;
		s->asked_before = before;
		return;
	}
	weir_view_release(&before);
	free(line);
}

bool weir_screen_take(struct weir_screen *s, struct weir_result *next)
{
	struct weir_error ignored = {0};
	bool answers = next->view_generation >= s->asked;
	bool news = answers && (!s->result || next->view_generation != s->result->view_generation);
	if (!answers || s->asked_by == WEIR_PROMPT_NONE || next->error.code == WEIR_OK) {
		if (answers)
			weir_screen_forget_question(s);
		weir_result_unref(s->result);
		s->result = next;
		int64_t first = weir_times_first(next);
		if (first != WEIR_TIME_NONE && (s->ui.data_from_us == WEIR_TIME_NONE || first < s->ui.data_from_us))
			s->ui.data_from_us = first;
		return news;
	}
	if (s->ui.prompt.kind == WEIR_PROMPT_NONE)
		show_error(&s->ui.prompt, s->asked_by, s->asked_line, &next->error);
	else
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", next->error.what);
	uint64_t back = weir_session_ask(s->session, &s->asked_before, &ignored);
	if (back)
		s->asked = back;
	weir_screen_forget_question(s);
	weir_result_unref(next);
	return true;
}

static bool is(const struct weir_event *e, const char *name)
{
	return strcmp(e->name, name) == 0;
}

/* Keys that move or erase, as readline has them. True when the key was one of these. */
static bool edit(struct weir_prompt *p, const struct weir_event *e)
{
	if (is(e, "Left") || is(e, "Ctrl-B"))
		weir_prompt_move(p, -1, false);
	else if (is(e, "Right") || is(e, "Ctrl-F"))
		weir_prompt_move(p, 1, false);
	else if (is(e, "Alt-b") || is(e, "Ctrl-Left") || is(e, "Alt-Left"))
		weir_prompt_move(p, -1, true);
	else if (is(e, "Alt-f") || is(e, "Ctrl-Right") || is(e, "Alt-Right"))
		weir_prompt_move(p, 1, true);
	else if (is(e, "Home") || is(e, "Ctrl-A"))
		weir_prompt_move_to(p, false);
	else if (is(e, "End") || is(e, "Ctrl-E"))
		weir_prompt_move_to(p, true);
	else if (is(e, "Up") || is(e, "Ctrl-P"))
		weir_prompt_history(p, 1);
	else if (is(e, "Down") || is(e, "Ctrl-N"))
		weir_prompt_history(p, -1);
	else if (is(e, "Ctrl-W") || is(e, "Alt-Backspace"))
		weir_prompt_erase(p, false, true);
	else if (is(e, "Alt-d"))
		weir_prompt_erase(p, true, true);
	else if (is(e, "Ctrl-U"))
		weir_prompt_erase_to(p, false);
	else if (is(e, "Ctrl-K"))
		weir_prompt_erase_to(p, true);
	else
		return false;
	return true;
}

void weir_screen_prompt_event(struct weir_screen *s, const struct weir_event *e)
{
	struct weir_prompt *p = &s->ui.prompt;
	if (e->kind == WEIR_EVENT_MOUSE)
		return;
	if (e->kind == WEIR_EVENT_PASTE) {
		weir_prompt_insert(p, e->paste);
		weir_screen_complete(s);
		return;
	}
	if (is(e, "Enter")) {
		enter(s);
	} else if (is(e, "Esc") || is(e, "Ctrl-C") || (is(e, "Backspace") && p->text.size == 0)) {
		weir_prompt_close(p);
	} else if (is(e, "Tab") || is(e, "Shift-Tab")) {
		if (!p->n_choices)
			weir_screen_complete(s);
		weir_prompt_choose(p, is(e, "Tab") ? 1 : -1);
	} else if (is(e, "Backspace") || is(e, "Ctrl-H") || is(e, "Delete") || is(e, "Ctrl-D")) {
		weir_prompt_erase(p, is(e, "Delete") || is(e, "Ctrl-D"), false);
		if (p->word_from < p->cursor)
			weir_screen_complete(s);
	} else if (e->text[0]) {
		weir_prompt_insert(p, weir_str_of(e->text));
		weir_screen_complete(s);
		/* A list of everything helps nobody: it waits for the first letter. */
		if (p->word_from == p->cursor && p->kind != WEIR_PROMPT_WINDOW)
			p->n_choices = 0;
	} else {
		edit(p, e);
	}
}
