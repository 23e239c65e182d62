/* Takes whole blocks of a segment by its summary, where that answers the plan's question. Called by plan/update.c. Private to
 * src/query. */
#ifndef WEIR_QUERY_SUMMARY_ANSWER_H
#define WEIR_QUERY_SUMMARY_ANSWER_H

#include "query/summary/summary.h"

struct weir_plan;
struct weir_slice;

struct weir_summary_answer {                 /* how the segment's summary answers the question */
	const struct weir_summary *with;     /* borrowed from the segment; NULL: it does not */
	uint32_t key, partition;             /* keys of it; partition: only where rows have partitions */
	uint8_t values[WEIR_SUMMARY_VALUES]; /* by input: value of it */
	bool scans;                          /* buckets by group are not in it: all else is */
};

/* Before the slices of a segment or batch (segment NULL), after weir_short_way_begin. */
void weir_summary_answer_begin(struct weir_plan *p, const struct weir_slice *s, const struct weir_segment *segment);
/* Takes the block that begins at s->from; then s->n is the block's. *taken false: its rows must be looked at, nothing
 * was counted. */
enum weir_status weir_summary_answer_block(struct weir_plan *p, struct weir_slice *s,
					   const struct weir_segment *segment, struct weir_ledger *const *ledgers,
					   bool *taken, struct weir_error *err);

#endif
