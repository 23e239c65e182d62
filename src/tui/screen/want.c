/* What the pictures want of the session. */
#include "tui/screen/screen.h"

/* The figures on top, and the columns that a filter and completion name, whatever panels there are. */
static const char always[] = "totals movers series fields";

static uint32_t extras_of(const struct weir_panel *panel, bool seen)
{
	uint32_t set = panel->extras ? weir_extras_named(panel->extras) : 0;
	return seen ? set : set & weir_extras_ahead();
}

void weir_screen_want(struct weir_screen *s)
{
	struct weir_wanted wanted = {.extras = weir_extras_named(always), .strip_buckets = 2};
	for (int i = 0; weir_panels[i]; i++) {
		struct weir_rect r = s->picture.layout.panels[i];
		wanted.extras |= extras_of(weir_panels[i], r.rows > 0);
		if (weir_panels[i]->want)
			weir_panels[i]->want(&s->picture, r, &wanted);
	}
	if (s->picture.layout.strip.rows)
		wanted.strip_buckets = (uint32_t)weir_strip_buckets(s->picture.layout.strip.columns);
	weir_session_want(s->session, &wanted);
}
