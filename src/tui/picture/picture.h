/* One picture of the whole screen: where everything stands, the panels there, and what stands around them or over
 * them. The screen fills in a struct weir_picture, has it laid out and drawn, and shows the grid; nothing here asks
 * the session anything or touches the terminal.
 *
 *   picture.c   all of it together
 *   layout.c    where everything stands
 *   header.c strip.c question.c kpi.c foot.c   the lines above and below the panels
 *   notice.c    what stands in place of the panels while there is no answer
 *   list.h      lists over the foot: list.c, trail.c (the questions asked), views.c (the saved ones)
 *   page.h      what lies over the screen until Esc: page.c, page_text.c, help.c
 *
 * Thread: screen. */
#ifndef WEIR_TUI_PICTURE_H
#define WEIR_TUI_PICTURE_H

#include "tui/panels/panels.h"

enum { WEIR_MIN_COLUMNS = 40, WEIR_MIN_ROWS = 10 };

/* Computes pic->layout for the grid's size. */
void weir_picture_layout(struct weir_picture *pic, int columns, int rows);
/* Draws the whole picture. The grid is cleared first. */
void weir_picture_draw(const struct weir_picture *pic, struct weir_grid *grid);
/* The entry of the list that lies over the foot of the screen there; -1: none. */
int weir_list_at(const struct weir_picture *pic, struct weir_canvas screen, int x, int y);
/* How far the page that lies over the screen can be scrolled. */
int weir_page_end(const struct weir_picture *pic, struct weir_canvas screen);

/* Buckets that a strip of so many columns has room for. */
int weir_strip_buckets(int columns);
/* Where the bars of the strip stand: one column a bucket. 0 columns: there is none. */
struct weir_strip_place {
	int x, columns;
};
struct weir_strip_place weir_strip_place_of(const struct weir_picture *pic);
/* Start of the bucket at column x of the strip's line, or of the nearest; WEIR_TIME_NONE: there is none. */
int64_t weir_strip_time(const struct weir_picture *pic, int x);

/* Within this room. */

/* What the layout is a pure function of: the size, what was chosen, and what there is to show. */
struct weir_layout_wish {
	int columns, rows;
	const struct weir_panel *const *panels; /* ends with NULL */
	int focus, upper, lower;
	enum weir_layout_kind layout;
	bool zoomed;
	bool has_data[WEIR_MAX_PANELS];
	int wish_rows[WEIR_MAX_PANELS];
	int drawer_rows; /* along the foot, for the panel in focus, over whatever stands there; 0: none */
};
void weir_layout_compute(const struct weir_layout_wish *wish, struct weir_layout *out);

void weir_header_draw(const struct weir_picture *pic, struct weir_canvas c);
void weir_strip_draw(const struct weir_picture *pic, struct weir_canvas c);
void weir_question_draw(const struct weir_picture *pic, struct weir_canvas c);
void weir_kpi_draw(const struct weir_picture *pic, struct weir_canvas c);
void weir_foot_draw(const struct weir_picture *pic, struct weir_canvas ledger, struct weir_canvas keys);
/* Nothing stands in the way of the panels. */
bool weir_notice_none(const struct weir_picture *pic);
void weir_notice_draw(const struct weir_picture *pic, struct weir_canvas c);
/* The questions asked: on one line beside a text, and as a list over the foot of the screen. */
void weir_crumbs_draw(const struct weir_picture *pic, struct weir_canvas line, struct weir_str text);
void weir_trail_draw(const struct weir_picture *pic, struct weir_canvas screen);
void weir_views_draw(const struct weir_picture *pic, struct weir_canvas screen);
void weir_page_draw(const struct weir_picture *pic, struct weir_canvas screen);

#endif
