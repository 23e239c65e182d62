/* Comparisons. The binder has put a constant on the right, and an integer left of a float. */
#include "query/expr/eval/eval.h"

#include <math.h>

#define KERNEL_LEFT int64_t
#define KERNEL_RIGHT int64_t
#define KERNEL_EQUAL(a, b) ((a) == (b))
#define KERNEL_LESS(a, b) ((a) < (b))
#define KERNEL(name) name##_i64
#include "kernel_compare_pair_tmpl.h"
/* NaN is one value, greater than all others, as in Spark and DuckDB. */
#define KERNEL_LEFT double
#define KERNEL_RIGHT double
#define KERNEL_EQUAL(a, b) ((a) == (b) || (isnan(a) && isnan(b)))
#define KERNEL_LESS(a, b) ((a) < (b) || (!isnan(a) && isnan(b)))
#define KERNEL(name) name##_f64
#include "kernel_compare_pair_tmpl.h"
#define KERNEL_LEFT int64_t
#define KERNEL_RIGHT double
#define KERNEL_EQUAL(a, b) (weir_compare_int_double(a, b) == 0)
#define KERNEL_LESS(a, b) (weir_compare_int_double(a, b) < 0)
#define KERNEL(name) name##_i64_f64
#include "kernel_compare_pair_tmpl.h"
#define KERNEL_LEFT double
#define KERNEL_RIGHT int64_t
#define KERNEL_EQUAL(a, b) (weir_compare_int_double(b, a) == 0)
#define KERNEL_LESS(a, b) (weir_compare_int_double(b, a) > 0)
#define KERNEL(name) name##_f64_i64
#include "kernel_compare_pair_tmpl.h"
#define KERNEL_LEFT struct weir_str
#define KERNEL_RIGHT struct weir_str
#define KERNEL_EQUAL(a, b) weir_str_equal(a, b)
#define KERNEL_LESS(a, b) (weir_str_compare(a, b) < 0)
#define KERNEL(name) name##_str
#include "kernel_compare_pair_tmpl.h"

int weir_compare_int_double(int64_t a, double b)
{
	if (isnan(b) || b >= 0x1p63)
		return -1;
	if (b < -0x1p63)
		return 1;
	int64_t whole = (int64_t)b;
	if (a != whole)
		return a < whole ? -1 : 1;
	double fraction = b - (double)whole;
	return fraction > 0 ? -1 : fraction < 0;
}

static enum weir_compare base_of(enum weir_op op, bool *negate)
{
	*negate = op == WEIR_OP_NE || op == WEIR_OP_GE || op == WEIR_OP_GT;
	return op == WEIR_OP_EQ || op == WEIR_OP_NE   ? WEIR_COMPARE_EQUAL
	       : op == WEIR_OP_LT || op == WEIR_OP_GE ? WEIR_COMPARE_LESS
						      : WEIR_COMPARE_MOST;
}

static void fill(uint64_t *out, bool value, uint32_t n)
{
	memset(out, value ? 0xff : 0, weir_bit_words(n) * sizeof *out);
}

/* Stored as base + small number: compares the small numbers with the constant less the base. */
static void compare_narrow(const struct weir_column *c, uint32_t from, uint32_t n, int64_t k, enum weir_compare base,
			   uint64_t *out)
{
	const struct weir_compare_vector *v = weir_compare_vector();
	int64_t rest;
	bool overflow = __builtin_sub_overflow(k, c->base, &rest);
	uint64_t most = c->width == 1 ? UINT8_MAX : c->width == 2 ? UINT16_MAX : UINT32_MAX;

	if (overflow ? k < c->base : rest < 0)
		fill(out, false, n);
	else if (overflow || (uint64_t)rest > most)
		fill(out, base != WEIR_COMPARE_EQUAL, n);
	else if (c->width == 1)
		v->u8(base, (const uint8_t *)c->data + from, (uint8_t)rest, n, out);
	else if (c->width == 2)
		v->u16(base, (const uint16_t *)c->data + from, (uint16_t)rest, n, out);
	else
		v->u32(base, (const uint32_t *)c->data + from, (uint32_t)rest, n, out);
}

static bool is_narrow(const struct weir_bnode *b, const struct weir_eval *e, const struct weir_column **c)
{
	if (!b->stored || e->level)
		return false;
	*c = weir_batch_column(e->batch, b->column);
	return *c && (*c)->encoding == WEIR_ENC_NARROW && (*c)->type == b->type && (*c)->width <= 4;
}

static bool compare_constant(struct weir_bnode *b, struct weir_eval *e, uint64_t *out, struct weir_bvec *left)
{
	const struct weir_value *k = &b->args[1]->value;
	const struct weir_column *c;
	uint32_t n = e->n;
	bool negate;
	enum weir_compare base = base_of(b->op, &negate);

	if (is_narrow(b->args[0], e, &c)) {
		*left = (struct weir_bvec){.valid = c->valid ? c->valid + e->from / 64 : NULL};
		compare_narrow(c, e->from, n, k->i, base, out);
	} else {
		if (!weir_eval_node(b->args[0], e, left))
			return false;
		if (left->type == WEIR_FLOAT64)
			weir_compare_vector()->f64(base, left->f, k->f, n, out);
		else
			weir_compare_vector()->i64(base, left->i, k->i, n, out);
	}
	for (uint32_t i = 0; negate && i < weir_bit_words(n); i++)
		out[i] = ~out[i];
	return true;
}

static void compare_bits(const uint64_t *a, const uint64_t *b, bool equal, uint32_t n, uint64_t *out)
{
	for (uint32_t i = 0; i < weir_bit_words(n); i++)
		out[i] = equal ? ~(a[i] ^ b[i]) : ~a[i] & b[i];
}

static void compare_pair(const struct weir_bvec *a, const struct weir_bvec *b, bool equal, uint32_t n, uint64_t *out)
{
	if (a->type == WEIR_BOOL)
		compare_bits(a->bits, b->bits, equal, n, out);
	else if (a->type == WEIR_STRING)
		equal ? equal_str(a->s, b->s, n, out) : less_str(a->s, b->s, n, out);
	else if (a->type == WEIR_FLOAT64 && b->type == WEIR_FLOAT64)
		equal ? equal_f64(a->f, b->f, n, out) : less_f64(a->f, b->f, n, out);
	else if (a->type == WEIR_FLOAT64)
		equal ? equal_f64_i64(a->f, b->i, n, out) : less_f64_i64(a->f, b->i, n, out);
	else if (b->type == WEIR_FLOAT64)
		equal ? equal_i64_f64(a->i, b->f, n, out) : less_i64_f64(a->i, b->f, n, out);
	else
		equal ? equal_i64(a->i, b->i, n, out) : less_i64(a->i, b->i, n, out);
}

static bool has_constant_kernel(const struct weir_bnode *b)
{
	const struct weir_bnode *a = b->args[0], *k = b->args[1];

	if (!k->constant || k->value.type == WEIR_NULL || a->type == WEIR_BOOL || a->type == WEIR_STRING)
		return false;
	return a->type == WEIR_FLOAT64 ? k->type == WEIR_FLOAT64 && !isnan(k->value.f) : k->type != WEIR_FLOAT64;
}

bool weir_eval_compare(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec v[2];

	if (!slot)
		return false;
	*out = (struct weir_bvec){.type = WEIR_BOOL, .bits = slot->bits};
	if (has_constant_kernel(b)) {
		if (!compare_constant(b, e, slot->bits, &v[0]))
			return false;
		out->valid = v[0].valid;
		return true;
	}
	if (!weir_eval_node(b->args[0], e, &v[0]) || !weir_eval_node(b->args[1], e, &v[1]))
		return false;
	bool swap = b->op == WEIR_OP_GT || b->op == WEIR_OP_LE; /* a > b is b < a */
	compare_pair(&v[swap], &v[!swap], b->op == WEIR_OP_EQ || b->op == WEIR_OP_NE, e->n, slot->bits);
	if (b->op == WEIR_OP_NE || b->op == WEIR_OP_GE || b->op == WEIR_OP_LE)
		for (uint32_t i = 0; i < weir_bit_words(e->n); i++)
			slot->bits[i] = ~slot->bits[i];
	out->valid = weir_valid_all(slot, v, 2, e->n);
	return true;
}
