#include "query/plan_state.h"

static int find_column(const struct weir_result_column *columns, uint32_t n, struct weir_str name)
{
	for (uint32_t i = 0; i < n; i++)
		if (weir_str_equal(columns[i].name, name))
			return (int)i;
	return -1;
}

static enum weir_status sort_unknown(const struct weir_plan *p, struct weir_str key, struct weir_error *err)
{
	struct weir_str names[WEIR_MAX_GROUP_COLUMNS + WEIR_MAX_MEASURES];
	size_t n = 0;
	for (uint32_t i = 0; i < p->n_measures; i++)
		names[n++] = p->measure_columns[i].name;
	for (uint32_t i = 0; i < p->n_groups; i++)
		names[n++] = p->group_columns[i].name;
	int near = weir_nearest(key, names, n);
	weir_fail(err, WEIR_EXPRESSION, "sort", "no measure or group is named " WEIR_STR_FMT, WEIR_STR_ARG(key));
	if (near >= 0)
		weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
	return WEIR_EXPRESSION;
}

enum weir_status weir_plan_bind_sort(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	struct weir_sort_ast *asts = NULL;
	size_t n = 0;
	const char *given = config->view->text[WEIR_VIEW_SORT];
	struct weir_str text = weir_arena_str(&p->arena, weir_str_of(given));
	if (text.size) {
		enum weir_status status = weir_sort_parse(text, &p->arena, &asts, &n, err);
		if (status)
			return status;
	}
	p->sorts = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->sorts);
	if (!p->sorts)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	for (size_t i = 0; i < n; i++) {
		int measure = find_column(p->measure_columns, p->n_measures, asts[i].key);
		int group = find_column(p->group_columns, p->n_groups, asts[i].key);
		if (measure < 0 && group < 0) {
			if (p->rows_mode) /* rows are sorted by who prints them */
				continue;
			return sort_unknown(p, asts[i].key, err);
		}
		bool by_measure = measure >= 0;
		p->sorts[p->n_sorts++] =
		    (struct weir_sort_key){.by_measure = by_measure,
					   .descending = asts[i].given ? asts[i].descending : by_measure,
					   .index = (uint32_t)(by_measure ? measure : group)};
	}
	if (!p->n_sorts)
		p->sorts[p->n_sorts++] = (struct weir_sort_key){.by_measure = true, .descending = true, .index = 0};
	return WEIR_OK;
}
