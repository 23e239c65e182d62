/* A tree becomes a bound tree: names get columns and types, every node the function that evaluates it, constants are
 * folded. The doors are weir_expr_bind, weir_condition_bind and weir_argument_bind of expr.h, which the plan calls once
 * for each stream; bind.c goes down the tree, operators are bound here, functions by their row (functions.h), whose files
 * call the helpers below. Private to src/query/expr.
 *
 * A helper that fails returns NULL and has left status and error in the binder; all take NULL arguments of a failed step
 * before them and pass them on. */
#ifndef WEIR_QUERY_EXPR_BIND_H
#define WEIR_QUERY_EXPR_BIND_H

#include "query/expr/eval/eval.h"

struct weir_binder {
	const struct weir_scope *scope;
	struct weir_bound *bound;
	struct weir_bnode **derived;          /* bound so far, by index; NULL: not yet */
	size_t n_visible;                     /* derived columns that may be named here */
	const struct weir_function *function; /* being bound, for its signature; NULL */
	uint32_t depth;
	enum weir_status status;
	struct weir_error *err;
};

/* A stored or virtual column. *derived >= 0: the name is that of a derived column, and nothing was bound. */
struct weir_bnode *weir_bind_column(struct weir_binder *b, const struct weir_expr *e, int *derived);
/* Operators; `args` are bound, and the function's to change. */
struct weir_bnode *weir_bind_operator(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_compare(struct weir_binder *b, const struct weir_expr *e, enum weir_op op,
				     struct weir_bnode *left, struct weir_bnode *right);
struct weir_bnode *weir_bind_in(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_like(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_rlike(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
/* These are functions as well: concat and json_value. */
struct weir_bnode *weir_bind_concat(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
struct weir_bnode *weir_bind_path(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);

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
/* One of them is the text of a value in JSON, and the rest are that or numbers. */
bool weir_json_numbers(struct weir_bnode *const *nodes, uint32_t n);

void *weir_bind_fail(struct weir_binder *b, const struct weir_expr *e, const char *fmt, ...)
    WEIR_PRINTF(3, 4);                                                                             /* NULL */
void *weir_bind_no_memory(struct weir_binder *b);                                                  /* NULL */
void *weir_bind_wrong_type(struct weir_binder *b, const struct weir_bnode *n, const char *wanted); /* NULL */
const char *weir_bind_type_name(enum weir_type t);

/* ---- patterns: rlike, regexp_extract ---- */
bool weir_pattern_given(struct weir_binder *b,
			const struct weir_bnode *pattern); /* it is a text in quotes, or an error */
/* Compiles a pattern that is given into the node. */
bool weir_pattern_compile(struct weir_binder *b, struct weir_bnode *n, const struct weir_bnode *pattern);
bool weir_pattern_settled(const struct weir_bnode *b, enum weir_found found); /* false: nothing is known of the text */

/* ---- reaching into JSON text without parsing all of it ---- */
/* Is `path` one of the form $.a.b[0]['c d']? *bad is the byte where it stops being one. */
bool weir_json_path_valid(struct weir_str path, size_t *bad);
/* The value at `path`: text without its quotes and escapes, numbers and words as written, arrays and objects as their
 * JSON text. May borrow from `json`. *found false: nothing there, null (NaN and Infinity are null), or the text is not
 * JSON from its first byte to its last. False: no memory. */
bool weir_json_path_get(struct weir_str json, struct weir_str path, struct weir_arena *arena, struct weir_str *out,
			bool *found);
/* Items of an array or members of an object; false: neither. */
bool weir_json_size(struct weir_str json, int64_t *n);

#endif
