/* A program on a pseudo terminal, under a small shell of our own, so that it can be stopped and continued as in a real
 * one. */
#ifndef WEIR_TESTS_PTY_H
#define WEIR_TESTS_PTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct pty {
	int master;
	int reports; /* from the small shell: struct pty_report */
	pid_t shell, program;
	bool ended, stopped;
	int status; /* of waitpid, when ended */
	struct termios before;
};
struct pty_report {
	pid_t program;
	int status; /* of waitpid; -1: the program was started */
};

/* argv and env end with NULL. `tty_out`: standard output too (else it is a terminal in any case; standard input is the
 * terminal). False: could not be started. */
bool pty_start(struct pty *p, char *const *argv, char *const *env, int columns, int rows);
void pty_resize(struct pty *p, int columns, int rows);
/* Waits until bytes or a report come, at most timeout_ms. Returns bytes read; 0: only a report or nothing. */
long pty_read(struct pty *p, char *bytes, unsigned long max, int timeout_ms);
/* Bytes that were sent and that the program has not read yet; -1: unknown. */
int pty_unread(const struct pty *p);
/* Reads nothing until the terminal takes no more and the program has waited for that, sends the signal, and waits for the
 * program's end without reading; what is left in the terminal is dropped. False: it did not end, or never filled the terminal. */
bool pty_signal_unread(struct pty *p, int number);
/* The modes of the terminal line are as they were before the program. */
bool pty_modes_restored(struct pty *p);
void pty_end(struct pty *p); /* kills what still runs and frees */

#endif
