/* Functions that choose among their arguments. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"

static struct weir_bnode *choose(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args,
				 weir_eval_fn eval, bool greatest)
{
	bool json = weir_json_numbers(args, e->n_args), number = false;

	for (uint32_t i = 0; json && eval == weir_eval_extreme && i < e->n_args; i++)
		number |= args[i]->type == WEIR_INT64 || args[i]->type == WEIR_FLOAT64;
	for (uint32_t i = 0; number && i < e->n_args; i++) /* the greatest is wanted as a number */
		if (!(args[i] = weir_as_number(b, args[i])))
			return NULL;
	enum weir_type type = weir_unify(b, args, e->n_args);
	if (b->status)
		return NULL;
	if (type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	struct weir_bnode *n = weir_bnode_new(b, e, type, eval, e->n_args, args);
	if (n)
		n->param = greatest;
	n = weir_bind_finish(b, n);
	if (n)
		n->json = json && type == WEIR_STRING;
	return n;
}

static struct weir_bnode *bind_coalesce(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return choose(b, e, args, weir_eval_coalesce, false);
}

const struct weir_function weir_function_coalesce = {
    .doc = {"coalesce", "coalesce(a, b, ...)", "the first that is not NULL", "coalesce(host, '-')", false},
    .min_args = 1,
    .max_args = WEIR_MANY_ARGS,
    .bind = bind_coalesce};

static struct weir_bnode *bind_greatest(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return choose(b, e, args, weir_eval_extreme, true);
}

const struct weir_function weir_function_greatest = {
    .doc = {"greatest", "greatest(a, b, ...)", "the greatest that is not NULL", "greatest(delta, 0)", false},
    .min_args = 2,
    .max_args = WEIR_MANY_ARGS,
    .bind = bind_greatest};

static struct weir_bnode *bind_least(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return choose(b, e, args, weir_eval_extreme, false);
}

const struct weir_function weir_function_least = {
    .doc = {"least", "least(a, b, ...)", "the least that is not NULL", "least(delta, 100)", false},
    .min_args = 2,
    .max_args = WEIR_MANY_ARGS,
    .bind = bind_least};

static struct weir_bnode *bind_nullif(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *pair[2] = {weir_share(args[0]), NULL};

	pair[1] = weir_bind_compare(b, e, WEIR_OP_EQ, args[0], args[1]);
	struct weir_bnode *n = weir_bind_finish(b, weir_bnode_new(b, e, args[0]->type, weir_eval_nullif, 2, pair));
	if (n)
		n->json = args[0]->json;
	return n;
}

const struct weir_function weir_function_nullif = {
    .doc = {"nullif", "nullif(a, b)", "NULL where a = b, else a", "nullif(host, '-')", false},
    .min_args = 2,
    .max_args = 2,
    .bind = bind_nullif};

static struct weir_bnode *bind_if(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	args[0] = weir_as_bool(b, args[0]);
	bool json = weir_json_numbers(args + 1, 2);
	enum weir_type type = args[0] ? weir_unify(b, args + 1, 2) : WEIR_NULL;
	if (b->status)
		return NULL;
	if (type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	struct weir_bnode *n = weir_bnode_new(b, e, type, weir_eval_case, 3, args);
	if (n)
		n->has_else = true;
	n = weir_bind_finish(b, n);
	if (n)
		n->json = json && type == WEIR_STRING;
	return n;
}

const struct weir_function weir_function_if = {.doc = {"if", "if(condition, a, b)",
						       "a where the condition is true, else b",
						       "if(status >= 500, 'bad', 'ok')", false},
					       .min_args = 3,
					       .max_args = 3,
					       .bind = bind_if};
