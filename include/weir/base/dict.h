/* Append-only dictionary of byte strings: text to dense code 0, 1, 2, … and back.
 *
 * One writer thread adds; any thread may read a code it learned through a synchronising hand-over (the ring) from the
 * writer: entries never move and are never changed. Reference counted: batches, segments and group tables that hold codes
 * hold a reference. A dictionary that grew past its use is replaced by a fresh one, and dies with its last reference.
 * Hash: XXH3 64-bit (xxHash). */
#ifndef WEIR_BASE_DICT_H
#define WEIR_BASE_DICT_H

#include "weir/base/memory.h"

struct weir_dict;

enum { WEIR_DICT_NONE = 0xffffffffu };

/* Owned by the caller with one reference; budget (may be NULL) is borrowed until the last release. NULL: no memory. */
struct weir_dict *weir_dict_new(struct weir_budget *budget);
struct weir_dict *weir_dict_ref(struct weir_dict *d); /* any thread */
void weir_dict_unref(struct weir_dict *d);            /* any thread; NULL is allowed */

/* Code of `s`, added when new (its bytes are copied). WEIR_DICT_NONE when out of memory or full. Thread: writer. */
uint32_t weir_dict_add(struct weir_dict *d, struct weir_str s);
/* Code of `s` or WEIR_DICT_NONE. Thread: writer. */
uint32_t weir_dict_find(const struct weir_dict *d, struct weir_str s);
/* Borrowed while the caller holds a reference. Thread: any that was handed `code`. */
struct weir_str weir_dict_get(const struct weir_dict *d, uint32_t code);
uint64_t weir_dict_hash(const struct weir_dict *d, uint32_t code); /* the stored hash, same as weir_hash of the text */
uint32_t weir_dict_count(const struct weir_dict *d); /* codes published so far; any thread, a lower bound */
size_t weir_dict_bytes(const struct weir_dict *d);

uint64_t weir_hash(const void *bytes, size_t size);
static inline uint64_t weir_hash_mix(uint64_t h, uint64_t v) /* combine; from the finaliser of MurmurHash3 */
{
	h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2);
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdull;
	h ^= h >> 33;
	return h;
}

#endif
