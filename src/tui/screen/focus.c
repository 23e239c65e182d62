/* The panel in focus. */
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
