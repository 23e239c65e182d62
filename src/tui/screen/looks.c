/* Theme, colours and signs, as the options and the terminal have them now. */
#include "tui/screen/screen.h"

bool weir_screen_theme_is_auto(const struct weir_screen *s)
{
	return !s->options->theme || strcmp(s->options->theme, "auto") == 0;
}

bool weir_screen_wants_color(const struct weir_screen *s)
{
	const char *color = s->options->color;
	bool never = color && strcmp(color, "never") == 0, always = color && strcmp(color, "always") == 0;
	return !never && (always || !s->config->no_color);
}

static void find_mono(struct weir_screen *s)
{
	s->grid.mono = s->theme.most_colors == 0 || (s->terminal && weir_terminal_colorless(s->terminal));
}

/* A theme that has a fault, or is gone, leaves the one that is built in. */
void weir_screen_load_theme(struct weir_screen *s)
{
	const char *name = weir_screen_theme_is_auto(s) ? (s->light ? "light" : "dark") : s->options->theme;
	struct weir_error err = {0};
	if (weir_theme_load(&s->options->theme_folders, name, &s->theme, &err) != WEIR_OK) {
		weir_theme_built_in(name, &s->theme);
		weir_screen_say(s, WEIR_TONE_ERROR, "%s", err.what);
	}
	find_mono(s);
	if (s->terminal)
		weir_terminal_forget(s->terminal);
}

void weir_screen_looks(struct weir_screen *s)
{
	s->grid.ascii = s->options->ascii || (s->terminal && !weir_terminal_utf8(s->terminal));
	s->grid.console = s->terminal && weir_terminal_console(s->terminal);
	if (s->terminal) {
		weir_terminal_set_mouse(s->terminal, !s->options->no_mouse);
		weir_terminal_set_color(s->terminal, weir_screen_wants_color(s));
		find_mono(s);
	}
}
