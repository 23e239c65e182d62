/* Making nodes of a bound tree, folding those that are constant, and the errors of binding. */
#include "query/expr/bind/bind.h"

#include "query/expr/functions/functions.h"

void *weir_bind_fail(struct weir_binder *b, const struct weir_expr *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	b->status = weir_expr_vfail(b->err, *e->text, e->from, e->to, fmt, ap);
	va_end(ap);
	if (b->function)
		weir_error_hint(b->err, "%s", b->function->doc.signature);
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
	n->bound = b->bound;
	n->name = b->function ? b->function->doc.name : "||";
	n->function = b->function;
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
	b->bound->trouble.code = WEIR_OK;
	if (!weir_eval_node(n, &e, &v))
		return b->bound->trouble.code ? weir_bind_fail(b, n->source, "%s", b->bound->trouble.what)
					      : weir_bind_no_memory(b);
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
