/* The time charts: lines of the measure by group, and columns of the rows that came. */
#include "tui/frame.h"

#include "tui/format.h"
#include "tui/widget.h"

#include <math.h>
#include <stdio.h>

enum { GUTTER = 6, LABEL_COLUMNS = 12 };

/* Columns for the names at the right end of the lines. */
static int label_columns(const struct weir_result *r, int columns)
{
	int widest = 0;
	if (columns < 56 || r->n_series < 2)
		return 0;
	for (uint32_t s = 0; s < r->n_series && s < 6; s++) {
		int one = weir_text_columns(r->series[s].name);
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

/* Lowest and highest value of all series, with a little air above. */
static bool value_range(const struct weir_result *r, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (uint32_t s = 0; s < r->n_series && s < 6; s++)
		for (uint32_t b = 0; b < r->n_buckets; b++) {
			double v = r->series[s].values[b];
			if (isnan(v))
				continue;
			*low = v < *low ? v : *low;
			*high = v > *high ? v : *high;
		}
	if (*low > *high)
		return false;
	if (*low >= 0 && *low < 0.5 * *high)
		*low = 0;
	double range = *high - *low;
	if (range <= 0)
		range = fabs(*high) > 0 ? fabs(*high) : 1;
	*high += range * 0.05;
	if (*low != 0)
		*low -= range * 0.05;
	return true;
}

static void draw_value_axis(struct weir_canvas c, struct weir_rect plot, double low, double high)
{
	double ticks[WEIR_TICKS];
	char text[WEIR_FORMAT_BYTES];
	int n = weir_ticks_linear(low, high, plot.rows > 8 ? 5 : plot.rows > 4 ? 3 : 2, ticks);
	for (int i = 0; i < n; i++) {
		int y = plot.y + plot.rows - 1 - (int)lround((ticks[i] - low) / (high - low) * (plot.rows - 1));
		weir_cell_put_text(c, 0, y, plot.x - 1, weir_str_of(weir_format_short(ticks[i], text)),
				   weir_style(WEIR_INK_DIM), WEIR_RIGHT);
		for (int x = plot.x; x < plot.x + plot.columns; x += 2)
			weir_cell_put_glyph(c, x, y, 0xb7, weir_style(WEIR_INK_FAINT));
	}
}

/* The rule below the plot with its round times; where rows are missing it is dashed, where rows came late it has a
 * mark. */
static void draw_time_axis(const struct weir_result *r, struct weir_canvas c, struct weir_rect plot)
{
	int y = plot.y + plot.rows;
	double span = (double)r->bucket_us * r->n_buckets;
	for (int x = 0; x < plot.columns; x++) {
		uint32_t b = (uint32_t)((double)x / plot.columns * r->n_buckets),
			 end = (uint32_t)((double)(x + 1) / plot.columns * r->n_buckets);
		uint64_t rows = 0, late = 0;
		for (uint32_t i = b; i < (end > b ? end : b + 1) && i < r->n_buckets; i++) {
			rows += r->bucket_rows ? r->bucket_rows[i] : 1;
			late += r->bucket_late ? r->bucket_late[i] : 0;
		}
		weir_cell_put_glyph(c, plot.x + x, y,
				    late   ? 0x25b5
				    : rows ? 0x2500
					   : 0x2508,
				    weir_style(late ? WEIR_INK_WARN : WEIR_INK_FAINT));
	}
	int64_t step = weir_ticks_time((int64_t)span, plot.columns / 12);
	int64_t first = (r->bucket_start_us / step + (r->bucket_start_us % step > 0)) * step;
	for (int64_t at = first; at <= r->bucket_start_us + (int64_t)span; at += step) {
		char text[WEIR_FORMAT_BYTES];
		struct weir_str label = weir_str_of(weir_tick_label(at, step, text));
		int x = plot.x + (int)((double)(at - r->bucket_start_us) / span * plot.columns);
		int left = x - (int)label.size / 2;
		if (left < 0 || left + (int)label.size > c.columns)
			continue;
		if (x < plot.x + plot.columns)
			weir_cell_put_glyph(c, x, y, 0x252c, weir_style(WEIR_INK_FAINT));
		weir_cell_put_text(c, left, y + 1, (int)label.size, label, weir_style(WEIR_INK_DIM), WEIR_LEFT);
	}
}

static void draw_series(const struct weir_result *r, struct weir_plot *plot, uint32_t s, double low, double high,
			enum weir_ink ink)
{
	const double *v = r->series[s].values;
	double range = high - low;
	for (uint32_t b = 0; b < r->n_buckets; b++) {
		if (isnan(v[b]))
			continue;
		uint32_t from = b > 0 && !isnan(v[b - 1]) ? b - 1 : b;
		weir_plot_line(plot, (from + 0.5) / r->n_buckets, (v[from] - low) / range, (b + 0.5) / r->n_buckets,
			       (v[b] - low) / range, ink, (char)('a' + s));
	}
}

static double last_value(const struct weir_result *r, uint32_t s)
{
	for (uint32_t b = r->n_buckets; b-- > 0;)
		if (!isnan(r->series[s].values[b]))
			return r->series[s].values[b];
	return NAN;
}

/* Names at the ends of their lines, moved apart where they would stand on each other. */
static void draw_names(const struct weir_result *r, struct weir_canvas c, struct weir_rect plot, double low,
		       double high, int selected)
{
	uint32_t n = r->n_series < 6 ? r->n_series : 6, order[6];
	double last[6];
	int columns = label_columns(r, c.columns), below = plot.y - 1;
	if (!columns)
		return;
	for (uint32_t s = 0; s < n; s++) {
		last[s] = last_value(r, s);
		uint32_t at = s;
		for (; at > 0 && !(last[order[at - 1]] >= last[s]); at--)
			order[at] = order[at - 1];
		order[at] = s;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t s = order[i];
		if (isnan(last[s]))
			continue;
		int y = plot.y + plot.rows - 1 - (int)lround((last[s] - low) / (high - low) * (plot.rows - 1));
		int lowest = plot.y + plot.rows - (int)(n - i);
		y = y > lowest ? lowest : y;
		y = y <= below ? below + 1 : y;
		below = y;
		if (y >= plot.y + plot.rows)
			break;
		struct weir_str name = r->series[s].name;
		struct weir_style style = weir_style(weir_series_ink(s));
		if (selected >= 0 && r->series[s].row == (uint32_t)selected)
			style = weir_style_bold(WEIR_INK_BRIGHT);
		if (c.grid->ascii) {
			char sign[2] = {(char)('a' + s), 0};
			weir_cell_put(c, plot.x + plot.columns, y, sign, style);
			weir_cell_put_text(c, plot.x + plot.columns + 2, y, columns - 2, name,
					   weir_style(WEIR_INK_TEXT), WEIR_LEFT);
		} else {
			weir_cell_put_text(c, plot.x + plot.columns + 1, y, columns - 1, name, style, WEIR_LEFT);
		}
	}
}

static int column_of_time(const struct weir_result *r, struct weir_rect plot, int64_t us)
{
	double span = (double)r->bucket_us * r->n_buckets;
	return (int)((double)(us - r->bucket_start_us) / span * plot.columns);
}

/* The time cursor and the span being chosen lie under the lines. */
static void draw_time_marks(const struct weir_frame *f, struct weir_canvas c, struct weir_rect plot)
{
	const struct weir_ui *ui = f->ui;
	int from = ui->span_from_us == WEIR_TIME_NONE ? -1 : column_of_time(f->result, plot, ui->span_from_us);
	int to = ui->span_to_us == WEIR_TIME_NONE ? -1 : column_of_time(f->result, plot, ui->span_to_us);
	if (ui->span_from_us != WEIR_TIME_NONE && ui->span_to_us != WEIR_TIME_NONE) {
		int left = from < to ? from : to, right = from < to ? to : from;
		left = left < 0 ? 0 : left;
		right = right >= plot.columns ? plot.columns - 1 : right;
		for (int y = 0; y < plot.rows; y++)
			weir_cell_repaper(c, plot.x + left, plot.y + y, right - left + 1, WEIR_PAPER_SPAN,
					  WEIR_INK_COUNT);
	}
	if (ui->cursor_us == WEIR_TIME_NONE)
		return;
	int x = column_of_time(f->result, plot, ui->cursor_us);
	for (int y = 0; y < plot.rows && x >= 0 && x < plot.columns; y++)
		weir_cell_repaper(c, plot.x + x, plot.y + y, 1, WEIR_PAPER_SPAN, WEIR_INK_COUNT);
}

/* Without room for names at the lines' ends: the names in their colours, after the title. */
static void draw_legend(const struct weir_result *r, struct weir_canvas c, int x, int end)
{
	for (uint32_t s = 0; s < r->n_series && s < 6 && r->n_series > 1; s++) {
		int columns = weir_text_columns(r->series[s].name);
		if (x + columns + 3 > end)
			return;
		weir_cell_put(c, x, 0, "  ", weir_style(WEIR_INK_TEXT));
		weir_cell_put_text(c, x + 1, 0, columns, r->series[s].name, weir_style(weir_series_ink(s)), WEIR_LEFT);
		x += columns + 1;
		weir_cell_put(c, x, 0, " ", weir_style(WEIR_INK_TEXT));
	}
}

static void draw_title(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct weir_buf title = {0};
	char remark[200], text[WEIR_FORMAT_BYTES], clock[WEIR_FORMAT_BYTES];
	struct weir_str measure =
	    r->n_measures ? r->measures[r->sort_measure < r->n_measures ? r->sort_measure : 0].name : WEIR_STR("rows");
	weir_buf_add_str(&title, measure);
	if (r->n_groups) {
		weir_buf_add_c(&title, " by ");
		weir_buf_add_str(&title, r->groups[0].name);
	}
	weir_format_duration_us(r->bucket_us, text);
	int n = snprintf(remark, sizeof(remark), "%s buckets", text);
	if (f->ui->cursor_us != WEIR_TIME_NONE)
		snprintf(remark + n, sizeof(remark) - (size_t)n, ", at %s",
			 weir_format_clock(f->ui->cursor_us, 0, clock));
	weir_title_draw(c, weir_buf_str(&title), weir_str_of(remark), f->ui->focus == WEIR_PANEL_CHART);
	if (!label_columns(r, c.columns))
		draw_legend(r, c, 3 + weir_text_columns(weir_buf_str(&title)), c.columns - (int)strlen(remark) - 4);
	weir_buf_release(&title);
}

void weir_panel_chart_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct weir_rect plot = weir_chart_plot(f, (struct weir_rect){0, 0, c.columns, c.rows});
	struct weir_plot dots;
	double low, high;
	draw_title(f, c);
	if (!plot.columns || !r->n_buckets || !value_range(r, &low, &high)) {
		weir_cell_put(c, 2, 1, r->n_buckets ? "nothing in this time" : "no time in this data",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	draw_value_axis(c, plot, low, high);
	draw_time_axis(r, c, plot);
	int selected = weir_ui_selected_row(f->ui, r);
	if (!weir_plot_init(&dots, plot.columns, plot.rows, c.grid->ascii))
		return;
	/* The first series is the largest and is drawn last, over the others; the selected one over all. */
	for (uint32_t s = r->n_series < 6 ? r->n_series : 6; s-- > 0;)
		draw_series(r, &dots, s, low, high, weir_series_ink(s));
	for (uint32_t s = 0; s < r->n_series && s < 6 && selected >= 0; s++)
		if (r->series[s].row == (uint32_t)selected)
			draw_series(r, &dots, s, low, high, WEIR_INK_BRIGHT);
	weir_plot_draw(&dots, c, plot.x, plot.y);
	weir_plot_release(&dots);
	draw_names(r, c, plot, low, high, selected);
	draw_time_marks(f, c, plot);
}

void weir_volume_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	struct weir_rect plot = weir_chart_plot(f, (struct weir_rect){0, 0, c.columns, c.rows});
	double high = 0;
	char remark[96], text[WEIR_FORMAT_BYTES];
	weir_format_duration_us(r->bucket_us, text);
	snprintf(remark, sizeof(remark), "per %s", text);
	weir_title_draw(c, WEIR_STR("rows"), weir_str_of(remark), false);
	if (!plot.columns || !r->n_buckets || !r->bucket_rows)
		return;
	for (uint32_t b = 0; b < r->n_buckets; b++)
		high = (double)r->bucket_rows[b] > high ? (double)r->bucket_rows[b] : high;
	if (high <= 0)
		return;
	draw_value_axis(c, plot, 0, high * 1.05);
	draw_time_axis(r, c, plot);
	for (int x = 0; x < plot.columns; x++) {
		uint32_t b = (uint32_t)((double)x / plot.columns * r->n_buckets),
			 end = (uint32_t)((double)(x + 1) / plot.columns * r->n_buckets);
		double sum = 0;
		uint32_t n = 0;
		for (uint32_t i = b; i < (end > b ? end : b + 1) && i < r->n_buckets; i++, n++)
			sum += (double)r->bucket_rows[i];
		weir_column_draw(c, plot.x + x, plot.y + plot.rows - 1, plot.rows, sum / (n ? n : 1) / (high * 1.05), 0,
				 weir_style(WEIR_INK_FILL));
	}
}
