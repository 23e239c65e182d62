/* Waits that grow from one failure to the next. Thread: plain data. */
#ifndef WEIR_BASE_BACKOFF_H
#define WEIR_BASE_BACKOFF_H

#include <stdint.h>

struct weir_backoff {
	int64_t first_us, most_us; /* set once */
	int64_t wait_us;           /* the next one; 0: the first */
};
/* The next wait; the one after it is twice as long. */
static inline int64_t weir_backoff_next(struct weir_backoff *b)
{
	int64_t wait_us = b->wait_us ? b->wait_us : b->first_us;

	b->wait_us = wait_us * 2 < b->most_us ? wait_us * 2 : b->most_us;
	return wait_us;
}
static inline void weir_backoff_reset(struct weir_backoff *b)
{
	b->wait_us = 0;
}

#endif
