/* From roles to colours. A theme is one file in tui/themes/ and one line in the array of theme.c; its name stands in
 * weir/session/theme.h. Thread: screen; all data is constant. */
#ifndef WEIR_TUI_THEME_H
#define WEIR_TUI_THEME_H

#include "tui/cell.h"
#include "weir/session/theme.h"

enum weir_colors { WEIR_COLORS_MONO, WEIR_COLORS_8, WEIR_COLORS_16, WEIR_COLORS_256, WEIR_COLORS_TRUE };

enum { WEIR_COLOR_DEFAULT = -1 };

/* A role in each depth of colour. -1: the terminal's own. */
struct weir_paint {
	int32_t rgb;   /* 0xrrggbb */
	int16_t c256;  /* index of the 256-colour palette */
	int8_t c16;    /* index of the 16-colour palette */
	uint8_t extra; /* attributes that are added in every depth */
	uint8_t mono;  /* attributes that say the same without colour */
};
enum { WEIR_FAINT_ATTRIBUTE = 8 }; /* beside WEIR_BOLD, WEIR_UNDERLINE and WEIR_REVERSE */

struct weir_theme {
	struct weir_paint inks[WEIR_INK_COUNT];
	struct weir_paint papers[WEIR_PAPER_COUNT];
	bool mono;  /* never a colour, whatever the terminal can do */
	bool plain; /* at most the palette of 16 */
};

/* What a terminal is told for one style. */
struct weir_look {
	int32_t ink, paper; /* rgb in WEIR_COLORS_TRUE, else palette index; WEIR_COLOR_DEFAULT */
	uint8_t attributes; /* WEIR_BOLD … WEIR_FAINT_ATTRIBUTE */
};

/* The theme of that name; the first of the table when there is none. */
const struct weir_theme *weir_theme_find(const char *name);
enum weir_theme_name weir_theme_index(const char *name); /* WEIR_THEME_COUNT: unknown */
const struct weir_theme *weir_theme_at(enum weir_theme_name name);
struct weir_look weir_theme_look(const struct weir_theme *t, enum weir_colors colors, struct weir_style style);

#endif
