/* Which columns a tree reads. */
#include "tree.h"

void weir_expr_columns(const struct weir_expr *e, void (*f)(void *ctx, struct weir_str name), void *ctx)
{
	if (e->kind == WEIR_EXPR_COLUMN)
		f(ctx, e->name);
	if (e->kind != WEIR_EXPR_CALL)
		return;
	for (uint32_t i = 0; i < e->n_args; i++)
		weir_expr_columns(e->args[i], f, ctx);
}
