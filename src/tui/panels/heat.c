/* The heat map: how a number is spread over time, in the place of the time chart. */
#include "weir/query/heat.h"

#include "tui/panels/panels.h"

#include <math.h>
#include <stdio.h>

enum { LEVELS = 4 };

static const struct weir_heat *heat_of(const struct weir_picture *pic)
{
	const struct weir_heat *h = pic->result ? weir_result_extra(pic->result, "heat") : NULL;
	return h && h->n_bins && h->n_buckets == pic->result->n_buckets && h->n_bins == pic->result->histogram.n_bins
		   ? h
		   : NULL;
}

/* What is drawn: buckets across, values up. */
struct map {
	const struct weir_result_histogram *h;
	const struct weir_heat *heat;
	struct weir_times times;
	struct weir_rect plot;
	double low, high; /* of the axis of values */
	double most;      /* rows of a cell */
};

static bool make_map(const struct weir_picture *pic, struct weir_canvas c, struct map *m)
{
	const struct weir_result *r = pic->result;
	*m = (struct map){.h = &r->histogram,
			  .heat = heat_of(pic),
			  .times = weir_times_of(r, pic->state->data_from_us),
			  .plot = weir_chart_plot(pic, (struct weir_rect){0, 0, c.columns, c.rows})};
	if (!m->heat || !weir_picture_has_time(pic) || m->plot.columns <= 0 || m->plot.rows <= 0)
		return false;
	m->plot.columns = c.columns - m->plot.x - 1; /* there are no names beside it */
	m->low = weir_histogram_to_axis(m->h, m->h->edges[0]);
	m->high = weir_histogram_to_axis(m->h, m->h->edges[m->h->n_bins]);
	return true;
}

/* Rows of a bucket whose value lies between two places of the axis. */
static double rows_between(const struct map *m, uint32_t bucket, double low, double high)
{
	double sum = 0;
	for (uint32_t b = 0; b < m->heat->n_bins; b++) {
		double from = weir_histogram_to_axis(m->h, m->h->edges[b]),
		       to = weir_histogram_to_axis(m->h, m->h->edges[b + 1]), n = weir_heat_at(m->heat, bucket, b);
		double left = from > low ? from : low, right = to < high ? to : high;
		sum += to <= from ? n : right > left ? n * (right - left) / (to - from) : 0;
	}
	return sum;
}

static double cell_rows(const struct map *m, int x, int y)
{
	double step = (m->high - m->low) / m->plot.rows, low = m->low + (m->plot.rows - 1 - y) * step, sum = 0;
	uint32_t from, to;
	if (step <= 0 && y != m->plot.rows / 2)
		return 0;
	weir_times_column(&m->times, x, m->plot.columns, &from, &to);
	for (uint32_t b = from; b < to; b++)
		sum += rows_between(m, b, low, low + step);
	return sum / (to - from);
}

static double most_rows(const struct map *m)
{
	double most = 0;
	for (int y = 0; y < m->plot.rows; y++)
		for (int x = 0; x < m->plot.columns; x++) {
			double n = cell_rows(m, x, y);
			most = n > most ? n : most;
		}
	return most;
}

/* By the square root: a few rows are seen beside many. */
static void draw_cells(const struct map *m, struct weir_canvas c)
{
	static const uint32_t glyphs[LEVELS] = {0x2591, 0x2592, 0x2593, 0x2588};
	for (int y = 0; y < m->plot.rows && m->most > 0; y++)
		for (int x = 0; x < m->plot.columns; x++) {
			double n = cell_rows(m, x, y);
			int level = (int)ceil(LEVELS * sqrt(n / m->most));
			if (n >= 0.01 && level > 0)
				weir_cell_put_glyph(c, m->plot.x + x, m->plot.y + y,
						    glyphs[level > LEVELS ? LEVELS - 1 : level - 1],
						    weir_style(WEIR_INK_FILL));
		}
}

static void draw_values(const struct map *m, struct weir_canvas c)
{
	const struct weir_result_histogram *h = m->h;
	double ticks[WEIR_TICKS];
	char text[WEIR_FORMAT_BYTES];
	int most = m->plot.rows / 2 > 2 ? m->plot.rows / 2 : 2, last = -1;
	int n = h->logarithmic ? weir_ticks_log(h->edges[0], h->edges[h->n_bins], most, ticks)
			       : weir_ticks_linear(h->edges[0], h->edges[h->n_bins], most, ticks);
	if (m->high <= m->low)
		n = 0;
	for (int i = n; i-- > 0;) {
		double part = (weir_histogram_to_axis(h, ticks[i]) - m->low) / (m->high - m->low);
		int y = m->plot.rows - 1 - (int)(part * m->plot.rows);
		y = y < 0 ? 0 : y;
		if (y == last)
			continue;
		weir_cell_put_text(c, 0, m->plot.y + y, m->plot.x - 1, weir_str_of(weir_format_short(ticks[i], text)),
				   weir_style(WEIR_INK_DIM), WEIR_RIGHT);
		last = y;
	}
	if (!n)
		weir_cell_put_text(c, 0, m->plot.y + m->plot.rows / 2, m->plot.x - 1,
				   weir_str_of(weir_format_short(h->min, text)), weir_style(WEIR_INK_DIM), WEIR_RIGHT);
}

/* "░3 ▒12 ▓27 █48 rows": the most that each shade stands for. Nothing where there are none. */
static void say_shades(double most, char *out, size_t size)
{
	static const char *const shades[LEVELS] = {"\xe2\x96\x91", "\xe2\x96\x92", "\xe2\x96\x93", "\xe2\x96\x88"};
	size_t n = 0;
	out[0] = '\0';
	for (int i = 0; i < LEVELS && most > 0; i++) {
		double part = (i + 1.0) / LEVELS, rows = most * part * part;
		char text[WEIR_FORMAT_BYTES];
		n += (size_t)snprintf(out + n, size - n, "%s%s%s", shades[i],
				      weir_format_short(rows < 10 ? round(rows * 10) / 10 : round(rows), text),
				      i + 1 < LEVELS ? " " : " rows");
	}
}

static void draw_title(const struct weir_picture *pic, const struct weir_area *area, double most)
{
	const struct weir_result *r = pic->result;
	struct weir_buf title = {0};
	char remark[400], shades[200], text[WEIR_FORMAT_BYTES];
	weir_buf_add_str(&title, weir_bare_name(r->histogram.column));
	weir_buf_add_c(&title, " over time");
	say_shades(most, shades, sizeof(shades));
	*remark = '\0';
	if (weir_picture_has_time(pic))
		snprintf(remark, sizeof(remark), "%s%s%s%s buckets", shades, most > 0 ? ", " : "",
			 r->histogram.logarithmic ? "log  " : "", weir_format_length(r->bucket_us, text));
	/* What the shades mean matters more, where there is not room for both. */
	if (most > 0 &&
	    weir_text_columns(weir_buf_str(&title)) + weir_text_columns(weir_str_of(remark)) + WEIR_TITLE_FRAME >
		area->canvas.columns)
		snprintf(remark, sizeof(remark), "%s", shades);
	weir_title_draw(area->canvas, weir_buf_str(&title), weir_str_of(remark), area->focus);
	weir_buf_release(&title);
}

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	struct weir_canvas c = area->canvas;
	struct map m;
	bool drawable = make_map(pic, c, &m);
	m.most = drawable ? most_rows(&m) : 0;
	draw_title(pic, area, m.most);
	if (!drawable) {
		weir_cell_put(c, 2, 1,
			      weir_picture_has_time(pic) ? "nothing at this time" : WEIR_NO_TIME ": nothing over time",
			      weir_style(WEIR_INK_DIM));
		return;
	}
	draw_values(&m, c);
	weir_chart_time_axis(pic->result, &m.times, c, m.plot);
	draw_cells(&m, c);
	weir_time_marks_draw(pic->state, &m.times, c, m.plot);
}

static bool is_open(const struct weir_screen_state *state)
{
	return state->heat;
}

static bool has_data(const struct weir_result *r)
{
	return r->n_buckets > 0 && r->histogram.column.size > 0;
}

static void want(const struct weir_picture *pic, struct weir_rect area, struct weir_wanted *out)
{
	int n = area.columns - 8; /* a column each */
	(void)pic;
	if (area.rows && !out->n_buckets)
		out->n_buckets = (uint32_t)(n < 30 ? 30 : n > 150 ? 150 : n);
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
	plot.columns = plot.columns > 0 ? area.columns - plot.x - 1 : 0;
	weir_time_click(pic, state, plot, mouse);
}

static const char *label(const struct weir_picture *pic, enum weir_command command)
{
	(void)pic;
	return command == WEIR_CMD_TURN ? "chart" : NULL;
}

static const struct weir_help_line moves[] = {
    {"Left  Right  h  l", "move the time cursor, or the span, by one bucket"},
    {"H  L", "extend the cursor to a span, bucket by bucket"},
    {"Up  Down", "select the group above or below in the table"},
    {NULL, NULL},
};
static const struct weir_help_line mouse[] = {
    {"click", "put the time cursor there"},
    {"drag", "choose a span of time; Enter keeps it, Esc lets go of it"},
    {NULL, NULL},
};
static const struct weir_help_line signs[] = {
    {"\xe2\x96\x91 \xe2\x96\x92 \xe2\x96\x93 \xe2\x96\x88",
     "few rows to many, by the square root, so that few are seen beside many; the title says how many rows each stands for at "
     "most"},
    {"log", "the axis is logarithmic: equal distances are equal factors"},
    {NULL, NULL},
};

const struct weir_panel weir_panel_heat = {
    .name = "heat",
    .help = "how a number is spread over time",
    .acts = weir_chart_acts,
    .moves = moves,
    .mouse = mouse,
    .signs = signs,
    .extras = "series histogram heat",
    .place = WEIR_PLACE_TIME,
    .weight = 75,
    .time = true,
    .opener = WEIR_CMD_TURN,
    .open = is_open,
    .has_data = has_data,
    .want = want,
    .select = weir_table_select,
    .sideways = move_cursor,
    .click = click,
    .label = label,
    .draw = draw,
};
