/* The names of the looks. The screen gives each its colours; the option table, --list themes and completion take the names
 * from here. The first is what a terminal with a dark background gets when nothing is said. */
#ifndef WEIR_SESSION_THEME_H
#define WEIR_SESSION_THEME_H

/* X(NAME, "name", "one line of help") */
#define WEIR_THEME_LIST(X)                                                                                             \
	X(DARK, "dark", "quiet colours on a dark background")                                                          \
	X(LIGHT, "light", "the same calm on a light background")                                                       \
	X(CONTRAST, "contrast", "strong contrast, safe for colour-blind eyes")                                         \
	X(BASIC, "basic", "the 16 colours of the terminal's own palette")                                              \
	X(MONO, "mono", "no colour: bold, dim and reverse only")

enum weir_theme_name {
#define X(name, text, help) WEIR_THEME_##name,
	WEIR_THEME_LIST(X)
#undef X
		WEIR_THEME_COUNT
};

struct weir_theme_doc {
	const char *name, *help;
};
extern const struct weir_theme_doc weir_theme_table[WEIR_THEME_COUNT];

#endif
