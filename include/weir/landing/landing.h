/* Where rows go: files, and later tables and topics. A landing is one row of the table, and everything that is particular to its
 * kind is behind that row. It runs on a thread of its own behind a bounded queue (weir_landing_queue), so that a slow one never
 * stops the caller: who has rows asks whether there is room, and waits or counts them as shed.
 *
 *     caller ── queue of batches ──▶ thread of the landing: write* flush … close
 *
 * The queue keeps each batch until it is settled. When a server is away, it waits, longer from one try to the next, and gives again
 * what is not settled. It gives up where that lasted for timeout= at a stretch and nobody looks on: in a batch, and at the end.
 *
 * Thread: open and the functions of the queue belong to the caller, status to any thread; write, flush, status and close of a
 * landing to its own thread. */
#ifndef WEIR_LANDING_LANDING_H
#define WEIR_LANDING_LANDING_H

#include "weir/base/thread.h"
#include "weir/base/uri.h"
#include "weir/model/batch.h"

#include <stdio.h>

/* A stream whose rows may come. */
struct weir_landing_stream {
	struct weir_str name; /* ends with a NUL */
	bool once;            /* its records cannot be read again: their positions say nothing in another run */
};

struct weir_landing_config {
	const struct weir_uri *uri;     /* borrowed until close */
	const struct weir_clock *clock; /* borrowed until close */
	struct weir_budget *budget;     /* for what waits; borrowed until close; may be NULL */
	struct weir_wake *wake; /* signalled when there is room again, at a failure and at the end; may be NULL */
	const struct weir_landing_stream *streams; /* by weir_batch.stream; borrowed until close */
	uint32_t n_streams;
	size_t queue_bytes; /* batches that wait may take about so much; 0: 32 MiB */
	const char
	    *spill_folder;    /* where a temporary file may lie for what exceeds that; borrowed; NULL: there is none */
	uint64_t spill_bytes; /* it may take so much where the address has no spill-bytes=; 0: there is none */
	bool live;            /* a server that is away is never given up while rows may come */
	int64_t retry_us;     /* the first wait before what failed is tried again; 0: 100 ms */
};

/* So long open waits for an answer of a server: nothing can interrupt it. */
#define WEIR_LANDING_LOOK_US (INT64_C(2) * WEIR_US_PER_S)

/* Whether rows can be landed at present. */
enum weir_landing_state {
	WEIR_LANDING_WORKING,
	WEIR_LANDING_RECONNECTING, /* not now; it is tried again */
	WEIR_LANDING_FAILED,       /* never again */
};

/* What became of the rows. Each that was given is counted once: landed, waiting or refused; shed ones were never given. */
struct weir_landing_status {
	char address[200];      /* without secrets */
	uint64_t landed;        /* safe, or in the file that is being written */
	uint64_t waiting;       /* given, and not yet written */
	uint64_t refused;       /* could not be landed */
	uint64_t spilled;       /* took the way over the disk; part of the others */
	uint64_t shed;          /* of a source that cannot wait, while the queue was full */
	uint64_t rows_per_s;    /* landed, in the last second or so */
	uint64_t bytes, files;  /* landed; files that are whole */
	char reason[200];       /* why the first row was refused; "": none was */
	uint64_t kept;          /* of the refused: they are in the file kept_in */
	char kept_in[240];      /* "": there is none */
	char keep_trouble[160]; /* why not all that the landing refused are there; "": they are */
	uint16_t
	    refused_stream; /* and which it was: index of its stream, and its position there (weir_batch.position) */
	int64_t refused_position; /* -1: unknown */
	enum weir_landing_state state;
	char trouble[240];         /* RECONNECTING: why */
	char spill_trouble[120];   /* why nothing can go to the disk now; "": it can */
	int64_t next_try_s;        /* and the seconds until the next try */
	char absent[120];          /* names of columns= that no row has had so far, as a list; "": there are none */
	struct weir_error failure; /* code OK: it works, or will again; else all further rows are refused */
	struct weir_error loss;    /* why the queue lost rows although the landing works; code OK: it lost none */
	bool done;                 /* it is closed: nothing more will change */
};

/* Remembers why a row was refused, and which: the first stays. */
static inline void weir_landing_note_refused(struct weir_landing_status *s, uint16_t stream, int64_t position,
					     const char *reason)
{
	if (s->reason[0])
		return;
	snprintf(s->reason, sizeof s->reason, "%.199s", reason);
	s->refused_stream = stream;
	s->refused_position = position;
}

struct weir_landing; /* what a kind keeps of one landing; its own struct begins with this */

struct weir_landing_ops {
	const char *name;
	const char *schemes;                   /* of addresses, separated by blanks */
	const char *help;                      /* one line for --list landings */
	const char *example;                   /* an address */
	const char *absent;                    /* NULL: present, else the reason */
	const struct weir_uri_option *options; /* ends with name NULL */
	bool passes_options_on;                /* others go to a client library: open checks those */
	/* Looks at the address and makes sure that rows can be written there. Owned by the caller through *out. A server that
	 * cannot be reached now, or does not answer a question within LOOK_US, is no error: write connects. */
	enum weir_status (*open)(const struct weir_landing_config *config, struct weir_landing **out,
				 struct weir_error *err);
	/* Lands the rows of the batch whose bits are set, in their order.
	 *
	 * An error of this, of flush and of close that is `retriable` says that the server is away, hangs beyond a time-out of the
	 * kind's own (every call has one), or asks to be left alone. The kind drops its connection, and connects again when it is
	 * called next: after a while the queue gives all batches again that are not settled, from the first, the one that failed
	 * among them. Any other error is final: nothing but status and close follows. */
	enum weir_status (*write)(struct weir_landing *l, const struct weir_batch *batch, const uint64_t *rows,
				  struct weir_error *err);
	/* Called when nothing waits, and again every second: rows should not be held back longer. */
	enum weir_status (*flush)(struct weir_landing *l, struct weir_error *err);
	/* Fills landed, refused, bytes, files, reason and the first refused row. After an error `landed` is what is safe.
	 *
	 * landed + refused grows by whole batches, in the order in which they were written: so far they are settled, and are not
	 * given again. What is held back in a transaction or a request on its way counts as neither. */
	void (*status)(const struct weir_landing *l, struct weir_landing_status *out);
	/* Ends it; `complete`: all rows that will ever come were written, so even none of them is an answer. On an error
	 * `status` may still be asked; release frees. */
	enum weir_status (*close)(struct weir_landing *l, bool complete, struct weir_error *err);
	/* After an error that was `retriable`: it is not called again but for status and close, and what is not safe counts no longer
	 * as landed. NULL: that is so after each error. */
	void (*give_up)(struct weir_landing *l);
	void (*release)(struct weir_landing *l);
	/* Any thread: the call that waits for a server ends soon with an error, and so does each that would wait later. NULL: no call
	 * waits for long. */
	void (*interrupt)(struct weir_landing *l);
};

struct weir_landing {
	const struct weir_landing_ops *ops;
	/* Set by the queue: who keeps rows that are refused; NULL: nobody. */
	void (*refused)(void *ctx, const struct weir_batch *batch, uint32_t row, const char *reason); /* see below */
	void *refused_ctx;
};

/* For a kind: that row of a batch which it was given, and which is not settled yet, is refused. The row is put aside when the
 * batch is settled, and never when the batch is given again before. The batch is not looked at here: only which it is counts. */
static inline void weir_landing_refuse(struct weir_landing *l, const struct weir_batch *batch, uint32_t row,
				       const char *reason)
{
	if (l->refused)
		l->refused(l->refused_ctx, batch, row, reason);
}
/* The same call refuses rows of the batch anew: what was said of it so far does not hold. Nothing was said of a later batch. */
static inline void weir_landing_withdraw(struct weir_landing *l, const struct weir_batch *batch)
{
	if (l->refused)
		l->refused(l->refused_ctx, batch, 0, NULL);
}

extern const struct weir_landing_ops *const weir_landing_table[]; /* ends with NULL */
/* By the scheme of an address; NULL and a filled error (nearest name, or the reason of absence) when there is none. */
const struct weir_landing_ops *weir_landing_find(const char *scheme, struct weir_error *err);
/* What every address may carry; the queue heeds it. Ends with name NULL. */
extern const struct weir_uri_option weir_landing_common[];
/* timeout= of an address, 30 s where it has none: how long a server that is away is waited for. No call to one takes longer. USAGE
 * where it is no duration. */
enum weir_status weir_landing_timeout(const struct weir_uri *uri, int64_t *out_us,
				      struct weir_error *err) WEIR_MUST_USE;
/* spill-bytes= of the address, or config->spill_bytes. USAGE where it is no size. */
enum weir_status weir_landing_spill_bytes(const struct weir_landing_config *config, uint64_t *out,
					  struct weir_error *err) WEIR_MUST_USE;
/* Opens the landing of the address, with its parameters checked against the tables. */
enum weir_status weir_landing_open(const struct weir_landing_config *config, struct weir_landing **out,
				   struct weir_error *err) WEIR_MUST_USE;

/* A batch on its way, shared by all landings that get it. Immutable. */
struct weir_landing_rows {
	_Atomic uint32_t refs;
	struct weir_batch *batch; /* owned */
	uint64_t *rows;           /* owned: bit i set: row i is landed */
	uint32_t n_rows;          /* bits set */
	size_t bytes;             /* charged to the budget */
	struct weir_budget *budget;
};
/* Takes batch and bitmap, also on failure (NULL: no memory). One reference. */
struct weir_landing_rows *weir_landing_rows_take(struct weir_batch *batch, uint64_t *rows,
						 struct weir_budget *budget) WEIR_MUST_USE;
void weir_landing_rows_unref(struct weir_landing_rows *r);

struct weir_landing_queue;

/* Starts the thread of a landing that is open, and takes it, also on failure. The uri may go after this. */
enum weir_status weir_landing_queue_start(struct weir_landing *landing, const struct weir_landing_config *config,
					  struct weir_landing_queue **out, struct weir_error *err) WEIR_MUST_USE;
/* Opens the landing of the address as well. */
enum weir_status weir_landing_queue_open(const struct weir_landing_config *config, struct weir_landing_queue **out,
					 struct weir_error *err) WEIR_MUST_USE;
/* Another batch may be given. A landing that failed always has room: it refuses what comes. */
bool weir_landing_queue_has_room(const struct weir_landing_queue *q);
bool weir_landing_queue_wait_us(struct weir_landing_queue *q, int64_t timeout_us); /* false: there is no room yet */
/* After its end: until all is landed and closed, but no longer than to this moment of the monotonic clock (INT64_MAX: however
 * long it takes). False: it is not. */
bool weir_landing_queue_wait_done(struct weir_landing_queue *q, int64_t end_us);
/* Gives a batch (a reference of its own); there must be room, or it is taken beyond it. */
void weir_landing_queue_give(struct weir_landing_queue *q, struct weir_landing_rows *rows);
/* Counts rows that were not given: shed, or refused for a reason. */
void weir_landing_queue_shed(struct weir_landing_queue *q, uint64_t n_rows);
void weir_landing_queue_refuse(struct weir_landing_queue *q, uint64_t n_rows, uint16_t stream, int64_t position,
			       const char *reason);
void weir_landing_queue_status(struct weir_landing_queue *q, struct weir_landing_status *out); /* any thread */
/* No batch will follow: the thread lands what waits, closes the landing and ends. `complete` as for ops->close. Only the first
 * call counts. */
void weir_landing_queue_end(struct weir_landing_queue *q, bool complete);
/* After the end, where somebody wants to leave: called again and again, it looks whether the landing gets on. One that has not for 1.5 s
 * is left: its call is interrupted, and what waits is refused. */
void weir_landing_queue_hurry(struct weir_landing_queue *q);
/* Ends it where that was not done, waits for the thread, and frees. NULL allowed. */
void weir_landing_queue_close(struct weir_landing_queue *q);

#endif
