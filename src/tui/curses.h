/* How a terminal of some type is told things: curses.c behind it alone knows ncurses. All functions append to a buffer.
 * Thread: screen; ncurses keeps one description a process. */
#ifndef WEIR_TUI_CURSES_H
#define WEIR_TUI_CURSES_H

#include "tui/brush.h"

struct weir_curses {
	bool open;
	enum weir_colors colors;
	bool ecma;	   /* styles are sequences as ECMA-48 has them: several may be put together in one */
	bool steps;	   /* a backspace goes left, a line feed down */
	int no_color_with; /* attributes that do not go together with colours, as terminfo numbers them */
	const char *cup, *hpa, *setaf, *setab; /* looked up once: that takes long; of the description; "": none */
	bool ansi_cup, ansi_hpa;	       /* as nearly all have them: written without asking terminfo */
	struct weir_look look;		       /* in use */
	bool look_known;
	struct weir_brush brush;
};

/* IO with a hint when the type is unknown or cannot be drawn on; close it all the same. `c` must stay where it is. */
enum weir_status weir_curses_open(struct weir_curses *c, const char *term, int fd, bool want_color,
				  struct weir_error *err) WEIR_MUST_USE;
void weir_curses_close(struct weir_curses *c);
void weir_curses_start(struct weir_curses *c, struct weir_buf *out); /* takes the screen over */
void weir_curses_clear(struct weir_curses *c, struct weir_look look, struct weir_buf *out);
/* Gives the screen back; rows: of the screen, 0 unknown. */
void weir_curses_restore(struct weir_curses *c, int rows, struct weir_buf *out);

#endif
