/* A view as what a server could count, for a source that asks it (weir/model/grouping.h). Its answer goes to a plan that was bound with
 * config.partials and config.grouped, by the door of weir/query/partial.h. Thread: any; nothing is kept. */
#ifndef WEIR_QUERY_GROUPING_H
#define WEIR_QUERY_GROUPING_H

#include "weir/model/grouping.h"
#include "weir/query/partial.h"
#include "weir/query/view.h"

/* Why no server could count it, whatever the columns are, a static clause; NULL: there is no such reason. The window is resolved as far
 * as a batch does (DEFAULT is all rows). */
const char *weir_view_needs_rows(const struct weir_view *v);
/* Fills in what is to be counted, over the columns of the one stream that is asked; or `why`. All lies in the arena. NO_MEMORY. */
enum weir_status weir_view_grouping(const struct weir_view *v, const struct weir_schema *schema, struct weir_str stream,
				    struct weir_arena *arena, struct weir_grouping *out,
				    struct weir_error *err) WEIR_MUST_USE;
/* Keeps the rows of an answer to that as partial rows. MALFORMED: it is one to another question. */
enum weir_status weir_partials_put_grouped(struct weir_partials *s, const struct weir_grouped *g,
					   struct weir_error *err) WEIR_MUST_USE;

#endif
