/* The running screen: session, terminal, and what the person did. Keys and commands change it here; the loop (run.c)
 * polls, updates, draws. Thread: screen. */
#ifndef WEIR_TUI_SCREEN_H
#define WEIR_TUI_SCREEN_H

#include "tui/frame.h"
#include "tui/input.h"
#include "tui/term.h"
#include "weir/tui/tui.h"

struct weir_screen {
	struct weir_session *session;
	struct weir_options *options;
	const struct weir_tui_config *config;
	struct weir_term *term; /* NULL while a picture is drawn without a terminal */
	struct weir_ui ui;
	struct weir_session_info info;
	struct weir_result *result;  /* one reference, or NULL */
	struct weir_result *records; /* the same, or an earlier one: the records panel is drawn from it */
	bool records_turn;	     /* it may show the newest ones */
	bool records_fast;	     /* none of those shown before was among the next */
	int64_t records_bytes;	     /* about what they cost in this picture; 0: they are as they were */
	struct weir_frame frame;
	struct weir_grid grid;
	const struct weir_theme *theme;
	uint64_t asked; /* generation of the newest question */
	/* While an answer is waited for that a prompt asked for: what was typed, and the view to go back to. */
	enum weir_prompt_kind asked_by; /* WEIR_PROMPT_NONE: nothing */
	char *asked_line;		/* owned */
	struct weir_view asked_before;
	int64_t drag_from_us; /* where the mouse went down on the chart; WEIR_TIME_NONE */
	bool light;	      /* the terminal's background, once it said so */
	bool welcome_gone;
	bool suspend, quit;
	int exit_code;
};

void weir_screen_init(struct weir_screen *s, struct weir_session *session, struct weir_options *options,
		      const struct weir_tui_config *config);
void weir_screen_release(struct weir_screen *s); /* all but the terminal */
/* Draws into the grid what session and screen are now. */
void weir_screen_picture(struct weir_screen *s);

/* What a key or `:` does. `argument` may be empty. */
void weir_screen_do(struct weir_screen *s, enum weir_command command, struct weir_str argument);
void weir_screen_event(struct weir_screen *s, const struct weir_event *event);
/* One line of the `:` prompt: a command, or an option with its value. Fills err and returns false when it is wrong. */
bool weir_screen_command_line(struct weir_screen *s, struct weir_str line, struct weir_error *err);

void weir_screen_say(struct weir_screen *s, enum weir_tone tone, const char *fmt, ...) WEIR_PRINTF(3, 4);
int64_t weir_screen_now_us(const struct weir_screen *s); /* wall clock */

/* Takes a new result (one reference). What a prompt asked and the engine refuses goes back to the prompt, and the old
 * picture stays. True when it answers the newest question. */
bool weir_screen_take(struct weir_screen *s, struct weir_result *result);
void weir_screen_forget_question(struct weir_screen *s);

/* Questions (act_view.c). Each returns false and fills err when the question is refused. */
bool weir_screen_ask(struct weir_screen *s, enum weir_view_text which, struct weir_str text, struct weir_error *err);
bool weir_screen_ask_filter(struct weir_screen *s, struct weir_str text, struct weir_error *err);
void weir_screen_keep(struct weir_screen *s, bool exclude);
bool weir_screen_drop_filter(struct weir_screen *s); /* the newest condition; false: there is none */
void weir_screen_sort(struct weir_screen *s, bool reverse);
/* The condition of WHERE as one text, for editing. Appends. */
void weir_screen_filter_text(const struct weir_screen *s, struct weir_buf *out);

/* Time (act_time.c). */
void weir_screen_pause(struct weir_screen *s);
void weir_screen_step(struct weir_screen *s, int direction, bool window);
void weir_screen_cursor(struct weir_screen *s, int direction);
void weir_screen_time_unit(struct weir_screen *s);
bool weir_screen_keep_time(struct weir_screen *s); /* the span or the cursor; false: there is none */
/* Tells the session what the screen has room for. */
void weir_screen_fit(struct weir_screen *s);

/* Files and the clipboard (act_file.c). */
bool weir_screen_export(struct weir_screen *s, struct weir_str path, struct weir_error *err);
bool weir_screen_views(struct weir_screen *s, struct weir_str argument, struct weir_error *err);
void weir_screen_copy(struct weir_screen *s);

/* Looks: theme, color, ascii, no-mouse as the options say now. */
void weir_screen_looks(struct weir_screen *s);

/* Prompt (act_prompt.c, complete.c). */
void weir_screen_prompt(struct weir_screen *s, enum weir_prompt_kind kind);
void weir_screen_prompt_event(struct weir_screen *s, const struct weir_event *event);
void weir_screen_complete(struct weir_screen *s);

void weir_screen_mouse(struct weir_screen *s, const struct weir_event *event);

#endif
