/* The time chart: the measure by group, as lines, as a stack, or in a little chart for each group. */
#include "tui/panels/chart.h"

#include <math.h>

/* A sum over a part of a bucket is too small: the line would plunge at that end. */
static void leave_out_parts(struct weir_chart *g)
{
	const struct weir_result_column *m = weir_chart_measure(g->r);
	g->from = g->times.from;
	g->end = g->times.from + g->times.n;
	if (m && m->adds_up)
		weir_times_whole(g->pic, &g->times, &g->from, &g->end);
}

/* Lowest and highest value of all series, with a little air above. */
static bool find_range(struct weir_chart *g)
{
	double low = INFINITY, high = -INFINITY;
	g->whole = true;
	if (g->form == WEIR_CHART_MULTIPLES)
		weir_multiples_range(g, &g->multiples, &low, &high, &g->whole);
	for (uint32_t s = 0; g->form != WEIR_CHART_MULTIPLES && s < g->n_series; s++)
		for (uint32_t b = g->from; b < g->end; b++) {
			double v = g->series[s]->values[b];
			low = v < low ? v : low;
			high = v > high ? v : high;
			g->whole = g->whole && (isnan(v) || v == floor(v));
		}
	for (uint32_t b = g->from; g->form == WEIR_CHART_STACKED && b < g->end; b++) {
		double v = weir_chart_stacked(g, g->n_series, b);
		low = 0;
		high = v > high ? v : high;
	}
	for (uint32_t b = g->times.from; g->ghost && b < g->times.from + g->times.n; b++) {
		double v = g->ghost->ghost[b];
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	if (low > high)
		return false;
	if (low == high) { /* a line that stays where it is stands between nothing and its value */
		low = low < 0 ? low : 0;
		high = high > 0 ? high : low < 0 ? 0 : 1;
	}
	if (low >= 0 && low < 0.5 * high)
		low = 0;
	double range = high - low;
	g->high = high + range * 0.05;
	g->low = low != 0 ? low - range * 0.05 : 0;
	return true;
}

static bool make_chart(const struct weir_picture *pic, struct weir_canvas c, struct weir_chart *g)
{
	const struct weir_result *r = pic->result;
	*g = (struct weir_chart){.pic = pic,
				 .r = r,
				 .form = weir_chart_form_of(r, pic->state->chart_form),
				 .times = weir_times_of(r, pic->state->data_from_us),
				 .selected = weir_state_selected_row(pic->state, r)};
	g->plot = weir_chart_plot(pic, (struct weir_rect){0, 0, c.columns, c.rows});
	g->n_series = weir_chart_pick(r, g->series);
	g->fault = weir_chart_form_fault(r, pic->state->chart_form);
	if (g->form == WEIR_CHART_MULTIPLES && !weir_multiples_fit(r, c.columns, c.rows, &g->multiples)) {
		g->form = WEIR_CHART_LINES;
		g->fault = "no room for more";
	}
	g->ghost = weir_chart_ghost(pic);
	leave_out_parts(g);
	return g->plot.columns && r->n_buckets && weir_picture_has_time(pic) && find_range(g);
}

/* Bookmarks stand on the axis. */
static void draw_bookmarks(const struct weir_chart *g, struct weir_canvas c)
{
	const struct weir_strip_state *marks = &g->pic->state->strip;
	for (uint32_t i = 0; i < marks->n_bookmarks; i++) {
		int64_t us = marks->bookmarks[i].us, end = g->times.start_us + g->times.span_us;
		if (us >= g->times.start_us && us < end)
			weir_cell_put_glyph(c, g->plot.x + weir_times_x(&g->times, us, g->plot.columns),
					    g->plot.y + g->plot.rows, 0x25c6, weir_style_bold(WEIR_INK_KEY));
	}
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	struct weir_canvas c = area->canvas;
	struct weir_chart g;
	bool drawable = make_chart(pic, c, &g);
	weir_chart_title_draw(&g, area);
	if (drawable && g.form == WEIR_CHART_MULTIPLES) {
		weir_multiples_draw(&g, &g.multiples, c);
		for (int i = 0; i < g.multiples.across && i < g.multiples.n; i++) {
			g.plot = weir_multiples_plot(&g.multiples, (g.multiples.down - 1) * g.multiples.across + i);
			draw_bookmarks(&g, c);
		}
		return;
	}
	if (!drawable) {
		bool timed = pic->result->n_buckets && weir_picture_has_time(pic);
		weir_cell_put(c, 2, 1, timed ? "nothing at this time" : WEIR_NO_TIME ": nothing over time",
			      weir_style(WEIR_INK_DIM));
		if (!timed)
			weir_cell_put(c, 2, 2, WEIR_NO_TIME_HINT, weir_style(WEIR_INK_DIM));
		return;
	}
	weir_chart_value_axis(c, g.plot, g.low, g.high, g.whole);
	weir_chart_time_axis(g.r, &g.times, c, g.plot);
	draw_bookmarks(&g, c);
	if (g.form == WEIR_CHART_STACKED) {
		weir_chart_stack_draw(&g, c);
		weir_chart_ghost_draw(&g, c);
	} else {
		weir_chart_lines_draw(&g, c);
	}
	weir_chart_names_draw(&g, c);
	weir_time_marks_draw(pic->state, &g.times, c, g.plot);
}

static bool has_data(const struct weir_result *r)
{
	return r->n_buckets > 0;
}

static const int64_t units_s[] = {1, 5, 10, 30, 60, 300, 900, 3600, 86400};
enum { N_UNITS = sizeof(units_s) / sizeof(units_s[0]), MOST_BUCKETS = 1000 };

int64_t weir_chart_unit_us(int unit)
{
	return units_s[unit < 1 ? 0 : unit > N_UNITS ? N_UNITS - 1 : unit - 1] * WEIR_US_PER_S;
}

int weir_chart_next_unit(const struct weir_result *r, int unit)
{
	int64_t span = r ? (int64_t)r->n_buckets * r->bucket_us : 0;
	do
		unit = (unit + 1) % (N_UNITS + 1);
	while (unit && (weir_chart_unit_us(unit) * 2 > span || span / weir_chart_unit_us(unit) > MOST_BUCKETS));
	return unit;
}

/* Buckets for the chart's width, or for the unit that was chosen. */
static void want(const struct weir_picture *pic, struct weir_rect area, struct weir_wanted *out)
{
	const struct weir_result *r = pic->result;
	if (!area.rows && out->n_buckets) /* the heat map stands in its place */
		return;
	if (pic->state->unit > 0 && r && r->n_buckets) {
		int64_t n = (int64_t)r->n_buckets * r->bucket_us / weir_chart_unit_us(pic->state->unit);
		out->n_buckets = n < 2 ? 2 : n > MOST_BUCKETS ? MOST_BUCKETS : (uint32_t)n;
		return;
	}
	/* About two buckets for three columns of the plot: steep lines stay apart. Finer ones while the data covers but a
	 * part of the window. By the panel alone: the names beside the lines come with a result, and what it takes must not
	 * depend on them. */
	int n = area.columns * 3 / 5;
	n = n < 30 ? 30 : n > 150 ? 150 : n;
	out->n_buckets = (uint32_t)n * (r && r->n_buckets ? weir_times_factor(r, pic->state->data_from_us) : 1);
}

static void move_cursor(const struct weir_picture *pic, struct weir_screen_state *state, int by)
{
	if (pic->result->n_buckets)
		(void)weir_time_move(pic, state, by, false);
}

static void click(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_rect area,
		  struct weir_click *mouse)
{
	struct weir_rect plot = weir_chart_plot(pic, (struct weir_rect){0, 0, area.columns, area.rows});
	struct weir_multiples m;
	if (weir_chart_form_of(pic->result, state->chart_form) == WEIR_CHART_MULTIPLES &&
	    weir_multiples_fit(pic->result, area.columns, area.rows, &m))
		plot = weir_multiples_plot_at(&m, mouse->x, mouse->y);
	weir_time_click(pic, state, plot, mouse);
}

/* The keys of the heat map and of the next form are in the foot where there is one. */
static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	const struct weir_result *r = pic->result;
	if (command == WEIR_CMD_CHART && r) {
		enum weir_chart_form now = weir_chart_form_of(r, pic->state->chart_form),
				     next = weir_chart_form_next(r, now);
		return next != now ? weir_chart_form_names[next] : NULL;
	}
	return command == WEIR_CMD_TURN && r && r->histogram.column.size ? "heat map" : NULL;
}

static const struct weir_help_line moves[] = {
    {"Left  Right  h  l", "move the time cursor, or the span, by one bucket; beyond the chart the strip shows it"},
    {"H  L", "extend the cursor to a span, bucket by bucket"},
    {"Up  Down", "select the group above or below in the table; its line is drawn bright"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click", "put the time cursor there"},
    {"drag", "choose a span of time; Enter keeps it, Esc lets go of it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"\xe2\x94\x88\xe2\x94\x88 on the axis", "there are no rows at that time"},
    {"\xe2\x97\x86 on the axis", "a bookmark"},
    {"\xe2\x96\xb5 on the axis", "rows of that time came late"},
    {"others", "all groups without a line of their own"},
    {"stacked",
     "each group is as thick as its value, the largest at the bottom, so that the top is the line of all; only what adds up is "
     "stacked, counts and sums"},
    {"8 of 20 groups", "multiples: a chart for each group, all with the same axes; zoomed there is room for more"},
    {"30s buckets", "the time that one point of a line stands for; t changes it"},
    {"ends of a line",
     "a bucket that the data covers only in part is left out, so that a line of sums does not plunge there"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_chart = {
    .name = "chart",
    .help = "the measure over time, by group",
    .acts = weir_chart_acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "series",
    .place = WEIR_PLACE_TIME,
    .weight = 62,
    .time = true,
    .has_data = has_data,
    .want = want,
    .select = weir_table_select,
    .sideways = move_cursor,
    .click = click,
    .label = label,
    .draw = draw,
};
