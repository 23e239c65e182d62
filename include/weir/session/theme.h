/* Themes: text files that say which colour each role of the screen has. A panel draws with roles (cell.h of the screen); the
 * theme in use turns them into colours at the very end.
 *
 * A theme is looked for in the user's folder, then in the folder of the installation, then among those that are built in, which
 * are the files of themes/ as they were at the time of the build. docs/adding-a-theme.md describes the format.
 * Thread: plain functions; the built-in table is constant. */
#ifndef WEIR_SESSION_THEME_H
#define WEIR_SESSION_THEME_H

#include "weir/base/str.h"

/* X(NAME, "role", "what it is for"). Letters, lines and bars: */
#define WEIR_INK_LIST(X)                                                                                               \
	X(TEXT, "text", "ordinary text")                                                                               \
	X(DIM, "dim", "second grey: labels, column heads, remarks")                                                    \
	X(FAINT, "faint", "third grey: rules and axes")                                                                \
	X(BRIGHT, "bright", "titles, and figures that matter")                                                         \
	X(KEY, "key", "accent: keys, the sort column, the question")                                                   \
	X(GOOD, "good", "changed for the better; live")                                                                \
	X(BAD, "bad", "changed for the worse; errors")                                                                 \
	X(WARN, "warn", "warnings")                                                                                    \
	X(FILL, "fill", "bars, sparklines and the histogram")                                                          \
	X(SOFT, "soft", "sparklines of the figures at the top")                                                        \
	X(MARK, "mark", "signs in place of bytes that must not reach a terminal")                                      \
	X(SERIES1, "series1", "first line of the chart")                                                               \
	X(SERIES2, "series2", "second line of the chart")                                                              \
	X(SERIES3, "series3", "third line of the chart")                                                               \
	X(SERIES4, "series4", "fourth line of the chart")                                                              \
	X(SERIES5, "series5", "fifth line of the chart")                                                               \
	X(SERIES6, "series6", "sixth line of the chart, and the other groups")
/* Backgrounds: */
#define WEIR_PAPER_LIST(X)                                                                                             \
	X(BASE, "base", "the whole screen")                                                                            \
	X(BAR, "bar", "the first line")                                                                                \
	X(CHIP, "chip", "a filter")                                                                                    \
	X(SELECT, "select", "the selected row")                                                                        \
	X(PROMPT, "prompt", "prompt, completion and help")                                                             \
	X(SPAN, "span", "the selected span of time")

enum weir_ink {
#define X(name, text, help) WEIR_INK_##name,
	WEIR_INK_LIST(X)
#undef X
	    WEIR_INK_COUNT
};
enum weir_paper {
#define X(name, text, help) WEIR_PAPER_##name,
	WEIR_PAPER_LIST(X)
#undef X
	    WEIR_PAPER_COUNT
};

enum { WEIR_BOLD = 1, WEIR_UNDERLINE = 2, WEIR_REVERSE = 4, WEIR_FAINT_ATTRIBUTE = 8 };
enum { WEIR_COLOR_DEFAULT = -1 }; /* the terminal's own */

/* A role at each depth of colour. */
struct weir_paint {
	int32_t rgb;   /* 0xrrggbb, or WEIR_COLOR_DEFAULT, as in the next two */
	int16_t c256;  /* index of the palette of 256 */
	int8_t c16;    /* index of the palette of 16 */
	uint8_t extra; /* attributes that are added where there is colour */
	uint8_t mono;  /* attributes that take the place of colour where there is none */
};

enum { WEIR_THEME_NAME_BYTES = 32, WEIR_THEME_HELP_BYTES = 120, WEIR_THEME_FILE_BYTES = 64 << 10 };

struct weir_theme {
	char name[WEIR_THEME_NAME_BYTES];
	char help[WEIR_THEME_HELP_BYTES]; /* one line */
	struct weir_paint inks[WEIR_INK_COUNT], papers[WEIR_PAPER_COUNT];
	int most_colors; /* 0: never a colour, whatever the terminal can do; 16, 256; 1 << 24: no limit */
};

/* The theme that `text` describes. `path` stands in errors, as path:line:column, and its last part must be NAME.theme with the name
 * that the text gives. Columns count characters. USAGE, and *out is undefined, when anything is wrong. */
enum weir_status weir_theme_parse(struct weir_str text, const char *path, struct weir_theme *out,
				  struct weir_error *err) WEIR_MUST_USE;

/* Folders with files NAME.theme, the first before the second. Borrowed; NULL: there is none. */
struct weir_theme_folders {
	const char *user, *data;
};

/* The theme of that name from the first place that has it. NOT_FOUND: there is none (the hint names the nearest, or the list); USAGE:
 * the first place has it, but with a fault; IO, DENIED: or it could not be read. */
enum weir_status weir_theme_load(const struct weir_theme_folders *folders, const char *name, struct weir_theme *out,
				 struct weir_error *err) WEIR_MUST_USE;
/* One that is built in, which cannot fail: of that name, or the first. */
void weir_theme_built_in(const char *name, struct weir_theme *out);

struct weir_theme_entry {
	char name[WEIR_THEME_NAME_BYTES];
	char help[WEIR_THEME_HELP_BYTES]; /* "": it has a fault */
	char *path;                       /* owned; NULL: built in */
	struct weir_error fault;          /* code OK: none */
};
struct weir_theme_list {
	struct weir_theme_entry *items; /* owned */
	size_t n, capacity;
};
/* Every theme that weir_theme_load finds, once each: those that are built in by name first, then the others in order of name. A folder
 * that cannot be read has none. NO_MEMORY: *out is empty. */
enum weir_status weir_theme_list(const struct weir_theme_folders *folders, struct weir_theme_list *out,
				 struct weir_error *err) WEIR_MUST_USE;
void weir_theme_list_release(struct weir_theme_list *list);

/* The values of --theme that every build has, separated by blanks: auto, and the themes that are built in. */
extern const char weir_theme_choices[];

#endif
