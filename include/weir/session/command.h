/* Commands and keys. Every key runs a command line (as tmux binds keys): help, prompt and key share one grammar.
 *   actions  what the screen does ("select-next", "zoom", "quit"): run by the tui
 *   options  each option of scope VIEW or LOOKS is a command of the same name: `:where status >= 500` */
#ifndef WEIR_SESSION_COMMAND_H
#define WEIR_SESSION_COMMAND_H

#include "weir/base/str.h"

/* X(NAME, "command", "one line of help", "argument or NULL") */
#define WEIR_COMMAND_LIST(X)                                                                                           \
	X(UP, "up", "select the row above", NULL)                                                                      \
	X(DOWN, "down", "select the row below", NULL)                                                                  \
	X(PAGE_UP, "page-up", "go up one page", NULL)                                                                  \
	X(PAGE_DOWN, "page-down", "go down one page", NULL)                                                            \
	X(TOP_ROW, "first", "go to the first row", NULL)                                                               \
	X(LEFT, "left", "scroll, or move the time cursor, left", NULL)                                                 \
	X(RIGHT, "right", "scroll, or move the time cursor, right", NULL)                                              \
	X(KEEP, "keep", "keep only what is selected in this panel", NULL)                                              \
	X(EXCLUDE, "exclude", "leave out what is selected in this panel", NULL)                                        \
	X(ADD, "add", "add what is selected to what Enter keeps and x leaves out, or take it back", NULL)              \
	X(WHY, "why",                                                                                                  \
	  "rank what is different about the selected row or span, or about this window and the one before", "EXPR")    \
	X(BACK, "back", "go back one step: prompt, zoom, selection, time, filter", NULL)                               \
	X(CLOSE, "close", "close the page; of a list, take what is chosen", NULL)                                      \
	X(UNDO, "undo", "take back the newest change of the question", NULL)                                           \
	X(REDO, "redo", "do again what was taken back", NULL)                                                          \
	X(TRAIL, "trail", "list the questions asked so far, or go to one of them", "STEP")                             \
	X(NEXT_PANEL, "next-panel", "go to the next panel", NULL)                                                      \
	X(PREVIOUS_PANEL, "previous-panel", "go to the previous panel", NULL)                                          \
	X(ZOOM, "zoom", "zoom the panel to the whole screen, or back", NULL)                                           \
	X(LAYOUT, "layout", "share the screen out anew: overview, chart, table, records, or a pair of panels",         \
	  "overview|chart|table|records|pair")                                                                         \
	X(TURN, "turn",                                                                                                \
	  "turn the table into a pivot of two group columns, chart and histogram into a heat map, and back", NULL)     \
	X(CHART, "chart", "draw the time chart in another form, or in the next", "lines|stacked|multiples")            \
	X(PAUSE, "pause", "pause the picture while data keeps arriving, or resume", NULL)                              \
	X(LIVE, "live", "return to the live picture", NULL)                                                            \
	X(STEP_BACK, "step-back", "show one bucket earlier", NULL)                                                     \
	X(STEP_ON, "step-on", "show one bucket later", NULL)                                                           \
	X(LEAP_BACK, "leap-back", "show one window earlier", NULL)                                                     \
	X(LEAP_ON, "leap-on", "show one window later", NULL)                                                           \
	X(SPAN_BACK, "span-back", "extend the span of time one bucket back", NULL)                                     \
	X(SPAN_ON, "span-on", "extend the span of time one bucket on", NULL)                                           \
	X(SLOWER, "slower", "replay a file at the next slower speed", NULL)                                            \
	X(FASTER, "faster", "replay a file at the next faster speed", NULL)                                            \
	X(LOOP, "loop", "play a file again each time it has ended: on or off", "on|off")                               \
	X(FROM, "from", "read a Kafka topic again from a time: earliest, 2026-11-22T10:00:00Z, 10:00, -1h", "TIME")    \
	X(ALERT, "alert", "ring the bell when a measure passes a bound: p95(latency_ms) > 250 for 30s", "EXPR")        \
	X(BOOKMARK, "bookmark", "mark this moment with a bookmark, or take the bookmark away", "NOTE")                 \
	X(NEXT_BOOKMARK, "next-bookmark", "go to the next bookmark", NULL)                                             \
	X(BOOKMARKS, "bookmarks", "list the bookmarks", NULL)                                                          \
	X(PROMPT_FILTER, "edit-filter", "type a filter", NULL)                                                         \
	X(PROMPT_GROUP, "edit-group", "choose what to group by", NULL)                                                 \
	X(PROMPT_MEASURE, "edit-measure", "choose the measures", NULL)                                                 \
	X(PROMPT_WINDOW, "edit-window", "choose the window", NULL)                                                     \
	X(PROMPT_SORT, "edit-sort", "choose what to sort by", NULL)                                                    \
	X(PROMPT_UNIT, "edit-unit", "choose the bucket width of the chart", NULL)                                      \
	X(PROMPT_COMMAND, "edit-command", "type a command", NULL)                                                      \
	X(COMPARE_NEXT, "compare-next",                                                                                \
	  "compare with the window before, 10m, 1h or 1d earlier, this moment from now on, nothing", NULL)             \
	X(MOVER, "mover", "select the group that changed most, then the next", NULL)                                   \
	X(SORT_NEXT, "sort-next", "sort by the next column", NULL)                                                     \
	X(SORT_REVERSE, "sort-reverse", "reverse the sort order", NULL)                                                \
	X(GO, "go", "go to the records of a time", "TIME")                                                             \
	X(COLUMNS, "columns", "choose the columns of the records, and their order", "NAME,…")                          \
	X(LEFT_OUT, "left-out", "show the records that are in no answer: malformed, late, or from the future", NULL)   \
	X(SEARCH, "search", "search the records for a text, or for a /pattern/", "TEXT")                               \
	X(SEARCH_NEXT, "search-next", "go to the next older record with what is searched for", NULL)                   \
	X(SEARCH_BACK, "search-back", "go to the next newer record with what is searched for", NULL)                   \
	X(ORDER, "order", "order the records by a column, the other way round, or by time again", "COLUMN")            \
	X(TIME_UNIT, "time-unit", "use a bucket width in the chart, or the next", "WIDTH")                             \
	X(PANEL, "panel", "show a panel", "NAME")                                                                      \
	X(VIEWS, "views", "list the saved views; or open or save one", "NAME")                                         \
	X(VIEW_DELETE, "view-delete", "delete the chosen view, after asking", NULL)                                    \
	X(VIEW_SAVE, "view-save", "save the present view under a name", NULL)                                          \
	X(EXPORT, "export", "write all groups to a file: .csv .json .ndjson .txt", "FILE")                             \
	X(COPY, "copy", "copy what is selected in this panel (OSC 52)", "command|sql|show")                            \
	X(COPY_VIEW, "copy-view", "copy the view as a command line; again: as SQL; again: show both", NULL)            \
	X(THEME_NEXT, "theme-next", "use the next theme", NULL)                                                        \
	X(WARNINGS, "warnings", "list what makes the answer incomplete or uncertain", NULL)                            \
	X(HELP, "help", "help for the current panel", NULL)                                                            \
	X(REDRAW, "redraw", "redraw the screen", NULL)                                                                 \
	X(SUSPEND, "suspend", "suspend, and return to the shell", NULL)                                                \
	X(QUIT, "quit", "quit", NULL)

enum weir_command {
#define X(name, text, help, argument) WEIR_CMD_##name,
	WEIR_COMMAND_LIST(X)
#undef X
	    WEIR_CMD_COUNT
};

struct weir_command_doc {
	const char *name, *help, *argument;
};
extern const struct weir_command_doc weir_command_table[WEIR_CMD_COUNT];

/* A command by the name that another program, or another word for the same, suggests: the name itself otherwise. */
struct weir_str weir_command_named(struct weir_str name);
/* Such words for a command or an option, blanks between them; "": there are none. */
const char *weir_command_aliases(const char *name);

/* A panel of the screen has its own beside these. */
enum weir_key_context { WEIR_KEYS_ALL, WEIR_KEYS_PROMPT, WEIR_KEYS_HELP, WEIR_KEYS_VIEWS };

struct weir_key {
	const char *key; /* "q" "Tab" "Shift-Tab" "Enter" "Esc" "Space" "Up" "PageUp" "Home" "End" "Ctrl-L" "F1" … */
	enum weir_key_context context;
	enum weir_command command;
	const char
	    *label; /* short word for the key bar ("filter"), NULL: in the bar where a panel has a word of its own */
	int bar;    /* how much it is worth there, 1 the most; they stand in the order of the table; 0: not there */
	const char *section;  /* heading in the help and the manual; NULL: that of the row before */
	const char *argument; /* of the command; NULL: none */
};
extern const struct weir_key weir_key_table[]; /* ends with key NULL */

#endif
