/* What the files of the time chart share: chart_lines.c draws the lines, chart_stack.c the stack, chart_multiples.c a chart for each
 * group, chart_names.c what stands beside them. Private to the chart. */
#ifndef WEIR_TUI_PANELS_CHART_H
#define WEIR_TUI_PANELS_CHART_H

#include "tui/panels/panels.h"

enum { WEIR_CHART_SERIES = 6, WEIR_CHART_VALUE_BYTES = 24 };

/* How small multiples stand in their panel: n charts, so many across and down, and how large each is with its head. */
struct weir_multiples {
	int n, across, wide, high, down;
};

struct weir_chart {
	const struct weir_picture *pic;
	const struct weir_result *r;
	enum weir_chart_form form; /* that is drawn */
	const char *fault;         /* why it is not the one that was chosen; NULL: it is */
	struct weir_multiples multiples;
	struct weir_times times;
	struct weir_rect plot;
	const struct weir_result_series *series[WEIR_CHART_SERIES]; /* what is drawn, largest first */
	uint32_t n_series;
	uint32_t from, end; /* the buckets that are drawn, up to `end` */
	double low, high;
	bool whole;                             /* all values are whole numbers */
	int selected;                           /* row of the table; -1: none */
	const struct weir_result_series *ghost; /* whose course in the compared period is drawn; NULL: none */
};

/* The series that are drawn. The total would flatten the lines of its parts. */
uint32_t weir_chart_pick(const struct weir_result *r, const struct weir_result_series **out);
bool weir_chart_is_selected(const struct weir_chart *g, uint32_t series);
enum weir_ink weir_chart_ink(const struct weir_chart *g, uint32_t series);
/* The line that has a ghost, where somebody chose what to compare with: that of the selected group, or else the first; of a stack
 * that of all. */
const struct weir_result_series *weir_chart_ghost(const struct weir_picture *pic);
/* The sum of the first `n` lines in a bucket; NaN: no row is there. */
double weir_chart_stacked(const struct weir_chart *g, uint32_t n, uint32_t bucket);
/* With the dotted one of the ghost below. */
void weir_chart_lines_draw(const struct weir_chart *g, struct weir_canvas c);
void weir_chart_ghost_draw(const struct weir_chart *g, struct weir_canvas c);
void weir_chart_stack_draw(const struct weir_chart *g, struct weir_canvas c);
/* The sign that its layer has where colours do not tell layers apart. */
void weir_chart_swatch_draw(const struct weir_chart *g, struct weir_canvas c, int x, int y, uint32_t series);
/* The names at the ends of their lines, or in lines of their own above the plot where it is too narrow; at a time that is
 * chosen with their values there. */
void weir_chart_names_draw(const struct weir_chart *g, struct weir_canvas c);
/* A line's name as the table has it, cut to so many columns. */
void weir_chart_name_put(const struct weir_result *r, struct weir_canvas c, int x, int y, int columns,
			 const struct weir_result_series *series, struct weir_style style);
/* Its value at the time that is chosen, else the newest; "": there is none. Into WEIR_CHART_VALUE_BYTES. */
void weir_chart_value_text(const struct weir_chart *g, const struct weir_result_series *series, char *out);

/* False: there is no room for one. */
bool weir_multiples_fit(const struct weir_result *r, int columns, int rows, struct weir_multiples *out);
struct weir_rect weir_multiples_plot(const struct weir_multiples *m, int which);
/* That of the chart at x, y, or the nearest. */
struct weir_rect weir_multiples_plot_at(const struct weir_multiples *m, int x, int y);
/* Widens the range to the values that are drawn. */
void weir_multiples_range(const struct weir_chart *g, const struct weir_multiples *m, double *low, double *high,
			  bool *whole);
void weir_multiples_draw(const struct weir_chart *g, const struct weir_multiples *m, struct weir_canvas c);
void weir_chart_title_draw(const struct weir_chart *g, const struct weir_area *area);

#endif
