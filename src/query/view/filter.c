/* What of a view a server could look at. */
#include "weir/query/filter.h"

#include "query/expr/expr.h"

#include "weir/base/bounds.h"

/* name=expr, one a line. */
static enum weir_status parse_derived(const struct weir_view *v, struct weir_arena *arena, struct weir_named_ast **out,
				      size_t *n, struct weir_error *err)
{
	struct weir_str lines[WEIR_MAX_DERIVED];
	enum weir_status st = WEIR_OK;

	*n = weir_view_entries(v, WEIR_VIEW_DERIVE, lines, WEIR_MAX_DERIVED);
	*out = weir_arena_zalloc(arena, (*n + 1) * sizeof **out);
	if (!*out)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	for (size_t i = 0; i < *n && st == WEIR_OK; i++)
		st = weir_derive_parse(lines[i], arena, *out + i, err);
	return st;
}

static enum weir_status add_entry(struct weir_str text, struct weir_scope *scope, struct weir_arena *arena,
				  struct weir_filter_list *out, struct weir_error *err)
{
	struct weir_expr *e = NULL;
	struct weir_bound *b = NULL;

	scope->text = text;
	enum weir_status st = weir_expr_parse(text, arena, &e, err);
	if (st == WEIR_OK)
		st = weir_condition_bind(e, scope, &b, err);
	if (st == WEIR_OK && !weir_bound_parts(b, scope->schema, arena, out))
		st = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	weir_bound_free(b);
	return st;
}

enum weir_status weir_view_filter(const struct weir_view *v, const struct weir_schema *schema, struct weir_str stream,
				  struct weir_arena *arena, struct weir_filter_list *out, struct weir_error *err)
{
	struct weir_named_ast *derived = NULL;
	struct weir_scope scope = {.schema = schema, .stream_name = stream, .complete = true};
	struct weir_error local = {0};
	struct weir_str rest = weir_str_of(v->text[WEIR_VIEW_WHERE]);

	*out = (struct weir_filter_list){.from_us = WEIR_TIME_NONE, .until_us = WEIR_TIME_NONE};
	enum weir_status st = parse_derived(v, arena, &derived, &scope.n_derived, &local);
	scope.derived = derived;
	while (st == WEIR_OK && rest.data) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		if (weir_str_trim(line).size)
			st = add_entry(line, &scope, arena, out, &local);
	}
	if (st == WEIR_NO_MEMORY && err)
		*err = local;
	if (st != WEIR_OK)
		out->n = 0;
	return st == WEIR_NO_MEMORY ? st : WEIR_OK;
}

const char *weir_view_needs_all(const struct weir_view *v)
{
	if (v->late_us >= 0 || v->skew_us >= 0)
		return "--late and --skew go by the times of all rows";
	if (v->compare.kind != WEIR_COMPARISON_DEFAULT && v->compare.kind != WEIR_COMPARISON_NONE)
		return "--compare goes by the times of all rows";
	if (v->window.kind == WEIR_WINDOW_SLIDING && v->at_us == WEIR_TIME_NONE)
		return "the window ends with the newest row, whichever that is";
	return NULL;
}

void weir_view_times(const struct weir_view *v, int64_t *from_us, int64_t *until_us)
{
	*from_us = *until_us = WEIR_TIME_NONE;
	if (v->window.kind == WEIR_WINDOW_SINCE)
		*from_us = v->window.since_us;
	if (v->window.kind == WEIR_WINDOW_SLIDING && v->at_us != WEIR_TIME_NONE) {
		*from_us = v->at_us - v->window.size_us + 1;
		*until_us = v->at_us + 1;
	}
}
