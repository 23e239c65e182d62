/* What file and standard input share: a descriptor that is read by the MiB, unpacked where its first bytes say so, and
 * handed out as a growing window. Uses read(2) into memory of its own, never mmap(2): a file that another process cuts
 * short while it is read must end in a message, not in SIGBUS.
 *
 * Thread: as weir_source. */
#ifndef WEIR_SOURCE_BYTES_H
#define WEIR_SOURCE_BYTES_H

#include "inflate.h"
#include "progress.h"
#include "recode.h"
#include "byte_window.h"

enum { WEIR_READ_BYTES = 1 << 20 }; /* one read; a widened pipe holds as much */

/* What a look for more bytes came to. MORE: some came; WAIT: none now; RETRY: look again; RESTART: another file begins behind
 * what the window holds; END: the input ended, `failure` says how. */
enum weir_fill { WEIR_FILL_MORE, WEIR_FILL_WAIT, WEIR_FILL_RETRY, WEIR_FILL_RESTART, WEIR_FILL_END };

enum weir_bytes_next {
	WEIR_BYTES_FINISH,  /* the input ends here */
	WEIR_BYTES_WAIT,    /* nothing now, more may come */
	WEIR_BYTES_RETRY,   /* there is more after all: read again at once */
	WEIR_BYTES_RESTART, /* the descriptor is of another file now */
	WEIR_BYTES_FAIL,    /* the error is filled, and reported after the good part */
};

struct weir_bytes {
	int fd;        /* owned; -1 none, or not now */
	int notify_fd; /* owned; readable when a followed file changed, or there is something beside the data; -1 none */
	struct weir_wake wake;
	const struct weir_clock *clock; /* borrowed */
	struct weir_log *log;           /* borrowed; may be NULL */
	const char *origin;             /* borrowed; names the input in errors */
	/* Called when the descriptor has no more bytes; NULL: FINISH. */
	enum weir_bytes_next (*at_eof)(struct weir_bytes *b, struct weir_error *err);
	bool breaks;    /* a read that fails is an end, too: at_eof is called, with its errno in `broken` */
	bool broke_off; /* set by at_eof with RESTART: half a line at the end is no record, and is counted as lost */
	int broken;
	/* Called when notify_fd is readable; NULL: what it says is read and forgotten. */
	void (*at_notice)(struct weir_bytes *b);
	int64_t raw_position; /* stored bytes read */
	int64_t raw_end;      /* of a regular file, -1 unknown */
	int64_t raw_until;    /* stop here; -1 at the end */
	uint64_t skip;        /* bytes of the unpacked, decoded text still to be skipped */
	uint64_t file_offset; /* offset in the stream of this file's first byte */
	bool unplaced;        /* reading began in the middle of a file: if its text is decoded, it has no position */
	bool pollable;        /* a pipe or a device: wait for it with poll(2); a regular file is always ready */
	bool ready;           /* poll(2) said so, and nothing was read since */
	bool ahead;           /* weir_bytes_ahead may read */
	size_t piece_bytes;   /* that are read at once where two threads decode them */

	struct weir_byte_window window;
	struct weir_inflate *inflate; /* owned; NULL: plain, or not known yet */
	char *packed;                 /* owned; stored bytes not yet unpacked */
	size_t packed_start, packed_end;
	bool known; /* plain or packed is decided */

	const char *encoding;       /* borrowed; as --encoding; NULL: a byte order mark decides */
	struct weir_recode *recode; /* owned; NULL: the bytes are UTF-8, or not looked at yet */
	char *coded;                /* owned; unpacked bytes of another encoding */
	size_t coded_start, coded_end;
	bool passed_mark;  /* the first character of the decoded text has been read */
	bool coding_known; /* whether there is something to recode */

	bool restarting;           /* what the window holds is the end of a file, and another one follows */
	bool ended;                /* no more bytes will come */
	bool told_end;             /* a chunk with at_end was handed out */
	bool consumed;             /* something was, since the last hand-out */
	bool line_start;           /* the last byte consumed was a line end */
	struct weir_error failure; /* code OK, or why it ended */
	struct weir_progress progress;
};

/* `fd` is owned from here on, also when this fails. */
enum weir_status weir_bytes_init(struct weir_bytes *b, int fd, const char *origin,
				 const struct weir_source_config *config, struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_bytes_poll(struct weir_bytes *b, int64_t timeout_us, struct weir_chunk *chunk,
				 struct weir_error *err) WEIR_MUST_USE;
void weir_bytes_ahead(struct weir_bytes *b); /* as weir_source_ahead */
void weir_bytes_consume(struct weir_bytes *b, const struct weir_chunk *left);
/* As weir_source_position: the offset in this file of the next byte, unpacked and decoded. */
enum weir_status weir_bytes_position(const struct weir_bytes *b, struct weir_buf *out) WEIR_MUST_USE;
/* The error of an input that ends so many bytes before its position=: NOT_FOUND. */
enum weir_status weir_bytes_too_short(const char *origin, uint64_t missing, struct weir_error *err);
/* For bytes.c (bytes_fill.c). */
enum weir_fill weir_bytes_fill(struct weir_bytes *b); /* reads, unpacks and decodes into the window; does not wait */
/* One read of the descriptor into into[0..room). MORE sets *got (> 0). */
enum weir_fill weir_bytes_read(struct weir_bytes *b, char *into, size_t room, size_t *got);
void weir_bytes_release(struct weir_bytes *b);

#endif
