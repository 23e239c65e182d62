/* The ring: it grows at both ends, and becomes coarser when it must. */
#include "query/strip/ring.h"

#include <stdlib.h>

#define MS INT64_C(1000)
#define S WEIR_US_PER_S
#define MINUTE (60 * S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Each divides the next, so that buckets are put together whole. */
static const int64_t widths[] = {
    1,        2,         10,    20,      100,      200,      MS,         2 * MS,      10 * MS,     20 * MS, 100 * MS,
    200 * MS, S,         2 * S, 10 * S,  30 * S,   MINUTE,   2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR,    2 * HOUR,
    6 * HOUR, 12 * HOUR, DAY,   2 * DAY, 10 * DAY, 20 * DAY, 100 * DAY,  200 * DAY,   1000 * DAY};
enum { N_WIDTHS = sizeof widths / sizeof *widths };

/* Lengths that people count in, in steps so small that a strip fills most of its line. */
static const int64_t small_steps[] = {1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 400, 500};
static const int64_t sixtieths[] = {1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30};
static const int64_t hours[] = {1, 2, 3, 4, 6, 8, 12};
static const int64_t days[] = {1,     2,     3,     4,     6,     8,     10,     20,     30,     40,      60,     80,
			       100,   200,   300,   400,   600,   800,   1000,   2000,   3000,   4000,    6000,   8000,
			       10000, 20000, 30000, 40000, 60000, 80000, 100000, 200000, 400000, 1000000, 4000000};

bool weir_ring_init(struct weir_ring *r)
{
	*r = (struct weir_ring){.buckets = weir_calloc(WEIR_RING_BUCKETS, sizeof *r->buckets),
				.spare = weir_calloc(WEIR_RING_BUCKETS, sizeof *r->spare),
				.low = 0,
				.high = -1};
	return r->buckets && r->spare;
}

void weir_ring_release(struct weir_ring *r)
{
	free(r->buckets);
	free(r->spare);
}

void weir_ring_clear(struct weir_ring *r)
{
	memset(r->buckets, 0, WEIR_RING_BUCKETS * sizeof *r->buckets);
	r->width = 0;
	r->low = 0;
	r->high = -1;
}

int64_t weir_ring_width_us(const struct weir_ring *r)
{
	return widths[r->width];
}

static void coarsen(struct weir_ring *r)
{
	int64_t factor = widths[r->width + 1] / widths[r->width];
	memset(r->spare, 0, WEIR_RING_BUCKETS * sizeof *r->spare);
	for (int64_t b = r->low; b <= r->high; b++) {
		struct weir_strip_bucket *into = &r->spare[(uint64_t)weir_ring_floor(b, factor) % WEIR_RING_BUCKETS];
		const struct weir_strip_bucket *from = weir_ring_at(r, b);
		weir_ring_add(into, from);
	}
	struct weir_strip_bucket *old = r->buckets;
	r->buckets = r->spare;
	r->spare = old;
	bool any = r->low <= r->high;
	r->low = any ? weir_ring_floor(r->low, factor) : 0;
	r->high = any ? weir_ring_floor(r->high, factor) : -1;
	r->width++;
}

void weir_ring_reach(struct weir_ring *r, int64_t from_us, int64_t to_us)
{
	for (;;) {
		int64_t low = weir_ring_floor(from_us, widths[r->width]),
			high = weir_ring_floor(to_us, widths[r->width]);
		if (r->low <= r->high) {
			low = r->low < low ? r->low : low;
			high = r->high > high ? r->high : high;
		}
		if (high - low < WEIR_RING_BUCKETS || r->width + 1 == N_WIDTHS) {
			r->low = low;
			r->high = high;
			return;
		}
		coarsen(r);
	}
}

void weir_ring_trim(struct weir_ring *r)
{
	while (r->low <= r->high && !weir_ring_at(r, r->low)->rows)
		*weir_ring_at(r, r->low++) = (struct weir_strip_bucket){0};
}

static bool fits(const struct weir_ring *r, int64_t step, int64_t from_us, int64_t to_us, uint32_t most)
{
	return step % widths[r->width] == 0 &&
	       weir_ring_floor(to_us, step) - weir_ring_floor(from_us, step) < (int64_t)most;
}

int64_t weir_ring_round_us(const struct weir_ring *r, int64_t from_us, int64_t to_us, uint32_t most)
{
#define LIST(unit, list)                                                                                               \
	{                                                                                                              \
		unit, list, sizeof list / sizeof *list                                                                 \
	}
	static const struct {
		int64_t unit_us;
		const int64_t *steps;
		size_t n;
	} lists[] = {LIST(1, small_steps),    LIST(MS, small_steps), LIST(S, sixtieths),
		     LIST(MINUTE, sixtieths), LIST(HOUR, hours),     LIST(DAY, days)};
#undef LIST
	for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
		for (size_t i = 0; i < lists[l].n; i++)
			if (fits(r, lists[l].unit_us * lists[l].steps[i], from_us, to_us, most))
				return lists[l].unit_us * lists[l].steps[i];
	return INT64_C(4000000) * DAY; /* more than all time there is */
}
