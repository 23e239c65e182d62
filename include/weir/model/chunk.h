/* A chunk: raw records as they came, with positions. Sources fill it, codecs consume it from the front.
 * Everything is borrowed from the source until its next poll or close. */
#ifndef WEIR_MODEL_CHUNK_H
#define WEIR_MODEL_CHUNK_H

#include "weir/model/partitions.h"

struct weir_message {
	struct weir_str payload; /* data NULL: a tombstone */
	struct weir_str key;     /* data NULL: none */
	struct weir_str headers; /* JSON object text, {NULL,0} when none */
	struct weir_str topic;
	uint16_t partition; /* index into the chunk's `partitions` */
	int64_t offset;
	int64_t time_us; /* the server's timestamp; WEIR_TIME_NONE: none, or outside the calendar */
};

struct weir_chunk {
	/* One of the two: bytes of a stream, or messages. All borrowed until the next poll or close. The codec advances
	 * them from the front; what it leaves is handed out again. */
	const char *bytes;
	size_t size;
	uint64_t offset; /* of bytes[0] in the (decompressed) stream */
	const struct weir_message *messages;
	size_t n_messages;
	struct weir_partitions
	    *partitions; /* of the messages; a batch takes a reference of its own; NULL: they have none */
	bool is_messages;
	bool at_end; /* nothing follows: a last record without its line end counts */
	/* Bytes: these are the last of a file (at_end as well), and what the next poll brings begins another one, with a header
	 * of its own where there are headers. */
	bool restarts;
	bool idle; /* nothing came for a while: a record that waits for a line behind it need not */
	/* A replay: what is here was decoded at one time, from the first of it the format was guessed, and it ends with a whole record. */
	bool recorded;
	bool full;          /* the bound of unconsumed bytes is reached, and none was consumed since */
	int64_t arrival_us; /* wall clock */
};

#endif
