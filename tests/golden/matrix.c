#include "matrix.h"

#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct matrix_look looks[] = {
    {"colour", NULL, NULL}, {"mono", NULL, "NO_COLOR=1"}, {"ascii", "--ascii", NULL}};

const struct matrix_look *matrix_look(const char *name)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (strcmp(looks[i].name, name) == 0)
			return &looks[i];
	return NULL;
}

bool matrix_sizes(struct matrix *m, const char *text)
{
	int n;
	for (m->n_sizes = 0; *text; m->n_sizes++, text += n + (int)strspn(text + n, " "))
		if (m->n_sizes == MAX_SIZES ||
		    sscanf(text, "%dx%d%n", &m->columns[m->n_sizes], &m->rows[m->n_sizes], &n) != 2)
			return false;
	return m->n_sizes > 0;
}

bool matrix_looks(struct matrix *m, const char *text)
{
	char line[200], *words[MAX_LOOKS + 2];
	snprintf(line, sizeof(line), "%s", text);
	m->n_looks = split(line, words, MAX_LOOKS + 2);
	if (m->n_looks < 1 || m->n_looks > MAX_LOOKS)
		return false;
	for (int i = 0; i < m->n_looks; i++) {
		m->looks[i] = matrix_look(words[i]);
		if (!m->looks[i])
			return false;
	}
	return true;
}

struct matrix_picture *matrix_picture(struct matrix *m, const char *name)
{
	for (int i = 0; i < m->n_pictures; i++)
		if (strcmp(m->pictures[i].name, name) == 0)
			return &m->pictures[i];
	if (m->n_pictures == MAX_PICTURES || strlen(name) >= sizeof(m->pictures[0].name))
		return NULL;
	struct matrix_picture *p = &m->pictures[m->n_pictures++];
	strcpy(p->name, name);
	return p;
}

void matrix_free(struct matrix *m)
{
	for (int i = 0; i < m->n_pictures; i++)
		for (int look = 0; look < MAX_LOOKS; look++)
			for (int size = 0; size < MAX_SIZES; size++)
				free(m->pictures[i].screens[look][size]);
	m->n_pictures = 0;
}

char *matrix_runs(const char *styles)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		abort();
	for (const char *at = styles; *at;) {
		size_t n = 1;
		while (at[n] == *at)
			n++;
		fprintf(out, at > styles ? " %c" : "%c", *at == ' ' ? '.' : *at);
		if (n > 1)
			fprintf(out, "%zu", n);
		at += n;
	}
	fclose(out);
	return text;
}

static size_t line_length(const char *text)
{
	return strcspn(text, "\n");
}

static const char *next_line(const char *text)
{
	size_t n = line_length(text);
	return text + n + (text[n] != 0);
}

static bool same_line(const char *a, const char *b)
{
	size_t n = line_length(a);
	return *a && *b && n == line_length(b) && memcmp(a, b, n) == 0;
}

/* The lines of text, those that first has too as their number. A line that looks like such a number, or like the head of a
 * screen, has a backslash before it. */
static void write_lines(FILE *out, const char *text, const char *first)
{
	while (*text) {
		int same = 0;
		for (; first && same_line(text, first); same++) {
			text = next_line(text);
			first = next_line(first);
		}
		if (same) {
			fprintf(out, "=%d\n", same);
			continue;
		}
		fprintf(out, "%s%.*s\n", *text && strchr("=\\", *text) ? "\\" : "", (int)line_length(text), text);
		text = next_line(text);
		first = first ? next_line(first) : NULL;
	}
}

bool matrix_write(const struct matrix *m, const struct matrix_picture *p, const char *path)
{
	FILE *out = fopen(path, "w");
	if (!out)
		return false;
	for (int size = 0; size < m->n_sizes; size++)
		for (int look = 0; look < m->n_looks; look++) {
			fprintf(out, "== %dx%d %s\n", m->columns[size], m->rows[size], m->looks[look]->name);
			write_lines(out, p->screens[look][size], look ? p->screens[0][size] : NULL);
		}
	return fclose(out) == 0;
}

/* One screen as write_lines wrote it, up to the next head. Owned by the caller. */
static char *read_lines(const char **at, const char *first)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		abort();
	for (const char *line = *at; *line && strncmp(line, "== ", 3) != 0; line = *at = next_line(line)) {
		int same = *line == '=' && first ? atoi(line + 1) : 0;
		if (!same)
			fprintf(out, "%.*s\n", (int)line_length(line) - (*line == '\\'), line + (*line == '\\'));
		for (int n = same ? same : 1; first && n > 0; n--) {
			if (same)
				fprintf(out, "%.*s\n", (int)line_length(first), first);
			first = next_line(first);
		}
	}
	fclose(out);
	return text;
}

bool matrix_read(const struct matrix *m, struct matrix_picture *p, const char *path)
{
	char *text = read_file(path);
	const char *at = text;
	bool whole = text != NULL;
	for (int i = 0; whole && i < m->n_sizes * m->n_looks; i++) {
		int size = i / m->n_looks, look = i % m->n_looks;
		char head[64];
		snprintf(head, sizeof(head), "== %dx%d %s", m->columns[size], m->rows[size], m->looks[look]->name);
		whole = same_line(at, head);
		at = next_line(at);
		free(p->screens[look][size]);
		p->screens[look][size] = read_lines(&at, look ? p->screens[0][size] : NULL);
	}
	whole = whole && !*at;
	free(text);
	return whole;
}
