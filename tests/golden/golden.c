/* Runs screens by script and compares them.
 *
 *   golden [--update] WEIR [CASE…]     in the root of the source tree; without cases: all of tests/golden/cases
 *
 * A case is a text file, a step a line:
 *   size 80x24 · term NAME · env NAME=VALUE     before `run`; later `size` resizes the terminal
 *   run ARGUMENT…                 starts weir; 'a b' keeps blanks
 *   expect TEXT · absent TEXT     waits until the screen holds it, or no longer
 *   never TEXT                    from here on the screen must not show it, whenever something is expected
 *   keys NAME…                    Up Enter Esc C-z S-Tab PageDown F1 … or single characters
 *   press KEY TEXT                the screen must show TEXT, which tells of the key; see tests/golden/tour
 *   told KEY TEXT                 the screen tells of a key that will be pressed later
 *   type TEXT · paste TEXT · answer TEXT · click X Y · wheel X Y · drag X Y X Y
 *   mask REGEX                    what differs from run to run is shown as # with the blanks after it
 *   snap NAME                     the screen must become tests/golden/screens/CASE-NAME.screen, characters and styles
 *   snap NAME A-B                 the same of the rows A to B, counted from 1, characters alone
 *   copied TEXT                   what was last sent to the clipboard holds it
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

static bool run_case(const char *weir, const char *path, bool update)
{
	struct run r = {.weir = weir, .path = path, .update = update, .columns = 80, .rows = 24};
	const char *base = strrchr(path, '/');
	snprintf(r.name, sizeof(r.name), "%.*s", (int)strcspn(base ? base + 1 : path, "."), base ? base + 1 : path);
	static const char *const fixed[] = {"LC_ALL=C.UTF-8", "HOME=/nonexistent", "PATH=/usr/bin:/bin",
					    "WEIR_DATADIR=."};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
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

/* A case in a process of its own, its report in a file that is printed when it is done. */
struct job {
	pid_t pid;
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

static int end_case(struct job *job)
{
	char bytes[4096];
	int status = 1;
	waitpid(job->pid, &status, 0);
	rewind(job->report);
	for (size_t n; (n = fread(bytes, 1, sizeof(bytes), job->report)) > 0;)
		fwrite(bytes, 1, n, stdout);
	fclose(job->report);
	return status != 0;
}

/* Cases mostly wait, so some run side by side; reports come in order. */
static int run_cases(const char *weir, char **paths, size_t n, bool update)
{
	enum { SIDE_BY_SIDE = 4 };
	struct job jobs[SIDE_BY_SIDE];
	int failed = 0;
	for (size_t i = 0; i < n + SIDE_BY_SIDE; i++) {
		if (i >= SIDE_BY_SIDE && i - SIDE_BY_SIDE < n)
			failed += end_case(&jobs[i % SIDE_BY_SIDE]);
		if (i < n)
			jobs[i % SIDE_BY_SIDE] = start_case(weir, paths[i], update);
	}
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
