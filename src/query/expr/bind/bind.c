/* The way down a tree: operands first, then the node itself; and the whole expression as its caller wants it. */
#include "query/expr/bind/bind.h"

#include "query/expr/functions/functions.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

enum { MAX_DEPTH = 5 * WEIR_MAX_EXPR_DEPTH };

static struct weir_bnode *bind_node(struct weir_binder *b, const struct weir_expr *e);

static struct weir_bnode *bind_function(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	const struct weir_function *outer = b->function;

	b->function = e->function;
	struct weir_bnode *n = e->function->bind(b, e, args);
	b->function = outer;
	return n;
}

static struct weir_bnode *bind_call(struct weir_binder *b, const struct weir_expr *e)
{
	struct weir_bnode **args = weir_arena_alloc(&b->bound->arena, (e->n_args + 1) * sizeof(struct weir_bnode *));

	if (!args)
		return weir_bind_no_memory(b);
	for (uint32_t i = 0; i < e->n_args; i++)
		if (!(args[i] = bind_node(b, e->args[i])))
			return NULL;
	return e->op == WEIR_OP_FUNCTION ? bind_function(b, e, args) : weir_bind_operator(b, e, args);
}

/* A derived column is bound once, seeing only those before it, and shared. Outside it has one of the five types. */
static struct weir_bnode *bind_derived(struct weir_binder *b, size_t i)
{
	size_t visible = b->n_visible;
	const struct weir_function *outer = b->function;

	if (!b->derived[i]) {
		b->n_visible = i;
		b->function = NULL;
		struct weir_bnode *n = bind_node(b, b->scope->derived[i].expr);
		b->n_visible = visible;
		b->function = outer;
		if (n && n->type == WEIR_INTERVAL)
			n = weir_cast_node(b, n, WEIR_FLOAT64);
		b->derived[i] = weir_share(n);
	}
	return b->derived[i];
}

/* A derived column as one of the table that is selected from. What is constant stays so: a pattern must be. */
static struct weir_bnode *bind_printed(struct weir_binder *b, const struct weir_expr *e, size_t i)
{
	struct weir_bnode *value = bind_derived(b, i);

	if (!value || value->constant)
		return value;
	struct weir_bnode *n = weir_bnode_new(b, e, value->type, weir_eval_column, 0, NULL);
	if (n) {
		n->column_name = b->scope->derived[i].name;
		n->column = -1;
		n->text_column = WEIR_OTHER_INPUT;
		n->json = value->json;
	}
	return n;
}

static struct weir_bnode *bind_name(struct weir_binder *b, const struct weir_expr *e)
{
	int derived;
	struct weir_bnode *n = weir_bind_column(b, e, &derived);

	if (derived < 0)
		return n;
	return b->scope->printed ? bind_printed(b, e, (size_t)derived) : bind_derived(b, (size_t)derived);
}

static struct weir_bnode *bind_kind(struct weir_binder *b, const struct weir_expr *e)
{
	switch ((enum weir_expr_kind)e->kind) {
	case WEIR_EXPR_LITERAL:
		return weir_constant(b, e, e->value.type, e->value);
	case WEIR_EXPR_INTERVAL:
		return weir_constant(b, e, WEIR_INTERVAL,
				     (struct weir_value){.type = WEIR_INTERVAL, .i = e->interval_us});
	case WEIR_EXPR_COLUMN:
		return bind_name(b, e);
	case WEIR_EXPR_CALL:
		return bind_call(b, e);
	}
	return NULL;
}

/* A text is bounded in depth, but derived columns that name each other add up. Evaluation goes as deep as binding. */
static struct weir_bnode *bind_node(struct weir_binder *b, const struct weir_expr *e)
{
	if (b->depth == MAX_DEPTH)
		return weir_bind_fail(b, e, "derived columns nested more than %d deep", MAX_DEPTH);
	b->depth++;
	struct weir_bnode *n = bind_kind(b, e);
	b->depth--;
	return n;
}

/* A node goes through its dictionary's codes when it reads one text column and nobody above it does the same. */
static bool reads_one_text(const struct weir_bnode *n)
{
	return n->text_column >= 0 && !n->constant && !n->stored;
}

static void mark_coded(struct weir_bound *bound)
{
	bound->root->coded = reads_one_text(bound->root);
	for (struct weir_bnode *n = bound->nodes; n; n = n->next)
		for (uint32_t i = 0; !reads_one_text(n) && i < n->n_args; i++)
			n->args[i]->coded |= reads_one_text(n->args[i]);
}

static int32_t stored_column(const struct weir_bound *bound, const struct weir_schema *schema)
{
	const struct weir_bnode *n = bound->root;

	if (!n->stored || n->column < 0 || schema->fields[n->column].type != n->type)
		return -1;
	return n->column;
}

enum wanted { WANT_ANY, WANT_CONDITION, WANT_NUMBER };

static enum weir_status bind_root(const struct weir_expr *e, const struct weir_scope *scope, enum wanted wanted,
				  bool *json, struct weir_bound **out, struct weir_error *err)
{
	struct weir_bound *bound = weir_calloc(1, sizeof *bound);

	if (!bound)
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	struct weir_error local = {0};
	bound->strings_limit = scope->memory_bytes ? scope->memory_bytes / 4 : SIZE_MAX;
	bound->stream_name = weir_arena_str(&bound->arena, scope->stream_name);
	struct weir_binder b = {.scope = scope, .bound = bound, .n_visible = scope->n_derived, .err = &local};
	b.derived = weir_arena_zalloc(&bound->arena, (scope->n_derived + 1) * sizeof(struct weir_bnode *));
	struct weir_bnode *root = b.derived ? bind_node(&b, e) : weir_bind_no_memory(&b);
	*json = root && root->json;
	if (root && wanted == WANT_CONDITION)
		root = weir_as_bool(&b, root);
	if (root && wanted == WANT_NUMBER && root->json)
		root = weir_as_number(&b, root);
	if (root && root->type == WEIR_INTERVAL)
		root = weir_cast_node(&b, root, WEIR_FLOAT64);
	bound->root = root;
	if (!root) {
		if (err)
			*err = local;
		weir_bound_free(bound);
		return b.status;
	}
	mark_coded(bound);
	bound->stored_column = stored_column(bound, scope->schema);
	*out = bound;
	return WEIR_OK;
}

enum weir_status weir_expr_bind(const struct weir_expr *e, const struct weir_scope *scope, struct weir_bound **out,
				struct weir_error *err)
{
	bool json;

	return bind_root(e, scope, WANT_ANY, &json, out, err);
}

enum weir_status weir_condition_bind(const struct weir_expr *e, const struct weir_scope *scope, struct weir_bound **out,
				     struct weir_error *err)
{
	bool json;

	return bind_root(e, scope, WANT_CONDITION, &json, out, err);
}

enum weir_status weir_argument_bind(const struct weir_expr *e, const struct weir_scope *scope, bool number,
				    struct weir_bound **out, bool *json, struct weir_error *err)
{
	return bind_root(e, scope, number ? WANT_NUMBER : WANT_ANY, json, out, err);
}
