/* Whole blocks of a segment by its summary: plan_summary.c. Private to src/query. */
#ifndef WEIR_QUERY_PLAN_SUMMARY_H
#define WEIR_QUERY_PLAN_SUMMARY_H

#include "query/summary/summary.h"

struct weir_plan;
struct weir_slice;

struct weir_plan_summary {		     /* how the segment's summary answers the question */
	const struct weir_summary *with;     /* borrowed from the segment; NULL: it does not */
	uint32_t key, partition;	     /* keys of it; partition: only where rows have partitions */
	uint8_t values[WEIR_SUMMARY_VALUES]; /* by input: value of it */
	bool scans;			     /* buckets by group are not in it: all else is */
};

/* Before the slices of a segment or batch (segment NULL), after weir_plan_tally_begin. */
void weir_plan_summary_begin(struct weir_plan *p, const struct weir_slice *s, const struct weir_segment *segment);
/* Takes the block that begins at s->from; then s->n is the block's. *taken false: its rows must be looked at, nothing
 * was counted. */
enum weir_status weir_plan_summary_block(struct weir_plan *p, struct weir_slice *s, const struct weir_segment *segment,
					 struct weir_ledger *const *ledgers, bool *taken, struct weir_error *err);

#endif
