/* The lines of the time chart, and the dotted one of the compared period. */
#include "tui/panels/chart.h"

#include <math.h>

static void draw_series(const struct weir_chart *g, struct weir_plot *plot, uint32_t s)
{
	const double *v = g->series[s]->values;
	double range = g->high - g->low, n = g->times.n;
	for (uint32_t b = g->from; b < g->end; b++) {
		if (isnan(v[b]))
			continue;
		uint32_t from = b > g->from && !isnan(v[b - 1]) ? b - 1 : b;
		weir_plot_line(plot, (from - g->times.from + 0.5) / n, (v[from] - g->low) / range,
			       (b - g->times.from + 0.5) / n, (v[b] - g->low) / range, weir_chart_ink(g, s),
			       (char)('a' + s));
	}
}

/* Below the lines, so that it stands only in cells that none of them takes, but over a stack, which leaves it none; up to the end of
 * the window, for it has been there. */
void weir_chart_ghost_draw(const struct weir_chart *g, struct weir_canvas c)
{
	struct weir_plot plot;
	if (!g->ghost || !weir_plot_init(&plot, g->plot.columns, g->plot.rows, c.grid->ascii || c.grid->console))
		return;
	double range = g->high - g->low, n = g->times.n;
	enum weir_ink ink = g->form == WEIR_CHART_STACKED ? WEIR_INK_BRIGHT : WEIR_INK_DIM;
	for (uint32_t b = g->times.from; b < g->times.from + g->times.n; b++) {
		const double *v = g->ghost->ghost;
		uint32_t from = b > g->times.from && !isnan(v[b - 1]) ? b - 1 : b;
		if (!isnan(v[b]))
			weir_plot_dotted(&plot, (from - g->times.from + 0.5) / n, (v[from] - g->low) / range,
					 (b - g->times.from + 0.5) / n, (v[b] - g->low) / range, ink, ':');
	}
	if (g->form == WEIR_CHART_STACKED)
		weir_plot_draw_over(&plot, c, g->plot.x, g->plot.y);
	else
		weir_plot_draw(&plot, c, g->plot.x, g->plot.y);
	weir_plot_release(&plot);
}

/* The first series is the largest and is drawn last, above the others; the selected one above all. */
static void draw_lines(const struct weir_chart *g, struct weir_canvas c)
{
	struct weir_plot dots;
	if (!weir_plot_init(&dots, g->plot.columns, g->plot.rows, c.grid->ascii || c.grid->console))
		return;
	for (uint32_t s = g->n_series; s-- > 0;)
		draw_series(g, &dots, s);
	for (uint32_t s = 0; s < g->n_series; s++)
		if (weir_chart_is_selected(g, s))
			draw_series(g, &dots, s);
	weir_plot_draw(&dots, c, g->plot.x, g->plot.y);
	weir_plot_release(&dots);
}

void weir_chart_lines_draw(const struct weir_chart *g, struct weir_canvas c)
{
	weir_chart_ghost_draw(g, c);
	draw_lines(g, c);
}
