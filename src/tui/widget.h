/* Small pictures in cells: bars, sparklines, line plots, axes. Thread: screen. */
#ifndef WEIR_TUI_WIDGET_H
#define WEIR_TUI_WIDGET_H

#include "tui/cell.h"

/* A thin horizontal bar of `fraction` (0-1) of `columns`. */
void weir_bar_draw(struct weir_canvas c, int x, int y, int columns, double fraction, struct weir_style style);
/* One column of eighths, `fraction` (0-1) of `rows`, standing on row `bottom`; `cap` in eighths is left free at the
 * top. */
void weir_column_draw(struct weir_canvas c, int x, int bottom, int rows, double fraction, int cap,
		      struct weir_style style);
/* n values in `columns` columns of one row, at most seven eighths high so that rows stay apart. Values are put together
 * by buckets aligned to multiples of their number since the epoch (`first_bucket`), so that the picture moves without
 * flicker. */
void weir_spark_draw(struct weir_canvas c, int x, int y, int columns, const double *values, uint32_t n,
		     int64_t first_bucket, struct weir_style style);
/* The same values put together: at most `columns` means into out; NaN where there is nothing. Returns how many there
 * are, which depends on n and columns only. */
int weir_spark_values(const double *values, uint32_t n, int64_t first_bucket, int columns, double *out);

/* Lines made of braille dots (2 by 4 in a cell), or of one sign a cell in ASCII. */
struct weir_plot {
	int columns, rows; /* cells */
	uint8_t *dots;	   /* owned; dots of a cell, or the sign in ASCII */
	uint8_t *inks;	   /* owned */
	bool ascii;
};
bool weir_plot_init(struct weir_plot *p, int columns, int rows, bool ascii); /* false: no memory */
void weir_plot_release(struct weir_plot *p);
/* Joins two points; 0-1 from left to right and from bottom to top. `sign` is used in ASCII. */
void weir_plot_line(struct weir_plot *p, double x0, double y0, double x1, double y1, enum weir_ink ink, char sign);
void weir_plot_draw(const struct weir_plot *p, struct weir_canvas c, int x, int y);

enum { WEIR_TICKS = 32 };
/* Round values (1, 2, 5 times a power of ten) inside [low, high], at most `most`. Returns how many. */
int weir_ticks_linear(double low, double high, int most, double *ticks);
/* Powers of 10, thinned out or filled with 2 and 5, inside [low, high]. */
int weir_ticks_log(double low, double high, int most, double *ticks);
/* Distance between round times such that at most `most` fit in span. */
int64_t weir_ticks_time(int64_t span_us, int most);
/* "14:00", "14:00:30" or "Nov 22", as the distance wants it. */
char *weir_tick_label(int64_t us, int64_t step_us, char *out);

#endif
