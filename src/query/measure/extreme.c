#include "query/measure/parts.h"

#include <stdlib.h>

bool weir_text_keep(struct weir_str *kept, struct weir_str s, struct weir_budget *budget)
{
	char *copy = weir_alloc(s.size + 1);
	if (!copy)
		return false;
	if (s.size)
		memcpy(copy, s.data, s.size);
	copy[s.size] = '\0';
	weir_budget_charge(budget, (int64_t)s.size - (int64_t)kept->size);
	free((char *)kept->data);
	*kept = (struct weir_str){copy, s.size};
	return true;
}

static void text_drop(struct weir_str *kept, struct weir_budget *budget)
{
	weir_budget_charge(budget, -(int64_t)kept->size);
	free((char *)kept->data);
	*kept = (struct weir_str){0};
}

size_t weir_extreme_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_extreme);
}

static inline int64_t key_at(const struct weir_values *v, uint32_t i)
{
	return v->type == WEIR_FLOAT64 ? weir_double_key(((const double *)v->data)[i])
	       : v->type == WEIR_BOOL  ? ((const uint8_t *)v->data)[i]
				       : ((const int64_t *)v->data)[i];
}

static inline bool offer_key(struct weir_extreme *e, int64_t key, bool max)
{
	if (!e->set || (max ? key > e->key : key < e->key)) {
		e->set = true;
		e->key = key;
	}
	return true;
}

static bool offer_text(struct weir_extreme *e, struct weir_str s, bool max, struct weir_budget *budget)
{
	int order = e->set ? weir_str_compare(s, e->s) : 0;
	if (e->set && (max ? order <= 0 : order >= 0))
		return true;
	if (!weir_text_keep(&e->s, s, budget))
		return false;
	e->set = true;
	return true;
}

static inline bool extreme_add(void *items, const uint32_t *slots, const struct weir_values *v, bool max,
			       struct weir_budget *budget)
{
	struct weir_extreme *e = items;
	if (v->type == WEIR_STRING) {
		const struct weir_str *s = v->data;
		for (uint32_t i = 0; i < v->n; i++)
			if (!offer_text(e + slots[i], s[i], max, budget))
				return false;
		return true;
	}
	for (uint32_t i = 0; i < v->n; i++)
		offer_key(e + slots[i], key_at(v, i), max);
	return true;
}

bool weir_min_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return extreme_add(items, slots, values, false, budget);
}

bool weir_max_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return extreme_add(items, slots, values, true, budget);
}

static bool extreme_merge(enum weir_type type, void *into, const struct weir_extreme *from, bool max,
			  struct weir_budget *budget)
{
	if (!from->set)
		return true;
	return type == WEIR_STRING ? offer_text(into, from->s, max, budget) : offer_key(into, from->key, max);
}

bool weir_min_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return extreme_merge(type, into, from, false, budget);
}

bool weir_max_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return extreme_merge(type, into, from, true, budget);
}

/* Only when the value that leaves is the extreme itself, another must be found. */
bool weir_extreme_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	const struct weir_extreme *a = into, *b = from;
	(void)budget;
	if (b->set)
		*stale = type == WEIR_STRING ? weir_str_equal(a->s, b->s) : a->key == b->key;
	return true;
}

void weir_extreme_release(enum weir_type type, void *item, struct weir_budget *budget)
{
	struct weir_extreme *e = item;
	if (type == WEIR_STRING && e->set)
		text_drop(&e->s, budget);
}

size_t weir_pick_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct weir_pick);
}

static bool offer_pick(struct weir_pick *p, const struct weir_order *order, bool last)
{
	int c = p->set ? weir_order_compare(order, &p->order) : 0;
	return !p->set || (last ? c > 0 : c < 0);
}

static int64_t cell_at(const struct weir_values *v, uint32_t i)
{
	return v->type == WEIR_FLOAT64 ? (int64_t)weir_double_bits(((const double *)v->data)[i])
	       : v->type == WEIR_BOOL  ? ((const uint8_t *)v->data)[i]
				       : ((const int64_t *)v->data)[i];
}

static bool pick_add(void *items, const uint32_t *slots, const struct weir_values *v, bool last,
		     struct weir_budget *budget)
{
	struct weir_pick *picks = items;
	for (uint32_t i = 0; i < v->n; i++) {
		struct weir_pick *p = picks + slots[i];
		if (!offer_pick(p, v->order + i, last))
			continue;
		if (v->type != WEIR_STRING)
			p->i = cell_at(v, i);
		else if (!weir_text_keep(&p->s, ((const struct weir_str *)v->data)[i], budget))
			return false;
		p->set = true;
		p->order = v->order[i];
	}
	return true;
}

bool weir_first_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return pick_add(items, slots, values, false, budget);
}

bool weir_last_add(void *items, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget)
{
	return pick_add(items, slots, values, true, budget);
}

static bool pick_merge(enum weir_type type, struct weir_pick *into, const struct weir_pick *from, bool last,
		       struct weir_budget *budget)
{
	if (!from->set || !offer_pick(into, &from->order, last))
		return true;
	if (type != WEIR_STRING)
		into->i = from->i;
	else if (!weir_text_keep(&into->s, from->s, budget))
		return false;
	into->set = true;
	into->order = from->order;
	return true;
}

bool weir_first_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return pick_merge(type, into, from, false, budget);
}

bool weir_last_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	return pick_merge(type, into, from, true, budget);
}

bool weir_pick_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	const struct weir_pick *a = into, *b = from;
	(void)type, (void)budget;
	if (b->set)
		*stale = weir_order_compare(&a->order, &b->order) == 0;
	return true;
}

void weir_pick_release(enum weir_type type, void *item, struct weir_budget *budget)
{
	struct weir_pick *p = item;
	if (type == WEIR_STRING && p->set)
		text_drop(&p->s, budget);
}
