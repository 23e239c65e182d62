/* As much of the expression language as editing needs: where its lists and its "and"s are, outside parentheses and
 * quotes. What is wrong is left for the parser to say. Thread: pure functions; results borrow from the text. */
#ifndef WEIR_TUI_EXPRESSION_H
#define WEIR_TUI_EXPRESSION_H

#include "weir/base/str.h"

/* Parts between top-level commas. Returns how many were found (at most max). */
size_t weir_expression_list(struct weir_str text, struct weir_str *out, size_t max);
/* Parts joined by a top-level "and", when taking them apart means the same: not beside "or", "between", "not" or
 * "case". */
size_t weir_expression_conjuncts(struct weir_str text, struct weir_str *out, size_t max);
/* Would mean something else without parentheses beside an "and". */
bool weir_expression_is_loose(struct weir_str text);
/* "expr as name" without its name. */
struct weir_str weir_expression_without_name(struct weir_str text);
/* A result column's name as a sort key: quoted when blanks, commas or quotes would part it. Appends. */
void weir_expression_key(struct weir_str name, struct weir_buf *out);

#endif
