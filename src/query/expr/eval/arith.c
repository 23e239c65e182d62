/* Arithmetic. Integers never wrap: what does not fit in 64 bits is NULL, and so is division by zero. */
#include "query/expr/eval/eval.h"

#include "weir/base/time.h"

#include <math.h>

/* Marks the rows whose `bad` byte is set as not valid. */
static void drop_bad(struct weir_slot *slot, struct weir_bvec *out, const uint8_t *bad, uint32_t n)
{
	uint8_t block[64];

	weir_valid_own(slot, out, n);
	for (uint32_t i = 0; i < n; i += 64) {
		memset(block, 0, sizeof block);
		memcpy(block, bad + i, n - i < 64 ? n - i : 64);
		slot->valid[i / 64] &= ~weir_pack64(block);
	}
}

/* Sum or difference; the sign of the result tells an overflow, all rows at once. Returns whether any row overflowed. */
static bool add_i64(const int64_t *restrict a, const int64_t *restrict b, uint32_t n, bool minus, int64_t *restrict out)
{
	uint64_t overflow = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t x = (uint64_t)a[i], y = (uint64_t)b[i], r = minus ? x - y : x + y;
		overflow |= minus ? (x ^ y) & (x ^ r) : (x ^ r) & (y ^ r);
		out[i] = (int64_t)r;
	}
	return overflow >> 63;
}

static void flag_add_i64(const int64_t *a, const int64_t *b, uint32_t n, bool minus, uint8_t *bad)
{
	int64_t r;

	for (uint32_t i = 0; i < n; i++)
		bad[i] = minus ? __builtin_sub_overflow(a[i], b[i], &r) : __builtin_add_overflow(a[i], b[i], &r);
}

static bool multiply_i64(const int64_t *restrict a, const int64_t *restrict b, uint32_t n, int64_t *restrict out,
			 uint8_t *restrict bad)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++)
		any |= bad[i] = __builtin_mul_overflow(a[i], b[i], &out[i]);
	return any;
}

static bool remainder_i64(const int64_t *a, const int64_t *b, uint32_t n, int64_t *out, uint8_t *bad)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		any |= bad[i] = b[i] == 0;
		out[i] = b[i] == 0 || b[i] == -1 ? 0 : a[i] % b[i]; /* INT64_MIN % -1 traps */
	}
	return any;
}

static bool arith_i64(enum weir_op op, const int64_t *a, const int64_t *b, uint32_t n, int64_t *out, uint8_t *bad)
{
	switch (op) {
	case WEIR_OP_MUL:
		return multiply_i64(a, b, n, out, bad);
	case WEIR_OP_MOD:
		return remainder_i64(a, b, n, out, bad);
	default:
		if (!add_i64(a, b, n, op == WEIR_OP_SUB, out))
			return false;
		flag_add_i64(a, b, n, op == WEIR_OP_SUB, bad);
		return true;
	}
}

static bool arith_f64(enum weir_op op, const double *restrict a, const double *restrict b, uint32_t n,
		      double *restrict out, uint8_t *restrict bad)
{
	bool any = false;

	switch (op) {
	case WEIR_OP_ADD:
		for (uint32_t i = 0; i < n; i++)
			out[i] = a[i] + b[i];
		return false;
	case WEIR_OP_SUB:
		for (uint32_t i = 0; i < n; i++)
			out[i] = a[i] - b[i];
		return false;
	case WEIR_OP_MUL:
		for (uint32_t i = 0; i < n; i++)
			out[i] = a[i] * b[i];
		return false;
	default:
		for (uint32_t i = 0; i < n; i++)
			any |= bad[i] = b[i] == 0;
		for (uint32_t i = 0; i < n; i++)
			out[i] = bad[i] ? 0 : op == WEIR_OP_DIV ? a[i] / b[i] : fmod(a[i], b[i]);
		return any;
	}
}

/* Years beyond 1 to 9999 */
static bool flag_no_time(const int64_t *t, uint32_t n, uint8_t *bad)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++)
		any |= bad[i] = !weir_time_exists(t[i]);
	return any;
}

/* Both arguments have the node's type: int64 (timestamps and intervals count as that), or float64. */
bool weir_eval_arith(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	uint8_t bad[WEIR_VEC_ROWS];
	struct weir_bvec v[2];

	if (!slot || !weir_eval_node(b->args[0], e, &v[0]) || !weir_eval_node(b->args[1], e, &v[1]))
		return false;
	*out = (struct weir_bvec){.type = b->type, .valid = weir_valid_all(slot, v, 2, e->n), .i = slot->i};
	bool any = b->type == WEIR_FLOAT64 ? arith_f64(b->op, v[0].f, v[1].f, e->n, slot->f, bad)
					   : arith_i64(b->op, v[0].i, v[1].i, e->n, slot->i, bad);
	if (any)
		drop_bad(slot, out, bad, e->n);
	if (b->type == WEIR_TIMESTAMP && flag_no_time(slot->i, e->n, bad))
		drop_bad(slot, out, bad, e->n);
	return true;
}

bool weir_eval_negate(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	uint8_t bad[WEIR_VEC_ROWS];
	struct weir_bvec v;
	bool any = false;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	*out = (struct weir_bvec){.type = b->type, .valid = v.valid, .i = slot->i};
	if (b->type == WEIR_FLOAT64) {
		for (uint32_t i = 0; i < e->n; i++)
			slot->f[i] = -v.f[i];
		return true;
	}
	for (uint32_t i = 0; i < e->n; i++) {
		any |= bad[i] = v.i[i] == INT64_MIN;
		slot->i[i] = (int64_t)(0 - (uint64_t)v.i[i]);
	}
	if (any)
		drop_bad(slot, out, bad, e->n);
	return true;
}

/* Functions of one or two floats. Rows that are not valid hold zeros, which every function takes. */
bool weir_eval_map_ff(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	uint8_t bad[WEIR_VEC_ROWS];
	struct weir_bvec v;
	bool any = false;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	*out = (struct weir_bvec){.type = b->type, .valid = v.valid, .f = slot->f};
	for (uint32_t i = 0; i < e->n; i++) {
		bool ok = true;
		slot->f[i] = b->map_ff(v.f[i], &ok);
		any |= bad[i] = !ok;
	}
	if (any)
		drop_bad(slot, out, bad, e->n);
	return true;
}

bool weir_eval_map_ii(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	uint8_t bad[WEIR_VEC_ROWS];
	struct weir_bvec v;
	bool any = false;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	*out = (struct weir_bvec){.type = b->type, .valid = v.valid, .i = slot->i};
	for (uint32_t i = 0; i < e->n; i++) {
		bool ok = true;
		slot->i[i] = b->map_ii(v.i[i], b->param, &ok);
		any |= bad[i] = !ok;
	}
	if (any)
		drop_bad(slot, out, bad, e->n);
	return true;
}

bool weir_eval_map_if(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out)
{
	struct weir_slot *slot = weir_slot_get(b, e);
	struct weir_bvec v;

	if (!slot || !weir_eval_node(b->args[0], e, &v))
		return false;
	*out = (struct weir_bvec){.type = b->type, .valid = v.valid, .f = slot->f};
	for (uint32_t i = 0; i < e->n; i++)
		slot->f[i] = b->map_if(v.i[i], b->param);
	return true;
}
