/* What the buffer's tests share: a clock that stands still, numbers that look random, small batches. */
#ifndef TESTS_UNIT_BUFFER_ROWS_H
#define TESTS_UNIT_BUFFER_ROWS_H

#include "weir/buffer/buffer.h"

struct still {
	int64_t mono_us, wall_us;
};
static inline int64_t still_mono(void *ctx)
{
	return ((struct still *)ctx)->mono_us;
}
static inline int64_t still_wall(void *ctx)
{
	return ((struct still *)ctx)->wall_us;
}
static inline void still_sleep(void *ctx, int64_t us)
{
	((struct still *)ctx)->mono_us += us;
}
static inline struct weir_clock still_clock(struct still *s)
{
	return (struct weir_clock){still_mono, still_wall, still_sleep, s};
}

static inline uint64_t next_random(uint64_t *state) /* xorshift64* */
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

#endif
