/* The allocator behind which tests make allocation n fail, and arenas. */
#include "weir/base/memory.h"

#include <stdlib.h>

/* Test hook: counts down to the allocation that fails. The one piece of process state below session, for tests only. */
static _Atomic uint64_t fail_countdown;
static _Atomic bool fail_sticky;

void weir_alloc_fail_at(uint64_t n, bool sticky)
{
	atomic_store(&fail_sticky, sticky);
	atomic_store(&fail_countdown, n);
}

static bool must_fail(void)
{
	uint64_t n = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
	if (n == 0)
		return false;
	if (n == 1) {
		if (!atomic_load(&fail_sticky))
			atomic_store(&fail_countdown, 0);
		return true;
	}
	atomic_fetch_sub(&fail_countdown, 1);
	return false;
}

void *weir_alloc(size_t bytes)
{
	return must_fail() ? NULL : malloc(bytes ? bytes : 1);
}

void *weir_calloc(size_t n, size_t bytes)
{
	return must_fail() ? NULL : calloc(n ? n : 1, bytes ? bytes : 1);
}

void *weir_realloc(void *p, size_t bytes)
{
	return must_fail() ? NULL : realloc(p, bytes ? bytes : 1);
}

void *weir_alloc_aligned(size_t bytes)
{
	return must_fail() ? NULL : aligned_alloc(64, (bytes + 63 + (bytes == 0)) & ~(size_t)63);
}

bool weir_grow(void **items, size_t *capacity, size_t need, size_t item_bytes)
{
	if (need <= *capacity)
		return true;
	size_t wanted = *capacity ? *capacity : 8;
	while (wanted < need) {
		if (wanted > SIZE_MAX / 2)
			return false;
		wanted *= 2;
	}
	if (wanted > SIZE_MAX / item_bytes)
		return false;
	void *grown = weir_realloc(*items, wanted * item_bytes);
	if (!grown)
		return false;
	*items = grown;
	*capacity = wanted;
	return true;
}

struct weir_arena_block {
	struct weir_arena_block *next;
	size_t size; /* of data */
	_Alignas(16) char data[];
};

void *weir_arena_alloc(struct weir_arena *a, size_t bytes)
{
	if (bytes > SIZE_MAX / 2)
		return NULL;
	bytes = (bytes + 15) & ~(size_t)15;
	if (bytes > a->free_bytes || !a->blocks) {
		size_t size = a->block_bytes ? a->block_bytes : (size_t)64 << 10;
		if (size < bytes)
			size = bytes;
		struct weir_arena_block *b = weir_alloc(sizeof *b + size);
		if (!b)
			return NULL;
		b->size = size;
		b->next = a->blocks;
		a->blocks = b;
		a->free_bytes = size;
		a->total_bytes += sizeof *b + size;
	}
	void *p = a->blocks->data + (a->blocks->size - a->free_bytes);
	a->free_bytes -= bytes;
	return p;
}

void *weir_arena_zalloc(struct weir_arena *a, size_t bytes)
{
	void *p = weir_arena_alloc(a, bytes);
	if (p)
		memset(p, 0, bytes);
	return p;
}

struct weir_str weir_arena_str(struct weir_arena *a, struct weir_str s)
{
	char *p = weir_arena_alloc(a, s.size + 1);
	if (!p)
		return (struct weir_str){NULL, 0};
	if (s.size)
		memcpy(p, s.data, s.size);
	p[s.size] = 0;
	return (struct weir_str){p, s.size};
}

void weir_arena_reset(struct weir_arena *a)
{
	struct weir_arena_block *kept = NULL;
	for (struct weir_arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		if (!kept || b->size > kept->size) {
			free(kept);
			kept = b;
		} else {
			free(b);
		}
	}
	a->blocks = kept;
	a->free_bytes = kept ? kept->size : 0;
	a->total_bytes = kept ? sizeof *kept + kept->size : 0;
	if (kept)
		kept->next = NULL;
}

void weir_arena_release(struct weir_arena *a)
{
	for (struct weir_arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct weir_arena){0};
}
