/* Accumulators in arrays, one a kind, by slot (aggregate.h). */
#include "query/aggregate/aggregate.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	MANY_SLOTS = 65536,     /* from there on memory is dearer than moving */
	LARGE_BYTES = 16 << 20, /* of an array: what a large page may be larger than that is little beside it */
};

bool weir_slab_init(struct weir_slab *s, const struct weir_accumulator *accumulators, uint32_t n_accumulators,
		    struct weir_budget *budget)
{
	*s = (struct weir_slab){.accumulators = accumulators, .n_accumulators = n_accumulators, .budget = budget};
	s->arrays = weir_calloc(n_accumulators + 1, sizeof *s->arrays);
	return s->arrays != NULL;
}

static size_t bytes_of(const struct weir_slab *s, uint32_t c)
{
	const struct weir_accumulator *p = s->accumulators + c;
	return p->ops->bytes(p->type);
}

static void clear_accumulator(struct weir_slab *s, uint32_t c, uint32_t slot)
{
	const struct weir_accumulator *p = s->accumulators + c;
	const struct weir_accumulator_ops *ops = p->ops;
	void *accumulator = weir_slab_at(s, c, slot);
	if (ops->release)
		ops->release(p->type, accumulator, s->budget);
	memset(accumulator, 0, bytes_of(s, c));
}

void weir_slab_release(struct weir_slab *s)
{
	for (uint32_t c = 0; s->arrays && c < s->n_accumulators; c++) {
		for (uint32_t i = 0; s->accumulators[c].ops->release && i < s->n; i++)
			clear_accumulator(s, c, i);
		weir_budget_charge(s->budget, -(int64_t)(s->capacity * bytes_of(s, c)));
		free(s->arrays[c]);
	}
	weir_budget_charge(s->budget, -(int64_t)(s->capacity * sizeof *s->rows));
	free(s->arrays);
	free(s->rows);
	*s = (struct weir_slab){0};
}

bool weir_slab_empty(struct weir_slab *s)
{
	struct weir_slab fresh;
	bool ok = weir_slab_init(&fresh, s->accumulators, s->n_accumulators, s->budget) && weir_slab_reserve(&fresh, 2);
	weir_slab_release(s);
	*s = fresh;
	return ok;
}

size_t weir_slab_slot_bytes(const struct weir_slab *s)
{
	size_t bytes = sizeof *s->rows;
	for (uint32_t c = 0; c < s->n_accumulators; c++)
		bytes += bytes_of(s, c);
	return bytes;
}

/* Each page that is touched for the first time costs as much as a hundred groups: large ones are fewer. The whole array is
 * asked for, so that the kernel can still move it in one piece. */
static void ask_for_large_pages(void *array, size_t bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)array & ~(page - 1);
	if (bytes >= LARGE_BYTES)
		(void)madvise((void *)from, (uintptr_t)array + bytes - from, MADV_HUGEPAGE); /* or none: as before */
}

static bool grow_array(struct weir_slab *s, void **array, size_t bytes, uint32_t capacity)
{
	void *grown = weir_realloc(*array, bytes * capacity);
	if (!grown)
		return false;
	ask_for_large_pages(grown, bytes * capacity);
	memset((char *)grown + bytes * s->capacity, 0, bytes * (capacity - s->capacity));
	*array = grown;
	return true;
}

bool weir_slab_reserve(struct weir_slab *s, uint32_t n)
{
	if (n > s->capacity) {
		uint32_t capacity = s->capacity ? s->capacity : 8;
		size_t bytes = sizeof *s->rows;
		while (capacity < n)
			capacity += capacity / (capacity < MANY_SLOTS ? 2 : 8);
		for (uint32_t c = 0; c < s->n_accumulators; c++) {
			bytes += bytes_of(s, c);
			if (!grow_array(s, &s->arrays[c], bytes_of(s, c), capacity))
				return false;
		}
		void *rows = s->rows;
		if (!grow_array(s, &rows, sizeof *s->rows, capacity))
			return false;
		s->rows = rows;
		weir_budget_charge(s->budget, (int64_t)(bytes * (capacity - s->capacity)));
		s->capacity = capacity;
	}
	if (n > s->n)
		s->n = n;
	return true;
}

void *weir_slab_at(const struct weir_slab *s, uint32_t c, uint32_t slot)
{
	return (char *)s->arrays[c] + bytes_of(s, c) * slot;
}

static void move_array(void *array, size_t bytes, uint32_t to, uint32_t from, uint32_t n)
{
	memcpy((char *)array + bytes * to, (char *)array + bytes * from, bytes * n);
	memset((char *)array + bytes * from, 0, bytes * n);
}

void weir_slab_move(struct weir_slab *s, uint32_t to, uint32_t from, uint32_t n)
{
	for (uint32_t c = 0; c < s->n_accumulators; c++)
		move_array(s->arrays[c], bytes_of(s, c), to, from, n);
	move_array(s->rows, sizeof *s->rows, to, from, n);
}

void weir_slab_clear(struct weir_slab *s, uint32_t slot)
{
	for (uint32_t c = 0; c < s->n_accumulators; c++)
		clear_accumulator(s, c, slot);
	s->rows[slot] = 0;
}

void weir_slab_clear_some(struct weir_slab *s, uint32_t slot, uint64_t stale)
{
	for (uint32_t c = 0; c < s->n_accumulators; c++)
		if (s->accumulators[c].stale_bit & stale)
			clear_accumulator(s, c, slot);
}

/* Without an inverse: each value as often as its weight says, those to be taken back not at all. */
static bool add_singly(struct weir_slab *s, const struct weir_accumulator *a, void *array, const uint32_t *slots,
		       const struct weir_values *values)
{
	size_t bytes = values->type == WEIR_STRING ? sizeof(struct weir_str) : values->type == WEIR_BOOL ? 1 : 8;
	for (uint32_t i = 0; i < values->n; i++) {
		struct weir_values one = {.n = 1,
					  .type = values->type,
					  .data = (const char *)values->data + i * bytes,
					  .order = values->order + (a->ops->ordered ? i : 0)};
		if (values->weights[i] < 0)
			*values->lost = true;
		for (int8_t w = values->weights[i]; w > 0; w--)
			if (!a->ops->add(array, slots + i, &one, s->budget))
				return false;
	}
	return true;
}

bool weir_slab_add(struct weir_slab *s, uint32_t accumulator, const uint32_t *slots, const struct weir_values *values)
{
	const struct weir_accumulator *a = s->accumulators + accumulator;
	s->weighted |= values->weights != NULL;
	if (values->weights && !a->ops->inverse)
		return add_singly(s, a, s->arrays[accumulator], slots, values);
	return a->ops->add(s->arrays[accumulator], slots, values, s->budget);
}

static bool merge_accumulator(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			      uint32_t c)
{
	const struct weir_accumulator *p = into->accumulators + c;
	return p->ops->merge(p->type, weir_slab_at(into, c, slot), weir_slab_at(from, c, from_slot), into->budget);
}

bool weir_slab_merge_some(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			  uint64_t stale)
{
	for (uint32_t c = 0; c < into->n_accumulators; c++)
		if (into->accumulators[c].stale_bit & stale && !merge_accumulator(into, slot, from, from_slot, c))
			return false;
	return true;
}

bool weir_slab_merge(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot)
{
	for (uint32_t c = 0; c < into->n_accumulators; c++)
		if (!merge_accumulator(into, slot, from, from_slot, c))
			return false;
	into->weighted |= from->weighted;
	into->rows[slot] += from->rows[from_slot];
	return true;
}

bool weir_slab_subtract(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			uint64_t *stale)
{
	if (!into->weighted && into->rows[slot] == from->rows[from_slot]) {
		weir_slab_clear(into, slot);
		return true;
	}
	for (uint32_t c = 0; c < into->n_accumulators; c++) {
		const struct weir_accumulator *p = into->accumulators + c;
		bool again = false;
		if (p->stale_bit & *stale)
			continue;
		if (!p->ops->subtract(p->type, weir_slab_at(into, c, slot), weir_slab_at(from, c, from_slot), &again,
				      into->budget))
			return false;
		if (again)
			*stale |= p->stale_bit;
	}
	into->rows[slot] -= from->rows[from_slot];
	return true;
}

/* What no value came into has no type yet, and nothing in it. */
static bool widen_accumulator(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			      uint32_t c)
{
	const struct weir_accumulator *p = into->accumulators + c;
	enum weir_type type = from->accumulators[c].type;
	if (p->type == type || !p->ops->widen)
		return merge_accumulator(into, slot, from, from_slot, c);
	return type == WEIR_NULL || p->ops->widen(p->type, weir_slab_at(into, c, slot), type,
						  weir_slab_at(from, c, from_slot), into->budget);
}

bool weir_slab_widen(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot)
{
	for (uint32_t c = 0; c < into->n_accumulators; c++)
		if (!widen_accumulator(into, slot, from, from_slot, c))
			return false;
	into->weighted |= from->weighted;
	into->rows[slot] += from->rows[from_slot];
	return true;
}
