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
	s->warning_said = 0;
	s->state.message_until_us = 0;
}

/* The time to read it begins with the picture that shows it, and with the answer that it is about: a screen that is slow, or a
 * question that takes long, leaves as much time as any other. */
void weir_screen_said(struct weir_screen *s, int64_t now_us)
{
	if (s->state.message[0] && !s->state.message_until_us && !s->waiting_us)
		s->state.message_until_us = now_us + MESSAGE_US;
}

int64_t weir_screen_silent_us(const struct weir_screen *s)
{
	return s->state.message[0] && s->state.message_until_us ? s->state.message_until_us : INT64_MAX;
}

void weir_screen_say_select(struct weir_screen *s, enum weir_command command)
{
	bool known;
	const struct weir_panel *panel = weir_panels[s->state.focus];
	const char *what = command == WEIR_CMD_KEEP      ? "keep"
			   : command == WEIR_CMD_EXCLUDE ? "exclude"
			   : command == WEIR_CMD_ADD     ? "add"
							 : "copy";
	weir_panel_act_of(&s->picture, panel, command, &known);
	if (s->result && !s->result->n_groups && panel->place == WEIR_PLACE_MAIN)
		weir_screen_say(s, WEIR_TONE_NOTE, "there are no groups to select: press g to group, / to filter");
	else if (known)
		weir_screen_say(s, WEIR_TONE_NOTE, "select what to %s first; ? tells how", what);
	else
		weir_screen_say(s, WEIR_TONE_NOTE, "there is nothing to %s in this panel: press Tab to go to the table",
				what);
}
