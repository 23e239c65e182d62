/* What must happen to the terminal when the process dies, and signals that become events. The only process-wide state
 * of the screen, because signal handlers have no argument. Handlers call only async-signal-safe functions. */
#ifndef WEIR_TUI_GUARD_H
#define WEIR_TUI_GUARD_H

#include "weir/base/status.h"

#include <termios.h>

struct weir_guard {
	int fd;		       /* of the terminal */
	struct termios before; /* as it was found */
	char restore[256];     /* bytes that undo every mode */
	size_t restore_bytes;
};

/* Installs handlers: SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP and SIGCONT come out of *signal_fd as single bytes (the
 * number); SIGSEGV, SIGABRT, SIGBUS, SIGFPE and SIGILL give the terminal back and kill the process as they would have.
 * `guard` is copied. */
enum weir_status weir_guard_install(const struct weir_guard *guard, int *signal_fd,
				    struct weir_error *err) WEIR_MUST_USE;
void weir_guard_remove(void);
/* Armed: the terminal is ours and a crash gives it back. */
void weir_guard_arm(bool on);
/* Keeps what libraries write to standard error off the screen; off writes it again where it belongs. Nothing happens
 * when standard error is no terminal. */
void weir_guard_quiet(bool on);

#endif
