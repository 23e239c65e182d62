/* Tables for people: safe text, measured and aligned. */
#include "print.h"

#include <stdlib.h>

struct table_cell {
	uint32_t size;   /* bytes in the text */
	uint32_t width;  /* cells on a terminal */
	bool number;
};

struct range {
	uint32_t from, to;
};

static bool within(uint32_t cp, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return true;
	return false;
}

/* Control and bidi characters, and those that draw nothing and could hide something. */
static bool is_unsafe(uint32_t cp)
{
	static const struct range unsafe[] = {
		{0x0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c}, {0x180e, 0x180e}, {0x200b, 0x200f},
		{0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff},
	};
	return within(cp, unsafe, sizeof unsafe / sizeof *unsafe);
}

/* The wide blocks and the combining marks that a table of data meets; the screen has its own full table. */
static size_t width_of(uint32_t cp)
{
	static const struct range none[] = {
		{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x610, 0x61a}, {0x64b, 0x65f}, {0x1ab0, 0x1aff},
		{0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	};
	static const struct range wide[] = {
		{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xa000, 0xa4cf},
		{0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
		{0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
	};
	if (cp < 0x300)
		return 1;
	if (within(cp, none, sizeof none / sizeof *none))
		return 0;
	return within(cp, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}

size_t weir_print_safe(struct weir_str s, struct weir_buf *out)
{
	size_t width = 0, begin;

	for (size_t i = 0; i < s.size;) {
		uint32_t cp = 0;
		size_t n = weir_utf8_decode(s.data + i, s.size - i, &cp);

		if (n && !is_unsafe(cp)) {
			weir_buf_add(out, s.data + i, n);
			width += width_of(cp);
			i += n;
			continue;
		}
		begin = out->size;
		if (!n)
			weir_buf_addf(out, "\\x%02x", (unsigned char)s.data[i++]);
		else {
			if (cp == '\n' || cp == '\t' || cp == '\r')
				weir_buf_addf(out, "\\%c", cp == '\n' ? 'n' : cp == '\t' ? 't' : 'r');
			else
				weir_buf_addf(out, cp < 0x100 ? "\\x%02x" : "\\u%04x", cp);
			i += n;
		}
		width += out->size - begin;
	}
	return width;
}

static void add(struct weir_table *t, struct weir_str text, bool number)
{
	size_t begin = t->text.size;

	if (!weir_grow((void **)&t->cells, &t->cells_capacity, t->n_cells + 1, sizeof *t->cells)) {
		t->failed = true;
		return;
	}
	size_t width = weir_print_safe(text, &t->text);
	t->cells[t->n_cells++] = (struct table_cell){(uint32_t)(t->text.size - begin), (uint32_t)width, number};
	t->failed = t->failed || t->text.failed;
}

void weir_table_add(struct weir_table *t, const struct weir_value *v)
{
	struct weir_buf text = {0};

	if (v->type == WEIR_NULL) {
		add(t, WEIR_STR("NULL"), false);
	} else if (v->type == WEIR_STRING) {
		add(t, v->s, false);
	} else {
		weir_value_text(v, &text);
		add(t, weir_buf_str(&text), v->type == WEIR_INT64 || v->type == WEIR_FLOAT64);
		t->failed = t->failed || text.failed;
		weir_buf_release(&text);
	}
}

void weir_table_add_name(struct weir_table *t, struct weir_str name)
{
	add(t, name, false);
}

/* Widths, and whether a column holds numbers (then its name stands to the right too). */
static void measure(const struct weir_table *t, uint32_t *widths, bool *numbers, bool header)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		uint32_t column = (uint32_t)(i % t->n_columns), width = t->cells[i].width;
		if (i < t->n_columns && !header)
			continue;
		if (width > widths[column])
			widths[column] = width < WEIR_TABLE_WIDTH_MAX ? width : WEIR_TABLE_WIDTH_MAX;
		numbers[column] = numbers[column] || t->cells[i].number;
	}
}

void weir_print_padded(struct weir_str safe_text, uint32_t text_width, struct weir_padding p, struct weir_buf *out)
{
	int pad = text_width < p.width ? (int)(p.width - text_width) : 0;

	if (p.right)
		weir_buf_addf(out, "%*s", pad, "");
	weir_buf_add_str(out, safe_text);
	if (!p.right && !p.last)
		weir_buf_addf(out, "%*s", pad, "");
	if (!p.last)
		weir_buf_add_c(out, "  ");
}

void weir_table_print(const struct weir_table *t, bool color, bool header, struct weir_buf *out)
{
	uint32_t *widths = weir_calloc(t->n_columns + 1, sizeof *widths);
	bool *numbers = weir_calloc(t->n_columns + 1, sizeof *numbers);
	size_t at = 0;

	if (!widths || !numbers || t->failed) {
		out->failed = true;
		free(widths);
		free(numbers);
		return;
	}
	measure(t, widths, numbers, header);
	for (size_t i = 0; i < t->n_cells; at += t->cells[i++].size) {
		uint32_t column = (uint32_t)(i % t->n_columns);
		bool name = i < t->n_columns, last = column + 1 == t->n_columns;

		if (name && !header)
			continue;
		if (name && color && column == 0)
			weir_buf_add_c(out, "\033[1m");
		struct weir_padding padding = {widths[column], name ? numbers[column] : t->cells[i].number, last};
		struct weir_str text = {t->text.data + at, t->cells[i].size};
		weir_print_padded(text, t->cells[i].width, padding, out);
		if (name && color && last)
			weir_buf_add_c(out, "\033[0m");
		if (last)
			weir_buf_add_char(out, '\n');
	}
	free(widths);
	free(numbers);
}

void weir_table_release(struct weir_table *t)
{
	weir_buf_release(&t->text);
	free(t->cells);
	*t = (struct weir_table){0};
}
