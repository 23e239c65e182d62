/* Runs screens by script and compares them.
 *
 *   golden [--update] WEIR [CASE…]     in the root of the source tree; without cases: all of tests/golden/cases
 *
 * A case is a text file, a step a line:
 *   at 60x20 80x24 · looks colour mono ascii
 *                                 the script runs once in each look, and each picture of it is taken at each of these sizes
 *   size 80x24 · term NAME · env NAME=VALUE     before `run`; later `size` resizes the terminal
 *   run ARGUMENT…                 starts weir; 'a b' keeps blanks
 *   expect TEXT · absent TEXT     waits until the screen holds it, or no longer
 *   never TEXT                    from here on the screen must not show it, whenever something is expected
 *   keys NAME…                    Up Enter Esc C-z S-Tab PageDown F1 … or single characters
 *   press KEY TEXT                the screen must show TEXT, which tells of the key; see tests/golden/tour
 *   told KEY TEXT                 the screen tells of a key that will be pressed later
 *   type TEXT · paste TEXT · answer TEXT · click X Y · wheel X Y · drag X Y X Y
 *   touch TEXT · touch-end TEXT   a click on the first, or the last, character of the text, when it is on the screen
 *   mask REGEX                    what differs from run to run is shown as # with the blanks after it
 *   snap NAME                     the screen must become tests/golden/screens/CASE-NAME.screen, characters and styles
 *                                 (of a case with looks: CASE-NAME.screens; see matrix.h)
 *   snap NAME A-B                 the same of the rows A to B, counted from 1, characters alone
 *   copied TEXT                   what was last sent to the clipboard holds it
 *   notified TEXT                 the newest notification says it
 *   file NAME TEXT                the file in the case's own folder holds it; $TMP in any step is that folder
 *   signal NAME · stopped · continue · exit CODE · killed NAME · restored · bytes-below N
 *   signal-thread NAME N          to the N-th thread besides the one that draws
 *   signal-unread NAME            to a program that waits for its terminal, which nobody reads: it must end
 * Nothing sleeps: each step waits for what it wants, or fails when LIMIT_S have passed. All output passes the strict
 * parser. */
#include "run.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

bool step_file(struct run *r, char *rest)
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

/* One way through the script. */
static bool run_once(struct run *r)
{
	static const char *const fixed[] = {"LC_ALL=C.UTF-8", "HOME=/nonexistent", "PATH=/usr/bin:/bin",
					    "WEIR_DATADIR=."};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		r->env[r->n_env++] = strdup(fixed[i]);
	if (r->matrix && r->matrix->looks[r->matrix->look]->variable)
		r->env[r->n_env++] = strdup(r->matrix->looks[r->matrix->look]->variable);
	char *text = read_file(r->path);
	bool done = text ? run_lines(r, text) : (printf("FAIL %s: could not be read\n", r->path), false);
	if (r->running && !done) {
		char *screen = look_text(&r->look);
		printf("the screen is\n%s", screen);
		free(screen);
	}
	if (r->running) {
		pty_end(&r->pty);
		look_end(&r->look);
	}
	remove_folder(r);
	for (int i = 0; i < r->n_env; i++)
		free(r->env[i]);
	for (int i = 0; i < r->n_masks; i++)
		regfree(&r->masks[i]);
	free(text);
	return done;
}

/* Reads the lines `at` and `looks` of a case. False: they are wrong. Without them n_looks is 0. */
static bool read_matrix(struct matrix *m, const char *path)
{
	char *text = read_file(path), *next;
	bool right = true;
	for (char *line = text; line && right; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "at ", 3) == 0)
			right = matrix_sizes(m, line + 3);
		else if (strncmp(line, "looks ", 6) == 0)
			right = matrix_looks(m, line + 6);
	}
	free(text);
	return right && !m->n_looks == !m->n_sizes;
}

static bool run_case(const char *weir, const char *path, bool update)
{
	static struct matrix m;
	const char *base = strrchr(path, '/');
	char name[128];
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(base ? base + 1 : path, "."), base ? base + 1 : path);
	bool done = read_matrix(&m, path);
	if (!done)
		printf("FAIL %s: wrong sizes or looks\n", path);
	/* For a checker of threads the first look will do: colours are the business of one thread. */
	int n = m.n_looks && !getenv("WEIR_GOLDEN_FIRST_LOOK") ? m.n_looks : 1;
	for (m.look = 0; done && m.look < n; m.look++) {
		struct run r = {.weir = weir, .path = path, .update = update, .columns = 80, .rows = 24};
		strcpy(r.name, name);
		r.matrix = m.n_looks ? &m : NULL;
		done = run_once(&r);
	}
	matrix_free(&m);
	if (done)
		printf("ok   %s\n", name);
	return done;
}

/* A case in a process of its own, its report in a file that is printed when its turn has come. */
struct job {
	pid_t pid; /* 0: it has ended */
	FILE *report;
};

static struct job start_case(const char *weir, const char *path, bool update)
{
	struct job job = {.report = tmpfile()};
	if (!job.report)
		abort();
	fflush(stdout);
	job.pid = fork();
	if (job.pid != 0)
		return job;
	dup2(fileno(job.report), STDOUT_FILENO);
	bool done = run_case(weir, path, update);
	fflush(stdout);
	_exit(!done);
}

static void print_report(struct job *job)
{
	char bytes[4096];
	rewind(job->report);
	for (size_t n; (n = fread(bytes, 1, sizeof(bytes), job->report)) > 0;)
		fwrite(bytes, 1, n, stdout);
	fclose(job->report);
}

/* Cases mostly wait, so many run side by side; reports come in order. */
static int run_cases(const char *weir, char **paths, size_t n, bool update)
{
	enum { SIDE_BY_SIDE = 12 };
	struct job *jobs = calloc(n, sizeof(*jobs));
	size_t started = 0, ended = 0, printed = 0;
	int failed = 0, status;
	if (!jobs)
		abort();
	while (ended < n) {
		while (started < n && started < ended + SIDE_BY_SIDE) {
			jobs[started] = start_case(weir, paths[started], update);
			started++;
		}
		pid_t pid = waitpid(-1, &status, 0);
		for (size_t i = 0; i < started; i++)
			if (jobs[i].pid == pid) {
				jobs[i].pid = 0;
				ended++;
				failed += status != 0;
			}
		while (printed < started && !jobs[printed].pid)
			print_report(&jobs[printed++]);
	}
	free(jobs);
	return failed;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	int at = 1 + update, failed;
	glob_t all = {0};
	if (at >= argc) {
		fprintf(stderr, "golden [--update] WEIR [CASE...]\n");
		return 2;
	}
	const char *weir = argv[at++];
	signal(SIGPIPE, SIG_IGN);
	if (at < argc)
		return run_cases(weir, argv + at, (size_t)(argc - at), update) != 0;
	if (glob("tests/golden/cases/*.case", 0, NULL, &all) != 0) {
		fprintf(stderr, "no cases in tests/golden/cases\n");
		return 2;
	}
	failed = run_cases(weir, all.gl_pathv, all.gl_pathc, update);
	globfree(&all);
	return failed != 0;
}
