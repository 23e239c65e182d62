#include "query/measure/parts.h"

#include <stdlib.h>

enum { MANY_SLOTS = 65536 }; /* from there on memory is dearer than moving */

bool weir_slab_init(struct weir_slab *s, const struct weir_component *components, uint32_t n_components,
		    struct weir_budget *budget)
{
	*s = (struct weir_slab){.components = components, .n_components = n_components, .budget = budget};
	s->items = weir_calloc(n_components + 1, sizeof *s->items);
	return s->items != NULL;
}

static size_t item_bytes(const struct weir_slab *s, uint32_t c)
{
	const struct weir_component *p = s->components + c;
	return weir_part_table[p->kind].item_bytes(p->type);
}

static void clear_item(struct weir_slab *s, uint32_t c, uint32_t slot)
{
	const struct weir_component *p = s->components + c;
	const struct weir_part_ops *ops = &weir_part_table[p->kind];
	void *item = weir_slab_item(s, c, slot);
	if (ops->release)
		ops->release(p->type, item, s->budget);
	memset(item, 0, item_bytes(s, c));
}

void weir_slab_release(struct weir_slab *s)
{
	for (uint32_t c = 0; s->items && c < s->n_components; c++) {
		for (uint32_t i = 0; weir_part_table[s->components[c].kind].release && i < s->n; i++)
			clear_item(s, c, i);
		weir_budget_charge(s->budget, -(int64_t)(s->capacity * item_bytes(s, c)));
		free(s->items[c]);
	}
	weir_budget_charge(s->budget, -(int64_t)(s->capacity * sizeof *s->rows));
	free(s->items);
	free(s->rows);
	*s = (struct weir_slab){0};
}

bool weir_slab_empty(struct weir_slab *s)
{
	struct weir_slab fresh;
	bool ok = weir_slab_init(&fresh, s->components, s->n_components, s->budget) && weir_slab_reserve(&fresh, 2);
	weir_slab_release(s);
	*s = fresh;
	return ok;
}

size_t weir_slab_slot_bytes(const struct weir_slab *s)
{
	size_t bytes = sizeof *s->rows;
	for (uint32_t c = 0; c < s->n_components; c++)
		bytes += item_bytes(s, c);
	return bytes;
}

static bool grow_array(struct weir_slab *s, void **array, size_t bytes, uint32_t capacity)
{
	void *grown = weir_realloc(*array, bytes * capacity);
	if (!grown)
		return false;
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
		for (uint32_t c = 0; c < s->n_components; c++) {
			bytes += item_bytes(s, c);
			if (!grow_array(s, &s->items[c], item_bytes(s, c), capacity))
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

void *weir_slab_item(const struct weir_slab *s, uint32_t c, uint32_t slot)
{
	return (char *)s->items[c] + item_bytes(s, c) * slot;
}

void weir_slab_clear(struct weir_slab *s, uint32_t slot)
{
	for (uint32_t c = 0; c < s->n_components; c++)
		clear_item(s, c, slot);
	s->rows[slot] = 0;
}

void weir_slab_clear_some(struct weir_slab *s, uint32_t slot, uint64_t stale)
{
	for (uint32_t c = 0; c < s->n_components; c++)
		if (s->components[c].stale_bit & stale)
			clear_item(s, c, slot);
}

bool weir_slab_add(struct weir_slab *s, uint32_t c, const uint32_t *slots, const struct weir_values *values)
{
	return weir_part_table[s->components[c].kind].add(s->items[c], slots, values, s->budget);
}

static bool merge_item(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
		       uint32_t c)
{
	const struct weir_component *p = into->components + c;
	return weir_part_table[p->kind].merge(p->type, weir_slab_item(into, c, slot),
					      weir_slab_item(from, c, from_slot), into->budget);
}

bool weir_slab_merge_some(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			  uint64_t stale)
{
	for (uint32_t c = 0; c < into->n_components; c++)
		if (into->components[c].stale_bit & stale && !merge_item(into, slot, from, from_slot, c))
			return false;
	return true;
}

bool weir_slab_merge(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot)
{
	for (uint32_t c = 0; c < into->n_components; c++)
		if (!merge_item(into, slot, from, from_slot, c))
			return false;
	into->rows[slot] += from->rows[from_slot];
	return true;
}

bool weir_slab_subtract(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			uint64_t *stale)
{
	if (into->rows[slot] == from->rows[from_slot]) {
		weir_slab_clear(into, slot);
		return true;
	}
	for (uint32_t c = 0; c < into->n_components; c++) {
		const struct weir_component *p = into->components + c;
		bool again = false;
		if (p->stale_bit & *stale)
			continue;
		if (!weir_part_table[p->kind].subtract(p->type, weir_slab_item(into, c, slot),
						       weir_slab_item(from, c, from_slot), &again, into->budget))
			return false;
		if (again)
			*stale |= p->stale_bit;
	}
	into->rows[slot] -= from->rows[from_slot];
	return true;
}
