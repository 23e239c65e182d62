/* The sort keys of a view: which result, or which side of its change, each of them names. */
#include "query/expr/tree.h"
#include "query/plan/plan.h"
#include "weir/base/bounds.h"
#include "weir/base/print.h"

/* A name as it is printed, or what stands between its quotes. */
static bool is_named(const struct weir_result_column *c, const struct weir_expr *e, const struct weir_sort_ast *key)
{
	return weir_str_equal(c->name, key->key) || weir_str_equal(c->name, key->name) ||
	       (e && e->kind == WEIR_EXPR_COLUMN && weir_str_equal(e->name, key->name));
}

static enum weir_status sort_unknown(const struct weir_plan *p, struct weir_str key, struct weir_error *err)
{
	struct weir_str names[WEIR_MAX_GROUP_COLUMNS + WEIR_MAX_MEASURES + 3];
	size_t n = 0;
	for (uint32_t i = 0; i < p->n_measures; i++)
		names[n++] = p->measure_columns[i].name;
	for (uint32_t i = 0; i < p->n_groups; i++)
		names[n++] = p->group_columns[i].name;
	names[n++] = WEIR_STR("window_start");
	names[n++] = WEIR_STR("change");
	names[n++] = WEIR_STR("change_pct");
	int near = weir_nearest(key, names, n);
	weir_fail(err, WEIR_EXPRESSION, "sort", "no measure or group is named " WEIR_STR_FMT, WEIR_STR_ARG(key));
	if (near >= 0)
		weir_error_suggest(err, &key, &names[near]);
	return WEIR_EXPRESSION;
}

static const char *end_of(enum weir_sort_by by)
{
	return weir_compared_ends[by - WEIR_SORT_BEFORE];
}

/* What a measure was and how it moved. */
static bool find_compared(const struct weir_plan *p, struct weir_str name, struct weir_sort_key *key)
{
	if (weir_str_equal(name, WEIR_STR("change")) || weir_str_equal(name, WEIR_STR("change_pct"))) {
		key->by = name.size == strlen("change") ? WEIR_SORT_CHANGE : WEIR_SORT_CHANGE_PCT;
		return true;
	}
	for (enum weir_sort_by by = WEIR_SORT_BEFORE; by <= WEIR_SORT_CHANGE_PCT; by++)
		for (uint32_t i = 0; i < p->n_measures; i++) {
			struct weir_str measure = p->measure_columns[i].name;
			size_t size = strlen(end_of(by));
			if (name.size != measure.size + size || memcmp(name.data, measure.data, measure.size) != 0 ||
			    memcmp(name.data + measure.size, end_of(by), size) != 0)
				continue;
			key->by = by;
			key->index = i;
			return true;
		}
	return false;
}

/* False: there is no such result. */
static bool find_key(const struct weir_plan *p, const struct weir_sort_ast *ast, struct weir_sort_key *key)
{
	*key = (struct weir_sort_key){.descending = ast->given && ast->descending};
	for (uint32_t i = 0; i < p->n_measures; i++)
		if (is_named(p->measure_columns + i, NULL, ast)) {
			key->by = WEIR_SORT_MEASURE;
			key->index = i;
			key->descending = !ast->given || ast->descending;
			return true;
		}
	for (uint32_t i = 0; i < p->n_groups; i++)
		if (is_named(p->group_columns + i, p->group_asts[i].expr, ast)) {
			key->by = WEIR_SORT_GROUP;
			key->index = i;
			return true;
		}
	if (weir_str_equal(ast->name, WEIR_STR("window_start"))) {
		key->by = WEIR_SORT_WINDOW;
		return true;
	}
	key->descending = !ast->given || ast->descending;
	return find_compared(p, ast->name, key) || find_compared(p, ast->key, key);
}

static enum weir_status no_change(struct weir_error *err)
{
	weir_fail(err, WEIR_EXPRESSION, "sort", "there is no change to sort by: there is nothing to compare with");
	weir_error_hint(err, "--compare says what to compare with: window, 10m, 1h, 1d or a time");
	return WEIR_EXPRESSION;
}

enum weir_status weir_plan_bind_sort(struct weir_plan *p, const struct weir_plan_config *config, struct weir_error *err)
{
	struct weir_sort_ast *asts = NULL;
	size_t n = 0;
	const char *given = config->view->text[WEIR_VIEW_SORT];
	struct weir_str text = weir_arena_str(&p->arena, p->span ? (struct weir_str){0} : weir_str_of(given));
	if (text.size) {
		enum weir_status status = weir_sort_parse(text, &p->arena, &asts, &n, err);
		if (status)
			return status;
	}
	p->sorts = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->sorts);
	if (!p->sorts)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	for (size_t i = 0; i < n; i++) {
		struct weir_sort_key key;
		if (p->rows_mode && !p->live) /* rows are sorted by who prints them */
			continue;
		if (!find_key(p, asts + i, &key)) {
			if (p->rows_mode)
				continue;
			return sort_unknown(p, asts[i].key, err);
		}
		if (key.by >= WEIR_SORT_BEFORE && p->compare.kind == WEIR_COMPARISON_NONE) {
			if (!p->live)
				return no_change(err);
			key.by = WEIR_SORT_MEASURE; /* a screen may compare again with the next key */
		}
		p->one_table |= key.by == WEIR_SORT_WINDOW;
		p->sorts[p->n_sorts++] = key;
	}
	if (!p->n_sorts)
		p->sorts[p->n_sorts++] = (struct weir_sort_key){.by = WEIR_SORT_MEASURE, .descending = true};
	return WEIR_OK;
}

void weir_sort_show(const struct weir_plan *p, uint32_t i, struct weir_buf *out)
{
	const struct weir_sort_key *key = p->sorts + i;
	if (key->by == WEIR_SORT_WINDOW) {
		weir_buf_add_c(out, "window_start");
		return;
	}
	weir_print_safe((key->by == WEIR_SORT_GROUP ? p->group_columns : p->measure_columns)[key->index].name, out);
	weir_buf_add_c(out, key->by >= WEIR_SORT_BEFORE ? end_of(key->by) : "");
}
