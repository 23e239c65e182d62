/* The terminal as a device: it is opened, put into raw mode, read for keys, painted with as few bytes as possible,
 * and given back exactly as it was, after a crash in any thread too. The loop of the screen (screen/run.c) is the
 * only caller.
 *
 *   device.c    modes, size, and what the terminal shows at the moment
 *   input.c     bytes to keys and mouse events
 *   pace.c      when the next picture is due
 *   paint.c     two grids to the bytes that turn one into the other
 *   terminfo.c  how a terminal of some type is driven; the only file that knows ncurses
 *   restore.c   signals, and the terminal given back when the process dies
 *   write.c     sends bytes, all of them
 *
 * Thread: screen, except where restore.c says otherwise. */
#ifndef WEIR_TUI_TERMINAL_H
#define WEIR_TUI_TERMINAL_H

#include "tui/draw/theme.h"

#include <termios.h>

/* The device. */

struct weir_terminal;

struct weir_terminal_config {
	int fd;                /* of the terminal; borrowed */
	const char *term;      /* terminal type */
	const char *colorterm; /* COLORTERM, or NULL */
	bool want_color;       /* false: mono whatever the terminal can do */
	bool mouse;
};

/* Gets ready; the terminal is not touched yet. IO with a hint when the type is unknown or cannot be drawn on. */
enum weir_status weir_terminal_open(const struct weir_terminal_config *config, struct weir_terminal **out,
				    struct weir_error *err) WEIR_MUST_USE;
void weir_terminal_close(struct weir_terminal *t); /* gives it back; NULL allowed */
struct weir_restore;
/* Fills in what a crash must undo. */
void weir_terminal_undo(struct weir_terminal *t, struct weir_restore *restore);
/* Takes the terminal over: alternate screen, raw keys. */
void weir_terminal_start(struct weir_terminal *t);
bool weir_terminal_utf8(const struct weir_terminal *t);      /* false: only ASCII can be drawn */
bool weir_terminal_colorless(const struct weir_terminal *t); /* it has no colours, or they are not wanted */
bool weir_terminal_console(const struct weir_terminal *t);   /* the console of Linux, whose fonts have few signs */
void weir_terminal_set_mouse(struct weir_terminal *t, bool on);
/* With colours, as far as it has any, or without. The next picture is sent in full. */
void weir_terminal_set_color(struct weir_terminal *t, bool on);
/* Asks for the present size. */
void weir_terminal_size(struct weir_terminal *t, int *columns, int *rows);
/* Sends what changed since the last picture. Returns the bytes sent. *ask: in, whether a question may
 * follow them (Device Status Report, ECMA-48), which the terminal answers when it has come that far: WEIR_EVENT_READY;
 * out, whether it does: small pictures go without. */
size_t weir_terminal_draw(struct weir_terminal *t, const struct weir_grid *grid, const struct weir_theme *theme,
			  bool *ask);
void weir_terminal_heard(struct weir_terminal *t);       /* the answer came */
void weir_terminal_forget(struct weir_terminal *t);      /* the next picture is sent in full */
bool weir_terminal_knows(const struct weir_terminal *t); /* it will be sent as changes only */
/* Bytes that the program spelled out itself (OSC 52). */
void weir_terminal_send(struct weir_terminal *t, const char *bytes, size_t n);
/* Gives the terminal to the shell and stops the process; returns when it goes on. */
void weir_terminal_suspend(struct weir_terminal *t);

/* Keys. Bytes from a terminal to keys: UTF-8, the sequences of xterm and its kin, Alt as a leading escape, bracketed
 * paste, mouse reports (SGR and X10). Pure: it reads nothing itself and knows no clock; the caller says when a lone
 * escape has waited long enough. What it does not know it swallows. Method: ECMA-48 control sequences; XTerm Control
 * Sequences (T. Dickey). */

enum weir_event_kind { WEIR_EVENT_KEY, WEIR_EVENT_PASTE, WEIR_EVENT_MOUSE, WEIR_EVENT_BACKGROUND, WEIR_EVENT_READY };
enum weir_mouse { WEIR_MOUSE_PRESS, WEIR_MOUSE_DRAG, WEIR_MOUSE_RELEASE, WEIR_MOUSE_WHEEL_UP, WEIR_MOUSE_WHEEL_DOWN };

struct weir_event {
	enum weir_event_kind kind;
	char name[24];         /* KEY: as in the key table: "q" "Space" "Shift-Tab" "Ctrl-L" "Alt-b" "F1" */
	char text[5];          /* KEY: what it types, "" when nothing */
	struct weir_str paste; /* PASTE: borrowed until the next call */
	enum weir_mouse mouse; /* MOUSE, left button or wheel; x and y from 0 */
	int x, y;
	bool light; /* BACKGROUND: the terminal says which it has. READY: it has come as far as it was asked */
};

struct weir_input {
	char bytes[1024];
	size_t n;
	bool pasting;
	bool after_escape; /* a lone escape was just given out: the rest of a torn mouse report may follow */
	struct weir_buf paste;
};

void weir_input_release(struct weir_input *in);
/* Takes up to as many bytes as there is room for; returns how many. Call weir_input_next until it is false in between.
 */
size_t weir_input_feed(struct weir_input *in, const char *bytes, size_t n);
/* The next event. False: none is whole. `waited`: nothing more came for a while, so an escape stands for itself. */
bool weir_input_next(struct weir_input *in, bool waited, struct weir_event *out);
/* Something is waiting for its rest. */
bool weir_input_pending(const struct weir_input *in);

/* When the next picture is due. Keys and answers are drawn at once. Data is drawn up to 30 times a second as long as
 * the terminal keeps up:
 *   - it is asked behind a picture whether it has come that far (weir_terminal_draw); the next one waits for its
 *     answer, so that never more than one picture is under way, however slow the line is;
 *   - a picture that takes long to write makes the next one wait as long;
 *   - on a line that others pay for (SSH) the bytes a second have a limit.
 * Thread: screen; pure but for the struct. */

enum weir_pace_why {
	WEIR_PACE_TICK,   /* nothing happened: rates and clock go on moving */
	WEIR_PACE_DATA,   /* a new result */
	WEIR_PACE_KEYS,   /* somebody pressed a key, or the terminal changed */
	WEIR_PACE_ANSWER, /* the result that a question was waiting for */
};

enum { WEIR_PACE_SSH_BYTES_PER_S = 20000 };

struct weir_pace {
	int64_t bytes_per_s; /* the limit; 0: as many as the terminal takes */
	int64_t begun_us;    /* monotonic: the first picture */
	int64_t drawn_us;    /* the last picture */
	int64_t keys_us;     /* the last picture that a key asked for */
	int64_t took_us;     /* that writing the last picture took */
	int64_t allowance;   /* bytes that might still have been sent when it was drawn; below 0: too many were */
	int64_t asked_us;    /* since when the terminal owes an answer; 0: it does not */
	int64_t answer_us;   /* how long the last answer took */
	int unanswered;      /* questions since the last answer */
	bool answers;        /* it has answered at least once */
	bool shown;          /* a picture of rows was drawn: the first one does not wait its turn */
};

void weir_pace_init(struct weir_pace *p, int64_t bytes_per_s);
int64_t weir_pace_due_us(const struct weir_pace *p, enum weir_pace_why why);

struct weir_pace_cost {
	int64_t bytes;   /* of the picture */
	int64_t took_us; /* to write them */
	bool whole;      /* all of it was sent because somebody asked for it: that must not make the next ones wait */
	bool asked;      /* the terminal was asked behind it whether it has come that far */
};
/* A picture was drawn. */
void weir_pace_drew(struct weir_pace *p, enum weir_pace_why why, int64_t now_us, const struct weir_pace_cost *cost);
/* Whether the terminal should be asked behind the next picture: not while it owes an answer, unless that one is lost. */
bool weir_pace_may_ask(const struct weir_pace *p, int64_t now_us);
/* The terminal has answered. */
void weir_pace_heard(struct weir_pace *p, int64_t now_us);

/* Given back. What must happen to the terminal when the process dies, and signals that become events. The only
 * process-wide state of the screen, because signal handlers have no argument. Handlers call only async-signal-safe
 * functions. */

struct weir_restore {
	int fd;                /* of the terminal */
	struct termios before; /* as it was found */
	char undo[256];        /* bytes that undo every mode */
	size_t undo_bytes;
};

/* Installs handlers: SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP and SIGCONT come out of *signal_fd as single bytes
 * (the number). Every other signal that can be caught and would end the process, in whichever thread (base/thread.h
 * lets faults through), gives the terminal back and then kills the process as it would have. Called by the thread
 * that draws. `restore` is copied. */
enum weir_status weir_restore_install(const struct weir_restore *restore, int *signal_fd,
				      struct weir_error *err) WEIR_MUST_USE;
void weir_restore_remove(void);
/* Armed: the terminal is ours and a crash gives it back. */
void weir_restore_arm(bool on);
/* Keeps what libraries write to standard error off the screen; off writes it again where it belongs. Nothing happens
 * when standard error is no terminal. */
void weir_restore_quiet(bool on);

/* Painting. From two grids to bytes: what changed, with as few bytes as it takes. Cells of one look are sent one
 * after the other wherever they stand, because a change of colours costs more than a way across the screen. What a
 * terminal wants to hear comes as functions: this file knows no terminal. */

enum { WEIR_CURSOR_UNKNOWN = -1 };

struct weir_painter {
	void *ctx;
	/* The cursor goes from one cell to another; from_y WEIR_CURSOR_UNKNOWN: it may be anywhere. Appends. */
	void (*move)(void *ctx, int from_x, int from_y, int x, int y, struct weir_buf *out);
	void (*look)(void *ctx, struct weir_look look,
		     struct weir_buf *out); /* what is sent from now on looks like this */
	/* Lines are put in at, or taken out from, the cursor's row; those below move. NULL: it cannot do that. */
	void (*shift)(void *ctx, int lines, bool in, struct weir_buf *out);
	bool skip_corner; /* a sign in the last cell would scroll the screen */
	enum weir_colors colors;
	int x, y; /* where the cursor is; y WEIR_CURSOR_UNKNOWN */
};

/* Appends what makes a screen that shows `front` show `grid`, and makes `front` the same. Both have the same size.
 * `in_order`: from top to bottom, for a picture that is seen while it comes; else look by look. False: no memory, what
 * the screen shows is unknown. */
bool weir_painter_paint(struct weir_painter *b, struct weir_grid *front, const struct weir_grid *grid,
			const struct weir_theme *theme, bool in_order, struct weir_buf *out) WEIR_MUST_USE;

/* How a terminal of some type is driven. All functions append to a buffer.
 * Thread: screen; ncurses keeps one description a process. */

struct weir_terminfo {
	bool open;
	enum weir_colors colors, most; /* in use, and what it can do */
	bool rgb;                      /* true colour that its description does not know of, but COLORTERM does */
	bool ecma;         /* styles are sequences as ECMA-48 has them: several may be put together in one */
	bool steps;        /* a backspace goes left, a line feed down */
	int no_color_with; /* attributes that do not go together with colours, as terminfo numbers them */
	const char *cup, *hpa, *setaf, *setab; /* looked up once: that takes long; of the description; "": none */
	bool ansi_cup, ansi_hpa;               /* as nearly all have them: written without asking terminfo */
	struct weir_look look;                 /* in use */
	bool look_known;
	struct weir_painter painter;
};

/* IO with a hint when the type is unknown or cannot be drawn on; close it all the same. `c` must stay where it is. */
enum weir_status weir_terminfo_open(struct weir_terminfo *c, const char *term, const char *colorterm, int fd,
				    bool want_color, struct weir_error *err) WEIR_MUST_USE;
void weir_terminfo_close(struct weir_terminfo *c);
void weir_terminfo_set_color(struct weir_terminfo *c, bool on);
void weir_terminfo_start(struct weir_terminfo *c, struct weir_buf *out); /* takes the screen over */
void weir_terminfo_clear(struct weir_terminfo *c, struct weir_look look, struct weir_buf *out);
/* Gives the screen back; rows: of the screen, 0 unknown. */
void weir_terminfo_restore(struct weir_terminfo *c, int rows, struct weir_buf *out);

/* Bytes on their way to the terminal: one loop that sends all of them. */

void weir_terminal_write(int fd, const char *bytes, size_t n);

#endif
