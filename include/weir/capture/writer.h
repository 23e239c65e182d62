/* Writes a capture: what each stream brings is gathered into blocks, which a thread of the writer's own packs and writes. What is open
 * is written after a fifth of a second at the latest, so that others can read along. A file that is a capture already is continued:
 * what is not whole at its end is cut off first.
 *
 *     source threads: bytes, messages ── lane (lock) ── block ──▶ bounded queue ──▶ writer's thread: pack, sum up, write
 *
 * A failure (a full disk, a closed pipe) ends the writing, not the session: from then on records are counted as missed.
 *
 * Thread: bytes and messages: the lane's source thread. stream: the session's or the lane's source thread. The rest: the session's;
 * status: any. */
#ifndef WEIR_CAPTURE_WRITER_H
#define WEIR_CAPTURE_WRITER_H

#include "weir/base/log.h"
#include "weir/base/memory.h"
#include "weir/base/thread.h"
#include "weir/capture/frames.h"

enum {
	WEIR_CAPTURE_GATHER_BYTES = 256 << 10, /* a block is full with so much: what one flipped bit costs */
	WEIR_CAPTURE_OPEN_US = 200000,         /* a block that is not full is written after this */
};

struct weir_capture_config {
	const char *path; /* borrowed during open; "-": `out_fd` */
	int out_fd;
	const struct weir_clock *clock; /* these four: borrowed until close */
	struct weir_budget *budget;     /* may be NULL */
	struct weir_log *log;           /* may be NULL */
	struct weir_wake *wake;         /* signalled at a failure; may be NULL */
	uint32_t n_lanes;               /* streams of the session */
};

struct weir_capture_status {
	char path[200];
	uint64_t captured;               /* records in blocks that are written */
	uint64_t missed;                 /* records that came after the failure, or that it took with it */
	uint64_t bytes;                  /* of records that are written, before packing */
	uint64_t file_bytes;             /* of the file, those of earlier runs too */
	uint64_t cut_bytes, cut_records; /* what was not whole at the end of the file that is continued */
	bool continued;
	int64_t waits_us;          /* a source waits for the disk for so long; 0: none does */
	struct weir_error failure; /* code OK, or why nothing is captured any more */
};

struct weir_capture_writer;

/* USAGE: the file is there and no capture. DENIED: it may not be written, or another weir is writing it. IO. NOT_FOUND: its folder. */
enum weir_status weir_capture_writer_open(const struct weir_capture_config *config, struct weir_capture_writer **out,
					  struct weir_error *err) WEIR_MUST_USE;
/* What the lane's stream is called, and what is known of it: once at the start, and again when more is. */
void weir_capture_writer_stream(struct weir_capture_writer *w, uint32_t lane, const struct weir_capture_stream *stream);
/* A schema that messages behind it name: the payload of its block (weir_capture_schema_write), which is taken; *payload is empty then. */
void weir_capture_writer_schema(struct weir_capture_writer *w, uint32_t lane, struct weir_buf *payload);
/* A run: `n_records` is how many records are in it. Waits while the queue is full. */
void weir_capture_writer_bytes(struct weir_capture_writer *w, uint32_t lane, const struct weir_capture_piece *run,
			       uint64_t n_records);
void weir_capture_writer_messages(struct weir_capture_writer *w, uint32_t lane, const struct weir_message *messages,
				  size_t n, const struct weir_partitions *partitions, int64_t arrival_us);
/* Nobody waits for room any more, and what is written now must not take long. */
void weir_capture_writer_hurry(struct weir_capture_writer *w);
/* Writes what is open and the index, and brings it to the disk. What comes after it is not looked at. The failure, if there was one. */
enum weir_status weir_capture_writer_finish(struct weir_capture_writer *w, struct weir_error *err) WEIR_MUST_USE;
void weir_capture_writer_status(struct weir_capture_writer *w, struct weir_capture_status *out);
/* Of a stream of this session, records that are written. */
uint64_t weir_capture_writer_captured(struct weir_capture_writer *w, uint32_t lane);
/* Whether it writes the file that this descriptor is of. */
bool weir_capture_writer_is(const struct weir_capture_writer *w, int fd);
void weir_capture_writer_close(struct weir_capture_writer *w); /* finishes; NULL allowed */

#endif
