/* From roles to colours: what a theme (weir/session/theme.h) makes of a style on a terminal with so many colours. Plain functions. */
#ifndef WEIR_TUI_THEME_H
#define WEIR_TUI_THEME_H

#include "tui/draw/draw.h"
#include "weir/session/theme.h"

enum weir_colors { WEIR_COLORS_MONO, WEIR_COLORS_8, WEIR_COLORS_16, WEIR_COLORS_256, WEIR_COLORS_TRUE };

/* What is sent to a terminal for one style. */
struct weir_look {
	enum weir_colors depth; /* what the two are colours of: at most what the terminal has */
	int32_t ink, paper;     /* rgb in WEIR_COLORS_TRUE, else palette index; WEIR_COLOR_DEFAULT */
	uint8_t attributes;     /* WEIR_BOLD … WEIR_FAINT_ATTRIBUTE */
};

struct weir_look weir_theme_look(const struct weir_theme *t, enum weir_colors colors, struct weir_style style);

#endif
