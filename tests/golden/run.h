/* One run of the program under a script: shared by the files of the runner. */
#ifndef WEIR_TESTS_RUN_H
#define WEIR_TESTS_RUN_H

#include "../limit.h"
#include "look.h"
#include "matrix.h"
#include "pty.h"
#include "strict.h"

#include <regex.h>

enum { LIMIT_S = TEST_LIMIT_S, STABLE_MS = 250, RESIZED_STABLE_MS = 80, MAX_WORDS = 40 };

struct run {
	const char *weir, *path;
	char name[128];
	bool update, running;
	struct pty pty;
	struct look look;
	struct strict strict;
	int columns, rows;
	bool part; /* of the screen: the rows from_row to before to_row are looked at */
	int from_row, to_row;
	struct matrix *matrix; /* NULL: one size and look */
	char *env[32];
	int n_env;
	regex_t masks[8];
	int n_masks;
	char folder[64]; /* of its own, for what it writes; "": none yet */
	char never[80];  /* the screen must not show it, from one step on; "": anything */
	bool shown;      /* it did */
	char why[600];   /* of a failure */
};

double now_s(void);
/* Says why; returns false. fmt has one %s. */
bool fail(struct run *r, const char *fmt, const char *a);
/* Takes what comes within timeout_ms. Returns whether anything came. */
bool pump(struct run *r, int timeout_ms);
bool wait_for_text(struct run *r, const char *text, bool there);
bool wait_for_state(struct run *r, bool *state, const char *what);
char *read_file(const char *path); /* owned by the caller; NULL: cannot be read */
/* Splits a line at blanks; 'a b' is one word. Returns how many; the line is changed. */
int split(char *line, char **words, int max);

/* compare.c: of a matrix the screen at each of its sizes, and back at the size before; else the screen must become what the file holds, or (update) is written to it. "NAME", or "NAME 9-17": those rows. */
bool snap(struct run *r, const char *what);
/* type.c: what a person does. *known: the verb is one of these. */
bool step_input(struct run *r, const char *verb, char *rest, bool *known);
/* step.c: everything else. */
void resize(struct run *r, int columns, int rows);
bool step(struct run *r, char *line);
bool step_file(struct run *r, char *rest);

#endif
