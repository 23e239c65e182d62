/* A set of message ids, by their hashes. */
#include "jms.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_SLOTS = 1024 };

struct jms_id jms_id_of(struct weir_str text)
{
	XXH128_hash_t h = XXH3_128bits(text.data, text.size);

	return (struct jms_id){h.low64 ? h.low64 : 1, h.high64}; /* all zero is a free slot */
}

static bool is_free(struct jms_id id)
{
	return !id.low && !id.high;
}

/* Where it is, or where it belongs. */
static size_t place(const struct jms_seen *s, struct jms_id id)
{
	size_t i = id.low & (s->n_slots - 1);

	while (!is_free(s->slots[i]) && (s->slots[i].low != id.low || s->slots[i].high != id.high))
		i = (i + 1) & (s->n_slots - 1);
	return i;
}

bool jms_seen_has(const struct jms_seen *s, struct jms_id id)
{
	return s->n && !is_free(s->slots[place(s, id)]);
}

static bool grow(struct jms_seen *s)
{
	struct jms_seen more = *s;

	more.n_slots = s->n_slots ? s->n_slots * 2 : FIRST_SLOTS;
	more.slots = weir_calloc(more.n_slots, sizeof *more.slots);
	if (!more.slots)
		return false;
	for (size_t i = 0; i < s->n_slots; i++)
		if (!is_free(s->slots[i]))
			more.slots[place(&more, s->slots[i])] = s->slots[i];
	free(s->slots);
	*s = more;
	return true;
}

/* Takes one out, and moves up what stands behind it only because of it. */
static void take_out(struct jms_seen *s, struct jms_id id)
{
	size_t hole = place(s, id), mask = s->n_slots - 1;

	if (is_free(s->slots[hole]))
		return;
	for (size_t i = (hole + 1) & mask; !is_free(s->slots[i]); i = (i + 1) & mask) {
		size_t home = s->slots[i].low & mask;
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		s->slots[hole] = s->slots[i];
		hole = i;
	}
	s->slots[hole] = (struct jms_id){0, 0};
	s->n--;
}

bool jms_seen_add(struct jms_seen *s, struct jms_id id)
{
	if (s->most && !s->order && !(s->order = weir_calloc(s->most, sizeof *s->order)))
		return false;
	if ((s->n + 1) * 2 > s->n_slots && !grow(s))
		return false;
	if (!is_free(s->slots[place(s, id)]))
		return true;
	if (s->most) {
		if (!is_free(s->order[s->oldest]))
			take_out(s, s->order[s->oldest]);
		s->order[s->oldest] = id;
		s->oldest = (s->oldest + 1) % s->most;
	}
	s->slots[place(s, id)] = id;
	s->n++;
	return true;
}

void jms_seen_clear(struct jms_seen *s)
{
	if (s->slots)
		memset(s->slots, 0, s->n_slots * sizeof *s->slots);
	if (s->order)
		memset(s->order, 0, s->most * sizeof *s->order);
	s->n = s->oldest = 0;
}

void jms_seen_release(struct jms_seen *s)
{
	free(s->slots);
	free(s->order);
	*s = (struct jms_seen){.most = s->most};
}
