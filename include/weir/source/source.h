/* Where records come from. A source is polled by its own thread and never decodes: it hands out bytes (or messages) with
 * positions, and keeps what was not consumed.
 *
 *     while ((st = weir_source_poll(src, 16000, &chunk, &err)) == WEIR_OK || st == WEIR_AGAIN) {
 *             ... codec_decode advances chunk ...
 *             weir_source_consume(src, &chunk);
 *     }
 *
 * Each poll hands out everything that was not consumed before plus what is new, so a half record at the end grows until
 * it is whole. Byte sources keep at most WEIR_MAX_RECORD_BYTES unconsumed; then poll hands out that much with `full` set and
 * the codec must skip (counted as too long).
 *
 * Thread: poll, consume, seek: the stream's source thread. wake, status: any. open, close: the session. */
#ifndef WEIR_SOURCE_SOURCE_H
#define WEIR_SOURCE_SOURCE_H

#include "weir/base/log.h"
#include "weir/base/memory.h"
#include "weir/base/thread.h"
#include "weir/base/time.h"
#include "weir/base/uri.h"
#include "weir/model/chunk.h"

enum weir_source_state {
	WEIR_SOURCE_CONNECTING,
	WEIR_SOURCE_LIVE,
	WEIR_SOURCE_RECONNECTING, /* see `detail` for the reason */
	WEIR_SOURCE_END,
	WEIR_SOURCE_FAILED,
};
const char *weir_source_state_name(enum weir_source_state s); /* "CONNECTING" … */

struct weir_partition_status {
	char name[64];        /* "orders/3", "" for byte sources */
	int64_t position;     /* next offset to be read */
	int64_t end;          /* high watermark (messages) or file size; -1 unknown */
	int64_t lag;          /* records behind the end; -1 unknown */
	bool at_until;        /* reached its until= */
};

struct weir_source_status {
	enum weir_source_state state;
	char detail[200];       /* reason of RECONNECTING or FAILED; LIVE: what came to it since, "2 new partitions: …"; or "" */
	uint64_t bytes;         /* handed out so far, decompressed */
	uint64_t raw_bytes;     /* read so far, as stored (compressed) */
	int64_t total_raw_bytes; /* of a regular file; -1 unknown */
	int64_t lag;            /* sum over partitions; -1 unknown */
	uint32_t n_partitions;
	struct weir_partition_status partitions[64]; /* the first 64 */
};

struct weir_source_config {
	struct weir_uri uri;            /* borrowed during open */
	const struct weir_clock *clock; /* borrowed until close */
	struct weir_log *log;           /* borrowed until close; may be NULL */
	struct weir_budget *budget;     /* borrowed until close; may be NULL */
	int stdin_fd;                   /* what "-" reads: 0, or a duplicate of it */
	bool follow;                    /* keep reading a growing file at its end (the screen's `follow=yes`) */
	bool ahead;                     /* weir_source_ahead will be called: makes room for it */
	bool skip_headers;              /* nobody looks at the messages' headers: leave them {NULL,0}, where that is cheaper */
};

struct weir_source;

/* One row of the option table of a kind: what the URI may carry. */
struct weir_source_option {
	const char *name;
	const char *value; /* "earliest|latest|-15m|TIME|OFFSET" */
	const char *help;  /* one line */
};

struct weir_source_ops {
	const char *name;     /* "kafka" */
	const char *schemes;  /* blank-separated URI schemes: "kafka" */
	const char *help;     /* one line for --list sources */
	const char *example;  /* "kafka://broker/orders?from=-15m" */
	const char *absent;   /* NULL: present. Otherwise why it is not in this build, one line */
	bool can_wait;        /* nothing is ever shed: the source waits when the ring is full */
	const struct weir_source_option *options; /* ends with name NULL */
	/* Opens; must not block longer than it takes to find the arguments wrong. Owned by the caller through *out. */
	enum weir_status (*open)(const struct weir_source_config *config, struct weir_source **out, struct weir_error *err);
	/* OK: chunk filled (perhaps only old bytes with at_end). AGAIN: nothing new within the timeout; the chunk holds what
	 * was left over, which may be nothing. END: all was consumed and nothing follows. Others: failed for good. Blocks at
	 * most timeout_us; returns early after wake. */
	enum weir_status (*poll)(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk, struct weir_error *err);
	/* Between poll and consume: reads what is there already, for the next poll, where that leaves the chunk where it is. NULL:
	 * it never does. */
	void (*ahead)(struct weir_source *s);
	void (*consume)(struct weir_source *s, const struct weir_chunk *left);
	void (*wake)(struct weir_source *s);
	void (*status)(struct weir_source *s, struct weir_source_status *out);
	/* True when the input ends by itself (a regular file, a pipe is not known until it ends: false, until= reached: true). */
	bool (*finite)(struct weir_source *s);
	void (*close)(struct weir_source *s);
};

/* First member of every source's own struct. */
struct weir_source {
	const struct weir_source_ops *ops;
};

extern const struct weir_source_ops *const weir_source_table[]; /* ends with NULL */
/* By URI scheme; NULL and a filled error (nearest name, or the reason of absence) when there is none. */
const struct weir_source_ops *weir_source_find(const char *scheme, struct weir_error *err);

enum weir_status weir_source_open(const struct weir_source_config *config, struct weir_source **out, struct weir_error *err)
	WEIR_MUST_USE;
enum weir_status weir_source_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk, struct weir_error *err)
	WEIR_MUST_USE;
void weir_source_ahead(struct weir_source *s);
void weir_source_consume(struct weir_source *s, const struct weir_chunk *left);
void weir_source_wake(struct weir_source *s);
void weir_source_status(struct weir_source *s, struct weir_source_status *out);
bool weir_source_finite(struct weir_source *s);
void weir_source_close(struct weir_source *s); /* NULL allowed */

#endif
