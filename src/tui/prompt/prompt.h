/* The line that a person types at the foot of the screen: its text with cursor and history, the list of what could be
 * typed or picked there, their drawing, and as much of the expression language as editing needs. The screen opens it,
 * feeds it with keys and takes its text; the question line of the panels shows conditions as short as this room makes
 * them.
 *
 *   line.c       the text, its cursor and history
 *   menu.h       the list: menu.c match.c menu_draw.c
 *   complete.c   which part of the line the list is about, and what of it Enter takes
 *   entries.h    what is listed where: columns.c values.c groups.c measures.c times.c words.c commands.c files.c
 *   mend.c       the name that an error suggests
 *   draw.c chip.c
 *
 * Thread: screen. */
#ifndef WEIR_TUI_PROMPT_H
#define WEIR_TUI_PROMPT_H

#include "tui/prompt/menu.h"
#include "weir/query/profile.h"
#include "weir/session/session.h"
#include "weir/session/theme.h"

/* X(NAME, label before the text) */
#define WEIR_PROMPT_LIST(X)                                                                                            \
	X(NONE, "")                                                                                                    \
	X(FILTER, "filter")                                                                                            \
	X(GROUP, "group by")                                                                                           \
	X(MEASURE, "measure")                                                                                          \
	X(WINDOW, "window")                                                                                            \
	X(SORT, "sort by")                                                                                             \
	X(UNIT, "time unit")                                                                                           \
	X(SEARCH, "search")                                                                                            \
	X(COMMAND, ":")
enum weir_prompt_kind {
#define X(name, label) WEIR_PROMPT_##name,
	WEIR_PROMPT_LIST(X)
#undef X
	    WEIR_PROMPT_COUNT
};

enum { WEIR_HISTORY_LINES = 50 };

/* Something with a line of help; both strings are borrowed. */
struct weir_choice {
	struct weir_str text, help;
};

struct weir_prompt {
	enum weir_prompt_kind kind;
	struct weir_buf text;
	size_t cursor;           /* in bytes, on a character boundary */
	struct weir_error error; /* of the last try; code OK: none */
	struct weir_error doubt; /* why the line could not be taken as it stands, before it is tried */
	char *history[WEIR_PROMPT_COUNT][WEIR_HISTORY_LINES]; /* owned, newest first */
	int history_at;                                       /* -1: the line being typed */
	char *draft;                                          /* owned: that line while walking the history */
	struct weir_menu menu;
	int menu_of;                   /* enum weir_entries: what is in it; 0: nothing */
	uint32_t n_values;             /* the entries that come first and are values */
	int menu_rows;                 /* as many as it ever had since the prompt opened: it does not jump */
	struct weir_theme_list themes; /* read when a theme is first completed, released when the prompt closes */
	size_t word_from, word_to;     /* bytes that an entry replaces: what the list is filtered by */
	bool picks;                    /* Up and Down go through the list, not through the history */
	bool several;                  /* parts with commas between them; an entry is one of them */
	bool in_words;                 /* the entries are words of an expression: none is taken by itself */
	bool moved;                    /* through the list, since the line was changed */
	bool after_comma;              /* which was typed: a blank after it is one, and marks nothing */
	bool takes_entry;              /* Enter takes the entry at the cursor of the list, not the line as it stands */
	struct weir_buf taken;         /* the line that Enter takes */
	const char *hint;              /* what is to be typed next; static; NULL: nothing special */
	char remark[80];               /* at the end of the filter's line: what it lets through */
	const char *note;              /* beside the list; static; NULL: none */
};

void weir_prompt_init(struct weir_prompt *p);
void weir_prompt_release(struct weir_prompt *p);
void weir_prompt_open(struct weir_prompt *p, enum weir_prompt_kind kind, struct weir_str text);
void weir_prompt_close(struct weir_prompt *p);
/* Keeps a line as the newest of the history of that kind. */
void weir_prompt_remember(struct weir_prompt *p, enum weir_prompt_kind kind, struct weir_str line);
void weir_prompt_insert(struct weir_prompt *p, struct weir_str s); /* control characters become blanks */
void weir_prompt_erase(struct weir_prompt *p, bool forward, bool word);
void weir_prompt_erase_to(struct weir_prompt *p, bool end); /* from the cursor to the line's end or start */
void weir_prompt_move(struct weir_prompt *p, int direction, bool word);
void weir_prompt_move_to(struct weir_prompt *p, bool end);
void weir_prompt_history(struct weir_prompt *p, int direction); /* +1 older, -1 newer */
/* Puts the name that the error suggests in place of the wrong one, or that of the doubt where nothing is listed; false: there is
 * none, or the line has changed. */
bool weir_prompt_mend(struct weir_prompt *p);
/* Puts `s` in place of bytes [from, to), the cursor behind it. */
void weir_prompt_replace(struct weir_prompt *p, size_t from, size_t to, struct weir_str s);

/* What the lists are made of. */
struct weir_completion_source {
	struct weir_session *session;
	const struct weir_options *options;
	const struct weir_view *view;             /* the present question */
	const struct weir_result *result;         /* NULL before the first */
	const struct weir_profile *profile;       /* NULL: not known yet */
	const struct weir_choice *panels, *units; /* units: of the time chart */
	uint32_t n_panels, n_units, unit_now, n_streams;
	int64_t now_us; /* that relative times are against */
	const struct weir_theme_folders *themes;
};
/* After each change of the line, and when `from` has news (`anew`): fills the list, filters it, and decides what Enter
 * takes. Keeps the entry at the cursor where it can. */
void weir_prompt_complete(struct weir_prompt *p, const struct weir_completion_source *from, bool anew);
/* The list is one of columns, with what a profile tells of them. */
bool weir_prompt_lists_columns(const struct weir_prompt *p);
/* It is one of a column's values, with words behind them unless a quote is open. */
bool weir_prompt_lists_values(const struct weir_prompt *p);
/* No list, until the line is changed. */
void weir_prompt_forget(struct weir_prompt *p);
/* Puts the entry at the cursor into the line; where Tab walks through the list, the next (or previous) one. */
void weir_prompt_choose(struct weir_prompt *p, int direction);
/* Adds the entry at the cursor to the parts of the line, or takes it away. A line that is empty begins with the parts of
 * the present question. */
void weir_prompt_toggle(struct weir_prompt *p);
/* Up and Down. */
void weir_prompt_pick(struct weir_prompt *p, int by, const struct weir_completion_source *from);

/* Draws the line into the last row of the canvas, with the error and the list above it. */
void weir_prompt_draw(const struct weir_prompt *p, struct weir_canvas screen);
/* Rows of the list on a screen of so many; 0: it is not shown. */
int weir_prompt_menu_rows(const struct weir_prompt *p, int screen_rows);

/* A condition of the filter, as short as a chip needs it: what this program wrote itself (a span of time, an excluded
 * value) abbreviated, everything else unchanged. */

/* The condition that keeps the times in [from, to) of a column, whose name is quoted as an expression needs it.
 * Appends. */
void weir_chip_span(struct weir_str column, int64_t from_us, int64_t to_us, struct weir_buf *out);
/* The condition that keeps all other rows, those without a time too. Appends. */
void weir_chip_outside(struct weir_str column, int64_t from_us, int64_t to_us, struct weir_buf *out);
/* Two conditions that stand side by side in one text are such a span: "x >= timestamp 'a'" and "x < timestamp 'b'". */
bool weir_chip_is_span(struct weir_str low, struct weir_str high);
/* The short text. Times on the same day as `moment_us` show only their clock. Appends. */
void weir_chip_text(struct weir_str condition, int64_t moment_us, struct weir_buf *out);

#endif
