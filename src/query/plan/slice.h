/* Slices: a batch is worked through by up to WEIR_VEC_ROWS rows at a time, so that what a step leaves for the next one stays
 * in the cache. Private to src/query. */
#ifndef WEIR_QUERY_PLAN_SLICE_H
#define WEIR_QUERY_PLAN_SLICE_H

#include "query/plan/plan.h"

/* Up to WEIR_VEC_ROWS rows of a batch: which of them count, and where they go. */
struct weir_slice {
	const struct weir_batch *batch;
	uint32_t stream, from, n;
	int64_t first_us, last_us; /* of all its rows; first_us INT64_MAX, last_us NONE when none has a time */
	bool all_timed;
	bool none;       /* zone maps: no row of the segment passes the filter */
	uint32_t passed; /* zone maps: a bit for each condition that all of its rows pass */
	uint64_t keep[WEIR_VEC_ROWS / 64];
	uint32_t n_rows;      /* picked */
	const uint16_t *rows; /* NULL: all n rows of the slice */
	uint16_t row_space[WEIR_VEC_ROWS];
	uint32_t groups[WEIR_VEC_ROWS]; /* by picked row */
	uint32_t cells[WEIR_VEC_ROWS], total_cells[WEIR_VEC_ROWS];
	uint32_t now[WEIR_VEC_ROWS],
	    before[WEIR_VEC_ROWS]; /* RANGED: group where the pane is in the range, else NONE */
	uint32_t total_now[WEIR_VEC_ROWS], total_before[WEIR_VEC_ROWS];
	bool any_before;
	/* Values of one input, packed. */
	uint16_t packed[WEIR_VEC_ROWS]; /* index into the picked rows */
	uint32_t slots[WEIR_VEC_ROWS];
	union {
		int64_t i[WEIR_VEC_ROWS];
		double f[WEIR_VEC_ROWS];
		uint8_t b[WEIR_VEC_ROWS];
		struct weir_str s[WEIR_VEC_ROWS];
	} values;
	struct weir_order order[WEIR_VEC_ROWS];
	int8_t weights[WEIR_VEC_ROWS], packed_weights[WEIR_VEC_ROWS]; /* by picked row; by value */
};

/* Sets none and passed for the rows of a segment of s->stream; NULL: of what is filtered next nothing is known. */
void weir_slice_ask_zones(const struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment);
/* Sets keep and *n_true: the rows that pass the filter. */
enum weir_status weir_slice_filter(struct weir_plan *p, struct weir_slice *s, uint32_t *n_true, struct weir_error *err);
/* False below: no memory. Counts matched and filtered in the ledgers of the rows' partitions. */
bool weir_slice_ledgers(struct weir_plan *p, const struct weir_slice *s, uint32_t n_true,
			struct weir_ledger *const *ledgers) WEIR_MUST_USE;
/* The same for a batch of which no row passes. */
bool weir_slice_pass_over(struct weir_plan *p, const struct weir_slice *s,
			  struct weir_ledger *const *ledgers) WEIR_MUST_USE;
/* The plan's number of a partition; WEIR_NO_PARTITION: no memory. */
uint32_t weir_plan_partition(struct weir_plan *p, uint32_t stream, uint32_t partition);
/* first_us, last_us and all_timed; moves the plan's newest time. */
void weir_slice_times(struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment);
/* The pane that the whole slice lies in; *pane NULL: there is none. */
bool weir_slice_pane(struct weir_plan *p, const struct weir_slice *s, struct weir_pane **pane) WEIR_MUST_USE;
/* Rows of a slice in one pane, by partition. */
bool weir_slice_count(struct weir_plan *p, const struct weir_slice *s, struct weir_pane *pane) WEIR_MUST_USE;
/* The cells of the rows, and where the rows go in the two ranges. */
bool weir_slice_cells(struct weir_plan *p, struct weir_slice *s) WEIR_MUST_USE;
/* Notes what is in a CUMULATIVE or WINDOWED window. */
bool weir_slice_note(struct weir_plan *p, const struct weir_slice *s) WEIR_MUST_USE;
/* Notes that rows of the slice have weights. */
void weir_slice_weigh(struct weir_plan *p, const struct weir_slice *s);
const int8_t *weir_slice_weights(struct weir_slice *s); /* by picked row; NULL: once each */
void weir_slice_weighted_span(struct weir_plan *p, const struct weir_slice *s);
/* The picked rows of a slice move the plan's first_us and last_us, at the latest when the batch's spans are closed. */
void weir_slice_span(struct weir_plan *p, const struct weir_slice *s);
void weir_slice_close_spans(struct weir_plan *p, const struct weir_batch *batch);

/* Makes a span of times reach from `from` to `to`; NONE, which is the least: it stays. */
static inline void weir_span_stretch(int64_t *first, int64_t *last, int64_t from, int64_t to)
{
	if (to == WEIR_TIME_NONE)
		return;
	*first = *first == WEIR_TIME_NONE || from < *first ? from : *first;
	*last = to > *last ? to : *last;
}
/* Event time, or the time of arrival on a live stream that has no event time. */
static inline int64_t weir_batch_time(const struct weir_plan *p, const struct weir_batch *b, uint32_t row)
{
	return b->time_us ? b->time_us[row] : p->live ? b->arrival_us : WEIR_TIME_NONE;
}

/* Order of a row among all: by that time, then position. */
static inline struct weir_order weir_plan_order(const struct weir_plan *p, const struct weir_batch *b, uint32_t row)
{
	return (struct weir_order){.time_us = weir_batch_time(p, b, row),
				   .position = weir_batch_position(b, row),
				   .source = (uint32_t)b->stream << 16 | (b->partition ? b->partition[row] : 0u)};
}

/* The same, but rows without a time stand in order of arrival. */
static inline struct weir_order weir_plan_arrival(const struct weir_plan *p, const struct weir_batch *b, uint32_t row,
						  uint64_t first_row)
{
	struct weir_order order = weir_plan_order(p, b, row);
	if (order.time_us == WEIR_TIME_NONE)
		order.position = (int64_t)(first_row + row);
	return order;
}

#endif
