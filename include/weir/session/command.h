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
	X(LEFT, "left", "scroll or move the time cursor left", NULL)                                                   \
	X(RIGHT, "right", "scroll or move the time cursor right", NULL)                                                \
	X(KEEP, "keep", "keep only the selected row: filter every panel by it", NULL)                                  \
	X(EXCLUDE, "exclude", "exclude the selected row", NULL)                                                        \
	X(BACK, "back", "back out one step: prompt, zoom, selection, last filter", NULL)                               \
	X(NEXT_PANEL, "next-panel", "go to the next panel", NULL)                                                      \
	X(PREVIOUS_PANEL, "previous-panel", "go to the panel before", NULL)                                            \
	X(ZOOM, "zoom", "give the panel the whole screen, and back", NULL)                                             \
	X(PAUSE, "pause", "freeze the picture while data goes on arriving, and go on", NULL)                           \
	X(LIVE, "live", "return to the live picture", NULL)                                                            \
	X(STEP_BACK, "step-back", "show one bucket earlier", NULL)                                                     \
	X(STEP_ON, "step-on", "show one bucket later", NULL)                                                           \
	X(LEAP_BACK, "leap-back", "show one window earlier", NULL)                                                     \
	X(LEAP_ON, "leap-on", "show one window later", NULL)                                                           \
	X(PROMPT_FILTER, "edit-filter", "type a filter", NULL)                                                         \
	X(PROMPT_GROUP, "edit-group", "type what to group by", NULL)                                                   \
	X(PROMPT_MEASURE, "edit-measure", "type the measures", NULL)                                                   \
	X(PROMPT_WINDOW, "edit-window", "type the window", NULL)                                                       \
	X(PROMPT_COMMAND, "edit-command", "type a command", NULL)                                                      \
	X(SORT_NEXT, "sort-next", "sort by the next column", NULL)                                                     \
	X(SORT_REVERSE, "sort-reverse", "turn the order round", NULL)                                                  \
	X(TIME_UNIT, "time-unit", "next time unit of the chart: its buckets", NULL)                                    \
	X(PANEL, "panel", "show a panel: table chart histogram records streams schema", "NAME")                        \
	X(VIEWS, "views", "open or save a view", "FILE")                                                               \
	X(EXPORT, "export", "write the table to a file: .csv .json .ndjson .txt", "FILE")                              \
	X(COPY, "copy", "copy the selected row (OSC 52)", NULL)                                                        \
	X(THEME_NEXT, "theme-next", "next theme", NULL)                                                                \
	X(HELP, "help", "keys of where you are", NULL)                                                                 \
	X(REDRAW, "redraw", "draw the screen again", NULL)                                                             \
	X(SUSPEND, "suspend", "stop and give the terminal to the shell", NULL)                                         \
	X(QUIT, "quit", "leave", NULL)

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

enum weir_key_context { WEIR_KEYS_ALL, WEIR_KEYS_TABLE, WEIR_KEYS_CHART, WEIR_KEYS_RECORDS, WEIR_KEYS_PROMPT, WEIR_KEYS_HELP };

struct weir_key {
	const char *key;     /* "q" "Tab" "Shift-Tab" "Enter" "Esc" "Space" "Up" "PageUp" "Home" "End" "Ctrl-L" "F1" … */
	enum weir_key_context context;
	enum weir_command command;
	const char *label;   /* short word for the key bar ("filter"), NULL: not in the bar */
	int bar;             /* place in the key bar, smaller first; 0: not there */
};
extern const struct weir_key weir_key_table[]; /* ends with key NULL */

#endif
