/* Functions that reach into JSON text. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"

WEIR_ROW(size_row)
{
	WEIR_UNUSED_ROW();
	*ok = weir_json_size(a->s, &out->i);
	return true;
}

static struct weir_bnode *bind_size(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	return weir_text_function(b, e, args, WEIR_INT64, size_row);
}

const struct weir_function weir_function_size = {
    .doc = {"size", "size(json)", "number of items of a JSON array or object", "size(tags)", false},
    .min_args = 1,
    .max_args = 1,
    .bind = bind_size,
    .spark_form = "CAST(coalesce(json_array_length($0), array_size(json_object_keys($0))) AS BIGINT)"};

const struct weir_function weir_function_json_value = {.doc = {"json_value", "json_value(text, '$.path[0]')",
							       "what a path leads to in JSON text, as text",
							       "json_value(tags, '$[0].name')", false},
						       .min_args = 2,
						       .max_args = 2,
						       .bind = weir_bind_path};
