/* A server that is away: when it is tried again, and when nobody waits any longer. Thread: the source's. */
#ifndef WEIR_SOURCE_AWAY_H
#define WEIR_SOURCE_AWAY_H

#include "progress.h"

#include "weir/base/backoff.h"

struct weir_away {
	struct weir_backoff backoff;
	int64_t timeout_us;        /* so long it is waited for, where somebody waits for the end */
	int64_t since_us, next_us; /* monotonic: since when it is away; the next try; 0: it is there; now */
};

/* A wait from 250 ms to 10 s between two tries. */
void weir_away_init(struct weir_away *a, int64_t timeout_us);
/* Until the next try is due or the wake is signalled, but no longer than timeout_us. True: it is not due yet. */
bool weir_away_wait(struct weir_away *a, const struct weir_clock *clock, struct weir_wake *wake, int64_t timeout_us);
/* After an error of a call that began then. AGAIN: it is tried again. Else nobody waits any longer (a `patient` source always does),
 * and the error, which says so now, is returned. */
enum weir_status weir_away_failed(struct weir_away *a, int64_t began_us, int64_t now_us, bool patient,
				  struct weir_error *err);
void weir_away_back(struct weir_away *a); /* it answers */

#endif
