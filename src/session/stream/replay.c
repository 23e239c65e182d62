/* The replay clock: how long until a row of a given event time is due. */
#include "stream.h"

void weir_replay_init(struct weir_replay *r, const struct weir_clock *clock, double speed)
{
	*r = (struct weir_replay){
	    .clock = clock, .speed = speed, .anchor_event_us = WEIR_TIME_NONE, .reached_us = WEIR_TIME_NONE};
	pthread_mutex_init(&r->lock, NULL);
}

void weir_replay_release(struct weir_replay *r)
{
	pthread_mutex_destroy(&r->lock);
}

void weir_replay_set_speed(struct weir_replay *r, double speed)
{
	pthread_mutex_lock(&r->lock);
	r->speed = speed;
	r->anchor_event_us = r->reached_us;
	r->anchor_mono_us = weir_clock_mono_us(r->clock);
	pthread_mutex_unlock(&r->lock);
}

double weir_replay_speed(struct weir_replay *r)
{
	pthread_mutex_lock(&r->lock);
	double speed = r->speed;
	pthread_mutex_unlock(&r->lock);
	return speed;
}

static int64_t wait_us(struct weir_replay *r, int64_t event_us)
{
	int64_t now = weir_clock_mono_us(r->clock);

	if (r->anchor_event_us == WEIR_TIME_NONE) {
		r->anchor_event_us = event_us;
		r->anchor_mono_us = now;
	}
	double due = (double)r->anchor_mono_us + ((double)event_us - (double)r->anchor_event_us) / r->speed;
	return due <= (double)now           ? 0
	       : due - (double)now > 3600e6 ? INT64_C(3600000000)
					    : (int64_t)(due - (double)now) + 1;
}

int64_t weir_replay_wait_us(struct weir_replay *r, int64_t event_us)
{
	int64_t wait = 0;

	if (event_us == WEIR_TIME_NONE)
		return 0;
	pthread_mutex_lock(&r->lock);
	if (r->speed > 0)
		wait = wait_us(r, event_us);
	if (wait == 0 && (r->reached_us == WEIR_TIME_NONE || event_us > r->reached_us))
		r->reached_us = event_us;
	pthread_mutex_unlock(&r->lock);
	return wait;
}
