/* What is listed where. Each kind of list is a row of the table in complete.c, with a function that fills it and one that
 * tells whether a text is whole, so that Enter takes it as it stands. Only the files beside it include this. Thread:
 * screen. */
#ifndef WEIR_TUI_ENTRIES_H
#define WEIR_TUI_ENTRIES_H

#include "tui/prompt/columns.h"
#include "tui/prompt/prompt.h"

enum weir_entries {
	WEIR_ENTRIES_NONE,
	WEIR_ENTRIES_WORDS,         /* of an expression */
	WEIR_ENTRIES_MEASURE_WORDS, /* the same, with aggregates */
	WEIR_ENTRIES_VALUES,        /* of the column that is compared in front of the cursor, then words */
	WEIR_ENTRIES_FILTERS,       /* as long as nothing is typed: recent filters, then words */
	WEIR_ENTRIES_GROUPS,
	WEIR_ENTRIES_MEASURES,
	WEIR_ENTRIES_WINDOWS,
	WEIR_ENTRIES_ALERTS,
	WEIR_ENTRIES_SORTS,
	WEIR_ENTRIES_UNITS,
	WEIR_ENTRIES_MOMENTS,
	WEIR_ENTRIES_COMMANDS,
	WEIR_ENTRIES_PANELS,
	WEIR_ENTRIES_THEMES,
	WEIR_ENTRIES_FILES,
	WEIR_ENTRIES_VIEWS,   /* saved views, and files */
	WEIR_ENTRIES_CHOICES, /* of the option or command that the line begins with */
	WEIR_ENTRIES_COUNT
};

/* Each fills a list that is empty. Where memory ends, the list is shorter. */
typedef void weir_fill(struct weir_prompt *p, const struct weir_completion_source *from);
weir_fill weir_fill_words, weir_fill_measure_words, weir_fill_values, weir_fill_filters, weir_fill_alerts,
    weir_fill_groups, weir_fill_measures, weir_fill_windows, weir_fill_sorts, weir_fill_units, weir_fill_moments,
    weir_fill_commands, weir_fill_panels, weir_fill_themes, weir_fill_files, weir_fill_views, weir_fill_choices;
/* The text means something as it stands, and is no mere beginning of an entry. */
typedef bool weir_whole(struct weir_str text, const struct weir_completion_source *from);
weir_whole weir_whole_alert, weir_whole_group, weir_whole_measure, weir_whole_window, weir_whole_sort,
    weir_whole_moment, weir_whole_command, weir_whole_file;

/* A value is typed at the cursor, one with an opening quote if `quoted`: its bytes become the word. False: none is. */
bool weir_find_value(struct weir_prompt *p, bool quoted);

/* The text parses as that part of a question, and every column that it names is there. */
bool weir_is_whole(enum weir_view_text which, struct weir_str text, const struct weir_completion_source *from);

/* Adds an entry with what stands behind it; NULL: no memory. */
struct weir_menu_item *weir_offer(struct weir_menu *l, struct weir_str text, struct weir_str rest);
/* Entries for what the question has now (the parts of a text, with commas between them), marked so. */
void weir_offer_present(struct weir_menu *l, const char *text);
/* The entry of that text: one that is there because the question has it, else a new one. */
struct weir_menu_item *weir_offer_or_find(struct weir_menu *l, struct weir_str text);

#endif
