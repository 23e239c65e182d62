/* What covers the screen until Esc: the help, the warnings, or a text. */
#include "tui/picture/page.h"

enum { KEY_COLUMNS = 16, LEAST_COLUMNS = 52, MOST_COLUMNS = 3 };

static void put_warnings(struct weir_page_writer *p, const struct weir_picture *pic)
{
	weir_page_title(p, pic->n_warnings ? "warnings" : "no warnings: every record is in the figures as it arrived");
	for (size_t i = 0; i < pic->n_warnings; i++) {
		const struct weir_warning *w = &pic->warnings[i];
		weir_page_text(p, weir_str_of(pic->info->n_streams > 1 ? w->stream : w->code), weir_str_of(w->text));
	}
}

static void put_page(struct weir_page_writer *p, const struct weir_picture *pic)
{
	switch (pic->state->page) {
	case WEIR_PAGE_HELP:
		weir_help_write(p, pic);
		break;
	case WEIR_PAGE_WARNINGS:
		put_warnings(p, pic);
		break;
	case WEIR_PAGE_TEXT:
		weir_page_text(p, (struct weir_str){0}, weir_buf_str(&pic->state->page_text));
		break;
	case WEIR_PAGE_TRAIL:
	case WEIR_PAGE_VIEWS:
	case WEIR_PAGE_NONE:
		break;
	}
}

/* The help stands in as many columns as the screen has room for. */
static struct weir_page_writer writer_of(const struct weir_picture *pic, struct weir_canvas page)
{
	int columns = page.columns - 4, n = pic->state->page == WEIR_PAGE_HELP ? columns / LEAST_COLUMNS : 1;
	n = n < 1 ? 1 : n > MOST_COLUMNS ? MOST_COLUMNS : n;
	return (struct weir_page_writer){.c = weir_canvas_cut(page, 2, 1, columns, page.rows - 2),
					 .rows = page.rows - 2,
					 .width = (columns + 2) / n,
					 .label = pic->state->page == WEIR_PAGE_TEXT ? 0
						  : columns < 60                     ? 16
										     : KEY_COLUMNS};
}

static struct weir_canvas page_of(struct weir_canvas screen)
{
	return weir_canvas_cut(screen, 0, 1, screen.columns, screen.rows - 2);
}

int weir_page_end(const struct weir_picture *pic, struct weir_canvas screen)
{
	struct weir_page_writer p = writer_of(pic, page_of(screen));
	int room = p.rows * (p.width > 0 ? (p.c.columns + 2) / p.width : 1);
	p.c.rows = p.c.columns = 0; /* only counts */
	put_page(&p, pic);
	return p.line > room ? p.line - room : 0;
}

void weir_page_draw(const struct weir_picture *pic, struct weir_canvas screen)
{
	struct weir_canvas c = page_of(screen);
	int end = weir_page_end(pic, screen);
	struct weir_page_writer p = writer_of(pic, c);
	p.scroll = pic->state->page_scroll > end ? end : pic->state->page_scroll;
	weir_spots_cover(c);
	weir_cell_fill(c, 0, 0, c.columns, c.rows, weir_style_on(WEIR_INK_TEXT, WEIR_PAPER_PROMPT));
	put_page(&p, pic);
	if (p.scroll < end)
		weir_cell_put_text(c, 2, c.rows - 1, c.columns - 4, WEIR_STR("Down and PageDown show more"),
				   weir_style_on(WEIR_INK_DIM, WEIR_PAPER_PROMPT), WEIR_RIGHT);
}
