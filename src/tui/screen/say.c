/* The line of remarks at the foot of the screen. */
#include "tui/screen/screen.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_US = 6000000 };

void weir_screen_say(struct weir_screen *s, enum weir_tone tone, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(s->state.message, sizeof(s->state.message), fmt, args);
	va_end(args);
	s->state.tone = tone;
	s->state.message_until_us = weir_clock_mono_us(s->config->clock) + MESSAGE_US;
}

void weir_screen_say_select(struct weir_screen *s, enum weir_command command)
{
	bool known;
	const struct weir_panel *panel = weir_panels[s->state.focus];
	const char *what = command == WEIR_CMD_KEEP ? "keep" : command == WEIR_CMD_EXCLUDE ? "exclude" : "copy";
	weir_panel_act_of(&s->picture, panel, command, &known);
	if (s->result && !s->result->n_groups && panel->place == WEIR_PLACE_MAIN)
		weir_screen_say(s, WEIR_TONE_NOTE, "there are no groups to select: press g to group, / to filter");
	else if (known)
		weir_screen_say(s, WEIR_TONE_NOTE, "select what to %s first; ? tells how", what);
	else
		weir_screen_say(s, WEIR_TONE_NOTE, "there is nothing to %s in this panel: press Tab to go to the table",
				what);
}
