/* What a server of tables could count of a view: read off the plan that would take the answer, so that both mean the same columns in the
 * same order. Only what is exact is asked. */
#include "query/partial/partial.h"
#include "query/plan/plan.h"

#include "weir/query/grouping.h"

#include <stdlib.h>

const char *weir_view_needs_rows(const struct weir_view *v)
{
	switch (v->window.kind) {
	case WEIR_WINDOW_DEFAULT:
	case WEIR_WINDOW_ALL:
	case WEIR_WINDOW_SINCE:
	case WEIR_WINDOW_TUMBLING:
	case WEIR_WINDOW_HOPPING:
		break;
	default:
		return "only windows that begin and end at known times are counted there";
	}
	if (v->at_us != WEIR_TIME_NONE)
		return "a moment of the past (--at) is not asked for there";
	if (v->grace_us > 0)
		return "--grace goes by the order of rows";
	return NULL;
}

static const char *group_why(enum weir_type type, int column)
{
	if (type == WEIR_NULL)
		return "a group is a column without values";
	if (column < 0)
		return "a group is computed, not a column";
	return type == WEIR_FLOAT64 ? "a group is a column of floats, of which some are none here" : NULL;
}

static const char *input_why(const struct weir_input *in)
{
	if (in->where)
		return "a measure has a condition of its own";
	if (!in->argument)
		return NULL;
	if (in->type == WEIR_NULL)
		return "a measure is of a column without values";
	if (weir_bound_column(in->arguments[0]) < 0 || in->json)
		return "a measure computes its argument";
	return in->type == WEIR_FLOAT64 ? "floats are weir's: it adds them without rounding, and has no infinity"
					: NULL;
}

static const char *plan_why(const struct weir_plan *p)
{
	const char *why = p->rows_mode ? "rows are asked for, not groups" : NULL;

	for (uint32_t i = 0; i < p->n_groups && !why; i++)
		why = group_why(p->group_types[i], weir_bound_column(p->group_bounds[i]));
	for (uint32_t i = 0; i < p->n_inputs && !why; i++)
		why = input_why(p->inputs + i);
	return why;
}

static const char *measures_why(const struct weir_spark_partials *made)
{
	const char *why = made->n_splits ? "a measure needs every value (quantiles, distinct, mode)" : NULL;

	for (size_t i = 0; i < made->n_values && !why; i++)
		if (made->values[i].grouping == WEIR_GROUPING_NONE)
			why = "only count, sum, avg, rate, min and max are counted there";
	return why;
}

static bool copy(const struct weir_plan *p, const struct weir_spark_partials *made, struct weir_arena *arena,
		 struct weir_grouping *out)
{
	uint32_t *groups = weir_arena_alloc(arena, (p->n_groups + (size_t)1) * sizeof *groups);
	struct weir_grouping_value *values = weir_arena_alloc(arena, (made->n_values + 1) * sizeof *values);

	if (!groups || !values)
		return false;
	for (uint32_t i = 0; i < p->n_groups; i++)
		groups[i] = (uint32_t)weir_bound_column(p->group_bounds[i]);
	for (size_t i = 0; i < made->n_values; i++) {
		const struct weir_input *in = p->inputs + made->values[i].input;
		values[i] = (struct weir_grouping_value){made->values[i].grouping,
							 (uint32_t)weir_bound_column(in->arguments[0]), in->type};
	}
	int64_t pane_us = weir_partial_pane_us(p);
	*out = (struct weir_grouping){.pane_us = pane_us == WEIR_PARTIAL_ONE_PANE ? 0 : pane_us,
				      .groups = groups,
				      .n_groups = p->n_groups,
				      .values = values,
				      .n_values = (uint32_t)made->n_values};
	return true;
}

static enum weir_status ask(const struct weir_plan *p, struct weir_arena *arena, struct weir_grouping *out,
			    struct weir_error *err)
{
	struct weir_spark_partials made;
	struct weir_error local = {0};

	out->why = plan_why(p);
	if (out->why)
		return WEIR_OK;
	enum weir_status st = weir_partial_ready(p, &local);
	if (st != WEIR_OK && st != WEIR_NO_MEMORY)
		out->why = "a part of it is weir's own";
	bool made_it = st == WEIR_OK && weir_spark_partials_make(p, weir_partial_pane_us(p), &made);
	if (made_it && !(out->why = measures_why(&made)))
		made_it = copy(p, &made, arena, out);
	if (st == WEIR_OK)
		weir_spark_partials_release(&made);
	return made_it || out->why ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

enum weir_status weir_view_grouping(const struct weir_view *v, const struct weir_schema *schema, struct weir_str stream,
				    struct weir_arena *arena, struct weir_grouping *out, struct weir_error *err)
{
	struct weir_plan *p = NULL;
	struct weir_relation_schema *columns = weir_relation_schema_new(1, &stream, &schema);
	struct weir_plan_config config = {
	    .view = v, .schema = columns, .finite = true, .schemas_complete = true, .partials = true, .grouped = true};

	*out = (struct weir_grouping){.why = weir_view_needs_rows(v)};
	enum weir_status st = columns ? WEIR_OK : WEIR_NO_MEMORY;
	if (st == WEIR_OK && !out->why)
		st = weir_plan_bind(&config, &p, NULL);
	weir_relation_schema_unref(columns);
	if (st == WEIR_NO_MEMORY)
		return weir_fail(err, st, "view", "out of memory");
	if (st != WEIR_OK) /* who answers says what */
		out->why = "it does not fit the columns";
	st = p ? ask(p, arena, out, err) : WEIR_OK;
	weir_plan_free(p);
	return st;
}

/* ---- the answer ---- */

static struct weir_value time_value(int64_t us)
{
	return us == WEIR_TIME_NONE ? (struct weir_value){.type = WEIR_NULL}
				    : (struct weir_value){.type = WEIR_TIMESTAMP, .i = us};
}

static enum weir_status put(struct weir_partials *s, const struct weir_grouped *g, const struct weir_grouped_row *row,
			    struct weir_value *keys, struct weir_error *err)
{
	struct weir_value *values = keys + s->layout.n_keys;

	keys[0] = time_value(row->pane_us);
	/* Windows begin with a pane, so all of it counts as its first moment. */
	keys[1] = row->pane_us == WEIR_TIME_NONE ? keys[0] : (struct weir_value){.type = WEIR_BOOL, .b = true};
	if (g->n_groups)
		memcpy(keys + 2, row->cells, g->n_groups * sizeof *keys);
	values[0] = (struct weir_value){.type = WEIR_INT64, .i = (int64_t)row->count};
	values[1] = time_value(row->first_us);
	values[2] = time_value(row->last_us);
	if (g->n_values)
		memcpy(values + WEIR_PARTIAL_FIXED_VALUES, row->cells + g->n_groups, g->n_values * sizeof *values);
	return weir_partials_put(s, keys, values, err);
}

enum weir_status weir_partials_put_grouped(struct weir_partials *s, const struct weir_grouped *g,
					   struct weir_error *err)
{
	const struct weir_partial_layout *l = &s->layout;
	enum weir_status st = WEIR_OK;

	if (l->n_keys != 2 + g->n_groups || l->n_values != WEIR_PARTIAL_FIXED_VALUES + g->n_values)
		return weir_fail(err, WEIR_MALFORMED, "partial row", "it is of another question");
	struct weir_value *cells = weir_alloc((l->n_keys + (size_t)l->n_values) * sizeof *cells);
	if (!cells)
		return weir_fail(err, WEIR_NO_MEMORY, "partial row", "out of memory");
	for (size_t i = 0; i < g->n && st == WEIR_OK; i++)
		st = put(s, g, &g->rows[i], cells, err);
	free(cells);
	return st;
}
