/* The second line: what was asked; each condition of the filter a chip. */
#include "tui/frame.h"

#include <stdio.h>

/* Labels and texts stand from left to right as long as there is room. */
struct line {
	struct weir_canvas c;
	int x, end;
};

static void put_question(struct line *l, const char *label, const char *text)
{
	int columns = (int)strlen(label);
	if (!text || !*text || l->x + columns + 5 > l->end)
		return;
	l->x += weir_cell_put(l->c, l->x, 0, label, weir_style(WEIR_INK_DIM)) + 1;
	l->x +=
	    weir_cell_put_text(l->c, l->x, 0, l->end - l->x, weir_str_of(text), weir_style(WEIR_INK_KEY), WEIR_LEFT) +
	    3;
}

/* Each condition is a chip; the last ones give way when there is no room, and say so. */
static void put_chips(struct line *l, const struct weir_view *view)
{
	struct weir_str chips[16];
	size_t n = weir_view_entries(view, WEIR_VIEW_WHERE, chips, 16);
	if (n == 0)
		return;
	l->x += weir_cell_put(l->c, l->x, 0, "filter", weir_style(WEIR_INK_DIM)) + 1;
	int end = l->end - (l->end > 90 ? 40 : 0);
	for (size_t i = 0; i < n && i < 16; i++) {
		int columns = weir_text_columns(chips[i]), room = end - l->x - 3;
		if (room < 8) {
			char more[32];
			snprintf(more, sizeof(more), "+%zu", n - i);
			l->x += weir_cell_put(l->c, l->x, 0, more, weir_style(WEIR_INK_WARN)) + 1;
			break;
		}
		columns = columns > room ? room : columns;
		weir_cell_fill(l->c, l->x, 0, columns + 2, 1, weir_style_on(WEIR_INK_WARN, WEIR_PAPER_CHIP));
		weir_cell_put_text(l->c, l->x + 1, 0, columns, chips[i], weir_style_on(WEIR_INK_WARN, WEIR_PAPER_CHIP),
				   WEIR_LEFT);
		l->x += columns + 3;
	}
	l->x += 2;
}

void weir_question_draw(const struct weir_frame *f, struct weir_canvas question)
{
	const struct weir_view *view = &f->info->view;
	struct line l = {question, 1, question.columns - 1};
	if (f->info->rebuilding) {
		weir_cell_put_text(question, question.columns - 11, 0, 10, WEIR_STR("computing"),
				   weir_style(WEIR_INK_WARN), WEIR_RIGHT);
		l.end -= 11;
	}
	put_chips(&l, view);
	put_question(&l, "group", view->text[WEIR_VIEW_GROUP]);
	put_question(&l, "measure", view->text[WEIR_VIEW_MEASURE] ? view->text[WEIR_VIEW_MEASURE] : "count");
	put_question(&l, "derive", view->text[WEIR_VIEW_DERIVE]);
	put_question(&l, "sort", view->text[WEIR_VIEW_SORT]);
}
