/* A batch: up to 8,192 decoded rows in columns, with where each came from. A sealed segment holds one of 65,536 rows.
 *
 * Ownership: exactly one owner at a time (decoder, ring, engine); moves by pointer. */
#ifndef WEIR_MODEL_BATCH_H
#define WEIR_MODEL_BATCH_H

#include "weir/base/time.h"
#include "weir/model/column.h"
#include "weir/model/grouping.h"
#include "weir/model/left_out.h"
#include "weir/model/partitions.h"
#include "weir/model/note.h"
#include "weir/model/schema.h"

enum { WEIR_BATCH_ROWS = 8192, WEIR_SEGMENT_ROWS = 65536 };

/* X(name, text): why a record did not parse. One counter each, in the ledger and in the streams panel. */
#define WEIR_MALFORMED_LIST(X)                                                                                         \
	X(SYNTAX, "not the format")                                                                                    \
	X(TRUNCATED, "cut off")                                                                                        \
	X(TOO_LONG, "record too long")                                                                                 \
	X(TOO_DEEP, "nested too deeply")                                                                               \
	X(ENCODING, "invalid UTF-8")                                                                                   \
	X(FIELDS, "too many fields")                                                                                   \
	X(NO_MATCH, "pattern does not match")                                                                          \
	X(STEPS, "the pattern takes too many steps")                                                                   \
	X(SCHEMA, "unknown schema")

enum weir_malformed {
#define X(name, text) WEIR_BAD_##name,
	WEIR_MALFORMED_LIST(X)
#undef X
	    WEIR_BAD_COUNT
};
const char *weir_malformed_text(enum weir_malformed why);

/* Numbers that rise almost evenly: item i = base + i * step + what is left, an unsigned number of `width` bytes. */
struct weir_along {
	int64_t base, step;
	uint8_t width; /* 1, 2, 4 */
	void *rest;    /* owned */
};

/* Rows of a segment from `from` on, up to those of the next of these, arrived together. */
struct weir_arrival {
	int64_t us; /* wall clock */
	uint32_t from;
};

struct weir_batch {
	uint16_t stream;                  /* index of the stream in its session */
	uint32_t n_rows;                  /* rows, the malformed ones kept by --malformed keep among them */
	uint32_t capacity;                /* rows that the columns have room for */
	const struct weir_schema *schema; /* one reference; columns[i] is schema->fields[i], n_columns <= n_fields */
	uint32_t n_columns;
	struct weir_column *columns; /* owned array of columns_capacity */
	uint32_t columns_capacity;
	int64_t *
	    time_us; /* owned, `capacity` items; event time, WEIR_TIME_NONE without; NULL: the stream has no event time */
	int64_t *
	    position; /* owned, `capacity` items: byte offset of the record in its stream, or Kafka offset; NULL: `along` */
	struct weir_along along;            /* the same where positions rise almost evenly, as they do in segments */
	uint16_t *partition;                /* owned or NULL (all partition 0); indices into `partitions` */
	struct weir_partitions *partitions; /* one reference; NULL: the stream has none */
	/* Owned, `capacity` items, or NULL (+1 each): how often a row counts. A negative weight takes back rows that came before
	 * or will come, alike in every column, time, position and partition; 0: the row is to be passed over. */
	int8_t *weight;
	uint64_t *malformed;           /* owned bitmap or NULL: rows kept although they did not parse */
	int64_t arrival_us;            /* wall clock when the chunk came in; of a segment: the last of its batches */
	struct weir_arrival *arrivals; /* owned; of a segment of several batches, the first from row 0; NULL: all rows
					* arrived at arrival_us */
	uint32_t n_arrivals;
	uint64_t bytes; /* of input that these rows (and the malformed) took, as they came in, after decompression */
	/* Input that became no row. received by this batch = n_rows + sum of these, by partition only when partition is NULL */
	uint64_t n_malformed[WEIR_BAD_COUNT];
	/* First malformed record since the last batch: for the streams panel and --malformed fail. */
	struct weir_error first_malformed; /* code OK when there was none */
	/* Owned; rows that a server counted for the question (weir/model/grouping.h): the batch then has no rows of its own, and received
	 * by it is what these stand for. NULL: none. */
	struct weir_grouped *grouped;
	struct weir_left_list
	    *left; /* owned: those of the input that are left out; NULL: none, or nobody looks at them */
	/* What was changed in rows that were kept, by kind, and where each kind came first ("": nowhere in this batch). */
	uint64_t n_noted[WEIR_NOTE_COUNT];
	char first_noted[WEIR_NOTE_COUNT][WEIR_NOTE_PLACE_BYTES];
	/* Optional columns (weir_decode_want): text by row, PLAIN encoded, and the server's timestamp; ABSENT otherwise. */
	struct weir_column raw, key, headers, stamp;
};

static inline int64_t weir_batch_position(const struct weir_batch *b, uint32_t row)
{
	if (b->position)
		return b->position[row];
	uint64_t rest = b->along.width == 1   ? ((const uint8_t *)b->along.rest)[row]
			: b->along.width == 2 ? ((const uint16_t *)b->along.rest)[row]
					      : ((const uint32_t *)b->along.rest)[row];
	return (int64_t)((uint64_t)b->along.base + row * (uint64_t)b->along.step + rest);
}

static inline int64_t weir_batch_arrival(const struct weir_batch *b, uint32_t row)
{
	uint32_t low = 0, high = b->n_arrivals;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (b->arrivals[middle].from <= row)
			low = middle;
		else
			high = middle;
	}
	return high ? b->arrivals[low].us : b->arrival_us;
}

/* Empty batch with room for `capacity` rows. Owned by the caller. NULL: no memory. */
struct weir_batch *weir_batch_new(uint32_t capacity) WEIR_MUST_USE;
void weir_batch_free(struct weir_batch *b);  /* NULL allowed */
void weir_batch_clear(struct weir_batch *b); /* keeps the memory of the columns for the next use */
/* Takes its own reference to `schema` and makes room for all of its columns (new ones ABSENT). False: no memory. */
bool weir_batch_set_schema(struct weir_batch *b, const struct weir_schema *schema) WEIR_MUST_USE;
bool weir_batch_add_time(struct weir_batch *b) WEIR_MUST_USE;      /* allocates time_us, all NONE */
void weir_batch_drop_time(struct weir_batch *b);                   /* the rows have no event time after all */
bool weir_batch_add_partition(struct weir_batch *b) WEIR_MUST_USE; /* allocates partition, all 0 */
bool weir_batch_add_weight(struct weir_batch *b) WEIR_MUST_USE;    /* allocates weight, all +1 */
/* Adds a record to `left`, which is made when it is needed. Without memory for it, it is only counted, elsewhere. */
void weir_batch_leave_out(struct weir_batch *b, const struct weir_left_out *record);
void weir_batch_set_partitions(struct weir_batch *b,
			       struct weir_partitions *p); /* takes its own reference; NULL allowed */
/* Its rows, for another who takes batches; what it counts beside them, and `left`, stay behind. Owned by the caller; NULL: no
 * memory. */
struct weir_batch *weir_batch_copy_rows(const struct weir_batch *b) WEIR_MUST_USE;
size_t weir_batch_bytes(const struct weir_batch *b);       /* heap held, without dictionaries */
uint64_t weir_batch_malformed(const struct weir_batch *b); /* sum of n_malformed */
uint64_t weir_batch_counted(const struct weir_batch *b);   /* rows that its grouped ones stand for */

#endif
