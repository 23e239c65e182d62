/* Runs screens by script and compares them.
 *
 *   golden [--update] WEIR [CASE…]     in the root of the source tree; without cases: all of tests/golden/cases
 *
 * A case is a text file, a step a line:
 *   size 80x24 · term NAME · env NAME=VALUE     before `run`; later `size` resizes the terminal
 *   run ARGUMENT…                 starts weir; 'a b' keeps blanks
 *   expect TEXT · absent TEXT     waits until the screen holds it, or no longer
 *   keys NAME…                    Up Enter Esc C-z S-Tab PageDown F1 … or single characters
 *   type TEXT · paste TEXT · click X Y · wheel X Y
 *   mask REGEX                    what differs from run to run is shown as # with the blanks after it
 *   snap NAME                     the screen must become tests/golden/screens/CASE-NAME.screen, characters and styles
 *   file NAME TEXT                the file in the case's own folder holds it; $TMP in any step is that folder
 *   signal NAME · stopped · continue · exit CODE · killed NAME · restored · bytes-below N
 * Nothing sleeps: each step waits for what it wants, or fails when LIMIT_S have passed. All output passes the strict
 * parser. */
#include "look.h"
#include "pty.h"
#include "strict.h"

#include <ctype.h>
#include <glob.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_S = 20, STABLE_MS = 400, MAX_WORDS = 40 };

struct run {
	const char *weir, *path;
	char name[128];
	bool update, running;
	struct pty pty;
	struct look look;
	struct strict strict;
	int columns, rows;
	char *env[32];
	int n_env;
	regex_t masks[8];
	int n_masks;
	char folder[64]; /* of its own, for what it writes; "": none yet */
	char why[600];	 /* of a failure */
};

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool fail(struct run *r, const char *fmt, const char *a)
{
	snprintf(r->why, sizeof(r->why), fmt, a);
	return false;
}

/* Takes what comes within timeout_ms. Returns whether anything came. */
static bool pump(struct run *r, int timeout_ms)
{
	char bytes[16384];
	bool ended = r->pty.ended, stopped = r->pty.stopped;
	long n = pty_read(&r->pty, bytes, sizeof(bytes), timeout_ms);
	if (n > 0) {
		look_feed(&r->look, bytes, (size_t)n);
		strict_feed(&r->strict, bytes, (size_t)n);
	}
	return n > 0 || ended != r->pty.ended || stopped != r->pty.stopped;
}

static bool screen_holds(struct run *r, const char *text)
{
	char *screen = look_text(&r->look);
	bool holds = strstr(screen, text) != NULL;
	free(screen);
	return holds;
}

static bool wait_for_text(struct run *r, const char *text, bool there)
{
	double limit = now_s() + LIMIT_S;
	while (screen_holds(r, text) != there) {
		if (now_s() > limit || (r->pty.ended && !pump(r, 0)))
			return fail(r, there ? "the screen never showed \"%s\"" : "the screen went on showing \"%s\"",
				    text);
		pump(r, 100);
	}
	return true;
}

static bool wait_for_state(struct run *r, bool *state, const char *what)
{
	double limit = now_s() + LIMIT_S;
	while (!*state) {
		if (now_s() > limit)
			return fail(r, "the program was never %s", what);
		pump(r, 100);
	}
	while (pump(r, 0))
		;
	return true;
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	if (!in)
		return NULL;
	if (getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = calloc(1, 1);
	}
	fclose(in);
	return text;
}

/* One line with # for what a mask matches. True when any did. */
static bool mask_line(struct run *r, const char *line, size_t n, FILE *out)
{
	char *rest = strndup(line, n), *at = rest;
	regmatch_t match;
	bool any = false;
	for (int m = 0; at && m < r->n_masks; m++)
		if (regexec(&r->masks[m], at, 1, &match, 0) == 0 && match.rm_eo > match.rm_so) {
			char *next = NULL;
			if (asprintf(&next, "%.*s#%s", (int)match.rm_so, at, at + match.rm_eo) < 0)
				abort();
			free(at);
			at = next;
			any = true;
		}
	fprintf(out, "%s\n", at ? at : "");
	free(at);
	return any;
}

/* The screen; of a row that a mask changed the styles are left out too, because their columns move. */
static char *take_screen(struct run *r)
{
	char *whole = look_text_and_styles(&r->look), *text = NULL;
	bool hidden[1000] = {false};
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		abort();
	int row = 0;
	for (char *line = whole; *line; row++) {
		size_t n = strcspn(line, "\n");
		int style = row - r->rows - 1; /* after the rows and their end mark */
		if (row < r->rows && row < 1000)
			hidden[row] = mask_line(r, line, n, out);
		else
			fprintf(out, "%.*s\n", style >= 0 && style < r->rows && hidden[style] ? 1 : (int)n,
				style >= 0 && style < r->rows && hidden[style] ? "#" : line);
		line += n + (line[n] != 0);
	}
	fclose(out);
	free(whole);
	return text;
}

static void print_difference(const char *expected, const char *actual)
{
	while (*expected || *actual) {
		size_t a = strcspn(expected, "\n"), b = strcspn(actual, "\n");
		if (a != b || strncmp(expected, actual, a) != 0)
			printf("  - %.*s\n  + %.*s\n", (int)a, expected, (int)b, actual);
		expected += a + (expected[a] != 0);
		actual += b + (actual[b] != 0);
	}
}

static bool write_screen(struct run *r, const char *path)
{
	double stable = now_s() + STABLE_MS / 1000.0;
	while (now_s() < stable)
		if (pump(r, 50))
			stable = now_s() + STABLE_MS / 1000.0;
	char *screen = take_screen(r);
	FILE *out = fopen(path, "w");
	bool done = out && fputs(screen, out) >= 0;
	if (out)
		done = fclose(out) == 0 && done;
	free(screen);
	return done || fail(r, "could not write %s", path);
}

static bool snap(struct run *r, const char *name)
{
	char path[400];
	snprintf(path, sizeof(path), "tests/golden/screens/%s-%s.screen", r->name, name);
	if (r->update)
		return write_screen(r, path);
	char *expected = read_file(path);
	if (!expected)
		return fail(r, "there is no %s; make golden-update writes it", path);
	double limit = now_s() + LIMIT_S;
	for (;;) {
		char *actual = take_screen(r);
		bool same = strcmp(actual, expected) == 0;
		bool late = now_s() > limit || r->pty.ended;
		if (late && !same)
			print_difference(expected, actual);
		free(actual);
		if (same || late) {
			free(expected);
			return same || fail(r, "the screen is not %s", path);
		}
		pump(r, 100);
	}
}

static const struct {
	const char *name, *bytes;
} key_names[] = {{"Up", "\033[A"},	{"Down", "\033[B"}, {"Right", "\033[C"},   {"Left", "\033[D"},
		 {"Home", "\033[H"},	{"End", "\033[F"},  {"PageUp", "\033[5~"}, {"PageDown", "\033[6~"},
		 {"Delete", "\033[3~"}, {"Enter", "\r"},    {"Tab", "\t"},	   {"S-Tab", "\033[Z"},
		 {"Esc", "\033"},	{"Space", " "},	    {"Backspace", "\177"}, {"F1", "\033OP"}};

static bool send(struct run *r, const char *bytes, size_t n)
{
	return write(r->pty.master, bytes, n) == (ssize_t)n || fail(r, "could not send %s", bytes);
}

static bool send_key(struct run *r, const char *key)
{
	for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++)
		if (strcmp(key_names[i].name, key) == 0)
			return send(r, key_names[i].bytes, strlen(key_names[i].bytes));
	if (key[0] == 'C' && key[1] == '-' && key[2]) {
		char control = (char)(toupper((unsigned char)key[2]) & 31);
		return send(r, &control, 1);
	}
	if (strlen(key) == 1)
		return send(r, key, 1);
	return fail(r, "there is no key %s", key);
}

static int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} names[] = {{"TERM", SIGTERM}, {"HUP", SIGHUP}, {"SEGV", SIGSEGV},
		     {"ABRT", SIGABRT}, {"INT", SIGINT}, {"KILL", SIGKILL}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].number;
	return 0;
}

/* Splits a line at blanks; 'a b' is one word. Returns how many; the line is changed. */
static int split(char *line, char **words, int max)
{
	int n = 0;
	for (char *at = line; n + 1 < max;) {
		at += strspn(at, " ");
		if (!*at)
			break;
		char end = *at == '\'' ? '\'' : ' ';
		at += end == '\'';
		words[n++] = at;
		at += strcspn(at, (char[]){end, 0});
		if (!*at)
			break;
		*at++ = '\0';
	}
	words[n] = NULL;
	return n;
}

static bool start(struct run *r, char *arguments)
{
	char *argv[MAX_WORDS] = {(char *)(size_t)r->weir};
	split(arguments, argv + 1, MAX_WORDS - 1);
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

static bool step_size(struct run *r, const char *text)
{
	if (sscanf(text, "%dx%d", &r->columns, &r->rows) != 2)
		return fail(r, "size %s", text);
	if (r->running) {
		look_resize(&r->look, r->columns, r->rows);
		pty_resize(&r->pty, r->columns, r->rows);
	}
	return true;
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

static bool mouse(struct run *r, const char *text, int button)
{
	int x = 0, y = 0;
	char bytes[80];
	sscanf(text, "%d %d", &x, &y);
	int n = snprintf(bytes, sizeof(bytes), "\033[<%d;%d;%dM", button, x, y);
	if (!button)
		n += snprintf(bytes + n, sizeof(bytes) - (size_t)n, "\033[<0;%d;%dm", x, y);
	return send(r, bytes, (size_t)n);
}

/* The line with $TMP replaced by the case's own folder. Owned by the caller. */
static char *with_folder(struct run *r, const char *line)
{
	const char *at = strstr(line, "$TMP");
	char *text = NULL;
	if (!at)
		return strdup(line);
	if (!r->folder[0]) {
		snprintf(r->folder, sizeof(r->folder), "/tmp/weir-golden-XXXXXX");
		if (!mkdtemp(r->folder))
			abort();
	}
	if (asprintf(&text, "%.*s%s%s", (int)(at - line), line, r->folder, at + 4) < 0)
		abort();
	return text;
}

static bool step_file(struct run *r, char *rest)
{
	const char *words[2];
	double limit = now_s() + LIMIT_S;
	char *space = strchr(rest, ' ');
	if (!space)
		return fail(r, "file %s", rest);
	*space = '\0';
	words[0] = rest;
	words[1] = space + 1;
	for (;;) {
		char *text = read_file(words[0]);
		bool holds = text && strstr(text, words[1]);
		free(text);
		if (holds)
			return true;
		if (now_s() > limit)
			return fail(r, "the file never held \"%s\"", words[1]);
		pump(r, 100);
	}
}

static void remove_folder(struct run *r)
{
	char pattern[100];
	glob_t files = {0};
	if (!r->folder[0])
		return;
	snprintf(pattern, sizeof(pattern), "%s/*", r->folder);
	if (glob(pattern, 0, NULL, &files) == 0)
		for (size_t i = 0; i < files.gl_pathc; i++)
			unlink(files.gl_pathv[i]);
	globfree(&files);
	rmdir(r->folder);
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
		r->env[r->n_env++] = variable;
		return true;
	}
	if (strcmp(verb, "run") == 0)
		return start(r, rest);
	if (strcmp(verb, "mask") == 0)
		return regcomp(&r->masks[r->n_masks++], rest, REG_EXTENDED | REG_NEWLINE) == 0 ||
		       fail(r, "wrong mask %s", rest);
	*known = false;
	return false;
}

static bool step_input(struct run *r, const char *verb, char *rest, bool *known)
{
	char *words[MAX_WORDS];
	*known = true;
	if (strcmp(verb, "type") == 0)
		return send(r, rest, strlen(rest));
	if (strcmp(verb, "paste") == 0)
		return send(r, "\033[200~", 6) && send(r, rest, strlen(rest)) && send(r, "\033[201~", 6);
	if (strcmp(verb, "click") == 0 || strcmp(verb, "wheel") == 0)
		return mouse(r, rest, *verb == 'w' ? 65 : 0);
	if (strcmp(verb, "keys") == 0) {
		int n = split(rest, words, MAX_WORDS);
		for (int i = 0; i < n; i++)
			if (!send_key(r, words[i]))
				return false;
		return true;
	}
	*known = false;
	return false;
}

static bool step(struct run *r, char *line)
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
	if (strcmp(verb, "file") == 0)
		return step_file(r, rest);
	if (strcmp(verb, "snap") == 0)
		return snap(r, rest);
	if (strcmp(verb, "signal") == 0)
		return kill(r->pty.program, signal_number(rest)) == 0 || fail(r, "could not send signal %s", rest);
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

static bool run_lines(struct run *r, char *text)
{
	int number = 0;
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (!*line || *line == '#')
			continue;
		char *whole = with_folder(r, line);
		bool done = step(r, whole);
		if (r->strict.complaint[0])
			done = fail(r, "%s", r->strict.complaint);
		if (!done) {
			printf("FAIL %s:%d: %s\n", r->path, number, r->why);
			free(whole);
			return false;
		}
		free(whole);
	}
	return true;
}

static bool run_case(const char *weir, const char *path, bool update)
{
	struct run r = {.weir = weir, .path = path, .update = update, .columns = 80, .rows = 24};
	const char *base = strrchr(path, '/');
	snprintf(r.name, sizeof(r.name), "%.*s", (int)strcspn(base ? base + 1 : path, "."), base ? base + 1 : path);
	static const char *const fixed[] = {"LC_ALL=C.UTF-8", "HOME=/nonexistent", "PATH=/usr/bin:/bin"};
	for (size_t i = 0; i < 3; i++)
		r.env[r.n_env++] = strdup(fixed[i]);
	char *text = read_file(path);
	bool done = text ? run_lines(&r, text) : (printf("FAIL %s: could not be read\n", path), false);
	if (r.running && !done) {
		char *screen = look_text(&r.look);
		printf("the screen is\n%s", screen);
		free(screen);
	}
	if (r.running) {
		pty_end(&r.pty);
		look_end(&r.look);
	}
	remove_folder(&r);
	for (int i = 0; i < r.n_env; i++)
		free(r.env[i]);
	for (int i = 0; i < r.n_masks; i++)
		regfree(&r.masks[i]);
	free(text);
	if (done)
		printf("ok   %s\n", r.name);
	return done;
}

int main(int argc, char **argv)
{
	int at = 1, failed = 0;
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	glob_t all = {0};
	at += update;
	if (at >= argc) {
		fprintf(stderr, "golden [--update] WEIR [CASE...]\n");
		return 2;
	}
	const char *weir = argv[at++];
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (at == argc && glob("tests/golden/cases/*.case", 0, NULL, &all) != 0) {
		fprintf(stderr, "no cases in tests/golden/cases\n");
		return 2;
	}
	for (size_t i = 0; i < all.gl_pathc; i++)
		failed += !run_case(weir, all.gl_pathv[i], update);
	for (; at < argc; at++)
		failed += !run_case(weir, argv[at], update);
	if (all.gl_pathc)
		globfree(&all);
	return failed != 0;
}
