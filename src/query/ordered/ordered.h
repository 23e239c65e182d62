/* Records in the order of a column: ordered.c is the study, best.c the heap of the rows that come first. What is called from
 * outside stands in include/weir/query/ordered.h. Private to src/query.
 *
 * Thread: each share of the study has a heap of its own. */
#ifndef WEIR_QUERY_ORDERED_ORDERED_H
#define WEIR_QUERY_ORDERED_ORDERED_H

#include "query/records/records.h"
#include "weir/query/ordered.h"

/* Where a value stands: the least comes first, whatever the direction that was asked for. */
struct weir_best_key {
	bool null;            /* behind all others */
	uint64_t number;      /* of what is no text */
	struct weir_str text; /* data NULL: it is a number */
};
struct weir_best_item {
	struct weir_best_key key;
	struct weir_row_found row;
};
struct weir_best {
	bool descending; /* of texts; numbers have it in them */
	uint32_t n, most;
	size_t capacity;
	struct weir_best_item *items; /* owned; once there are `most` a heap, the last of them first */
};

void weir_best_release(struct weir_best *b);
/* A number that is ordered as the value is: -0.0 and 0.0 alike, NaN last. */
uint64_t weir_best_of_float(double v);
uint64_t weir_best_of_int(int64_t v);
/* Below zero: a comes before b. Rows of one value stand newest first. */
int weir_best_compare(const struct weir_best *b, const struct weir_best_item *x, const struct weir_best_item *y);
/* Not wanted whatever its row is: the usual case, found out cheaply. */
static inline bool weir_best_is_beyond(const struct weir_best *b, const struct weir_best_key *key)
{
	if (b->n < b->most || !b->most)
		return !b->most;
	const struct weir_best_key *last = &b->items[0].key;
	if (key->null != last->null)
		return key->null;
	return !key->text.data && !last->text.data && key->number > last->number;
}
/* Whether there is still room for it, or it comes before the last one. */
bool weir_best_wants(const struct weir_best *b, const struct weir_best_item *item);
/* Adds an item that is wanted. False: no memory. */
bool weir_best_add(struct weir_best *b, const struct weir_best_item *item) WEIR_MUST_USE;
void weir_best_sort(struct weir_best *b); /* first ones first; nothing may be added any more */

#endif
