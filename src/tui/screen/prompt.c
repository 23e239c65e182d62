/* Keys while a prompt is open, and what its line does. */
#include "tui/screen/screen.h"

#include <stdlib.h>

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
	case WEIR_PROMPT_SORT:
		return weir_screen_ask(s, WEIR_VIEW_SORT, line, err);
	case WEIR_PROMPT_UNIT:
		return weir_screen_unit(s, line, err);
	case WEIR_PROMPT_SEARCH:
		return weir_screen_search(s, line, err);
	case WEIR_PROMPT_COMMAND:
		return weir_screen_command_line(s, line, err);
	case WEIR_PROMPT_NONE:
	case WEIR_PROMPT_COUNT:
		break;
	}
	return true;
}

/* The entry is only a beginning: it goes into the line, and what can follow it is listed. */
static bool goes_on(struct weir_screen *s)
{
	struct weir_prompt *p = &s->state.prompt;
	const struct weir_menu_item *item = p->takes_entry ? weir_menu_current(&p->menu) : NULL;
	if (!item || !item->goes_on)
		return false;
	weir_prompt_choose(p, 1);
	if (p->cursor && p->text.data[p->cursor - 1] != ' ' && p->text.data[p->cursor - 1] != '/')
		weir_prompt_insert(p, WEIR_STR(" "));
	weir_screen_complete(s, false);
	return true;
}

/* An option that was named without a value: what it takes is listed. Enter behind the blank takes the empty value. */
static bool awaits_value(struct weir_screen *s)
{
	struct weir_prompt *p = &s->state.prompt;
	struct weir_str name = weir_buf_str(&p->text);
	if (p->kind != WEIR_PROMPT_COMMAND || p->takes_entry || !name.size || memchr(name.data, ' ', name.size))
		return false;
	const struct weir_option *o = weir_option_find(weir_command_named(name));
	if (!o || o->kind == WEIR_OPT_FLAG || o->absent || weir_str_equal(name, WEIR_STR("why")))
		return false;
	weir_prompt_move_to(p, true);
	weir_prompt_insert(p, WEIR_STR(" "));
	weir_screen_complete(s, false);
	return true;
}

/* What the preview has answered is answered. */
static void hear_answer(struct weir_screen *s)
{
	if (!s->result || s->result->view_generation < s->asked || s->result->error.code != WEIR_OK)
		return;
	weir_screen_trail_heard(s, s->result);
	weir_screen_forget_question(s);
}

/* The prompt closes first: a command may open another. */
static void enter(struct weir_screen *s)
{
	struct weir_prompt *p = &s->state.prompt;
	struct weir_error err = {0};
	enum weir_prompt_kind kind = p->kind;
	uint64_t posted = s->asked_view_of;
	struct weir_view before;
	if (goes_on(s) || awaits_value(s))
		return;
	weir_session_info(s->session, &s->info); /* the last picture may be older than the end of the input */
	weir_view_init(&before);
	char *line = weir_str_dup(weir_str_trim(weir_buf_str(p->menu_of ? &p->taken : &p->text)));
	if (!line || p->taken.failed || weir_view_copy(&before, weir_screen_view(s), &err) != WEIR_OK) {
		free(line);
		return;
	}
	weir_prompt_remember(p, kind, weir_str_of(line));
	weir_prompt_close(p);
	if (!apply(s, kind, weir_str_of(line), &err)) {
		weir_screen_prompt_again(s, kind, line, &err);
	} else if (s->asked_view_of != posted) {
		weir_preview_end(s, true);
		weir_screen_forget_question(s);
		s->asked_by = kind;
		s->asked_line = line;
		s->asked_before = before;
		hear_answer(s);
		return;
	} else {
		weir_preview_end(s, kind == WEIR_PROMPT_UNIT);
	}
	weir_view_release(&before);
	free(line);
}

bool weir_screen_take(struct weir_screen *s, struct weir_result *next)
{
	bool answers = next->view_generation >= s->asked;
	if (weir_screen_plays_on(s, next)) {
		weir_result_unref(next);
		return false;
	}
	if (weir_preview_refused(s, next)) {
		weir_screen_views_refused(s, &next->error);
		weir_result_unref(next);
		return false;
	}
	bool news = answers && (!s->result || next->view_generation != s->result->view_generation);
	if (answers)
		weir_screen_trail_heard(s, next);
	if (!answers || s->asked_by == WEIR_PROMPT_NONE || next->error.code == WEIR_OK) {
		if (answers)
			weir_screen_forget_question(s);
		weir_result_unref(s->result);
		s->result = next;
		s->picture.result = next; /* a key may come before the next picture */
		weir_screen_follow_turn(s);
		if (answers)
			weir_screen_judge(s, next);
		int64_t first = weir_times_first(next);
		if (first != WEIR_TIME_NONE &&
		    (s->state.data_from_us == WEIR_TIME_NONE || first < s->state.data_from_us))
			s->state.data_from_us = first;
		if (news && s->state.prompt.kind != WEIR_PROMPT_NONE && s->state.prompt.picks)
			weir_screen_complete(s, true); /* present values */
		return news;
	}
	if (s->state.prompt.kind == WEIR_PROMPT_NONE)
		weir_screen_prompt_again(s, s->asked_by, s->asked_line, &next->error);
	else
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", next->error.what);
	weir_screen_refused(s);
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

/* Letters that are no beginning of anything but a name. */
static bool is_name(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if (strchr(" ()[]'\"`,<>=!+*/%|", s.data[i]))
			return false;
	return s.size > 0;
}

/* Space and comma where several entries can be taken: Space marks one as long as nothing is being typed, a comma after
 * the beginning of one completes it. A Space that follows a comma is a blank. True when the key is done. */
static bool collect(struct weir_screen *s, const struct weir_event *e)
{
	struct weir_prompt *p = &s->state.prompt;
	struct weir_str word = {p->text.data ? p->text.data + p->word_from : NULL, p->word_to - p->word_from};
	bool after_comma = p->after_comma;
	p->after_comma = p->several && strcmp(e->text, ",") == 0;
	if (!p->several || p->in_words || !weir_menu_current(&p->menu))
		return false;
	if (strcmp(e->text, " ") == 0 && after_comma)
		return p->cursor > 0 && p->text.data[p->cursor - 1] == ' ';
	if (strcmp(e->text, " ") == 0 && (!word.size || p->moved)) {
		weir_prompt_toggle(p);
		weir_screen_complete(s, false);
		return true;
	}
	if (strcmp(e->text, ",") == 0 && p->takes_entry && is_name(word)) {
		weir_prompt_choose(p, 1);
		weir_prompt_insert(p, WEIR_STR(", "));
		weir_screen_complete(s, false);
		return true;
	}
	return false;
}

/* Keys of the list. True when the key was one of these. */
static bool pick(struct weir_screen *s, const struct weir_event *e)
{
	const struct weir_menu *l = &s->state.prompt.menu;
	if (is(e, "Up") || is(e, "Down"))
		weir_screen_pick(s, is(e, "Down") ? 1 : -1);
	else if (is(e, "PageUp") || is(e, "PageDown"))
		weir_screen_pick(s, is(e, "PageDown") ? l->rows : -l->rows);
	else
		return false;
	return true;
}

static void tab(struct weir_screen *s, int direction)
{
	struct weir_prompt *p = &s->state.prompt;
	if (direction > 0 && weir_prompt_mend(p)) {
		weir_screen_complete(s, false);
		if (!p->picks)
			weir_prompt_forget(p); /* the name is whole */
		weir_preview_later(s);
		return;
	}
	if (!p->menu.n_shown)
		weir_screen_complete(s, false);
	const struct weir_menu_item *item = weir_menu_current(&p->menu);
	bool more = p->picks && item && item->goes_on;
	weir_prompt_choose(p, direction);
	if (more && p->kind == WEIR_PROMPT_COMMAND && p->cursor == p->text.size &&
	    strchr(" /", p->text.data[p->cursor - 1]) == NULL)
		weir_prompt_insert(p, WEIR_STR(" ")); /* and on to what it takes */
	if (p->picks)
		weir_screen_complete(s, false);
	else
		weir_preview_later(s);
}

/* A list of everything is no help to who goes on with a filter, so it waits for the first letter. That of values does not. */
static void typed(struct weir_screen *s)
{
	struct weir_prompt *p = &s->state.prompt;
	weir_screen_complete(s, false);
	if (!p->picks && p->text.size && p->word_from == p->cursor && !weir_prompt_lists_values(p))
		weir_prompt_forget(p);
}

/* A click goes to the entry under the pointer; on the one that Enter would take it takes it. */
static void point(struct weir_screen *s, const struct weir_event *e)
{
	struct weir_prompt *p = &s->state.prompt;
	int rows = weir_prompt_menu_rows(p, s->grid.rows), top = s->grid.rows - 1 - rows - (p->error.code != WEIR_OK);
	int at = weir_menu_at(&p->menu, e->y - top);
	if (!p->picks || !rows)
		return;
	if (e->mouse == WEIR_MOUSE_WHEEL_UP || e->mouse == WEIR_MOUSE_WHEEL_DOWN)
		weir_screen_pick(s, e->mouse == WEIR_MOUSE_WHEEL_DOWN ? 1 : -1);
	else if (e->mouse != WEIR_MOUSE_PRESS || e->y < top || e->y >= top + rows || at < 0)
		return;
	else if (at == p->menu.cursor && p->takes_entry)
		enter(s);
	else
		weir_screen_pick(s, at - p->menu.cursor);
}

void weir_screen_prompt_event(struct weir_screen *s, const struct weir_event *e)
{
	struct weir_prompt *p = &s->state.prompt;
	if (e->kind == WEIR_EVENT_MOUSE) {
		point(s, e);
		return;
	}
	if (e->kind == WEIR_EVENT_PASTE) {
		weir_prompt_insert(p, e->paste);
		typed(s);
		return;
	}
	if (is(e, "Enter")) {
		enter(s);
	} else if (is(e, "Esc") || is(e, "Ctrl-C") || (is(e, "Backspace") && p->text.size == 0)) {
		weir_prompt_close(p);
		weir_preview_end(s, false);
	} else if (is(e, "Tab") || is(e, "Shift-Tab")) {
		tab(s, is(e, "Tab") ? 1 : -1);
	} else if (is(e, "Backspace") || is(e, "Ctrl-H") || is(e, "Delete") || is(e, "Ctrl-D")) {
		weir_prompt_erase(p, is(e, "Delete") || is(e, "Ctrl-D"), false);
		typed(s);
	} else if (e->text[0]) {
		if (collect(s, e))
			return;
		weir_prompt_insert(p, weir_str_of(e->text));
		typed(s);
	} else if (!(p->picks && pick(s, e)) && edit(p, e)) {
		if (p->picks)
			weir_screen_complete(s, false);
		else
			weir_prompt_forget(p);
		weir_preview_later(s);
	}
}
