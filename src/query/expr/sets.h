/* The constants of `in`. Private to src/query/expr. */
#ifndef WEIR_QUERY_EXPR_SETS_H
#define WEIR_QUERY_EXPR_SETS_H

#include "bound.h"

/* Sorts the constants `items` (of the type of b->args[0]) into the node. False: no memory. */
bool weir_set_make(struct weir_bnode *b, struct weir_arena *arena, struct weir_bnode *const *items, uint32_t n);

#endif
