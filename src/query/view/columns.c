/* Which columns a view needs decoded. */
#include "weir/query/view.h"

#include "query/expr/expr.h"

struct wanted {
	struct weir_arena *arena;
	struct weir_str *names;
	size_t n, capacity;
	bool raw, key, headers, stamp, failed;
};

static void want(void *ctx, struct weir_str name)
{
	struct wanted *w = ctx;
	static const char *const computed[] = {"_stream", "_topic", "_partition", "_offset", "_arrival", "_malformed"};

	for (size_t i = 0; i < sizeof computed / sizeof computed[0]; i++)
		if (weir_str_equal(name, weir_str_of(computed[i])))
			return;
	if (weir_str_equal(name, WEIR_STR("_raw")))
		w->raw = true;
	else if (weir_str_equal(name, WEIR_STR("_key")))
		w->key = true;
	else if (weir_str_equal(name, WEIR_STR("_headers")))
		w->headers = true;
	else if (weir_str_equal(name, WEIR_STR("_timestamp")))
		w->stamp = true;
	for (size_t i = 0; i < w->n; i++)
		if (weir_str_equal(w->names[i], name))
			return;
	if (w->n == w->capacity) {
		size_t capacity = w->capacity ? w->capacity * 2 : 16;
		struct weir_str *names = weir_arena_alloc(w->arena, capacity * sizeof *names);
		if (!names) {
			w->failed = true;
			return;
		}
		if (w->n)
			memcpy(names, w->names, w->n * sizeof *names);
		w->names = names;
		w->capacity = capacity;
	}
	w->names[w->n++] = name;
}

static enum weir_status want_entries(const struct weir_view *v, enum weir_view_text which, struct wanted *w,
				     struct weir_error *err)
{
	struct weir_str rest = weir_str_of(v->text[which]);

	while (rest.data) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		struct weir_named_ast named = {0};
		enum weir_status st = which == WEIR_VIEW_WHERE ? weir_expr_parse(line, w->arena, &named.expr, err)
							       : weir_derive_parse(line, w->arena, &named, err);
		if (st)
			return st;
		weir_expr_columns(named.expr, want, w);
	}
	return WEIR_OK;
}

static enum weir_status want_lists(const struct weir_view *v, struct wanted *w, struct weir_error *err)
{
	struct weir_measure_ast *measures;
	struct weir_named_ast *groups;
	enum weir_status st = WEIR_OK;
	size_t n;

	if (v->text[WEIR_VIEW_GROUP]) {
		st = weir_groups_parse(weir_str_of(v->text[WEIR_VIEW_GROUP]), w->arena, &groups, &n, err);
		for (size_t i = 0; !st && i < n; i++)
			weir_expr_columns(groups[i].expr, want, w);
	}
	if (!st && v->text[WEIR_VIEW_MEASURE]) {
		st = weir_measures_parse(weir_str_of(v->text[WEIR_VIEW_MEASURE]), w->arena, &measures, &n, err);
		for (size_t i = 0; !st && i < n; i++) {
			if (measures[i].argument)
				weir_expr_columns(measures[i].argument, want, w);
			if (measures[i].where)
				weir_expr_columns(measures[i].where, want, w);
		}
	}
	return st;
}

/* A derived column's name stays in the list: it may be a data column as well, and one name too many costs nothing. */
enum weir_status weir_view_columns(const struct weir_view *v, struct weir_arena *arena, struct weir_str **names,
				   size_t *n, bool *all, bool *wants_raw, bool *wants_key, bool *wants_headers,
				   bool *wants_stamp, struct weir_error *err)
{
	struct wanted w = {.arena = arena};
	enum weir_status st = want_entries(v, WEIR_VIEW_WHERE, &w, err);

	if (!st)
		st = want_entries(v, WEIR_VIEW_DERIVE, &w, err);
	if (!st)
		st = want_lists(v, &w, err);
	if (!st && w.failed)
		st = weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	*names = w.names;
	*n = w.n;
	*all = !v->text[WEIR_VIEW_GROUP] && !v->text[WEIR_VIEW_MEASURE];
	*wants_raw = w.raw;
	*wants_key = w.key;
	*wants_headers = w.headers;
	*wants_stamp = w.stamp;
	return st;
}
