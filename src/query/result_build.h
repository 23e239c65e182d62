/* The steps that put a result together. Everything goes into the result's arena; false or NO_MEMORY: it did not fit.
 * Private to src/query. */
#ifndef WEIR_QUERY_RESULT_BUILD_H
#define WEIR_QUERY_RESULT_BUILD_H

#include "query/rank.h"

struct weir_build {
	struct weir_plan *plan;
	struct weir_result *result;
	const struct weir_result_request *request;
	double seconds;		      /* of the window, for rate; NaN: unknown */
	const struct weir_slab *slab; /* groups of the answer, by group */
	struct weir_ranked *shown;    /* in the arena: what rows[] are of */
};

/* Copies a value's text into the arena. */
bool weir_build_value(struct weir_build *b, struct weir_value *v) WEIR_MUST_USE;
bool weir_build_measures(struct weir_build *b, const struct weir_slab *slab, uint32_t slot, double seconds,
			 const struct weir_value **out) WEIR_MUST_USE;
/* Groups with rows of a slab that is indexed by group. Owned by the caller; NULL: no memory. */
struct weir_ranked *weir_build_groups(const struct weir_plan *p, const struct weir_slab *slab,
				      uint32_t *n) WEIR_MUST_USE;
/* Ranks the items and appends the best to rows[], which has room. */
bool weir_build_rows(struct weir_build *b, struct weir_result_row *rows, uint32_t *n_rows, const struct weir_slab *slab,
		     struct weir_ranked *items, uint32_t n, int64_t start_us, int64_t end_us) WEIR_MUST_USE;
/* WINDOWED: window by window in order of start; empty ones are left out. */
bool weir_build_windows(struct weir_build *b) WEIR_MUST_USE;
/* Sparklines, series, bars of rows by time. */
bool weir_build_chart(struct weir_build *b) WEIR_MUST_USE;
/* Total, others, and the window before. */
bool weir_build_totals(struct weir_build *b) WEIR_MUST_USE;
bool weir_build_histogram(struct weir_build *b) WEIR_MUST_USE;
enum weir_status weir_build_records(struct weir_build *b, struct weir_error *err) WEIR_MUST_USE;

#endif
