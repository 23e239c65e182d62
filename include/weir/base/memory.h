/* The memory budget that bounds a session, and arenas that die all at once.
 *
 * Budget: every long-lived, data-sized allocation (segments, dictionaries, panes, group tables) is charged to the
 * session's budget. Charging never fails by itself: who grows asks weir_budget_over and makes room first (the buffer drops
 * its oldest segments). Thread: charge, refund and used may be called from any thread.
 * Arena: owned by one thread; all pointers die at reset or release. Lifetimes in use: batch, frame, view, session. */
#ifndef WEIR_BASE_MEMORY_H
#define WEIR_BASE_MEMORY_H

#include "weir/base/str.h"

#include <stdatomic.h>

struct weir_budget {
	uint64_t limit_bytes; /* 0: no limit */
	_Atomic int64_t used_bytes;
};

static inline void weir_budget_charge(struct weir_budget *b, int64_t bytes) /* negative refunds; b may be NULL */
{
	if (b)
		atomic_fetch_add_explicit(&b->used_bytes, bytes, memory_order_relaxed);
}
static inline int64_t weir_budget_used(const struct weir_budget *b)
{
	return b ? atomic_load_explicit(&b->used_bytes, memory_order_relaxed) : 0;
}
static inline bool weir_budget_over(const struct weir_budget *b, int64_t more_bytes)
{
	return b && b->limit_bytes && weir_budget_used(b) + more_bytes > (int64_t)b->limit_bytes;
}

/* What one thing on its way from source to buffer may take (a batch, a piece of a chunk, a young dictionary): there are a few
 * dozen of them at once. */
static inline uint64_t weir_budget_part(const struct weir_budget *b)
{
	enum { MOST = 8 << 20, PARTS = 64 };
	uint64_t part = b && b->limit_bytes ? b->limit_bytes / PARTS : MOST;
	return part < MOST ? part : MOST;
}

/* What a piece of the heap takes: small ones are rounded up and have a word of their own. To be charged where there are many. */
static inline int64_t weir_heap_bytes(size_t bytes)
{
	return bytes == 0 ? 0 : bytes <= 24 ? 32 : (int64_t)((bytes + 8 + 15) & ~(size_t)15);
}

/* malloc family behind one door, so that tests can make allocation n fail (weir_alloc_fail_at). NULL on failure. */
void *weir_alloc(size_t bytes) WEIR_MUST_USE;
void *weir_calloc(size_t n, size_t bytes) WEIR_MUST_USE;
void *weir_realloc(void *p, size_t bytes) WEIR_MUST_USE;
void *weir_alloc_aligned(size_t bytes) WEIR_MUST_USE; /* 64-byte aligned; free with free() */
/* Test hook: the n-th allocation from now (1 = next) fails, and all after it while `sticky`; 0 turns it off. */
void weir_alloc_fail_at(uint64_t n, bool sticky);

/* Grows an array: doubles `*capacity` until it holds `need` items. False (unchanged) when out of memory. */
bool weir_grow(void **items, size_t *capacity, size_t need, size_t item_bytes);

struct weir_arena {
	struct weir_arena_block *blocks; /* owned, newest first */
	size_t block_bytes;              /* size of the next block; 0 means 64 KiB */
	size_t total_bytes;              /* held, for the budget */
	size_t free_bytes;               /* left in the newest block */
};

void *weir_arena_alloc(struct weir_arena *a,
		       size_t bytes) WEIR_MUST_USE; /* 16-byte aligned, uninitialised; NULL: no memory */
void *weir_arena_zalloc(struct weir_arena *a, size_t bytes) WEIR_MUST_USE;
struct weir_str weir_arena_str(struct weir_arena *a,
			       struct weir_str s); /* a NUL-terminated copy; {NULL,0} when no memory */
void weir_arena_reset(struct weir_arena *a);       /* keeps the largest block */
void weir_arena_release(struct weir_arena *a);     /* frees all, leaves {0} */

#endif
