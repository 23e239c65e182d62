/* What a tree is asked by others: which columns it reads, and where in its text an error lies. */
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
