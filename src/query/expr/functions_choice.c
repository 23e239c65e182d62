/* Functions that choose among their arguments. */
#include "bind.h"

static struct weir_bnode *choose(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args,
				 weir_eval_fn eval, bool greatest)
{
	enum weir_type type = weir_unify(b, args, e->n_args);

	if (b->status)
		return NULL;
	if (type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	struct weir_bnode *n = weir_bnode_new(b, e, type, eval, e->n_args, args);
	if (n)
		n->param = greatest;
	return weir_bind_finish(b, n);
}

struct weir_bnode *weir_bind_coalesce(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return choose(b, e, args, weir_eval_coalesce, false);
}

struct weir_bnode *weir_bind_greatest(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return choose(b, e, args, weir_eval_extreme, true);
}

struct weir_bnode *weir_bind_least(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return choose(b, e, args, weir_eval_extreme, false);
}

struct weir_bnode *weir_bind_nullif(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *pair[2] = {weir_share(args[0]), NULL};

	pair[1] = weir_bind_compare(b, e, WEIR_OP_EQ, args[0], args[1]);
	return weir_bind_finish(b, weir_bnode_new(b, e, args[0]->type, weir_eval_nullif, 2, pair));
}

struct weir_bnode *weir_bind_if(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_bool(b, args[0]);
	enum weir_type type = args[0] ? weir_unify(b, args + 1, 2) : WEIR_NULL;
	if (b->status)
		return NULL;
	if (type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	struct weir_bnode *n = weir_bnode_new(b, e, type, weir_eval_case, 3, args);
	if (n)
		n->has_else = true;
	return weir_bind_finish(b, n);
}
