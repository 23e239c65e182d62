/* Making a result without a plan: for a fabric that brings answers of its own. weir_result_new, then what there is to show,
 * part by part, then hand it out; from then on it is immutable. Every function copies what it is given into the result,
 * texts included, so that the caller's arrays may go. False: no memory; the result is then only good to be dropped
 * (weir_result_unref).
 *
 * The order matters where one part counts another: columns and buckets before rows, rows before series.
 *
 * Thread: any, one at a time, until the result is handed out. */
#ifndef WEIR_QUERY_RESULT_BUILDER_H
#define WEIR_QUERY_RESULT_BUILDER_H

#include "weir/query/result.h"

/* An empty result that answers the question of that generation: no columns, no rows, all times WEIR_TIME_NONE, error code OK.
 * One reference for the caller. NULL: no memory. What has a field of its own and no function here (moment_us,
 * window_start_us, sort_measure, error, …) is set in it directly. */
struct weir_result *weir_result_new(uint64_t generation);

bool weir_result_set_groups(struct weir_result *r, const struct weir_result_column *columns, uint32_t n) WEIR_MUST_USE;
bool weir_result_set_measures(struct weir_result *r, const struct weir_result_column *columns,
			      uint32_t n) WEIR_MUST_USE;
/* The time axis: n buckets of `width_us` from `start_us` on, with the matched rows of each (n items). */
bool weir_result_set_buckets(struct weir_result *r, int64_t start_us, int64_t width_us, const uint64_t *rows,
			     uint32_t n) WEIR_MUST_USE;
/* The rows in the order in which they are shown, with as many values as there are groups and measures, and buckets in
 * `spark`; compared, previous, moved and spark may be NULL. n_total: how many groups there are, n or more. */
bool weir_result_set_rows(struct weir_result *r, const struct weir_result_row *rows, uint32_t n,
			  uint64_t n_total) WEIR_MUST_USE;
/* The row over all groups. sparks: for each measure, an array of n_buckets items; NULL: none. */
bool weir_result_set_total(struct weir_result *r, const struct weir_result_row *total,
			   const double *const *sparks) WEIR_MUST_USE;
/* All groups but those in the rows. */
bool weir_result_set_others(struct weir_result *r, const struct weir_result_row *others) WEIR_MUST_USE;
bool weir_result_set_series(struct weir_result *r, const struct weir_result_series *series, uint32_t n) WEIR_MUST_USE;
bool weir_result_set_histogram(struct weir_result *r, const struct weir_result_histogram *histogram) WEIR_MUST_USE;
/* Newest first; cells and missing have n_columns items each. */
bool weir_result_set_records(struct weir_result *r, const struct weir_result_column *columns, uint32_t n_columns,
			     const struct weir_result_record *records, uint32_t n) WEIR_MUST_USE;
bool weir_result_set_fields(struct weir_result *r, const struct weir_result_field *fields, uint32_t n) WEIR_MUST_USE;

/* An extra with a struct of its own, by its name; the struct lives in the result's arena. */
void weir_result_set_extra(struct weir_result *r, const char *name, const void *extra);

/* What is known of one stream. */
struct weir_result_stream {
	const struct weir_ledger *const *partitions; /* n_partitions pointers */
	uint32_t n_partitions;
	const struct weir_ledger *besides; /* records that belong to no partition; NULL: none */
	int64_t watermark_us;
};
/* The ledgers: of each partition, of each stream, and their sum. */
bool weir_result_set_streams(struct weir_result *r, const struct weir_result_stream *streams, uint32_t n) WEIR_MUST_USE;

#endif
