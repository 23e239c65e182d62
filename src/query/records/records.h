/* Rows one by one, in the order of include/weir/query/records.h: how many there are before a place, which is the n-th, and
 * those next to a place, and their cells. Nothing is ever sorted: the filter is asked once for each segment, and what it said is kept as
 * bits; counting and looking pass over whole segments and spans by the ends of their times. result/records.c calls this
 * room for the records of a result.
 *
 * The list of a plan is made when it is first wanted and follows the snapshots: a segment that is still there keeps what
 * is known of it. Private to src/query. Thread: the engine's. */
#ifndef WEIR_QUERY_RECORDS_RECORDS_H
#define WEIR_QUERY_RECORDS_RECORDS_H

#include "query/plan/plan.h"
#include "weir/query/records.h"

/* A segment, and which of its rows pass. Stream, first row and number of rows tell it from all others. */
struct weir_row_segment {
	const struct weir_segment *segment; /* borrowed from the snapshot of this call */
	uint64_t first_row;
	uint32_t n_rows, stream;
	bool known;     /* the filter was asked */
	bool all_timed; /* no row is known to be without a time */
	uint32_t n_pass;
	uint64_t *pass; /* owned; NULL: all n_rows of them pass, or none */
};

struct weir_row_list {
	struct weir_row_segment *items; /* owned; of the first stream in order of arrival, then of the next */
	size_t n;
	bool live;                      /* rows of a stream without event times have that of their arrival */
	struct weir_budget *budget;     /* borrowed: what it is charged to */
	const struct weir_clock *clock; /* of this call; NULL: there is no limit of time */
	int64_t until_us;               /* of this call: monotonic, when looking ends */
	bool late;                      /* of this call: something was not looked at for want of time */
};

/* A row, and where its cells are. */
struct weir_row_found {
	struct weir_row_place place;
	const struct weir_batch *batch;
	uint32_t row;
};

/* list.c: what is known of segments. Brings a list to a snapshot; of new segments nothing is known. False: no memory. */
bool weir_row_list_fill(struct weir_row_list *l, const struct weir_relation_snapshot *snapshot) WEIR_MUST_USE;
void weir_row_list_clear(struct weir_row_list *l);
/* The filter's answer for a segment: takes `pass`, with n_pass bits set. */
void weir_row_list_know(struct weir_row_list *l, struct weir_row_segment *s, uint64_t *pass, uint32_t n_pass);
/* Brings the plan's own list to the snapshot, and begins a call. NULL: no memory. */
struct weir_row_list *weir_row_list_follow(struct weir_plan *p, const struct weir_relation_snapshot *snapshot,
					   const struct weir_clock *clock);
void weir_row_list_free(struct weir_row_list *l); /* NULL allowed */
/* Asks the filter of a segment that is not known yet, while there is time; l->late tells that there was none. */
enum weir_status weir_row_list_look(struct weir_plan *p, struct weir_row_list *l, struct weir_row_segment *s,
				    struct weir_error *err);
/* The same for all, the newest segments first. */
enum weir_status weir_row_list_look_at_all(struct weir_plan *p, struct weir_row_list *l, struct weir_error *err);
/* The segment that holds the row of that stream and number; NULL: it is not held. */
struct weir_row_segment *weir_row_list_find(const struct weir_row_list *l, const struct weir_row_place *place);

/* The rows [*from, *to) of a segment's span number `span`, and the ends of their times; false: there is none. */
bool weir_row_segment_span(const struct weir_row_segment *s, uint32_t span, uint32_t *from, uint32_t *to,
			   struct weir_span *times);

/* rank.c, over what is known. Passing rows before that place in the order, which need not be a row's. */
uint64_t weir_rows_before(const struct weir_row_list *l, const struct weir_row_place *at);
/* The place of row n, from the oldest on, of more than n passing rows. False: no memory. */
bool weir_rows_nth(const struct weir_row_list *l, uint64_t n, struct weir_row_place *out) WEIR_MUST_USE;

/* near.c: up to `wanted` passing rows nearest to a place, newest first: those before it, or (newer) the row at it and
 * those behind it that are before `end`. Looks at segments that may hold them. `out` has room for `wanted`. */
enum weir_status weir_rows_near(struct weir_plan *p, struct weir_row_list *l, const struct weir_row_place *at,
				const struct weir_row_place *end, bool newer, struct weir_row_found *out,
				uint32_t wanted, uint32_t *n, struct weir_error *err);

/* stretch.c: the rows of a request, newest first, and what stands around them. until_us: later rows are left out;
 * WEIR_TIME_NONE: none. `out` has room for `wanted`. */
enum weir_status weir_rows_stretch(struct weir_plan *p, struct weir_row_list *l,
				   const struct weir_records_request *request, int64_t until_us,
				   struct weir_row_found *out, uint32_t wanted, uint32_t *n, struct weir_records *about,
				   struct weir_error *err);

/* The ends of the times of a segment's rows; first > last: none of them has one. */
void weir_row_segment_times(const struct weir_row_list *l, const struct weir_row_segment *s, int64_t *first,
			    int64_t *last);
/* cells.c: a record with its cells, long texts cut; and one whole, where the list holds it. Texts go into the arena. */
enum weir_status weir_record_take(struct weir_plan *p, struct weir_arena *arena, const struct weir_row_found *f,
				  struct weir_result_record *out, struct weir_error *err);
enum weir_status weir_record_take_full(struct weir_plan *p, struct weir_arena *arena, const struct weir_row_list *l,
				       const struct weir_records_request *q, const struct weir_record_full **out,
				       struct weir_error *err);

/* Whether row `row` of a known segment passes. */
static inline bool weir_row_passes(const struct weir_row_segment *s, uint32_t row)
{
	return s->pass ? weir_bit_get(s->pass, row) : s->n_pass > 0;
}
static inline int64_t weir_row_time(const struct weir_row_list *l, const struct weir_batch *b, uint32_t row)
{
	return b->time_us ? b->time_us[row] : l->live ? b->arrival_us : WEIR_TIME_NONE;
}
/* The place right behind that one: no other lies between them. */
static inline struct weir_row_place weir_row_behind(const struct weir_row_place *at)
{
	struct weir_row_place next = *at;
	next.number++;
	return next;
}

#endif
