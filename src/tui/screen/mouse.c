/* The mouse: the wheel scrolls what is under it; what a button does there, the spot that was drawn there or the panel knows. */
#include "tui/screen/screen.h"

/* The picture is the last one that was drawn: a key that came since may have closed the panel that stands there. */
static bool is_there(const struct weir_screen *s, int panel)
{
	return weir_panel_is_open(weir_panels[panel], &s->state) && weir_panel_has_data(weir_panels[panel], s->result);
}

static int panel_at(const struct weir_screen *s, int x, int y)
{
	for (int i = 0; weir_panels[i]; i++)
		if (!weir_panels[i]->passive && is_there(s, i) && weir_rect_holds(s->picture.layout.panels[i], x, y))
			return i;
	return -1;
}

static void wheel(struct weir_screen *s, enum weir_mouse mouse)
{
	weir_screen_do(s, mouse == WEIR_MOUSE_WHEEL_DOWN ? WEIR_CMD_DOWN : WEIR_CMD_UP, (struct weir_str){0});
}

/* The panel scrolls as it likes, or else moves what Up and Down move. */
static void wheel_in(struct weir_screen *s, int panel, const struct weir_event *e)
{
	struct weir_rect r = s->picture.layout.panels[panel];
	struct weir_click at = {.kind = e->mouse == WEIR_MOUSE_WHEEL_UP ? WEIR_CLICK_WHEEL_UP : WEIR_CLICK_WHEEL_DOWN,
				.x = e->x - r.x,
				.y = e->y - r.y};
	int focus = s->state.focus;
	if (weir_panels[panel]->click)
		weir_panels[panel]->click(&s->picture, &s->state, r, &at);
	if (at.taken)
		return;
	s->state.focus = panel;
	wheel(s, e->mouse);
	s->state.focus = focus;
}

static void click(struct weir_screen *s, int panel, const struct weir_event *e)
{
	struct weir_rect r = s->picture.layout.panels[panel];
	struct weir_click at = {.kind = e->mouse == WEIR_MOUSE_PRESS  ? WEIR_CLICK_PRESS
					: e->mouse == WEIR_MOUSE_DRAG ? WEIR_CLICK_DRAG
								      : WEIR_CLICK_RELEASE,
				.x = e->x - r.x,
				.y = e->y - r.y};
	if (!weir_panels[panel]->click)
		return;
	weir_panels[panel]->click(&s->picture, &s->state, r, &at);
	if (at.kind == WEIR_CLICK_PRESS)
		s->state.dragging = at.follow ? panel : -1;
	if (at.sort)
		weir_screen_sort_by(s, at.sort_by);
	if (at.note)
		weir_screen_say(s, WEIR_TONE_NOTE, "%s", at.note);
}

/* On the strip a click goes to the moment, and a drag chooses a span. */
static void click_strip(struct weir_screen *s, const struct weir_event *e)
{
	struct weir_screen_state *state = &s->state;
	int64_t at = weir_strip_time(&s->picture, e->x - s->picture.layout.strip.x);
	if (at == WEIR_TIME_NONE)
		return;
	if (e->mouse == WEIR_MOUSE_PRESS) {
		s->dragging_strip = true;
		state->drag_from_us = at;
	} else if (e->mouse == WEIR_MOUSE_DRAG) {
		if (state->span_from_us == WEIR_TIME_NONE && at == state->drag_from_us)
			return;
		weir_screen_focus_time(s);
		state->cursor_us = WEIR_TIME_NONE;
		state->span_from_us =
		    at < state->drag_from_us ? state->drag_from_us + s->info.strip.bucket_us : state->drag_from_us;
		state->span_to_us = at < state->drag_from_us ? at : at + s->info.strip.bucket_us;
	} else if (state->span_from_us != WEIR_TIME_NONE) {
		weir_screen_say(s, WEIR_TONE_NOTE, "Enter keeps this span of time, Esc lets go of it");
	} else {
		weir_screen_seek(s, at + s->info.strip.bucket_us);
	}
}

/* The wheel on the strip goes through time as [ and ] do. */
static void wheel_strip(struct weir_screen *s, enum weir_mouse mouse)
{
	int by = mouse == WEIR_MOUSE_WHEEL_DOWN ? 1 : -1;
	if (s->info.view.window.kind == WEIR_WINDOW_ALL)
		weir_screen_move_time(s, by, false);
	else
		weir_screen_step(s, by, false);
}

/* True: the mouse belongs to the strip, and that was all. */
static bool mouse_on_strip(struct weir_screen *s, const struct weir_event *e, bool wheels)
{
	bool inside = weir_rect_holds(s->picture.layout.strip, e->x, e->y);
	bool follows = s->dragging_strip && (e->mouse == WEIR_MOUSE_DRAG || e->mouse == WEIR_MOUSE_RELEASE);
	if (!follows && !(inside && (wheels || e->mouse == WEIR_MOUSE_PRESS)))
		return false;
	if (wheels) {
		wheel_strip(s, e->mouse);
		return true;
	}
	if (e->mouse == WEIR_MOUSE_PRESS)
		s->state.span_from_us = s->state.span_to_us = WEIR_TIME_NONE;
	click_strip(s, e);
	if (e->mouse == WEIR_MOUSE_RELEASE) {
		s->dragging_strip = false;
		s->state.drag_from_us = WEIR_TIME_NONE;
	}
	return true;
}

/* A click on an entry of a list goes there; on the one that is chosen already, it takes it. */
static void click_list(struct weir_screen *s, const struct weir_event *e)
{
	bool views = s->state.page == WEIR_PAGE_VIEWS;
	int at = weir_list_at(&s->picture, weir_grid_canvas(&s->grid), e->x, e->y),
	    now = views ? s->state.views.cursor : s->state.trail.aim;
	if (e->mouse != WEIR_MOUSE_PRESS || at < 0)
		return;
	if (at == now)
		weir_screen_do(s, WEIR_CMD_CLOSE, (struct weir_str){0});
	else if (views)
		weir_screen_views_move(s, now < 0 ? at + 1 : at - now);
	else
		weir_screen_trail_move(s, at - now);
}

static void select_row(struct weir_screen *s, int row)
{
	bool again = row == weir_state_selected_row(&s->state, s->result);
	if (row < (int)s->result->n_rows)
		weir_state_select(&s->state, s->result, again ? -1 : row);
}

/* What was drawn there answers: a chip, a name of a line, a figure, a key of the foot. Returns a key that is to be pressed; NULL:
 * that was all. */
static const char *click_spot(struct weir_screen *s, struct weir_spot spot)
{
	switch ((enum weir_spot_kind)spot.kind) {
	case WEIR_SPOT_KEY:
		return spot.name;
	case WEIR_SPOT_COMMAND:
		weir_screen_command_prompt(s, spot.name);
		break;
	case WEIR_SPOT_EDIT:
		weir_screen_edit_condition(s, spot.which);
		break;
	case WEIR_SPOT_DROP:
		weir_screen_drop_filter(s, spot.which);
		break;
	case WEIR_SPOT_MEASURE:
		if ((uint32_t)spot.which < s->result->n_measures)
			weir_screen_sort_by(s, spot.which);
		break;
	case WEIR_SPOT_ROW:
		select_row(s, spot.which);
		break;
	case WEIR_SPOT_MOVER:
		weir_screen_mover(s, spot.which);
		break;
	}
	return NULL;
}

/* The first click on a title goes there, the next one makes the panel as large as the screen, or small again. */
static void click_panel(struct weir_screen *s, int panel, const struct weir_event *e)
{
	bool title = e->y == s->picture.layout.panels[panel].y, there = s->state.focus == panel;
	s->state.focus = panel;
	if (!title)
		click(s, panel, e);
	else if (there)
		weir_screen_do(s, WEIR_CMD_ZOOM, (struct weir_str){0});
}

const char *weir_screen_mouse(struct weir_screen *s, const struct weir_event *e)
{
	bool wheels = e->mouse == WEIR_MOUSE_WHEEL_UP || e->mouse == WEIR_MOUSE_WHEEL_DOWN;
	int panel = panel_at(s, e->x, e->y);
	const struct weir_spot *spot = e->mouse == WEIR_MOUSE_PRESS ? weir_spot_at(&s->grid, e->x, e->y) : NULL;
	/* While a list or a page is open only its keys count. */
	if (spot && (spot->kind == WEIR_SPOT_KEY || (s->result && s->state.page == WEIR_PAGE_NONE))) {
		s->state.message[0] = '\0';
		s->state.dragging = -1;
		return click_spot(s, *spot);
	}
	if (s->state.page != WEIR_PAGE_NONE) {
		if (wheels)
			wheel(s, e->mouse);
		else if (s->state.page == WEIR_PAGE_TRAIL || s->state.page == WEIR_PAGE_VIEWS)
			click_list(s, e);
	} else if (!s->result || mouse_on_strip(s, e, wheels)) {
		return NULL;
	} else if (e->mouse == WEIR_MOUSE_RELEASE || e->mouse == WEIR_MOUSE_DRAG) {
		if (s->state.dragging >= 0 && is_there(s, s->state.dragging))
			click(s, s->state.dragging, e);
		if (e->mouse == WEIR_MOUSE_RELEASE)
			s->state.dragging = -1;
	} else if (panel >= 0 && wheels) {
		wheel_in(s, panel, e);
	} else if (panel >= 0) {
		click_panel(s, panel, e);
	}
	return NULL;
}
