#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Of a matrix the styles are written as runs: there are many. */
static void write_styles(struct run *r, bool hidden, const char *line, size_t n, FILE *out)
{
	char *styles = hidden ? strdup("#") : strndup(line, n), *runs = NULL;
	if (r->matrix && !hidden)
		runs = matrix_runs(styles);
	fprintf(out, "%s\n", runs ? runs : styles);
	free(styles);
	free(runs);
}

/* The screen; of a row that a mask changed the styles are left out too, because their columns move. Of a part only the
 * characters. */
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
		if (r->part && (row < r->from_row || row >= r->to_row))
			; /* another part */
		else if (row < r->rows && row < 1000)
			hidden[row] = mask_line(r, line, n, out);
		else if (style >= 0 && style < r->rows)
			write_styles(r, hidden[style], line, n, out);
		else
			fprintf(out, "%.*s\n", (int)n, line);
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

/* The screen when nothing has come for a moment. Owned by the caller. */
static char *settled(struct run *r)
{
	double stable = now_s() + STABLE_MS / 1000.0;
	while (now_s() < stable)
		if (pump(r, 50))
			stable = now_s() + STABLE_MS / 1000.0;
	return take_screen(r);
}

/* It must stay so for a moment: a picture on its way to another may look right too. */
static bool become(struct run *r, const char *expected, int stable_ms)
{
	double limit = now_s() + LIMIT_S, right_since = 0;
	for (;;) {
		char *actual = take_screen(r);
		bool same = strcmp(actual, expected) == 0, late = now_s() > limit || r->pty.ended;
		if (late && !same)
			print_difference(expected, actual);
		free(actual);
		right_since = !same ? 0 : right_since > 0 ? right_since : now_s();
		if (late || (same && now_s() > right_since + stable_ms / 1000.0))
			return same;
		pump(r, 50);
	}
}

static bool write_screen(struct run *r, const char *path)
{
	char *screen = settled(r);
	FILE *out = fopen(path, "w");
	bool done = out && fputs(screen, out) >= 0;
	if (out)
		done = fclose(out) == 0 && done;
	free(screen);
	return done || fail(r, "could not write %s", path);
}

/* The picture of another size has come: until then the terminal shows a cut of the old one. */
static void wait_for_picture(struct run *r)
{
	double limit = now_s() + LIMIT_S;
	while (now_s() < limit && !pump(r, 50))
		;
	for (int pieces = 0; pieces < 50 && pump(r, RESIZED_STABLE_MS); pieces++)
		;
}

/* What the screen should be at the size that it has, or NULL. */
static const char *picture_of_size(const struct run *r, const struct matrix_picture *p)
{
	const struct matrix *m = r->matrix;
	for (int size = 0; size < m->n_sizes; size++)
		if (m->columns[size] == r->columns && m->rows[size] == r->rows)
			return p->screens[m->look][size];
	return NULL;
}

/* The keys that follow count on the picture of this size: it is waited for by what it shows, not by how long nothing came. */
static bool back_to(struct run *r, const struct matrix_picture *p, int columns, int rows)
{
	if (r->columns == columns && r->rows == rows)
		return true;
	resize(r, columns, rows);
	r->to_row = rows;
	if (!r->update && picture_of_size(r, p))
		return become(r, picture_of_size(r, p), 0);
	wait_for_picture(r);
	return true;
}

/* A slow program takes up the keys before this picture first: what they do may depend on the size that they were typed in. */
static bool take_up_keys(struct run *r, const struct matrix_picture *p)
{
	r->from_row = 0;
	r->to_row = r->rows;
	if (r->update)
		free(settled(r));
	else if (picture_of_size(r, p))
		return become(r, picture_of_size(r, p), 0);
	return true;
}

static bool snap_sizes(struct run *r, const char *name)
{
	struct matrix *m = r->matrix;
	struct matrix_picture *p = matrix_picture(m, name);
	int columns = r->columns, rows = r->rows;
	char path[400];
	if (!p)
		return fail(r, "too many pictures, or too long a name: %s", name);
	snprintf(path, sizeof(path), "tests/golden/screens/%s-%s.screens", r->name, name);
	if (!r->update && !m->look && !matrix_read(m, p, path))
		return fail(r, "%s is missing or holds something else; make golden-update writes it", path);
	if (!take_up_keys(r, p))
		return fail(r, "the screen is not %s at the size where its keys were typed", name);
	for (int size = 0; size < m->n_sizes; size++) {
		bool other = r->columns != m->columns[size] || r->rows != m->rows[size];
		resize(r, m->columns[size], m->rows[size]);
		r->from_row = 0;
		r->to_row = r->rows;
		if (other && r->update)
			wait_for_picture(r);
		if (r->update)
			p->screens[m->look][size] = settled(r);
		else if (!become(r, p->screens[m->look][size], other ? RESIZED_STABLE_MS : STABLE_MS)) {
			char which[100];
			snprintf(which, sizeof(which), "%.60s %dx%d %s", name, r->columns, r->rows,
				 m->looks[m->look]->name);
			return fail(r, "the screen is not %s", which);
		}
	}
	if (!back_to(r, p, columns, rows))
		return fail(r, "the screen is not %s when it has its size again", name);
	return !r->update || m->look + 1 < m->n_looks || matrix_write(m, p, path) ||
	       fail(r, "could not write %s", path);
}

bool snap(struct run *r, const char *what)
{
	char path[400], name[100] = "";
	r->from_row = 0;
	r->to_row = r->rows;
	bool part = sscanf(what, "%99s %d-%d", name, &r->from_row, &r->to_row) == 3;
	r->from_row -= part;
	if (r->from_row < 0 || r->to_row > r->rows || r->from_row >= r->to_row || (part && r->matrix))
		return fail(r, "there are no rows %s", what);
	r->part = part;
	if (r->matrix)
		return snap_sizes(r, name);
	snprintf(path, sizeof(path), "tests/golden/screens/%s-%s.screen", r->name, name);
	if (r->update)
		return write_screen(r, path);
	char *expected = read_file(path);
	if (!expected)
		return fail(r, "there is no %s; make golden-update writes it", path);
	bool same = become(r, expected, STABLE_MS);
	free(expected);
	return same || fail(r, "the screen is not %s", path);
}
