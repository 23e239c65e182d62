/* Starting another program. Thread: any. */
#ifndef WEIR_BASE_PROCESS_H
#define WEIR_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

struct weir_spawn {
	const char *path;       /* of the program */
	char *const *arguments; /* argv, ends with NULL */
	char *const *environment;
	int output, error; /* its standard output and standard error; its standard input is empty */
	/* It leads a session of its own, and outlives the terminal; else a process group of its own: it can be ended with all that it
	 * started, and Ctrl-C on the terminal is not for it. */
	bool session;
	bool hangs_up; /* SIGHUP ends it even where this process ignores it */
};

/* With no signal blocked, and what this process ignores (SIGPIPE, SIGINT) as it is by default. 0 and *out, or an error number. */
int weir_process_start(const struct weir_spawn *how, pid_t *out);

#endif
