/* The whole picture: lays it out and calls what draws its parts. */
#include "tui/picture/picture.h"

#include <stdio.h>

void weir_picture_layout(struct weir_picture *pic, int columns, int rows)
{
	struct weir_layout_wish wish = {.columns = columns,
					.rows = rows,
					.panels = pic->panels,
					.focus = pic->state->focus,
					.upper = pic->state->upper,
					.lower = pic->state->lower,
					.layout = pic->state->layout,
					.zoomed = pic->state->zoomed};
	for (int i = 0; pic->panels[i]; i++) {
		const struct weir_panel *panel = pic->panels[i];
		wish.has_data[i] = weir_panel_is_open(panel, pic->state) && weir_panel_has_data(panel, pic->result);
		wish.wish_rows[i] = panel->wish_rows ? panel->wish_rows(pic) : 0;
	}
	const struct weir_panel *focus = pic->panels[pic->state->focus];
	/* Beside a panel that has something to show no other has. */
	wish.zoomed = wish.zoomed || (focus->always && pic->result && !pic->result->ledger.matched);
	if (focus->drawer_rows && pic->result)
		wish.drawer_rows = focus->drawer_rows(pic, columns, rows);
	weir_layout_compute(&wish, &pic->layout);
}

static struct weir_canvas part(struct weir_canvas screen, struct weir_rect r)
{
	return weir_canvas_cut(screen, r.x, r.y, r.columns, r.rows);
}

static void draw_too_small(struct weir_canvas screen)
{
	char text[80];
	snprintf(text, sizeof(text), "weir needs %dx%d, this is %dx%d", WEIR_MIN_COLUMNS, WEIR_MIN_ROWS, screen.columns,
		 screen.rows);
	weir_cell_put_text(screen, 0, screen.rows / 2, screen.columns, weir_str_of(text), weir_style(WEIR_INK_TEXT),
			   WEIR_CENTRE);
}

static void draw_panels(const struct weir_picture *pic, struct weir_canvas screen)
{
	for (int i = 0; pic->panels[i]; i++) {
		struct weir_area area = {.canvas = part(screen, pic->layout.panels[i]),
					 .focus = i == pic->state->focus,
					 .scroll = pic->state->scroll[i],
					 .mode = pic->state->mode[i]};
		if (pic->layout.panels[i].rows > 0)
			pic->panels[i]->draw(pic, &area);
	}
}

void weir_picture_draw(const struct weir_picture *pic, struct weir_grid *grid)
{
	weir_grid_clear(grid);
	struct weir_canvas screen = weir_grid_canvas(grid);
	const struct weir_layout *l = &pic->layout;
	if (l->too_small) {
		draw_too_small(screen);
		return;
	}
	weir_header_draw(pic, part(screen, l->header));
	if (l->strip.rows)
		weir_strip_draw(pic, part(screen, l->strip));
	weir_question_draw(pic, part(screen, l->question));
	if (!weir_notice_none(pic)) {
		int top = l->question.y + 1;
		weir_notice_draw(pic, weir_canvas_cut(screen, 0, top, screen.columns, l->ledger.y - top));
	} else {
		if (l->kpi.rows)
			weir_kpi_draw(pic, part(screen, l->kpi));
		draw_panels(pic, screen);
	}
	weir_foot_draw(pic, part(screen, l->ledger), part(screen, l->keys));
	if (pic->state->page == WEIR_PAGE_TRAIL)
		weir_trail_draw(pic, screen);
	else if (pic->state->page == WEIR_PAGE_VIEWS)
		weir_views_draw(pic, screen);
	else if (pic->state->page != WEIR_PAGE_NONE)
		weir_page_draw(pic, screen);
	if (pic->state->prompt.kind != WEIR_PROMPT_NONE)
		weir_prompt_draw(&pic->state->prompt, screen);
}
