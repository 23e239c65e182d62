/* The bounded queue in front of a landing, its thread, and the account of what became of the rows. queue.c is what the caller sees;
 * rows.c are the batches, line.c those that wait; thread.c writes, keeps what is not settled, and tries again when a server was away;
 * spill.c has what does not fit into memory on the disk, as record.c writes it; aside.c keeps rows that the landing refused.
 *
 * Nobody holds two locks. */
#ifndef WEIR_LANDING_QUEUE_H
#define WEIR_LANDING_QUEUE_H

#include "weir/base/backoff.h"
#include "weir/capture/writer.h"
#include "weir/landing/landing.h"

enum { WEIR_LANDING_BATCHES = 64 }; /* at most so many wait in memory */

/* A batch that waits. */
struct weir_landing_entry {
	struct weir_landing_rows *rows; /* a reference; NULL: it is on the disk, as the rest says */
	uint64_t number;
	uint32_t n_rows, n_columns;
	uint64_t at; /* its bytes in the file, and their sum */
	uint32_t size, crc;
	uint16_t stream;
	bool by_row; /* it has a partition for each row */
	int64_t arrival_us, first_position;
	const struct weir_schema *schema; /* one reference each */
	struct weir_partitions *partitions;
};

struct weir_landing_line {
	struct weir_landing_entry *entries; /* owned ring of `capacity` */
	size_t first, n, capacity;
	_Atomic size_t n_memory;
	uint64_t next_number;
};

/* What does not fit into memory. */
struct weir_landing_spill {
	char *folder;          /* owned; NULL: nothing goes to the disk */
	uint64_t limit_bytes;  /* at most so much of it is used */
	int fd;                /* -1: none yet */
	struct weir_wake work; /* there may be something to do */
	_Atomic bool stop;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* over the next two */
	bool lock_made;
	uint64_t end, used; /* of the file; of it, what is waited for */
};

/* Batches that the thread took from the line: from the first that is not settled on. Only the thread looks at them. */
struct weir_landing_kept {
	struct weir_landing_rows **rows; /* owned array of references */
	size_t n, capacity;
	size_t written;   /* of these: the landing has them, and will count them */
	uint64_t settled; /* rows of those that went before */
};

/* A row that was refused, of a batch that is not settled. */
struct weir_landing_refusal {
	const struct weir_batch *batch; /* one of those that are kept, or were */
	uint32_t row;
	size_t reason; /* where it begins in `reasons` */
};

/* Rows that were refused. But for init and release, only the thread looks at it. */
struct weir_landing_aside {
	bool off;            /* nothing is kept */
	char *path, *folder; /* owned; path NULL: a new file in the folder, when there is something to keep */
	const struct weir_landing_stream *streams; /* borrowed */
	uint32_t n_streams;
	struct weir_landing_refusal *list; /* owned */
	size_t n, room;
	struct weir_buf reasons;               /* each ends with a NUL */
	struct weir_capture_writer *writer;    /* owned; NULL: not opened yet */
	bool *named;                           /* owned: streams that the file knows */
	uint64_t most_bytes;                   /* of the file */
	uint64_t n_given, n_lost;              /* to the writer; for want of memory */
	struct weir_partitions *no_partitions; /* one reference: for batches that have none */
	struct weir_buf text, header;          /* for use in between */
};

struct weir_landing_queue {
	struct weir_landing *landing;
	const struct weir_clock *clock;
	struct weir_wake *wake; /* the caller's; NULL: none */
	struct weir_budget *budget;
	struct weir_wake work, room; /* batches came; batches went */
	size_t limit_bytes;
	bool live;
	int64_t timeout_us;           /* of a server that is away, where it is given up */
	_Atomic size_t waiting_bytes; /* of batches that are to be written, also those again */
	_Atomic bool failed, ended, complete, done;
	_Atomic bool left;        /* nobody waits for it any longer */
	_Atomic uint64_t n_calls; /* of the landing, that went well */
	uint64_t hurried_calls;   /* these two are the caller's: n_calls, and when it was another one last (0: never) */
	int64_t hurried_us;
	pthread_t thread;
	bool started;

	struct weir_landing_kept kept; /* these are the thread's: */
	struct weir_backoff backoff;
	bool away;
	int64_t away_us, next_try_us; /* of the monotonic clock: since when it is away */
	uint64_t settled_then;        /* kept.settled at the newest error */
	int64_t rated_us;             /* when rows_per_s was counted last, and what was landed then */
	uint64_t rated;
	bool tried_last; /* after the end, without the wait */
	struct weir_landing_aside aside;

	struct weir_landing_spill spill;

	pthread_mutex_t lock; /* over the rest */
	bool lock_made;
	struct weir_landing_line line;
	uint64_t given;                    /* rows */
	uint64_t refused_before;           /* rows that were never given */
	int64_t shown_try_us;              /* next_try_us, for others */
	struct weir_landing_status status; /* as the landing had it last; address, shed, state and failure are ours */
};

/* ---- line.c; under the queue's lock ---- */

struct weir_landing_entry *weir_landing_line_at(const struct weir_landing_line *l, size_t i); /* i < n */
/* Takes the reference, but for when there is no memory: false. */
bool weir_landing_line_push(struct weir_landing_line *l, struct weir_landing_rows *rows) WEIR_MUST_USE;
bool weir_landing_line_pop(struct weir_landing_line *l, struct weir_landing_entry *out); /* false: none */
void weir_landing_entry_release(struct weir_landing_entry *e);
/* Tells those who wait for room. Without the lock. */
void weir_landing_signal_room(struct weir_landing_queue *q);

/* ---- record.c ---- */

bool weir_landing_record_write(const struct weir_landing_rows *r, struct weir_buf *out); /* appends; false: no memory */
/* The rows that were landed of it. Owned by the caller. NULL: it is damaged, or there is no memory. */
struct weir_batch *weir_landing_record_read(const struct weir_landing_entry *e, struct weir_str from) WEIR_MUST_USE;

/* ---- spill.c ---- */

void *weir_landing_spill_run(void *queue); /* the body of its thread */
/* Reads a batch again and gives its room back. NULL: it could not be read. */
struct weir_landing_rows *weir_landing_spill_read(struct weir_landing_queue *q,
						  const struct weir_landing_entry *e) WEIR_MUST_USE;
void weir_landing_spill_free(struct weir_landing_spill *s, uint64_t at, uint32_t size);

/* ---- aside.c ---- */

/* refused= of the address. Release also after a failure. */
enum weir_status weir_landing_aside_init(struct weir_landing_aside *a, const struct weir_landing_config *config,
					 struct weir_error *err) WEIR_MUST_USE;
void weir_landing_aside_release(struct weir_landing_aside *a);
/* weir_landing.refused. Reason NULL: those of the batch, which was the last, are taken back. */
void weir_landing_aside_note(void *queue, const struct weir_batch *batch, uint32_t row, const char *reason);
void weir_landing_aside_rewind(struct weir_landing_aside *a);           /* all batches are given again */
void weir_landing_aside_settle(struct weir_landing_queue *q, size_t n); /* the first n that are kept are settled */
void weir_landing_aside_publish(struct weir_landing_queue *q);          /* tells what it has */
void weir_landing_aside_finish(struct weir_landing_queue *q);           /* no more will come */

/* ---- thread.c ---- */

void *weir_landing_queue_run(void *queue); /* the body of the thread */

/* ---- rows.c ---- */

int64_t weir_landing_first_position(const struct weir_landing_rows *r); /* of its first row */
/* Rows that were given are refused, for no fault of the landing: a batch ends with that error. Under the queue's lock. */
void weir_landing_lose(struct weir_landing_queue *q, uint64_t n_rows, uint16_t stream, int64_t position,
		       enum weir_status code, const char *why);

#endif
