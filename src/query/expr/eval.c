/* Evaluation: the way through the nodes, scratch, constants. */
#include "bound.h"
#include "regex.h"

#include <stdlib.h>

struct weir_slot *weir_slot_at(struct weir_bound *bound, struct weir_bnode *b, int level)
{
	struct weir_slot *s = &b->slots[level];
	size_t item = b->type == WEIR_STRING ? sizeof(struct weir_str) : b->type == WEIR_BOOL ? 0 : 8;

	if (s->data)
		return s;
	/* A column that is stored under another type is decoded here first, so this is room for any type. */
	if (b->eval == weir_eval_column)
		item = sizeof(struct weir_str);
	s->valid = weir_arena_zalloc(&bound->arena, WEIR_VEC_WORDS * sizeof(uint64_t));
	s->data = weir_arena_zalloc(&bound->arena, item ? WEIR_VEC_ROWS * item : WEIR_VEC_WORDS * sizeof(uint64_t));
	return s->valid && s->data ? s : NULL;
}

struct weir_slot *weir_slot_get(struct weir_bnode *b, struct weir_eval *e)
{
	return weir_slot_at(e->bound, b, e->level);
}

bool weir_eval_node(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *s = &b->slots[e->level];

	if (b->shared && s->id == e->id) {
		*out = s->memo;
		return true;
	}
	if (b->coded && e->level == 0) {
		const struct weir_column *c = weir_batch_column(e->batch, b->text_column);
		if (c && c->encoding == WEIR_ENC_DICT ? !weir_eval_codes(b, e, out) : !b->eval(b, e, out))
			return false;
	} else if (!b->eval(b, e, out)) {
		return false;
	}
	if (b->shared) {
		s->id = e->id;
		s->memo = *out;
	}
	return true;
}

const uint64_t *weir_valid_all(struct weir_slot *slot, const struct weir_bvec *v, uint32_t n_vecs, uint32_t n)
{
	const uint64_t *first = NULL;
	uint32_t words = weir_bit_words(n);

	for (uint32_t a = 0; a < n_vecs; a++) {
		if (!v[a].valid)
			continue;
		if (!first) {
			first = v[a].valid;
			continue;
		}
		for (uint32_t i = 0; i < words; i++)
			slot->valid[i] = first[i] & v[a].valid[i];
		first = slot->valid;
	}
	return first;
}

uint64_t *weir_valid_own(struct weir_slot *slot, struct weir_bvec *out, uint32_t n)
{
	for (uint32_t i = 0; i < weir_bit_words(n); i++)
		slot->valid[i] = weir_word_or_ones(out->valid, i);
	out->valid = slot->valid;
	return slot->valid;
}

static void fill_constant(const struct weir_bnode *b, struct weir_slot *s)
{
	const struct weir_value *v = &b->value;

	if (v->type == WEIR_NULL) {
		if (b->type == WEIR_STRING)
			for (uint32_t i = 0; i < WEIR_VEC_ROWS; i++)
				s->s[i] = WEIR_STR("");
		return; /* scratch begins as zeros: not valid */
	}
	memset(s->valid, 0xff, WEIR_VEC_WORDS * sizeof(uint64_t));
	for (uint32_t i = 0; i < WEIR_VEC_ROWS; i++) {
		if (b->type == WEIR_STRING)
			s->s[i] = v->s;
		else if (b->type == WEIR_FLOAT64)
			s->f[i] = v->f;
		else if (b->type != WEIR_BOOL)
			s->i[i] = v->i;
		else if (v->b)
			weir_bit_set(s->bits, i);
	}
}

bool weir_eval_constant(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	bool fresh = !b->slots[0].data;
	struct weir_slot *s = weir_slot_at(e->bound, b, 0);

	if (!s)
		return false;
	if (fresh)
		fill_constant(b, s);
	*out =
	    (struct weir_bvec){.type = b->type, .valid = b->value.type == WEIR_NULL ? s->valid : NULL, .bits = s->bits};
	return true;
}

static bool evaluate(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
		     struct weir_bvec *out)
{
	struct weir_eval e = {.bound = b, .batch = batch, .from = from, .n = n, .id = ++b->last_id};

	weir_arena_reset(&b->strings);
	return weir_eval_node(b->root, &e, out);
}

enum weir_status weir_bound_eval(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
				 struct weir_vec *out, struct weir_error *err)
{
	struct weir_bvec v;

	if (!evaluate(b, batch, from, n, &v))
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	out->type = v.type;
	out->valid = v.valid;
	if (v.type != WEIR_BOOL) {
		out->i = v.i;
		return WEIR_OK;
	}
	if (!b->bytes && !(b->bytes = weir_arena_alloc(&b->arena, WEIR_VEC_ROWS)))
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	for (uint32_t i = 0; i < n; i++)
		b->bytes[i] = weir_bit_get(v.bits, i);
	out->b = b->bytes;
	return WEIR_OK;
}

enum weir_status weir_bound_filter(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
				   uint64_t *keep, uint32_t *n_true, struct weir_error *err)
{
	struct weir_bvec v;
	uint32_t count = 0;

	if (!evaluate(b, batch, from, n, &v))
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	for (uint32_t i = 0; i < weir_bit_words(n); i++) {
		keep[i] = v.type == WEIR_BOOL ? v.bits[i] & weir_word_or_ones(v.valid, i) & weir_row_mask(n, i) : 0;
		count += (uint32_t)__builtin_popcountll(keep[i]);
	}
	*n_true = count;
	return WEIR_OK;
}

void weir_bound_free(struct weir_bound *b)
{
	if (!b)
		return;
	for (struct weir_bnode *n = b->nodes; n; n = n->next) {
		weir_codes_free(n->codes);
		weir_regex_free(n->regex);
	}
	weir_arena_release(&b->strings);
	weir_arena_release(&b->arena);
	free(b);
}

enum weir_type weir_bound_type(const struct weir_bound *b)
{
	return b->root->type;
}

int weir_bound_column(const struct weir_bound *b)
{
	return b->stored_column;
}

bool weir_bound_constant(const struct weir_bound *b, struct weir_value *v)
{
	if (b->root->constant)
		*v = b->root->value;
	return b->root->constant;
}
