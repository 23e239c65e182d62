/* Choosing rows from several vectors: case, if, coalesce, nullif, greatest, least. */
#include "query/expr/eval/eval.h"

struct choice { /* the rows of a result as they are filled */
	struct weir_slot *slot;
	enum weir_type type;
	uint32_t n;
	uint64_t left[WEIR_VEC_WORDS]; /* rows without a value so far */
};

static bool choice_begin(struct weir_bnode *b, struct weir_eval *e, struct choice *c)
{
	c->slot = weir_slot_get(b, e);
	c->type = b->type;
	c->n = e->n;
	if (!c->slot)
		return false;
	for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
		c->left[i] = weir_row_mask(e->n, i);
	memset(c->slot->valid, 0, WEIR_VEC_WORDS * sizeof(uint64_t));
	return true;
}

/* Copies the rows of `take` with their validity. */
static void choice_take(struct choice *c, const struct weir_bvec *v, const uint64_t *take)
{
	for (uint32_t w = 0; w < weir_bit_words(c->n); w++) {
		c->slot->valid[w] = (c->slot->valid[w] & ~take[w]) | (weir_word_or_ones(v->valid, w) & take[w]);
		if (c->type == WEIR_BOOL) {
			c->slot->bits[w] = (c->slot->bits[w] & ~take[w]) | (v->bits[w] & take[w]);
			continue;
		}
		for (uint64_t rows = take[w]; rows; rows &= rows - 1) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(rows);
			if (c->type == WEIR_STRING)
				c->slot->s[i] = v->s[i];
			else
				c->slot->i[i] = v->i[i]; /* float64 travels as its bits */
		}
	}
}

static bool choice_open(const struct choice *c)
{
	uint64_t left = 0;

	for (uint32_t i = 0; i < weir_bit_words(c->n); i++)
		left |= c->left[i];
	return left != 0;
}

static void choice_end(struct choice *c, struct weir_bvec *out)
{
	struct weir_str empty = WEIR_STR("");

	for (uint32_t w = 0; w < weir_bit_words(c->n); w++) { /* rows that are not valid hold zeros */
		uint64_t none = ~c->slot->valid[w] & weir_row_mask(c->n, w);
		if (c->type == WEIR_BOOL)
			c->slot->bits[w] &= c->slot->valid[w];
		for (uint64_t rows = c->type == WEIR_BOOL ? 0 : none; rows; rows &= rows - 1) {
			uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(rows);
			if (c->type == WEIR_STRING)
				c->slot->s[i] = empty;
			else
				c->slot->i[i] = 0;
		}
	}
	*out = (struct weir_bvec){.type = c->type, .valid = c->slot->valid, .bits = c->slot->bits};
}

/* The value of an argument for some rows of those that are wanted. */
static bool eval_for(struct weir_bnode *b, struct weir_eval *e, const uint64_t *rows, struct weir_bvec *v)
{
	const uint64_t *outer = e->wanted;
	uint64_t wanted[WEIR_VEC_WORDS];

	for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
		wanted[i] = rows[i] & weir_word_or_ones(outer, i);
	e->wanted = wanted;
	bool ok = weir_eval_node(b, e, v);
	e->wanted = outer;
	return ok;
}

/* (condition, value)…[, else] */
bool weir_eval_case(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	uint64_t take[WEIR_VEC_WORDS];
	struct weir_bvec v;
	struct choice c;
	uint32_t a = 0;

	if (!choice_begin(b, e, &c))
		return false;
	for (; a + 1 < b->n_args && choice_open(&c); a += 2) {
		if (!eval_for(b->args[a], e, c.left, &v))
			return false;
		for (uint32_t i = 0; i < weir_bit_words(e->n); i++) {
			take[i] = v.bits[i] & weir_word_or_ones(v.valid, i) & c.left[i];
			c.left[i] &= ~take[i];
		}
		if (!eval_for(b->args[a + 1], e, take, &v))
			return false;
		choice_take(&c, &v, take);
	}
	if (b->has_else && choice_open(&c)) {
		if (!eval_for(b->args[b->n_args - 1], e, c.left, &v))
			return false;
		choice_take(&c, &v, c.left);
	}
	choice_end(&c, out);
	return true;
}

bool weir_eval_coalesce(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	uint64_t take[WEIR_VEC_WORDS];
	struct weir_bvec v;
	struct choice c;

	if (!choice_begin(b, e, &c))
		return false;
	for (uint32_t a = 0; a < b->n_args && choice_open(&c); a++) {
		if (!eval_for(b->args[a], e, c.left, &v))
			return false;
		for (uint32_t i = 0; i < weir_bit_words(c.n); i++) {
			take[i] = weir_word_or_ones(v.valid, i) & c.left[i];
			c.left[i] &= ~take[i];
		}
		choice_take(&c, &v, take);
	}
	choice_end(&c, out);
	return true;
}

/* value, condition: NULL where the condition is true */
bool weir_eval_nullif(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec same;

	if (!slot || !weir_eval_node(b->args[0], e, out) || !weir_eval_node(b->args[1], e, &same))
		return false;
	weir_valid_own(slot, out, e->n);
	for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
		slot->valid[i] &= ~(same.bits[i] & weir_word_or_ones(same.valid, i));
	return true;
}

static bool beats(const struct weir_bvec *v, const struct weir_slot *best, uint32_t i, bool greatest)
{
	struct weir_value a = {.type = v->type}, b = {.type = v->type};
	int order;

	switch ((int)v->type) {
	case WEIR_BOOL:
		order = (int)weir_bit_get(v->bits, i) - (int)weir_bit_get(best->bits, i);
		break;
	case WEIR_STRING:
		order = weir_str_compare(v->s[i], best->s[i]);
		break;
	case WEIR_FLOAT64:
		a.f = v->f[i];
		b.f = best->f[i];
		order = a.f != a.f ? b.f == b.f : b.f != b.f ? -1 : (a.f > b.f) - (a.f < b.f);
		break;
	default:
		order = v->i[i] < best->i[i] ? -1 : v->i[i] > best->i[i];
	}
	return greatest ? order > 0 : order < 0;
}

bool weir_eval_extreme(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	uint64_t take[WEIR_VEC_WORDS];
	struct weir_bvec v;
	struct choice c;

	if (!choice_begin(b, e, &c))
		return false;
	for (uint32_t a = 0; a < b->n_args; a++) {
		if (!weir_eval_node(b->args[a], e, &v))
			return false;
		memset(take, 0, sizeof take);
		for (uint32_t i = 0; i < e->n; i++)
			if ((!v.valid || weir_bit_get(v.valid, i)) &&
			    (!weir_bit_get(c.slot->valid, i) || beats(&v, c.slot, i, b->param != 0)))
				weir_bit_set(take, i);
		choice_take(&c, &v, take);
	}
	choice_end(&c, out);
	return true;
}
