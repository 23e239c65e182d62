/* The functions of the expression language, a row each: how it is called, what it does, how it is bound, how Spark spells
 * it. The parser looks names up here, the binder calls a row's `bind` with its arguments bound, the Spark printer, --list,
 * completion and the manual read the rest. What a function computes is in the file of its family (math.c, text.c …).
 * Private to src/query/expr.
 *
 * A new function is its row in a file here, and its name in the table of functions.c. */
#ifndef WEIR_QUERY_EXPR_FUNCTIONS_H
#define WEIR_QUERY_EXPR_FUNCTIONS_H

#include "weir/query/view.h"

enum { WEIR_MANY_ARGS = 255 };

struct weir_bnode;
struct weir_spark_form;
struct weir_binder;
struct weir_expr;

struct weir_function {
	struct weir_function_doc doc;
	uint8_t min_args, max_args; /* WEIR_MANY_ARGS: any number */
	bool takes_unit;            /* written NAME(UNIT from …): the unit is the first argument, a text */
	/* args: e->n_args nodes, the function's to change. NULL after weir_bind_fail. */
	struct weir_bnode *(*bind)(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args);
	/* Spark SQL: a form (spark/spark.h), or what writes one for a node; neither: a call by its name. */
	const char *spark_form;
	void (*spark)(const struct weir_bnode *n, struct weir_spark_form *f);
	const char *spark_note; /* what is not quite the same there; NULL: it is */
};

/* Head of a function that goes row by row (weir_row_fn): its arguments are valid, `ok` false makes NULL of the row. */
#define WEIR_ROW(name)                                                                                                 \
	static bool name(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,                  \
			 struct weir_cell *out, bool *ok)
#define WEIR_UNUSED_ROW() ((void)b, (void)strings, (void)ok)

/* Row of a name in any case; NULL when there is none. */
const struct weir_function *weir_function_find(struct weir_str name);
/* The nearest function or aggregate name, for "did you mean"; NULL. */
const char *weir_function_nearest(struct weir_str name);

#endif
