/* The frame of a list over the foot of the screen. */
#include "tui/picture/list.h"

struct weir_list weir_list_of(const struct weir_picture *pic, struct weir_canvas screen)
{
	const struct weir_screen_state *state = pic->state;
	bool views = state->page == WEIR_PAGE_VIEWS;
	int n = views ? (int)state->views.list.n : state->trail.n, at = views ? state->views.cursor : state->trail.aim;
	int most = screen.rows / 3 > 3 ? screen.rows / 3 : 3, rows = n < most ? n : most;
	int first = at - rows / 2;
	first = first > n - rows ? n - rows : first;
	rows = rows < 1 ? 1 : rows; /* for a remark that there is nothing */
	return (struct weir_list){
	    .c = weir_canvas_cut(screen, 0, screen.rows - 3 - rows, screen.columns, rows + 1),
	    .n = n,
	    .at = at,
	    .first = first < 0 ? 0 : first,
	    .rows = n < rows ? n : rows,
	};
}

void weir_list_draw(const struct weir_list *l, const char *title)
{
	struct weir_style head = weir_style_on(WEIR_INK_BRIGHT, WEIR_PAPER_PROMPT);
	head.attributes = WEIR_BOLD;
	weir_spots_cover(l->c);
	weir_cell_fill(l->c, 0, 0, l->c.columns, l->c.rows, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT));
	weir_cell_put_text(l->c, 2, 0, l->c.columns - 4, weir_str_of(title), head, WEIR_LEFT);
	if (l->at >= l->first && l->at < l->first + l->rows)
		weir_cell_fill(l->c, 0, 1 + l->at - l->first, l->c.columns, 1,
			       weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_SELECT));
}

int weir_list_at(const struct weir_picture *pic, struct weir_canvas screen, int x, int y)
{
	struct weir_list l = weir_list_of(pic, screen);
	int row = y - l.c.y - 1;
	bool inside = x >= l.c.x && x < l.c.x + l.c.columns && row >= 0 && row < l.rows;
	return inside ? l.first + row : -1;
}
