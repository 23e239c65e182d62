/* Records in the order of a column: the slowest first, say. It is a study (weir/query/study.h), because every row that
 * passes must be looked at; what it finds is a stretch of that order with its cells, as a result has them.
 *
 * The column may be any expression: latency_ms, _arrival - time. NULLs come last, in either direction; rows of the same
 * value stand newest first. */
#ifndef WEIR_QUERY_ORDERED_H
#define WEIR_QUERY_ORDERED_H

#include "weir/query/result.h"
#include "weir/query/study.h"

struct weir_ordered_answer {
	struct weir_study_answer base;
	uint64_t generation; /* of the view */
	struct weir_str by;  /* as it was given */
	enum weir_type type; /* of its values */
	bool descending;
	uint64_t first;   /* of records[0] in the order, from 0 */
	uint64_t n_total; /* rows that pass and are not later than the moment */
	uint64_t
	    n_reach; /* so many of them, from the first on, can be reached: as many as half of the free memory has room for */
	uint64_t n_null; /* of them without a value, at the end */
	uint32_t n_columns;
	const struct weir_result_column *columns;
	uint32_t n_records;
	const struct weir_result_record *records;
	const struct weir_value *values; /* n_records: what they are ordered by */
};

struct weir_ordered_config {
	struct weir_str by; /* an expression; copied */
	bool descending;
	/* Where the stretch begins, and how long it is. It is moved where there are no more rows, or none that can be reached. */
	uint64_t first;
	uint32_t count;
};
extern const struct weir_study_ops weir_ordered_ops;
/* Owned by the caller until weir_session_study or weir_study_run takes it. EXPRESSION: its syntax is wrong; names are
 * held against the columns when the study begins. */
enum weir_status weir_ordered_new(const struct weir_ordered_config *config, struct weir_study **out,
				  struct weir_error *err) WEIR_MUST_USE;

#endif
