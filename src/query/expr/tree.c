/* What a tree is asked by others: which columns it reads, whether it is like another, and where in its text an error lies. */
#include "query/expr/tree.h"

#include <stdio.h>

enum { CONTEXT_BYTES = 160 }; /* shown before the caret when the text is longer than an error holds */

enum weir_status weir_expr_vfail(struct weir_error *err, struct weir_str text, uint32_t from, uint32_t to,
				 const char *fmt, va_list ap)
{
	char what[sizeof err->what];

	vsnprintf(what, sizeof what, fmt, ap);
	weir_fail(err, WEIR_EXPRESSION, "expression", "%s", what);
	if (!err)
		return WEIR_EXPRESSION;
	size_t start = 0, room = sizeof err->text - 1;
	if (text.size > room && from > CONTEXT_BYTES)
		start = from - CONTEXT_BYTES;
	while (start > 0 && ((unsigned char)text.data[start] & 0xc0) == 0x80)
		start--;
	size_t size = text.size - start < room ? text.size - start : room;
	if (size)
		memcpy(err->text, text.data + start, size);
	err->text[size] = 0;
	for (size_t i = 0; i < size; i++) /* the caret line needs one line of text */
		if (err->text[i] == '\n' || err->text[i] == '\r' || err->text[i] == '\t' || err->text[i] == 0)
			err->text[i] = ' ';
	err->caret_from = (uint32_t)(from - start < size ? from - start : size);
	err->caret_to = (uint32_t)(to - start < size ? to - start : size);
	return WEIR_EXPRESSION;
}

enum weir_status weir_expr_fail(struct weir_error *err, struct weir_str text, uint32_t from, uint32_t to,
				const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	enum weir_status st = weir_expr_vfail(err, text, from, to, fmt, ap);
	va_end(ap);
	return st;
}

void weir_expr_columns(const struct weir_expr *e, void (*f)(void *ctx, struct weir_str name), void *ctx)
{
	if (e->kind == WEIR_EXPR_COLUMN)
		f(ctx, e->name);
	if (e->kind != WEIR_EXPR_CALL)
		return;
	for (uint32_t i = 0; i < e->n_args; i++)
		weir_expr_columns(e->args[i], f, ctx);
}

static bool values_alike(const struct weir_value *a, const struct weir_value *b)
{
	if (a->type != b->type || a->type == WEIR_NULL)
		return a->type == b->type;
	if (a->type == WEIR_STRING)
		return weir_str_equal(a->s, b->s);
	return a->type == WEIR_BOOL ? a->b == b->b : a->i == b->i; /* of a float, its bits */
}

static bool calls_alike(const struct weir_expr *a, const struct weir_expr *b)
{
	if (a->op != b->op || a->function != b->function || a->n_args != b->n_args ||
	    a->has_subject != b->has_subject || a->has_else != b->has_else ||
	    (a->op == WEIR_OP_CAST && a->type != b->type))
		return false;
	for (uint32_t i = 0; i < a->n_args; i++)
		if (!weir_expr_alike(a->args[i], b->args[i]))
			return false;
	return true;
}

bool weir_expr_alike(const struct weir_expr *a, const struct weir_expr *b)
{
	if (a == b || !a || !b || a->kind != b->kind)
		return a == b;
	switch ((enum weir_expr_kind)a->kind) {
	case WEIR_EXPR_LITERAL:
		return values_alike(&a->value, &b->value);
	case WEIR_EXPR_INTERVAL:
		return a->interval_us == b->interval_us;
	case WEIR_EXPR_COLUMN:
		return weir_str_equal(a->name, b->name);
	case WEIR_EXPR_CALL:
		return calls_alike(a, b);
	}
	return false;
}
