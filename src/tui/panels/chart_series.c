/* What the time chart draws of a result, whatever its form. */
#include "tui/panels/chart.h"

#include <math.h>

uint32_t weir_chart_pick(const struct weir_result *r, const struct weir_result_series **out)
{
	uint32_t n = 0;
	for (uint32_t s = 0; s < r->n_series && n < WEIR_CHART_SERIES; s++) {
		bool total = r->series[s].row == UINT32_MAX && !weir_str_equal(r->series[s].name, WEIR_STR("others"));
		if (!r->n_groups || !total)
			out[n++] = &r->series[s];
	}
	return n;
}

const struct weir_result_column *weir_chart_measure(const struct weir_result *r)
{
	return r->n_measures ? &r->measures[r->sort_measure < r->n_measures ? r->sort_measure : 0] : NULL;
}

bool weir_chart_is_selected(const struct weir_chart *g, uint32_t s)
{
	return g->selected >= 0 && g->series[s]->row == (uint32_t)g->selected;
}

enum weir_ink weir_chart_ink(const struct weir_chart *g, uint32_t s)
{
	if (weir_chart_is_selected(g, s))
		return WEIR_INK_BRIGHT;
	/* The rest is never as prominent as a group. */
	return g->r->n_groups && g->series[s]->row == UINT32_MAX ? WEIR_INK_SERIES6 : weir_series_ink(s);
}

double weir_chart_stacked(const struct weir_chart *g, uint32_t n, uint32_t bucket)
{
	double sum = NAN;
	for (uint32_t s = 0; s < n; s++) {
		double v = g->series[s]->values[bucket];
		if (!isnan(v))
			sum = isnan(sum) ? v : sum + v;
	}
	return sum;
}
