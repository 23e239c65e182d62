/* The screen. Runs in the caller's thread until the user leaves; gives the terminal back whole, whatever happens. */
#ifndef WEIR_TUI_TUI_H
#define WEIR_TUI_TUI_H

#include "weir/session/session.h"

/* What main found out about the process; the tui reads no environment itself. */
struct weir_tui_config {
	int tty_fd;            /* read keys from and draw to; /dev/tty when standard input is data */
	const char *term;      /* TERM */
	const char *colorterm; /* COLORTERM or NULL */
	bool no_color;         /* NO_COLOR is set and not empty */
	bool over_ssh;         /* the line is that of SSH: little is sent on it */
	const char *welcome;   /* first line of advice (quickstart), NULL: none */
	const struct weir_clock *clock;
};

/* What keys do in single panels, as lines of --list keys. Appends. */
void weir_tui_list_keys(struct weir_buf *out);
/* The part of the manual page on panels, the mouse, states and signs, in mdoc. Appends. */
void weir_tui_man_panels(struct weir_buf *out);

/* Returns the exit code. Prints nothing on the terminal after it was given back but an error line on standard error. */
int weir_tui_run(struct weir_session *s, struct weir_options *options, const struct weir_tui_config *config,
		 struct weir_error *err);

#endif
