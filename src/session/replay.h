/* The replay clock: lets rows through at a multiple of the speed of their own event times. One for all streams of a
 * session, so that they stay side by side; it is anchored when the first row with a time comes, and again at each change of
 * speed. Thread: any. */
#ifndef WEIR_SESSION_REPLAY_H
#define WEIR_SESSION_REPLAY_H

#include "weir/base/thread.h"
#include "weir/base/time.h"

#include <pthread.h>

struct weir_replay {
	pthread_mutex_t lock;
	const struct weir_clock *clock;
	double speed;          /* 0: no waiting */
	int64_t anchor_event_us, anchor_mono_us;
	int64_t reached_us;    /* event time of the newest row let through */
};

void weir_replay_init(struct weir_replay *r, const struct weir_clock *clock, double speed);
void weir_replay_release(struct weir_replay *r);
void weir_replay_set_speed(struct weir_replay *r, double speed);
double weir_replay_speed(struct weir_replay *r);
/* How long until a row of this event time is due, in µs of the monotonic clock; 0: now. */
int64_t weir_replay_wait_us(struct weir_replay *r, int64_t event_us);

#endif
