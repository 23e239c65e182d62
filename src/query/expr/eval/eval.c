/* Evaluation: the way through the nodes, constants and casts, and what leaves. */
#include "query/expr/eval/eval.h"

#include <stdio.h>
#include <stdlib.h>

static bool eval_fresh(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	if (b->coded && e->level == 0) {
		const struct weir_column *c = weir_batch_column(e->batch, b->text_column);
		if (c && c->encoding == WEIR_ENC_DICT)
			return weir_eval_codes(b, e, out);
	}
	return b->eval(b, e, out);
}

bool weir_eval_node(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *s = &b->slots[e->level];
	const uint64_t *wanted = e->wanted;

	if (!b->shared)
		return eval_fresh(b, e, out);
	if (s->id == e->id) {
		*out = s->memo;
		return true;
	}
	e->wanted = e->all_wanted; /* who comes next may want other rows */
	bool ok = eval_fresh(b, e, out);
	e->wanted = wanted;
	s->id = e->id;
	s->memo = *out;
	return ok;
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

/* Texts that a cast made NULL. */
static void find_unread(const struct weir_bnode *b, struct weir_eval *e, const struct weir_bvec *in,
			const struct weir_bvec *out)
{
	if (!e->unread && e->bound->unread.any)
		return;
	for (uint32_t w = 0; w < weir_bit_words(e->n); w++) {
		uint64_t lost = weir_word_or_ones(in->valid, w) & ~weir_word_or_ones(out->valid, w) &
				weir_word_or_ones(e->wanted, w) & weir_row_mask(e->n, w);
		for (; lost; lost &= lost - 1) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(lost);
			if (!weir_str_trim(in->s[i]).size)
				continue;
			e->unread_as = b->type;
			if (!e->unread) {
				weir_unread_note(e->bound, in->s[i], b->type);
				return;
			}
			e->unread[w] |= lost & -lost;
		}
	}
}

bool weir_eval_cast(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec v;

	if (!slot || !weir_eval_node(b->args[0], e, &v) ||
	    !weir_cast_vec(&e->bound->strings, &v, b->type, e->n, slot, out))
		return false;
	if (v.type == WEIR_STRING && b->type != WEIR_STRING)
		find_unread(b, e, &v, out);
	return true;
}

/* Why it failed, and where. */
static enum weir_status failed(const struct weir_bound *b, const struct weir_batch *batch, struct weir_error *err)
{
	const struct weir_error *why = &b->trouble;
	uint32_t row = b->trouble_row;

	if (!why->code)
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	if (!err)
		return why->code;
	*err = *why;
	int used = snprintf(err->origin, sizeof err->origin, WEIR_STR_FMT, WEIR_STR_ARG(b->stream_name));
	if (used < 0 || row >= batch->n_rows || !(batch->position || batch->along.rest))
		return why->code;
	size_t end = strlen(err->what);
	long long position = (long long)weir_batch_position(batch, row);
	if (batch->partition)
		snprintf(err->what + end, sizeof err->what - end, ", at offset %lld of partition %u", position,
			 batch->partition[row]);
	else
		snprintf(err->what + end, sizeof err->what - end, ", at offset %lld", position);
	return why->code;
}

static enum weir_status evaluate(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
				 const uint64_t *wanted, struct weir_bvec *out, struct weir_error *err)
{
	struct weir_eval e = {.bound = b,
			      .batch = batch,
			      .from = from,
			      .n = n,
			      .id = ++b->last_id,
			      .wanted = wanted,
			      .all_wanted = wanted};

	weir_arena_reset(&b->strings);
	b->trouble.code = WEIR_OK;
	return weir_eval_node(b->root, &e, out) ? WEIR_OK : failed(b, batch, err);
}

enum weir_status weir_bound_eval(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
				 const uint64_t *wanted, struct weir_vec *out, struct weir_error *err)
{
	struct weir_bvec v;
	enum weir_status status = evaluate(b, batch, from, n, wanted, &v, err);

	if (status)
		return status;
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
				   const uint64_t *wanted, uint64_t *keep, uint32_t *n_true, struct weir_error *err)
{
	struct weir_bvec v;
	uint32_t count = 0;
	enum weir_status status = evaluate(b, batch, from, n, wanted, &v, err);

	if (status)
		return status;
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
		weir_pattern_free(n->pattern);
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
