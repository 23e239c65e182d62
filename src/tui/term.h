/* The terminal: opened, drawn on, given back whole. Keys are read as bytes (input.h). Thread: screen, but for what
 * guard.h says. */
#ifndef WEIR_TUI_TERM_H
#define WEIR_TUI_TERM_H

#include "tui/theme.h"

struct weir_term;

struct weir_term_config {
	int fd;		  /* of the terminal; borrowed */
	const char *term; /* terminal type */
	bool want_color;  /* false: mono whatever the terminal can do */
	bool mouse;
};

/* Gets ready; the terminal is not touched yet. IO with a hint when the type is unknown or cannot be drawn on. */
enum weir_status weir_term_open(const struct weir_term_config *config, struct weir_term **out,
				struct weir_error *err) WEIR_MUST_USE;
void weir_term_close(struct weir_term *t); /* gives it back; NULL allowed */
/* What a crash must undo. */
struct weir_guard;
void weir_term_guard(struct weir_term *t, struct weir_guard *guard);
/* Takes the terminal over: alternate screen, raw keys. */
void weir_term_start(struct weir_term *t);
bool weir_term_utf8(const struct weir_term *t); /* false: only ASCII can be drawn */
void weir_term_set_mouse(struct weir_term *t, bool on);
/* Asks for the present size. */
void weir_term_size(struct weir_term *t, int *columns, int *rows);
/* Sends what changed since the last picture. Returns the bytes sent. */
size_t weir_term_draw(struct weir_term *t, const struct weir_grid *grid, const struct weir_theme *theme);
void weir_term_forget(struct weir_term *t);	 /* the next picture is sent whole */
bool weir_term_knows(const struct weir_term *t); /* it will not be */
/* Bytes that the program spelled out itself (OSC 52). */
void weir_term_send(struct weir_term *t, const char *bytes, size_t n);
/* Gives the terminal to the shell and stops the process; returns when it goes on. */
void weir_term_suspend(struct weir_term *t);

#endif
