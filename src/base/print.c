/* Widths of characters, and escapes for those that must not reach a terminal. libutf8proc answers what Unicode knows. */
#include "weir/base/print.h"

#include <stdio.h>
#include <utf8proc.h>

/* Blocks whose characters are drawn over the one before although they are letters: the vowels and finals of Hangul. */
static bool joins_hangul(uint32_t cp)
{
	return (cp >= 0x1160 && cp <= 0x11ff) || (cp >= 0xd7b0 && cp <= 0xd7ff);
}

/* A character that this Unicode does not know yet: what its block holds otherwise. */
static int width_of_unknown(uint32_t cp)
{
	bool ideograph = cp >= 0x20000 && cp <= 0x3fffd, picture = cp >= 0x1f300 && cp <= 0x1faff;

	return ideograph || picture ? 2 : 1;
}

/* Reserved for characters that nobody will see, or promised never to be characters; private planes as well. */
static bool never_seen(uint32_t cp)
{
	return cp == 0x2065 || (cp >= 0xfdd0 && cp <= 0xfdef) || (cp >= 0xfff0 && cp <= 0xfffb) ||
	       (cp & 0xfffe) == 0xfffe || cp >= 0xe0000;
}

int weir_codepoint_width(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7f)
		return 1;
	if (cp > 0x10ffff || never_seen(cp))
		return -1;
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)cp);
	if (p->ignorable)
		return -1;
	switch (p->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return -1;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
		return 0;
	case UTF8PROC_CATEGORY_CN:
		return width_of_unknown(cp);
	default:
		return joins_hangul(cp) ? 0 : p->charwidth > 1 ? 2 : 1;
	}
}

bool weir_is_upper_case(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z';
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return c == UTF8PROC_CATEGORY_LU || c == UTF8PROC_CATEGORY_LT;
}

enum { ESCAPE_BYTES = 16 };

/* One character of `s` at `at`: its bytes are returned, *width are its columns; -1: it is written as `escape` instead. */
static size_t next_char(struct weir_str s, size_t at, int *width, char escape[ESCAPE_BYTES])
{
	unsigned char first = (unsigned char)s.data[at];
	uint32_t cp = first;
	size_t n = weir_utf8_decode(s.data + at, s.size - at, &cp);

	*width = n ? weir_codepoint_width(cp) : -1;
	if (*width == 0 && at == 0)
		*width = -1; /* it would stand on what comes before the text */
	if (*width >= 0)
		return n;
	if (n == 1 && (cp == '\n' || cp == '\t' || cp == '\r'))
		snprintf(escape, ESCAPE_BYTES, "\\%c", cp == '\n' ? 'n' : cp == '\t' ? 't' : 'r');
	else
		snprintf(escape, ESCAPE_BYTES, !n || cp < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)(n ? cp : first));
	return n ? n : 1;
}

size_t weir_print_safe(struct weir_str s, struct weir_buf *out)
{
	char escape[ESCAPE_BYTES];
	size_t columns = 0;

	for (size_t i = 0; i < s.size;) {
		size_t plain = i;
		while (plain < s.size && s.data[plain] >= 0x20 && s.data[plain] < 0x7f)
			plain++;
		if (plain > i) {
			weir_buf_add(out, s.data + i, plain - i);
			columns += plain - i;
			i = plain;
			continue;
		}
		int width;
		size_t n = next_char(s, i, &width, escape);
		if (width >= 0)
			weir_buf_add(out, s.data + i, n);
		else
			weir_buf_add_c(out, escape);
		columns += width >= 0 ? (size_t)width : strlen(escape);
		i += n;
	}
	return columns;
}

void weir_print_lines(struct weir_str s, struct weir_buf *out)
{
	while (s.size) {
		weir_print_safe(weir_str_cut(s, '\n', &s), out);
		if (s.data)
			weir_buf_add_char(out, '\n');
	}
}

/* A line of fixed size that is filled piece by piece; what has no room is left out. */
struct line {
	char *out;
	size_t n;
};

static void put(struct line *l, const char *bytes, size_t n)
{
	size_t room = WEIR_ERROR_TEXT_BYTES - 1 - l->n;

	memcpy(l->out + l->n, bytes, n < room ? n : room);
	l->n += n < room ? n : room;
	l->out[l->n] = '\0';
}

/* Returns columns. */
static size_t put_safe(struct line *l, struct weir_str s)
{
	char escape[ESCAPE_BYTES];
	size_t columns = 0;

	for (size_t i = 0; i < s.size;) {
		int width;
		size_t n = next_char(s, i, &width, escape);
		put(l, width >= 0 ? s.data + i : escape, width >= 0 ? n : strlen(escape));
		columns += width >= 0 ? (size_t)width : strlen(escape);
		i += n;
	}
	return columns;
}

/* A blank for every column before the caret, so that it stands below the right character whatever its width. */
static void put_caret(struct line *l, const struct weir_error *err)
{
	size_t size = strlen(err->text);
	size_t from = err->caret_from < size ? err->caret_from : size;
	size_t to = err->caret_to < size ? err->caret_to : size;

	put(l, "  ", 2);
	size_t before = put_safe(l, (struct weir_str){err->text, from});
	size_t under = put_safe(l, (struct weir_str){err->text + from, to > from ? to - from : 0});
	put_safe(l, weir_str_of(err->text + (to > from ? to : from)));
	put(l, "\n  ", 3);
	for (size_t i = 0; i < before; i++)
		put(l, " ", 1);
	put(l, "^", 1);
	for (size_t i = 1; i < under; i++)
		put(l, "~", 1);
	put(l, "\n", 1);
}

/* An address may have been given where none is wanted, or with its scheme mistyped: of "//user:password@" nothing is shown. */
static void hide_logins(char *line)
{
	for (char *at = strstr(line, "//"); at; at = strstr(at, "//")) {
		at += 2;
		size_t word = strcspn(at, " \t\n\"'");
		char *end = memrchr(at, '@', word), *colon = end ? memchr(at, ':', (size_t)(end - at)) : NULL;
		if (!colon || end - at < 3)
			continue;
		memmove(at + 3, end, strlen(end) + 1);
		memcpy(at, "***", 3);
	}
}

size_t weir_error_text(const struct weir_error *err, char out[WEIR_ERROR_TEXT_BYTES])
{
	struct line l = {out, 0};
	char whole[1024];

	put(&l, "weir: ", 6);
	weir_error_line(err, whole, sizeof whole);
	hide_logins(whole);
	put_safe(&l, weir_str_of(whole));
	put(&l, "\n", 1);
	if (err->text[0])
		put_caret(&l, err);
	return l.n;
}
