/* Borrowed strings and a growing buffer for text. */
#include "weir/base/str.h"

#include "weir/base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int weir_str_compare(struct weir_str a, struct weir_str b)
{
	size_t n = a.size < b.size ? a.size : b.size;
	int order = n ? memcmp(a.data, b.data, n) : 0;
	return order ? order : (a.size > b.size) - (a.size < b.size);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool weir_str_equal_nocase(struct weir_str a, struct weir_str b)
{
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct weir_str weir_str_trim(struct weir_str s)
{
	while (s.size && blank(s.data[0])) {
		s.data++;
		s.size--;
	}
	while (s.size && blank(s.data[s.size - 1]))
		s.size--;
	return s;
}

struct weir_str weir_str_cut(struct weir_str s, char sep, struct weir_str *rest)
{
	const char *at = s.size ? memchr(s.data, sep, s.size) : NULL;
	if (!at) {
		*rest = (struct weir_str){NULL, 0};
		return s;
	}
	size_t head = (size_t)(at - s.data);
	*rest = (struct weir_str){at + 1, s.size - head - 1};
	return (struct weir_str){s.data, head};
}

char *weir_str_dup(struct weir_str s)
{
	char *copy = weir_alloc(s.size + 1);
	if (!copy)
		return NULL;
	if (s.size)
		memcpy(copy, s.data, s.size);
	copy[s.size] = 0;
	return copy;
}

void weir_buf_release(struct weir_buf *b)
{
	free(b->data);
	*b = (struct weir_buf){0};
}

void weir_buf_clear(struct weir_buf *b)
{
	b->size = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = 0;
}

bool weir_buf_reserve(struct weir_buf *b, size_t more_bytes)
{
	if (more_bytes < b->capacity && b->size + more_bytes < b->capacity)
		return true;
	if (more_bytes > SIZE_MAX / 4 || !weir_grow((void **)&b->data, &b->capacity, b->size + more_bytes + 1, 1)) {
		b->failed = true;
		return false;
	}
	return true;
}

void weir_buf_add(struct weir_buf *b, const void *bytes, size_t size)
{
	if (!weir_buf_reserve(b, size))
		return;
	if (size)
		memcpy(b->data + b->size, bytes, size);
	b->size += size;
	b->data[b->size] = 0;
}

void weir_buf_add_str(struct weir_buf *b, struct weir_str s)
{
	weir_buf_add(b, s.data, s.size);
}

void weir_buf_add_c(struct weir_buf *b, const char *c_string)
{
	weir_buf_add(b, c_string, strlen(c_string));
}

void weir_buf_add_char(struct weir_buf *b, char c)
{
	weir_buf_add(b, &c, 1);
}

void weir_buf_addf(struct weir_buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char small[256];
	int n = vsnprintf(small, sizeof small, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n < sizeof small) {
		weir_buf_add(b, small, (size_t)n);
		return;
	}
	if (!weir_buf_reserve(b, (size_t)n))
		return;
	va_start(args, fmt);
	vsnprintf(b->data + b->size, (size_t)n + 1, fmt, args);
	va_end(args);
	b->size += (size_t)n;
}

/* Optimal string alignment distance, given up beyond `most`. */
static int distance(struct weir_str a, struct weir_str b, int most)
{
	enum { LONGEST = 64 };
	int rows[3][LONGEST + 1];
	if (a.size > LONGEST || b.size > LONGEST || abs((int)a.size - (int)b.size) > most)
		return most + 1;
	for (size_t j = 0; j <= b.size; j++)
		rows[0][j] = (int)j;
	for (size_t i = 1; i <= a.size; i++) {
		int *row = rows[i % 3], *before = rows[(i + 2) % 3], *before2 = rows[(i + 1) % 3];
		row[0] = (int)i;
		for (size_t j = 1; j <= b.size; j++) {
			char x = lower(a.data[i - 1]), y = lower(b.data[j - 1]);
			int best = before[j - 1] + (x != y);
			if (before[j] + 1 < best)
				best = before[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && x == lower(b.data[j - 2]) && lower(a.data[i - 2]) == y &&
			    before2[j - 2] + 1 < best)
				best = before2[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[a.size % 3][b.size];
}

int weir_nearest(struct weir_str word, const struct weir_str *names, size_t n_names)
{
	int best = -1, best_distance = word.size < 4 ? 2 : 3; /* one more than is allowed */
	for (size_t i = 0; i < n_names; i++) {
		int d = distance(word, names[i], best_distance - 1);
		if (d < best_distance) {
			best_distance = d;
			best = (int)i;
		}
	}
	return best;
}

bool weir_str_among(const char *words, struct weir_str word)
{
	for (struct weir_str rest = weir_str_of(words); rest.size;)
		if (weir_str_equal_nocase(weir_str_cut(rest, ' ', &rest), word))
			return true;
	return false;
}
