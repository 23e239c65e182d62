/* What is in the blocks of a capture: streams, schemas, pieces of bytes, and messages.
 *
 * A *run* is what was decoded at one time: the bytes or messages of one arrival, which end with a whole record. A replay hands
 * out the same runs, so that arrivals, guesses and batches are the same as they were. A long run takes several blocks.
 *
 * Thread: plain functions and objects that are not shared. */
#ifndef WEIR_CAPTURE_FRAMES_H
#define WEIR_CAPTURE_FRAMES_H

#include "weir/capture/block.h"
#include "weir/model/chunk.h"

/* ---- a stream ---- */

/* X(name, number in the file). Texts; size 0: not known. */
#define WEIR_CAPTURE_FIELDS(X)                                                                                         \
	X(name, 1)                                                                                                     \
	X(source, 2) /* its address, without secrets */                                                                \
	X(format, 3) /* these five as they were given */                                                               \
	X(time, 4)                                                                                                     \
	X(nulls, 5)                                                                                                    \
	X(header, 6)                                                                                                   \
	X(join, 7)                                                                                                     \
	X(guessed_format, 8) /* what they turned out to be: for a replay that does not begin at the beginning */       \
	X(guessed_time, 9)                                                                                             \
	X(head, 10)   /* lines at the beginning of the stream that name its columns */                                 \
	X(begins, 11) /* position= of its first record */                                                              \
	X(path, 12)   /* of a file: its end may tell the format */

struct weir_capture_stream {
#define X(field, number) struct weir_str field;
	WEIR_CAPTURE_FIELDS(X)
#undef X
	int64_t written_us; /* when a finite input was changed last; 0: it grew */
};

/* Appends the fields that are there. */
void weir_capture_stream_write(const struct weir_capture_stream *stream, struct weir_buf *out);
/* Borrows from `payload`. False: it is none. Fields of later versions are passed over. */
bool weir_capture_stream_read(struct weir_str payload, struct weir_capture_stream *out);

/* ---- a schema of a registry ---- */

struct weir_capture_schema {
	uint32_t id;
	unsigned kind;        /* 1 Avro, 2 JSON Schema, 3 Protobuf */
	uint32_t n_texts;     /* those that it refers to first, each behind what that refers to; the last is its own */
	struct weir_str rest; /* of the payload: texts that were not read yet */
};
/* One after the other: the schema, then each of its texts. */
void weir_capture_schema_write(uint32_t id, unsigned kind, uint32_t n_texts, struct weir_buf *out);
void weir_capture_schema_write_text(struct weir_str name, struct weir_str text, struct weir_buf *out);
/* False: it is none. */
bool weir_capture_schema_read(struct weir_str payload, struct weir_capture_schema *out);
/* The next text, borrowed from the payload, n_texts times. False: it is not whole. */
bool weir_capture_schema_read_text(struct weir_capture_schema *s, struct weir_str *name, struct weir_str *text);

/* ---- runs ---- */

enum {
	WEIR_RUN_BEGINS = 1,
	WEIR_RUN_ENDS = 2,
	WEIR_RUN_AT_END = 4,        /* of bytes: the input ended with it, as in a chunk */
	WEIR_RUN_RESTARTS = 8,      /* of bytes: another file follows, as in a chunk */
	WEIR_FRAME_NO_PAYLOAD = 16, /* of a message: a tombstone */
	WEIR_FRAME_KEY = 32,        /* it has one, though it may be empty */
	WEIR_FRAME_HEADERS = 64,
};

struct weir_capture_piece {
	unsigned flags;
	uint64_t offset; /* of bytes[0] in the stream */
	int64_t arrival_us;
	struct weir_str bytes;
};

/* A message's `topic` is empty: its partition has it. */
struct weir_capture_message {
	unsigned flags;
	int64_t arrival_us;
	struct weir_message message; /* `partition`: index into the block's table */
};

/* The partitions that the messages of a block belong to. */
struct weir_capture_partition {
	struct weir_str topic;
	int32_t number;
};

void weir_capture_piece_write(const struct weir_capture_piece *piece, struct weir_buf *out);
void weir_capture_message_write(const struct weir_capture_message *message, struct weir_buf *out);
/* Behind the last message. */
void weir_capture_table_write(const struct weir_capture_partition *partitions, size_t n, struct weir_buf *out);

/* One after the other, from an unpacked block from which all borrow. */
struct weir_capture_frames {
	struct weir_str rest;
	uint32_t n_partitions;
	struct weir_capture_partition partitions[WEIR_MAX_CAPTURE_PARTITIONS]; /* borrows */
};
/* False: it is no whole table of partitions. For pieces nothing but `rest` is used. */
bool weir_capture_frames_open(struct weir_capture_frames *f, enum weir_capture_kind kind, struct weir_str payload);
/* AGAIN: no more. MALFORMED: what follows is no frame. */
enum weir_status weir_capture_piece_next(struct weir_capture_frames *f, struct weir_capture_piece *out);
enum weir_status weir_capture_message_next(struct weir_capture_frames *f, struct weir_capture_message *out);

#endif
