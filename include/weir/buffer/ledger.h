/* Where each record went. The equations hold at every moment a ledger can be seen (weir_ledger_balances):
 *     received = matched + filtered + malformed + duplicate + late + shed        matched = in_window + expired
 * Thread: the engine writes; copies travel inside results. */
#ifndef WEIR_BUFFER_LEDGER_H
#define WEIR_BUFFER_LEDGER_H

#include "weir/model/batch.h"

struct weir_ledger {
	uint64_t received, matched, filtered, malformed, duplicate, late, shed;
	uint64_t in_window, expired;
	uint64_t bytes;
	uint64_t no_time; /* matched rows without a time: in no window of time (part of expired) */
	uint64_t
	    future; /* rows whose time lies further ahead of their arrival than --skew allows; they are matched or filtered */
	uint64_t lost;                /* discarded by the server before they were read; received does not count them */
	uint64_t shed_by_source;      /* of `shed`: those that the source could not take in */
	uint64_t truncated_by_memory; /* rows that left the buffer before the window let them go */
	uint64_t malformed_by[WEIR_BAD_COUNT];
	uint64_t noted[WEIR_NOTE_COUNT]; /* what was changed in records that were kept */
	int64_t lag;                     /* records behind; -1 unknown */
	int64_t watermark_us;            /* WEIR_TIME_NONE: none yet */
	int64_t newest_us;               /* newest event time; WEIR_TIME_NONE */
	int64_t arrival_delay_us; /* arrival less event time of the newest batch's last row; WEIR_TIME_NONE: unknown */
};

bool weir_ledger_balances(const struct weir_ledger *l);
/* into += one; lag sums (unknown stays unknown only if all are), watermark merges by minimum, newest by maximum. */
void weir_ledger_add(struct weir_ledger *into, const struct weir_ledger *one);
void weir_ledger_init(struct weir_ledger *l); /* zeros, and the unknowns */

#endif
