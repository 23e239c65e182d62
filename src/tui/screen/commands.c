/* What each row of the command table does. */
#include "tui/screen/screen.h"

static const struct weir_panel *focus_of(const struct weir_screen *s)
{
	return weir_panels[s->state.focus];
}

static int body_rows(const struct weir_screen *s)
{
	int rows = s->state.page != WEIR_PAGE_NONE
		       ? s->grid.rows - 6
		       : weir_panel_body_rows(s->picture.layout.panels[s->state.focus].rows);
	return rows > 0 ? rows : 1;
}

static void scroll(struct weir_screen *s, int by)
{
	int *at = &s->state.scroll[s->state.focus], n = 0;
	if (s->result && focus_of(s)->rows)
		n = focus_of(s)->rows(&s->picture);
	int end = n - weir_panel_body_rows(s->picture.layout.panels[s->state.focus].rows);
	end = end > 0 ? end : 0;
	*at = *at + by > end ? end : *at + by < 0 ? 0 : *at + by;
}

static void move(struct weir_screen *s, int by)
{
	if (s->state.page == WEIR_PAGE_VIEWS) {
		weir_screen_views_move(s, by);
	} else if (s->state.page == WEIR_PAGE_TRAIL) {
		weir_screen_trail_move(s, by);
	} else if (s->state.page != WEIR_PAGE_NONE) {
		int end = weir_page_end(&s->picture, weir_grid_canvas(&s->grid)), at = s->state.page_scroll + by;
		s->state.page_scroll = at > end ? end : at < 0 ? 0 : at;
	} else if (!focus_of(s)->select) {
		scroll(s, by);
	} else if (s->result) {
		focus_of(s)->select(&s->picture, &s->state, by);
	}
}

/* Where Left and Right mean nothing, they move the time cursor. */
static void sideways(struct weir_screen *s, int by)
{
	const struct weir_panel *panel = focus_of(s);
	if (!panel->sideways || panel->time)
		weir_screen_move_time(s, by, false);
	else if (s->result)
		panel->sideways(&s->picture, &s->state, by);
}

static void next_panel(struct weir_screen *s, int by)
{
	int panel = s->state.focus, n = 0;
	while (weir_panels[n])
		n++;
	for (int i = 0; i < n; i++) {
		panel = (panel + by + n) % n;
		if (!weir_panels[panel]->passive && weir_panel_is_open(weir_panels[panel], &s->state) &&
		    weir_panel_has_data(weir_panels[panel], s->result))
			break;
	}
	weir_screen_show_panel(s, weir_panels[panel]);
}

/* One step back: the last thing opened closes first. */
static void back(struct weir_screen *s)
{
	struct weir_screen_state *state = &s->state;
	if (state->page == WEIR_PAGE_VIEWS) {
		weir_screen_views_close(s, false);
	} else if (state->page == WEIR_PAGE_TRAIL) {
		weir_screen_trail_close(s, false);
	} else if (state->page != WEIR_PAGE_NONE) {
		state->page = WEIR_PAGE_NONE;
	} else if (state->cursor_us != WEIR_TIME_NONE || state->span_from_us != WEIR_TIME_NONE) {
		state->cursor_us = state->span_from_us = state->span_to_us = WEIR_TIME_NONE;
	} else if (state->zoomed) {
		state->zoomed = false;
	} else if (state->selected.size) {
		weir_state_select(state, s->result, -1);
	} else {
		/* A condition added since the picture was paused is dropped before the pause ends. */
		struct weir_str entries[64];
		bool newer = weir_view_entries(weir_screen_view(s), WEIR_VIEW_WHERE, entries, 64) > s->still_filters;
		if (newer || !weir_screen_live(s))
			weir_screen_drop_filter(s, WEIR_NEWEST_CONDITION);
	}
}

static void next_theme(struct weir_screen *s)
{
	struct weir_error err = {0};
	struct weir_theme_list list;
	if (weir_theme_list(&s->options->theme_folders, &list, &err) != WEIR_OK) {
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
		return;
	}
	size_t at = 0;
	while (at < list.n && strcmp(list.items[at].name, s->theme.name) != 0)
		at++;
	for (size_t i = 1; i <= list.n; i++) {
		const struct weir_theme_entry *t = &list.items[(at + i) % list.n];
		if (t->fault.code != WEIR_OK || weir_options_set(s->options, "theme", t->name, 0, &err) != WEIR_OK)
			continue;
		weir_screen_say(s, WEIR_TONE_NOTE, "theme %s: %s", t->name, t->help);
		break;
	}
	weir_theme_list_release(&list);
	weir_screen_load_theme(s);
}

static void with_argument(struct weir_screen *s,
			  bool (*run)(struct weir_screen *, struct weir_str, struct weir_error *),
			  struct weir_str argument, const char *start)
{
	struct weir_error err = {0};
	if (!argument.size)
		weir_screen_command_prompt(s, start);
	else if (!run(s, argument, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err.what, err.hint[0] ? ": " : "", err.hint);
}

static void why(struct weir_screen *s, struct weir_str text)
{
	struct weir_error err = {0};
	if (!weir_screen_why(s, text, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err.what, err.hint[0] ? ": " : "", err.hint);
}

static void chart(struct weir_screen *s, struct weir_str form)
{
	struct weir_error err = {0};
	if (!weir_screen_chart(s, form, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err.what, err.hint[0] ? ": " : "", err.hint);
}

static void bookmark(struct weir_screen *s, struct weir_str note)
{
	struct weir_error err = {0};
	if (!weir_screen_bookmark(s, note, &err))
		weir_screen_say(s, WEIR_TONE_NOTE, "%s", err.what);
}

static void do_panel(struct weir_screen *s, struct weir_str name)
{
	for (int i = 0; weir_panels[i]; i++)
		if (!weir_panels[i]->passive && weir_str_equal(name, weir_str_of(weir_panels[i]->name))) {
			const struct weir_panel *panel = weir_panels[i];
			if (weir_screen_turn_to(s, panel))
				return;
			if (weir_panel_is_open(panel, &s->state) && !weir_panel_has_data(panel, s->result))
				weir_screen_say(s, WEIR_TONE_NOTE, "the panel %s has nothing to show now", panel->name);
			else if (weir_panel_is_open(panel, &s->state))
				weir_screen_show_panel(s, panel);
			else
				weir_screen_do(s, weir_panels[i]->opener, (struct weir_str){0});
			return;
		}
	weir_screen_command_prompt(s, "panel ");
}

static void list_views(struct weir_screen *s)
{
	struct weir_error err = {0};
	if (!weir_screen_views(s, (struct weir_str){0}, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
}

/* Commands that only change the view of the data: none of them asks the session anything. */
static bool do_look(struct weir_screen *s, enum weir_command command, struct weir_str argument)
{
	switch (command) {
	case WEIR_CMD_UP:
	case WEIR_CMD_DOWN:
		move(s, command == WEIR_CMD_DOWN ? 1 : -1);
		return true;
	case WEIR_CMD_PAGE_UP:
	case WEIR_CMD_PAGE_DOWN:
		move(s, command == WEIR_CMD_PAGE_DOWN ? body_rows(s) : -body_rows(s));
		return true;
	case WEIR_CMD_TOP_ROW:
		move(s, -(1 << 20));
		return true;
	case WEIR_CMD_LEFT:
	case WEIR_CMD_RIGHT:
		sideways(s, command == WEIR_CMD_RIGHT ? 1 : -1);
		return true;
	case WEIR_CMD_SPAN_BACK:
	case WEIR_CMD_SPAN_ON:
		weir_screen_move_time(s, command == WEIR_CMD_SPAN_ON ? 1 : -1, true);
		return true;
	case WEIR_CMD_NEXT_PANEL:
	case WEIR_CMD_PREVIOUS_PANEL:
		next_panel(s, command == WEIR_CMD_NEXT_PANEL ? 1 : -1);
		return true;
	case WEIR_CMD_TURN:
		weir_screen_turn(s);
		return true;
	case WEIR_CMD_LAYOUT:
		with_argument(s, weir_screen_layout, argument, "layout ");
		return true;
	case WEIR_CMD_CHART:
		chart(s, argument);
		return true;
	case WEIR_CMD_ZOOM:
		s->state.zoomed = !s->state.zoomed;
		return true;
	case WEIR_CMD_PANEL:
		do_panel(s, argument);
		return true;
	case WEIR_CMD_THEME_NEXT:
		next_theme(s);
		return true;
	case WEIR_CMD_HELP:
	case WEIR_CMD_WARNINGS: {
		enum weir_page page = command == WEIR_CMD_HELP ? WEIR_PAGE_HELP : WEIR_PAGE_WARNINGS;
		s->state.page = s->state.page == page ? WEIR_PAGE_NONE : page;
		s->state.page_scroll = 0;
		return true;
	}
	case WEIR_CMD_VIEWS:
		if (argument.size)
			return false;
		list_views(s);
		return true;
	case WEIR_CMD_REDRAW:
		if (s->terminal)
			weir_terminal_forget(s->terminal);
		return true;
	default:
		return false;
	}
}

/* Commands that open a prompt. */
static bool do_prompt(struct weir_screen *s, enum weir_command command)
{
	switch (command) {
	case WEIR_CMD_PROMPT_FILTER:
		weir_screen_prompt(s, WEIR_PROMPT_FILTER);
		return true;
	case WEIR_CMD_PROMPT_GROUP:
		weir_screen_prompt(s, WEIR_PROMPT_GROUP);
		return true;
	case WEIR_CMD_PROMPT_MEASURE:
		weir_screen_prompt(s, WEIR_PROMPT_MEASURE);
		return true;
	case WEIR_CMD_PROMPT_WINDOW:
		weir_screen_prompt(s, WEIR_PROMPT_WINDOW);
		return true;
	case WEIR_CMD_PROMPT_SORT:
		weir_screen_prompt(s, WEIR_PROMPT_SORT);
		return true;
	case WEIR_CMD_PROMPT_UNIT:
		weir_screen_prompt(s, WEIR_PROMPT_UNIT);
		return true;
	case WEIR_CMD_PROMPT_COMMAND:
		weir_screen_prompt(s, WEIR_PROMPT_COMMAND);
		return true;
	default:
		return false;
	}
}

static void do_order(struct weir_screen *s, struct weir_str by)
{
	weir_screen_show_panel(s, &weir_panel_records);
	if (by.size)
		with_argument(s, weir_screen_order, by, "order ");
	else if (s->result)
		weir_records_order(&s->picture, &s->state.records);
}

/* Of a list, what is chosen is taken. */
static void close_page(struct weir_screen *s)
{
	if (s->state.page == WEIR_PAGE_TRAIL)
		weir_screen_trail_close(s, true);
	else if (s->state.page == WEIR_PAGE_VIEWS)
		weir_screen_views_close(s, true);
	else
		s->state.page = WEIR_PAGE_NONE;
}

void weir_screen_do(struct weir_screen *s, enum weir_command command, struct weir_str argument)
{
	if (weir_screen_panel_command(s, command) || do_look(s, command, argument) || do_prompt(s, command))
		return;
	switch (command) {
	case WEIR_CMD_KEEP:
	case WEIR_CMD_EXCLUDE:
	case WEIR_CMD_ADD:
	case WEIR_CMD_COPY:
		weir_screen_say_select(s, command);
		break;
	case WEIR_CMD_BACK:
		back(s);
		break;
	case WEIR_CMD_CLOSE:
		close_page(s);
		break;
	case WEIR_CMD_VIEW_DELETE:
		weir_screen_views_delete(s);
		break;
	case WEIR_CMD_VIEW_SAVE:
		weir_screen_views_save(s);
		break;
	case WEIR_CMD_UNDO:
	case WEIR_CMD_REDO:
		weir_screen_undo(s, command == WEIR_CMD_REDO ? 1 : -1);
		break;
	case WEIR_CMD_TRAIL: {
		struct weir_error err = {0};
		if (!weir_screen_trail(s, argument, &err))
			weir_screen_say(s, WEIR_TONE_ERROR, "%s: %s", err.what, err.hint);
		break;
	}
	case WEIR_CMD_PAUSE:
		weir_screen_pause(s);
		break;
	case WEIR_CMD_LIVE:
		weir_screen_live(s);
		break;
	case WEIR_CMD_STEP_BACK:
	case WEIR_CMD_STEP_ON:
		weir_screen_step(s, command == WEIR_CMD_STEP_ON ? 1 : -1, false);
		break;
	case WEIR_CMD_LEAP_BACK:
	case WEIR_CMD_LEAP_ON:
		weir_screen_step(s, command == WEIR_CMD_LEAP_ON ? 1 : -1, true);
		break;
	case WEIR_CMD_COMPARE_NEXT:
		weir_screen_compare_next(s);
		break;
	case WEIR_CMD_MOVER:
		weir_screen_mover(s, WEIR_NEXT_MOVER);
		break;
	case WEIR_CMD_SORT_NEXT:
	case WEIR_CMD_SORT_REVERSE:
		weir_screen_sort(s, command == WEIR_CMD_SORT_REVERSE);
		break;
	case WEIR_CMD_TIME_UNIT:
		if (argument.size)
			with_argument(s, weir_screen_unit, argument, "time-unit ");
		else
			weir_screen_time_unit(s);
		break;
	case WEIR_CMD_WHY:
		why(s, argument);
		break;
	case WEIR_CMD_ALERT:
		if (argument.size)
			with_argument(s, weir_screen_alert, argument, NULL);
		else
			weir_screen_alert_prompt(s);
		break;
	case WEIR_CMD_BOOKMARK:
		bookmark(s, argument);
		break;
	case WEIR_CMD_NEXT_BOOKMARK:
		weir_screen_next_bookmark(s);
		break;
	case WEIR_CMD_BOOKMARKS:
		weir_screen_list_bookmarks(s);
		break;
	case WEIR_CMD_SLOWER:
	case WEIR_CMD_FASTER:
		weir_screen_speed(s, command == WEIR_CMD_FASTER ? 1 : -1);
		break;
	case WEIR_CMD_LOOP:
		with_argument(s, weir_screen_loop, argument, "loop ");
		break;
	case WEIR_CMD_FROM:
		with_argument(s, weir_screen_read_from, argument, "from ");
		break;
	case WEIR_CMD_VIEWS:
		with_argument(s, weir_screen_views, argument, "views ");
		break;
	case WEIR_CMD_COPY_VIEW:
		with_argument(s, weir_screen_copy_view, WEIR_STR(" "), NULL);
		break;
	case WEIR_CMD_EXPORT:
		with_argument(s, weir_screen_export, argument, "export ");
		break;
	case WEIR_CMD_SEARCH:
		if (argument.size)
			with_argument(s, weir_screen_search, argument, "search ");
		else
			weir_screen_prompt(s, WEIR_PROMPT_SEARCH);
		break;
	case WEIR_CMD_SEARCH_NEXT:
	case WEIR_CMD_SEARCH_BACK:
		weir_screen_search_on(s, command == WEIR_CMD_SEARCH_BACK);
		break;
	case WEIR_CMD_ORDER:
		do_order(s, argument);
		break;
	case WEIR_CMD_GO:
		with_argument(s, weir_screen_go, argument, "go ");
		break;
	case WEIR_CMD_COLUMNS:
		with_argument(s, weir_screen_columns, argument, "columns ");
		break;
	case WEIR_CMD_LEFT_OUT:
		if (s->result && weir_panel_has_data(&weir_panel_left_out, s->result))
			weir_screen_show_panel(s, &weir_panel_left_out);
		else
			weir_screen_say(s, WEIR_TONE_NOTE, "no record was left out");
		break;
	case WEIR_CMD_SUSPEND:
		s->suspend = true;
		break;
	case WEIR_CMD_QUIT:
		s->quit = true;
		break;
	default:
		break;
	}
}
