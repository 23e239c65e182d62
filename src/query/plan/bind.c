/* Binds a view to the columns of the streams: computed columns, filter, groups, measures, sort keys. */
#include "query/expr/tree.h"
#include "query/plan/plan.h"
#include "weir/base/bounds.h"
#include "weir/query/partial.h"

#include <stdio.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

static struct weir_bound **bound_array(struct weir_plan *p, size_t n)
{
	return weir_arena_zalloc(&p->arena, (n + 1) * sizeof(struct weir_bound *));
}

static enum weir_status take_schema(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	uint32_t n = config->schema->n_streams;
	p->schema = weir_relation_schema_ref(config->schema);
	p->partition_ids = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->partition_ids);
	p->n_partition_ids = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->n_partition_ids);
	if (!p->partition_ids || !p->n_partition_ids)
		return no_memory(err);
	p->n_streams = n;
	return WEIR_OK;
}

/* Empty when the view says nothing of it. */
static enum weir_status copy_text(struct weir_plan *p, const struct weir_view *v, enum weir_view_text which,
				  struct weir_str *out, struct weir_error *err)
{
	*out = (struct weir_str){0};
	if (v->text[which])
		*out = weir_arena_str(&p->arena, weir_str_of(v->text[which]));
	return v->text[which] && !out->data ? no_memory(err) : WEIR_OK;
}

static enum weir_status bind_derived(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	struct weir_str entries[WEIR_MAX_DERIVED];
	size_t n = weir_view_entries(config->view, WEIR_VIEW_DERIVE, entries, WEIR_MAX_DERIVED);
	if (n > WEIR_MAX_DERIVED)
		return weir_fail(err, WEIR_USAGE, "derive", "more than %d computed columns", WEIR_MAX_DERIVED);
	p->derived = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->derived);
	p->row_derived = bound_array(p, n * p->n_streams);
	p->row_vecs = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->row_vecs);
	if (!p->derived || !p->row_derived || !p->row_vecs)
		return no_memory(err);
	p->derived_stride = n;
	for (size_t i = 0; i < n; i++) {
		enum weir_type type;
		struct weir_str text = weir_arena_str(&p->arena, entries[i]);
		struct weir_bound **bounds = bound_array(p, p->n_streams);
		enum weir_status status =
		    text.data && bounds ? weir_derive_parse(text, &p->arena, p->derived + i, err) : no_memory(err);
		if (!status)
			status = weir_plan_bind_streams(p, p->derived[i].expr, text, config->schemas_complete, bounds,
							&type, err);
		for (uint32_t s = 0; bounds && s < p->n_streams; s++)
			p->row_derived[s * n + i] = bounds[s];
		p->n_derived = i + 1;
		if (status)
			return status;
	}
	return WEIR_OK;
}

static enum weir_status bind_where(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	struct weir_str entries[WEIR_MAX_CONDITIONS];
	size_t n = weir_view_entries(config->view, WEIR_VIEW_WHERE, entries, WEIR_MAX_CONDITIONS);
	if (n > WEIR_MAX_CONDITIONS)
		return weir_fail(err, WEIR_USAGE, "where", "more than %d conditions", WEIR_MAX_CONDITIONS);
	p->wheres = bound_array(p, n * p->n_streams);
	p->where_texts = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->where_texts);
	p->where_asts = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->where_asts);
	struct weir_bound **bounds = bound_array(p, p->n_streams);
	if (!p->wheres || !p->where_texts || !p->where_asts || !bounds)
		return no_memory(err);
	p->n_where = n;
	for (size_t i = 0; i < n; i++) {
		enum weir_type type = WEIR_NULL;
		struct weir_str text = p->where_texts[i] = weir_arena_str(&p->arena, entries[i]);
		enum weir_status status =
		    text.data ? weir_expr_parse(text, &p->arena, p->where_asts + i, err) : no_memory(err);
		if (!status)
			status = weir_plan_bind_streams(p, p->where_asts[i], text, config->schemas_complete, bounds,
							&type, err);
		for (uint32_t s = 0; s < p->n_streams; s++) {
			p->wheres[s * n + i] = bounds[s];
			bounds[s] = NULL;
		}
		if (!status && type != WEIR_BOOL && type != WEIR_NULL)
			status = weir_fail(err, WEIR_EXPRESSION, "where",
					   "the filter is %s, not true or false: " WEIR_STR_FMT, weir_type_name(type),
					   WEIR_STR_ARG(text));
		if (status)
			return status;
	}
	return WEIR_OK;
}

static enum weir_status bind_groups(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	size_t n = 0;
	struct weir_str text;
	enum weir_status copied = copy_text(p, config->view, WEIR_VIEW_GROUP, &text, err);
	if (!copied && text.size)
		copied = weir_groups_parse(text, &p->arena, &p->group_asts, &n, err);
	if (copied)
		return copied;
	p->group_bounds = bound_array(p, n * p->n_streams);
	p->group_types = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->group_types);
	p->group_columns = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->group_columns);
	struct weir_bound **bounds = bound_array(p, p->n_streams);
	if (!p->group_bounds || !p->group_types || !p->group_columns || !bounds)
		return no_memory(err);
	p->n_groups = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		enum weir_status status = weir_plan_bind_streams(
		    p, p->group_asts[i].expr, text, config->schemas_complete, bounds, p->group_types + i, err);
		for (uint32_t s = 0; s < p->n_streams; s++) {
			p->group_bounds[s * n + i] = bounds[s];
			bounds[s] = NULL;
		}
		if (status)
			return status;
		p->group_columns[i] =
		    (struct weir_result_column){.name = p->group_asts[i].name, .type = p->group_types[i]};
	}
	return WEIR_OK;
}

/* An error in an expression says which option holds it. */
static enum weir_status of_option(enum weir_status status, enum weir_view_text which, struct weir_error *err)
{
	if (status == WEIR_EXPRESSION && err && err->text[0])
		snprintf(err->origin, sizeof err->origin, "--%s", weir_view_option(which));
	return status;
}

/* Two results of one name could not be told apart where they are read. */
static enum weir_status check_names(const struct weir_plan *p, struct weir_error *err)
{
	bool windows = p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING;
	struct weir_str names[2 + WEIR_MAX_GROUP_COLUMNS + 4 * WEIR_MAX_MEASURES] = {WEIR_STR("window_start"),
										     WEIR_STR("window_end")};
	uint32_t n = windows ? 2 : 0, n_compared = p->says_before ? WEIR_COMPARED_COLUMNS * p->n_measures : 0;
	for (uint32_t i = 0; i < p->n_groups + p->n_measures + n_compared; i++) {
		struct weir_str name = i < p->n_groups ? p->group_columns[i].name
				       : i < p->n_groups + p->n_measures
					   ? p->measure_columns[i - p->n_groups].name
					   : p->compared_columns[i - p->n_groups - p->n_measures].name;
		for (uint32_t k = 0; k < n; k++) {
			if (!weir_str_equal(names[k], name))
				continue;
			weir_fail(err, WEIR_EXPRESSION, i < p->n_groups ? "group" : "measure",
				  "two results are called " WEIR_STR_FMT, WEIR_STR_ARG(name));
			weir_error_hint(err, "give one of them another name: as NAME");
			return WEIR_EXPRESSION;
		}
		names[n++] = name;
	}
	return WEIR_OK;
}

static enum weir_status bind_all(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	const struct weir_view *v = config->view;
	if (v->window.kind == WEIR_WINDOW_SESSION)
		return weir_fail(err, WEIR_UNSUPPORTED, "window", "session windows are not in this build");
	struct weir_str measures = {0};
	enum weir_status status = weir_plan_bind_compare(p, &v->compare, err);
	if (!status && p->partials)
		p->partial_pane_us = weir_partial_pane_us(p);
	if (!status)
		status = take_schema(p, config, err);
	if (!status)
		status = of_option(bind_derived(p, config, err), WEIR_VIEW_DERIVE, err);
	if (!status)
		status = of_option(bind_where(p, config, err), WEIR_VIEW_WHERE, err);
	if (!status)
		status = of_option(bind_groups(p, config, err), WEIR_VIEW_GROUP, err);
	if (!status)
		status = copy_text(p, v, WEIR_VIEW_MEASURE, &measures, err);
	p->rows_mode = !p->n_groups && !measures.size;
	if (!status)
		status =
		    of_option(weir_plan_bind_measures(p, config, measures.size ? measures : WEIR_STR("count"), err),
			      WEIR_VIEW_MEASURE, err);
	if (!status && p->says_before && !weir_plan_name_compared(p))
		status = no_memory(err);
	if (!status && !p->rows_mode)
		status = check_names(p, err);
	if (!status)
		status = of_option(weir_plan_bind_sort(p, config, err), WEIR_VIEW_SORT, err);
	if (!status && (!weir_plan_bind_rows(p) || !weir_plan_init_state(p)))
		status = no_memory(err);
	return status;
}

enum weir_status weir_plan_bind(const struct weir_plan_config *config, struct weir_plan **out, struct weir_error *err)
{
	const struct weir_view *v = config->view;
	struct weir_plan *p = weir_calloc(1, sizeof *p);
	if (!p)
		return no_memory(err);
	p->budget = config->budget;
	p->window = v->window;
	if (p->window.kind == WEIR_WINDOW_DEFAULT)
		p->window = (struct weir_window){.kind = WEIR_WINDOW_ALL};
	p->generation = config->view_generation;
	p->live = config->live;
	p->finite = config->finite;
	p->span = config->span;
	p->partials = config->partials;
	p->grouped = config->grouped;
	p->late_us = v->late_us;
	p->skew_us = weir_view_skew_us(v, config->finite);
	p->arrived_us = WEIR_TIME_NONE;
	p->now_until_us = p->reach_us = INT64_MAX;
	p->grace_us = v->grace_us;
	p->at_us = v->at_us;
	p->top = v->top;
	p->chart_buckets = config->chart_buckets ? config->chart_buckets : config->live ? 120 : 0;
	enum weir_status status = bind_all(p, config, err);
	if (status) {
		weir_plan_free(p);
		return status;
	}
	*out = p;
	return WEIR_OK;
}
