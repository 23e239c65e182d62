#include "../limit.h"
#include "run.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} names[] = {{"TERM", SIGTERM}, {"HUP", SIGHUP},   {"SEGV", SIGSEGV}, {"ABRT", SIGABRT}, {"INT", SIGINT},
		     {"KILL", SIGKILL}, {"QUIT", SIGQUIT}, {"USR1", SIGUSR1}, {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].number;
	return 0;
}

static bool start(struct run *r, char *arguments)
{
	char *argv[MAX_WORDS] = {(char *)(size_t)r->weir};
	const struct matrix_look *look = r->matrix ? r->matrix->looks[r->matrix->look] : NULL;
	int n = 1;
	if (look && look->argument)
		argv[n++] = (char *)(size_t)look->argument;
	split(arguments, argv + n, MAX_WORDS - n);
	r->env[r->n_env] = NULL;
	r->running = pty_start(&r->pty, argv, r->env, r->columns, r->rows) && look_start(&r->look, r->columns, r->rows);
	return r->running || fail(r, "could not start %s", r->weir);
}

/* All that the program changed is as it was: line modes, alternate screen, cursor, mouse, paste. */
static bool restored(struct run *r)
{
	while (pump(r, 0))
		;
	if (!pty_modes_restored(&r->pty))
		return fail(r, "the modes of the terminal line were %s", "not restored");
	if (r->strict.n_modes || r->strict.cursor_hidden || r->strict.wrap_off) {
		char mode[32];
		snprintf(mode, sizeof(mode), "%d", r->strict.n_modes ? r->strict.modes[0] : 25);
		return fail(r, "mode %s of the terminal was left changed", mode);
	}
	return true;
}

void resize(struct run *r, int columns, int rows)
{
	r->columns = columns;
	r->rows = rows;
	if (r->running) {
		look_resize(&r->look, columns, rows);
		pty_resize(&r->pty, columns, rows);
	}
}

static bool step_size(struct run *r, const char *text)
{
	int columns, rows;
	if (sscanf(text, "%dx%d", &columns, &rows) != 2)
		return fail(r, "size %s", text);
	resize(r, columns, rows);
	return true;
}

/* "SEGV 2": to the second of its threads, besides the one that draws. */
static bool signal_thread(struct run *r, const char *rest)
{
	char pattern[64], name[16];
	int which = 0, threads[64], n = 0;
	glob_t all = {0};
	snprintf(pattern, sizeof(pattern), "/proc/%d/task/*", (int)r->pty.program);
	if (sscanf(rest, "%15s %d", name, &which) != 2 || glob(pattern, 0, NULL, &all) != 0)
		return fail(r, "signal-thread %s", rest);
	for (size_t i = 0; i < all.gl_pathc && n < 64; i++) {
		int thread = atoi(strrchr(all.gl_pathv[i], '/') + 1);
		if (thread != r->pty.program)
			threads[n++] = thread;
	}
	globfree(&all);
#if defined(                                                                                                           \
    __SANITIZE_THREAD__) /* it holds a thread's signal back until the thread calls something it watches: the process gets it */
	return kill(r->pty.program, signal_number(name)) == 0 || fail(r, "could not send signal %s", rest);
#endif
	return (which <= n && syscall(SYS_tgkill, r->pty.program, threads[which - 1], signal_number(name)) == 0) ||
	       fail(r, "there is no thread %s", rest);
}

static bool step_end(struct run *r, bool killed, const char *what)
{
	if (!wait_for_state(r, &r->pty.ended, "at its end"))
		return false;
	bool as_wanted = killed ? WIFSIGNALED(r->pty.status) && WTERMSIG(r->pty.status) == signal_number(what)
				: WIFEXITED(r->pty.status) && WEXITSTATUS(r->pty.status) == atoi(what);
	char status[32];
	snprintf(status, sizeof(status), "%x", (unsigned)r->pty.status);
	return as_wanted || fail(r, "the program ended with status %s", status);
}

/* A variable takes the place of one of the same name. Takes the text. */
static bool set_variable(struct run *r, char *variable)
{
	size_t name = strcspn(variable, "=") + 1;
	for (int i = 0; i < r->n_env; i++)
		if (strncmp(r->env[i], variable, name) == 0) {
			free(r->env[i]);
			r->env[i] = variable;
			return true;
		}
	r->env[r->n_env++] = variable;
	return true;
}

static bool step_setting(struct run *r, const char *verb, char *rest, bool *known)
{
	*known = true;
	if (strcmp(verb, "size") == 0)
		return step_size(r, rest);
	if (strcmp(verb, "env") == 0 || strcmp(verb, "term") == 0) {
		char *variable = NULL;
		if (asprintf(&variable, "%s%s", *verb == 't' ? "TERM=" : "", rest) < 0)
			abort();
		return set_variable(r, variable);
	}
	if (strcmp(verb, "run") == 0)
		return start(r, rest);
	if (strcmp(verb, "mask") == 0)
		return regcomp(&r->masks[r->n_masks++], rest, REG_EXTENDED | REG_NEWLINE) == 0 ||
		       fail(r, "wrong mask %s", rest);
	*known = strcmp(verb, "at") == 0 || strcmp(verb, "looks") == 0; /* were read before the first step */
	return *known;
}

static bool step_notified(struct run *r, const char *text)
{
	double limit = now_s() + LIMIT_S;
	while (!strstr(r->strict.notified, text)) {
		if (now_s() > limit)
			return fail(r, "the newest notification is \"%s\"", r->strict.notified);
		pump(r, 50);
	}
	return true;
}

static bool step_copied(struct run *r, const char *text)
{
	double limit = now_s() + LIMIT_S;
	while (!strstr(r->strict.copied, text)) {
		if (now_s() > limit)
			return fail(r, "the clipboard holds \"%s\"", r->strict.copied);
		pump(r, 50);
	}
	return true;
}

bool step(struct run *r, char *line)
{
	char *verb = line, *rest = line + strcspn(line, " ");
	bool known;
	if (*rest)
		*rest++ = '\0';
	bool done = step_setting(r, verb, rest, &known);
	if (known)
		return done;
	done = step_input(r, verb, rest, &known);
	if (known)
		return done;
	if (strcmp(verb, "expect") == 0 || strcmp(verb, "absent") == 0)
		return wait_for_text(r, rest, *verb == 'e');
	if (strcmp(verb, "never") == 0)
		return snprintf(r->never, sizeof(r->never), "%s", rest) > 0;
	if (strcmp(verb, "copied") == 0)
		return step_copied(r, rest);
	if (strcmp(verb, "notified") == 0)
		return step_notified(r, rest);
	if (strcmp(verb, "told") == 0) /* of a key that is pressed later, when this text is no longer on the screen */
		return wait_for_text(r, rest + strcspn(rest, " ") + (strchr(rest, ' ') != NULL), true);
	if (strcmp(verb, "file") == 0)
		return step_file(r, rest);
	if (strcmp(verb, "snap") == 0)
		return snap(r, rest);
	if (strncmp(verb, "signal", 6) == 0)
		r->strict.may_be_cut = true;
	if (strcmp(verb, "signal") == 0)
		return kill(r->pty.program, signal_number(rest)) == 0 || fail(r, "could not send signal %s", rest);
	if (strcmp(verb, "signal-thread") == 0)
		return signal_thread(r, rest);
	if (strcmp(verb, "signal-unread") == 0)
		return pty_signal_unread(&r->pty, signal_number(rest)) || fail(r, "%s did not end it", rest);
	if (strcmp(verb, "stopped") == 0)
		return wait_for_state(r, &r->pty.stopped, "stopped");
	if (strcmp(verb, "continue") == 0) {
		r->pty.stopped = false;
		return kill(r->pty.program, SIGCONT) == 0 || fail(r, "could not %s it", "continue");
	}
	if (strcmp(verb, "exit") == 0 || strcmp(verb, "killed") == 0)
		return step_end(r, *verb == 'k', rest);
	if (strcmp(verb, "restored") == 0)
		return restored(r);
	if (strcmp(verb, "bytes-below") == 0) {
		char bytes[32];
		snprintf(bytes, sizeof(bytes), "%zu", r->strict.bytes);
		return r->strict.bytes < (size_t)atol(rest) || fail(r, "%s bytes went to the terminal", bytes);
	}
	return fail(r, "there is no step \"%s\"", verb);
}
