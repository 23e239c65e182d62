/* Which forms the time chart can have of a result. */
#include "tui/panels/chart.h"

const char *const weir_chart_form_names[WEIR_CHART_FORMS] = {"lines", "stacked", "multiples"};

static bool goes_below_zero(const struct weir_result *r)
{
	for (uint32_t s = 0; s < r->n_series; s++)
		for (uint32_t b = 0; b < r->n_buckets; b++)
			if (r->series[s].values[b] < 0)
				return true;
	return false;
}

/* The height of a stack is the sum of its parts. */
static const char *stack_fault(const struct weir_result *r)
{
	const struct weir_result_series *series[WEIR_CHART_SERIES];
	const struct weir_result_column *m = weir_chart_measure(r);
	if (m && !m->adds_up)
		return "does not add up";
	if (weir_chart_pick(r, series) < 2)
		return "has one line only";
	return goes_below_zero(r) ? "goes below 0" : NULL;
}

const char *weir_chart_form_fault(const struct weir_result *r, enum weir_chart_form form)
{
	if (form == WEIR_CHART_MULTIPLES)
		return r->n_groups ? NULL : "has no groups";
	return form == WEIR_CHART_STACKED ? stack_fault(r) : NULL;
}

enum weir_chart_form weir_chart_form_of(const struct weir_result *r, enum weir_chart_form chosen)
{
	return r && !weir_chart_form_fault(r, chosen) ? chosen : WEIR_CHART_LINES;
}

enum weir_chart_form weir_chart_form_next(const struct weir_result *r, enum weir_chart_form form)
{
	do
		form = (enum weir_chart_form)((form + 1) % WEIR_CHART_FORMS);
	while (weir_chart_form_fault(r, form));
	return form;
}
