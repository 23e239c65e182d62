/* What file and standard input share: a descriptor that is read by the MiB, unpacked where its first bytes say so, and
 * handed out as a growing window. Uses read(2) into memory of its own, never mmap(2): a file that another process cuts
 * short while it is read must end in a message, not in SIGBUS.
 *
 * Thread: as weir_source. */
#ifndef WEIR_SOURCE_BYTES_H
#define WEIR_SOURCE_BYTES_H

#include "inflate.h"
#include "progress.h"
#include "window.h"

enum weir_bytes_next {
	WEIR_BYTES_FINISH, /* the input ends here */
	WEIR_BYTES_WAIT,   /* nothing now, more may come */
	WEIR_BYTES_RETRY,  /* the descriptor was changed: read again at once */
	WEIR_BYTES_FAIL,   /* the error was filled: told after the good part */
};

struct weir_bytes {
	int fd;	       /* owned; -1 none */
	int notify_fd; /* owned; readable when a followed file changed; -1 none */
	struct weir_wake wake;
	const struct weir_clock *clock; /* borrowed */
	struct weir_log *log;		/* borrowed; may be NULL */
	const char *origin;		/* borrowed; names the input in errors */
	/* Called when the descriptor has no more bytes (or the error path of a read); NULL: FINISH. */
	enum weir_bytes_next (*at_eof)(struct weir_bytes *b, struct weir_error *err);
	int64_t raw_position; /* stored bytes read */
	int64_t raw_end;      /* of a regular file, -1 unknown */
	int64_t raw_until;    /* stop here; -1 at the end */
	bool pollable;	      /* a pipe or a device: wait for it with poll(2); a regular file is always ready */
	bool ready;	      /* poll(2) said so, and nothing was read since */
	bool ahead;	      /* weir_bytes_ahead may read */

	struct weir_window window;
	struct weir_inflate *inflate; /* owned; NULL: plain, or not known yet */
	char *packed;		      /* owned; stored bytes not yet unpacked */
	size_t packed_start, packed_end;
	bool known; /* plain or packed is decided */

	bool ended;		   /* no more bytes will come */
	bool told_end;		   /* a chunk with at_end was handed out */
	bool consumed;		   /* something was, since the last hand-out */
	bool line_start;	   /* the last byte consumed was a line end */
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
void weir_bytes_restart(struct weir_bytes *b); /* the next byte begins another file: its packing is looked at again */
void weir_bytes_release(struct weir_bytes *b);

#endif
