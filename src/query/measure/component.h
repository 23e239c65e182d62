/* Accumulators in columns. A measure is made of components (avg = count of x + sum of x); a slab holds, for each
 * component, one array of accumulators, indexed by slot. What a slot stands for (a group, a group in a pane) is the
 * slab's owner's business, so the same loops feed totals and panes. Private to src/query. */
#ifndef WEIR_QUERY_COMPONENT_H
#define WEIR_QUERY_COMPONENT_H

#include "query/measure/distinct.h"
#include "query/measure/exact.h"
#include "query/measure/quantile.h"
#include "weir/model/value.h"

enum weir_component_kind {
	WEIR_PART_COUNT, /* values that are not NULL */
	WEIR_PART_SUM,	 /* INT64: 128-bit; FLOAT64: exact */
	WEIR_PART_SQUARES,
	WEIR_PART_MIN,
	WEIR_PART_MAX,
	WEIR_PART_FIRST, /* of the least (time, position) */
	WEIR_PART_LAST,
	WEIR_PART_QUANTILE,
	WEIR_PART_DISTINCT,
};

struct weir_component {
	enum weir_component_kind kind;
	enum weir_type type; /* of its input */
	uint32_t input;	     /* index in the plan's inputs */
	bool total_only;     /* only the slot of all groups together is kept (histogram panel) */
	uint64_t stale_bit;  /* its bit in a set of stale components; 0: always subtracts */
};

/* Where a row stands in the order of first and last: by event time, then position, then source. */
struct weir_order {
	int64_t time_us, position;
	uint32_t source; /* stream << 16 | partition */
};

static inline int weir_order_compare(const struct weir_order *a, const struct weir_order *b)
{
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	return (a->source > b->source) - (a->source < b->source);
}

/* n values of one slice that count for a component: packed, no NULLs. */
struct weir_values {
	uint32_t n;
	enum weir_type type;
	const void *data;		/* int64_t, double, uint8_t (BOOL), struct weir_str */
	const struct weir_order *order; /* only when a component wants it */
};

struct weir_slab {
	const struct weir_component *components; /* borrowed */
	uint32_t n_components;
	struct weir_budget *budget; /* borrowed */
	uint32_t n;		    /* slots in use: 0 .. n */
	uint32_t capacity;
	uint64_t *rows; /* owned: matched rows by slot */
	void **items;	/* owned: an array for each component */
};

bool weir_slab_init(struct weir_slab *s, const struct weir_component *components, uint32_t n_components,
		    struct weir_budget *budget) WEIR_MUST_USE;
void weir_slab_release(struct weir_slab *s);
bool weir_slab_empty(struct weir_slab *s) WEIR_MUST_USE; /* frees all slots but the first two */
size_t weir_slab_slot_bytes(const struct weir_slab *s);
bool weir_slab_reserve(struct weir_slab *s, uint32_t n) WEIR_MUST_USE; /* slots 0..n exist, new ones empty */
void weir_slab_clear(struct weir_slab *s, uint32_t slot);	       /* back to empty, heap freed */

/* items[slots[i]] += values[i] for component c. */
bool weir_slab_add(struct weir_slab *s, uint32_t c, const uint32_t *slots,
		   const struct weir_values *values) WEIR_MUST_USE;
bool weir_slab_merge(struct weir_slab *into, uint32_t slot, const struct weir_slab *from,
		     uint32_t from_slot) WEIR_MUST_USE;
/* The same from a slab of the same components over narrower types (a column that widened since). Least and greatest
 * values of numbers that became text are compared as the texts they now are. */
bool weir_slab_widen(struct weir_slab *into, uint32_t slot, const struct weir_slab *from,
		     uint32_t from_slot) WEIR_MUST_USE;
/* Takes from_slot away. *stale gathers the bits of components that must be merged anew from what is left; those that
 * are stale already are left alone. */
bool weir_slab_subtract(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			uint64_t *stale) WEIR_MUST_USE;
/* For the stale ones: empties them, then merges them again from each of what is left. */
void weir_slab_clear_some(struct weir_slab *s, uint32_t slot, uint64_t stale);
bool weir_slab_merge_some(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			  uint64_t stale) WEIR_MUST_USE;

/* The accumulators of component c, by its kind and type: uint64_t, weir_int128 or weir_exact, weir_wide, weir_extreme,
 * weir_pick, weir_quantile, weir_distinct. */
void *weir_slab_item(const struct weir_slab *s, uint32_t c, uint32_t slot);

struct weir_extreme { /* MIN, MAX */
	bool set;
	union {
		int64_t key;	   /* numbers: order-preserving (weir_double_key) */
		struct weir_str s; /* owned copy */
	};
};
struct weir_pick { /* FIRST, LAST */
	bool set;
	struct weir_order order;
	union {
		int64_t i;	   /* BOOL, INT64, TIMESTAMP, bits of FLOAT64 */
		struct weir_str s; /* owned copy */
	};
};

/* Doubles as integers of the same order; NaN is the greatest, -0 is 0. */
static inline int64_t weir_double_key(double x)
{
	uint64_t bits = weir_double_bits(x == x ? x + 0.0 : (double)__builtin_nan(""));
	return (int64_t)(bits ^ ((uint64_t)((int64_t)bits >> 63) >> 1));
}
static inline double weir_double_of_key(int64_t key)
{
	uint64_t bits = (uint64_t)key ^ ((uint64_t)(key >> 63) >> 1);
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}
static inline uint64_t weir_int_hash(uint64_t h) /* the finaliser of MurmurHash3 */
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdull;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ull;
	return h ^ h >> 33;
}

#endif
