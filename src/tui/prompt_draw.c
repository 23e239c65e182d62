/* The prompt at the foot of the screen: choices above it, the last error with its place, the line itself. */
#include "tui/frame.h"

#include <stdio.h>

enum { MOST_CHOICES = 8 };

static const char *const labels[] = {
#define X(name, label) label,
    WEIR_PROMPT_LIST(X)
#undef X
};

static void draw_choices(const struct weir_prompt *p, struct weir_canvas c, int bottom, int x0)
{
	int n = p->n_choices < MOST_CHOICES ? p->n_choices : MOST_CHOICES;
	int first = p->choice >= n ? p->choice - n + 1 : 0, wide = 0, help = 0;
	for (int i = first; i < first + n; i++) {
		int one = weir_text_columns(p->choices[i].text), two = weir_text_columns(p->choices[i].help);
		wide = one > wide ? one : wide;
		help = two > help ? two : help;
	}
	int columns = wide + (help ? help + 2 : 0) + 2;
	columns = columns > c.columns ? c.columns : columns;
	int x = x0 + columns > c.columns ? c.columns - columns : x0;
	for (int i = 0; i < n; i++) {
		const struct weir_choice *one = &p->choices[first + i];
		enum weir_paper paper = first + i == p->choice ? WEIR_PAPER_SELECT : WEIR_PAPER_PROMPT;
		int y = bottom - n + 1 + i;
		weir_cell_fill(c, x, y, columns, 1, weir_style_on(WEIR_INK_TEXT, paper));
		weir_cell_put_text(c, x + 1, y, wide < columns - 2 ? wide : columns - 2, one->text,
				   weir_style_on(WEIR_INK_BRIGHT, paper), WEIR_LEFT);
		weir_cell_put_text(c, x + 3 + wide, y, columns - wide - 4, one->help,
				   weir_style_on(WEIR_INK_DIM, paper), WEIR_LEFT);
	}
}

/* Columns of the first `bytes` bytes. */
static int columns_to(struct weir_str s, size_t bytes)
{
	return weir_text_columns((struct weir_str){s.data, bytes < s.size ? bytes : s.size});
}

static void draw_error(const struct weir_error *e, struct weir_canvas c, int y)
{
	char line[700];
	snprintf(line, sizeof(line), "%s%s%s%s", e->what, e->hint[0] ? " (" : "", e->hint, e->hint[0] ? ")" : "");
	weir_cell_fill(c, 0, y, c.columns, 1, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT));
	weir_cell_put_text(c, 1, y, c.columns - 2, weir_str_of(line), weir_style_on(WEIR_INK_BAD, WEIR_PAPER_PROMPT),
			   WEIR_LEFT);
}

/* Marks the bytes that the error is about, when they stand in the line. */
static void mark_error(const struct weir_prompt *p, struct weir_canvas c, int x, int y, int shift)
{
	struct weir_str text = weir_buf_str(&p->text);
	const char *at = p->error.text[0] && text.data ? strstr(text.data, p->error.text) : NULL;
	if (p->error.code == WEIR_OK || !at)
		return;
	size_t base = (size_t)(at - text.data);
	int from = columns_to(text, base + p->error.caret_from) - shift,
	    to = columns_to(text, base + p->error.caret_to) - shift;
	if (to <= from)
		to = from + 1;
	for (int i = from < 0 ? 0 : from; i < to && x + i < c.columns; i++) {
		struct weir_cell *cell =
		    &c.grid->cells[(size_t)(c.y + y) * (size_t)c.grid->columns + (size_t)(c.x + x + i)];
		cell->style.ink = WEIR_INK_BAD;
		cell->style.attributes |= WEIR_UNDERLINE | WEIR_BOLD;
	}
}

void weir_prompt_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_prompt *p = &f->ui->prompt;
	struct weir_str text = weir_buf_str(&p->text);
	int y = c.rows - 1, x = 1;
	weir_cell_fill(c, 0, y, c.columns, 1, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT));
	x += weir_cell_put(c, x, y, labels[p->kind], weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT));
	x += p->kind == WEIR_PROMPT_COMMAND ? 0 : 1;
	int room = c.columns - x - 1, cursor = columns_to(text, p->cursor);
	/* Long lines scroll so that the cursor is seen; whole characters leave on the left. */
	size_t from = 0;
	while (cursor - columns_to(text, from) >= room && from < text.size)
		from += weir_text_fit((struct weir_str){text.data + from, text.size - from}, 2);
	int shift = columns_to(text, from);
	struct weir_str shown = {text.data ? text.data + from : NULL, text.size - from};
	weir_cell_put_text(c, x, y, room, shown, weir_style_on(WEIR_INK_BRIGHT, WEIR_PAPER_PROMPT), WEIR_LEFT);
	mark_error(p, c, x, y, shift);
	int at = x + cursor - shift;
	struct weir_cell *cell =
	    at < c.columns ? &c.grid->cells[(size_t)(c.y + y) * (size_t)c.grid->columns + (size_t)(c.x + at)] : NULL;
	if (cell)
		cell->style.attributes ^= WEIR_REVERSE;
	if (p->error.code != WEIR_OK)
		draw_error(&p->error, c, --y);
	if (p->n_choices)
		draw_choices(p, c, y - 1, x + columns_to(text, p->word_from) - shift - 1);
}
