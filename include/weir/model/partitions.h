/* The partitions of one stream, in the order in which they were found: index i here is the `partition` of a message or row,
 * `number` and `topic` what the server calls it. A stream of bytes has one, without a topic. Grows only, so that whoever has
 * an index may read it.
 *
 * Thread: add: the stream's source thread; the rest any. */
#ifndef WEIR_MODEL_PARTITIONS_H
#define WEIR_MODEL_PARTITIONS_H

#include "weir/base/bounds.h"
#include "weir/base/str.h"

#include <stdatomic.h>

struct weir_partition {
	struct weir_str topic; /* owned by the list; "": none */
	int32_t number;
	/* As the source last knew them, -1: unknown. Offsets of messages, or stored bytes of a file. */
	_Atomic int64_t position; /* comes next */
	_Atomic int64_t end;      /* behind the last */
	_Atomic int64_t lag;      /* records from position to end */
	_Atomic bool at_until;    /* it was read to its until= */
	/* It has records that have not come yet, and merging partitions by time waits for them. Cleared only once
	 * everything that was handed out is decoded and in the stream's ring. */
	_Atomic bool awaited;
	_Atomic bool unreadable; /* no server can deliver it now */
	/* Records that the server discarded before they were read, and the offsets of the last that went, both included. */
	_Atomic uint64_t lost;
	_Atomic int64_t lost_from, lost_to;
	/* Records that came, and that the source had to drop: its sender does not wait, or one was beyond a limit. */
	_Atomic uint64_t shed;
};

struct weir_partitions;

struct weir_partitions *weir_partitions_new(void) WEIR_MUST_USE;        /* one reference; NULL: no memory */
struct weir_partitions *weir_partitions_ref(struct weir_partitions *p); /* NULL allowed, as below */
void weir_partitions_unref(struct weir_partitions *p);
/* The new one's index; -1: there are WEIR_MAX_PARTITIONS, or no memory. */
int weir_partitions_add(struct weir_partitions *p, struct weir_str topic, int32_t number) WEIR_MUST_USE;
uint32_t weir_partitions_count(const struct weir_partitions *p);
/* i < count. */
struct weir_partition *weir_partitions_at(struct weir_partitions *p, uint32_t i);
const struct weir_partition *weir_partitions_get(const struct weir_partitions *p, uint32_t i);
/* "orders/3"; "0" without a topic. Cut to `size`. Returns `out`. */
char *weir_partition_name(const struct weir_partition *p, char *out, size_t size);

#endif
