/* The steps of making a summary. Private to src/query/summary. */
#ifndef WEIR_QUERY_SUMMARY_MAKE_H
#define WEIR_QUERY_SUMMARY_MAKE_H

#include "query/summary/summary.h"

struct weir_summary_maker {
	struct weir_summary *s;
	const struct weir_batch *rows;
	uint8_t *ids[WEIR_SUMMARY_KEYS]; /* owned: by row, the place of its code among the key's */
	uint8_t *places;                 /* owned: 65,536, by code */
	uint32_t n_sums;                 /* of a block, so far */
};

/* False: no memory. */
bool weir_summary_make_keys(struct weir_summary_maker *m) WEIR_MUST_USE;
/* zone: of the column. A column whose numbers do not fit is left out. */
bool weir_summary_make_value(struct weir_summary_maker *m, uint32_t column, const struct weir_zone *zone) WEIR_MUST_USE;
/* Memory of n items of `size` bytes, all zero, counted in the summary. NULL: there is none. */
static inline void *weir_summary_room(struct weir_summary *s, size_t n, size_t size)
{
	void *room = weir_calloc(n + 1, size);
	if (room)
		s->bytes += (n + 1) * size;
	return room;
}

#endif
