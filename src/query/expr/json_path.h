/* Reaching into JSON text without parsing all of it. Private to src/query/expr. */
#ifndef WEIR_QUERY_EXPR_JSON_PATH_H
#define WEIR_QUERY_EXPR_JSON_PATH_H

#include "weir/base/memory.h"

/* Is `path` one of the form $.a.b[0]['c d']? *bad is the byte where it stops being one. */
bool weir_json_path_valid(struct weir_str path, size_t *bad);
/* The value at `path`: text without its quotes and escapes, numbers and words as written, arrays and objects as their
 * JSON text. May borrow from `json`. *found false: nothing there, null, or no JSON. False: no memory. */
bool weir_json_path_get(struct weir_str json, struct weir_str path, struct weir_arena *arena, struct weir_str *out,
			bool *found);
/* Items of an array or members of an object; false: neither. */
bool weir_json_size(struct weir_str json, int64_t *n);

#endif
