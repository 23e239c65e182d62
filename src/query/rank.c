#include "query/rank.h"

#include <stdlib.h>

struct order {
	const struct weir_plan *plan;
	const struct weir_value *keys; /* n_sorts for each item, by its place before sorting */
};
struct item {
	struct weir_ranked ranked;
	uint32_t key;
};

static int compare(const void *x, const void *y, void *context)
{
	const struct item *a = x, *b = y;
	const struct order *o = context;
	const struct weir_plan *p = o->plan;
	for (uint32_t i = 0; i < p->n_sorts; i++) {
		const struct weir_value *u = o->keys + (size_t)a->key * p->n_sorts + i,
					*v = o->keys + (size_t)b->key * p->n_sorts + i;
		int c = weir_value_compare(u, v);
		bool null = u->type == WEIR_NULL || v->type == WEIR_NULL;
		if (c)
			return p->sorts[i].descending && !null ? -c : c;
	}
	for (uint32_t i = 0; i < p->n_groups; i++) {
		int c = weir_value_compare(p->groups.keys[a->ranked.group] + i, p->groups.keys[b->ranked.group] + i);
		if (c)
			return c;
	}
	return 0;
}

static void swap(struct item *a, struct item *b)
{
	struct item t = *a;
	*a = *b;
	*b = t;
}

/* Quickselect (Hoare, 1961) with the median of three: afterwards the first `top` are the least, in any order. */
static void select_top(struct item *items, uint32_t n, uint32_t top, struct order *o)
{
	uint32_t low = 0, high = n - 1;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (compare(items + middle, items + low, o) < 0)
			swap(items + middle, items + low);
		if (compare(items + high, items + low, o) < 0)
			swap(items + high, items + low);
		if (compare(items + middle, items + high, o) < 0)
			swap(items + middle, items + high);
		uint32_t store = low;
		for (uint32_t i = low; i < high; i++)
			if (compare(items + i, items + high, o) < 0)
				swap(items + i, items + store++);
		swap(items + store, items + high);
		if (store == top || store + 1 == top)
			return;
		if (store < top)
			low = store + 1;
		else
			high = store - 1;
	}
}

bool weir_rank(const struct weir_plan *p, const struct weir_slab *slab, struct weir_ranked *ranked, uint32_t n,
	       uint32_t top, double seconds)
{
	if (n < 2)
		return true;
	struct item *items = weir_alloc(n * sizeof *items);
	struct weir_value *keys = weir_alloc((size_t)n * p->n_sorts * sizeof *keys);
	bool ok = items && keys;
	for (uint32_t i = 0; ok && i < n; i++) {
		items[i] = (struct item){ranked[i], i};
		for (uint32_t k = 0; k < p->n_sorts; k++) {
			const struct weir_sort_key *s = p->sorts + k;
			keys[(size_t)i * p->n_sorts + k] =
			    s->by_measure ? weir_measure_value(p, s->index, slab, ranked[i].slot, seconds)
					  : p->groups.keys[ranked[i].group][s->index];
		}
	}
	if (ok) {
		struct order o = {p, keys};
		if (top && top < n)
			select_top(items, n, top, &o);
		else
			top = n;
		qsort_r(items, top, sizeof *items, compare, &o);
		for (uint32_t i = 0; i < n; i++)
			ranked[i] = items[i].ranked;
	}
	free(items);
	free(keys);
	return ok;
}
