/* The study "profile": what the columns of the rows hold that are held, or that pass the filter. For those who choose a column: how many
 * different values, the frequent ones, the range, how much is NULL.
 *
 * Distinct values are counted exactly up to a bound (WEIR_PROFILE_VALUES a column, fewer where there are hundreds of columns);
 * beyond it they are estimated by HyperLogLog with 2^14 registers, 0.81 % standard error (Flajolet et al., 2007; estimator of
 * Ertl, 2017). Frequent values are exact, and known only where the distinct count is. */
#ifndef WEIR_QUERY_PROFILE_H
#define WEIR_QUERY_PROFILE_H

#include "weir/query/study.h"

/* TOP: frequent values of a column; FEW_TOP where there are hundreds of columns. */
enum { WEIR_PROFILE_VALUES = 65536, WEIR_PROFILE_TOP = 60, WEIR_PROFILE_FEW_TOP = 12 };

struct weir_profile_value {
	struct weir_value value; /* never NULL; text is cut after 64 bytes */
	uint64_t rows;
};

struct weir_profile_column {
	struct weir_str name;
	enum weir_type type;           /* that the columns of this name in all streams fit into */
	bool is_time;                  /* event time, in some stream */
	uint64_t n, n_null, n_missing; /* rows with a value, with NULL, without the key */
	uint64_t n_distinct;           /* of the values */
	bool estimated;                /* n_distinct is about right only, and there are no frequent values */
	bool rising;                /* each number (or time) is greater than the one before it, in order of arrival */
	uint32_t mean_bytes;        /* of text */
	struct weir_value min, max; /* of numbers and times; NULL: there is none */
	uint32_t n_top;             /* at most WEIR_PROFILE_TOP */
	const struct weir_profile_value *top; /* most rows first; of as many, the smaller value first */
};

struct weir_profile {
	struct weir_study_answer answer;
	struct weir_arena arena; /* holds everything below */
	uint64_t generation;     /* of the view whose filter it is */
	uint64_t n_rows;         /* of those gone through: that are counted */
	uint64_t n_gone_through, n_held;
	uint32_t n_columns; /* by first appearance, without computed ones */
	const struct weir_profile_column *columns;
};

extern const struct weir_study_ops weir_study_profile;
/* Of all rows that are held, or of those that pass the filter. Owned by the caller until it is handed to weir_session_study or
 * weir_study_run. NULL: no memory. */
struct weir_study *weir_study_profile_new(bool all) WEIR_MUST_USE;
/* The column of that name; NULL: none, also where the profile is NULL. */
const struct weir_profile_column *weir_profile_find(const struct weir_profile *p, struct weir_str name);

#endif
