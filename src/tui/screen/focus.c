/* The panel in focus, and the layout of all of them. */
#include "tui/screen/screen.h"

void weir_screen_show_panel(struct weir_screen *s, const struct weir_panel *panel)
{
	for (int i = 0; weir_panels[i]; i++) {
		if (weir_panels[i] != panel)
			continue;
		s->state.focus = i;
		*(panel->place == WEIR_PLACE_MAIN ? &s->state.upper : &s->state.lower) = i;
	}
}

/* By its name, or its number. */
static int layout_named(struct weir_str name)
{
	for (int i = 0; i < WEIR_LAYOUTS; i++) {
		char number[2] = {(char)('1' + i), '\0'};
		if (weir_str_equal(name, weir_str_of(weir_layout_names[i])) ||
		    weir_str_equal(name, weir_str_of(number)))
			return i;
	}
	return -1;
}

bool weir_screen_layout(struct weir_screen *s, struct weir_str name, struct weir_error *err)
{
	int layout = layout_named(name);
	if (layout < 0) {
		weir_fail(err, WEIR_USAGE, "layout", "there is no layout " WEIR_STR_FMT, WEIR_STR_ARG(name));
		weir_error_hint(err, "1 to %d, or %s", WEIR_LAYOUTS, weir_command_table[WEIR_CMD_LAYOUT].argument);
		return false;
	}
	const struct weir_panel *time = s->state.heat ? &weir_panel_heat : &weir_panel_chart,
				*large[WEIR_LAYOUTS] = {[WEIR_LAYOUT_CHART] = time,
							[WEIR_LAYOUT_TABLE] = weir_panels[s->state.upper],
							[WEIR_LAYOUT_RECORDS] = &weir_panel_records};
	s->state.layout = (enum weir_layout_kind)layout;
	s->state.zoomed = false;
	/* What has most of the room is gone to. */
	if (large[layout] && weir_panel_has_data(large[layout], s->result))
		weir_screen_show_panel(s, large[layout]);
	weir_screen_say(s, WEIR_TONE_NOTE, "layout %d: %s", layout + 1, weir_layout_names[layout]);
	return true;
}
