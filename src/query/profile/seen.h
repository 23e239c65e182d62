/* The study "profile" from the inside: one share of it goes over segments (scan.c) and counts the values of each column
 * (seen.c); what the shares counted is put together into an answer (profile.c). The session has it run by its table of
 * functions, weir/query/profile.h. Private to this folder. */
#ifndef WEIR_QUERY_PROFILE_SEEN_H
#define WEIR_QUERY_PROFILE_SEEN_H

#include "query/aggregate/distinct.h"
#include "weir/query/profile.h"

/* A value: rows that have it, and one of them. */
struct weir_counted {
	uint64_t key; /* hash of the value; 0: free */
	uint64_t rows;
	uint32_t segment, row;
};

/* What one share saw of one column. All zero: nothing. */
struct weir_seen {
	struct weir_counted *items; /* owned, open addressing */
	uint32_t mask, n;           /* items - 1, 0: none yet; items in use */
	struct weir_distinct many;  /* once there are more than the bound: estimated */
	bool estimated;
	uint64_t n_valid, n_null;
	uint64_t bytes; /* of text */
	bool fell;      /* a number was not greater than the one before it in its segment */
	bool any;       /* low and high are known */
	struct weir_value low, high;
};

/* Counts `rows` rows more of the value with that hash, of which row `row` of segment `segment` is one. False: no memory. */
bool weir_seen_add(struct weir_seen *v, uint64_t hash, uint64_t rows, uint32_t segment, uint32_t row, uint32_t bound,
		   struct weir_budget *budget) WEIR_MUST_USE;
/* Adds what another share saw. */
bool weir_seen_merge(struct weir_seen *into, const struct weir_seen *from, uint32_t bound,
		     struct weir_budget *budget) WEIR_MUST_USE;
uint64_t weir_seen_distinct(const struct weir_seen *v);
void weir_seen_release(struct weir_seen *v, struct weir_budget *budget);

/* A value of a column seen as one of another type that it fits into. Text borrows from the column, or lies in `text`. */
struct weir_value weir_seen_as(const struct weir_column *c, uint32_t row, enum weir_type type, struct weir_buf *text);

/* Rows with each code of a dictionary, in one segment. */
struct weir_code {
	uint32_t rows, row;
};

struct weir_profile_share {
	struct weir_plan *plan;    /* owned: the filter; NULL: all rows pass */
	struct weir_seen *columns; /* owned, one a column */
	struct weir_code *codes;   /* owned scratch */
	size_t codes_capacity;
	struct weir_buf text; /* scratch */
	uint64_t n_rows, n_gone_through;
};

struct weir_profile_study {
	struct weir_study study;
	struct weir_study_rows *rows; /* one reference */
	struct weir_study_run *run;   /* the one that it runs in */
	bool all;                     /* the filter does not count */
	uint32_t n_columns, n_shares, bound;
	struct weir_profile_share *shares; /* owned */
	uint32_t **places;                 /* owned, by stream: the column that each field of it is */
	uint32_t n_segments, n_before;     /* all of them; those of the passes before */
};

/* One segment. */
enum weir_status weir_profile_scan(struct weir_profile_study *s, const struct weir_study_run *run, uint32_t share,
				   uint32_t segment, struct weir_error *err);

#endif
