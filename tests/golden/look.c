#include "look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool look_start(struct look *l, int columns, int rows)
{
	*l = (struct look){.columns = columns, .rows = rows};
	l->vterm = vterm_new(rows, columns);
	if (!l->vterm)
		return false;
	vterm_set_utf8(l->vterm, 1);
	l->screen = vterm_obtain_screen(l->vterm);
	vterm_screen_enable_altscreen(l->screen, 1);
	vterm_screen_reset(l->screen, 1);
	return true;
}

/* Bytes at the end that begin a UTF-8 character and lack its rest; at most 3. */
static size_t unfinished(const char *bytes, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		unsigned char c = (unsigned char)bytes[n - back];
		if ((c & 0xc0) == 0x80)
			continue;
		size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		return length > back ? back : 0;
	}
	return 0;
}

/* libvterm 0.1 loses a character that is cut in two by a call. */
void look_feed(struct look *l, const char *bytes, size_t n)
{
	while (l->n_tail && n) {
		l->tail[l->n_tail++] = *bytes++;
		n--;
		if (l->n_tail == sizeof(l->tail) || !unfinished(l->tail, l->n_tail))
			look_flush(l);
	}
	size_t left = unfinished(bytes, n);
	vterm_input_write(l->vterm, bytes, n - left);
	if (left)
		memcpy(l->tail, bytes + n - left, left);
	l->n_tail += left;
}

void look_flush(struct look *l)
{
	size_t n = l->n_tail;
	l->n_tail = 0;
	vterm_input_write(l->vterm, l->tail, n);
}

size_t look_answer(struct look *l, char *bytes, size_t max)
{
	return vterm_output_read(l->vterm, bytes, max);
}

void look_resize(struct look *l, int columns, int rows)
{
	l->columns = columns;
	l->rows = rows;
	vterm_set_size(l->vterm, rows, columns);
}

void look_end(struct look *l)
{
	if (l->vterm)
		vterm_free(l->vterm);
	l->vterm = NULL;
}

static void put_utf8(FILE *out, uint32_t cp)
{
	if (cp < 0x80)
		fputc((int)cp, out);
	else if (cp < 0x800)
		fprintf(out, "%c%c", 0xc0 | cp >> 6, 0x80 | (cp & 63));
	else if (cp < 0x10000)
		fprintf(out, "%c%c%c", 0xe0 | cp >> 12, 0x80 | (cp >> 6 & 63), 0x80 | (cp & 63));
	else
		fprintf(out, "%c%c%c%c", 0xf0 | cp >> 18, 0x80 | (cp >> 12 & 63), 0x80 | (cp >> 6 & 63),
			0x80 | (cp & 63));
}

static VTermScreenCell cell_at(const struct look *l, int x, int y)
{
	VTermScreenCell cell = {0};
	vterm_screen_get_cell(l->screen, (VTermPos){.row = y, .col = x}, &cell);
	return cell;
}

static void write_row(const struct look *l, int y, FILE *out)
{
	int end = l->columns;
	while (end > 0) {
		VTermScreenCell cell = cell_at(l, end - 1, y);
		if (cell.chars[0] && cell.chars[0] != ' ')
			break;
		end--;
	}
	for (int x = 0; x < end; x++) {
		VTermScreenCell cell = cell_at(l, x, y);
		if (cell.chars[0] == (uint32_t)-1)
			continue; /* right half of a wide character */
		put_utf8(out, cell.chars[0] ? cell.chars[0] : ' ');
		for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[0] && cell.chars[i]; i++)
			put_utf8(out, cell.chars[i]);
	}
	fputc('\n', out);
}

static void write_text(const struct look *l, FILE *out)
{
	for (int y = 0; y < l->rows; y++)
		write_row(l, y, out);
}

char *look_text(const struct look *l)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		abort();
	write_text(l, out);
	fclose(out);
	return text;
}

static void describe_color(FILE *out, const char *name, VTermColor c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&c) || VTERM_COLOR_IS_DEFAULT_BG(&c))
		return;
	if (VTERM_COLOR_IS_INDEXED(&c))
		fprintf(out, " %s %d", name, c.indexed.idx);
	else
		fprintf(out, " %s #%02x%02x%02x", name, c.rgb.red, c.rgb.green, c.rgb.blue);
}

static bool same_style(const VTermScreenCell *a, const VTermScreenCell *b)
{
	bool blank_a = !a->chars[0] || a->chars[0] == ' ', blank_b = !b->chars[0] || b->chars[0] == ' ';
	return blank_a == blank_b && a->attrs.bold == b->attrs.bold && a->attrs.underline == b->attrs.underline &&
	       a->attrs.reverse == b->attrs.reverse && memcmp(&a->fg, &b->fg, sizeof(a->fg)) == 0 &&
	       memcmp(&a->bg, &b->bg, sizeof(a->bg)) == 0;
}

static char *describe(VTermScreenCell cell)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		abort();
	bool blank = !cell.chars[0] || cell.chars[0] == ' ';
	/* The ink of a blank cannot be seen. */
	if (!blank || cell.attrs.reverse)
		describe_color(out, "ink", cell.fg);
	describe_color(out, "paper", cell.bg);
	fprintf(out, "%s%s%s", cell.attrs.bold && !blank ? " bold" : "", cell.attrs.underline ? " underline" : "",
		cell.attrs.reverse ? " reverse" : "");
	fclose(out);
	return text;
}

char *look_text_and_styles(const struct look *l)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	char *styles[sizeof(letters)], *text = NULL;
	size_t n = 0, size;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		abort();
	write_text(l, out);
	fprintf(out, "-- styles\n");
	for (int y = 0; y < l->rows; y++) {
		char row[1024] = "";
		int end = 0;
		VTermScreenCell before = {0};
		for (int x = 0; x < l->columns && x < 1000; x++) {
			VTermScreenCell cell = cell_at(l, x, y);
			/* the style of a wide character is that of its first half */
			if (x > 0 && (cell.chars[0] == (uint32_t)-1 || same_style(&cell, &before))) {
				row[x] = row[x - 1];
				end = row[x] == ' ' ? end : x + 1;
				continue;
			}
			before = cell;
			char *style = describe(cell);
			size_t i = 0;
			while (i < n && strcmp(styles[i], style) != 0)
				i++;
			if (*style && i == n && n + 1 < sizeof(letters))
				styles[n++] = style;
			row[x] = *style ? letters[i < sizeof(letters) - 1 ? i : sizeof(letters) - 2] : ' ';
			end = *style ? x + 1 : end;
			if (!(*style && i + 1 == n && styles[i] == style))
				free(style);
		}
		row[end] = '\0';
		fprintf(out, "%s\n", row);
	}
	fprintf(out, "-- letters\n");
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%c%s\n", letters[i], styles[i]);
		free(styles[i]);
	}
	fclose(out);
	return text;
}
