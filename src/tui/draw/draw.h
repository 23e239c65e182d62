/* Cells, and what is drawn with them: text made harmless and measured, styles by role, numbers and times as people
 * read them, bars, sparklines, line plots, and the round values of axes. Nothing here knows what a result or a panel
 * is. The prompt and the panels call it; the terminal turns the cells into bytes.
 *
 *   weir_cell_put_text   draws any text, above all text from outside: makes every byte harmless, measures widths
 *   weir_cell_put_glyph  draws one of the screen's own signs (blocks, braille, rules), spelled out in this program
 *
 * These two are the only ways to put something into a grid. A style names roles, never colours: the theme turns roles
 * into colours at the very end (theme.h). Thread: screen. */
#ifndef WEIR_TUI_DRAW_H
#define WEIR_TUI_DRAW_H

#include "weir/base/print.h"
#include "weir/base/time.h"
#include "weir/model/value.h"
#include "weir/session/theme.h"

struct weir_style {
	uint8_t ink, paper, attributes; /* paper: a role, or weir_paper_of */
};

enum { WEIR_CELL_MARKS = 2 }; /* combining marks kept on one character; more are left out */

struct weir_cell {
	uint32_t glyph; /* code point; WEIR_CELL_TAIL: the right half of the wide character before it */
	uint32_t marks[WEIR_CELL_MARKS];
	struct weir_style style;
};
enum { WEIR_CELL_TAIL = 0 };

/* A place that answers a click. What `kind`, `which` and `name` mean is for those who draw and click
 * (enum weir_spot_kind in panels/panels.h). */
struct weir_spot {
	int x, y, columns, kind, which;
	const char *name; /* static; NULL: none */
};
enum { WEIR_MOST_SPOTS = 128 }; /* more are left out */

struct weir_grid {
	int columns, rows;
	struct weir_cell *cells; /* owned, columns * rows */
	size_t capacity;         /* cells there is memory for */
	bool ascii;              /* only ASCII may stand in cells */
	bool mono;               /* nothing may be said by colour alone */
	bool console;            /* the font has letters and rules, but neither braille nor eighths of blocks */
	int n_spots;
	struct weir_spot spots[WEIR_MOST_SPOTS]; /* as drawn; the last one on top */
};

/* A rectangle of a grid: drawing outside it is clipped. Coordinates below are relative to it. */
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

/* A paper of the colour that the ink has. */
static inline uint8_t weir_paper_of(enum weir_ink ink)
{
	return (uint8_t)(WEIR_PAPER_COUNT + ink);
}

/* Columns that `s` takes on a screen (as weir_cell_put_text would draw it). */
int weir_text_columns(struct weir_str s);
/* Bytes of the longest prefix of `s` that fits in `columns`. */
size_t weir_text_fit(struct weir_str s, int columns);
/* Draws `s` at x, y in at most `columns` columns, aligned in them; what does not fit ends in "…". Returns columns drawn
 * (without the padding, which is left alone). Control characters, escape introducers, bidirectional and invisible
 * marks, and bytes that are not UTF-8 become visible marks of one column. */
int weir_cell_put_text(struct weir_canvas c, int x, int y, int columns, struct weir_str s, struct weir_style style,
		       enum weir_align align);
/* The same for a C string, left-aligned in the rest of the row. Returns columns drawn. */
int weir_cell_put(struct weir_canvas c, int x, int y, const char *s, struct weir_style style);
/* One sign of the screen's own, one column wide; in an ASCII grid its nearest ASCII sign. */
void weir_cell_put_glyph(struct weir_canvas c, int x, int y, uint32_t glyph, struct weir_style style);
/* The same over a block: what was its ink becomes the paper. */
void weir_cell_put_over(struct weir_canvas c, int x, int y, uint32_t glyph, enum weir_ink ink);
/* Fills a rectangle with blanks of a paper. */
void weir_cell_fill(struct weir_canvas c, int x, int y, int columns, int rows, struct weir_style style);
/* Changes the paper of cells, and their ink unless `ink` is WEIR_INK_COUNT; then only what could not be seen on that paper. */
void weir_cell_repaper(struct weir_canvas c, int x, int y, int columns, enum weir_paper paper, enum weir_ink ink);
/* Gives cells attributes beside those that they have (WEIR_REVERSE turns one that is reversed back), and another ink
 * unless it is WEIR_INK_COUNT. */
void weir_cell_light(struct weir_canvas c, int x, int y, int columns, enum weir_ink ink, int attributes);

/* A click on these columns of row y means `kind`, `which`, `name`. What is outside the canvas is left out. */
void weir_spot_put(struct weir_canvas c, int x, int y, int columns, int kind, int which, const char *name);
/* What lies under the canvas answers no click any more. */
void weir_spots_cover(struct weir_canvas c);
/* The one at x, y of the grid; NULL: there is none. Good until the grid is drawn again. */
const struct weir_spot *weir_spot_at(const struct weir_grid *g, int x, int y);

/* Numbers, sizes and times as the screen shows them. All write a NUL-terminated ASCII text (but for the minus sign,
 * "−", and none else) into a caller's buffer of WEIR_FORMAT_BYTES and return it. */

enum { WEIR_FORMAT_BYTES = 64 };

char *weir_format_fixed(double v, int decimals, char *out); /* "1,234.50"; "-" for NaN */
char *weir_format_short(double v, char *out);               /* at most 5 columns: "412", "1.2k", "61.2M" */
char *weir_format_size(uint64_t bytes, char *out);          /* "318M", "1.5G" (powers of 1024) */
char *weir_format_span(int64_t us, char *out);         /* rough: "250ms", "1.2s", "1m58s", "5m", "3h", "2d", "203 y" */
char *weir_format_length(int64_t us, char *out);       /* exact up to days, "1m30s"; longer ones as a span */
char *weir_format_speed(double x, char *out);          /* "10x", "1/60x" */
char *weir_format_percent(double fraction, char *out); /* "4.1 %" of 0.041 */
/* "14:03:29.182": decimals 0, 3 or 6; decimals -1 leaves the seconds out. */
char *weir_format_clock(int64_t us, int decimals, char *out);
char *weir_format_day(int64_t us, char *out);         /* "1970-01-01" */
char *weir_format_day_of_year(int64_t us, char *out); /* "Nov 22" */
/* "14:03:29" on the same day as now, else preceded by its day. `decimals` as above. */
char *weir_format_moment(int64_t us, int64_t now_us, int decimals, char *out);
bool weir_same_day(int64_t a_us, int64_t b_us);

/* Decimals that show about three figures of numbers as large as `largest`. */
int weir_format_decimals(double largest);
/* A value as a number; NaN when it is none. Wide integers too. */
double weir_number_of(const struct weir_value *v);
/* The same for names and cells of a table: text that would look empty, like NULL or like the others row stands in
 * quotes. NULL itself is "null". */
void weir_format_name(const struct weir_value *v, int decimals, struct weir_buf *out);
/* A cell: integers with separators, floats with `decimals`, times as clock or day, text as it is (unsanitised: draw it
 * with weir_cell_put_text). Appends. */
void weir_format_value(const struct weir_value *v, int decimals, struct weir_buf *out);

/* Small pictures in cells: bars, sparklines, line plots, axes. */

/* A thin horizontal bar of `fraction` (0-1) of `columns`. */
void weir_bar_draw(struct weir_canvas c, int x, int y, int columns, double fraction, struct weir_style style);
/* One column of eighths, `fraction` (0-1) of `rows`, standing on row `bottom`; `cap` in eighths is left free at the
 * top. */
void weir_column_draw(struct weir_canvas c, int x, int bottom, int rows, double fraction, int cap,
		      struct weir_style style);
/* What a sparkline shows: buckets that are over. Those that are cut at an end would set the scale, and plunge. */
struct weir_spark {
	uint32_t from, n;     /* of the values; n stays as it is while they move on */
	uint32_t skip;        /* the first so many of them are not covered: nothing is drawn there */
	int64_t first_bucket; /* the number of the first one since the epoch */
};
/* Those values in `columns` columns of one row, at most seven eighths high so that rows stay apart. They are put together
 * in groups that begin at multiples of their length since the epoch, so that the picture moves without flicker. */
void weir_spark_draw(struct weir_canvas c, int x, int y, int columns, const struct weir_spark *spark,
		     const double *values, struct weir_style style);
/* The same values put together: at most `columns` means into out; NaN where there is nothing. The newest group may still
 * grow, all others are whole. Returns how many there are, which depends on n and columns only. */
int weir_spark_values(const struct weir_spark *spark, const double *values, int columns, double *out);

/* Lines made of braille dots (2 by 4 in a cell), or of one sign a cell in ASCII. */
struct weir_plot {
	int columns, rows; /* cells */
	uint8_t *dots;     /* owned; dots of a cell, or the sign in ASCII */
	uint8_t *inks;     /* owned */
	bool ascii;
};
bool weir_plot_init(struct weir_plot *p, int columns, int rows, bool ascii); /* false: no memory */
void weir_plot_release(struct weir_plot *p);
/* Joins two points; 0-1 from left to right and from bottom to top. `sign` is used in ASCII. */
void weir_plot_line(struct weir_plot *p, double x0, double y0, double x1, double y1, enum weir_ink ink, char sign);
/* The same as dots with gaps between them. */
void weir_plot_dotted(struct weir_plot *p, double x0, double y0, double x1, double y1, enum weir_ink ink, char sign);
void weir_plot_draw(const struct weir_plot *p, struct weir_canvas c, int x, int y);
/* The same over what fills cells: its colour stays behind the dots. */
void weir_plot_draw_over(const struct weir_plot *p, struct weir_canvas c, int x, int y);

enum { WEIR_TICKS = 32 };
/* Round values (1, 2, 5 times a power of ten) inside [low, high], at most `most`. Returns how many. */
int weir_ticks_linear(double low, double high, int most, double *ticks);
/* Powers of 10, thinned out or filled with 2 and 5, inside [low, high]. */
int weir_ticks_log(double low, double high, int most, double *ticks);
/* Round times inside [from, from + span), at most about `most`: whole seconds, minutes, hours, days, months, years.
 * Fills at most WEIR_TICKS; returns how many, and the distance between two of them. */
int weir_ticks_time(int64_t from_us, int64_t span_us, int most, int64_t *ticks, int64_t *step_us);
/* "14:00", "14:00:30", "Nov 22", "Nov 2026" or "2026", depending on the distance; midnight shows its day. */
char *weir_tick_label(int64_t us, int64_t step_us, char *out);

#endif
