/* Conversions of arguments: what Spark casts by itself is cast, what has no sense is an error. */
#include "query/expr/bind/bind.h"

struct weir_bnode *weir_cast_node(struct weir_binder *b, struct weir_bnode *n, enum weir_type to)
{
	if (!n || n->type == to)
		return n;
	if (weir_is_null(n))
		return weir_null(b, n->source, to);
	return weir_bind_finish(b, weir_bnode_new(b, n->source, to, weir_eval_cast, 1, &n));
}

struct weir_bnode *weir_as_bool(struct weir_binder *b, struct weir_bnode *n)
{
	if (!n || n->type == WEIR_BOOL)
		return n;
	return n->type == WEIR_NULL ? weir_null(b, n->source, WEIR_BOOL) : weir_bind_wrong_type(b, n, "a condition");
}

struct weir_bnode *weir_as_number(struct weir_binder *b, struct weir_bnode *n)
{
	if (!n || n->type == WEIR_INT64 || n->type == WEIR_FLOAT64)
		return n;
	if (n->type == WEIR_NULL)
		return weir_null(b, n->source, WEIR_INT64);
	return n->type == WEIR_STRING ? weir_cast_node(b, n, WEIR_FLOAT64) : weir_bind_wrong_type(b, n, "a number");
}

struct weir_bnode *weir_as_double(struct weir_binder *b, struct weir_bnode *n)
{
	return weir_cast_node(b, weir_as_number(b, n), WEIR_FLOAT64);
}

struct weir_bnode *weir_as_int(struct weir_binder *b, struct weir_bnode *n)
{
	return weir_cast_node(b, weir_as_number(b, n), WEIR_INT64);
}

struct weir_bnode *weir_as_text(struct weir_binder *b, struct weir_bnode *n)
{
	return weir_cast_node(b, n, WEIR_STRING);
}

struct weir_bnode *weir_as_time(struct weir_binder *b, struct weir_bnode *n)
{
	if (!n || n->type == WEIR_TIMESTAMP)
		return n;
	if (n->type == WEIR_NULL)
		return weir_null(b, n->source, WEIR_TIMESTAMP);
	if (n->type != WEIR_STRING)
		return weir_bind_wrong_type(b, n, "a timestamp");
	struct weir_bnode *time = weir_cast_node(b, n, WEIR_TIMESTAMP);
	if (time && weir_is_null(time) && !weir_is_null(n)) {
		weir_bind_fail(b, n->source, "not a time");
		weir_error_hint(b->err, "write it as '2026-11-22T10:00:00Z'");
		return NULL;
	}
	return time;
}

bool weir_json_numbers(struct weir_bnode *const *nodes, uint32_t n)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		enum weir_type t = nodes[i]->type;
		if (!nodes[i]->json && t != WEIR_INT64 && t != WEIR_FLOAT64 && t != WEIR_NULL)
			return false;
		any |= nodes[i]->json;
	}
	return any;
}

enum weir_type weir_unify(struct weir_binder *b, struct weir_bnode **nodes, uint32_t n)
{
	enum weir_type type = WEIR_NULL;

	for (uint32_t i = 0; i < n; i++) {
		enum weir_type t = nodes[i]->type;
		if (t == WEIR_INTERVAL && type != t && type != WEIR_NULL) {
			weir_bind_wrong_type(b, nodes[i], weir_bind_type_name(type));
			return WEIR_NULL;
		}
		if (type == WEIR_INTERVAL && t != type && t != WEIR_NULL) {
			weir_bind_wrong_type(b, nodes[i], "interval");
			return WEIR_NULL;
		}
		type = type == WEIR_INTERVAL || t == WEIR_INTERVAL ? WEIR_INTERVAL : weir_type_widen(type, t);
	}
	for (uint32_t i = 0; i < n; i++)
		if (!(nodes[i] = weir_cast_node(b, nodes[i], type)))
			return WEIR_NULL;
	return type;
}

struct weir_bnode *weir_text_function(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args,
				      enum weir_type type, weir_row_fn row)
{
	for (uint32_t i = 0; i < e->n_args; i++)
		if (!(args[i] = weir_as_text(b, args[i])))
			return NULL;
	return weir_bind_finish(b, weir_row_node(b, e, type, row, e->n_args, args));
}
