/* Commands of the screen: what each row of the command table does, and the `:` line. */
#include "tui/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MESSAGE_US = 6000000 };

void weir_screen_say(struct weir_screen *s, enum weir_tone tone, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(s->ui.message, sizeof(s->ui.message), fmt, args);
	va_end(args);
	s->ui.tone = tone;
	s->ui.message_until_us = weir_clock_mono_us(s->config->clock) + MESSAGE_US;
}

int64_t weir_screen_now_us(const struct weir_screen *s)
{
	return weir_clock_wall_us(s->config->clock);
}

static const char *const panel_names[] = {
#define X(name, text, keys) text,
    WEIR_PANEL_LIST(X)
#undef X
};

static int body_rows(const struct weir_screen *s)
{
	int rows = weir_panel_body_rows(s->frame.layout.panels[s->ui.focus].rows);
	return rows > 0 ? rows : 1;
}

static int scroll_end(const struct weir_screen *s, enum weir_panel panel)
{
	const struct weir_result *r = s->result;
	if (!r)
		return 0;
	int n = panel == WEIR_PANEL_RECORDS   ? (int)r->n_records
		: panel == WEIR_PANEL_SCHEMA  ? (int)r->n_fields
		: panel == WEIR_PANEL_STREAMS ? 64
					      : 0;
	int last = n - weir_panel_body_rows(s->frame.layout.panels[panel].rows);
	return last > 0 ? last : 0;
}

static void scroll(struct weir_screen *s, enum weir_panel panel, int by)
{
	int *at = &s->ui.scroll[panel], end = scroll_end(s, panel);
	*at = *at + by > end ? end : *at + by < 0 ? 0 : *at + by;
}

/* Keeps the selected row inside the table's lines. */
static void follow_selection(struct weir_screen *s, int row)
{
	const struct weir_result *r = s->result;
	int body = weir_panel_body_rows(s->frame.layout.panels[WEIR_PANEL_TABLE].rows) - (r->has_others ? 1 : 0);
	int *at = &s->ui.scroll[WEIR_PANEL_TABLE];
	if (row < *at)
		*at = row;
	if (body > 0 && row >= *at + body)
		*at = row - body + 1;
}

static void move_selection(struct weir_screen *s, int by)
{
	const struct weir_result *r = s->result;
	int row = weir_ui_selected_row(&s->ui, r);
	if (!r || !r->n_rows)
		return;
	/* A row that left the table lets its neighbour follow. */
	row = row >= 0 ? row + by : s->ui.selected.size ? s->ui.selected_at : by > 0 ? by - 1 : (int)r->n_rows - 1;
	row = row < 0 ? 0 : row >= (int)r->n_rows ? (int)r->n_rows - 1 : row;
	weir_ui_select(&s->ui, r, row);
	follow_selection(s, row);
}

static void move(struct weir_screen *s, int by)
{
	if (s->ui.help)
		s->ui.help_scroll = s->ui.help_scroll + by < 0 ? 0 : s->ui.help_scroll + by;
	else if (s->ui.focus == WEIR_PANEL_TABLE || s->ui.focus == WEIR_PANEL_CHART ||
		 s->ui.focus == WEIR_PANEL_HISTOGRAM)
		move_selection(s, by);
	else
		scroll(s, s->ui.focus, by);
}

static void sideways(struct weir_screen *s, int by)
{
	int last = s->result ? (int)s->result->n_record_columns - 1 : 0;
	if (s->ui.focus == WEIR_PANEL_RECORDS) {
		s->ui.first_column += by;
		s->ui.first_column = s->ui.first_column > last ? last : s->ui.first_column;
		s->ui.first_column = s->ui.first_column < 0 ? 0 : s->ui.first_column;
	} else {
		s->ui.focus = WEIR_PANEL_CHART;
		weir_screen_cursor(s, by);
	}
}

static void show_panel(struct weir_screen *s, enum weir_panel panel)
{
	s->ui.focus = panel;
	if (panel != WEIR_PANEL_TABLE)
		s->ui.lower = panel;
}

static void next_panel(struct weir_screen *s, int by)
{
	const struct weir_result *r = s->result;
	int panel = (int)s->ui.focus;
	for (int i = 0; i < WEIR_PANEL_COUNT; i++) {
		panel = (panel + by + WEIR_PANEL_COUNT) % WEIR_PANEL_COUNT;
		bool empty =
		    r && ((panel == WEIR_PANEL_TABLE && !r->n_groups) || (panel == WEIR_PANEL_CHART && !r->n_buckets) ||
			  (panel == WEIR_PANEL_HISTOGRAM && !r->histogram.column.size));
		if (!empty)
			break;
	}
	show_panel(s, (enum weir_panel)panel);
}

/* One step back: what was opened last closes first. */
static void back(struct weir_screen *s)
{
	struct weir_ui *ui = &s->ui;
	if (ui->help) {
		ui->help = false;
	} else if (ui->cursor_us != WEIR_TIME_NONE || ui->span_from_us != WEIR_TIME_NONE) {
		ui->cursor_us = ui->span_from_us = ui->span_to_us = WEIR_TIME_NONE;
	} else if (ui->zoomed) {
		ui->zoomed = false;
	} else if (ui->selected.size) {
		weir_ui_select(ui, s->result, -1);
	} else if (!weir_screen_drop_filter(s) && s->info.paused) {
		weir_session_go_to(s->session, WEIR_TIME_NONE);
	}
}

static void next_theme(struct weir_screen *s)
{
	struct weir_error err = {0};
	int at = (weir_theme_index(s->options->theme) + 1) % WEIR_THEME_COUNT;
	if (weir_theme_index(s->options->theme) == WEIR_THEME_COUNT)
		at = 1; /* auto is the first */
	if (weir_options_set(s->options, "theme", weir_theme_table[at].name, weir_screen_now_us(s), &err) == WEIR_OK)
		weir_screen_say(s, WEIR_TONE_NOTE, "theme %s: %s", weir_theme_table[at].name,
				weir_theme_table[at].help);
	weir_screen_looks(s);
}

static void open_command(struct weir_screen *s, const char *start)
{
	weir_prompt_open(&s->ui.prompt, WEIR_PROMPT_COMMAND, weir_str_of(start));
}

static void with_argument(struct weir_screen *s,
			  bool (*run)(struct weir_screen *, struct weir_str, struct weir_error *),
			  struct weir_str argument, const char *start)
{
	struct weir_error err = {0};
	if (!argument.size)
		open_command(s, start);
	else if (!run(s, argument, &err))
		weir_screen_say(s, WEIR_TONE_ERROR, "%s%s%s", err.what, err.hint[0] ? ": " : "", err.hint);
}

static void do_panel(struct weir_screen *s, struct weir_str name)
{
	for (int i = 0; i < WEIR_PANEL_COUNT; i++)
		if (weir_str_equal(name, weir_str_of(panel_names[i]))) {
			show_panel(s, (enum weir_panel)i);
			return;
		}
	open_command(s, "panel ");
}

/* Commands that only look: none of them asks the session anything. */
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
	case WEIR_CMD_NEXT_PANEL:
	case WEIR_CMD_PREVIOUS_PANEL:
		next_panel(s, command == WEIR_CMD_NEXT_PANEL ? 1 : -1);
		return true;
	case WEIR_CMD_ZOOM:
		s->ui.zoomed = !s->ui.zoomed;
		return true;
	case WEIR_CMD_PANEL:
		do_panel(s, argument);
		return true;
	case WEIR_CMD_THEME_NEXT:
		next_theme(s);
		return true;
	case WEIR_CMD_HELP:
		s->ui.help = !s->ui.help;
		s->ui.help_scroll = 0;
		return true;
	case WEIR_CMD_REDRAW:
		if (s->term)
			weir_term_forget(s->term);
		return true;
	default:
		return false;
	}
}

void weir_screen_do(struct weir_screen *s, enum weir_command command, struct weir_str argument)
{
	if (do_look(s, command, argument))
		return;
	switch (command) {
	case WEIR_CMD_KEEP:
		if (!weir_screen_keep_time(s))
			weir_screen_keep(s, false);
		break;
	case WEIR_CMD_EXCLUDE:
		weir_screen_keep(s, true);
		break;
	case WEIR_CMD_BACK:
		back(s);
		break;
	case WEIR_CMD_PAUSE:
		weir_screen_pause(s);
		break;
	case WEIR_CMD_LIVE:
		weir_session_go_to(s->session, WEIR_TIME_NONE);
		break;
	case WEIR_CMD_STEP_BACK:
	case WEIR_CMD_STEP_ON:
		weir_screen_step(s, command == WEIR_CMD_STEP_ON ? 1 : -1, false);
		break;
	case WEIR_CMD_LEAP_BACK:
	case WEIR_CMD_LEAP_ON:
		weir_screen_step(s, command == WEIR_CMD_LEAP_ON ? 1 : -1, true);
		break;
	case WEIR_CMD_PROMPT_FILTER:
		weir_screen_prompt(s, WEIR_PROMPT_FILTER);
		break;
	case WEIR_CMD_PROMPT_GROUP:
		weir_screen_prompt(s, WEIR_PROMPT_GROUP);
		break;
	case WEIR_CMD_PROMPT_MEASURE:
		weir_screen_prompt(s, WEIR_PROMPT_MEASURE);
		break;
	case WEIR_CMD_PROMPT_WINDOW:
		weir_screen_prompt(s, WEIR_PROMPT_WINDOW);
		break;
	case WEIR_CMD_PROMPT_COMMAND:
		weir_screen_prompt(s, WEIR_PROMPT_COMMAND);
		break;
	case WEIR_CMD_SORT_NEXT:
	case WEIR_CMD_SORT_REVERSE:
		weir_screen_sort(s, command == WEIR_CMD_SORT_REVERSE);
		break;
	case WEIR_CMD_TIME_UNIT:
		weir_screen_time_unit(s);
		break;
	case WEIR_CMD_VIEWS:
		with_argument(s, weir_screen_views, argument, "views ");
		break;
	case WEIR_CMD_EXPORT:
		with_argument(s, weir_screen_export, argument, "export ");
		break;
	case WEIR_CMD_COPY:
		weir_screen_copy(s);
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
