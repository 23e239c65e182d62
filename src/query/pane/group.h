/* Group keys to dense numbers. Numbers are reused after the last pane with rows of the group is gone.
 *
 * A key of one column: a dictionary column is looked up by its code, in one table a dictionary (streams have their own,
 * and a dictionary that grew too large is replaced); everything else through a hash of the value. A key of several
 * columns: the values of each column get numbers like that, and the tuple of numbers is hashed. NULL is a group like
 * others. Private to src/query. */
#ifndef WEIR_QUERY_PANE_GROUP_H
#define WEIR_QUERY_PANE_GROUP_H

#include "query/expr/expr.h"

enum {
	WEIR_GROUP_NONE = 0,  /* slot for rows that must not count: spares the loops a condition */
	WEIR_GROUP_TOTAL = 1, /* all groups together; the only group when there is no group column */
	WEIR_GROUP_FIRST = 2,
};

struct weir_group_codes; /* of one dictionary: code to group */

struct weir_groups {
	uint32_t n_columns;
	const enum weir_type *types; /* borrowed */
	struct weir_budget *budget;  /* borrowed */
	uint32_t n;                  /* numbers handed out so far: [WEIR_GROUP_FIRST, n), some of them free */
	uint32_t n_live;
	uint32_t capacity;
	struct weir_value **keys; /* owned, by group: n_columns values and their text in one block; NULL: free */
	uint64_t *hashes;         /* owned, by group */
	uint32_t *refs;           /* owned, by group: panes that have it */
	uint32_t *free;           /* owned stack of capacity items */
	uint32_t n_free;
	uint32_t *table; /* owned, open addressing, group or 0 */
	uint32_t mask;
	struct weir_group_codes **codes; /* owned */
	uint32_t n_codes;
	struct weir_groups *columns; /* owned, n_columns of them when there are several; their refs count groups */
	uint32_t *tuples;            /* owned, by group: n_columns numbers; NULL for one column */
};

bool weir_groups_init(struct weir_groups *g, uint32_t n_columns, const enum weir_type *types,
		      struct weir_budget *budget) WEIR_MUST_USE;
void weir_groups_release(struct weir_groups *g);
void weir_groups_reset(struct weir_groups *g); /* forgets all groups, keeps the tables */

/* The group of a key, made when new. 0: no memory. */
uint32_t weir_groups_find(struct weir_groups *g, const struct weir_value *key) WEIR_MUST_USE;
/* One column: groups of the picked rows of a slice: rows[i] is a row of the slice, or i itself when rows is NULL. */
bool weir_groups_assign(struct weir_groups *g, const struct weir_vec *vec, const uint16_t *rows, uint32_t n,
			uint32_t *out) WEIR_MUST_USE;
/* The same when it is a dictionary column; rows count from `from`. */
bool weir_groups_assign_codes(struct weir_groups *g, const struct weir_column *c, uint32_t from, const uint16_t *rows,
			      uint32_t n, uint32_t *out) WEIR_MUST_USE;
/* Several columns: groups from the numbers of their values, ids[column * stride + i]. */
bool weir_groups_combine(struct weir_groups *g, const uint32_t *ids, uint32_t stride, uint32_t n,
			 uint32_t *out) WEIR_MUST_USE;
/* map[group of `from`] = group of `to`, where both are of the same code of one dictionary; others stay. */
void weir_groups_map_codes(const struct weir_groups *to, const struct weir_groups *from, uint32_t *map);
/* Frees the groups in `dead` (their refs are 0). */
void weir_groups_drop(struct weir_groups *g, const uint32_t *dead, uint32_t n);

/* The number of one value of one column, made when new. 0: no memory. */
uint32_t weir_groups_find_value(struct weir_groups *g, const struct weir_value *value) WEIR_MUST_USE;

/* One cell of a vector as a value of `type` (an int of an expression that is float elsewhere becomes a float). */
struct weir_value weir_vec_value(const struct weir_vec *v, uint32_t row, enum weir_type type);

#endif
