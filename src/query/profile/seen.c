/* Values of a column, counted: exactly while there are few, then how many there are about. */
#include "query/profile/seen.h"

#include <stdlib.h>

enum { FIRST_ITEMS = 16 };

static size_t items_bytes(uint32_t mask)
{
	return mask ? ((size_t)mask + 1) * sizeof(struct weir_counted) : 0;
}

static struct weir_counted *place_of(struct weir_counted *items, uint32_t mask, uint64_t key)
{
	uint32_t at = (uint32_t)(key >> 7) & mask;
	while (items[at].key && items[at].key != key)
		at = (at + 1) & mask;
	return &items[at];
}

static void drop_items(struct weir_seen *v, struct weir_budget *budget)
{
	weir_budget_charge(budget, -(int64_t)items_bytes(v->mask));
	free(v->items);
	v->items = NULL;
	v->mask = v->n = 0;
}

static bool estimate(struct weir_seen *v, struct weir_budget *budget)
{
	if (!weir_distinct_estimate(&v->many, budget))
		return false;
	for (uint32_t i = 0; v->mask && i <= v->mask; i++)
		if (v->items[i].key && !weir_distinct_add(&v->many, v->items[i].key, 1, NULL, budget))
			return false;
	drop_items(v, budget);
	v->estimated = true;
	return true;
}

/* False: no memory, or none that may be taken for this. */
static bool grow(struct weir_seen *v, struct weir_budget *budget)
{
	uint32_t size = v->mask ? (v->mask + 1) * 2 : FIRST_ITEMS;
	int64_t more = (int64_t)items_bytes(size - 1);
	struct weir_counted *items = weir_budget_over(budget, more) ? NULL : weir_calloc(size, sizeof *items);
	if (!items)
		return false;
	for (uint32_t i = 0; v->mask && i <= v->mask; i++)
		if (v->items[i].key)
			*place_of(items, size - 1, v->items[i].key) = v->items[i];
	weir_budget_charge(budget, more - (int64_t)items_bytes(v->mask));
	free(v->items);
	v->items = items;
	v->mask = size - 1;
	return true;
}

bool weir_seen_add(struct weir_seen *v, uint64_t hash, uint64_t rows, uint32_t segment, uint32_t row, uint32_t bound,
		   struct weir_budget *budget)
{
	hash += !hash;
	if (!v->estimated && (uint64_t)v->n * 4 >= (uint64_t)v->mask * 3 && !grow(v, budget) && !estimate(v, budget))
		return false;
	if (v->estimated)
		return weir_distinct_add(&v->many, hash, 1, NULL, budget);
	struct weir_counted *item = place_of(v->items, v->mask, hash);
	if (!item->key && v->n == bound)
		return estimate(v, budget) && weir_distinct_add(&v->many, hash, 1, NULL, budget);
	if (!item->key) {
		*item = (struct weir_counted){.key = hash, .segment = segment, .row = row};
		v->n++;
	}
	item->rows += rows;
	return true;
}

static void merge_range(struct weir_seen *into, const struct weir_seen *from)
{
	if (!from->any)
		return;
	if (!into->any || weir_value_compare(&from->low, &into->low) < 0)
		into->low = from->low;
	if (!into->any || weir_value_compare(&from->high, &into->high) > 0)
		into->high = from->high;
	into->any = true;
}

bool weir_seen_merge(struct weir_seen *into, const struct weir_seen *from, uint32_t bound, struct weir_budget *budget)
{
	into->n_valid += from->n_valid;
	into->n_null += from->n_null;
	into->bytes += from->bytes;
	into->fell = into->fell || from->fell;
	merge_range(into, from);
	if (from->estimated)
		return (into->estimated || estimate(into, budget)) &&
		       weir_distinct_merge(&into->many, &from->many, budget);
	for (uint32_t i = 0; from->mask && i <= from->mask; i++) {
		const struct weir_counted *c = &from->items[i];
		if (c->key && !weir_seen_add(into, c->key, c->rows, c->segment, c->row, bound, budget))
			return false;
	}
	return true;
}

uint64_t weir_seen_distinct(const struct weir_seen *v)
{
	return v->estimated ? weir_distinct_value(&v->many) : v->n;
}

void weir_seen_release(struct weir_seen *v, struct weir_budget *budget)
{
	drop_items(v, budget);
	weir_distinct_release(&v->many, budget);
	*v = (struct weir_seen){0};
}
