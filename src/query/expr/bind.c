/* Binding: names get columns and types, every node its kernel, constants are folded. */
#include "bind.h"
#include "regex.h"

#include "weir/base/bounds.h"

#include <stdlib.h>

enum { MAX_DEPTH = 5 * WEIR_MAX_EXPR_DEPTH };

void *weir_bind_fail(struct weir_binder *b, const struct weir_expr *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	b->status = weir_expr_vfail(b->err, *e->text, e->from, e->to, fmt, ap);
	va_end(ap);
	if (b->function)
		weir_error_hint(b->err, "%s", b->function->signature);
	return NULL;
}

void *weir_bind_no_memory(struct weir_binder *b)
{
	b->status = weir_fail(b->err, WEIR_NO_MEMORY, "expression", "out of memory");
	return NULL;
}

const char *weir_bind_type_name(enum weir_type t)
{
	return t == WEIR_INTERVAL ? "interval" : weir_type_name(t);
}

void *weir_bind_wrong_type(struct weir_binder *b, const struct weir_bnode *n, const char *wanted)
{
	const struct weir_expr *e = n->source;
	uint32_t size = e->to - e->from > 80 ? 80 : e->to - e->from;

	return weir_bind_fail(b, e, "%.*s is %s, not %s", (int)size, e->text->data + e->from,
			      weir_bind_type_name(n->type), wanted);
}

struct weir_bnode *weir_bnode_new(struct weir_binder *b, const struct weir_expr *source, enum weir_type type,
				  weir_eval_fn eval, uint32_t n_args, struct weir_bnode *const *args)
{
	for (uint32_t i = 0; i < n_args; i++)
		if (!args[i])
			return NULL;
	struct weir_bnode *n = weir_arena_zalloc(&b->bound->arena, sizeof *n);
	struct weir_bnode **copy = weir_arena_alloc(&b->bound->arena, (n_args + 1) * sizeof(struct weir_bnode *));
	if (!n || !copy)
		return weir_bind_no_memory(b);
	for (uint32_t i = 0; i < n_args; i++)
		copy[i] = args[i];
	n->type = type;
	n->eval = eval;
	n->args = copy;
	n->n_args = n_args;
	n->source = source;
	n->text_column = WEIR_NO_TEXT;
	n->next = b->bound->nodes;
	b->bound->nodes = n;
	return n;
}

struct weir_bnode *weir_constant(struct weir_binder *b, const struct weir_expr *source, enum weir_type type,
				 struct weir_value v)
{
	struct weir_bnode *n = weir_bnode_new(b, source, type, weir_eval_constant, 0, NULL);

	if (!n)
		return NULL;
	n->constant = true;
	n->value = v;
	if (v.type == WEIR_STRING) {
		n->value.s = weir_arena_str(&b->bound->arena, v.s);
		if (!n->value.s.data)
			return weir_bind_no_memory(b);
	}
	return n;
}

struct weir_bnode *weir_null(struct weir_binder *b, const struct weir_expr *source, enum weir_type type)
{
	return weir_constant(b, source, type, (struct weir_value){.type = WEIR_NULL});
}

static struct weir_value first_value(const struct weir_bvec *v)
{
	struct weir_value out = {.type = v->type};

	if (v->valid && !weir_bit_get(v->valid, 0))
		out.type = WEIR_NULL;
	else if (v->type == WEIR_BOOL)
		out.b = weir_bit_get(v->bits, 0);
	else if (v->type == WEIR_STRING)
		out.s = v->s[0];
	else
		out.i = v->i[0]; /* float64 travels as its bits */
	return out;
}

struct weir_bnode *weir_bind_finish(struct weir_binder *b, struct weir_bnode *n)
{
	bool constant = true;

	if (!n)
		return NULL;
	for (uint32_t i = 0; i < n->n_args; i++) {
		int32_t text = n->args[i]->text_column;
		constant &= n->args[i]->constant;
		if (text != WEIR_NO_TEXT)
			n->text_column =
			    n->text_column == WEIR_NO_TEXT || n->text_column == text ? text : WEIR_OTHER_INPUT;
	}
	if (!constant)
		return n;
	struct weir_eval e = {.bound = b->bound, .n = 1, .id = ++b->bound->last_id};
	struct weir_bvec v;
	if (!weir_eval_node(n, &e, &v))
		return weir_bind_no_memory(b);
	return weir_constant(b, n->source, n->type, first_value(&v));
}

struct weir_bnode *weir_row_node(struct weir_binder *b, const struct weir_expr *source, enum weir_type type,
				 weir_row_fn row, uint32_t n_args, struct weir_bnode *const *args)
{
	struct weir_bnode *n = weir_bnode_new(b, source, type, weir_eval_rows, n_args, args);

	if (!n)
		return NULL;
	n->row = row;
	n->cells = weir_arena_alloc(&b->bound->arena, n_args * sizeof *n->cells);
	return n->cells ? n : weir_bind_no_memory(b);
}

struct weir_bnode *weir_share(struct weir_bnode *n)
{
	if (n && !n->constant)
		n->shared = true;
	return n;
}

static struct weir_bnode *bind_call(struct weir_binder *b, const struct weir_expr *e)
{
	struct weir_bnode **args = weir_arena_alloc(&b->bound->arena, (e->n_args + 1) * sizeof(struct weir_bnode *));

	if (!args)
		return weir_bind_no_memory(b);
	for (uint32_t i = 0; i < e->n_args; i++)
		if (!(args[i] = weir_bind_node(b, e->args[i])))
			return NULL;
	return e->op == WEIR_OP_FUNCTION ? weir_bind_function(b, e, args) : weir_bind_operator(b, e, args);
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
		return weir_bind_column(b, e);
	case WEIR_EXPR_CALL:
		return bind_call(b, e);
	}
	return NULL;
}

/* A text is bounded in depth, but derived columns that name each other add up. Evaluation goes as deep as binding. */
struct weir_bnode *weir_bind_node(struct weir_binder *b, const struct weir_expr *e)
{
	if (b->depth == MAX_DEPTH)
		return weir_bind_fail(b, e, "derived columns nested more than %d deep", MAX_DEPTH);
	b->depth++;
	struct weir_bnode *n = bind_kind(b, e);
	b->depth--;
	return n;
}

struct weir_bnode *weir_bind_function(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	static struct weir_bnode *(*const binders[])(struct weir_binder *, const struct weir_expr *,
						     struct weir_bnode **) = {
#define X(name, min, max, signature, help, example) [WEIR_FN_##name] = weir_bind_##name,
	    WEIR_FUNCTION_LIST(X)
#undef X
	};
	const struct weir_function *outer = b->function;

	b->function = e->function;
	struct weir_bnode *n = binders[e->function->id](b, e, args);
	b->function = outer;
	return n;
}

/* A node goes through its dictionary's codes when it reads one text column and nobody above it does the same. */
static bool reads_one_text(const struct weir_bnode *n)
{
	return n->text_column >= 0 && !n->constant && n->eval != weir_eval_column;
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

	if (n->eval != weir_eval_column || n->column < 0 || schema->fields[n->column].type != n->type)
		return -1;
	return n->column;
}

static enum weir_status bind_root(const struct weir_expr *e, const struct weir_scope *scope, bool condition,
				  struct weir_bound **out, struct weir_error *err)
{
	struct weir_bound *bound = weir_calloc(1, sizeof *bound);

	if (!bound)
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	struct weir_error local = {0};
	struct weir_binder b = {.scope = scope, .bound = bound, .n_visible = scope->n_derived, .err = &local};
	b.derived = weir_arena_zalloc(&bound->arena, (scope->n_derived + 1) * sizeof(struct weir_bnode *));
	struct weir_bnode *root = b.derived ? weir_bind_node(&b, e) : weir_bind_no_memory(&b);
	if (root && condition)
		root = weir_as_bool(&b, root);
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
	return bind_root(e, scope, false, out, err);
}

enum weir_status weir_condition_bind(const struct weir_expr *e, const struct weir_scope *scope, struct weir_bound **out,
				     struct weir_error *err)
{
	return bind_root(e, scope, true, out, err);
}
