/* Items [0, n) handed out to several threads: each takes its own range from the front, then the longest of the others
 * from the back. Neighbours mostly stay with one thread, and nobody waits for a thread that was interrupted. Thread:
 * `next` from any, each with a share of its own. */
#ifndef WEIR_BASE_SHARES_H
#define WEIR_BASE_SHARES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { WEIR_MOST_SHARES = 16 };

struct weir_shares {
	uint32_t n;
	_Atomic uint64_t ranges[WEIR_MOST_SHARES]; /* first << 32 | end */
};

/* n_shares: 1 to WEIR_MOST_SHARES. */
void weir_shares_init(struct weir_shares *s, uint32_t n_items, uint32_t n_shares);
/* False: none is left. */
bool weir_shares_next(struct weir_shares *s, uint32_t share, uint32_t *item);

#endif
