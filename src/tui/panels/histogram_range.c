/* Choosing a range of values on the histogram. */
#include "tui/panels/histogram_range.h"

#include <stdio.h>
#include <stdlib.h>

/* Where column x begins. */
static double value_at(const struct weir_result_histogram *h, int x, int columns)
{
	double low = weir_histogram_to_axis(h, h->edges[0]), high = weir_histogram_to_axis(h, h->edges[h->n_bins]);
	return weir_histogram_from_axis(h, low + (high - low) * x / columns);
}

static int column_of(const struct weir_result_histogram *h, double v, int columns)
{
	double low = weir_histogram_to_axis(h, h->edges[0]), high = weir_histogram_to_axis(h, h->edges[h->n_bins]);
	double x = high > low ? (weir_histogram_to_axis(h, v) - low) / (high - low) * columns : 0;
	return x < 0 ? 0 : x > columns ? columns : (int)floor(x + 1e-9);
}

/* The number with the fewest digits in [low, high). */
static double readable(double low, double high)
{
	enum { MOST_DIGITS = 15 };
	char text[40];
	for (int digits = 0; digits < MOST_DIGITS && low < high; digits++) {
		snprintf(text, sizeof(text), "%.*e", digits, (low + high) / 2);
		double v = strtod(text, NULL);
		if (v >= low && v < high)
			return v;
	}
	return low;
}

/* A bound that reads well, in column x; at both ends there is none. */
static double bound_at(const struct weir_result_histogram *h, int x, int columns)
{
	if (x <= 0)
		return -INFINITY;
	return x >= columns ? INFINITY : readable(value_at(h, x, columns), value_at(h, x + 1, columns));
}

void weir_value_range_press(struct weir_value_range *r, const struct weir_result_histogram *h, int x, int columns)
{
	r->on = false;
	r->pressed = x >= 0 && x < columns ? value_at(h, x, columns) : NAN;
}

void weir_value_range_drag(struct weir_value_range *r, const struct weir_result_histogram *h, int x, int columns)
{
	if (isnan(r->pressed))
		return;
	int from = column_of(h, r->pressed, columns), to = x < 0 ? 0 : x >= columns ? columns - 1 : x;
	r->low = bound_at(h, from < to ? from : to, columns);
	r->high = bound_at(h, (from < to ? to : from) + 1, columns);
	r->on = from != to;
}

void weir_value_range_move(struct weir_value_range *r, const struct weir_result_histogram *h, int by, int columns)
{
	int x = r->on && isfinite(r->low) ? column_of(h, r->low, columns) + by
		: r->on                   ? by
					  : column_of(h, h->p95, columns);
	x = x < 1 ? 1 : x >= columns ? columns - 1 : x;
	*r = (struct weir_value_range){true, bound_at(h, x, columns), r->on ? r->high : INFINITY, NAN};
	if (!(r->high > r->low))
		r->high = INFINITY;
}

void weir_value_range_draw(const struct weir_value_range *r, const struct weir_result_histogram *h,
			   struct weir_canvas c, int x0, int columns, int rows)
{
	if (!r->on)
		return;
	int from = isfinite(r->low) ? column_of(h, r->low, columns) : 0;
	int to = isfinite(r->high) ? column_of(h, r->high, columns) : columns;
	for (int y = 1; y <= rows; y++)
		weir_cell_repaper(c, x0 + from, y, to > from ? to - from : 1, WEIR_PAPER_SPAN, WEIR_INK_COUNT);
}

/* Whole numbers without a point. */
static void add_number(double v, struct weir_buf *out)
{
	char text[32];
	if (v == floor(v) && fabs(v) < 1e15)
		weir_buf_add(out, text, weir_format_int64((int64_t)v, text));
	else
		weir_buf_add(out, text, weir_format_double(v, text));
}

void weir_value_range_text(const struct weir_value_range *r, struct weir_buf *out)
{
	bool low = isfinite(r->low), high = isfinite(r->high);
	weir_buf_add_c(out, low && high ? "" : low ? ">= " : high ? "< " : "all");
	if (low)
		add_number(r->low, out);
	weir_buf_add_c(out, low && high ? " to " : "");
	if (high)
		add_number(r->high, out);
}

static void add_bound(struct weir_str column, const char *how, double v, struct weir_buf *out)
{
	bool plain = true;
	for (size_t i = 0; i < column.size; i++)
		plain = plain && !strchr("+-*/%|<>= ", column.data[i]);
	plain = plain || column.data[0] == '"' || column.data[0] == '`';
	weir_buf_add_c(out, plain ? "" : "(");
	weir_buf_add_str(out, column);
	weir_buf_add_c(out, plain ? "" : ")");
	weir_buf_add_c(out, how);
	if (!isnan(v))
		add_number(v, out);
}

void weir_value_range_condition(const struct weir_value_range *r, struct weir_str column, bool outside,
				struct weir_buf *out)
{
	bool low = isfinite(r->low), high = isfinite(r->high);
	weir_buf_add_c(out, outside ? "(" : "");
	if (low)
		add_bound(column, outside ? " < " : " >= ", r->low, out);
	weir_buf_add_c(out, !low || !high ? "" : outside ? " or " : " and ");
	if (high)
		add_bound(column, outside ? " >= " : " < ", r->high, out);
	if (!low && !high)
		add_bound(column, outside ? " <> " : " = ", NAN, out);
	if (!outside)
		return;
	weir_buf_add_c(out, " or ");
	add_bound(column, " is null)", NAN, out);
}
