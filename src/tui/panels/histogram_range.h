/* A range of values that was chosen on the histogram: Enter keeps its rows, x leaves them out, ! says how they differ.
 * Thread: screen. */
#ifndef WEIR_TUI_PANELS_HISTOGRAM_RANGE_H
#define WEIR_TUI_PANELS_HISTOGRAM_RANGE_H

#include "tui/draw/draw.h"
#include "weir/query/result.h"

#include <math.h>

struct weir_value_range {
	bool on;
	double low, high; /* low <= x < high; infinite: no bound there */
	double pressed;   /* where the mouse went down; NAN: it is not */
};

/* Positions on the axis of a histogram, and the values there. */
static inline double weir_histogram_to_axis(const struct weir_result_histogram *h, double v)
{
	return h->logarithmic ? log(v > 0 ? v : h->edges[0] > 0 ? h->edges[0] : 1e-9) : v;
}
static inline double weir_histogram_from_axis(const struct weir_result_histogram *h, double v)
{
	return h->logarithmic ? exp(v) : v;
}

/* The mouse at column x of so many: pressed, or drawn on. */
void weir_value_range_press(struct weir_value_range *r, const struct weir_result_histogram *h, int x, int columns);
void weir_value_range_drag(struct weir_value_range *r, const struct weir_result_histogram *h, int x, int columns);
/* All from the 95th percentile on; then the lower bound moves by so many columns. */
void weir_value_range_move(struct weir_value_range *r, const struct weir_result_histogram *h, int by, int columns);
/* Marks its columns, that stand from x0 on in the lines of the bars. */
void weir_value_range_draw(const struct weir_value_range *r, const struct weir_result_histogram *h,
			   struct weir_canvas c, int x0, int columns, int rows);
/* "120 to 300", ">= 120". Appends. */
void weir_value_range_text(const struct weir_value_range *r, struct weir_buf *out);
/* The condition that its rows meet, or those of all other values and NULL. Appends. */
void weir_value_range_condition(const struct weir_value_range *r, struct weir_str column, bool outside,
				struct weir_buf *out);

#endif
