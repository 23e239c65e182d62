/* The order of groups in an answer, by the sort keys; only as many are sorted as are shown. */
#include "query/result/result.h"

#include <math.h>
#include <stdlib.h>

struct order {
	struct weir_build *build;
	const struct weir_plan *plan;
	const struct weir_slab *slab;  /* of the measures */
	bool failed;                   /* no memory */
	const struct weir_value *keys; /* n_sorts for each item, by its place before sorting; NULL: items tell all */
};
struct item {
	struct weir_ranked ranked;
	uint32_t key;
	/* Most comparisons are settled by these, without a look elsewhere: numbers that are in the order of the sort key, or
	 * all the same where it has none; and then the first bytes of the group's text, likewise. */
	int64_t first;
	uint64_t text;
};

static int compare(const void *x, const void *y, void *context)
{
	const struct item *a = x, *b = y;
	const struct order *o = context;
	const struct weir_plan *p = o->plan;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->text != b->text)
		return a->text < b->text ? -1 : 1;
	for (uint32_t i = 0; o->keys && i < p->n_sorts; i++) {
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

/* What a measure was in the compared period, or how it moved since. */
static struct weir_value compared_value(struct order *o, const struct item *item, const struct weir_sort_key *s)
{
	struct weir_value now, was;
	if (!weir_build_pair(o->build, s->index, item->ranked, &now, &was)) {
		o->failed = true;
		return (struct weir_value){.type = WEIR_NULL};
	}
	if (s->by == WEIR_SORT_BEFORE)
		return was;
	return s->by == WEIR_SORT_CHANGE ? weir_value_change(&now, &was) : weir_value_change_pct(&now, &was);
}

static struct weir_value sort_value(struct order *o, const struct item *item, uint32_t key)
{
	const struct weir_sort_key *s = o->plan->sorts + key;
	switch (s->by) {
	case WEIR_SORT_MEASURE:
		return weir_measure_value(o->plan, s->index, o->slab, item->ranked.slot, o->build->seconds);
	case WEIR_SORT_GROUP:
		return o->plan->groups.keys[item->ranked.group][s->index];
	case WEIR_SORT_BEFORE:
	case WEIR_SORT_CHANGE:
	case WEIR_SORT_CHANGE_PCT:
		return compared_value(o, item, s);
	case WEIR_SORT_WINDOW:
		break;
	}
	return (struct weir_value){.type = WEIR_INT64};
}

/* Numbers in the order of the values of the first sort key. False, and all the same: they are not of one type that has
 * such, or one is NULL. */
static bool find_firsts(struct order *o, struct item *items, uint32_t n)
{
	enum weir_type type = WEIR_NULL;
	uint32_t i;
	for (i = 0; i < n; i++) {
		struct weir_value v = sort_value(o, items + i, 0);
		bool real = v.type == WEIR_FLOAT64, whole = v.type == WEIR_INT64 && !v.wide;
		if ((i && v.type != type) || !(real || whole || v.type == WEIR_TIMESTAMP))
			break;
		type = v.type;
		int64_t rising = real ? weir_double_key(v.f) : v.i;
		items[i].first = o->plan->sorts[0].descending ? ~rising : rising;
	}
	for (uint32_t k = 0; i < n && k < i; k++)
		items[k].first = 0;
	return i == n;
}

static struct weir_value *find_keys(struct order *o, const struct item *items, uint32_t n)
{
	uint32_t n_sorts = o->plan->n_sorts;
	struct weir_value *keys = weir_alloc((size_t)n * n_sorts * sizeof *keys);
	for (uint32_t i = 0; keys && i < n; i++)
		for (uint32_t k = 0; k < n_sorts; k++)
			keys[(size_t)i * n_sorts + k] = sort_value(o, items + i, k);
	return keys;
}

/* The first eight bytes of the group column that breaks ties, in the order of texts, when all are text. */
static void find_texts(const struct weir_plan *p, struct item *items, uint32_t n)
{
	bool text = p->n_groups > 0;
	for (uint32_t i = 0; text && i < n; i++)
		text = p->groups.keys[items[i].ranked.group][0].type == WEIR_STRING;
	for (uint32_t i = 0; text && i < n; i++) {
		struct weir_str s = p->groups.keys[items[i].ranked.group][0].s;
		for (size_t k = 0; k < 8; k++)
			items[i].text = items[i].text << 8 | (k < s.size ? (unsigned char)s.data[k] : 0);
	}
}

bool weir_rank(struct weir_build *b, const struct weir_slab *slab, struct weir_ranked *ranked, uint32_t n, uint32_t top)
{
	const struct weir_plan *p = b->plan;
	if (n < 2)
		return true;
	struct order o = {.build = b, .plan = p, .slab = slab};
	struct item *items = weir_alloc(n * sizeof *items);
	if (!items)
		return false;
	for (uint32_t i = 0; i < n; i++)
		items[i] = (struct item){.ranked = ranked[i], .key = i};
	bool settled = !p->n_sorts || find_firsts(&o, items, n), needs_keys = !settled || p->n_sorts > 1;
	struct weir_value *keys = needs_keys ? find_keys(&o, items, n) : NULL;
	bool ok = (keys || !needs_keys) && !o.failed;
	if (ok) {
		o.keys = keys;
		if (!needs_keys)
			find_texts(p, items, n);
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

int64_t weir_rank_bytes(const struct weir_plan *p, uint32_t n)
{
	bool plain = p->n_sorts == 0 || (p->n_sorts == 1 && p->sorts[0].by == WEIR_SORT_MEASURE);
	size_t keys = plain ? 0 : p->n_sorts * sizeof(struct weir_value);
	return (int64_t)(n * (sizeof(struct weir_ranked) + sizeof(struct item) + keys));
}
