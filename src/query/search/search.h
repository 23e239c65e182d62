/* Searching in records: a segment at a time, column by column, on the threads of a study. finder.c compares texts, cells.c
 * goes over the cells of a segment, search.c is the study, answer.c what is asked of its answer. What is called from outside
 * stands in include/weir/query/search.h. Private to src/query.
 *
 * Thread: each share of a study has a weir_cells of its own. */
#ifndef WEIR_QUERY_SEARCH_SEARCH_H
#define WEIR_QUERY_SEARCH_SEARCH_H

#include "query/records/records.h"
#include "weir/query/search.h"

/* What a finder's matches consist of: a column of numbers need not be looked at for a word. True: it cannot be said. */
bool weir_finder_may_be_of(const struct weir_finder *f, const char *characters);
/* Every match lies within the text and depends on nothing around it, so that texts that stand one behind the other may be
 * searched as one. */
bool weir_finder_is_plain(const struct weir_finder *f);

/* What one share keeps from segment to segment. */
struct weir_cells;
/* plan: owned from now on, whatever comes of it; only `columns` of its row columns, all when n is 0. */
enum weir_status weir_cells_new(struct weir_str what, struct weir_plan *plan, const struct weir_str *columns,
				uint32_t n_columns, struct weir_cells **out, struct weir_error *err);
void weir_cells_free(struct weir_cells *c); /* NULL allowed */
/* Sets in `match` (weir_bit_words(n_rows) words) the bits of the rows from `from` on, clear so far, that pass the plan's filter,
 * are not later than until_us (WEIR_TIME_NONE: any time) and hold the text. Adds texts that were not decided. */
enum weir_status weir_cells_search(struct weir_cells *c, const struct weir_segment *segment, uint32_t from,
				   int64_t until_us, uint64_t *match, uint64_t *n_undecided, struct weir_error *err);

#endif
