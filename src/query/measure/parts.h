/* The kinds of component, one row of functions each. Private to src/query/measure. */
#ifndef WEIR_QUERY_PARTS_H
#define WEIR_QUERY_PARTS_H

#include "query/measure/component.h"

/* Items are zeroed memory when empty. `type` is the component's input type. False: no memory. */
struct weir_part_ops {
	size_t (*item_bytes)(enum weir_type type);
	bool (*add)(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget);
	bool (*merge)(enum weir_type type, void *into, void *from, struct weir_budget *budget);
	/* *stale: the item must be emptied and merged anew. */
	bool (*subtract)(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget);
	void (*release)(enum weir_type type, void *item, struct weir_budget *budget); /* NULL: nothing to free */
};

extern const struct weir_part_ops weir_part_table[]; /* by enum weir_component_kind */

size_t weir_extreme_bytes(enum weir_type type);
bool weir_min_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget);
bool weir_max_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget);
bool weir_min_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget);
bool weir_max_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget);
bool weir_extreme_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget);
void weir_extreme_release(enum weir_type type, void *item, struct weir_budget *budget);

size_t weir_pick_bytes(enum weir_type type);
bool weir_first_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget);
bool weir_last_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget);
bool weir_first_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget);
bool weir_last_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget);
bool weir_pick_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget);
void weir_pick_release(enum weir_type type, void *item, struct weir_budget *budget);

/* Replaces *kept (owned) by a copy of s. */
bool weir_text_keep(struct weir_str *kept, struct weir_str s, struct weir_budget *budget) WEIR_MUST_USE;

#endif
