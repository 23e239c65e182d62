#include "query/plan_state.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

/* One expression bound for each stream; *type is what all of them fit into. */
enum weir_status weir_plan_bind_streams(struct weir_plan *p, const struct weir_expr *e, struct weir_str text,
					bool complete, struct weir_bound **out, enum weir_type *type,
					struct weir_error *err)
{
	*type = WEIR_NULL;
	for (uint32_t i = 0; i < p->n_streams; i++) {
		struct weir_scope scope = {.schema = p->schemas[i],
					   .common = p->common,
					   .derived = p->derived,
					   .n_derived = p->n_derived,
					   .stream_name = p->stream_names[i],
					   .complete = complete,
					   .text = text};
		enum weir_status status = weir_expr_bind(e, &scope, out + i, err);
		if (status)
			return status;
		*type = weir_type_widen(*type, weir_bound_type(out[i]));
	}
	return WEIR_OK;
}

static struct weir_bound **bound_array(struct weir_plan *p, size_t n)
{
	return weir_arena_zalloc(&p->arena, (n + 1) * sizeof(struct weir_bound *));
}

static enum weir_status copy_streams(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	uint32_t n = config->n_streams;
	p->schemas = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->schemas);
	p->stream_names = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->stream_names);
	p->partition_ids = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->partition_ids);
	p->n_partition_ids = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->n_partition_ids);
	p->common = weir_schema_new();
	if (!p->schemas || !p->stream_names || !p->partition_ids || !p->n_partition_ids || !p->common)
		return no_memory(err);
	for (uint32_t i = 0; i < n; i++) {
		p->schemas[i] = weir_schema_ref(config->schemas[i]);
		p->n_streams = i + 1;
		p->stream_names[i] = weir_arena_str(&p->arena, config->stream_names[i]);
		for (uint32_t f = 0; f < config->schemas[i]->n_fields; f++) {
			const struct weir_field *field = config->schemas[i]->fields + f;
			int at = weir_schema_find(p->common, field->name);
			if (at < 0)
				at = weir_schema_add(p->common, field->name, field->type);
			else
				weir_schema_set_type(p->common, (uint32_t)at,
						     weir_type_widen(p->common->fields[at].type, field->type));
			if (at < 0 && p->common->n_fields < WEIR_MAX_COLUMNS)
				return no_memory(err);
		}
	}
	return WEIR_OK;
}

static struct weir_str text_of(struct weir_plan *p, const struct weir_view *v, enum weir_view_text which)
{
	return v->text[which] ? weir_arena_str(&p->arena, weir_str_of(v->text[which])) : (struct weir_str){0};
}

static enum weir_status bind_derived(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	struct weir_str entries[WEIR_MAX_COLUMNS];
	size_t n = weir_view_entries(config->view, WEIR_VIEW_DERIVE, entries, WEIR_MAX_COLUMNS);
	if (n > WEIR_MAX_COLUMNS)
		return weir_fail(err, WEIR_TOO_LARGE, "derive", "more than %d computed columns", (int)WEIR_MAX_COLUMNS);
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
	struct weir_str entries[64];
	size_t n = weir_view_entries(config->view, WEIR_VIEW_WHERE, entries, 64);
	if (n > 64)
		return weir_fail(err, WEIR_TOO_LARGE, "where", "more than 64 conditions");
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
	struct weir_str text = text_of(p, config->view, WEIR_VIEW_GROUP);
	if (text.size) {
		enum weir_status status = weir_groups_parse(text, &p->arena, &p->group_asts, &n, err);
		if (status)
			return status;
	}
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

static enum weir_status bind_all(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	const struct weir_view *v = config->view;
	if (v->window.kind == WEIR_WINDOW_SESSION)
		return weir_fail(err, WEIR_UNSUPPORTED, "window", "session windows are not in this build");
	enum weir_status status = copy_streams(p, config, err);
	if (!status)
		status = bind_derived(p, config, err);
	if (!status)
		status = bind_where(p, config, err);
	if (!status)
		status = bind_groups(p, config, err);
	struct weir_str measures = text_of(p, v, WEIR_VIEW_MEASURE);
	p->rows_mode = !p->n_groups && !measures.size;
	if (!status)
		status = weir_plan_bind_measures(p, config, measures.size ? measures : WEIR_STR("count"), err);
	if (!status)
		status = weir_plan_bind_sort(p, config, err);
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
	p->late_us = v->late_us;
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

static void free_bounds(struct weir_bound **bounds, size_t n)
{
	for (size_t i = 0; bounds && i < n; i++)
		weir_bound_free(bounds[i]);
}

void weir_plan_free(struct weir_plan *p)
{
	if (!p)
		return;
	weir_plan_release_state(p);
	free_bounds(p->wheres, p->n_where * p->n_streams);
	free_bounds(p->group_bounds, (size_t)p->n_groups * p->n_streams);
	free_bounds(p->row_derived, p->derived_stride * p->n_streams);
	for (uint32_t i = 0; i < p->n_inputs; i++) {
		free_bounds(p->inputs[i].arguments, p->n_streams);
		free_bounds(p->inputs[i].wheres, p->n_streams);
	}
	for (uint32_t i = 0; i < p->n_streams; i++)
		weir_schema_unref(p->schemas[i]);
	weir_schema_unref(p->common);
	weir_arena_release(&p->arena);
	free(p);
}

bool weir_plan_is_rows(const struct weir_plan *p)
{
	return p->rows_mode;
}
