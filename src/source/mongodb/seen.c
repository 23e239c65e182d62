/* Sets of hashes: open addressing, linear probing. */
#include "mongodb.h"

#include <stdlib.h>

enum { FIRST_ROOM = 1024 };

static uint64_t *slot_of(const struct weir_mg_set *s, uint64_t hash)
{
	size_t at = (size_t)(hash >> 1) & (s->room - 1);

	while (s->slots[at] && (s->slots[at] | 1) != (hash | 1))
		at = (at + 1) & (s->room - 1);
	return &s->slots[at];
}

static bool grow(struct weir_mg_set *s)
{
	struct weir_mg_set next = {.room = s->room ? 2 * s->room : FIRST_ROOM, .n = s->n};

	if (!(next.slots = weir_calloc(next.room, sizeof *next.slots)))
		return false;
	for (size_t i = 0; i < s->room; i++)
		if (s->slots[i])
			*slot_of(&next, s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = next;
	return true;
}

/* As it is kept: without a mark, and not 0, which is a free slot. */
static uint64_t plain(uint64_t hash)
{
	return (hash & ~(uint64_t)1) ? hash & ~(uint64_t)1 : 2;
}

bool weir_mg_set_add(struct weir_mg_set *s, uint64_t hash)
{
	if (2 * (s->n + 1) > s->room && !grow(s))
		return false;
	uint64_t *slot = slot_of(s, plain(hash));
	if (!*slot) {
		*slot = plain(hash);
		s->n++;
	}
	return true;
}

bool weir_mg_set_has(const struct weir_mg_set *s, uint64_t hash)
{
	return s->room && *slot_of(s, plain(hash));
}

void weir_mg_set_mark(struct weir_mg_set *s, uint64_t hash)
{
	if (weir_mg_set_has(s, hash))
		*slot_of(s, plain(hash)) |= 1;
}

bool weir_mg_set_is_marked(const struct weir_mg_set *s, uint64_t hash)
{
	return s->room && (*slot_of(s, plain(hash)) & 1);
}

void weir_mg_set_release(struct weir_mg_set *s)
{
	free(s->slots);
	*s = (struct weir_mg_set){0};
}

bool weir_mg_seen_add(struct weir_mg_seen *s, int64_t number, int64_t span, uint64_t hash, bool *fresh)
{
	*fresh = !weir_mg_set_has(&s->younger, hash) && !weir_mg_set_has(&s->older, hash);
	if (!s->younger.n)
		s->begin = number;
	if (number > s->begin && (uint64_t)number - (uint64_t)s->begin > (uint64_t)span) {
		weir_mg_set_release(&s->older);
		s->older = s->younger;
		s->younger = (struct weir_mg_set){0};
		s->begin = number;
	}
	return weir_mg_set_add(&s->younger, hash);
}

void weir_mg_seen_release(struct weir_mg_seen *s)
{
	weir_mg_set_release(&s->younger);
	weir_mg_set_release(&s->older);
}
