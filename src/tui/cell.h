/* The cell grid that every panel draws into, and the only two ways to put something into it.
 *
 *   weir_cell_put_text   any text, above all what came from outside: makes every byte harmless, measures widths
 *   weir_cell_put_glyph  one of the screen's own signs (blocks, braille, rules), spelled out in this program
 *
 * A style names roles, never colours: the theme turns roles into colours at the very end (theme.h).
 * Thread: screen. */
#ifndef WEIR_TUI_CELL_H
#define WEIR_TUI_CELL_H

#include "weir/base/str.h"

enum weir_ink {
	WEIR_INK_TEXT,
	WEIR_INK_DIM,	  /* second grey: labels, heads, what is said aside */
	WEIR_INK_FAINT,	  /* third grey: rules, axes, what may be overlooked */
	WEIR_INK_BRIGHT,  /* figures that matter, titles */
	WEIR_INK_KEY,	  /* accent: keys, sort column, the question */
	WEIR_INK_GOOD,	  /* changed for the better; live */
	WEIR_INK_BAD,	  /* changed for the worse; errors */
	WEIR_INK_WARN,	  /* to be looked at */
	WEIR_INK_FILL,	  /* bars, sparklines, histogram */
	WEIR_INK_SOFT,	  /* sparklines of the figures on top */
	WEIR_INK_MARK,	  /* stands for a byte that must not reach a terminal */
	WEIR_INK_SERIES1, /* lines of the chart */
	WEIR_INK_SERIES2,
	WEIR_INK_SERIES3,
	WEIR_INK_SERIES4,
	WEIR_INK_SERIES5,
	WEIR_INK_SERIES6,
	WEIR_INK_COUNT
};

enum weir_paper {
	WEIR_PAPER_BASE,   /* the terminal's own background */
	WEIR_PAPER_BAR,	   /* first line */
	WEIR_PAPER_CHIP,   /* a filter */
	WEIR_PAPER_SELECT, /* the selected row */
	WEIR_PAPER_PROMPT, /* prompt, completion, help */
	WEIR_PAPER_SPAN,   /* selected time */
	WEIR_PAPER_COUNT
};

enum { WEIR_BOLD = 1, WEIR_UNDERLINE = 2, WEIR_REVERSE = 4 };

struct weir_style {
	uint8_t ink, paper, attributes;
};

enum { WEIR_CELL_MARKS = 2 }; /* combining marks kept on one character; more are left out */

struct weir_cell {
	uint32_t glyph; /* code point; WEIR_CELL_TAIL: the right half of the wide character before it */
	uint32_t marks[WEIR_CELL_MARKS];
	struct weir_style style;
};
enum { WEIR_CELL_TAIL = 0 };

struct weir_grid {
	int columns, rows;
	struct weir_cell *cells; /* owned, columns * rows */
	size_t capacity;	 /* cells there is memory for */
	bool ascii;		 /* only ASCII may stand in cells */
};

/* A rectangle of a grid: what lies outside is clipped. Coordinates below are relative to it. */
struct weir_canvas {
	struct weir_grid *grid;
	int x, y, columns, rows;
};

enum weir_align { WEIR_LEFT, WEIR_RIGHT, WEIR_CENTRE };

/* False: no memory, the grid is unchanged. Clears all cells. */
bool weir_grid_resize(struct weir_grid *g, int columns, int rows) WEIR_MUST_USE;
void weir_grid_clear(struct weir_grid *g);
void weir_grid_release(struct weir_grid *g);
struct weir_canvas weir_grid_canvas(struct weir_grid *g);
/* The part of `c` at x, y, cut to what lies inside it; may be empty (0 columns or rows). */
struct weir_canvas weir_canvas_cut(struct weir_canvas c, int x, int y, int columns, int rows);

static inline struct weir_style weir_style(enum weir_ink ink)
{
	return (struct weir_style){.ink = (uint8_t)ink};
}
static inline struct weir_style weir_style_bold(enum weir_ink ink)
{
	return (struct weir_style){.ink = (uint8_t)ink, .attributes = WEIR_BOLD};
}
static inline struct weir_style weir_style_on(enum weir_ink ink, enum weir_paper paper)
{
	return (struct weir_style){.ink = (uint8_t)ink, .paper = (uint8_t)paper};
}

/* Columns that `s` takes on a screen (as weir_cell_put_text would draw it). */
int weir_text_columns(struct weir_str s);
/* Bytes of the longest front part of `s` that fits in `columns`. */
size_t weir_text_fit(struct weir_str s, int columns);
/* Draws `s` at x, y in at most `columns` columns, aligned in them; what does not fit ends in "…". Returns columns drawn
 * (without the padding, which is left alone). Control characters, escape introducers, bidirectional and invisible
 * marks, and bytes that are no UTF-8 become visible marks of one column. */
int weir_cell_put_text(struct weir_canvas c, int x, int y, int columns, struct weir_str s, struct weir_style style,
		       enum weir_align align);
/* The same for a C string, aligned left in what is left of the row. Returns columns drawn. */
int weir_cell_put(struct weir_canvas c, int x, int y, const char *s, struct weir_style style);
/* One sign of the screen's own, one column wide; in an ASCII grid its nearest ASCII sign. */
void weir_cell_put_glyph(struct weir_canvas c, int x, int y, uint32_t glyph, struct weir_style style);
/* Fills a rectangle with blanks of a paper. */
void weir_cell_fill(struct weir_canvas c, int x, int y, int columns, int rows, struct weir_style style);
/* Puts another paper under what is there; `ink` too unless it is WEIR_INK_COUNT. */
void weir_cell_repaper(struct weir_canvas c, int x, int y, int columns, enum weir_paper paper, enum weir_ink ink);

/* Width classes of code points (width.c): 0 combining, 1, 2; -1: must be shown as a mark. */
int weir_codepoint_width(uint32_t cp);
/* The sign that stands for a code point that weir_codepoint_width refuses. */
uint32_t weir_codepoint_mark(uint32_t cp);

#endif
