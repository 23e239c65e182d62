/* Binding a view to the columns of the streams: a plan without rows yet. */
#include "local.h"

#include <stdlib.h>

static enum weir_status bind(struct weir_local *l, const struct weir_question *q, struct weir_relation_schema *schema,
			     bool names_known, bool span, struct weir_plan **out, struct weir_error *err)
{
	struct weir_plan_config config = {
	    .view = q->view,
	    .span = span,
	    .view_generation = q->generation,
	    .schema = schema,
	    .live = l->config.live,
	    .finite = l->config.finite,
	    .schemas_complete = names_known,
	    .budget = l->config.budget,
	    .chart_buckets = l->config.live ? 120 : 0,
	    .partials = l->grouped,
	    .grouped = l->grouped,
	};
	if (!schema)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	enum weir_status st = weir_plan_bind(&config, out, err);
	weir_relation_schema_unref(schema);
	if (st == WEIR_OK)
		weir_plan_arrive(*out, l->arrived_us);
	return st;
}

bool weir_local_has_given(const struct weir_local *l)
{
	bool given = false;
	for (uint32_t i = 0; i < l->config.n_streams; i++)
		given = given || l->streams[i].given;
	return given;
}

enum weir_status weir_local_bind(struct weir_local *l, const struct weir_question *q, struct weir_plan **out,
				 struct weir_error *err)
{
	struct weir_relation_schema *schema = weir_relation_schema(l->relation);
	/* Where others are given, a name that no batch has brought yet may be one of them. */
	bool known = schema && schema->common->n_fields && q->names_known && !weir_local_has_given(l);
	return bind(l, q, schema, known || q->ended, false, out, err);
}

enum weir_status weir_local_bind_span(struct weir_local *l, const struct weir_question *q, struct weir_plan **out,
				      struct weir_error *err)
{
	return bind(l, q, weir_relation_schema(l->relation), false, true, out, err);
}

/* Columns that are given, then those that came since. One reference for the caller; NULL: no memory. */
static const struct weir_schema *known_columns(const struct weir_local *l, uint32_t stream)
{
	const struct weir_schema *given = l->streams[stream].given, *came = weir_relation_columns(l->relation, stream);
	if (!given)
		return weir_schema_ref(came);
	struct weir_schema *both = weir_schema_next(given);
	for (uint32_t k = 0; both && k < came->n_fields; k++) {
		const struct weir_field *f = &came->fields[k];
		if (weir_schema_find(both, f->name) < 0 && both->n_fields < WEIR_MAX_FIELDS &&
		    weir_schema_add(both, f->name, f->type) < 0) {
			weir_schema_unref(both);
			return NULL;
		}
	}
	return both;
}

enum weir_status weir_local_bind_known(struct weir_local *l, const struct weir_question *q, struct weir_plan **out,
				       struct weir_error *err)
{
	const struct weir_schema **schemas = weir_calloc(l->config.n_streams, sizeof(const struct weir_schema *));
	struct weir_relation_schema *all = NULL;
	uint32_t n = 0;
	while (schemas && n < l->config.n_streams && (schemas[n] = known_columns(l, n)))
		n++;
	if (schemas && n == l->config.n_streams)
		all = weir_relation_schema_new(n, l->names, schemas);
	/* nothing came: nothing is known to be wrong */
	enum weir_status st = bind(l, q, all, all && all->common->n_fields, false, out, err);
	while (n > 0)
		weir_schema_unref(schemas[--n]);
	free(schemas);
	return st;
}
