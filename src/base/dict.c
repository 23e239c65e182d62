/* The dictionary: an open-addressing hash table over entries that never move. */
#define XXH_INLINE_ALL
#include "weir/base/dict.h"

#include <stdlib.h>
#include <xxhash.h>

/* Entries live in blocks that never move, so that readers may look at them while the writer adds. The writer's open-addressing
 * table holds code and the upper half of the hash together: most probes end without touching an entry. */
enum { FIRST_ENTRIES = 64, MAX_BLOCKS = 24, BYTES_BLOCK = 64 << 10 }; /* block k has FIRST_ENTRIES << k entries */

struct entry {
	uint64_t hash;
	const char *data;
	uint32_t size;
	char near[12]; /* short texts, with a zero behind them: a look at one does not wait for memory twice */
};
struct slot {
	uint32_t tag;  /* upper half of the hash */
	uint32_t code; /* WEIR_DICT_NONE: free */
};

struct weir_dict {
	_Atomic uint32_t refs;
	_Atomic uint32_t count;
	struct weir_budget *budget;
	struct weir_arena bytes;
	struct slot *slots; /* owned; writer only */
	uint32_t slot_mask;
	size_t charged_bytes;
	uint32_t n_blocks;                /* writer only */
	struct entry *blocks[MAX_BLOCKS]; /* owned */
};

uint64_t weir_hash(const void *bytes, size_t size)
{
	return XXH3_64bits(bytes, size);
}

static void charge(struct weir_dict *d)
{
	size_t now = weir_dict_bytes(d);
	weir_budget_charge(d->budget, (int64_t)now - (int64_t)d->charged_bytes);
	d->charged_bytes = now;
}

struct weir_dict *weir_dict_new(struct weir_budget *budget)
{
	enum { FIRST_SLOTS = 64 };
	struct weir_dict *d = weir_calloc(1, sizeof *d);
	struct slot *slots = weir_alloc(FIRST_SLOTS * sizeof *slots);
	if (!d || !slots) {
		free(d);
		free(slots);
		return NULL;
	}
	memset(slots, 0xff, FIRST_SLOTS * sizeof *slots);
	d->slots = slots;
	d->slot_mask = FIRST_SLOTS - 1;
	d->budget = budget;
	d->bytes.block_bytes = 1024;
	atomic_store(&d->refs, 1);
	charge(d);
	return d;
}

struct weir_dict *weir_dict_ref(struct weir_dict *d)
{
	if (d)
		atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
	return d;
}

void weir_dict_unref(struct weir_dict *d)
{
	if (!d || atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) != 1)
		return;
	weir_budget_charge(d->budget, -(int64_t)d->charged_bytes);
	for (size_t i = 0; i < MAX_BLOCKS && d->blocks[i]; i++)
		free(d->blocks[i]);
	weir_arena_release(&d->bytes);
	free(d->slots);
	free(d);
}

static uint32_t block_of(uint32_t code)
{
	return 25 - (uint32_t)__builtin_clz(code + FIRST_ENTRIES);
}

static struct entry *entry_of(const struct weir_dict *d, uint32_t code)
{
	uint32_t block = block_of(code);
	return &d->blocks[block][code + FIRST_ENTRIES - ((uint32_t)FIRST_ENTRIES << block)];
}

/* The slot of `s`, or the free one where it belongs. */
static struct slot *probe(const struct weir_dict *d, struct weir_str s, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	for (uint32_t i = (uint32_t)hash & d->slot_mask;; i = (i + 1) & d->slot_mask) {
		struct slot *slot = &d->slots[i];
		if (slot->code == WEIR_DICT_NONE)
			return slot;
		if (slot->tag == tag) {
			const struct entry *e = entry_of(d, slot->code);
			if (e->hash == hash && e->size == s.size && memcmp(e->data, s.data, s.size) == 0)
				return slot;
		}
	}
}

static bool grow_slots(struct weir_dict *d)
{
	size_t n = ((size_t)d->slot_mask + 1) * 2;
	struct slot *slots = weir_alloc(n * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0xff, n * sizeof *slots);
	uint32_t count = atomic_load_explicit(&d->count, memory_order_relaxed);
	for (uint32_t code = 0; code < count; code++) {
		uint64_t hash = entry_of(d, code)->hash;
		uint32_t i = (uint32_t)hash & (uint32_t)(n - 1);
		while (slots[i].code != WEIR_DICT_NONE)
			i = (i + 1) & (uint32_t)(n - 1);
		slots[i] = (struct slot){(uint32_t)(hash >> 32), code};
	}
	free(d->slots);
	d->slots = slots;
	d->slot_mask = (uint32_t)(n - 1);
	return true;
}

static uint32_t add_new(struct weir_dict *d, struct weir_str s, uint64_t hash, struct slot *slot)
{
	uint32_t code = atomic_load_explicit(&d->count, memory_order_relaxed);
	if (code >= (uint32_t)FIRST_ENTRIES * ((1u << MAX_BLOCKS) - 1) || s.size > UINT32_MAX)
		return WEIR_DICT_NONE;
	struct entry **block = &d->blocks[block_of(code)];
	if (!*block) {
		*block = weir_alloc(((size_t)FIRST_ENTRIES << block_of(code)) * sizeof **block);
		if (!*block)
			return WEIR_DICT_NONE;
		d->n_blocks++;
	}
	struct entry *e = entry_of(d, code);
	*e = (struct entry){.hash = hash, .data = e->near, .size = (uint32_t)s.size};
	if (s.size < sizeof e->near)
		memcpy(e->near, s.data, s.size);
	else if (!(e->data = weir_arena_str(&d->bytes, s).data))
		return WEIR_DICT_NONE;
	if (d->bytes.block_bytes < BYTES_BLOCK && d->bytes.total_bytes > 4 * d->bytes.block_bytes)
		d->bytes.block_bytes *= 2;
	*slot = (struct slot){(uint32_t)(hash >> 32), code};
	atomic_store_explicit(&d->count, code + 1, memory_order_release);
	charge(d);
	return code;
}

uint32_t weir_dict_add(struct weir_dict *d, struct weir_str s)
{
	if (!s.data)
		s.data = "";
	uint64_t hash = XXH3_64bits(s.data, s.size);
	struct slot *slot = probe(d, s, hash);
	if (slot->code != WEIR_DICT_NONE)
		return slot->code;
	uint32_t count = atomic_load_explicit(&d->count, memory_order_relaxed);
	if ((uint64_t)count * 2 >= d->slot_mask) {
		if (!grow_slots(d))
			return WEIR_DICT_NONE;
		slot = probe(d, s, hash);
	}
	return add_new(d, s, hash, slot);
}

uint32_t weir_dict_find(const struct weir_dict *d, struct weir_str s)
{
	if (!s.data)
		s.data = "";
	return probe(d, s, XXH3_64bits(s.data, s.size))->code;
}

struct weir_str weir_dict_get(const struct weir_dict *d, uint32_t code)
{
	const struct entry *e = entry_of(d, code);
	return (struct weir_str){e->data, e->size};
}

uint64_t weir_dict_hash(const struct weir_dict *d, uint32_t code)
{
	return entry_of(d, code)->hash;
}

uint32_t weir_dict_count(const struct weir_dict *d)
{
	return atomic_load_explicit(&d->count, memory_order_acquire);
}

size_t weir_dict_bytes(const struct weir_dict *d)
{
	size_t entries = (size_t)FIRST_ENTRIES * ((UINT64_C(1) << d->n_blocks) - 1);
	return sizeof *d + ((size_t)d->slot_mask + 1) * sizeof(struct slot) + entries * sizeof(struct entry) +
	       d->bytes.total_bytes;
}
