/* Conditions of a view that a server could look at, for a source that reads its rows (weir/model/filter.h). Thread: any; nothing is
 * kept. */
#ifndef WEIR_QUERY_FILTER_H
#define WEIR_QUERY_FILTER_H

#include "weir/model/filter.h"
#include "weir/query/view.h"

/* Fills in the parts: the conjuncts of --where, bound to the columns of the one stream that is asked. A view that cannot be bound has none;
 * whoever answers it says why. All lies in the arena. NO_MEMORY. */
enum weir_status weir_view_filter(const struct weir_view *v, const struct weir_schema *schema, struct weir_str stream,
				  struct weir_arena *arena, struct weir_filter_list *out,
				  struct weir_error *err) WEIR_MUST_USE;
/* Why the answer to a view needs to hear of the rows that its conditions leave out, a static clause; NULL: it does not. */
const char *weir_view_needs_all(const struct weir_view *v);
/* The event times that the window takes in, [*from_us, *until_us), where they are known before a row was read; WEIR_TIME_NONE: no end. */
void weir_view_times(const struct weir_view *v, int64_t *from_us, int64_t *until_us);

#endif
