/* How a number is spread: columns of eighths, coloured by where its 95th and 99th percentile lie. */
#include "tui/frame.h"

#include "tui/format.h"
#include "tui/widget.h"

#include <math.h>
#include <stdio.h>

static double to_axis(const struct weir_result_histogram *h, double v)
{
	return h->logarithmic ? log(v > 0 ? v : h->edges[0] > 0 ? h->edges[0] : 1e-9) : v;
}

static double from_axis(const struct weir_result_histogram *h, double v)
{
	return h->logarithmic ? exp(v) : v;
}

/* Rows whose value lies in [low, high) of the axis; a bin that is cut gives its part. */
static double rows_between(const struct weir_result_histogram *h, double low, double high)
{
	double sum = 0;
	for (uint32_t b = 0; b < h->n_bins; b++) {
		double from = to_axis(h, h->edges[b]), to = to_axis(h, h->edges[b + 1]);
		double left = from > low ? from : low, right = to < high ? to : high;
		if (right > left && to > from)
			sum += (double)h->counts[b] * (right - left) / (to - from);
	}
	return sum;
}

static void draw_columns(const struct weir_result_histogram *h, struct weir_canvas c, int x0, int columns, int rows)
{
	double low = to_axis(h, h->edges[0]), high = to_axis(h, h->edges[h->n_bins]), tallest = 0;
	double step = (high - low) / columns;
	for (int x = 0; x < columns; x++) {
		double n = rows_between(h, low + x * step, low + (x + 1) * step);
		tallest = n > tallest ? n : tallest;
	}
	for (int x = 0; x < columns && tallest > 0; x++) {
		double from = low + x * step;
		double value = from_axis(h, from + step / 2);
		enum weir_ink ink = value >= h->p99 ? WEIR_INK_BAD : value >= h->p95 ? WEIR_INK_WARN : WEIR_INK_FILL;
		double n = rows_between(h, from, from + step);
		/* A row that stands alone must be seen beside a million. */
		weir_column_draw(c, x0 + x, rows, rows, n / tallest, 1, weir_style(ink));
	}
}

static void draw_axis(const struct weir_result_histogram *h, struct weir_canvas c, int x0, int columns)
{
	double ticks[WEIR_TICKS];
	double low = to_axis(h, h->edges[0]), high = to_axis(h, h->edges[h->n_bins]);
	int y = c.rows - 1, end = 0;
	int n = h->logarithmic ? weir_ticks_log(h->edges[0], h->edges[h->n_bins], columns / 6, ticks)
			       : weir_ticks_linear(h->edges[0], h->edges[h->n_bins], columns / 9, ticks);
	for (int i = 0; i < n; i++) {
		char text[WEIR_FORMAT_BYTES];
		struct weir_str label = weir_str_of(weir_format_short(ticks[i], text));
		int x = x0 + (int)((to_axis(h, ticks[i]) - low) / (high - low) * columns);
		int left = x - (int)label.size / 2;
		left = left < 0 ? 0 : left;
		if (left < end || left + (int)label.size > c.columns)
			continue;
		weir_cell_put_text(c, left, y, (int)label.size, label, weir_style(WEIR_INK_DIM), WEIR_LEFT);
		end = left + (int)label.size + 1;
	}
}

void weir_panel_histogram_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result_histogram *h = &f->result->histogram;
	char remark[160], a[WEIR_FORMAT_BYTES], b[WEIR_FORMAT_BYTES], d[WEIR_FORMAT_BYTES];
	bool focus = f->ui->focus == WEIR_PANEL_HISTOGRAM;
	bool empty = h->column.size == 0 || h->n_bins == 0 || h->n == 0;
	if (empty) {
		weir_title_draw(c, h->column.size ? weir_bare_name(h->column) : WEIR_STR("histogram"),
				(struct weir_str){0}, focus);
		weir_cell_put(c, 2, 1, h->column.size ? "no numbers in the window" : "no number to show",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	snprintf(remark, sizeof(remark), "%sp50 %s  p95 %s  p99 %s", h->logarithmic ? "log  " : "",
		 weir_format_short(h->p50, a), weir_format_short(h->p95, b), weir_format_short(h->p99, d));
	weir_title_draw(c, weir_bare_name(h->column), weir_str_of(remark), focus);
	int columns = c.columns - 4, rows = c.rows - 2;
	if (columns < 8 || rows < 1)
		return;
	draw_columns(h, c, 2, columns, rows);
	draw_axis(h, c, 2, columns);
}
