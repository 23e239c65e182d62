/* What the charts over time have in common. Thread: screen. */
#ifndef WEIR_TUI_CHART_H
#define WEIR_TUI_CHART_H

#include "tui/times.h"

/* Round values at the left of the plot, and dots in their rows. */
void weir_chart_value_axis(struct weir_canvas c, struct weir_rect plot, double low, double high);
/* The rule below the plot with its round times; where rows are missing it is dashed, where rows came late it has a
 * mark. */
void weir_chart_time_axis(const struct weir_result *r, const struct weir_times *t, struct weir_canvas c,
			  struct weir_rect plot);

#endif
