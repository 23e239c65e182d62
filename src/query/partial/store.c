/* The newest row of each key. Panes each have a table of their own, so that old ones go at once. */
#include "query/partial/partial.h"

#include "weir/base/dict.h"

#include <stdlib.h>

enum { FIRST_PLACES = 8, STORE_PART = 2 };

static void charge(struct weir_partials *s, int64_t bytes)
{
	s->charged_bytes += bytes;
	weir_budget_charge(s->budget, bytes);
}

static int64_t entry_bytes(const struct weir_partial_entry *e)
{
	return weir_heap_bytes(sizeof *e + e->key_bytes) + weir_heap_bytes(e->is_bytes) + weir_heap_bytes(e->was_bytes);
}

/* A row counts in each of its parts; the first one has all. */
static uint64_t records_of(const struct weir_partials *s, const struct weir_partial_entry *e)
{
	struct weir_value count, key[3] = {0}; /* pane, edge, part */
	if (!e->is)
		return 0;
	weir_packed_read(e->key, key, s->n_splits ? 3 : 1);
	if (key[0].type == WEIR_NULL || (s->n_splits && key[2].i > 0))
		return 0;
	weir_packed_read(e->is, &count, 1);
	return count.type == WEIR_INT64 ? (uint64_t)count.i : 0;
}

/* ---- panes ---- */

static size_t pane_at(const struct weir_partials *s, int64_t start_us)
{
	size_t low = 0, high = s->n_panes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->panes[middle].start_us < start_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct weir_partial_pane *find_pane(struct weir_partials *s, int64_t start_us)
{
	size_t at = pane_at(s, start_us);
	void *grown = s->panes;
	if (at < s->n_panes && s->panes[at].start_us == start_us)
		return s->panes + at;
	struct weir_partial_entry **table = weir_calloc(FIRST_PLACES, sizeof *table);
	if (!table || !weir_grow(&grown, &s->panes_capacity, s->n_panes + 1, sizeof *s->panes)) {
		free(table);
		return NULL;
	}
	s->panes = grown;
	memmove(s->panes + at + 1, s->panes + at, (s->n_panes - at) * sizeof *s->panes);
	s->n_panes++;
	s->panes[at] = (struct weir_partial_pane){.start_us = start_us, .mask = FIRST_PLACES - 1, .table = table};
	charge(s, weir_heap_bytes(FIRST_PLACES * sizeof *table));
	return s->panes + at;
}

static void free_entry(struct weir_partials *s, struct weir_partial_entry *e)
{
	charge(s, -entry_bytes(e));
	free(e->is);
	free(e->was);
	free(e);
}

/* Those of the list that changed and are in a pane that goes. */
static void forget_changed(struct weir_partials *s, const struct weir_partial_pane *pane)
{
	bool any = false;
	for (uint32_t i = 0; i <= pane->mask && !any; i++)
		any = pane->table[i] && pane->table[i]->changed;
	for (size_t i = 0; any && i < s->n_changed; i++) {
		struct weir_partial_entry *e = s->changed[i];
		for (uint32_t at = e ? (uint32_t)e->hash & pane->mask : 0; e && pane->table[at];
		     at = (at + 1) & pane->mask)
			if (pane->table[at] == e) {
				s->changed[i] = NULL;
				break;
			}
	}
}

static void free_pane(struct weir_partials *s, struct weir_partial_pane *pane)
{
	forget_changed(s, pane);
	for (uint32_t i = 0; i <= pane->mask; i++)
		if (pane->table[i]) {
			s->account.records -= records_of(s, pane->table[i]);
			free_entry(s, pane->table[i]);
		}
	s->account.keys -= pane->n;
	charge(s, -weir_heap_bytes(((size_t)pane->mask + 1) * sizeof *pane->table));
	free(pane->table);
}

/* Those from..until. */
static void drop_panes(struct weir_partials *s, size_t from, size_t until)
{
	if (from == until)
		return;
	for (size_t i = from; i < until; i++)
		free_pane(s, s->panes + i);
	memmove(s->panes + from, s->panes + until, (s->n_panes - until) * sizeof *s->panes);
	s->n_panes -= until - from;
}

static size_t first_timed(const struct weir_partials *s)
{
	return s->n_panes && s->panes[0].start_us == INT64_MIN;
}

void weir_partials_drop_until(struct weir_partials *s, int64_t until_us)
{
	size_t first = first_timed(s);
	if (until_us == WEIR_TIME_NONE || until_us < INT64_MIN + 2 * s->layout.pane_us)
		return;
	size_t until = pane_at(s, until_us - s->layout.pane_us + 1);
	int64_t below = until_us - (until_us % s->layout.pane_us + s->layout.pane_us) % s->layout.pane_us;
	if (below > s->dropped_until_us)
		s->dropped_until_us = below;
	if (until > first)
		drop_panes(s, first, until);
}

void weir_partials_clear(struct weir_partials *s)
{
	drop_panes(s, 0, s->n_panes);
	s->n_changed = 0;
	s->dropped_until_us = INT64_MIN;
	s->noted_us = WEIR_TIME_NONE;
	s->plan = NULL;
	s->account = (struct weir_partials_account){
	    .oldest_us = WEIR_TIME_NONE, .newest_us = WEIR_TIME_NONE, .held_from_us = WEIR_TIME_NONE};
}

void weir_partials_fit_memory(struct weir_partials *s)
{
	int64_t limit =
	    s->budget && s->budget->limit_bytes ? (int64_t)(s->budget->limit_bytes / STORE_PART) : INT64_MAX;
	while (s->charged_bytes > limit && s->n_panes > first_timed(s) + 1) {
		const struct weir_partial_pane *oldest = s->panes + first_timed(s);
		int64_t until_us = oldest->start_us + s->layout.pane_us;
		s->account.shed += oldest->n;
		s->account.held_from_us = until_us;
		weir_partials_drop_until(s, until_us);
	}
}

/* ---- entries ---- */

static bool grow_table(struct weir_partials *s, struct weir_partial_pane *pane)
{
	uint32_t mask = pane->mask * 2 + 1;
	struct weir_partial_entry **table = weir_calloc((size_t)mask + 1, sizeof *table);
	if (!table)
		return false;
	for (uint32_t i = 0; i <= pane->mask; i++) {
		uint32_t at = pane->table[i] ? (uint32_t)pane->table[i]->hash & mask : 0;
		while (pane->table[i] && table[at])
			at = (at + 1) & mask;
		if (pane->table[i])
			table[at] = pane->table[i];
	}
	charge(s, weir_heap_bytes(((size_t)mask + 1) * sizeof *table) -
		      weir_heap_bytes(((size_t)pane->mask + 1) * sizeof *table));
	free(pane->table);
	pane->table = table;
	pane->mask = mask;
	return true;
}

struct weir_partial_entry *weir_partials_entry(struct weir_partials *s, int64_t start_us, struct weir_str key)
{
	uint64_t hash = weir_hash(key.data, key.size);
	struct weir_partial_pane *pane = find_pane(s, start_us);
	if (!pane || ((pane->n + 1) * 4 > (pane->mask + 1) * 3 && !grow_table(s, pane)))
		return NULL;
	uint32_t at = (uint32_t)hash & pane->mask;
	for (struct weir_partial_entry *e; (e = pane->table[at]); at = (at + 1) & pane->mask)
		if (e->hash == hash && e->key_bytes == key.size && !memcmp(e->key, key.data, key.size))
			return e;
	struct weir_partial_entry *e = weir_calloc(1, sizeof *e + key.size);
	if (!e)
		return NULL;
	e->hash = hash;
	e->key_bytes = (uint32_t)key.size;
	memcpy(e->key, key.data, key.size);
	pane->table[at] = e;
	pane->n++;
	s->account.keys++;
	charge(s, entry_bytes(e));
	return e;
}

bool weir_partials_set(struct weir_partials *s, struct weir_partial_entry *e, struct weir_str values)
{
	void *list = s->changed;
	if (e->is && e->is_bytes == values.size && !memcmp(e->is, values.data, values.size))
		return true; /* a batch that was run again */
	uint8_t *is = weir_alloc(values.size);
	if (!is || !weir_grow(&list, &s->changed_capacity, s->n_changed + 1, sizeof *s->changed)) {
		free(is);
		return false;
	}
	s->changed = list;
	charge(s, -entry_bytes(e));
	s->account.records -= records_of(s, e);
	memcpy(is, values.data, values.size);
	if (e->in_plan && !e->changed) {
		e->was = e->is;
		e->was_bytes = e->is_bytes;
	} else {
		free(e->is);
	}
	e->is = is;
	e->is_bytes = (uint32_t)values.size;
	s->account.records += records_of(s, e);
	charge(s, entry_bytes(e));
	if (!e->changed)
		s->changed[s->n_changed++] = e;
	e->changed = true;
	return true;
}

void weir_partials_settle(struct weir_partials *s, struct weir_partial_entry *e, bool in_plan)
{
	charge(s, -entry_bytes(e));
	free(e->was);
	e->was = NULL;
	e->was_bytes = 0;
	e->in_plan = in_plan;
	e->changed = false;
	charge(s, entry_bytes(e));
}

void weir_partials_note_newest(struct weir_partials *s, int64_t time_us)
{
	if (time_us > s->noted_us)
		s->noted_us = time_us;
}

void weir_partials_count(const struct weir_partials *s, struct weir_partials_account *out)
{
	*out = s->account;
	out->bytes = s->charged_bytes;
	if (s->noted_us > out->newest_us)
		out->newest_us = s->noted_us;
	size_t first = first_timed(s);
	out->oldest_us = first < s->n_panes ? s->panes[first].start_us : WEIR_TIME_NONE;
}
