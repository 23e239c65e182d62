/* The list of saved views: their names, and what they ask in words, or what is wrong with them. */
#include "tui/picture/list.h"

static void put_question(const struct weir_saved_view *item, const struct weir_list *l, int x, int y,
			 enum weir_paper paper)
{
	struct weir_view empty;
	struct weir_buf words = {0};
	enum weir_ink ink = item->fault.code == WEIR_OK ? WEIR_INK_TEXT : WEIR_INK_BAD;
	weir_view_init(&empty);
	if (item->fault.code != WEIR_OK)
		weir_buf_addf(&words, "%s%s%s", item->fault.what, item->fault.text[0] ? ": " : "", item->fault.text);
	else
		weir_trail_words(&empty, &item->view, WEIR_TIME_NONE, &words);
	if (!words.size && !words.failed)
		weir_buf_add_c(&words, "nothing: weir guesses");
	weir_cell_put_text(l->c, x, y, l->c.columns - x - 2, weir_buf_str(&words), weir_style_on(ink, paper),
			   WEIR_LEFT);
	weir_buf_release(&words);
}

static int name_columns(const struct weir_saved_views *list, int most)
{
	int wide = 8;
	for (size_t i = 0; i < list->n; i++) {
		int one = weir_text_columns(weir_str_of(list->items[i].name));
		wide = one > wide ? one : wide;
	}
	return wide > most ? most : wide;
}

void weir_views_draw(const struct weir_picture *pic, struct weir_canvas screen)
{
	const struct weir_saved_views *list = &pic->state->views.list;
	struct weir_list l = weir_list_of(pic, screen);
	int wide = name_columns(list, l.c.columns / 3);
	weir_list_draw(&l, "saved views");
	if (!l.n)
		weir_cell_put_text(l.c, 2, 1, l.c.columns - 4, WEIR_STR("there are none yet: s saves the present view"),
				   weir_style_on(WEIR_INK_DIM, WEIR_PAPER_PROMPT), WEIR_LEFT);
	for (int i = 0; i < l.rows; i++) {
		const struct weir_saved_view *item = &list->items[l.first + i];
		enum weir_paper paper = l.first + i == l.at ? WEIR_PAPER_SELECT : WEIR_PAPER_PROMPT;
		weir_cell_put_text(l.c, 2, 1 + i, wide, weir_str_of(item->name), weir_style_on(WEIR_INK_BRIGHT, paper),
				   WEIR_LEFT);
		put_question(item, &l, wide + 4, 1 + i, paper);
	}
}
