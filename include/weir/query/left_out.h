/* The extra "left_out" of a result: the newest records that are in no answer, one by one, the newest first. Malformed,
 * late and future ones are kept apart, the newest WEIR_MAX_LEFT of each, and listed together in the order in which they came. */
#ifndef WEIR_QUERY_LEFT_OUT_H
#define WEIR_QUERY_LEFT_OUT_H

#include "weir/model/left_out.h"

struct weir_left_request {
	uint32_t count; /* rows wanted; 0: none */
	/* The list begins `offset` rows towards the older ones (below zero: newer) from the newest, or, `anchored`, from the record
	 * `number`; moved where there are no more rows. */
	bool anchored;
	uint64_t number;
	int64_t offset;
	unsigned without; /* bit k: none of enum weir_left_kind k */
};

struct weir_left_outs {
	uint32_t n;
	const struct weir_left_out *records; /* newest first; whole as far as they are kept */
	uint64_t n_newer, n_kept;            /* of the kinds wanted: newer than the first one here; in all */
	uint64_t n_kept_of[WEIR_LEFT_KINDS];
	uint64_t n_of[WEIR_LEFT_KINDS]; /* that there were, as the ledger has them */
};

#endif
