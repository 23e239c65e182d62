/* Records that are in no answer, or not yet: those that do not parse, that came too late, or that are from the future. The
 * ledger counts all of them; of the newest the text is kept here, within bounds, so that a person can look at them.
 *
 * A list travels with the batch that its records came beside, and is emptied into the fabric's. Only a bad record touches it.
 *
 * Thread: the owner's, which is the batch's. */
#ifndef WEIR_MODEL_LEFT_OUT_H
#define WEIR_MODEL_LEFT_OUT_H

#include "weir/base/memory.h"

enum weir_left_kind {
	WEIR_LEFT_MALFORMED, /* it does not parse */
	WEIR_LEFT_LATE,      /* its window was over */
	WEIR_LEFT_FUTURE,    /* its time lies further ahead than --skew allows: it is held until then */
	WEIR_LEFT_KINDS
};

struct weir_left_out {
	enum weir_left_kind kind;
	uint64_t number;       /* rising, given by whoever adds it to a list */
	uint16_t stream;       /* set by who takes the list over, as arrival_us */
	int64_t arrival_us;    /* wall clock */
	int64_t time_us;       /* event time; WEIR_TIME_NONE: it has none, or was not read so far */
	int64_t position;      /* byte or offset */
	uint64_t record;       /* which of the stream it is, from 1 on; 0: unknown */
	int32_t partition;     /* the server's number */
	struct weir_str topic; /* size 0: none */
	/* LATE: how long before it came its window was closed. FUTURE: how far its time is ahead of its arrival. Else 0. */
	int64_t by_us;
	struct weir_str reason; /* "not the format: …" */
	/* The record as it came, of a malformed one what had come of it by then; or where that is not kept, as JSON of its
	 * columns (`rebuilt`). */
	struct weir_str text;
	bool rebuilt;
	uint64_t text_bytes; /* of the whole: more than text.size when it was cut */
};

struct weir_left_list;

/* Keeps the newest: at most `most` records and about `most_bytes` of their texts. budget: borrowed until free; may be NULL.
 * NULL: no memory. */
struct weir_left_list *weir_left_list_new(uint32_t most, size_t most_bytes, struct weir_budget *budget) WEIR_MUST_USE;
void weir_left_list_free(struct weir_left_list *l); /* NULL allowed */
/* Copies a record, its texts cut to WEIR_MAX_LEFT_BYTES (weir/base/bounds.h). Without memory for it, it is only counted. */
void weir_left_list_add(struct weir_left_list *l, const struct weir_left_out *record);
uint32_t weir_left_list_count(const struct weir_left_list *l);
uint64_t weir_left_list_added(const struct weir_left_list *l); /* so far, those that are gone among them */
/* i < count, 0 is the oldest that is kept. Borrowed until the next add. */
const struct weir_left_out *weir_left_list_at(const struct weir_left_list *l, uint32_t i);

#endif
