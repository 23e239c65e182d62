/* A result: what is shown, immutable, all of one moment. Reference counted; any thread may read it and drop it.
 * All strings in it live as long as the result. */
#ifndef WEIR_QUERY_RESULT_H
#define WEIR_QUERY_RESULT_H

#include "weir/base/memory.h"
#include "weir/buffer/ledger.h"
#include "weir/model/value.h"
#include "weir/query/left_out.h"
#include "weir/query/records.h"
#include "weir/query/unread.h"
#include "weir/query/view.h"

struct weir_result_column {
	struct weir_str name; /* as printed: the expression without blanks outside quotes, or its AS name */
	enum weir_type type;
	bool is_time;
	bool adds_up; /* a measure whose values of groups, and of stretches of time, add up to that of all */
	bool is_rows; /* a measure that is the number of rows */
};

/* How a measure changed since the compared period. */
enum weir_moved {
	WEIR_MOVED_UNKNOWN, /* what chance does to this measure is not known */
	WEIR_MOVED_LITTLE,  /* chance explains it, or it is less than a twentieth */
	WEIR_MOVED,         /* by more than three standard errors (src/query/result/noise.c) */
};

struct weir_result_row {
	int64_t window_start_us, window_end_us; /* tumbling, hopping: its window; else WEIR_TIME_NONE */
	const struct weir_value *groups;        /* n_groups items */
	const struct weir_value *measures;      /* n_measures items */
	/* n_measures items each, for the change: `compared` over the part of the window that is over (compared_us below; all of
	 * them NULL without a comparison), `previous` over the same part of the compared period (NULL where it is not known). */
	const struct weir_value *compared, *previous;
	const double *spark; /* n_buckets items: the first sort measure by bucket; NaN: nothing; NULL: none asked */
	uint64_t rows;       /* matched rows behind it */
	/* Rows behind `compared` and `previous`; none before: the group is new, none now: it is gone. */
	uint64_t compared_rows, previous_rows;
	const uint8_t *moved; /* n_measures items: enum weir_moved; NULL: nothing is compared */
};

/* A measure over time: the same buckets as the sparklines. */
struct weir_result_series {
	struct weir_str name; /* the group's text, "others", or the measure's name for the total */
	uint32_t row;         /* index in rows, UINT32_MAX for total and others */
	const double *values; /* n_buckets items; NaN: nothing */
	const double *ghost;  /* the same in the compared period, bucket over bucket; NULL: nothing is compared */
};

struct weir_result_histogram {
	struct weir_str column; /* expression that is counted; size 0: there is none */
	bool logarithmic;
	uint32_t n_bins;
	const double
	    *edges; /* n_bins + 1, none beyond min and max; two equal ones: all values are the same. A bin of few whole
				  * numbers holds one of them, in its middle */
	const uint64_t *counts; /* n_bins */
	double p50, p95, p99, min, max;
	uint64_t n, n_null;
};

struct weir_result_record { /* one row of the records panel */
	int64_t time_us;    /* event time; WEIR_TIME_NONE */
	int64_t arrival_us; /* wall clock; 0: unknown. Less time_us it is the delay */
	struct weir_row_place place;
	int64_t position;
	uint16_t stream, partition;
	bool malformed;
	bool cut; /* a text of it is longer than WEIR_MAX_CELL_BYTES and was cut: the record in full has all of it */
	struct weir_str key, headers;   /* of a message; data NULL: none */
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
	uint64_t
	    n_distinct;   /* estimate, for text in a dictionary; 0 unknown. weir/query/profile.h counts what is held */
	int64_t first_us; /* event time of the first row with a value, else its arrival; WEIR_TIME_NONE: none came */
	struct weir_value example;
};

/* What a result holds only when it was asked for. Extras go by name: each is made by one row of the table in
 * src/query/result/extras.c, and a set of them is a number with one bit a row.
 *
 *   totals     total and others, and what each row was in the period that the window is compared with
 *   pivot      two group columns against each other (weir/query/pivot.h)
 *   movers     the groups that changed most (weir/query/movers.h)
 *   series     the buckets: sparklines, series, rows by time
 *   histogram  the histogram
 *   heat       how it is spread over time (weir/query/heat.h)
 *   records    rows one by one, and what stands around them (weir/query/records.h)
 *   fields     the columns of the streams
 *   left_out   records that are in no answer (weir/query/left_out.h)
 *
 * These have members of their own below. Any other has a struct in a header of its own, and is found by
 * weir_result_extra. */
enum { WEIR_MAX_EXTRAS = 16 };
#define WEIR_EXTRAS_ALL UINT32_MAX

/* The set of those names, with blanks between them. What is no extra's name is left out. */
uint32_t weir_extras_named(const char *names);
/* The set of those that are so cheap that they are made before anybody looks at them, so that a panel that is gone to
 * shows them at once. */
uint32_t weir_extras_ahead(void);

/* How far the windows of a batch could be compared. */
struct weir_comparison_account {
	uint32_t n_windows;  /* of the answer */
	uint32_t n_early;    /* with nothing: their earlier period begins before the data */
	uint32_t n_not_over; /* with nothing: that period is not over */
	uint32_t n_unheld;   /* with nothing: memory does not hold its rows, or there are too many such windows */
	uint32_t n_parts; /* not over, and compared with a part of the earlier window; part_us: of the last of them */
	int64_t part_us;
};

struct weir_result {
	_Atomic uint32_t refs;
	struct weir_arena arena;                /* holds everything below */
	uint64_t view_generation;               /* of the view that it answers */
	int64_t moment_us;                      /* the T of the window; WEIR_TIME_NONE when there is no time */
	int64_t window_start_us, window_end_us; /* of the whole picture; WEIR_TIME_NONE when unbounded */
	int64_t oldest_us; /* earliest event time of all rows that are held; WEIR_TIME_NONE: none has one */
	bool unfinished;   /* tumbling, hopping: the window is not over yet */
	/* A change compares two stretches of event time that are over, equally long, and of which every row was counted: the first
	 * compared_us of the window, and as much from previous_from_us on. 0: there are no such two, then comparable_at_us is the
	 * moment from which there will be; WEIR_TIME_NONE: unknown, or there never will be. */
	struct weir_comparison
	    compare; /* what was asked for; NONE also where the window has no length; never DEFAULT */
	int64_t compared_us, previous_from_us, comparable_at_us;
	struct weir_comparison_account comparison; /* of a batch */
	/* WEIR_COMPARED_COLUMNS for each measure, where the comparison was asked for by name; NULL: it was not. */
	const struct weir_result_column *compared_columns;
	int64_t covered_from_us; /* rows from this event time on were all seen; WEIR_TIME_NONE: however old */
	int64_t
	    held_from_us; /* memory let go of rows up to this time: later ones are all held; WEIR_TIME_NONE: of none */
	struct weir_unread unread; /* counts as NULL in it */
	struct weir_error error;   /* code OK, or why the view cannot be answered (then the rest is empty) */

	uint32_t n_groups, n_measures;
	const struct weir_result_column *groups;
	const struct weir_result_column *measures;
	uint32_t n_rows;       /* at most --top */
	uint64_t n_rows_total; /* groups there are */
	uint64_t n_gone;       /* of them: those with rows in the compared period and none in the window */
	const struct weir_result_row *rows;
	uint32_t seen_from, seen_rows; /* of rows: those that are looked at; all of them unless others were asked for */
	struct weir_result_row others; /* all groups but those; groups NULL; valid when has_others */
	bool has_others;
	struct weir_result_row
	    total; /* without group: the KPIs, with previous and spark (one array for each measure below) */
	const double *const *total_spark; /* n_measures arrays of n_buckets; NULL: none asked */
	uint32_t sort_measure; /* which measure sorts (its sparkline is in rows[].spark); n_measures: by group */
	int sort_compared; /* which column of its comparison does: enum weir_compared_column; -1: the measure itself */
	bool sort_descending;

	uint32_t n_buckets;                             /* of the time chart and the sparklines; 0 without time */
	int64_t bucket_start_us, bucket_us;             /* round lengths, at their multiples */
	bool first_bucket_partial, last_bucket_partial; /* stream or window began in it; it is not over */
	const uint64_t *bucket_rows;                    /* n_buckets: matched rows */
	const uint64_t *bucket_late;                    /* n_buckets: rows that came late into it; NULL: none */
	uint32_t n_series;
	const struct weir_result_series *series;
	struct weir_result_histogram histogram;

	uint32_t n_record_columns;
	const struct weir_result_column *record_columns;
	uint32_t n_records; /* newest first */
	const struct weir_result_record *records;

	uint32_t n_fields;
	const struct weir_result_field *fields;
	uint32_t n_streams;
	const struct weir_ledger *streams; /* one a stream */
	const uint32_t *n_partitions;      /* one a stream */
	const struct weir_ledger *const *partitions;
	struct weir_ledger ledger; /* sum */
	uint64_t buffer_rows, memory_bytes, memory_limit_bytes;
	bool more; /* an extra is not all worked out: the next result, which follows soon, has more of it */
	const void *extras[WEIR_MAX_EXTRAS]; /* weir_result_extra */
};

/* The extra of that name, in the struct that its header tells; NULL: it was not asked for, is still to come, or has
 * members of its own. */
const void *weir_result_extra(const struct weir_result *r, const char *name);

/* What a comparison adds to each measure of an answer that is printed, in this order. */
enum weir_compared_column { WEIR_COMPARED_BEFORE, WEIR_COMPARED_CHANGE, WEIR_COMPARED_PCT, WEIR_COMPARED_COLUMNS };
/* "count_change": what a column, or a sort key, of the measure is called. Appends. */
void weir_compared_name(struct weir_str measure, enum weir_compared_column which, struct weir_buf *out);
/* That value of a row: NULL where it is not known, or there is none. Texts belong to the result. */
struct weir_value weir_result_compared(const struct weir_result_row *row, uint32_t measure,
				       enum weir_compared_column which);

/* The cells of a row in the order in which they are written: its window, groups, measures, what these are compared with. Next
 * fills name, type and value, and is false behind the last. */
struct weir_result_cell {
	const struct weir_result *r;
	const struct weir_result_row *row; /* NULL: the names alone */
	bool windows;                      /* rows carry their own */
	uint32_t i;                        /* cells so far */
	struct weir_str name;
	enum weir_type type;
	struct weir_value value;
};
struct weir_result_cell weir_result_cells(const struct weir_result *r, const struct weir_result_row *row, bool windows);
bool weir_result_next_cell(struct weir_result_cell *c);

/* Lines and columns of a pivot (weir/query/pivot.h) that there is room for, without the total; the others take one where there are any. 0: the default. */
struct weir_pivot_request {
	uint32_t rows, columns;
};

/* What is wanted of an answer. */
struct weir_result_request {
	int64_t at_us;                 /* the moment; WEIR_TIME_NONE: the newest event */
	uint32_t max_rows;             /* 0: all */
	uint32_t seen_from, seen_rows; /* the rows that `others` leaves out; seen_rows 0: all of them */
	uint32_t chart_buckets;        /* about this many, at most half as many more; 0: the default */
	struct weir_records_request records;
	struct weir_left_request left_out;
	struct weir_pivot_request pivot;
	uint32_t extras; /* the set of them; a plan that is not live has records and fields only */
};

struct weir_result *weir_result_ref(struct weir_result *r);
void weir_result_unref(struct weir_result *r); /* NULL allowed */

#endif
