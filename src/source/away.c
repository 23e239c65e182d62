/* How long a server that is away is waited for. */
#include "away.h"

#include <stdio.h>

#define FIRST_WAIT_US INT64_C(250000)
#define MOST_WAIT_US (INT64_C(10) * WEIR_US_PER_S)

void weir_away_begin(struct weir_away *a)
{
	a->backoff = (struct weir_backoff){.first_us = FIRST_WAIT_US, .most_us = MOST_WAIT_US};
	weir_progress_state(a->progress, WEIR_SOURCE_CONNECTING, "no answer yet");
}

bool weir_away_wait(struct weir_away *a, int64_t timeout_us)
{
	a->began_us = weir_clock_mono_us(a->clock);
	int64_t wait_us = a->next_us ? a->next_us - a->began_us : 0;

	if (wait_us <= 0) {
		a->next_us = 0;
		return false;
	}
	weir_wake_wait(a->wake, wait_us < timeout_us ? wait_us : timeout_us);
	return true;
}

enum weir_status weir_away_failed(struct weir_away *a, bool known, bool follows, struct weir_error *err)
{
	bool patient = a->live || (known && follows);

	if (err->code == WEIR_CANCELLED) {
		weir_wake_wait(a->wake, 0); /* it was heard */
		return WEIR_AGAIN;
	}
	if (!err->retriable)
		return err->code;
	weir_progress_state(a->progress, known ? WEIR_SOURCE_RECONNECTING : WEIR_SOURCE_CONNECTING, err->what);
	if (!a->since_us)
		a->since_us = a->began_us;
	int64_t now_us = weir_clock_mono_us(a->clock);
	int64_t left_us = a->timeout_us - (now_us - a->since_us), wait_us = weir_backoff_next(&a->backoff);
	if (!patient && left_us <= 0) {
		if (!err->hint[0])
			weir_error_hint(err,
					"check the address, and that the server is running; timeout= waits longer");
		err->retriable = false;
		return err->code;
	}
	a->next_us = now_us + (patient || wait_us < left_us ? wait_us : left_us);
	return WEIR_AGAIN;
}

void weir_away_back(struct weir_away *a)
{
	a->since_us = a->next_us = 0;
	weir_backoff_reset(&a->backoff);
	weir_progress_state(a->progress, WEIR_SOURCE_LIVE, NULL);
}
