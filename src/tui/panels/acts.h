/* What a command of everywhere (Enter, x, y) does in one panel. The foot, the help, the list of keys and the manual
 * read the same rows, so that they cannot say anything else. Thread: screen. */
#ifndef WEIR_TUI_ACTS_H
#define WEIR_TUI_ACTS_H

#include "weir/base/memory.h"
#include "weir/session/command.h"

struct weir_picture;
struct weir_screen_state;

struct weir_wish;

struct weir_panel_act {
	enum weir_command command;
	const char *label;                             /* one or two words for the foot; NULL: not there */
	const char *help;                              /* one line, as in the table of commands */
	bool (*ready)(const struct weir_picture *pic); /* there is something to act on. NULL: always */
	/* Fills in the wish, which is empty at first. NULL: the panel's `command` does it, and its `label` names it. */
	void (*act)(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
};

/* A line of help: keys, a gesture or a sign, and a sentence without its full stop. */
struct weir_help_line {
	const char *sign, *text;
};

/* What a command does now; NULL: nothing. `known`: it does something here at other times. */
struct weir_panel;
const struct weir_panel_act *weir_panel_act_of(const struct weir_picture *pic, const struct weir_panel *panel,
					       enum weir_command command, bool *known);

/* A cell of a table for the clipboard, whose cells are separated by tabs: tabs and line breaks inside become blanks.
 * Appends. */
void weir_copy_cell(struct weir_str text, struct weir_buf *out);

/* Acts of the table, which also stand in panels that move its selection. */
bool weir_row_is_selected(const struct weir_picture *pic);
void weir_row_keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
void weir_row_exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
void weir_row_add(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
/* + has been pressed at that row of the result. */
bool weir_row_is_added(const struct weir_picture *pic, int row);
void weir_row_copy(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
/* clang-format off */
#define WEIR_ROW_ACTS                                                                                                  \
	{WEIR_CMD_KEEP, "keep", "keep only the rows of the selected group", weir_row_is_selected, weir_row_keep},      \
	{WEIR_CMD_EXCLUDE, "exclude", "leave out the rows of the selected group", weir_row_is_selected,                \
	 weir_row_exclude},                                                                                            \
	{WEIR_CMD_ADD, "add", "add the selected group to those that Enter keeps and x leaves out, or take it back",        \
	 weir_row_is_selected, weir_row_add},                                                                              \
	{WEIR_CMD_COPY, "copy", "copy the line of the selected group", weir_row_is_selected, weir_row_copy}
/* clang-format on */

/* Acts of panels over time; ends with help NULL. */
extern const struct weir_panel_act weir_chart_acts[];

#endif
