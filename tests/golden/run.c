#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool fail(struct run *r, const char *fmt, const char *a)
{
	snprintf(r->why, sizeof(r->why), fmt, a);
	return false;
}

static bool screen_holds(struct run *r, const char *text)
{
	char *screen = look_text(&r->look);
	bool holds = strstr(screen, text) != NULL;
	free(screen);
	return holds;
}

/* Takes what comes within timeout_ms. Returns whether anything came. */
bool pump(struct run *r, int timeout_ms)
{
	char bytes[16384];
	bool ended = r->pty.ended, stopped = r->pty.stopped;
	long n = pty_read(&r->pty, bytes, sizeof(bytes), timeout_ms);
	if (n > 0) {
		look_feed(&r->look, bytes, (size_t)n);
		strict_feed(&r->strict, bytes, (size_t)n);
		size_t answer = look_answer(&r->look, bytes, sizeof(bytes));
		r->shown = r->shown || (r->never[0] && screen_holds(r, r->never));
		if (answer && write(r->pty.master, bytes, answer) < 0)
			return false;
	}
	if (r->pty.ended && !ended)
		look_flush(&r->look);
	return n > 0 || ended != r->pty.ended || stopped != r->pty.stopped;
}

bool wait_for_text(struct run *r, const char *text, bool there)
{
	double limit = now_s() + LIMIT_S;
	while (screen_holds(r, text) != there) {
		if (now_s() > limit || (r->pty.ended && !pump(r, 0)))
			return fail(r, there ? "the screen never showed \"%s\"" : "the screen went on showing \"%s\"",
				    text);
		pump(r, 100);
	}
	return !r->shown || fail(r, "the screen showed \"%s\"", r->never);
}

bool wait_for_state(struct run *r, bool *state, const char *what)
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

char *read_file(const char *path)
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

/* Splits a line at blanks; 'a b' is one word. Returns how many; the line is changed. */
int split(char *line, char **words, int max)
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
