/* The prompt at the foot of the screen: the list above it, the last error with its place, the line itself, and at its
 * end what Enter takes. */
#include "tui/prompt/prompt.h"

#include <stdio.h>

enum { LEAST_LIST = 4, MOST_LIST = 18, LEAST_REMARK = 14 };

static const char *const labels[] = {
#define X(name, label) label,
    WEIR_PROMPT_LIST(X)
#undef X
};

int weir_prompt_menu_rows(const struct weir_prompt *p, int screen_rows)
{
	int most = screen_rows * 2 / 5, rows = (p->menu_rows > 1 ? p->menu_rows : 1) + 1;
	if (!p->menu_of || (!p->picks && !p->menu.n_shown))
		return 0;
	/* Words of any kind are no help to who types a filter, before the first letter. */
	if (!p->picks && weir_prompt_lists_values(p) && !p->n_values && p->word_from == p->cursor)
		return 0;
	most = most < LEAST_LIST ? LEAST_LIST : most > MOST_LIST ? MOST_LIST : most;
	if (!p->picks) /* what completes a word needs less */
		rows = (int)p->menu.n_shown < 8 ? (int)p->menu.n_shown + 1 : 9;
	return rows < most ? rows : most;
}

/* Columns of the first `bytes` bytes. */
static int columns_to(struct weir_str s, size_t bytes)
{
	return weir_text_columns((struct weir_str){s.data, bytes < s.size ? bytes : s.size});
}

/* What is wrong, and what to do; Tab does it where `tab`. */
static void error_text(const struct weir_error *e, bool tab, char *out, size_t bytes)
{
	snprintf(out, bytes, "%s%s%s%s%s", e->what, e->hint[0] ? " (" : "", e->hint,
		 e->right[0] && tab ? " Tab takes it" : "", e->hint[0] ? ")" : "");
}

static void draw_error(const struct weir_error *e, enum weir_ink ink, bool tab, struct weir_canvas c, int y)
{
	char line[700];
	error_text(e, tab, line, sizeof(line));
	weir_cell_fill(c, 0, y, c.columns, 1, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT));
	weir_cell_put_text(c, 1, y, c.columns - 2, weir_str_of(line), weir_style_on(ink, WEIR_PAPER_PROMPT), WEIR_LEFT);
}

/* Which bytes of the line an error is about. False: it does not say, or the line has changed. */
static bool find_error(const struct weir_prompt *p, const struct weir_error *e, size_t *from, size_t *to)
{
	const char *at = e->text[0] && p->text.data ? strstr(p->text.data, e->text) : NULL;
	if (e->code == WEIR_OK || !at)
		return false;
	*from = (size_t)(at - p->text.data) + e->caret_from;
	*to = (size_t)(at - p->text.data) + e->caret_to;
	return true;
}

/* One that matters: nothing was tried since, and what is doubted is not just what the list completes. */
static bool has_doubt(const struct weir_prompt *p)
{
	size_t from, to;
	if (p->doubt.code == WEIR_OK || p->error.code != WEIR_OK || p->takes_entry)
		return false;
	return !p->menu.n_shown || !find_error(p, &p->doubt, &from, &to) || from < p->word_from || to > p->word_to;
}

static void mark_error(const struct weir_prompt *p, struct weir_canvas c, int x, int y, int shift)
{
	bool tried = p->error.code != WEIR_OK;
	size_t first, last;
	if ((!tried && !has_doubt(p)) || !find_error(p, tried ? &p->error : &p->doubt, &first, &last))
		return;
	int from = columns_to(weir_buf_str(&p->text), first) - shift,
	    to = columns_to(weir_buf_str(&p->text), last) - shift;
	from = from < 0 ? 0 : from;
	weir_cell_light(c, x + from, y, to > from ? to - from : 1, tried ? WEIR_INK_BAD : WEIR_INK_DIM,
			tried ? WEIR_UNDERLINE | WEIR_BOLD : WEIR_UNDERLINE);
}

/* Of a line that is still typed, and as calm as that: at its end, or above it where there is no room. True: it is above. */
static bool draw_doubt(const struct weir_prompt *p, struct weir_canvas c, int y, int from)
{
	char text[700];
	bool tab = !p->menu.n_shown;
	if (!has_doubt(p))
		return false;
	error_text(&p->doubt, tab, text, sizeof(text));
	int room = c.columns - from - 3;
	if (weir_text_columns(weir_str_of(text)) > room) {
		draw_error(&p->doubt, WEIR_INK_DIM, tab, c, y - 1);
		return true;
	}
	weir_cell_put_text(c, from + 2, y, room, weir_str_of(text), weir_style_on(WEIR_INK_DIM, WEIR_PAPER_PROMPT),
			   WEIR_RIGHT);
	return false;
}

/* "Enter: region" at the right end, as long as the line leaves room for it. */
static void draw_remark(const struct weir_prompt *p, struct weir_canvas c, int y, int from)
{
	static const char label[] = "Enter: ";
	const struct weir_menu_item *item = p->takes_entry ? weir_menu_current(&p->menu) : NULL;
	struct weir_str text = item && item->empties ? item->text : weir_buf_str(&p->taken);
	int room = c.columns - from - 4, columns = weir_text_columns(text) + (item && item->goes_on ? 2 : 0);
	if (has_doubt(p))
		return;
	if (!p->picks && weir_text_columns(weir_str_of(p->remark)) <= room)
		weir_cell_put_text(c, from + 2, y, c.columns - from - 3, weir_str_of(p->remark),
				   weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT), WEIR_RIGHT);
	if (!p->picks || !text.size || room < LEAST_REMARK)
		return;
	int most = room - (int)sizeof(label) + 1;
	columns = columns < most ? columns : most;
	int x = c.columns - 1 - columns - (int)sizeof(label) + 1;
	x += weir_cell_put(c, x, y, label, weir_style_on(WEIR_INK_DIM, WEIR_PAPER_PROMPT));
	x += weir_cell_put_text(c, x, y, columns, text, weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT), WEIR_LEFT);
	if (item && item->goes_on && x + 2 < c.columns)
		weir_cell_put(c, x, y, " …", weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT));
}

/* What the keys do, in the line as long as nothing is typed: the longest text that leaves room for the remark. */
static void draw_hint(const struct weir_prompt *p, struct weir_canvas c, int x, int y)
{
	static const char *const several[] = {
	    "type to find, Space marks several, Tab puts one into the line, Esc leaves all as it was",
	    "Space marks several, Tab puts one into the line, Esc goes back", "Space marks, Tab edits, Esc goes back",
	    "Space marks"};
	static const char *const one[] = {"type to find, Tab puts it into the line, Esc leaves all as it was",
					  "Tab puts it into the line, Esc goes back", "Tab edits, Esc goes back",
					  "type to find"};
	struct weir_str taken = weir_buf_str(&p->taken);
	const char *const *hints = p->several ? several : one;
	int room = c.columns - x - 2 - weir_text_columns(taken) - (int)strlen("  Enter:  …");
	for (size_t i = 0; i < (p->hint ? 1 : 4); i++) {
		struct weir_str text = weir_str_of(p->hint ? p->hint : hints[i]);
		if ((int)text.size > room)
			continue;
		weir_cell_put_text(c, x + 1, y, room, text, weir_style_on(WEIR_INK_DIM, WEIR_PAPER_PROMPT), WEIR_LEFT);
		return;
	}
}

static void draw_list(const struct weir_prompt *p, struct weir_canvas c, int bottom)
{
	int rows = weir_prompt_menu_rows(p, c.rows);
	struct weir_str text = weir_buf_str(&p->text);
	struct weir_str word = {text.data ? text.data + p->word_from : NULL, p->word_to - p->word_from};
	if (!rows)
		return;
	struct weir_canvas area = weir_canvas_cut(c, 0, bottom - rows + 1, c.columns, rows);
	weir_menu_draw(&p->menu, word, p->takes_entry || !p->picks, WEIR_PAPER_PROMPT, area);
	if (p->note) {
		int columns = weir_text_columns(weir_str_of(p->note)), x = c.columns - columns - 3;
		weir_cell_fill(area, x, 0, columns + 3, 1, weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT));
		weir_cell_put(area, x + 2, 0, p->note, weir_style_on(WEIR_INK_KEY, WEIR_PAPER_PROMPT));
	}
}

void weir_prompt_draw(const struct weir_prompt *p, struct weir_canvas c)
{
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
	int used =
	    weir_cell_put_text(c, x, y, room, shown, weir_style_on(WEIR_INK_BRIGHT, WEIR_PAPER_PROMPT), WEIR_LEFT);
	mark_error(p, c, x, y, shift);
	draw_remark(p, c, y, x + used);
	bool above = draw_doubt(p, c, y, x + used);
	if (p->hint || (p->picks && !text.size))
		draw_hint(p, c, x + used + 1, y);
	weir_cell_light(c, x + cursor - shift, y, 1, WEIR_INK_COUNT, WEIR_REVERSE);
	if (p->error.code != WEIR_OK)
		draw_error(&p->error, WEIR_INK_BAD, true, c, y - 1);
	draw_list(p, c, y - 1 - (above || p->error.code != WEIR_OK));
}
