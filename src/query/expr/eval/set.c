/* x in (constants): a search in the sorted constants. */
#include "query/expr/eval/eval.h"

#include <math.h>
#include <stdlib.h>

static int order_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int order_f64(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);
	return x < y ? -1 : x > y;
}

static int order_str(const void *a, const void *b)
{
	return weir_str_compare(*(const struct weir_str *)a, *(const struct weir_str *)b);
}

static int (*order_of(enum weir_type type))(const void *, const void *)
{
	return type == WEIR_STRING ? order_str : type == WEIR_FLOAT64 ? order_f64 : order_i64;
}

static size_t item_bytes(enum weir_type type)
{
	return type == WEIR_STRING ? sizeof(struct weir_str) : 8;
}

bool weir_set_make(struct weir_bnode *b, struct weir_arena *arena, struct weir_bnode *const *items, uint32_t n)
{
	enum weir_type type = b->args[0]->type;
	char *set = weir_arena_alloc(arena, (n + 1) * item_bytes(type));

	if (!set)
		return false;
	b->set = set;
	for (uint32_t i = 0; i < n; i++) {
		const struct weir_value *v = &items[i]->value;
		if (v->type == WEIR_NULL) {
			b->set_has_null = true;
			continue;
		}
		const void *from = type == WEIR_STRING    ? (const void *)&v->s
				   : type == WEIR_FLOAT64 ? (const void *)&v->f
							  : &v->i;
		memcpy(set + b->n_set++ * item_bytes(type), from, item_bytes(type));
	}
	qsort(set, b->n_set, item_bytes(type), order_of(type));
	return true;
}

bool weir_eval_in(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec v;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	size_t bytes = item_bytes(v.type);
	int (*order)(const void *, const void *) = order_of(v.type);
	memset(slot->bits, 0, WEIR_VEC_WORDS * sizeof(uint64_t));
	for (uint32_t i = 0; i < e->n; i++)
		if (bsearch((const char *)v.s + i * bytes, b->set, b->n_set, bytes, order))
			weir_bit_set(slot->bits, i);
	*out = (struct weir_bvec){.type = WEIR_BOOL, .valid = v.valid, .bits = slot->bits};
	if (b->set_has_null) { /* not found among what is known: unknown */
		weir_valid_own(slot, out, e->n);
		for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
			slot->valid[i] &= slot->bits[i];
	}
	return true;
}
