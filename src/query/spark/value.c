/* Expressions of the question, bound to be printed: to the columns of all streams, in the types that all fit into. */
#include "query/spark/spark.h"

static struct weir_scope scope_of(const struct weir_plan *p, size_t n_derived)
{
	return (struct weir_scope){.schema = p->schema->common,
				   .common = p->schema->common,
				   .derived = p->derived,
				   .n_derived = n_derived,
				   .stream_name = p->n_streams == 1 ? p->schema->names[0] : (struct weir_str){0},
				   .memory_bytes = p->budget ? p->budget->limit_bytes : 0,
				   .printed = true};
}

struct weir_bound *weir_spark_view_bind(struct weir_spark_view *v, const struct weir_expr *e, size_t n_derived,
					bool condition)
{
	struct weir_scope scope = scope_of(v->p, n_derived);
	struct weir_bound *b = NULL;
	enum weir_status status =
	    condition ? weir_condition_bind(e, &scope, &b, NULL) : weir_expr_bind(e, &scope, &b, NULL);

	v->failed |= status != WEIR_OK;
	return b;
}

void weir_spark_view_value(struct weir_spark_view *v, const struct weir_expr *e, size_t n_derived, struct weir_buf *out)
{
	struct weir_bound *b = weir_spark_view_bind(v, e, n_derived, false);

	if (b)
		weir_bound_spark(b, &v->notes, out);
	weir_bound_free(b);
}

struct weir_bound *weir_spark_view_argument(struct weir_spark_view *v, const struct weir_expr *e, bool number)
{
	struct weir_scope scope = scope_of(v->p, v->p->n_derived);
	struct weir_bound *b = NULL;
	bool json;

	if (e && weir_argument_bind(e, &scope, number, &b, &json, NULL))
		v->failed = true;
	return b;
}
