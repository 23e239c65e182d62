/* Counts by time in a ring of buckets. The range may grow at both ends: then the buckets become wider, by a factor that
 * puts whole ones together. Called by counts.c. Private to src/query/strip. */
#ifndef WEIR_QUERY_STRIP_RING_H
#define WEIR_QUERY_STRIP_RING_H

#include "weir/query/strip.h"

enum { WEIR_RING_BUCKETS = 4096 }; /* a power of two */

struct weir_ring {
	struct weir_strip_bucket *buckets, *spare; /* owned: WEIR_RING_BUCKETS each, by number of bucket modulo that */
	int width;                                 /* of weir_ring_width_us */
	int64_t low, high; /* numbers (time / width) of the first and the last bucket in use; low > high: none */
};

bool weir_ring_init(struct weir_ring *r) WEIR_MUST_USE; /* false: no memory */
void weir_ring_release(struct weir_ring *r);
void weir_ring_clear(struct weir_ring *r);
int64_t weir_ring_width_us(const struct weir_ring *r);
/* Makes the range hold these times, too. */
void weir_ring_reach(struct weir_ring *r, int64_t from_us, int64_t to_us);
/* Leaves out empty buckets at the old end. */
void weir_ring_trim(struct weir_ring *r);
/* The shortest round length, a multiple of the width, in `most` buckets of which all of [from, to] lies. */
int64_t weir_ring_round_us(const struct weir_ring *r, int64_t from_us, int64_t to_us, uint32_t most);

static inline int64_t weir_ring_floor(int64_t us, int64_t width)
{
	int64_t whole = us / width;
	return whole - (us % width < 0);
}
static inline struct weir_strip_bucket *weir_ring_at(const struct weir_ring *r, int64_t bucket)
{
	return &r->buckets[(uint64_t)bucket % WEIR_RING_BUCKETS];
}

static inline void weir_ring_add(struct weir_strip_bucket *into, const struct weir_strip_bucket *one)
{
	into->rows += one->rows;
	into->errors += one->errors;
	into->late += one->late;
	into->lost += one->lost;
}

#endif
