/* Reads a capture: block after block, over what is damaged, up to what is whole; and its index, which lies in the file or is made
 * from the headers of its blocks.
 *
 * Thread: a reader belongs to one thread. Several may read one file, also while it is written. */
#ifndef WEIR_CAPTURE_READER_H
#define WEIR_CAPTURE_READER_H

#include "weir/capture/frames.h"
#include "weir/base/memory.h"

/* What could not be read. Records are those of the blocks whose loss shows in the blocks behind them. */
struct weir_capture_damage {
	uint64_t places;       /* runs of damaged bytes */
	uint64_t bytes;        /* in them */
	uint64_t first_at;     /* where the first begins */
	uint64_t tail_bytes;   /* behind the last whole block: cut off, or still being written */
	uint16_t tail_stream;  /* where tail_records is not 0: whose they are */
	uint64_t tail_records; /* of them, as far as the header of the last block tells */
	char why[160];         /* of the first, when there is more to say than that it is damaged; "" */
};

struct weir_capture_reader;

/* Opens for reading. NOT_FOUND, DENIED, IO; USAGE: it is no regular file. MALFORMED: it is not empty, and no block is in it.
 * UNSUPPORTED: a later version wrote it. `budget` may be NULL: a block that would take a quarter of it counts as damaged. */
enum weir_status weir_capture_reader_open(const char *path, const struct weir_budget *budget,
					  struct weir_capture_reader **out, struct weir_error *err) WEIR_MUST_USE;
void weir_capture_reader_close(struct weir_capture_reader *r); /* NULL allowed */

/* The next whole header, as far as the file goes now; its block may still be damaged. OK. AGAIN: none now; a later call sees what was
 * added. IO. */
enum weir_status weir_capture_reader_next(struct weir_capture_reader *r, struct weir_capture_block *out,
					  struct weir_error *err) WEIR_MUST_USE;
/* Unpacks the block of the last header, into memory of the caller's. MALFORMED: it is damaged, which is noted; go on with the next.
 * NO_MEMORY, IO, UNSUPPORTED. */
enum weir_status weir_capture_reader_payload(struct weir_capture_reader *r, struct weir_buf *out,
					     struct weir_error *err) WEIR_MUST_USE;
/* What is in the block of the last header is no frames, although it is whole. */
void weir_capture_reader_mistrust(struct weir_capture_reader *r);
const struct weir_capture_damage *weir_capture_reader_damage(const struct weir_capture_reader *r);
uint64_t weir_capture_reader_at(const struct weir_capture_reader *r);      /* where the next header is looked for */
uint64_t weir_capture_reader_size(const struct weir_capture_reader *r);    /* of the file, as last seen */
void weir_capture_reader_forget(struct weir_capture_reader *r);            /* no damage was met yet */
int weir_capture_reader_fd(const struct weir_capture_reader *r);           /* for fstat */
uint64_t weir_capture_reader_file_id(const struct weir_capture_reader *r); /* 0: there is no block yet */

/* ---- the index ---- */

struct weir_capture_entry {
	uint64_t at; /* of the block's header */
	uint64_t before;
	int64_t first_us, last_us;
	uint32_t records, stored_bytes;
	uint16_t stream;
	uint8_t kind;
};
struct weir_capture_index {
	struct weir_capture_entry *items; /* owned; in the order of the file, without the blocks of the index itself */
	size_t n, capacity;
	uint64_t end;     /* behind the last whole block */
	uint64_t last_at; /* of the newest block of the index, which ends the file; 0: none does */
	bool rebuilt;     /* it was made from the headers: the file has none, or not of all of it */
	bool closed;      /* the last whole block is one of the index: the writer had no more to write */
};
/* Of the file as it is now; the place of the reader stays. NO_MEMORY, IO, TOO_LARGE (WEIR_MAX_CAPTURE_BLOCKS). */
enum weir_status weir_capture_index_load(struct weir_capture_reader *r, struct weir_capture_index *out,
					 struct weir_error *err) WEIR_MUST_USE;
/* Unpacks the block that an entry names. MALFORMED: it is damaged, or there is another by now; as weir_capture_reader_payload else. */
enum weir_status weir_capture_index_read(struct weir_capture_reader *r, const struct weir_capture_entry *e,
					 struct weir_buf *out, struct weir_error *err) WEIR_MUST_USE;
bool weir_capture_index_add(struct weir_capture_index *index, const struct weir_capture_entry *e) WEIR_MUST_USE;
void weir_capture_index_release(struct weir_capture_index *index);
/* The payload of a block of the index: its entries from..n, where the one before it lies (0: there is none), and where it lies itself, which
 * are the last bytes of the file while nothing follows. */
void weir_capture_index_write(const struct weir_capture_index *index, size_t from, uint64_t previous, uint64_t own,
			      struct weir_buf *out);
/* The next block that is looked at is the one at `at`, a place of the index. */
void weir_capture_reader_go(struct weir_capture_reader *r, uint64_t at);

#endif
