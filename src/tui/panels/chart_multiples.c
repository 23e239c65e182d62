/* The time chart as small multiples: a little chart for each group, all with the same axes, in the order of the table. */
#include "tui/panels/chart.h"

#include <math.h>

enum { GUTTER = 7, EDGES = 8, AXIS_ROWS = 2, GAP = 2, LEAST_WIDE = 16, LEAST_HIGH = 3, SHAPE = 5, VALUE_GAP = 2 };

/* All groups if there is room, in charts about five times as wide as high, as characters go. */
bool weir_multiples_fit(const struct weir_result *r, int columns, int rows, struct weir_multiples *out)
{
	int wide = columns - EDGES, high = rows - 1 - AXIS_ROWS, n = (int)r->n_rows;
	double best = INFINITY;
	*out = (struct weir_multiples){0};
	for (int across = 1; across <= n && (wide + GAP) / across - GAP >= LEAST_WIDE; across++) {
		int down = (n + across - 1) / across, most = high / LEAST_HIGH;
		down = down > most ? most : down;
		if (down < 1)
			break;
		int shown = across * down < n ? across * down : n;
		struct weir_multiples m = {shown, across, (wide + GAP) / across - GAP, high / down, down};
		double shape = fabs(log((double)m.wide / (m.high * SHAPE)));
		if (shown > out->n || (shown == out->n && shape < best)) {
			*out = m;
			best = shape;
		}
	}
	return out->n > 0;
}

struct weir_rect weir_multiples_plot(const struct weir_multiples *m, int which)
{
	return (struct weir_rect){GUTTER + which % m->across * (m->wide + GAP), 2 + which / m->across * m->high,
				  m->wide, m->high - 1};
}

struct weir_rect weir_multiples_plot_at(const struct weir_multiples *m, int x, int y)
{
	int column = (x - GUTTER) / (m->wide + GAP), row = (y - 1) / m->high;
	column = column < 0 ? 0 : column >= m->across ? m->across - 1 : column;
	row = row < 0 ? 0 : row >= m->down ? m->down - 1 : row;
	return weir_multiples_plot(m, row * m->across + column);
}

/* The first group that is drawn: what is selected is seen. */
static int first_of(const struct weir_chart *g, const struct weir_multiples *m)
{
	return g->selected >= m->n ? g->selected - m->n + 1 : 0;
}

/* The line of one group, and what it was in the compared period where the answer has that. */
static struct weir_result_series line_of(const struct weir_result *r, int row)
{
	struct weir_result_series line = {.row = (uint32_t)row, .values = r->rows[row].spark};
	for (uint32_t s = 0; s < r->n_series; s++)
		if (r->series[s].row == (uint32_t)row)
			line = r->series[s];
	line.values = r->rows[row].spark;
	return line;
}

void weir_multiples_range(const struct weir_chart *g, const struct weir_multiples *m, double *low, double *high,
			  bool *whole)
{
	int first = first_of(g, m);
	for (int i = first; i < first + m->n; i++)
		for (uint32_t b = g->from; g->r->rows[i].spark && b < g->end; b++) {
			double v = g->r->rows[i].spark[b];
			*low = v < *low ? v : *low;
			*high = v > *high ? v : *high;
			*whole = *whole && (isnan(v) || v == floor(v));
		}
}

static void draw_head(const struct weir_chart *g, struct weir_canvas c, const struct weir_result_series *line)
{
	char value[WEIR_CHART_VALUE_BYTES];
	bool selected = g->selected >= 0 && line->row == (uint32_t)g->selected;
	struct weir_style style = selected ? weir_style_bold(WEIR_INK_BRIGHT) : weir_style(WEIR_INK_TEXT);
	int y = g->plot.y - 1, columns = g->plot.columns;
	weir_chart_value_text(g, line, value);
	int used = (int)strlen(value);
	weir_cell_put_text(c, g->plot.x, y, columns, weir_str_of(value), weir_style(WEIR_INK_DIM), WEIR_RIGHT);
	weir_chart_name_put(g->r, c, g->plot.x, y, columns - (used ? used + VALUE_GAP : 0), line, style);
	weir_spot_put(c, g->plot.x, y, columns, WEIR_SPOT_ROW, (int)line->row, NULL);
}

/* Values stand at the left edge only, dots in their rows everywhere. */
static void draw_values(const struct weir_chart *g, struct weir_canvas c)
{
	struct weir_rect plot = g->plot;
	if (plot.x > GUTTER) {
		c = weir_canvas_cut(c, plot.x - 1, 0, plot.columns + 1, c.rows);
		plot.x = 1;
	}
	weir_chart_value_axis(c, plot, g->low, g->high, g->whole);
}

void weir_multiples_draw(const struct weir_chart *g, const struct weir_multiples *m, struct weir_canvas c)
{
	int first = first_of(g, m);
	for (int i = 0; i < m->n; i++) {
		struct weir_result_series line = line_of(g->r, first + i);
		struct weir_chart one = *g;
		one.plot = weir_multiples_plot(m, i);
		one.series[0] = &line;
		one.n_series = line.values ? 1 : 0;
		one.ghost = g->ghost && line.ghost ? &line : NULL;
		draw_head(&one, c, &line);
		draw_values(&one, c);
		weir_chart_lines_draw(&one, c);
		weir_time_marks_draw(g->pic->state, &g->times, c, one.plot);
	}
	for (int i = 0; i < m->across && i < m->n; i++)
		weir_chart_time_axis(g->r, &g->times, c, weir_multiples_plot(m, (m->down - 1) * m->across + i));
}
