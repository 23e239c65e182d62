/* The panels, one file each, and the door that each of them is behind: struct weir_panel. Everything that differs
 * from panel to panel stands in its row: what it shows and when, where it stands, what keys and the mouse do in it.
 * Layout, focus, help, completion and mouse (picture/, screen/) walk the table of these rows and never ask which
 * panel they have before them.
 *
 *   panels.c    the table
 *   table.c (with table_columns.c, table_acts.c) chart.c (chart_acts.c) heat.c volume.c histogram.c streams.c schema.c
 *               the panels
 *   pivot.h     pivot.c, pivot_cell.c: two group columns, one by the other, in the place of the table
 *   records.c   and its room-mates, which records.h lists; left_out.c, which shows a record in the same way
 *   why.h       why.c (with why_lines.c), and the way that led to what it shows
 *   acts.h      what Enter, x and y do in a panel; acts.c finds it
 *   next_group.c   what the table offers where one group is left
 *   parts.c     what several panels draw alike: titles, changes, names
 *   times.c, axes.c, span.c   what the charts over time share
 *   state.c     what the person chose: focus, selection, scrolling
 *
 * Drawing is a pure function of struct weir_picture. Thread: screen. */
#ifndef WEIR_TUI_PANELS_H
#define WEIR_TUI_PANELS_H

#include "tui/draw/theme.h"
#include "tui/panels/acts.h"
#include "tui/panels/added.h"
#include "tui/panels/chart_form.h"
#include "tui/panels/histogram_range.h"
#include "tui/panels/left_out.h"
#include "tui/panels/pivot.h"
#include "tui/panels/records.h"
#include "tui/panels/why.h"
#include "tui/prompt/prompt.h"
#include "tui/trail/trail.h"
#include "weir/base/bounds.h"
#include "weir/query/alert.h"
#include "weir/query/result.h"
#include "weir/session/command.h"
#include "weir/session/warning.h"

enum { WEIR_MAX_PANELS = 16 };

/* How the panels share the screen (picture/layout.c). */
enum weir_layout_kind {
	WEIR_LAYOUT_OVERVIEW, /* the table, the chart, what stands below it, and the records */
	WEIR_LAYOUT_CHART,    /* the chart as wide as the screen, the table below it */
	WEIR_LAYOUT_TABLE,    /* the table as wide as the screen, the chart below it */
	WEIR_LAYOUT_RECORDS,  /* the records over most of the screen, table and chart above them */
	WEIR_LAYOUT_PAIR,     /* two panels side by side */
	WEIR_LAYOUTS
};
extern const char *const weir_layout_names[WEIR_LAYOUTS];

/* The list of saved views. */
struct weir_views_state {
	struct weir_saved_views list; /* owned, while it is open */
	int cursor;                   /* -1: none is chosen yet */
	bool asks;                    /* whether to delete it */
};

/* What lies over the whole screen until Esc. */
enum weir_page { WEIR_PAGE_NONE, WEIR_PAGE_HELP, WEIR_PAGE_WARNINGS, WEIR_PAGE_TEXT, WEIR_PAGE_TRAIL, WEIR_PAGE_VIEWS };
/* What of the view was copied last, while the same key is pressed again. */
enum weir_copied { WEIR_COPIED_NOTHING, WEIR_COPIED_COMMAND, WEIR_COPIED_SQL, WEIR_COPIED_SHOWN };
/* TRAIL: a note, with the questions asked beside it. */
enum weir_tone { WEIR_TONE_NOTE, WEIR_TONE_DONE, WEIR_TONE_WARN, WEIR_TONE_ERROR, WEIR_TONE_TRAIL };

struct weir_panel;
struct weir_times;

/* The list of the schema panel, and what it was made of. */
struct weir_schema_state {
	struct weir_menu menu;
	uint32_t n_fields;
	uint64_t profile; /* number of its answer; 0: none */
	uint64_t generation, received;
};

/* The cursor of the streams panel. */
struct weir_streams_state {
	uint32_t stream;
	int partition; /* counted from 1; 0: the stream itself */
};

enum { WEIR_MAX_BOOKMARKS = 64 };
struct weir_bookmark {
	int64_t us;
	char note[64]; /* or "" */
};
struct weir_strip_state {
	int64_t end_us; /* how far the same data went when it was played before; WEIR_TIME_NONE */
	uint32_t n_bookmarks;
	struct weir_bookmark bookmarks[WEIR_MAX_BOOKMARKS]; /* in order of time */
};

/* What the person did with the screen. Drawing reads it and never changes it; keys and the mouse change it. Panels are
 * identified by their index in the table. */
struct weir_screen_state {
	int focus;
	int upper; /* the panel on the left, the table or what takes its place */
	int lower; /* the panel that stands where there is room for one beside it */
	enum weir_layout_kind layout;
	bool zoomed;
	struct weir_views_state views;
	enum weir_page page;
	int page_scroll;
	struct weir_buf page_text; /* of WEIR_PAGE_TEXT */
	struct weir_buf selected;  /* identity of the selected group; size 0: none */
	struct weir_added added;
	int selected_at;                  /* where it stood last */
	int first_row;                    /* the first that is seen of the table */
	int table_rows;                   /* lines that the table had when it was drawn last */
	int scroll[WEIR_MAX_PANELS];      /* lines of each panel that lie above it */
	int mode[WEIR_MAX_PANELS];        /* a number of each panel's own, which its keys may change; 0 at first */
	int64_t data_from_us;             /* the earliest time of any row that a picture showed; WEIR_TIME_NONE */
	int64_t cursor_us;                /* time cursor of the chart; WEIR_TIME_NONE: none */
	int64_t span_from_us, span_to_us; /* while a span is dragged; WEIR_TIME_NONE */
	int64_t drag_from_us;             /* where the mouse went down on the chart; WEIR_TIME_NONE */
	struct weir_strip_state strip;
	int dragging; /* the panel that the mouse belongs to until it is let go; -1: none */
	struct weir_records_state records;
	struct weir_left_state left;
	int unit; /* time unit of the chart: 0 automatic, else one of weir_chart_unit_us */
	struct weir_trail trail;
	int trail_from; /* the step that was in force when the list of them was opened */
	enum weir_copied copied;
	struct weir_prompt prompt;
	struct weir_schema_state schema;
	struct weir_streams_state streams;
	struct weir_pivot_state pivot;
	enum weir_chart_form chart_form; /* that was chosen; what does not fit gives way to lines */
	bool heat;                       /* the heat map stands in the place of the chart */
	struct weir_buf next_group;      /* offered where one group is left; size 0: nothing is */
	char message[400];
	enum weir_tone tone;
	int64_t message_until_us; /* monotonic; 0: no picture has shown it yet */
	struct weir_why_state why;
	struct weir_value_range range; /* of the histogram */
};

void weir_state_init(struct weir_screen_state *state, const struct weir_panel *const *panels);
void weir_state_release(struct weir_screen_state *state);
/* Index of the selected row in this result, -1 when it is not there. */
int weir_state_selected_row(const struct weir_screen_state *state, const struct weir_result *r);
void weir_state_select(struct weir_screen_state *state, const struct weir_result *r, int row); /* row < 0: nothing */
/* A group of this result, whether it has a row there or not. Returns the row; -1: it has none. */
int weir_state_select_group(struct weir_screen_state *state, const struct weir_result *r,
			    const struct weir_value *groups);

/* What a click on a spot of the picture does (weir_spot_put). */
enum weir_spot_kind {
	WEIR_SPOT_KEY,     /* what the key `name` does */
	WEIR_SPOT_COMMAND, /* opens `:` with `name` */
	WEIR_SPOT_EDIT,    /* condition `which` of the filter is edited, … */
	WEIR_SPOT_DROP,    /* … or taken away */
	WEIR_SPOT_MEASURE, /* sorts by that measure; again: in reverse */
	WEIR_SPOT_ROW,     /* selects that row of the result; again: no row */
	WEIR_SPOT_MOVER,   /* goes to that one (weir/query/movers.h) */
};

struct weir_rect {
	int x, y, columns, rows; /* 0 rows: not shown */
};
static inline bool weir_rect_holds(struct weir_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.columns && y >= r.y && y < r.y + r.rows;
}

/* Where everything stands. */
struct weir_layout {
	bool too_small;
	struct weir_rect header, strip, question, kpi, ledger, keys;
	struct weir_rect panels[WEIR_MAX_PANELS];
};

/* One picture: everything that drawing may look at. All of it is borrowed. */
struct weir_picture {
	const struct weir_panel *const *panels; /* the table; ends with NULL */
	const struct weir_result *result;       /* NULL before the first; a panel is drawn only with one */
	const struct weir_session_info *info;
	const struct weir_screen_state *state;
	const struct weir_records_studies *studies; /* NULL: none */
	struct weir_layout layout;
	const char *welcome;                 /* line of advice, or NULL */
	const struct weir_profile *profile;  /* what the columns hold; NULL: not known yet */
	const struct weir_warning *warnings; /* what makes the answer less than it seems */
	size_t n_warnings;
	bool signs;                     /* a sign tells lines of a chart apart: the screen has only letters for them */
	const struct weir_alert *alert; /* NULL: there is none */
	bool loops;                     /* what has ended is played again */
	bool computing;                 /* an answer has been awaited long enough to say so */
	int64_t now_us;                 /* wall clock */
	int64_t quiet_us; /* since the last record came; 0: it has just come, or the clock does not matter */
};

/* A moment of the day that stands at the right end of the first line: times of that day show their clock only. */
static inline int64_t weir_picture_day_us(const struct weir_picture *pic)
{
	return pic->result && pic->result->moment_us != WEIR_TIME_NONE ? pic->result->moment_us : pic->now_us;
}
/* Where that panel is. */
struct weir_rect weir_picture_rect(const struct weir_picture *pic, const struct weir_panel *panel);

/* Where a panel stands when there is room for several. With room for two there is one of MAIN, and below it the one
 * that was asked for last. A panel in focus always has a place. */
enum weir_place {
	WEIR_PLACE_MAIN, /* on the left */
	WEIR_PLACE_TIME, /* on the right, above */
	WEIR_PLACE_SIDE, /* on the right, below; on the largest screens a row of their own below both */
	WEIR_PLACE_FOOT, /* along the foot, as wide as the screen */
};

/* What a panel draws in. */
struct weir_area {
	struct weir_canvas canvas;
	bool focus;
	int scroll, mode; /* its own of the state */
};

/* The mouse in a panel. */
struct weir_click {
	enum {
		WEIR_CLICK_PRESS,
		WEIR_CLICK_DRAG,
		WEIR_CLICK_RELEASE,
		WEIR_CLICK_WHEEL_UP,
		WEIR_CLICK_WHEEL_DOWN,
	} kind;
	int x, y; /* in the panel's rectangle; may lie outside while dragging */
	/* Out, all as if nothing happened at first: */
	bool follow;      /* PRESS: DRAG and RELEASE go to this panel too, wherever the mouse is then */
	bool sort;        /* the question is to be sorted … */
	int sort_by;      /* … by this, as weir_table_column_at has it */
	bool taken;       /* WHEEL: it scrolled here; else it moves what Up and Down move */
	const char *note; /* a remark for the foot; static; NULL: none */
};

/* A key of a panel's own: comes before those of everywhere. */
struct weir_panel_key {
	const char *key;  /* as in the key table */
	const char *help; /* one line */
	void (*press)(const struct weir_picture *pic, struct weir_screen_state *state, int *mode);
	const char *label; /* one or two words for the foot; NULL: not there */
	bool (*ready)(
	    const struct weir_screen_state *state); /* NULL: always; else the key means what it means everywhere */
};

/* What a panel asks of the screen, because it takes the session or the terminal, which panels do not know. */
struct weir_wish {
	enum {
		WEIR_WISH_NOTHING,
		WEIR_WISH_FILTER, /* `text` is one more condition */
		WEIR_WISH_ADD, /* `text` is the condition of rows that Enter is to keep, too; `other` that of all others */
		WEIR_WISH_GROUP,     /* `text` is what to group by */
		WEIR_WISH_MEASURE,   /* `text` is what to measure */
		WEIR_WISH_COPY,      /* `text` goes to the clipboard */
		WEIR_WISH_SAY,       /* `text` is a remark for the foot */
		WEIR_WISH_WHY,       /* how the rows for which `text` is true differ from the rest */
		WEIR_WISH_GO,        /* to the moment `at_us` */
		WEIR_WISH_WHY_KEEP,  /* `text` is one more condition, and the panel why is closed */
		WEIR_WISH_WHY_AGAIN, /* `text` is one more condition, inside which why is asked again */
		WEIR_WISH_WHY_BACK,  /* a step back in the panel why */
	} kind;
	struct weir_buf text, other; /* released by the screen; when it failed, the screen says so */
	const char *what; /* FILTER, COPY: what is done, for the foot: "kept", "excluded", "copied the row"; static */
	int64_t at_us;
	int64_t from_us, to_us; /* FILTER: the span of time that it keeps; both 0: it is about something else */
};

/* A kind of panel. What is NULL or 0 is not needed. `state` is the picture's own, to be changed; pic->result is never
 * NULL but in `wish_rows` and `want`. */
struct weir_panel {
	const char *name;                  /* for `:panel` */
	const char *help;                  /* one line */
	const struct weir_panel_key *keys; /* ends with key NULL */
	const struct weir_panel_act *acts; /* ends with help NULL; of one command, the first that is ready */
	/* For the help, each ending with sign NULL: how to move, the mouse, the signs. */
	const struct weir_help_line *moves, *mouse, *signs;
	const char *extras; /* names of what it shows of a result, blanks between them (weir/query/result.h) */
	enum weir_place place;
	int weight; /* MAIN: its hundredths of the width; TIME: of the height of its column; SIDE: its part of a row */
	int most_rows;               /* below another panel; 0: no limit */
	int from_columns, from_rows; /* SIDE: the screen from which on it is shown unasked; 0: only when asked for */
	bool passive;                /* never in focus: it accompanies others */
	bool always;                 /* it has something to show where no record passes, and a notice says so */
	bool profile;                /* it shows what columns hold: pic->profile */
	bool time;                   /* the time cursor belongs to it */
	enum weir_command opener;    /* of one with `open`: what opens it */

	/* Whether it is there at all. NULL: always. */
	bool (*open)(const struct weir_screen_state *state);

	/* Whether there is anything to show. NULL: always. */
	bool (*has_data)(const struct weir_result *r);
	/* The rows that it would like to have, without title and heads. */
	int (*wish_rows)(const struct weir_picture *pic);
	/* The lines that Up, Down and the wheel scroll through. */
	int (*rows)(const struct weir_picture *pic);
	/* What the next results should hold for it, standing in `r`, which has no rows while it is hidden. */
	void (*want)(const struct weir_picture *pic, struct weir_rect r, struct weir_wanted *out);
	/* Up and Down select. NULL: they scroll. */
	void (*select)(const struct weir_picture *pic, struct weir_screen_state *state, int by);
	/* Left and Right. NULL: they move the time cursor of the first panel that has one. */
	void (*sideways)(const struct weir_picture *pic, struct weir_screen_state *state, int by);
	void (*click)(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect r,
		      struct weir_click *click);
	/* What a command means while the panel is in focus: Enter, x, y, g, m, Esc, Up, End and so on. False: it means here what
	 * it means everywhere. */
	bool (*command)(const struct weir_picture *pic, struct weir_screen_state *state, enum weir_command command,
			struct weir_wish *wish);
	/* The word for it in the foot; NULL: that of everywhere; "": it does nothing here. */
	const char *(*label)(const struct weir_picture *pic, enum weir_command command);
	/* Lines along the foot that it takes in focus, over whatever stands there, on a screen of that size; 0: none. */
	int (*drawer_rows)(const struct weir_picture *pic, int columns, int rows);
	/* A picture was laid out and is about to be drawn: what the panel remembers of the results that it showed. Called
	 * whether the panel is shown or not. */
	void (*see)(const struct weir_picture *pic, struct weir_screen_state *state);
	void (*draw)(const struct weir_picture *pic, const struct weir_area *area);
};

/* What the help says whatever panel is in focus; each ends with sign NULL. */
extern const struct weir_help_line weir_help_mouse[], weir_help_states[], weir_help_signs[], weir_help_strip[],
    weir_help_prompt[], weir_help_menu[];

extern const struct weir_panel weir_panel_records, weir_panel_left_out;
extern const struct weir_panel *const weir_panels[]; /* the table; ends with NULL, at most WEIR_MAX_PANELS */

static inline bool weir_panel_is_open(const struct weir_panel *panel, const struct weir_screen_state *state)
{
	return !panel->open || panel->open(state);
}

static inline bool weir_panel_has_data(const struct weir_panel *panel, const struct weir_result *r)
{
	return !r || !panel->has_data || panel->has_data(r);
}

/* Acts of the table alone, when no row is selected. */
bool weir_table_has_rows(const struct weir_picture *pic);
void weir_table_select_first(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
void weir_table_copy_all(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);

/* Moves the selection of the table: for panels whose picture shows the same groups. */
void weir_table_select(const struct weir_picture *pic, struct weir_screen_state *state, int by);
extern const struct weir_panel weir_panel_table, weir_panel_pivot, weir_panel_chart, weir_panel_heat,
    weir_panel_histogram;

/* Moves the time cursor, or the span where there is one, by one bucket; `extend`: the end of the span that moved last, or a
 * new span from the cursor on. False: it stands at the oldest or the newest data. */
bool weir_time_move(const struct weir_picture *pic, struct weir_screen_state *state, int by, bool extend);
/* Start of the bucket under the cursor; WEIR_TIME_NONE: there is no cursor. Buckets may have become wider since it was put
 * there. */
int64_t weir_time_cursor_us(const struct weir_picture *pic);
/* Length of the bucket there: the chart's where it shows that time, else the strip's. */
int64_t weir_time_width_us(const struct weir_picture *pic, int64_t us);
/* Where one group is left, which column is the best to group by next. due: it is worth finding out; find: by what the
 * columns hold in the rows that pass, size 0 when nothing would be gained. */
bool weir_next_group_is_due(const struct weir_result *r);
void weir_next_group_find(const struct weir_result *r, const struct weir_profile *profile, const struct weir_view *view,
			  struct weir_buf *out);
bool weir_next_group_is_offered(const struct weir_picture *pic);
void weir_next_group_take(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish);
void weir_next_group_draw(const struct weir_picture *pic, struct weir_canvas c, int y);

/* A span of time or a moment is chosen. */
bool weir_time_is_chosen(const struct weir_picture *pic);

/* The time cursor, or the span that is being chosen, under what is drawn; and the mouse, which chooses them. */
/* The columns of a plot that they take; false: none. */
bool weir_time_marks_columns(const struct weir_screen_state *state, const struct weir_times *t, int columns, int *left,
			     int *right);
void weir_time_marks_draw(const struct weir_screen_state *state, const struct weir_times *t, struct weir_canvas c,
			  struct weir_rect plot);
void weir_time_click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect plot,
		     struct weir_click *mouse);

/* The time units of the chart: the width of the buckets, 0 where there is no such unit; the first is 1. */
int64_t weir_chart_unit_us(int unit);
/* The unit after that one, of which this result has two buckets at least, and not too many; 0: automatic. */
int weir_chart_next_unit(const struct weir_result *r, int unit);

/* The thin rule with a title on its left and a remark on its right that starts every panel. */
void weir_title_draw(struct weir_canvas c, struct weir_str title, struct weir_str remark, bool focus);
enum { WEIR_TITLE_FRAME = 9 }; /* columns of the panel that neither title nor remark takes, where it has both */
/* A column's name without the quotes of the language around it. */
struct weir_str weir_bare_name(struct weir_str name);
/* Text before the first parenthesis: a short name of a measure. */
struct weir_str weir_short_name(struct weir_str measure);
/* The same, told apart from the other measures of the result by the end of its condition, or by what it is of: "p95 GET", "p95
 * bytes". Of an alias, as much as there is room for. */
enum { WEIR_HEAD_COLUMNS = 24, WEIR_HEAD_BYTES = 4 * WEIR_HEAD_COLUMNS + 8 };
void weir_measure_head(const struct weir_result *r, uint32_t m, char *out);
/* Ink of the series with that index. */
enum weir_ink weir_series_ink(uint32_t series);
/* The chart's plot area inside its canvas: where buckets stand. Columns 0 when there is no room. */
struct weir_rect weir_chart_plot(const struct weir_picture *pic, struct weir_rect panel);
/* Lines below the title and the heads in a panel of that many rows. */
int weir_panel_body_rows(int rows);

/* Times. The buckets that are shown. A result covers the whole window; as long as data covers but a part of it, the
 * picture starts where the data starts, rounded so that it seldom jumps. Pure functions. */

struct weir_times {
	uint32_t from, n; /* buckets of the result: [from, from + n) */
	int64_t start_us; /* of the first of them */
	int64_t bucket_us;
	int64_t span_us;
};

struct weir_times weir_times_of(const struct weir_result *r, int64_t data_from_us);
/* Whether rows stand in time at all. Those of a file without a time column have but the moments at which it was read. */
bool weir_picture_has_time(const struct weir_picture *pic);
/* What stands where something over time would. */
#define WEIR_NO_TIME "no time column"
#define WEIR_NO_TIME_HINT ":time COLUMN names one"
/* Of them, those that the data covers whole; all, while these are too few to be told apart. What was counted in the others
 * is too small. */
void weir_times_whole(const struct weir_picture *pic, const struct weir_times *t, uint32_t *from, uint32_t *to);
/* The same for sparklines. */
struct weir_spark weir_times_spark(const struct weir_picture *pic, const struct weir_times *t);
/* How many times the data fits in the window, as a power of two up to 8: 1 when it fills it. */
uint32_t weir_times_factor(const struct weir_result *r, int64_t data_from_us);
/* Time of the first bucket that has rows; WEIR_TIME_NONE when there is none. */
int64_t weir_times_first(const struct weir_result *r);
/* The buckets [*from, *to) of the result that column x of `columns` stands for; at least one. */
void weir_times_column(const struct weir_times *t, int x, int columns, uint32_t *from, uint32_t *to);
/* The column of a time; may lie outside. */
int weir_times_x(const struct weir_times *t, int64_t us, int columns);
/* Start of the bucket at column x, at most the end of the last. */
int64_t weir_times_at(const struct weir_times *t, int x, int columns);

/* Axes. What the charts over time have in common. */

/* Round values at the left of the plot, and dots in their rows; whole: whole numbers only. */
void weir_chart_value_axis(struct weir_canvas c, struct weir_rect plot, double low, double high, bool whole);
/* The rule below the plot with its round times; where rows are missing it is dashed, where rows came late it has a
 * mark. */
void weir_chart_time_axis(const struct weir_result *r, const struct weir_times *t, struct weir_canvas c,
			  struct weir_rect plot);

/* Columns of the table. Which columns the top-N table has room for: groups and the measure that sorts always; then
 * the change against the window before, the sparkline, the share, the bar; the other measures as long as they fit. A
 * pure function. */

enum { WEIR_TABLE_GAP = 2, WEIR_CHANGE_COLUMNS = 9, WEIR_SHARE_COLUMNS = 7, WEIR_SORT_COMPARED = 100 };

struct weir_table {
	const struct weir_result *r;
	struct weir_times times;
	struct weir_spark drawn; /* of them, in sparklines */
	int group_columns[WEIR_MAX_GROUP_COLUMNS];
	int measure_columns[WEIR_MAX_MEASURES]; /* 0: not shown */
	int decimals[WEIR_MAX_MEASURES];
	bool short_names;
	char heads[WEIR_MAX_MEASURES][WEIR_HEAD_BYTES]; /* the short ones */
	bool change;
	/* Columns: the sort measure over the part of the window that is compared, where that is not all of it; what it was; and by
	 * how much it moved. 0: not shown */
	int part, before, delta;
	int share, bar, spark;          /* columns; 0: not shown */
	const struct weir_alert *alert; /* that is raised; NULL: none is */
	uint32_t sort;                  /* measure that bar, change and sparkline tell about */
	double largest;                 /* of the sort measure */
};

/* The label of the others row: how many groups it stands for. */
char *weir_table_others_text(const struct weir_result *r, char *out);
/* Lines for groups in a body of so many lines: one is the others row's when not all groups fit. */
int weir_table_rows(const struct weir_result *r, int body);
/* The first row that is seen, when it was scrolled so far. */
int weir_table_first(const struct weir_result *r, int body, int scroll);
/* What stands at column x of the head: a measure's number, -1 - g for group g, or WEIR_SORT_COMPARED * (1 + which) + measure for
 * a column of its comparison; false: nothing that sorts. */
bool weir_table_column_at(const struct weir_table *t, int x, int *which);
/* at_length: the change with all that it is made of; timed: with sparklines. */
void weir_table_fit(struct weir_table *t, const struct weir_result *r, int columns, bool at_length, bool timed);
/* Whether a change is of less than the whole window, which is not over; and the head of the measure over that part:
 * "first 4m59s". */
bool weir_table_compares_part(const struct weir_result *r);
char *weir_table_part_text(const struct weir_result *r, char *out);
/* The measure's name as the head has room for it. */
struct weir_str weir_table_measure_name(const struct weir_table *t, uint32_t measure);

#endif
