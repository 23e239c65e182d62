/* The binder's state and helpers, shared by its files. Private to src/query/expr. A helper that fails returns NULL and
 * has left status and error in the binder; all take NULL arguments of a failed step before them and pass them on. */
#ifndef WEIR_QUERY_EXPR_BIND_H
#define WEIR_QUERY_EXPR_BIND_H

#include "bound.h"

struct weir_binder {
	const struct weir_scope *scope;
	struct weir_bound *bound;
	struct weir_bnode **derived;	      /* bound so far, by index; NULL: not yet */
	size_t n_visible;		      /* derived columns that may be named here */
	const struct weir_function *function; /* being bound, for its signature; NULL */
	uint32_t depth;
	enum weir_status status;
	struct weir_error *err;
};

struct weir_bnode *weir_bind_node(struct weir_binder *b, const struct weir_expr *e);
struct weir_bnode *weir_bind_column(struct weir_binder *b, const struct weir_expr *e);
struct weir_bnode *weir_bind_operator(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_arith(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_compare(struct weir_binder *b, const struct weir_expr *e, enum weir_op op,
				     struct weir_bnode *left, struct weir_bnode *right);
struct weir_bnode *weir_bind_in(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_case(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_like(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_rlike(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_concat_op(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_function(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
#define X(name, min, max, signature, help, example)                                                                    \
	struct weir_bnode *weir_bind_##name(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
WEIR_FUNCTION_LIST(X)
#undef X

/* A node with its arguments; fill in what its eval function needs, then weir_bind_finish. */
struct weir_bnode *weir_bnode_new(struct weir_binder *b, const struct weir_expr *source, enum weir_type type,
				  weir_eval_fn eval, uint32_t n_args, struct weir_bnode *const *args);
/* Folds a node whose arguments are all constants; else notes what it reads. */
struct weir_bnode *weir_bind_finish(struct weir_binder *b, struct weir_bnode *n);
struct weir_bnode *weir_constant(struct weir_binder *b, const struct weir_expr *source, enum weir_type type,
				 struct weir_value v);
struct weir_bnode *weir_null(struct weir_binder *b, const struct weir_expr *source, enum weir_type type);
struct weir_bnode *weir_row_node(struct weir_binder *b, const struct weir_expr *source, enum weir_type type,
				 weir_row_fn row, uint32_t n_args, struct weir_bnode *const *args);
struct weir_bnode *weir_share(struct weir_bnode *n); /* it will be an argument more than once */
static inline bool weir_is_null(const struct weir_bnode *n)
{
	return n->constant && n->value.type == WEIR_NULL;
}

/* A row function whose arguments are all text. */
struct weir_bnode *weir_text_function(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args,
				      enum weir_type type, weir_row_fn row);

/* Conversions of an argument. `n` itself when it has the type. */
struct weir_bnode *weir_cast_node(struct weir_binder *b, struct weir_bnode *n, enum weir_type to);
struct weir_bnode *weir_as_bool(struct weir_binder *b, struct weir_bnode *n);
struct weir_bnode *weir_as_number(struct weir_binder *b, struct weir_bnode *n); /* int64 or float64 */
struct weir_bnode *weir_as_double(struct weir_binder *b, struct weir_bnode *n);
struct weir_bnode *weir_as_int(struct weir_binder *b, struct weir_bnode *n);
struct weir_bnode *weir_as_text(struct weir_binder *b, struct weir_bnode *n);
struct weir_bnode *weir_as_time(struct weir_binder *b, struct weir_bnode *n);
/* Casts all to the type that holds each of them; returns that type. */
enum weir_type weir_unify(struct weir_binder *b, struct weir_bnode **nodes, uint32_t n);

void *weir_bind_fail(struct weir_binder *b, const struct weir_expr *e, const char *fmt, ...)
    WEIR_PRINTF(3, 4);										   /* NULL */
void *weir_bind_no_memory(struct weir_binder *b);						   /* NULL */
void *weir_bind_wrong_type(struct weir_binder *b, const struct weir_bnode *n, const char *wanted); /* NULL */
const char *weir_bind_type_name(enum weir_type t);

#endif
