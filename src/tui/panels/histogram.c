/* How a number is spread: columns of eighths, coloured by where its 95th and 99th percentile lie. */
#include "tui/panels/panels.h"

#include <stdio.h>

enum { MARGINS = 4 }; /* columns that are not the bars' */

/* Rows whose value lies in [low, high) of the axis; of a bin that is cut, its share. */
static double rows_between(const struct weir_result_histogram *h, double low, double high)
{
	double sum = 0;
	for (uint32_t b = 0; b < h->n_bins; b++) {
		double from = weir_histogram_to_axis(h, h->edges[b]), to = weir_histogram_to_axis(h, h->edges[b + 1]);
		double left = from > low ? from : low, right = to < high ? to : high;
		if (right > left && to > from)
			sum += (double)h->counts[b] * (right - left) / (to - from);
	}
	return sum;
}

static enum weir_ink ink_of(const struct weir_result_histogram *h, double value)
{
	return value >= h->p99 && h->p99 > h->min   ? WEIR_INK_BAD
	       : value >= h->p95 && h->p95 > h->min ? WEIR_INK_WARN
						    : WEIR_INK_FILL;
}

/* A few bins are drawn as separate bars. A single value is one bar in the middle. */
static void draw_bars(const struct weir_result_histogram *h, struct weir_canvas c, int x0, int columns, int rows)
{
	uint64_t tallest = 0;
	for (uint32_t b = 0; b < h->n_bins; b++)
		tallest = h->counts[b] > tallest ? h->counts[b] : tallest;
	for (uint32_t b = 0; b < h->n_bins && tallest; b++) {
		int from = (int)((int64_t)columns * b / h->n_bins), to = (int)((int64_t)columns * (b + 1) / h->n_bins);
		int gap = (to - from) / 3, wide = to - from - gap > 8 ? 8 : to - from - gap;
		from += (to - from - wide) / 2;
		for (int x = from; x < from + wide; x++)
			weir_column_draw(c, x0 + x, rows, rows, (double)h->counts[b] / (double)tallest, 1,
					 weir_style(ink_of(h, (h->edges[b] + h->edges[b + 1]) / 2)));
	}
}

static void draw_columns(const struct weir_result_histogram *h, struct weir_canvas c, int x0, int columns, int rows)
{
	double low = weir_histogram_to_axis(h, h->edges[0]), high = weir_histogram_to_axis(h, h->edges[h->n_bins]),
	       tallest = 0;
	double step = (high - low) / columns;
	for (int x = 0; x < columns; x++) {
		double n = rows_between(h, low + x * step, low + (x + 1) * step);
		tallest = n > tallest ? n : tallest;
	}
	for (int x = 0; x < columns && tallest > 0; x++) {
		double from = low + x * step;
		double value = weir_histogram_from_axis(h, from + step / 2);
		enum weir_ink ink = ink_of(h, value);
		double n = rows_between(h, from, from + step);
		/* A row that stands alone must be seen beside a million. */
		weir_column_draw(c, x0 + x, rows, rows, n / tallest, 1, weir_style(ink));
	}
}

static void draw_axis(const struct weir_result_histogram *h, struct weir_canvas c, int x0, int columns)
{
	double ticks[WEIR_TICKS];
	double low = weir_histogram_to_axis(h, h->edges[0]), high = weir_histogram_to_axis(h, h->edges[h->n_bins]);
	int y = c.rows - 1, end = 0;
	if (high <= low) { /* a single value is labelled below its bar */
		char text[WEIR_FORMAT_BYTES];
		weir_cell_put_text(c, x0, y, columns, weir_str_of(weir_format_short(h->min, text)),
				   weir_style(WEIR_INK_DIM), WEIR_CENTRE);
		return;
	}
	int n = h->logarithmic ? weir_ticks_log(h->edges[0], h->edges[h->n_bins], columns / 6, ticks)
			       : weir_ticks_linear(h->edges[0], h->edges[h->n_bins], columns / 9, ticks);
	for (int i = 0; i < n; i++) {
		char text[WEIR_FORMAT_BYTES];
		struct weir_str label = weir_str_of(weir_format_short(ticks[i], text));
		int x = x0 + (int)((weir_histogram_to_axis(h, ticks[i]) - low) / (high - low) * columns);
		int left = x - (int)label.size / 2;
		left = left < 0 ? 0 : left;
		if (left < end || left + (int)label.size > c.columns)
			continue;
		weir_cell_put_text(c, left, y, (int)label.size, label, weir_style(WEIR_INK_DIM), WEIR_LEFT);
		end = left + (int)label.size + 1;
	}
}

/* The range that was chosen takes the place of the remark. */
static void draw_title(const struct weir_result_histogram *h, const struct weir_value_range *range, const char *remark,
		       const struct weir_area *area)
{
	struct weir_buf text = {0};
	if (range->on)
		weir_value_range_text(range, &text);
	else
		weir_buf_add_c(&text, remark);
	weir_title_draw(area->canvas, weir_bare_name(h->column), weir_buf_str(&text), area->focus);
	weir_buf_release(&text);
}

/* As many as there is room for beside the name of the column: a number that is cut would be another one. */
static void say_quantiles(const struct weir_result_histogram *h, int columns, char *out, size_t bytes)
{
	const struct {
		const char *name;
		double value;
	} all[] = {{"p50", h->p50}, {"p95", h->p95}, {"p99", h->p99}};
	int room = columns - WEIR_TITLE_FRAME - weir_text_columns(weir_bare_name(h->column));
	size_t used = (size_t)snprintf(out, bytes, "%s", h->logarithmic ? "log" : "");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char one[64], number[WEIR_FORMAT_BYTES];
		size_t n = (size_t)snprintf(one, sizeof(one), "%s%s %s", used ? "  " : "", all[i].name,
					    weir_format_short(all[i].value, number));
		if ((int)(used + n) > room || used + n >= bytes)
			return;
		memcpy(out + used, one, n + 1);
		used += n;
	}
}

/* What computes elsewhere sends how a number is spread only where a quantile of it was asked for. */
static void draw_nothing(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_result_histogram *h = &pic->result->histogram;
	bool asked = h->column.size > 0, elsewhere = pic->info->fabric.is_elsewhere;
	weir_title_draw(area->canvas, asked ? weir_bare_name(h->column) : WEIR_STR("histogram"), (struct weir_str){0},
			area->focus);
	weir_cell_put(area->canvas, 2, 1,
		      elsewhere ? "Spark sends this for numbers with a quantile"
		      : asked   ? "no numbers in the window"
				: "no number to show",
		      weir_style(WEIR_INK_DIM));
	if (elsewhere)
		weir_cell_put(area->canvas, 2, 2, "press m, and add one: count, p95(COLUMN)", weir_style(WEIR_INK_DIM));
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	struct weir_canvas c = area->canvas;
	const struct weir_result_histogram *h = &pic->result->histogram;
	char remark[160];
	if (h->column.size == 0 || h->n_bins == 0 || h->n == 0) {
		draw_nothing(pic, area);
		return;
	}
	const struct weir_value_range *range = &pic->state->range;
	say_quantiles(h, c.columns, remark, sizeof(remark));
	draw_title(h, range, remark, area);
	int columns = c.columns - MARGINS, rows = c.rows - 2;
	if (columns < 8 || rows < 1)
		return;
	if ((int)h->n_bins * 4 <= columns && !h->logarithmic)
		draw_bars(h, c, 2, columns, rows);
	else
		draw_columns(h, c, 2, columns, rows);
	draw_axis(h, c, 2, columns);
	weir_value_range_draw(range, h, c, 2, columns, rows);
}

static bool has_data(const struct weir_result *r)
{
	return r->histogram.column.size > 0;
}

/* ---- a range of values ---- */

static int columns_of(const struct weir_picture *pic)
{
	return weir_picture_rect(pic, &weir_panel_histogram).columns - MARGINS;
}

static bool has_range(const struct weir_picture *pic)
{
	return pic->state->range.on && pic->result->histogram.column.size > 0;
}

static bool has_axis(const struct weir_picture *pic)
{
	const struct weir_result_histogram *h = &pic->result->histogram;
	return h->column.size && h->n_bins && h->n && h->edges[h->n_bins] > h->edges[0] && columns_of(pic) >= 8;
}

static void sideways(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	if (has_axis(pic))
		weir_value_range_move(&state->range, &pic->result->histogram, by, columns_of(pic));
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect r,
		  struct weir_click *at)
{
	(void)r;
	if (!has_axis(pic))
		return;
	at->follow = true;
	if (at->kind == WEIR_CLICK_PRESS)
		weir_value_range_press(&state->range, &pic->result->histogram, at->x - 2, columns_of(pic));
	else
		weir_value_range_drag(&state->range, &pic->result->histogram, at->x - 2, columns_of(pic));
	if (at->kind == WEIR_CLICK_RELEASE && state->range.on)
		at->note = "Enter keeps these values, x leaves them out, ! says how their rows differ, Esc lets go";
}

static void take_range(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish,
		       bool outside)
{
	weir_value_range_condition(&state->range, pic->result->histogram.column, outside, &wish->text);
	wish->kind = WEIR_WISH_FILTER;
	wish->what = outside ? "excluded" : "kept";
	state->range.on = false;
}

static void keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	take_range(pic, state, wish, false);
}

static void exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	take_range(pic, state, wish, true);
}

static void let_go(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	(void)wish;
	state->range.on = false;
}

/* From p95 on, as the first step sideways does. */
static void choose(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	sideways(pic, state, 1);
	wish->kind = WEIR_WISH_SAY;
	weir_buf_add_c(&wish->text, "Left and Right move where the values begin, Enter keeps them, x leaves them out");
}

static bool has_bins(const struct weir_picture *pic)
{
	return pic->result->histogram.n_bins > 0;
}

/* "from, to, rows" of each bin. */
static void copy(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	const struct weir_result_histogram *h = &pic->result->histogram;
	char text[40];
	(void)state;
	weir_copy_cell(h->column, &wish->text);
	weir_buf_add_c(&wish->text, " from\tto\trows\n");
	for (uint32_t i = 0; i < h->n_bins; i++) {
		weir_buf_add(&wish->text, text, weir_format_double(h->edges[i], text));
		weir_buf_add_char(&wish->text, '\t');
		weir_buf_add(&wish->text, text, weir_format_double(h->edges[i + 1], text));
		weir_buf_addf(&wish->text, "\t%llu\n", (unsigned long long)h->counts[i]);
	}
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the histogram";
}

/* The key of the heat map is in the foot where there is one. */
static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	return command == WEIR_CMD_TURN && pic->result && pic->result->n_buckets ? "over time" : NULL;
}

static const struct weir_panel_act acts[] = {
    {WEIR_CMD_KEEP, "keep", "keep only the rows of the chosen values", has_range, keep},
    {WEIR_CMD_EXCLUDE, "exclude", "leave out the rows of the chosen values", has_range, exclude},
    {WEIR_CMD_BACK, NULL, "let go of the chosen values", has_range, let_go},
    WEIR_ROW_ACTS,
    {WEIR_CMD_KEEP, "choose", "choose the values from p95 on when none are chosen", has_axis, choose},
    {WEIR_CMD_COPY, "copy", "copy the bars as a table", has_bins, copy},
    {0},
};
static const struct weir_help_line moves[] = {
    {"Up  Down", "select the group above or below in the table"},
    {"Left  Right", "choose the values from p95 on, then move where they begin"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"drag", "choose a range of values"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"p50 p95 p99", "half, 95 % and 99 % of the rows have at most this value"},
    {"colours", "values beyond p95 and beyond p99"},
    {"log", "the axis is logarithmic: equal distances are equal factors"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_histogram = {
    .name = "histogram",
    .help = "how a number is spread",
    .acts = acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "histogram",
    .place = WEIR_PLACE_SIDE,
    .weight = 45,
    .most_rows = 9,
    .from_columns = 100,
    .from_rows = 30,
    .has_data = has_data,
    .select = weir_table_select,
    .sideways = sideways,
    .click = click,
    .label = label,
    .draw = draw,
};
