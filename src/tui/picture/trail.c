/* The questions asked so far: as a line of crumbs, and as a list. */
#include "tui/picture/list.h"

#include <stdio.h>

enum { BETWEEN = 3 }; /* columns between two crumbs */

static struct weir_str words_of(const struct weir_trail *t, int step)
{
	return weir_str_of(t->steps[step].words ? t->steps[step].words : "?");
}

/* The one in force stands in brackets. */
static int crumb_columns(const struct weir_trail *t, int step)
{
	return weir_text_columns(words_of(t, step)) + (step == t->aim ? 2 : 0);
}

static int put_crumb(const struct weir_trail *t, struct weir_canvas c, int x, int step)
{
	bool now = step == t->aim;
	struct weir_style style =
	    now ? weir_style_bold(WEIR_INK_KEY) : weir_style(step < t->aim ? WEIR_INK_TEXT : WEIR_INK_FAINT);
	x += now ? weir_cell_put(c, x, 0, "[", style) : 0;
	x += weir_cell_put_text(c, x, 0, c.columns - x - 1 - now, words_of(t, step), style, WEIR_LEFT);
	return x + (now ? weir_cell_put(c, x, 0, "]", style) : 0);
}

/* Steps around the one in force, as many as there is room for: those before it first. */
static void fit_crumbs(const struct weir_trail *t, int room, int *from, int *to)
{
	*from = t->aim;
	*to = t->aim + 1;
	room -= crumb_columns(t, t->aim);
	for (bool grown = true; grown;) {
		grown = false;
		if (*from > 0 && room >= crumb_columns(t, *from - 1) + BETWEEN) {
			room -= crumb_columns(t, --*from) + BETWEEN;
			grown = true;
		}
		if (*to < t->n && room >= crumb_columns(t, *to) + BETWEEN) {
			room -= crumb_columns(t, (*to)++) + BETWEEN;
			grown = true;
		}
	}
}

void weir_crumbs_draw(const struct weir_picture *pic, struct weir_canvas c, struct weir_str text)
{
	const struct weir_trail *t = &pic->state->trail;
	int from, to, x = 1, ends = 4; /* room for the signs that more steps follow */
	x += weir_cell_put_text(c, x, 0, c.columns / 2 - 1, text, weir_style(WEIR_INK_GOOD), WEIR_LEFT) + 3;
	if (!t->n)
		return;
	fit_crumbs(t, c.columns - x - 1 - ends, &from, &to);
	if (from > 0)
		x += weir_cell_put(c, x, 0, "< ", weir_style(WEIR_INK_DIM));
	for (int step = from; step < to; step++) {
		if (step > from)
			x += weir_cell_put(c, x, 0, " > ", weir_style(WEIR_INK_DIM));
		x = put_crumb(t, c, x, step);
	}
	if (to < t->n)
		weir_cell_put(c, x, 0, " >", weir_style(WEIR_INK_DIM));
}

/* What the first question asks: nothing changed there. */
static void put_start(const struct weir_trail *t, struct weir_canvas c, int x, int y, struct weir_style style)
{
	struct weir_view empty;
	struct weir_buf words = {0};
	weir_view_init(&empty);
	weir_trail_words(&empty, &t->steps[0].view, WEIR_TIME_NONE, &words);
	weir_cell_put_text(c, x, y, c.columns - x - 2, weir_buf_str(&words), style, WEIR_LEFT);
	weir_buf_release(&words);
}

void weir_trail_draw(const struct weir_picture *pic, struct weir_canvas screen)
{
	const struct weir_trail *t = &pic->state->trail;
	struct weir_list l = weir_list_of(pic, screen);
	char text[40];
	weir_list_draw(&l, "the questions asked");
	for (int i = 0; i < l.rows; i++) {
		int step = l.first + i, y = 1 + i;
		enum weir_paper paper = step == t->aim ? WEIR_PAPER_SELECT : WEIR_PAPER_PROMPT;
		enum weir_ink ink = step == t->aim ? WEIR_INK_BRIGHT : step < t->aim ? WEIR_INK_TEXT : WEIR_INK_DIM;
		snprintf(text, sizeof(text), "%3d", step + 1);
		if (step == t->aim)
			weir_cell_put_glyph(l.c, 1, y, 0x25cf, weir_style_on(WEIR_INK_KEY, paper));
		weir_cell_put(l.c, 2, y, text, weir_style_on(WEIR_INK_DIM, paper));
		int x = 7 + weir_cell_put_text(l.c, 7, y, l.c.columns - 9, words_of(t, step), weir_style_on(ink, paper),
					       WEIR_LEFT);
		if (step == 0)
			put_start(t, l.c, x + 2, y, weir_style_on(WEIR_INK_DIM, paper));
	}
}
