/* The forms of the time chart: lines over each other, stacked, or a chart for each group. Which one is chosen is in the state; a form that would tell
 * something wrong of a result gives way to lines. Thread: screen. */
#ifndef WEIR_TUI_PANELS_CHART_FORM_H
#define WEIR_TUI_PANELS_CHART_FORM_H

#include "weir/query/result.h"

enum weir_chart_form { WEIR_CHART_LINES, WEIR_CHART_STACKED, WEIR_CHART_MULTIPLES, WEIR_CHART_FORMS };
extern const char *const weir_chart_form_names[WEIR_CHART_FORMS]; /* as in `:chart` */

/* Why it cannot be drawn of this result: "does not add up", said of the measure; static; NULL: it can. */
const char *weir_chart_form_fault(const struct weir_result *r, enum weir_chart_form form);
/* The measure that is drawn; NULL: the rows are counted. */
const struct weir_result_column *weir_chart_measure(const struct weir_result *r);
/* What is drawn of it when that form is chosen. */
enum weir_chart_form weir_chart_form_of(const struct weir_result *r, enum weir_chart_form chosen);
/* The form after that one which can be drawn of this result. */
enum weir_chart_form weir_chart_form_next(const struct weir_result *r, enum weir_chart_form form);

#endif
