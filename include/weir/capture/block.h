/* Capture files: a sequence of blocks, each of which says how long it is, of which stream, and what its bytes add up to, so that a
 * file that was cut, or lost a few bits, is read but for the blocks that are damaged (docs/internals/capture.md has the layout).
 * Sessions write them (writer.h), the replay source reads them (reader.h), and both know of streams, records and runs what this
 * header and frames.h say.
 *
 * This door: a block's header, and packing and unpacking of what is in it.
 *
 * Thread: plain functions. */
#ifndef WEIR_CAPTURE_BLOCK_H
#define WEIR_CAPTURE_BLOCK_H

#include "weir/base/bounds.h"
#include "weir/base/str.h"

enum {
	WEIR_CAPTURE_HEADER_BYTES = 72,
	WEIR_CAPTURE_MARK_BYTES = 8,
	WEIR_CAPTURE_VERSION = 1,
	WEIR_CAPTURE_LEVEL = 1, /* of zstd */
};

/* Readers pass over kinds that they do not know. */
enum weir_capture_kind {
	WEIR_CAPTURE_STREAM = 1,   /* what a stream is called and how it was read; the newest of a stream holds */
	WEIR_CAPTURE_BYTES = 2,    /* pieces of a stream of bytes */
	WEIR_CAPTURE_MESSAGES = 3, /* messages */
	WEIR_CAPTURE_INDEX = 4,    /* where the blocks before it lie */
	WEIR_CAPTURE_SCHEMA = 5,   /* a schema that messages of the stream name by its number */
};
enum weir_capture_packing { WEIR_CAPTURE_PLAIN = 0, WEIR_CAPTURE_ZSTD = 1 };

struct weir_capture_block {
	uint8_t version, kind, packing;
	uint16_t stream;
	uint64_t
	    file_id; /* the same in all blocks of a file, so that a capture within a capture is not taken for its own */
	uint32_t stored_bytes;     /* of what follows the header */
	uint32_t unpacked_bytes;   /* of the same when it is unpacked */
	uint32_t stored_crc;       /* CRC-32C of what follows the header */
	uint32_t records;          /* in this block */
	uint64_t before;           /* records of the stream in earlier blocks: what is missing can be counted */
	int64_t first_us, last_us; /* arrival of the first and the last record, wall clock */
};

void weir_capture_block_write(const struct weir_capture_block *block, unsigned char out[WEIR_CAPTURE_HEADER_BYTES]);
/* False: there is no block, or its header is damaged, or its sizes are beyond what a block may have. */
bool weir_capture_block_read(const unsigned char in[WEIR_CAPTURE_HEADER_BYTES], struct weir_capture_block *out);
/* Where the next mark of a block begins, at or behind `from`; SIZE_MAX: nowhere in these bytes. */
size_t weir_capture_block_find(const unsigned char *bytes, size_t size, size_t from);

/* Packs with zstd into `out` (cleared) where that makes it smaller by an eighth, and this build has it; false: it is to be stored plain. */
bool weir_capture_pack(struct weir_str plain, struct weir_buf *out);
/* Unpacks into `out` (cleared), which takes exactly block->unpacked_bytes. MALFORMED: it is not what the header says. UNSUPPORTED: this
 * build has no zstd, or does not know the packing. NO_MEMORY. */
enum weir_status weir_capture_unpack(const struct weir_capture_block *block, struct weir_str stored,
				     struct weir_buf *out, struct weir_error *err) WEIR_MUST_USE;

#endif
