/* Three-valued logic on bitmaps: a row is true, false, or (not valid) unknown. */
#include "query/expr/eval/eval.h"

static uint64_t all_rows(const uint64_t *words, uint32_t n) /* 0 when every row's bit is set */
{
	uint64_t missing = 0;

	for (uint32_t i = 0; i < weir_bit_words(n); i++)
		missing |= ~words[i] & weir_row_mask(n, i);
	return missing;
}

/* and: false as soon as one is false, true when all are true. `or` is the same with the values turned over. */
static bool eval_junction(struct weir_bnode *b, struct weir_eval *e, bool turn, struct weir_bvec *out)
{
	uint64_t decided[WEIR_VEC_WORDS] = {0}, pure[WEIR_VEC_WORDS], open[WEIR_VEC_WORDS],
		 flip = turn ? ~UINT64_C(0) : 0;
	struct weir_slot *slot = weir_slot_get(b, e);
	const uint64_t *outer = e->wanted;
	uint32_t words = weir_bit_words(e->n);

	if (!slot)
		return false;
	memset(pure, 0xff, sizeof pure); /* rows for which all so far were true (false) */
	for (uint32_t a = 0; a < b->n_args && all_rows(decided, e->n); a++) {
		struct weir_bvec v;
		for (uint32_t i = 0; i < words; i++)
			open[i] = ~decided[i] & weir_word_or_ones(outer, i);
		e->wanted = a ? open : outer;
		bool ok = weir_eval_node(b->args[a], e, &v);
		e->wanted = outer;
		if (!ok)
			return false;
		for (uint32_t i = 0; i < words; i++) {
			uint64_t valid = weir_word_or_ones(v.valid, i), bits = v.bits[i] ^ flip;
			decided[i] |= valid & ~bits;
			pure[i] &= valid & bits;
		}
	}
	uint64_t unknown = 0;
	for (uint32_t i = 0; i < words; i++) {
		pure[i] &= ~decided[i];
		slot->bits[i] = turn ? decided[i] : pure[i];
		slot->valid[i] = pure[i] | decided[i];
		unknown |= ~slot->valid[i];
	}
	*out = (struct weir_bvec){.type = WEIR_BOOL, .valid = unknown ? slot->valid : NULL, .bits = slot->bits};
	return true;
}

bool weir_eval_and(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	return eval_junction(b, e, false, out);
}

bool weir_eval_or(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	return eval_junction(b, e, true, out);
}

bool weir_eval_not(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec v;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
		slot->bits[i] = ~v.bits[i];
	*out = (struct weir_bvec){.type = WEIR_BOOL, .valid = v.valid, .bits = slot->bits};
	return true;
}

bool weir_eval_is_null(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec v;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
		slot->bits[i] = ~weir_word_or_ones(v.valid, i);
	*out = (struct weir_bvec){.type = WEIR_BOOL, .bits = slot->bits};
	return true;
}
