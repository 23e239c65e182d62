/* The bounded queue in front of a landing, its thread, and the account of what became of the rows. queue.c is what the caller sees;
 * rows.c are the batches; thread.c writes, keeps what is not settled, and tries again when a server was away. */
#ifndef WEIR_LANDING_QUEUE_H
#define WEIR_LANDING_QUEUE_H

#include "weir/base/backoff.h"
#include "weir/landing/landing.h"

/* Batches that the thread took from the ring: from the first that is not settled on. Only the thread looks at them. */
struct weir_landing_kept {
	struct weir_landing_rows **rows; /* owned array of references */
	size_t n, capacity;
	size_t written;   /* of these: the landing has them, and will count them */
	uint64_t settled; /* rows of those that went before */
};

struct weir_landing_queue {
	struct weir_landing *landing;
	const struct weir_clock *clock;
	struct weir_wake *wake; /* the caller's; NULL: none */
	struct weir_ring *ring;
	struct weir_wake work, room; /* batches came; batches went */
	size_t limit_bytes;
	bool live;
	int64_t timeout_us;           /* of a server that is away, where it is given up */
	_Atomic size_t waiting_bytes; /* of batches that are to be written, also those again */
	_Atomic bool failed, ended, complete, done;
	pthread_t thread;
	bool started;

	struct weir_landing_kept kept; /* these are the thread's: */
	struct weir_backoff backoff;
	bool away;
	int64_t away_us, next_try_us; /* of the monotonic clock: since when it is away */
	uint64_t settled_then;        /* kept.settled at the newest error */
	bool tried_last;              /* after the end, without the wait */

	pthread_mutex_t lock; /* over the rest */
	bool lock_made;
	uint64_t given;                    /* rows */
	uint64_t refused_before;           /* rows that were never given */
	int64_t shown_try_us;              /* next_try_us, for others */
	struct weir_landing_status status; /* as the landing had it last; address, shed, state and failure are ours */
};

/* thread.c: the body of the thread. */
void *weir_landing_queue_run(void *queue);

/* rows.c: where its first row is in its source. */
int64_t weir_landing_first_position(const struct weir_landing_rows *r);

#endif
