/* Counts of texts that have no code. */
#include "query/why/why.h"

#include <stdlib.h>

static uint32_t *slot_of(const struct weir_why_texts *t, struct weir_str text, uint64_t hash)
{
	uint32_t mask = t->n_slots - 1, at = (uint32_t)hash & mask;
	for (; t->slots[at]; at = (at + 1) & mask) {
		const struct weir_why_text *i = &t->items[t->slots[at] - 1];
		if (i->hash == hash && weir_str_equal(i->text, text))
			break;
	}
	return &t->slots[at];
}

static bool make_room(struct weir_why_texts *t)
{
	uint32_t n_slots = t->n_slots ? t->n_slots * 2 : 256;
	if (t->n_slots && t->n < t->n_slots / 2)
		return weir_grow((void **)&t->items, &t->capacity, t->n + 1, sizeof *t->items);
	uint32_t *slots = weir_calloc(n_slots, sizeof *slots);
	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->n_slots = n_slots;
	for (size_t i = 0; i < t->n; i++)
		*slot_of(t, t->items[i].text, t->items[i].hash) = (uint32_t)i + 1;
	return weir_grow((void **)&t->items, &t->capacity, t->n + 1, sizeof *t->items);
}

bool weir_why_texts_add(struct weir_why_texts *t, struct weir_str text, uint64_t hash, bool copy, size_t most,
			const uint64_t *counts, bool *full)
{
	if (!make_room(t))
		return false;
	uint32_t *slot = slot_of(t, text, hash);
	if (!*slot && t->n >= most) {
		*full = true;
		return true;
	}
	if (!*slot) {
		if (copy && !(text = weir_arena_str(&t->copies, text)).data)
			return false;
		t->items[t->n++] = (struct weir_why_text){.text = text, .hash = hash};
		*slot = (uint32_t)t->n;
	}
	struct weir_why_text *item = &t->items[*slot - 1];
	for (int side = 0; side < WEIR_WHY_SIDES; side++)
		item->counts[side] += counts[side];
	return true;
}

void weir_why_texts_release(struct weir_why_texts *t)
{
	free(t->items);
	free(t->slots);
	weir_arena_release(&t->copies);
}
