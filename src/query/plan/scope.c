/* Binds one expression for each of the plan's streams. */
#include "query/plan/plan.h"

static struct weir_scope scope_of(const struct weir_plan *p, uint32_t stream, struct weir_str text, bool complete)
{
	return (struct weir_scope){.schema = p->schema->streams[stream],
				   .common = p->schema->common,
				   .derived = p->derived,
				   .n_derived = p->n_derived,
				   .stream_name = p->schema->names[stream],
				   .memory_bytes = p->budget ? p->budget->limit_bytes : 0,
				   .complete = complete,
				   .text = text};
}

/* One expression bound for each stream; *type is what all of them fit into. */
enum weir_status weir_plan_bind_streams(struct weir_plan *p, const struct weir_expr *e, struct weir_str text,
					bool complete, struct weir_bound **out, enum weir_type *type,
					struct weir_error *err)
{
	*type = WEIR_NULL;
	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_scope scope = scope_of(p, i, text, complete);
		enum weir_status status = weir_expr_bind(e, &scope, out + i, err);
		if (status)
			return status;
		*type = weir_type_widen(*type, weir_bound_type(out[i]));
	}
	return WEIR_OK;
}

enum weir_status weir_plan_bind_argument(struct weir_plan *p, const struct weir_expr *e, struct weir_str text,
					 bool complete, bool number, struct weir_input *in, struct weir_error *err)
{
	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_scope scope = scope_of(p, i, text, complete);
		enum weir_status status = weir_argument_bind(e, &scope, number, in->arguments + i, &in->json, err);
		if (status)
			return status;
		in->type = weir_type_widen(in->type, weir_bound_type(in->arguments[i]));
	}
	in->number = number;
	return WEIR_OK;
}
