/* The drawn question as a plan. */
#include "property.h"

#include "query/plan/plan.h"

struct weir_plan *bind_plan(bool live)
{
	static const struct weir_str names[MAX_STREAMS] = {{"one", 3}, {"two", 3}, {"three", 5}};
	struct weir_error err = {0};
	struct weir_plan *p = NULL;
	struct weir_relation_schema *schema =
	    weir_relation_schema_new(now.n_streams, names, (const struct weir_schema *const *)now.schemas);
	assert_non_null(schema);
	struct weir_plan_config config = {.view = &now.view,
					  .schema = schema,
					  .live = live,
					  .finite = !live,
					  .schemas_complete = true,
					  .budget = &now.budget};
	now.budget.limit_bytes = live && chance(30) ? 10000 + draw(1000000) : 0;
	enum weir_status status = weir_plan_bind(&config, &p, &err);
	weir_relation_schema_unref(schema);
	CHECK(!status, "bind: %s\n", err.what);
	p->panes.table_bytes = now.seed % 3 == 0 ? WEIR_TABLE_BYTES : now.seed % 3 == 1 ? 0 : 1 << 20;
	return p;
}

void set_window(const char *text)
{
	struct weir_error err = {0};
	enum weir_status status = weir_view_set(&now.view, WEIR_VIEW_WINDOW, text, 0, &err);
	CHECK(!status, "%s: %s\n", text, err.what);
}
