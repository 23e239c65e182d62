/* What + has put together: conditions of rows that Enter keeps, or x leaves out, all at once. Thread: screen. */
#ifndef WEIR_TUI_PANELS_ADDED_H
#define WEIR_TUI_PANELS_ADDED_H

#include "weir/base/memory.h"

enum { WEIR_MOST_ADDED = 16 };

struct weir_added {
	uint32_t n;
	struct weir_buf keep[WEIR_MOST_ADDED]; /* of the rows: "service = 'a'" … */
	struct weir_buf drop[WEIR_MOST_ADDED]; /* … and of all others */
};

void weir_added_clear(struct weir_added *a); /* frees all */
/* Adds one, or takes it out where it is there. False: there is no room for more, or no memory. */
bool weir_added_turn(struct weir_added *a, struct weir_str keep, struct weir_str drop) WEIR_MUST_USE;
bool weir_added_has(const struct weir_added *a, struct weir_str keep);
/* One condition for all: values of one column as a list, "service in ('a', 'b')". Appends. */
void weir_added_condition(const struct weir_added *a, bool drop, struct weir_buf *out);

#endif
