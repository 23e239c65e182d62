/* The running screen: session, terminal, and what the person did. Keys and commands change it here; the loop (run.c)
 * polls, updates, draws. Thread: screen. */
#ifndef WEIR_TUI_SCREEN_H
#define WEIR_TUI_SCREEN_H

#include "tui/picture/picture.h"
#include "tui/terminal/terminal.h"
#include "weir/query/alert.h"
#include "weir/tui/tui.h"

enum { WEIR_SAY_COMPUTING_US = 100000 }; /* a sooner answer is not announced */

/* What the list at the prompt tries (preview.c). */
struct weir_preview {
	bool on;                 /* another question is in force than the person's: `before` is that */
	struct weir_view before; /* owned */
	struct weir_view tried;  /* owned, while on: what is in force instead */
	int first_row_before;
	uint64_t asked; /* the generation of what is tried, and when it was asked; monotonic, as the next two */
	int64_t asked_us;
	int64_t late_us;      /* when it is given up; 0: it is answered */
	int64_t due_us;       /* when the next is tried; 0: nothing waits */
	bool slow;            /* an answer takes too long: nothing is tried until the prompt closes */
	struct weir_buf line; /* what was tried last */
	bool united, themed;  /* a time unit, a theme is tried */
	int unit_before;
};

/* What the columns hold (profile.c). */
struct weir_screen_profile {
	struct weir_profile *newest; /* one reference, or NULL */
	bool asked, running;
	char *where;          /* owned: the filter that it was asked for, NULL: none */
	uint64_t records;     /* that had come by then */
	int64_t next_us;      /* monotonic: no other is asked for before */
	uint64_t offered_of;  /* number of the profile that the next group was found by; 0: none is offered */
	uint64_t offered_for; /* and the question */
};

/* A study of the records panel (records.c). */
struct weir_screen_study {
	uint64_t number;                  /* of the one asked for; 0: none was */
	struct weir_study_answer *answer; /* one reference; the newest, perhaps of the one before; NULL: none */
	double part;                      /* how far it is, 0 to 1; below 0: it is at rest */
	uint64_t generation, received;    /* of the question, and of the records, when it was asked for */
	int64_t asked_us;                 /* monotonic */
};

/* What the records panel has found out (records.c). */
struct weir_screen_log {
	struct weir_screen_study order, search;
	struct weir_buf ordered_by; /* what the order was asked for with */
	uint64_t ordered_first;
	bool ordered_ascending;
	bool seeks; /* the next match from a place is awaited; the one at the place is one too if `here` */
	bool seeks_here, seeks_newer, seeks_again;
	struct weir_row_place seek_from;
	struct weir_records_studies studies; /* for the picture */
};

struct weir_screen {
	struct weir_session *session;
	struct weir_options *options;
	const struct weir_tui_config *config;
	struct weir_terminal *terminal; /* NULL while a picture is drawn without a terminal */
	struct weir_screen_state state;
	struct weir_session_info info;
	struct weir_result *result; /* one reference, or NULL */
	struct weir_picture picture;
	struct weir_grid grid;
	struct weir_theme theme; /* in use */
	uint64_t records_seen;   /* of all streams; and when they last grew, monotonic */
	int64_t records_us;
	size_t still_filters;     /* number of conditions when the picture was paused */
	uint64_t said_generation; /* of the newest remark of the session shown */
	uint64_t asked;           /* generation of the newest question */
	/* The newest question that was asked here, and its generation; it may wait for the engine. */
	struct weir_view asked_view;
	uint64_t asked_view_of;
	/* While the answer to a prompt is awaited: what was typed, and the view to return to. */
	enum weir_prompt_kind asked_by; /* WEIR_PROMPT_NONE: nothing */
	char *asked_line;               /* owned */
	struct weir_view asked_before;
	struct weir_preview preview;
	struct weir_screen_profile profile;
	bool light;        /* the terminal has said that its background is light */
	char *export_path; /* owned; for the table on order; NULL: none */
	struct weir_warning warnings[WEIR_MAX_WARNINGS];
	uint32_t warned[8];    /* hashes of the kinds of warning announced last */
	uint32_t warning_said; /* the kind of the one that the message tells of; 0: it tells of something else */
	int64_t waiting_us;    /* monotonic: since when an answer is awaited; 0: none is */
	/* Of the newest span that was kept beyond the window: the condition, and the window to return to; owned, or NULL. */
	char *span_condition, *span_window;
	bool dragging_strip; /* the mouse belongs to the strip until it is let go */
	struct weir_screen_log log;
	bool welcome_gone;
	bool loop; /* what has ended is played again */
	struct weir_alert alert;
	bool alert_asked; /* the question has what it is about, unless the person took it out again */
	int64_t
	    begins_until_us; /* it is, and the last picture stays until there is another of its kind, or until then; 0: no */
	struct weir_error fatal; /* why the session could not go on; code OK: it can */
	bool suspend, quit;
	int exit_code;
};

void weir_screen_init(struct weir_screen *s, struct weir_session *session, struct weir_options *options,
		      const struct weir_tui_config *config);
void weir_screen_release(struct weir_screen *s); /* all but the terminal */
/* Draws the present state of session and screen into the grid. */
void weir_screen_picture(struct weir_screen *s);

/* What a key or `:` does. `argument` may be empty. */
void weir_screen_do(struct weir_screen *s, enum weir_command command, struct weir_str argument);
void weir_screen_event(struct weir_screen *s, const struct weir_event *event);
/* One line of the `:` prompt: a command, or an option with its value. Fills err and returns false when it is wrong. */
bool weir_screen_command_line(struct weir_screen *s, struct weir_str line, struct weir_error *err);

void weir_screen_say(struct weir_screen *s, enum weir_tone tone, const char *fmt, ...) WEIR_PRINTF(3, 4);
/* A picture was drawn: what it says counts as read after a while. When the remark goes; INT64_MAX: it stays for now. */
void weir_screen_said(struct weir_screen *s, int64_t now_us);
int64_t weir_screen_silent_us(const struct weir_screen *s);
int64_t weir_screen_now_us(const struct weir_screen *s); /* wall clock */

/* Takes a new result (one reference). A question from a prompt that the engine refuses goes back to the prompt, and
 * the old picture stays. True when it answers the newest question. */
bool weir_screen_take(struct weir_screen *s, struct weir_result *result);
/* The question that a prompt asked is refused: the one before is in force again. */
void weir_screen_refused(struct weir_screen *s);
void weir_screen_forget_question(struct weir_screen *s);

/* Shares the screen out among the panels, by the name or the number of a layout. False: there is none. */
bool weir_screen_layout(struct weir_screen *s, struct weir_str name, struct weir_error *err);
/* The other face of the table, the pivot, or of chart and histogram, the heat map, and back. follow: a result was taken, and the pivot may be shown at last, or has nothing
 * to show any more. */
void weir_screen_turn(struct weir_screen *s);
/* To one of these faces, whichever panel has the focus. False: it is none. */
bool weir_screen_turn_to(struct weir_screen *s, const struct weir_panel *panel);
void weir_screen_follow_turn(struct weir_screen *s);
/* Draws the time chart in the form of that name, or in the next that fits. False: that form would tell something wrong. */
bool weir_screen_chart(struct weir_screen *s, struct weir_str name, struct weir_error *err);

/* The panel in focus does what the command means there. False: it means there what it means everywhere. */
bool weir_screen_panel_command(struct weir_screen *s, enum weir_command command);

/* Asks why the selected rows differ: those of the span of time, of the selected group, or for which `text` is true; with nothing
 * selected, those of the window against the one before. False: the text is no condition. */
bool weir_screen_why(struct weir_screen *s, struct weir_str text, struct weir_error *err);
/* Within screen/why.c: finds out what is asked; fills the step in but for its texts that are owned, and the condition. False:
 * nothing could be compared, and the foot says so. */
bool weir_screen_why_find(struct weir_screen *s, struct weir_str text, struct weir_why_step *step,
			  struct weir_buf *condition);
/* Compares the step's rows with the rest, or with those before. False: there are none, and the foot says so. */
bool weir_screen_why_against(struct weir_screen *s, struct weir_why_step *step, bool before);
/* The wishes of the panel why. Again and keep add a condition to the filter; false: it was refused. */
bool weir_screen_why_again(struct weir_screen *s, const struct weir_wish *wish, struct weir_error *err);
bool weir_screen_why_keep(struct weir_screen *s, const struct weir_wish *wish, struct weir_error *err);
void weir_screen_why_back(struct weir_screen *s);
/* Takes what the session has found; true: an answer came. */
bool weir_screen_why_look(struct weir_screen *s);

/* Enter, x and y in a panel that has nothing to do for them now: says what to do. */
void weir_screen_say_select(struct weir_screen *s, enum weir_command command);

/* The question as the person left it: the one in force, or one that was asked and still waits for the engine. What
 * changes a question begins with it. Borrowed until the next question or weir_session_info. */
const struct weir_view *weir_screen_view(const struct weir_screen *s);
/* Questions. Each returns false and fills err when the question is refused. */
bool weir_screen_ask(struct weir_screen *s, enum weir_view_text which, struct weir_str text, struct weir_error *err);
bool weir_screen_ask_view(struct weir_screen *s, const struct weir_view *view, struct weir_error *err);
bool weir_screen_ask_filter(struct weir_screen *s, struct weir_str text, struct weir_error *err);
/* The question with that filter instead of its own, into a view that is empty. */
bool weir_screen_filter_view(const struct weir_screen *s, struct weir_str text, struct weir_view *view,
			     struct weir_error *err);
/* Adds a condition to the filter that Esc removes as a whole. */
bool weir_screen_add_filter(struct weir_screen *s, const char *condition, struct weir_error *err);
/* The same for a span of time. Where the window does not hold it, the window is `all` until the condition is dropped. */
bool weir_screen_keep_span(struct weir_screen *s, const char *condition, int64_t from_us, int64_t to_us,
			   struct weir_error *err);
void weir_screen_forget_span(struct weir_screen *s);
/* Takes a condition back, by its place; false: there is none. */
bool weir_screen_drop_filter(struct weir_screen *s, int which);
enum { WEIR_NEWEST_CONDITION = -1 };
/* Hands the question to the session, without a step of the trail. Returns its generation; 0: refused. */
uint64_t weir_screen_post(struct weir_screen *s, const struct weir_view *view, struct weir_error *err);
/* The trail. by: -1 undoes, 1 does again. Says what it did. */
void weir_screen_undo(struct weir_screen *s, int by);
bool weir_screen_go_step(struct weir_screen *s, int step, struct weir_error *err);
/* `:trail`: the list of steps, or the step of that number, the first being 1. */
bool weir_screen_trail(struct weir_screen *s, struct weir_str number, struct weir_error *err);
void weir_screen_trail_move(struct weir_screen *s, int by);     /* in the list: goes there at once */
void weir_screen_trail_close(struct weir_screen *s, bool stay); /* false: back to where it was opened */
void weir_screen_trail_heard(struct weir_screen *s, const struct weir_result *next);
void weir_screen_sort(struct weir_screen *s, bool reverse);
/* By a column of the comparison of a measure of the result. */
void weir_screen_sort_compared(struct weir_screen *s, uint32_t measure, enum weir_compared_column which,
			       bool descending);
/* By what weir_table_column_at calls `which`; again: in reverse. */
void weir_screen_sort_by(struct weir_screen *s, int which);
/* compare.c. :compare; false: the window has nothing that it could be compared with, or the text means nothing. */
bool weir_screen_compare(struct weir_screen *s, struct weir_str text, struct weir_error *err);
/* `c`: the next thing to compare with; a time that is chosen is pinned. `J`: the groups that changed most, one after
 * another, or that one. */
void weir_screen_compare_next(struct weir_screen *s);
/* A question that is to be sorted by a change, and can have none: says why. */
void weir_screen_say_uncompared(struct weir_screen *s, const struct weir_view *view);
void weir_screen_mover(struct weir_screen *s, int which);
enum { WEIR_NEXT_MOVER = -1 };
/* The condition of WHERE as one text, for editing. Appends. Returns where condition `which` ends; -1: the last. */
size_t weir_screen_filter_text(const struct weir_screen *s, int which, struct weir_buf *out);

/* The records panel. Takes what its studies have found, and has them run on. Before each picture. */
void weir_screen_see_studies(struct weir_screen *s);
void weir_screen_release_studies(struct weir_screen *s);
/* Searches the records, from the cursor towards the older ones; "" ends it. */
bool weir_screen_search(struct weir_screen *s, struct weir_str what, struct weir_error *err);
void weir_screen_search_on(struct weir_screen *s, bool newer); /* the next match */
/* Orders them by an expression, which `asc` or `desc` may follow. */
bool weir_screen_order(struct weir_screen *s, struct weir_str by, struct weir_error *err);
/* To the newest record of a moment, or before it. */
bool weir_screen_go(struct weir_screen *s, struct weir_str moment, struct weir_error *err);
/* Shows only these columns, in this order; commas between them. */
bool weir_screen_columns(struct weir_screen *s, struct weir_str list, struct weir_error *err);
/* The panel gets the focus. */
void weir_screen_show_panel(struct weir_screen *s, const struct weir_panel *panel);

/* Time. */
void weir_screen_pause(struct weir_screen *s);
/* `:at`: a moment, or "" and now for the live picture. */
bool weir_screen_at(struct weir_screen *s, struct weir_str text, struct weir_error *err);
bool weir_screen_live(struct weir_screen *s); /* false: it was */
/* What "now" means in a question: the wall clock, or the newest event when nothing more will come. */
int64_t weir_screen_reference_us(const struct weir_screen *s);
void weir_screen_step(struct weir_screen *s, int direction, bool window);
void weir_screen_time_unit(struct weir_screen *s); /* the next */
/* The unit of that width, or 0 for "auto". */
bool weir_screen_find_unit(const struct weir_screen *s, struct weir_str text, int *unit, struct weir_error *err);
bool weir_screen_unit(struct weir_screen *s, struct weir_str text, struct weir_error *err);
/* The time cursor, or the span: into focus, and on by one bucket (weir_time_move). */
void weir_screen_move_time(struct weir_screen *s, int by, bool extend);
/* Shows the moment where data may be read already, or says why it cannot; then the cursor stands there. */
void weir_screen_seek(struct weir_screen *s, int64_t us);
void weir_screen_show_time(struct weir_screen *s, int64_t us); /* the same for a bookmark */
void weir_screen_focus_time(struct weir_screen *s);            /* the panel that the cursor belongs to */
/* To a moment between the oldest and the newest row; at the newest the picture is live. There must be a result. */
void weir_screen_go_to(struct weir_screen *s, int64_t to_us);
/* Bookmarks: at the moment that is looked at, or, where there is one, its note or its end; the next one after it; a page of
 * all of them. */
bool weir_screen_bookmark(struct weir_screen *s, struct weir_str note, struct weir_error *err);
void weir_screen_next_bookmark(struct weir_screen *s);
void weir_screen_list_bookmarks(struct weir_screen *s);
/* The replay: one speed slower or faster; why there is none to change (NULL: there is); on, off or the other of both;
 * and again from the start once it has ended. The last is true when it began again. */
void weir_screen_speed(struct weir_screen *s, int by);
const char *weir_screen_why_no_speed(const struct weir_screen *s);
bool weir_screen_loop(struct weir_screen *s, struct weir_str text, struct weir_error *err);
/* Reads again from "earliest" or a moment on what can be read so. */
bool weir_screen_read_from(struct weir_screen *s, struct weir_str text, struct weir_error *err);
bool weir_screen_play_again(struct weir_screen *s);
/* Whether the result is of the very beginning of a new round: then it is not shown, and the last picture stays. */
bool weir_screen_plays_on(struct weir_screen *s, const struct weir_result *next);
/* Tells the session what the pictures want. */
void weir_screen_want(struct weir_screen *s);

/* Files and the clipboard. The session delivers what was ordered later: weir_screen_delivered takes it. */
void weir_screen_explain(struct weir_screen *s);
bool weir_screen_delivered(struct weir_screen *s);
bool weir_screen_export(struct weir_screen *s, struct weir_str path, struct weir_error *err);
/* `:views`: the list of saved views; with an argument "open NAME", "save NAME", or what is there of the two. */
bool weir_screen_views(struct weir_screen *s, struct weir_str argument, struct weir_error *err);
void weir_screen_views_move(struct weir_screen *s, int by); /* in the list; the picture shows what is chosen */
/* Enter opens what is chosen, Esc leaves the question as it was. */
void weir_screen_views_close(struct weir_screen *s, bool open);
void weir_screen_views_delete(struct weir_screen *s); /* asks first */
void weir_screen_views_save(struct weir_screen *s);   /* opens the prompt for a name */
void weir_screen_views_refused(struct weir_screen *s,
			       const struct weir_error *err); /* what is chosen cannot be asked */
bool weir_screen_view_file(struct weir_screen *s, bool save, struct weir_str path, struct weir_error *err);
/* To the clipboard of the terminal, and says so: "copied the row"; `then` ends that remark. */
void weir_screen_copy_text(struct weir_screen *s, struct weir_str text, const char *what, const char *then);
/* The view as "command" or "sql", or "show": both on a page; "": the next of them. */
bool weir_screen_copy_view(struct weir_screen *s, struct weir_str how, struct weir_error *err);
void weir_screen_sql_came(struct weir_screen *s, struct weir_delivery *d);

/* The alert: sets it, "none" or nothing takes it back; the prompt for it; looks at an answer of the live picture. */
bool weir_screen_alert(struct weir_screen *s, struct weir_str text, struct weir_error *err);
void weir_screen_alert_prompt(struct weir_screen *s);
void weir_screen_judge(struct weir_screen *s, const struct weir_result *r);

/* Looks. */
bool weir_screen_wants_color(const struct weir_screen *s);   /* by --color and NO_COLOR */
void weir_screen_looks(struct weir_screen *s);               /* color, ascii and no-mouse, as the options say now */
void weir_screen_load_theme(struct weir_screen *s);          /* reads the theme of the options again */
bool weir_screen_theme_is_auto(const struct weir_screen *s); /* it follows the background of the terminal */

/* Prompt. */
void weir_screen_prompt(struct weir_screen *s, enum weir_prompt_kind kind);
void weir_screen_edit_condition(struct weir_screen *s, int which); /* of the filter, at the prompt */
/* With a line that was refused, and why. */
void weir_screen_prompt_again(struct weir_screen *s, enum weir_prompt_kind kind, const char *line,
			      const struct weir_error *err);
void weir_screen_prompt_event(struct weir_screen *s, const struct weir_event *event);
void weir_screen_command_prompt(struct weir_screen *s, const char *start); /* `:` with the start of a line */
/* The line of the prompt, or what it is made of (`anew`), has changed: its list follows. */
void weir_screen_complete(struct weir_screen *s, bool anew);
/* The entry at the cursor of the list is in sight: after a change of the list, and when the screen has another size. */
void weir_screen_see_list(struct weir_screen *s);
void weir_screen_pick(struct weir_screen *s, int by); /* up and down in the list */

/* Previews. open: a prompt did; later: what Enter takes may be another now, it is tried a moment after; end: Enter was
 * pressed and the question is another one (`taken`), or everything is as it was. */
void weir_preview_open(struct weir_screen *s);
void weir_preview_later(struct weir_screen *s);
/* Tries a whole view at once. */
void weir_preview_view(struct weir_screen *s, const struct weir_view *view);
void weir_preview_end(struct weir_screen *s, bool taken);
/* When the next call of tick has something to do, monotonic; 0: nothing. tick is true when the picture may change. */
int64_t weir_preview_due_us(const struct weir_screen *s);
bool weir_preview_tick(struct weir_screen *s);
/* Before a picture: what the filter that is typed lets through, beside its line. */
void weir_preview_say(struct weir_screen *s);
/* The result says that what is tried cannot be answered: the old question is asked again, and the result is of no use. */
bool weir_preview_refused(struct weir_screen *s, const struct weir_result *next);

/* Takes the newest profile of the columns, before the picture is made; asks for another where it is time, after the layout. */
void weir_screen_take_profile(struct weir_screen *s);
void weir_screen_ask_profile(struct weir_screen *s);
/* Offers the next group where one is left. */
void weir_screen_offer_group(struct weir_screen *s);
void weir_screen_drop_profile(struct weir_screen *s);

/* Returns the key that a click stands for; NULL: all is done. */
const char *weir_screen_mouse(struct weir_screen *s, const struct weir_event *event);

#endif
