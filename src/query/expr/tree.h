/* Nodes of a parsed expression. Private to src/query/expr.
 *
 * Every operator and function is a CALL with an op; a function has its table row as well. `and` and `or` hold any
 * number of arguments, so that a long chain is no deep tree. What only writes something shorter is gone after parsing:
 * `not in`, `not like`, `not between` are NOT of the plain form, `!=` stays NE for the printer. */
#ifndef WEIR_QUERY_EXPR_TREE_H
#define WEIR_QUERY_EXPR_TREE_H

#include "query/expr/expr.h"

#include <stdarg.h>

enum weir_expr_kind {
	WEIR_EXPR_LITERAL,
	WEIR_EXPR_INTERVAL,
	WEIR_EXPR_COLUMN,
	WEIR_EXPR_CALL,
};

enum weir_op {
	WEIR_OP_OR,
	WEIR_OP_AND,
	WEIR_OP_NOT,
	WEIR_OP_EQ,
	WEIR_OP_NE,
	WEIR_OP_LT,
	WEIR_OP_LE,
	WEIR_OP_GT,
	WEIR_OP_GE,
	WEIR_OP_BETWEEN, /* value, low, high */
	WEIR_OP_IN,      /* value, item… */
	WEIR_OP_LIKE,    /* value, pattern[, escape] */
	WEIR_OP_RLIKE,   /* value, pattern */
	WEIR_OP_IS_NULL,
	WEIR_OP_ADD,
	WEIR_OP_SUB,
	WEIR_OP_MUL,
	WEIR_OP_DIV,
	WEIR_OP_MOD,
	WEIR_OP_CONCAT,
	WEIR_OP_NEG,
	WEIR_OP_CASE, /* [subject,] (when, then)…[, else] */
	WEIR_OP_CAST,
	WEIR_OP_PATH, /* text of an array, its JSON path as a literal: commits[0].id */
	WEIR_OP_FUNCTION,
};

struct weir_function; /* functions/functions.h */

struct weir_expr {
	uint8_t kind; /* enum weir_expr_kind */
	uint8_t op;   /* enum weir_op of a CALL */
	uint8_t depth;
	bool has_subject, has_else;  /* CASE */
	enum weir_type type;         /* CAST: to what */
	uint32_t from, to;           /* byte span in *text */
	const struct weir_str *text; /* the whole text this node was parsed from */
	union {
		struct weir_value value; /* LITERAL */
		int64_t interval_us;     /* INTERVAL */
		struct weir_str name;    /* COLUMN: dotted path */
		struct {                 /* CALL */
			struct weir_expr **args;
			uint32_t n_args;
			const struct weir_function *function;
		};
	};
};

/* Fills an EXPRESSION error whose caret points at [from, to) of `text`; a long text is cut around the place. */
enum weir_status weir_expr_fail(struct weir_error *err, struct weir_str text, uint32_t from, uint32_t to,
				const char *fmt, ...) WEIR_PRINTF(5, 6);
/* The same for who has variable arguments already. */
enum weir_status weir_expr_vfail(struct weir_error *err, struct weir_str text, uint32_t from, uint32_t to,
				 const char *fmt, va_list ap) __attribute__((format(printf, 5, 0)));

#endif
