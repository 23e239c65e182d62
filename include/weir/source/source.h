/* Where records come from. A source is polled by its own thread and never decodes: it hands out bytes, or messages, with
 * positions, and keeps what was not consumed; or its rows have types already, and it fills batches (poll_batch).
 *
 *     while ((st = weir_source_poll(src, 16000, &chunk, &err)) == WEIR_OK || st == WEIR_AGAIN) {
 *             ... codec_decode advances chunk ...
 *             weir_source_consume(src, &chunk);
 *     }
 *
 * Each poll hands out everything that was not consumed before plus what is new, so a half record at the end grows until
 * it is whole. Byte sources keep at most WEIR_MAX_RECORD_BYTES unconsumed; then poll hands out that much with `full` set and
 * the codec must skip (counted as too long). A source that follows a file hands out the end of the old one by itself, with
 * `restarts` set, when another file takes its place.
 *
 * Thread: poll, poll_batch, ahead, consume, position: the stream's source thread (position also the one that has joined it). wake, status, finite: any. open, close: the session. */
#ifndef WEIR_SOURCE_SOURCE_H
#define WEIR_SOURCE_SOURCE_H

#include "weir/base/log.h"
#include "weir/base/memory.h"
#include "weir/base/thread.h"
#include "weir/base/time.h"
#include "weir/base/uri.h"
#include "weir/model/batch.h"
#include "weir/model/chunk.h"
#include "weir/model/filter.h"
#include "weir/model/grouping.h"

struct weir_registry; /* weir/client/registry.h */

enum weir_source_state {
	WEIR_SOURCE_CONNECTING,
	WEIR_SOURCE_LIVE,
	WEIR_SOURCE_RECONNECTING, /* see `detail` for the reason */
	WEIR_SOURCE_END,
	WEIR_SOURCE_FAILED,
};
const char *weir_source_state_name(enum weir_source_state s); /* "CONNECTING" … */

struct weir_source_status {
	enum weir_source_state state;
	char detail[200];        /* RECONNECTING, FAILED: why; LIVE: the latest news, "2 new partitions: …"; or "" */
	const char *lost_how;    /* how records got lost, as a clause; NULL: the server discarded them. Static */
	const char *none_why;    /* at its end: why no record came, as a clause; NULL: it is empty. Static */
	char unread[200];        /* what cannot be read now, a sentence: "orders/3 has no leader"; or "" */
	uint64_t bytes;          /* handed out so far, decompressed */
	uint64_t raw_bytes;      /* read so far, as stored (compressed) */
	int64_t total_raw_bytes; /* of a regular file; -1 unknown */
	int64_t lag;             /* sum over partitions; -1 unknown */
	/* All partitions, borrowed until close. Empty: the service has not listed yet what there is to read. It keeps
	 * growing and changing, and may be read at any time. */
	const struct weir_partitions *partitions;
};

/* What a batch asks, so that a source of rows can have its server leave out what is in no answer. A screen asks nothing of the kind:
 * its next question may need any row. Borrowed until close. */
struct weir_source_question {
	bool all_columns;
	const struct weir_str *columns; /* else these, or what lies in them (weir_source_reads) */
	size_t n_columns;
	/* Called by the source once it knows its columns, with the types that they keep to the end. `out` lies in the arena. NULL: rows must
	 * not be left out, for the reason `whole`, a static clause. Thread: the stream's source thread. */
	enum weir_status (*filter)(void *ctx, const struct weir_schema *schema, struct weir_arena *arena,
				   struct weir_filter_list *out, struct weir_error *err);
	const char *whole; /* NULL: there is nothing that could be left out */
	/* What a server could count in place of weir, called after `filter`. A source that has it counted hands out no rows, but batches with
	 * `grouped`; only where the server looks at all of `filter`'s parts and times, exactly. NULL: for the reason `ungrouped`, a static
	 * clause; that NULL, too: nothing is counted, for rows are asked for. Thread: as filter. */
	enum weir_status (*grouping)(void *ctx, const struct weir_schema *schema, struct weir_arena *arena,
				     struct weir_grouping *out, struct weir_error *err);
	const char *ungrouped;
	bool places; /* the places of rows are looked at: where a source only counts them, it must have all */
	void *ctx;
};
/* Whether a column is read. `q` NULL: all are. The event time is read in any case. */
bool weir_source_reads(const struct weir_source_question *q, struct weir_str column);

/* What became of it. */
struct weir_source_pushed {
	const struct weir_filter_part *parts; /* those without `why` are the server's to look at */
	size_t n_parts;
	int64_t from_us,
	    until_us; /* event times that are asked for, also those of from= and until=; WEIR_TIME_NONE: no end */
	const char
	    *times_why; /* why the server does not look at them, a static clause; NULL: it does, if there are any */
	uint32_t n_read, n_columns; /* columns that are asked for, and those that there are */
	const char *whole;          /* why no row is left out, a static clause; NULL: see the parts */
	bool leaves_out;            /* the server leaves out rows that would have been received */
	bool grouped;               /* the server counts: what comes are groups, not rows */
	const char *ungrouped;      /* why it does not, a static clause; NULL: it does, or nothing is to be counted */
};

struct weir_source_config {
	struct weir_uri uri;                     /* borrowed during open */
	const struct weir_clock *clock;          /* borrowed until close */
	struct weir_log *log;                    /* borrowed until close; may be NULL */
	struct weir_budget *budget;              /* borrowed until close; may be NULL */
	const char *(*lookup)(const char *name); /* a variable of the environment, NULL: it is not set; may be NULL */
	int stdin_fd;                            /* what "-" reads: 0, or a duplicate of it */
	/* Of the text, as iconv(3) names it; borrowed until close. NULL: a byte order mark decides, else UTF-8. What cannot be
	 * decoded comes as the byte 0xFF. */
	const char *encoding;
	struct weir_registry
	    *registry;     /* of the stream, for sources that bring schemas; borrowed until close; may be NULL */
	bool live;         /* for a screen, else for a batch: made-up data then begins some minutes in the past */
	bool ahead;        /* weir_source_ahead will be called: makes room for it */
	bool skip_headers; /* the messages' headers are not needed: leave them {NULL,0} if that is cheaper */
	const struct weir_source_question *question; /* of typed sources; NULL: every row and column is needed */
};

/* Where a record stood, as its row says. */
struct weir_source_place {
	struct weir_str topic; /* of its partition; "": it has none */
	int32_t partition;     /* the server's number of it */
	int64_t position;      /* offset of the message, or of the first byte of the record; -1: unknown */
	int64_t arrival_us;
};

struct weir_source;

/* Whether what is read from the address may bring schemas of a registry with it: a capture does, also before another source. */
bool weir_source_brings_schemas(const struct weir_uri *uri);

struct weir_source_ops {
	const char *name;    /* "kafka" */
	const char *schemes; /* blank-separated URI schemes: "kafka" */
	const char *help;    /* one line for --list sources */
	const char *example; /* "kafka://broker/orders?from=-15m" */
	const char *absent;  /* NULL: present. Otherwise why it is not in this build, one line */
	bool once;           /* what was read is gone: opened again, it does not begin anew */
	bool alone;          /* there is one of it: two sources would take parts of it from each other */
	bool from_time;      /* `from=` takes a time: it can be read again from there */
	bool can_wait;       /* nothing is ever shed: the source waits when the ring is full */
	const struct weir_uri_option *options; /* ends with name NULL */
	bool places_in_headers;                /* its messages' headers are {"position":"PLACE"} (see position) */
	bool brings_schemas;                   /* it puts schemas into the configuration's registry */
	bool passes_options_on;                /* other options go to a client library: open checks them */
	bool passes_options_twice;             /* to which a name that comes twice is two options */
	/* Opens, and checks its arguments; must not wait for a service. *out is owned by the caller. */
	enum weir_status (*open)(const struct weir_source_config *config, struct weir_source **out,
				 struct weir_error *err);
	/* OK: chunk filled (perhaps only old bytes with at_end). AGAIN: nothing new within the timeout; the chunk
	 * holds what was left over, if anything. END: all was consumed and nothing follows. Others: failed for good.
	 * Blocks for at most timeout_us; returns early after wake. */
	enum weir_status (*poll)(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				 struct weir_error *err);
	/* A typed source has this in place of poll and consume: its rows have columns and types already, and no codec
	 * is used. OK: `into`, which is empty at the call, has at least one row and at most into->capacity, or has none and
	 * `grouped`; these rows are consumed. AGAIN: no rows came within the timeout. END: no more will follow; a source that knows its columns sets
	 * the schema then, too. Others: failed for good. It
	 * sets schema (weir_batch_set_schema; the first schema has all columns, and marks the event time, if there is
	 * one), columns, n_rows, position, bytes; time_us if there is an event time; partition and partitions if there
	 * are several. */
	enum weir_status (*poll_batch)(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
				       struct weir_error *err);
	/* Between poll and consume: reads ahead for the next poll what is already there, if the chunk can stay where
	 * it is. NULL: never. */
	void (*ahead)(struct weir_source *s);
	void (*consume)(struct weir_source *s, const struct weir_chunk *left);
	void (*wake)(struct weir_source *s);
	void (*status)(struct weir_source *s, struct weir_source_status *out);
	/* Appends where another run can resume, behind everything that was consumed: as the text that `position=` of
	 * the same address takes. AGAIN: not known yet. A kind whose
	 * places are not the offsets of its messages puts {"position":"PLACE"} into their headers and sets places_in_headers (the
	 * headers of others are the producers', who may name one like that): a capture goes on at
	 * "TOPIC/NUMBER=PLACE,…", and behind that stands what `position` said when it began. UNSUPPORTED: this input cannot be resumed (a pipe). NULL: no
	 * input of this kind can. */
	enum weir_status (*position)(struct weir_source *s, struct weir_buf *out);
	/* The names of the streams that an address holds, in the arena; *n 0: it is one stream, whose name is not known here. NULL: every
	 * address of the kind is one. With several, `stream=` chooses one. */
	enum weir_status (*streams)(const struct weir_uri *uri, struct weir_arena *arena, struct weir_str **names,
				    size_t *n, struct weir_error *err);
	/* Whether the input ends by itself: a regular file does, and anything with until=. A pipe may not, but a batch
	 * (config.live false) reads standard input to its end and relies on that. */
	bool (*finite)(struct weir_source *s);
	/* Changes an address without bounds so that a source of it begins at that record, and ends soon behind it where it can. One that
	 * hands out bytes may begin before it. False: no memory. NULL: it cannot begin at a record. */
	bool (*begin_at)(struct weir_uri *uri, const struct weir_source_place *place);
	void (*close)(struct weir_source *s);
};

/* How a stream was read when it was captured: the texts of the options, owned by the source; NULL: not given. What an address or the
 * command line says comes first. */
struct weir_source_recorded {
	char *format, *time, *nulls, *header, *join, *path;
};

/* First member of every source's own struct. */
struct weir_source {
	/* These three are set by weir_source_open. */
	const struct weir_source_ops *ops;
	const struct weir_clock *clock;              /* the configuration's */
	struct weir_recode_messages *recode;         /* owned: messages of another encoding; NULL: UTF-8 */
	const struct weir_source_recorded *recorded; /* set by open; NULL: nothing was */
	int64_t written_us; /* when a finite input was changed last; 0: it grows, or nobody knows */
	/* Of a typed source that takes a question: set by open, filled in before poll_batch gives rows or END. NULL: it takes none. */
	const struct weir_source_pushed *pushed;
};

extern const struct weir_source_ops *const weir_source_table[]; /* ends with NULL */
/* By URI scheme. NULL, and an error with the nearest name or with the reason for its absence, if there is none. */
const struct weir_source_ops *weir_source_find(const char *scheme, struct weir_error *err);

enum weir_status weir_source_open(const struct weir_source_config *config, struct weir_source **out,
				  struct weir_error *err) WEIR_MUST_USE;
/* The streams of an address (ops->streams). */
enum weir_status weir_source_streams(const struct weir_uri *uri, struct weir_arena *arena, struct weir_str **names,
				     size_t *n, struct weir_error *err) WEIR_MUST_USE;
/* The bounds of an address give way to those of one record (ops->begin_at). UNSUPPORTED: no source of this kind can begin there. */
enum weir_status weir_source_begin_at(struct weir_uri *uri, const struct weir_source_place *place) WEIR_MUST_USE;
enum weir_status weir_source_poll(struct weir_source *s, int64_t timeout_us, struct weir_chunk *chunk,
				  struct weir_error *err) WEIR_MUST_USE;
bool weir_source_is_typed(const struct weir_source *s); /* then poll_batch, else poll and consume */
/* Also fills gaps at the end of columns, and sets the time of arrival. */
enum weir_status weir_source_poll_batch(struct weir_source *s, int64_t timeout_us, struct weir_batch *into,
					struct weir_error *err) WEIR_MUST_USE;
void weir_source_ahead(struct weir_source *s);
void weir_source_consume(struct weir_source *s, const struct weir_chunk *left);
void weir_source_wake(struct weir_source *s);
void weir_source_status(struct weir_source *s, struct weir_source_status *out);
enum weir_status weir_source_position(struct weir_source *s, struct weir_buf *out) WEIR_MUST_USE;
bool weir_source_finite(struct weir_source *s);
void weir_source_close(struct weir_source *s); /* NULL allowed */

#endif
