/* Work shared out between threads, each range packed into one atomic word. */
#include "weir/base/shares.h"

static uint32_t first_of(uint64_t range)
{
	return (uint32_t)(range >> 32);
}
static uint32_t end_of(uint64_t range)
{
	return (uint32_t)range;
}
static uint64_t range_of(uint32_t first, uint32_t end)
{
	return (uint64_t)first << 32 | end;
}

void weir_shares_init(struct weir_shares *s, uint32_t n_items, uint32_t n_shares)
{
	s->n = n_shares;
	for (uint32_t i = 0; i < n_shares; i++)
		atomic_init(&s->ranges[i], range_of((uint32_t)((uint64_t)n_items * i / n_shares),
						    (uint32_t)((uint64_t)n_items * (i + 1) / n_shares)));
}

static bool take(_Atomic uint64_t *range, bool front, uint32_t *item)
{
	uint64_t was = atomic_load(range);
	while (first_of(was) < end_of(was)) {
		uint32_t first = first_of(was), end = end_of(was);
		if (!atomic_compare_exchange_weak(range, &was,
						  front ? range_of(first + 1, end) : range_of(first, end - 1)))
			continue;
		*item = front ? first : end - 1;
		return true;
	}
	return false;
}

bool weir_shares_next(struct weir_shares *s, uint32_t share, uint32_t *item)
{
	if (take(&s->ranges[share], true, item))
		return true;
	for (;;) {
		uint32_t longest = 0, most = 0;
		for (uint32_t i = 0; i < s->n; i++) {
			uint64_t range = atomic_load(&s->ranges[i]);
			uint32_t left = first_of(range) < end_of(range) ? end_of(range) - first_of(range) : 0;
			if (left > most) {
				longest = i;
				most = left;
			}
		}
		if (!most)
			return false;
		if (take(&s->ranges[longest], false, item))
			return true;
	}
}
