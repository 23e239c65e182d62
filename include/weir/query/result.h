/* A result: what is shown, immutable, all of one moment. Reference counted; any thread may read it and drop it.
 * All strings in it live as long as the result. */
#ifndef WEIR_QUERY_RESULT_H
#define WEIR_QUERY_RESULT_H

#include "weir/base/memory.h"
#include "weir/buffer/ledger.h"
#include "weir/model/value.h"

struct weir_result_column {
	struct weir_str name;  /* as printed: the expression without blanks outside quotes, or its AS name */
	enum weir_type type;
	bool is_time;
};

struct weir_result_row {
	int64_t window_start_us, window_end_us; /* tumbling, hopping: its window; else WEIR_TIME_NONE */
	const struct weir_value *groups;    /* n_groups items */
	const struct weir_value *measures;  /* n_measures items */
	const struct weir_value *previous;  /* n_measures items: the window before; NULL where it is not known */
	const double *spark;                /* n_buckets items: the first sort measure by bucket; NaN: nothing; NULL: none asked */
	uint64_t rows;                      /* matched rows behind it */
};

/* A measure over time: the same buckets as the sparklines. */
struct weir_result_series {
	struct weir_str name;  /* the group's text, "others", or the measure's name for the total */
	uint32_t row;          /* index in rows, UINT32_MAX for total and others */
	const double *values;  /* n_buckets items; NaN: nothing */
};

struct weir_result_histogram {
	struct weir_str column; /* expression that is counted; size 0: there is none */
	bool logarithmic;
	uint32_t n_bins;
	const double *edges;     /* n_bins + 1 */
	const uint64_t *counts;  /* n_bins */
	double p50, p95, p99, min, max;
	uint64_t n, n_null;
};

struct weir_result_record { /* one row of the records panel */
	int64_t time_us;        /* WEIR_TIME_NONE */
	int64_t position;
	uint16_t stream, partition;
	bool malformed;
	const struct weir_value *cells; /* n_record_columns; type NULL with `missing` below */
	const bool *missing;            /* n_record_columns */
};

struct weir_result_field { /* one row of the schema panel: a column of a stream */
	uint16_t stream;
	struct weir_str name;
	enum weir_type type;
	bool is_time;
	uint64_t n_type[WEIR_TYPE_COUNT]; /* values seen by their own type; [WEIR_NULL]: nulls */
	uint64_t n_missing;
	uint64_t n_distinct; /* estimate, for text in a dictionary; 0 unknown */
	struct weir_value example;
};

struct weir_result {
	_Atomic uint32_t refs;
	struct weir_arena arena;      /* holds everything below */
	uint64_t view_generation;     /* of the view that it answers */
	int64_t moment_us;            /* the T of the window; WEIR_TIME_NONE when there is no time */
	int64_t window_start_us, window_end_us; /* of the whole picture; WEIR_TIME_NONE when unbounded */
	int64_t held_from_us;         /* memory let go of rows up to this time: later ones are all held; WEIR_TIME_NONE: of none */
	struct weir_error error;      /* code OK, or why the view cannot be answered (then the rest is empty) */

	uint32_t n_groups, n_measures;
	const struct weir_result_column *groups;
	const struct weir_result_column *measures;
	uint32_t n_rows;              /* at most --top */
	uint64_t n_rows_total;        /* groups there are */
	const struct weir_result_row *rows;
	struct weir_result_row others;  /* what is not in rows; groups NULL; valid when has_others */
	bool has_others;
	struct weir_result_row total;   /* without group: the KPIs, with previous and spark (one array for each measure below) */
	const double *const *total_spark; /* n_measures arrays of n_buckets; NULL: none asked */
	uint32_t sort_measure;          /* which measure sorts (its sparkline is in rows[].spark); n_measures: by group */
	bool sort_descending;

	uint32_t n_buckets;             /* of the time chart and the sparklines; 0 without time */
	int64_t bucket_start_us, bucket_us;
	const uint64_t *bucket_rows;    /* n_buckets: matched rows */
	const uint64_t *bucket_late;    /* n_buckets: rows that came late into it; NULL: none */
	uint32_t n_series;
	const struct weir_result_series *series;
	struct weir_result_histogram histogram;

	uint32_t n_record_columns;
	const struct weir_result_column *record_columns;
	uint32_t n_records;             /* newest first */
	const struct weir_result_record *records;

	uint32_t n_fields;
	const struct weir_result_field *fields;
	uint32_t n_streams;
	const struct weir_ledger *streams;        /* one a stream */
	const uint32_t *n_partitions;             /* one a stream */
	const struct weir_ledger *const *partitions;
	struct weir_ledger ledger;                /* sum */
	uint64_t buffer_rows, memory_bytes, memory_limit_bytes;
};

struct weir_result *weir_result_ref(struct weir_result *r);
void weir_result_unref(struct weir_result *r); /* NULL allowed */

#endif
