/* The stacked form of the time chart: the largest group at the bottom, each as thick as its value, so that the top is the line of all. */
#include "tui/panels/chart.h"

#include <math.h>

/* A stack being drawn. Where colours tell layers apart, two share a cell by eighths; elsewhere a cell has one, by its sign. */
struct stack {
	const struct weir_chart *g;
	struct weir_canvas c;
	int unit; /* steps up a cell */
	bool letters;
	int left, right; /* the columns that are chosen */
};
enum { EIGHTHS = 8, FULL = 0x2588, CHOSEN = 0x2593 };

/* Where a column lies between the middles of two buckets, as a line there does. */
struct between {
	uint32_t left, right;
	double part; /* of the right one */
};

/* False: no rows are there. */
static bool find_between(const struct weir_chart *g, int x, struct between *out)
{
	double per = (double)g->times.n / g->plot.columns, first = g->from - g->times.from;
	double at = (x + 0.5) * per - 0.5, last = g->end - g->times.from - 1;
	if (at < first - 0.5 || at > last + 0.5)
		return false;
	at = at < first ? first : at > last ? last : at;
	out->left = g->times.from + (uint32_t)at;
	out->part = at - floor(at);
	out->right = out->part > 0 ? out->left + 1 : out->left;
	bool has_left = !isnan(weir_chart_stacked(g, g->n_series, out->left)),
	     has_right = !isnan(weir_chart_stacked(g, g->n_series, out->right));
	if (!has_left || !has_right)
		out->left = out->right = out->part < 0.5 ? out->left : out->right;
	return out->part < 0.5 ? has_left : has_right;
}

/* How many steps high the stack is at a column with each of its layers. */
static bool find_tops(const struct stack *k, int x, int top[WEIR_CHART_SERIES])
{
	const struct weir_chart *g = k->g;
	struct between at;
	if (!find_between(g, x, &at))
		return false;
	for (uint32_t s = 0; s < g->n_series; s++) {
		double left = weir_chart_stacked(g, s + 1, at.left), right = weir_chart_stacked(g, s + 1, at.right);
		left = isnan(left) ? 0 : left;
		right = isnan(right) ? 0 : right;
		double v = left + (right - left) * at.part;
		top[s] = (int)lround(v / g->high * (g->plot.rows * k->unit));
	}
	if (g->n_series && top[g->n_series - 1] == 0) /* few must differ from none */
		top[g->n_series - 1] = weir_chart_stacked(g, g->n_series, at.left) > 0;
	return true;
}

/* The layer at a step; as many as there are: none. */
static uint32_t owner_of(const struct weir_chart *g, const int *top, int step)
{
	uint32_t s = 0;
	while (s < g->n_series && top[s] <= step)
		s++;
	return s;
}

/* Neighbours differ in their signs, so that they are told apart without colour. */
static uint32_t sign_of(const struct stack *k, uint32_t series)
{
	static const uint32_t textures[] = {FULL, 0x2591, 0x2593, 0x2592};
	return k->letters ? 'a' + series : textures[series % (sizeof(textures) / sizeof(textures[0]))];
}

/* The two layers that a cell shows, the lower one up to `steps`. The outline of the stack is kept, whatever layers are thin there. */
static void find_pair(const struct weir_chart *g, const int *top, int bottom, uint32_t pair[2], int *steps)
{
	int n[WEIR_CHART_SERIES + 1] = {0};
	uint32_t low = owner_of(g, top, bottom), high = owner_of(g, top, bottom + EIGHTHS - 1), most = low;
	for (int i = 0; i < EIGHTHS; i++)
		n[owner_of(g, top, bottom + i)]++;
	for (uint32_t s = 0; s < g->n_series; s++)
		most = n[s] > n[most] ? s : most;
	bool from_below = high < g->n_series && (most == low || (most != high && n[low] >= n[high]));
	pair[0] = from_below ? low : most == high ? low : most;
	pair[1] = from_below && most != low ? most : high;
	*steps = from_below ? n[low] : EIGHTHS - n[high];
}

static void draw_cell(const struct stack *k, const int *top, int x, int row)
{
	const struct weir_chart *g = k->g;
	uint32_t pair[2] = {owner_of(g, top, row), 0};
	int y = g->plot.y + g->plot.rows - 1 - row, steps = EIGHTHS;
	if (k->unit == 1) {
		if (pair[0] < g->n_series)
			weir_cell_put_glyph(k->c, g->plot.x + x, y, sign_of(k, pair[0]),
					    weir_style(weir_chart_ink(g, pair[0])));
		return;
	}
	find_pair(g, top, row * EIGHTHS, pair, &steps);
	if (pair[0] == g->n_series)
		return;
	struct weir_style style = weir_style(weir_chart_ink(g, pair[0]));
	if (steps < EIGHTHS && pair[1] < g->n_series)
		style.paper = weir_paper_of(weir_chart_ink(g, pair[1]));
	bool chosen = x >= k->left && x <= k->right; /* what is chosen shows through */
	weir_cell_put_glyph(k->c, g->plot.x + x, y,
			    steps < EIGHTHS ? 0x2580 + (uint32_t)steps
			    : chosen        ? CHOSEN
					    : FULL,
			    style);
}

void weir_chart_stack_draw(const struct weir_chart *g, struct weir_canvas c)
{
	struct stack k = {.g = g, .c = c, .letters = c.grid->ascii || c.grid->console, .left = 0, .right = -1};
	int top[WEIR_CHART_SERIES];
	k.unit = k.letters || c.grid->mono ? 1 : EIGHTHS;
	(void)weir_time_marks_columns(g->pic->state, &g->times, g->plot.columns, &k.left, &k.right);
	for (int x = 0; x < g->plot.columns; x++)
		for (int row = 0; row < g->plot.rows && find_tops(&k, x, top); row++)
			draw_cell(&k, top, x, row);
}

void weir_chart_swatch_draw(const struct weir_chart *g, struct weir_canvas c, int x, int y, uint32_t series)
{
	struct stack k = {.g = g, .letters = c.grid->ascii || c.grid->console};
	weir_cell_put_glyph(c, x, y, sign_of(&k, series), weir_style(weir_chart_ink(g, series)));
}
