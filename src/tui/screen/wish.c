/* What the panel in focus makes of a command, and what it asks of the screen for it. */
#include "tui/screen/screen.h"

/* Whatever was chosen is in the filter now. */
static void say_kept(struct weir_screen *s, const struct weir_wish *wish)
{
	struct weir_buf chip = {0};
	weir_state_select(&s->state, s->result, -1);
	s->state.cursor_us = s->state.span_from_us = s->state.span_to_us = WEIR_TIME_NONE;
	weir_chip_text(weir_buf_str(&wish->text), s->result->moment_us, &chip);
	bool widened = s->span_condition && strcmp(s->span_condition, wish->text.data) == 0;
	weir_screen_say(s, WEIR_TONE_DONE, "%s: %s; %sEsc takes it back", wish->what ? wish->what : "kept",
			chip.failed || !chip.data ? wish->text.data : chip.data,
			widened ? "the window is all, as it did not hold it; " : "");
	weir_buf_release(&chip);
}

/* What + has put together is said as the condition that it is. */
static bool add_row(struct weir_screen *s, const struct weir_wish *wish, struct weir_error *err)
{
	struct weir_added *a = &s->state.added;
	struct weir_buf text = {0};
	if (!weir_added_turn(a, weir_buf_str(&wish->text), weir_buf_str(&wish->other))) {
		weir_fail(err, WEIR_USAGE, "add", "there is no room for more than %d", WEIR_MOST_ADDED);
		return false;
	}
	weir_added_condition(a, false, &text);
	if (!a->n)
		weir_screen_say(s, WEIR_TONE_NOTE, "nothing is added any more");
	else
		weir_screen_say(s, WEIR_TONE_NOTE, "added: %s; Enter keeps, x excludes, Esc lets go",
				text.data ? text.data : "");
	weir_buf_release(&text);
	return true;
}

/* Enter, x and Esc are about what was added, as long as something is. */
static bool take_added(struct weir_screen *s, enum weir_command command)
{
	struct weir_added *a = &s->state.added;
	struct weir_wish wish = {.kind = WEIR_WISH_FILTER, .what = command == WEIR_CMD_KEEP ? "kept" : "excluded"};
	struct weir_error err = {0};
	if (!a->n || (command != WEIR_CMD_KEEP && command != WEIR_CMD_EXCLUDE && command != WEIR_CMD_BACK))
		return false;
	if (command != WEIR_CMD_BACK)
		weir_added_condition(a, command == WEIR_CMD_EXCLUDE, &wish.text);
	if (command == WEIR_CMD_BACK)
		weir_screen_say(s, WEIR_TONE_NOTE, "nothing is added any more");
	else if (wish.text.failed)
		weir_screen_say(s, WEIR_TONE_ERROR, "out of memory");
	else if (weir_screen_add_filter(s, wish.text.data, &err))
		say_kept(s, &wish);
	else
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	weir_added_clear(a);
	weir_buf_release(&wish.text);
	return true;
}

static bool grant(struct weir_screen *s, struct weir_wish *wish, struct weir_error *err)
{
	struct weir_str text = weir_buf_str(&wish->text);
	switch (wish->kind) {
	case WEIR_WISH_FILTER:
		if (wish->from_us < wish->to_us
			? !weir_screen_keep_span(s, wish->text.data, wish->from_us, wish->to_us, err)
			: !weir_screen_add_filter(s, wish->text.data, err))
			return false;
		say_kept(s, wish);
		return true;
	case WEIR_WISH_ADD:
		return add_row(s, wish, err);
	case WEIR_WISH_GROUP:
		if (!weir_screen_ask(s, WEIR_VIEW_GROUP, text, err))
			return false;
		weir_screen_say(s, WEIR_TONE_DONE, "grouped by %s", wish->text.data);
		return true;
	case WEIR_WISH_MEASURE:
		if (!weir_screen_ask(s, WEIR_VIEW_MEASURE, text, err))
			return false;
		weir_screen_say(s, WEIR_TONE_DONE, "measured: %s", wish->text.data);
		return true;
	case WEIR_WISH_COPY:
		weir_screen_copy_text(s, text, wish->what ? wish->what : "copied", "");
		return true;
	case WEIR_WISH_SAY:
		weir_screen_say(s, WEIR_TONE_NOTE, "%s", wish->text.data ? wish->text.data : "");
		return true;
	case WEIR_WISH_WHY:
		return weir_screen_why(s, text, err);
	case WEIR_WISH_GO:
		weir_screen_go_to(s, wish->at_us);
		return true;
	case WEIR_WISH_WHY_KEEP:
		if (!weir_screen_why_keep(s, wish, err))
			return false;
		say_kept(s, wish);
		return true;
	case WEIR_WISH_WHY_AGAIN:
		return weir_screen_why_again(s, wish, err);
	case WEIR_WISH_WHY_BACK:
		weir_screen_why_back(s);
		return true;
	case WEIR_WISH_NOTHING:
		break;
	}
	return true;
}

/* The panel's own way comes first, then its acts. */
static bool ask_panel(struct weir_screen *s, enum weir_command command, struct weir_wish *wish)
{
	const struct weir_panel *panel = weir_panels[s->state.focus];
	bool known;
	if (panel->command && panel->command(&s->picture, &s->state, command, wish))
		return true;
	const struct weir_panel_act *act = weir_panel_act_of(&s->picture, panel, command, &known);
	if (act)
		act->act(&s->picture, &s->state, wish);
	return act != NULL;
}

bool weir_screen_panel_command(struct weir_screen *s, enum weir_command command)
{
	struct weir_wish wish = {0};
	struct weir_error err = {0};
	if (!s->result || s->state.page != WEIR_PAGE_NONE)
		return false;
	if (take_added(s, command))
		return true;
	if (!ask_panel(s, command, &wish))
		return false;
	if (wish.text.failed || wish.other.failed)
		weir_screen_say(s, WEIR_TONE_ERROR, "out of memory");
	else if (!grant(s, &wish, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err.what, err.hint[0] ? ": " : "", err.hint);
	weir_buf_release(&wish.text);
	weir_buf_release(&wish.other);
	return true;
}
