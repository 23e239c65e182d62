/* The time chart: lines of the measure by group. */
#include "tui/chart.h"

#include "tui/format.h"
#include "tui/widget.h"

#include <math.h>
#include <stdio.h>

enum { GUTTER = 6, LABEL_COLUMNS = 12, LABELS_FROM_COLUMNS = 48, MOST_SERIES = 6 };

struct chart {
	const struct weir_result *r;
	struct weir_times times;
	struct weir_rect plot;
	const struct weir_result_series *series[MOST_SERIES]; /* what is drawn, largest first */
	uint32_t n_series;
	uint32_t end; /* bucket after the last that is drawn */
	double low, high;
	int selected;
};

/* The groups, and the rest of them. The total beside its parts would only press them down. */
static uint32_t pick_series(const struct weir_result *r, const struct weir_result_series **out)
{
	uint32_t n = 0;
	for (uint32_t s = 0; s < r->n_series && n < MOST_SERIES; s++) {
		bool total = r->series[s].row == UINT32_MAX && !weir_str_equal(r->series[s].name, WEIR_STR("others"));
		if (!r->n_groups || !total)
			out[n++] = &r->series[s];
	}
	return n;
}

/* Columns for the names at the right end of the lines. */
static int label_columns(const struct weir_result *r, int columns)
{
	const struct weir_result_series *series[MOST_SERIES];
	uint32_t n = pick_series(r, series);
	int widest = 0;
	if (columns < LABELS_FROM_COLUMNS || n < 2)
		return 0;
	for (uint32_t s = 0; s < n; s++) {
		int one = weir_text_columns(series[s]->name);
		widest = one > widest ? one : widest;
	}
	return (widest > LABEL_COLUMNS ? LABEL_COLUMNS : widest) + 1;
}

struct weir_rect weir_chart_plot(const struct weir_frame *f, struct weir_rect p)
{
	int labels = f->result ? label_columns(f->result, p.columns) : 0;
	struct weir_rect plot = {p.x + GUTTER + 1, p.y + 1, p.columns - GUTTER - 2 - labels, p.rows - 3};
	if (plot.columns < 8 || plot.rows < 1)
		plot = (struct weir_rect){0};
	return plot;
}

/* A sum over a bucket that is not over yet is too small: the line would always fall at its end. */
static bool last_is_partial(const struct weir_result *r)
{
	struct weir_str name =
	    weir_short_name(r->n_measures ? r->measures[r->sort_measure < r->n_measures ? r->sort_measure : 0].name
					  : WEIR_STR("count"));
	bool adds_up = weir_str_equal(name, WEIR_STR("count")) || weir_str_equal(name, WEIR_STR("sum"));
	return adds_up && r->moment_us != WEIR_TIME_NONE &&
	       r->moment_us < r->bucket_start_us + r->n_buckets * r->bucket_us;
}

/* Lowest and highest value of all series, with a little air above. */
static bool find_range(struct chart *g)
{
	double low = INFINITY, high = -INFINITY;
	for (uint32_t s = 0; s < g->n_series; s++)
		for (uint32_t b = g->times.from; b < g->end; b++) {
			double v = g->series[s]->values[b];
			low = v < low ? v : low;
			high = v > high ? v : high;
		}
	if (low > high)
		return false;
	if (low >= 0 && low < 0.5 * high)
		low = 0;
	double range = high - low;
	if (range <= 0)
		range = fabs(high) > 0 ? fabs(high) : 1;
	g->high = high + range * 0.05;
	g->low = low != 0 ? low - range * 0.05 : 0;
	return true;
}

static bool make_chart(const struct weir_frame *f, struct weir_canvas c, struct chart *g)
{
	const struct weir_result *r = f->result;
	*g = (struct chart){
	    .r = r, .times = weir_times_of(r, f->ui->data_from_us), .selected = weir_ui_selected_row(f->ui, r)};
	g->plot = weir_chart_plot(f, (struct weir_rect){0, 0, c.columns, c.rows});
	g->n_series = pick_series(r, g->series);
	g->end = g->times.from + g->times.n;
	if (g->times.n > 3 && !f->info->ended && last_is_partial(r))
		g->end--;
	return g->plot.columns && r->n_buckets && find_range(g);
}

static bool is_selected(const struct chart *g, uint32_t s)
{
	return g->selected >= 0 && g->series[s]->row == (uint32_t)g->selected;
}

static enum weir_ink series_ink(const struct chart *g, uint32_t s)
{
	if (is_selected(g, s))
		return WEIR_INK_BRIGHT;
	/* What is put together from the rest is never as loud as a group. */
	return g->r->n_groups && g->series[s]->row == UINT32_MAX ? WEIR_INK_SERIES6 : weir_series_ink(s);
}

static void draw_series(const struct chart *g, struct weir_plot *plot, uint32_t s)
{
	const double *v = g->series[s]->values;
	double range = g->high - g->low, n = g->times.n;
	for (uint32_t b = g->times.from; b < g->end; b++) {
		if (isnan(v[b]))
			continue;
		uint32_t from = b > g->times.from && !isnan(v[b - 1]) ? b - 1 : b;
		weir_plot_line(plot, (from - g->times.from + 0.5) / n, (v[from] - g->low) / range,
			       (b - g->times.from + 0.5) / n, (v[b] - g->low) / range, series_ink(g, s),
			       (char)('a' + s));
	}
}

/* The first series is the largest and is drawn last, over the others; the selected one over all. */
static void draw_lines(const struct chart *g, struct weir_canvas c)
{
	struct weir_plot dots;
	if (!weir_plot_init(&dots, g->plot.columns, g->plot.rows, c.grid->ascii))
		return;
	for (uint32_t s = g->n_series; s-- > 0;)
		draw_series(g, &dots, s);
	for (uint32_t s = 0; s < g->n_series; s++)
		if (is_selected(g, s))
			draw_series(g, &dots, s);
	weir_plot_draw(&dots, c, g->plot.x, g->plot.y);
	weir_plot_release(&dots);
}

static double last_value(const struct chart *g, uint32_t s)
{
	for (uint32_t b = g->end; b-- > g->times.from;)
		if (!isnan(g->series[s]->values[b]))
			return g->series[s]->values[b];
	return NAN;
}

static void draw_name(const struct chart *g, struct weir_canvas c, uint32_t s, int y, int columns)
{
	struct weir_style style = weir_style(series_ink(g, s));
	int x = g->plot.x + g->plot.columns;
	style.attributes = is_selected(g, s) ? WEIR_BOLD : 0;
	if (c.grid->ascii) { /* the sign of the line stands before its name */
		char sign[2] = {(char)('a' + s), 0};
		weir_cell_put(c, x, y, sign, style);
		x++;
		columns--;
		style.ink = WEIR_INK_TEXT;
	}
	weir_cell_put_text(c, x + 1, y, columns - 1, g->series[s]->name, style, WEIR_LEFT);
}

/* Names at the ends of their lines, moved apart where they would stand on each other. */
static void draw_names(const struct chart *g, struct weir_canvas c)
{
	uint32_t order[MOST_SERIES];
	double last[MOST_SERIES];
	int columns = label_columns(g->r, c.columns), bottom = g->plot.y + g->plot.rows, above = g->plot.y - 1;
	for (uint32_t s = 0; s < g->n_series; s++) {
		last[s] = last_value(g, s);
		uint32_t at = s;
		for (; at > 0 && !(last[order[at - 1]] >= last[s]); at--)
			order[at] = order[at - 1];
		order[at] = s;
	}
	for (uint32_t i = 0; i < g->n_series && columns; i++) {
		uint32_t s = order[i];
		if (isnan(last[s]))
			continue;
		int y = bottom - 1 - (int)lround((last[s] - g->low) / (g->high - g->low) * (g->plot.rows - 1));
		int lowest = bottom - (int)(g->n_series - i);
		y = y > lowest ? lowest : y;
		y = y <= above ? above + 1 : y;
		above = y;
		if (y >= bottom)
			break;
		draw_name(g, c, s, y, columns);
	}
}

/* The time cursor and the span being chosen lie under the lines. */
static void draw_time_marks(const struct chart *g, const struct weir_ui *ui, struct weir_canvas c)
{
	int left = -1, right = -1;
	if (ui->span_from_us != WEIR_TIME_NONE && ui->span_to_us != WEIR_TIME_NONE) {
		int a = weir_times_x(&g->times, ui->span_from_us, g->plot.columns),
		    b = weir_times_x(&g->times, ui->span_to_us, g->plot.columns);
		left = a < b ? a : b;
		right = a < b ? b : a;
	} else if (ui->cursor_us != WEIR_TIME_NONE) {
		left = right = weir_times_x(&g->times, ui->cursor_us, g->plot.columns);
	}
	if (right < 0 || left >= g->plot.columns)
		return;
	left = left < 0 ? 0 : left;
	right = right >= g->plot.columns ? g->plot.columns - 1 : right;
	for (int y = 0; y < g->plot.rows; y++)
		weir_cell_repaper(c, g->plot.x + left, g->plot.y + y, right - left + 1, WEIR_PAPER_SPAN,
				  WEIR_INK_COUNT);
}

/* Without room for names at the lines' ends: the names in their colours, after the title. */
static void draw_legend(const struct chart *g, struct weir_canvas c, int x, int end)
{
	for (uint32_t s = 0; s < g->n_series && g->n_series > 1; s++) {
		int columns = weir_text_columns(g->series[s]->name);
		if (x + columns + 3 > end)
			return;
		weir_cell_put(c, x, 0, "  ", weir_style(WEIR_INK_TEXT));
		weir_cell_put_text(c, x + 1, 0, columns, g->series[s]->name, weir_style(series_ink(g, s)), WEIR_LEFT);
		x += columns + 1;
		weir_cell_put(c, x, 0, " ", weir_style(WEIR_INK_TEXT));
	}
}

static void draw_title(const struct weir_frame *f, const struct chart *g, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct weir_buf title = {0};
	char remark[200], text[WEIR_FORMAT_BYTES], clock[WEIR_FORMAT_BYTES];
	weir_buf_add_str(&title, r->n_measures ? r->measures[r->sort_measure < r->n_measures ? r->sort_measure : 0].name
					       : WEIR_STR("rows"));
	if (r->n_groups) {
		weir_buf_add_c(&title, " by ");
		weir_buf_add_str(&title, r->groups[0].name);
	}
	text[weir_format_duration_us(r->bucket_us, text)] = '\0';
	int n = snprintf(remark, sizeof(remark), "%s buckets", text);
	if (f->ui->cursor_us != WEIR_TIME_NONE)
		snprintf(remark + n, sizeof(remark) - (size_t)n, ", at %s",
			 weir_format_clock(f->ui->cursor_us, 0, clock));
	weir_title_draw(c, weir_buf_str(&title), weir_str_of(remark), f->ui->focus == WEIR_PANEL_CHART);
	if (!label_columns(r, c.columns))
		draw_legend(g, c, 3 + weir_text_columns(weir_buf_str(&title)), c.columns - (int)strlen(remark) - 4);
	weir_buf_release(&title);
}

void weir_panel_chart_draw(const struct weir_frame *f, struct weir_canvas c)
{
	struct chart g;
	bool drawable = make_chart(f, c, &g);
	draw_title(f, &g, c);
	if (!drawable) {
		weir_cell_put(c, 2, 1, f->result->n_buckets ? "nothing in this time" : "no time in this data",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	weir_chart_value_axis(c, g.plot, g.low, g.high);
	weir_chart_time_axis(g.r, &g.times, c, g.plot);
	draw_lines(&g, c);
	draw_names(&g, c);
	draw_time_marks(&g, f->ui, c);
}
