/* A server that is away: what is said of it, when it is tried again, and when nobody waits any longer. A source of rows begins each poll
 * with weir_away_wait, and ends it with weir_away_back or weir_away_failed. Thread: the source's. */
#ifndef WEIR_SOURCE_AWAY_H
#define WEIR_SOURCE_AWAY_H

#include "progress.h"

#include "weir/base/backoff.h"

struct weir_away {
	const struct weir_clock *clock; /* these three: borrowed */
	struct weir_wake *wake;         /* the source's */
	struct weir_progress *progress; /* and its */
	bool live;                      /* for a screen, which waits as long as it takes */
	struct weir_backoff backoff;
	int64_t began_us;          /* monotonic: the poll */
	int64_t timeout_us;        /* so long it is waited for, where somebody waits for the end */
	int64_t since_us, next_us; /* monotonic: since when it is away; the next try; 0: it is there; now */
};

/* What is borrowed, `live` and `timeout_us` are set by the caller. Nothing has answered yet: CONNECTING. */
void weir_away_begin(struct weir_away *a);
/* Until the next try is due or the wake is signalled, but no longer than timeout_us. True: it is not due yet. False: a poll begins. */
bool weir_away_wait(struct weir_away *a, int64_t timeout_us);
/* The poll failed, with that error. AGAIN: it was woken, or is tried again. Else the error is final; of a server that nobody waits for
 * any longer it says so now. known: the server has told its columns, so that it is there; follows: the source has no end. */
enum weir_status weir_away_failed(struct weir_away *a, bool known, bool follows, struct weir_error *err);
void weir_away_back(struct weir_away *a); /* it answers: LIVE */

#endif
