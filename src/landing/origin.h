/* Where a row came from, beside its stream. Thread: plain functions. */
#ifndef WEIR_LANDING_ORIGIN_H
#define WEIR_LANDING_ORIGIN_H

#include "weir/model/batch.h"

struct weir_landing_origin {
	struct weir_str topic; /* borrowed from the batch; "": none */
	int64_t partition, offset;
	uint32_t index; /* of the partition in its stream */
};

static inline struct weir_landing_origin weir_landing_origin_of(const struct weir_batch *b, uint32_t row)
{
	uint32_t at = b->partition ? b->partition[row] : 0;
	const struct weir_partition *p =
	    b->partitions && at < weir_partitions_count(b->partitions) ? weir_partitions_get(b->partitions, at) : NULL;

	return (struct weir_landing_origin){.topic = p && p->topic.size ? p->topic : WEIR_STR(""),
					    .partition = p ? p->number : (int64_t)at,
					    .offset = weir_batch_position(b, row),
					    .index = at};
}

#endif
