/* The extra "records" of a result: rows one by one, any stretch of all that pass the filter and are held, as a log shows
 * them; and one of them in full. A request says where the stretch begins and how long it is. The rows stand in `records`
 * of the result, newest first; what there is around them stands here.
 *
 * The order of rows: by event time (live: by that of arrival where a stream has none), rows without a time before all
 * others; of one time those of the earlier stream first; of one stream as they arrived. Rows later than the moment of the
 * result are left out. The window does not matter: a log reaches back as far as rows are held.
 *
 * A place names a row for as long as the stream is open: it does not change when rows arrive or leave. A stretch that
 * begins at a place therefore stays the same while data arrives.
 *
 * Thread: plain data. */
#ifndef WEIR_QUERY_RECORDS_H
#define WEIR_QUERY_RECORDS_H

#include "weir/model/value.h"

struct weir_row_place {
	int64_t time_us; /* that it is ordered by, µs UTC; WEIR_TIME_NONE: it has none */
	uint64_t number; /* of the row in the stream's order of arrival, from 0 on */
	uint16_t stream;
};

/* -1: a comes before b in that order. */
static inline int weir_row_place_compare(const struct weir_row_place *a, const struct weir_row_place *b)
{
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

/* Which row the stretch begins at, before `offset` is added. */
enum weir_records_from {
	WEIR_RECORDS_NEWEST, /* the newest of all */
	WEIR_RECORDS_OLDEST, /* the oldest of all */
	WEIR_RECORDS_PLACE,  /* the row at `place`; where it is gone or filtered out, the next older one */
	WEIR_RECORDS_TIME,   /* the newest row of place.time_us or before */
	WEIR_RECORDS_INDEX,  /* row `index`, counted from the newest, which is 0 */
};

struct weir_record_full;

/* What the place where a record came from still has of it. Borrowed until the next one is asked for. */
struct weir_record_again {
	struct weir_str raw, key, headers; /* data NULL: none */
	const char *why;                   /* there is no raw text: why, as a sentence */
	bool reading;                      /* it is on its way; another result is due when it has come */
};

struct weir_records_request {
	enum weir_records_from from;
	struct weir_row_place place; /* PLACE; TIME: its time_us */
	uint64_t index;              /* INDEX */
	int64_t offset;              /* rows further towards the older ones; below zero: towards the newer ones */
	/* Rows wanted; 0: none. Where the stretch would reach beyond either end it is moved, so that it is shorter only
	 * when there are no more rows; and of rows with thousands of columns fewer are given. */
	uint32_t count;
	/* n_total and n_newer are wanted: every row is looked at, a while at a time. Else no more rows are looked at than
	 * the stretch needs. */
	bool counted;
	bool open; /* `opened` is wanted in full */
	struct weir_row_place opened;
	/* What was not kept of `opened`, found where it came from; `full` has its place. Does not wait. NULL: nobody can.
	 * Thread: that of the answer. */
	void (*read_again)(void *ctx, const struct weir_record_full *full, struct weir_record_again *out);
	void *read_again_ctx;
};

/* One value of a record in full, with its name. */
struct weir_record_field {
	struct weir_str name; /* the column's; of a stream without it `missing` */
	enum weir_type type;  /* of the column */
	struct weir_value value;
	bool missing;  /* the record lacks the key, rather than holds null */
	bool is_time;  /* the event time was taken from it */
	bool computed; /* by --derive */
};

/* One record, whole. Where it says nothing of something, `data` of a text is NULL. */
struct weir_record_full {
	struct weir_row_place place;
	/* False: the row is not held any more, and nothing below says anything. */
	bool held;
	bool passes;            /* the filter */
	int64_t time_us;        /* event time; WEIR_TIME_NONE */
	int64_t arrival_us;     /* wall clock; 0 unknown. Less time_us it is the delay */
	int64_t stamp_us;       /* the server's time for the record; WEIR_TIME_NONE */
	int64_t position;       /* byte or offset; -1: unknown */
	struct weir_str topic;  /* of its partition */
	int32_t partition;      /* the server's number of it; 0 without partitions */
	bool malformed;         /* kept although it did not parse */
	struct weir_str stream; /* name */
	struct weir_str key, headers, raw;
	struct weir_str no_raw; /* why there is no raw text, as a sentence; empty: there is */
	bool reading;           /* what is missing of these is on its way: another result has it */
	uint32_t n_fields;
	const struct weir_record_field *fields; /* every column of the record's stream, then the computed ones */
};

struct weir_records {
	/* Rows that pass, and those of them that are newer than the first one shown. Both are exact when `exact`; else they
	 * are a lower bound: not every row was looked at. */
	uint64_t n_total, n_newer;
	bool exact;
	uint64_t n_looked, n_held; /* progress: rows that the filter has seen, of all that are held */
	/* PLACE: the row was dropped to make room, and the stretch begins at the oldest end; or it is held and does not
	 * pass. */
	bool place_gone, place_hidden;
	const struct weir_record_full *full; /* of `opened`; NULL: not asked for */
};

#endif
