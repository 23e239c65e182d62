/* The mouse: the wheel scrolls what is under it, a click selects, a drag on the chart chooses a span of time. */
#include "tui/screen.h"
#include "tui/times.h"

static int panel_at(const struct weir_screen *s, int x, int y)
{
	for (int p = 0; p < WEIR_PANEL_COUNT; p++)
		if (weir_rect_holds(s->frame.layout.panels[p], x, y))
			return p;
	return -1;
}

static void click_table(struct weir_screen *s, int y)
{
	const struct weir_result *r = s->result;
	struct weir_rect panel = s->frame.layout.panels[WEIR_PANEL_TABLE];
	int row = y - panel.y - 2 + s->ui.scroll[WEIR_PANEL_TABLE];
	if (y == panel.y + 1)
		weir_screen_sort(s, false);
	else if (y > panel.y + 1 && row >= 0 && row < (int)r->n_rows)
		weir_ui_select(&s->ui, r, row);
}

static void chart(struct weir_screen *s, const struct weir_event *e)
{
	struct weir_rect plot = weir_chart_plot(&s->frame, s->frame.layout.panels[WEIR_PANEL_CHART]);
	struct weir_ui *ui = &s->ui;
	if (!plot.columns || !s->result->n_buckets)
		return;
	struct weir_times t = weir_times_of(s->result, ui->data_from_us);
	int64_t at = weir_times_at(&t, e->x - plot.x, plot.columns);
	if (e->mouse == WEIR_MOUSE_PRESS) {
		s->drag_from_us = at;
		ui->cursor_us = at;
		ui->span_from_us = ui->span_to_us = WEIR_TIME_NONE;
	} else if (e->mouse == WEIR_MOUSE_DRAG && s->drag_from_us != WEIR_TIME_NONE) {
		ui->cursor_us = WEIR_TIME_NONE;
		ui->span_from_us = s->drag_from_us;
		ui->span_to_us = at;
	}
}

void weir_screen_mouse(struct weir_screen *s, const struct weir_event *e)
{
	int panel = panel_at(s, e->x, e->y);
	if (!s->result || s->ui.help)
		return;
	if (e->mouse == WEIR_MOUSE_RELEASE) {
		if (s->drag_from_us != WEIR_TIME_NONE && s->ui.span_from_us != WEIR_TIME_NONE)
			weir_screen_say(s, WEIR_TONE_NOTE, "Enter keeps this span of time, Esc lets it go");
		s->drag_from_us = WEIR_TIME_NONE;
		return;
	}
	if (s->drag_from_us != WEIR_TIME_NONE && e->mouse == WEIR_MOUSE_DRAG) {
		chart(s, e);
		return;
	}
	if (panel < 0)
		return;
	if (e->mouse == WEIR_MOUSE_WHEEL_UP || e->mouse == WEIR_MOUSE_WHEEL_DOWN) {
		enum weir_panel focus = s->ui.focus;
		s->ui.focus = (enum weir_panel)panel;
		weir_screen_do(s, e->mouse == WEIR_MOUSE_WHEEL_DOWN ? WEIR_CMD_DOWN : WEIR_CMD_UP,
			       (struct weir_str){0});
		s->ui.focus = focus;
		return;
	}
	if (e->mouse != WEIR_MOUSE_PRESS)
		return;
	s->ui.focus = (enum weir_panel)panel;
	if (panel == WEIR_PANEL_TABLE)
		click_table(s, e->y);
	else if (panel == WEIR_PANEL_CHART)
		chart(s, e);
}
