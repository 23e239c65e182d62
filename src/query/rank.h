/* The rows of a table: groups with their measures in the order of the view's sort keys, the best ones first. Private to
 * src/query. */
#ifndef WEIR_QUERY_RANK_H
#define WEIR_QUERY_RANK_H

#include "query/plan_state.h"

struct weir_ranked {
	uint32_t group, slot;
};

/* Sorts the first `top` (all when 0) of items[0..n) to the front by the plan's sort keys; ties by the group columns
 * ascending, NULLs last. False: no memory. */
bool weir_rank(const struct weir_plan *p, const struct weir_slab *slab, struct weir_ranked *items, uint32_t n,
	       uint32_t top, double seconds) WEIR_MUST_USE;
int64_t weir_rank_bytes(const struct weir_plan *p, uint32_t n); /* that an answer of n groups takes while it is ranked */

#endif
