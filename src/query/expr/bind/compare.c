/* Comparisons: both sides get one type, constants go to the right, and `in` becomes a sorted set where it can. */
#include "query/expr/bind/bind.h"
#include "query/expr/spark/spark.h"

#include <math.h>
#include <stdlib.h>

static bool is_number(enum weir_type t)
{
	return t == WEIR_INT64 || t == WEIR_FLOAT64;
}

static enum weir_op mirrored(enum weir_op op)
{
	switch (op) {
	case WEIR_OP_LT:
		return WEIR_OP_GT;
	case WEIR_OP_LE:
		return WEIR_OP_GE;
	case WEIR_OP_GT:
		return WEIR_OP_LT;
	case WEIR_OP_GE:
		return WEIR_OP_LE;
	default:
		return op;
	}
}

/* A text constant next to a number is that number: an integer if it is one, so that all 64 bits count. Text of a column
 * is cast to float64. What is no number is NULL, as Spark has it. */
static struct weir_bnode *text_as_number(struct weir_binder *b, struct weir_bnode *n)
{
	int64_t i;

	if (n->constant && weir_parse_int64(weir_str_trim(n->value.s), false, &i))
		return weir_constant(b, n->source, WEIR_INT64, (struct weir_value){.type = WEIR_INT64, .i = i});
	return weir_cast_node(b, n, WEIR_FLOAT64);
}

/* A number constant in the type of the other side when it keeps its value; else as it was. */
static struct weir_bnode *number_like(struct weir_binder *b, struct weir_bnode *k, enum weir_type type)
{
	struct weir_value v = {.type = type};

	if (!k->constant || weir_is_null(k) || k->type == type)
		return k;
	if (type == WEIR_INT64 && k->type == WEIR_FLOAT64) {
		if (!(fabs(k->value.f) < 0x1p62) || trunc(k->value.f) != k->value.f)
			return k;
		v.i = (int64_t)k->value.f;
	} else if (type == WEIR_FLOAT64 && k->type == WEIR_INT64) {
		v.f = (double)k->value.i;
		if (weir_compare_int_double(k->value.i, v.f) != 0)
			return k;
	} else {
		return k;
	}
	return weir_constant(b, k->source, type, v);
}

static void *cannot_compare(struct weir_binder *b, const struct weir_expr *e, enum weir_type l, enum weir_type r)
{
	weir_bind_fail(b, e, "cannot compare %s with %s", weir_bind_type_name(l), weir_bind_type_name(r));
	if ((l == WEIR_TIMESTAMP && is_number(r)) || (r == WEIR_TIMESTAMP && is_number(l)))
		weir_error_hint(b->err, "write timestamp '2026-11-22T10:00:00Z', or unix_seconds(time) for a number");
	else if (l == WEIR_INTERVAL || r == WEIR_INTERVAL)
		weir_error_hint(b->err, "write interval '5' second");
	return NULL;
}

/* -1, 0 or 1 in out->i: the order of a text and a whole number, exact where a double would not be. */
static bool order_int_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			  struct weir_cell *out, bool *ok)
{
	int64_t i;
	double d;

	(void)b;
	(void)strings;
	if (weir_parse_int64(weir_str_trim(a[0].s), false, &i))
		out->i = (i > a[1].i) - (i < a[1].i);
	else if ((*ok = weir_text_to_double(a[0].s, &d)))
		out->i = -weir_compare_int_double(a[1].i, d);
	return true;
}

/* The digits of a whole number without zeros before them; false: it is no such text. */
static bool whole_digits(struct weir_str s, bool *negative, struct weir_str *digits)
{
	size_t n = 0;

	s = weir_str_trim(s);
	*negative = s.size && s.data[0] == '-';
	if (s.size && (s.data[0] == '-' || s.data[0] == '+'))
		s = (struct weir_str){s.data + 1, s.size - 1};
	while (n < s.size && (unsigned char)(s.data[n] - '0') <= 9)
		n++;
	if (!n || n < s.size)
		return false;
	while (s.size > 1 && s.data[0] == '0')
		s = (struct weir_str){s.data + 1, s.size - 1};
	*digits = s;
	return true;
}

/* The same with a whole number beyond 64 bits, which comes as it was written. */
static bool order_digits_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			     struct weir_cell *out, bool *ok)
{
	struct weir_str x, k;
	bool x_negative, k_negative;
	double d, e;

	(void)b;
	(void)strings;
	if (!whole_digits(a[0].s, &x_negative, &x) || !whole_digits(a[1].s, &k_negative, &k)) {
		*ok = weir_text_to_double(a[0].s, &d) && weir_text_to_double(a[1].s, &e);
		out->i = *ok ? d != d ? 1 : (d > e) - (d < e) : 0;
		return true;
	}
	int order = x.size != k.size ? (x.size > k.size ? 1 : -1) : weir_str_compare(x, k);
	order = (order > 0) - (order < 0);
	out->i = x_negative != k_negative ? (x_negative ? -1 : 1) : x_negative ? -order : order;
	return true;
}

/* What an integer literal that fits no int64 was written like; empty: it is none. */
static struct weir_str written_digits(const struct weir_bnode *k)
{
	const struct weir_expr *e = k->source;
	struct weir_str text = {e->text->data + e->from, e->to - e->from}, digits;
	bool negative;

	return k->constant && k->type == WEIR_FLOAT64 && whole_digits(text, &negative, &digits) ? text
												: (struct weir_str){0};
}

static struct weir_bnode *order_node(struct weir_binder *b, const struct weir_expr *e, weir_row_fn row,
				     struct weir_bnode **pair)
{
	struct weir_bnode *n = weir_row_node(b, e, WEIR_INT64, row, 2, pair);

	if (n)
		n->spark = weir_spark_order;
	return weir_bind_finish(b, n);
}

#define EXACT (INT64_C(1) << 53) /* whole numbers below this are exact as floats */

/* The order of a text and a number, to be compared with 0, where doubles do not tell whole numbers apart; NULL: they do. */
static struct weir_bnode *text_order(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *text,
				     struct weir_bnode *number)
{
	struct weir_bnode *pair[2] = {text, number};
	struct weir_str digits = written_digits(number);
	bool small = number->constant && !weir_is_null(number) && number->value.i < EXACT && number->value.i > -EXACT;

	if (digits.size) {
		pair[1] = weir_constant(b, number->source, WEIR_STRING,
					(struct weir_value){.type = WEIR_STRING, .s = digits});
		return order_node(b, e, order_digits_row, pair);
	}
	if (text->constant || number->type != WEIR_INT64 || small)
		return NULL;
	return order_node(b, e, order_int_row, pair);
}

/* Compares a text with a number: as numbers. */
static bool text_with_number(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **text,
			     struct weir_bnode **number)
{
	struct weir_bnode *order = text_order(b, e, *text, *number);

	if (b->status)
		return false;
	if (!order) {
		*text = text_as_number(b, *text);
		return *text;
	}
	*text = order;
	*number = weir_constant(b, e, WEIR_INT64, (struct weir_value){.type = WEIR_INT64});
	return *number;
}

/* Brings both sides to types that a kernel compares. */
static bool one_type(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **l, struct weir_bnode **r)
{
	enum weir_type lt = (*l)->type, rt = (*r)->type;

	if (lt == WEIR_STRING && is_number(rt)) {
		if (!text_with_number(b, e, l, r))
			return false;
	} else if (rt == WEIR_STRING && is_number(lt)) {
		if (!text_with_number(b, e, r, l))
			return false;
	} else if (lt == WEIR_STRING && rt == WEIR_TIMESTAMP)
		*l = weir_as_time(b, *l);
	else if (rt == WEIR_STRING && lt == WEIR_TIMESTAMP)
		*r = weir_as_time(b, *r);
	else if (lt == WEIR_STRING && rt == WEIR_BOOL)
		*l = weir_cast_node(b, *l, rt);
	else if (rt == WEIR_STRING && lt == WEIR_BOOL)
		*r = weir_cast_node(b, *r, lt);
	else if (lt != rt && !(is_number(lt) && is_number(rt)))
		return cannot_compare(b, e, lt, rt);
	if (*l && *r && is_number((*l)->type)) {
		*r = number_like(b, *r, (*l)->type);
		*l = *r ? number_like(b, *l, (*r)->type) : NULL;
	}
	return *l && *r;
}

struct weir_bnode *weir_bind_compare(struct weir_binder *b, const struct weir_expr *e, enum weir_op op,
				     struct weir_bnode *left, struct weir_bnode *right)
{
	if (weir_is_null(left) || weir_is_null(right))
		return weir_null(b, e, WEIR_BOOL);
	if (!one_type(b, e, &left, &right))
		return NULL;
	bool turn = left->constant && !right->constant;
	struct weir_bnode *pair[2] = {turn ? right : left, turn ? left : right};
	struct weir_bnode *n = weir_bnode_new(b, e, WEIR_BOOL, weir_eval_compare, 2, pair);
	if (n)
		n->op = (uint8_t)(turn ? mirrored(op) : op);
	return weir_bind_finish(b, n);
}

/* An item as a constant of the type of x; NULL without an error when it is none. */
static struct weir_bnode *set_item(struct weir_binder *b, const struct weir_bnode *x, struct weir_bnode *item)
{
	if (!item->constant)
		return NULL;
	if (weir_is_null(item) || item->type == x->type)
		return item;
	if (x->type == WEIR_TIMESTAMP && item->type == WEIR_STRING)
		return weir_as_time(b, item);
	if (is_number(x->type) && item->type == WEIR_STRING)
		item = text_as_number(b, item);
	if (item && is_number(x->type))
		item = weir_is_null(item) ? item : number_like(b, item, x->type);
	return item && (weir_is_null(item) || item->type == x->type) ? item : NULL;
}

static struct weir_bnode *in_set(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *x,
				 struct weir_bnode **items)
{
	struct weir_bnode *n = weir_bnode_new(b, e, WEIR_BOOL, weir_eval_in, 1, &x);

	if (!n)
		return NULL;
	return weir_set_make(n, &b->bound->arena, items, e->n_args - 1) ? weir_bind_finish(b, n)
									: weir_bind_no_memory(b);
}

struct weir_bnode *weir_bind_in(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	uint32_t n = e->n_args - 1;
	struct weir_bnode *x = args[0];
	struct weir_bnode **items = weir_arena_alloc(&b->bound->arena, (n + 1) * sizeof(struct weir_bnode *));
	bool set = x->type != WEIR_BOOL && x->type != WEIR_NULL;

	if (!items)
		return weir_bind_no_memory(b);
	for (uint32_t i = 0; i < n && set; i++) {
		items[i] = set_item(b, x, args[i + 1]);
		set = items[i];
	}
	if (b->status)
		return NULL;
	if (set)
		return in_set(b, e, x, items);
	weir_share(x);
	for (uint32_t i = 0; i < n; i++)
		if (!(items[i] = weir_bind_compare(b, e, WEIR_OP_EQ, x, args[i + 1])))
			return NULL;
	return weir_bind_finish(b, weir_bnode_new(b, e, WEIR_BOOL, weir_eval_or, n, items));
}
