/* The answers of a search. Private to src/query/search. */
#ifndef WEIR_QUERY_SEARCH_ANSWER_H
#define WEIR_QUERY_SEARCH_ANSWER_H

#include "query/search/search.h"

/* Whether the match that is wanted first is known, or that there is none on that side. `list`: the matches of segments that were
 * looked at. */
bool weir_search_nearest_is_sure(struct weir_row_list *list, const struct weir_search_config *config);
/* An answer of what is known; most: places of matches on each side of where the search began. One reference for the
 * caller. NO_MEMORY. */
enum weir_status weir_search_answer_new(struct weir_row_list *list, const struct weir_search_config *config,
					const struct weir_study_rows *rows, uint64_t n_undecided, uint32_t most,
					struct weir_search_answer **out, struct weir_error *err);

#endif
