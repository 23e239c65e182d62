/* How long a server that is away is waited for. */
#include "away.h"

#include <stdio.h>

#define FIRST_WAIT_US INT64_C(250000)
#define MOST_WAIT_US (INT64_C(10) * WEIR_US_PER_S)

void weir_away_init(struct weir_away *a, int64_t timeout_us)
{
	*a = (struct weir_away){.backoff = {.first_us = FIRST_WAIT_US, .most_us = MOST_WAIT_US},
				.timeout_us = timeout_us};
}

bool weir_away_wait(struct weir_away *a, const struct weir_clock *clock, struct weir_wake *wake, int64_t timeout_us)
{
	int64_t wait_us = a->next_us ? a->next_us - weir_clock_mono_us(clock) : 0;

	if (wait_us <= 0) {
		a->next_us = 0;
		return false;
	}
	weir_wake_wait(wake, wait_us < timeout_us ? wait_us : timeout_us);
	return true;
}

enum weir_status weir_away_failed(struct weir_away *a, int64_t began_us, int64_t now_us, bool patient,
				  struct weir_error *err)
{
	if (!a->since_us)
		a->since_us = began_us;
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
}
