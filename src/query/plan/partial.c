/* How wide panes are that are counted elsewhere. */
#include "query/plan/plan.h"
#include "weir/query/partial.h"

enum { LEAST_IN_WINDOW = 10, SINCE_LEAST_US = 10000 };

int64_t weir_partial_pane_us(const struct weir_plan *p)
{
	const struct weir_window *w = &p->window;
	int64_t unit = 0, size = INT64_MAX, least = 1;
	if (p->grouped) /* its windows begin with a pane, or are one */
		return w->size_us > 0 ? weir_plan_unit_us(p) : WEIR_PARTIAL_ONE_PANE;
	if (w->kind == WEIR_WINDOW_SINCE) {
		unit = w->since_us;
		least = SINCE_LEAST_US;
	} else if (w->size_us > 0) {
		unit = weir_plan_unit_us(p);
		size = p->live ? w->size_us / LEAST_IN_WINDOW : w->size_us;
	}
	for (int64_t width = WEIR_US_PER_S; width >= least; width /= 10)
		if (unit % width == 0 && (width <= size || width == 1))
			return width;
	return WEIR_US_PER_S; /* since a moment between: earlier rows are left out there */
}
