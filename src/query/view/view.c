/* A view: its texts, checked one by one. */
#include "weir/query/view.h"

#include "weir/base/bounds.h"

#include "query/expr/expr.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const options[] = {
#define X(name, option) option,
    WEIR_VIEW_TEXT_LIST(X)
#undef X
};

const char *weir_view_option(enum weir_view_text which)
{
	return options[which];
}

int64_t weir_view_skew_us(const struct weir_view *v, bool finite)
{
	return v->skew_us >= 0 ? v->skew_us : finite ? -1 : 60 * WEIR_US_PER_S;
}

void weir_view_init(struct weir_view *v)
{
	*v = (struct weir_view){.at_us = WEIR_TIME_NONE, .late_us = -1, .skew_us = -1};
}

void weir_view_release(struct weir_view *v)
{
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++)
		free(v->text[i]);
	weir_view_init(v);
}

enum weir_status weir_view_copy(struct weir_view *to, const struct weir_view *from, struct weir_error *err)
{
	*to = *from;
	memset(to->text, 0, sizeof to->text);
	for (int i = 0; i < WEIR_VIEW_TEXT_COUNT; i++) {
		if (!from->text[i])
			continue;
		to->text[i] = weir_str_dup(weir_str_of(from->text[i]));
		if (!to->text[i]) {
			weir_view_release(to);
			return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
		}
	}
	return WEIR_OK;
}

static bool has_entries(enum weir_view_text which)
{
	return which == WEIR_VIEW_WHERE || which == WEIR_VIEW_DERIVE;
}

/* Does `text` parse as what `which` holds? Expressions only. */
static enum weir_status check_syntax(enum weir_view_text which, struct weir_str text, struct weir_error *err)
{
	struct weir_arena arena = {.block_bytes = 4096};
	enum weir_status st = WEIR_OK;
	struct weir_named_ast named, *groups;
	struct weir_measure_ast *measures;
	struct weir_sort_ast *sorts;
	struct weir_expr *e;
	size_t n;

	if (which == WEIR_VIEW_WHERE)
		st = weir_expr_parse(text, &arena, &e, err);
	else if (which == WEIR_VIEW_DERIVE)
		st = weir_derive_parse(text, &arena, &named, err);
	else if (which == WEIR_VIEW_GROUP)
		st = weir_groups_parse(text, &arena, &groups, &n, err);
	else if (which == WEIR_VIEW_MEASURE)
		st = weir_measures_parse(text, &arena, &measures, &n, err);
	else if (which == WEIR_VIEW_SORT)
		st = weir_sort_parse(text, &arena, &sorts, &n, err);
	weir_arena_release(&arena);
	return st;
}

/* An entry is one line: line breaks outside quotes are blanks. One inside quotes would end the entry. */
static enum weir_status join_lines(enum weir_view_text which, char *text, struct weir_error *err)
{
	char quote = 0;

	for (char *c = text; *c; c++) {
		if (quote ? *c == quote : *c == '\'' || *c == '"' || *c == '`')
			quote = quote ? 0 : *c;
		else if (*c == '\n' && quote)
			return weir_fail(err, WEIR_USAGE, options[which], "a line break inside quotes");
		else if (*c == '\n')
			*c = ' ';
	}
	return WEIR_OK;
}

/* The text of WHERE or DERIVE as entries, one a line. A text that parses as a whole is one entry over several lines. */
static enum weir_status check_entries(enum weir_view_text which, char *text, struct weir_error *err)
{
	struct weir_error first;
	struct weir_str rest = weir_str_of(text);

	if (!check_syntax(which, rest, &first))
		return join_lines(which, text, err);
	if (!strchr(text, '\n')) {
		if (err)
			*err = first;
		return first.code;
	}
	while (rest.data) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		enum weir_status st = check_syntax(which, line, err);
		if (st)
			return st;
	}
	return WEIR_OK;
}

static enum weir_status parse_top(struct weir_str s, uint64_t *top, struct weir_error *err)
{
	int64_t n;

	if (!weir_parse_int64(s, false, &n) || n < 1)
		return weir_fail(err, WEIR_USAGE, options[WEIR_VIEW_TOP], "not a number of rows: " WEIR_STR_FMT,
				 WEIR_STR_ARG(s));
	*top = (uint64_t)n;
	return WEIR_OK;
}

static enum weir_status parse_duration(enum weir_view_text which, struct weir_str s, int64_t *us,
				       struct weir_error *err)
{
	if (weir_parse_duration_us(s, us))
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, options[which], "not a duration: " WEIR_STR_FMT, WEIR_STR_ARG(s));
	weir_error_hint(err, "write it as 10s, 5m or 1h30m");
	return WEIR_USAGE;
}

/* The parsed side of texts that are no expressions; an empty text brings the default back. */
static enum weir_status set_parsed(struct weir_view *v, enum weir_view_text which, struct weir_str s, int64_t now_us,
				   struct weir_error *err)
{
	switch (which) {
	case WEIR_VIEW_WINDOW:
		if (s.size)
			return weir_window_parse(s, now_us, &v->window, err);
		v->window = (struct weir_window){0};
		return WEIR_OK;
	case WEIR_VIEW_TOP:
		v->top = 0;
		return s.size ? parse_top(s, &v->top, err) : WEIR_OK;
	case WEIR_VIEW_AT:
		v->at_us = WEIR_TIME_NONE;
		return s.size ? weir_moment_parse(s, now_us, &v->at_us, err) : WEIR_OK;
	case WEIR_VIEW_COMPARE:
		v->compare = (struct weir_comparison){0};
		return s.size ? weir_comparison_parse(s, now_us, &v->compare, err) : WEIR_OK;
	case WEIR_VIEW_LATE:
		v->late_us = -1;
		return s.size ? parse_duration(which, s, &v->late_us, err) : WEIR_OK;
	case WEIR_VIEW_GRACE:
		v->grace_us = 0;
		return s.size ? parse_duration(which, s, &v->grace_us, err) : WEIR_OK;
	case WEIR_VIEW_SKEW:
		v->skew_us = -1;
		return s.size ? parse_duration(which, s, &v->skew_us, err) : WEIR_OK;
	default:
		return WEIR_OK;
	}
}

static enum weir_status check_number(enum weir_view_text which, const char *text, struct weir_error *err)
{
	struct weir_view v = {0};
	v.text[which] = (char *)(uintptr_t)text;
	size_t most = which == WEIR_VIEW_WHERE ? WEIR_MAX_CONDITIONS : WEIR_MAX_DERIVED;

	if (!has_entries(which) || weir_view_entries(&v, which, NULL, 0) <= most)
		return WEIR_OK;
	weir_fail(err, WEIR_USAGE, options[which], "more than %zu %s", most,
		  which == WEIR_VIEW_WHERE ? "conditions" : "computed columns");
	if (which == WEIR_VIEW_WHERE)
		weir_error_hint(err, "join some of them with and");
	return WEIR_USAGE;
}

enum weir_status weir_view_set(struct weir_view *v, enum weir_view_text which, const char *text, int64_t now_us,
			       struct weir_error *err)
{
	struct weir_view parsed = *v;
	struct weir_str s = weir_str_trim(weir_str_of(text));
	char *copy = NULL;
	enum weir_status st;

	if (s.size && !(copy = weir_str_dup(s)))
		return weir_fail(err, WEIR_NO_MEMORY, options[which], "out of memory");
	if (!copy || !has_entries(which)) {
		st = s.size ? check_syntax(which, s, err) : WEIR_OK;
		if (!st)
			st = set_parsed(&parsed, which, s, now_us, err);
	} else {
		st = check_entries(which, copy, err);
		if (!st)
			st = check_number(which, copy, err);
	}
	if (st) {
		free(copy);
		if (err)
			snprintf(err->origin, sizeof err->origin, "%s", options[which]);
		return st;
	}
	free(v->text[which]);
	*v = parsed;
	v->text[which] = copy;
	return WEIR_OK;
}

enum weir_status weir_view_add(struct weir_view *v, enum weir_view_text which, const char *text, int64_t now_us,
			       struct weir_error *err)
{
	if (!has_entries(which) || !v->text[which])
		return weir_view_set(v, which, text, now_us, err);
	struct weir_view alone;
	weir_view_init(&alone);
	enum weir_status st = weir_view_set(&alone, which, text, now_us, err);
	if (st || !alone.text[which])
		return st;
	struct weir_buf joined = {0};
	weir_buf_addf(&joined, "%s\n%s", v->text[which], alone.text[which]);
	weir_view_release(&alone);
	if (joined.failed) {
		weir_buf_release(&joined);
		return weir_fail(err, WEIR_NO_MEMORY, options[which], "out of memory");
	}
	if ((st = check_number(which, joined.data, err))) {
		weir_buf_release(&joined);
		return st;
	}
	free(v->text[which]);
	v->text[which] = joined.data; /* a buffer's bytes are NUL-terminated heap */
	return WEIR_OK;
}

size_t weir_view_entries(const struct weir_view *v, enum weir_view_text which, struct weir_str *out, size_t max)
{
	struct weir_str rest = weir_str_of(v->text[which]);
	size_t n = 0;

	while (rest.data) {
		struct weir_str line = weir_str_cut(rest, '\n', &rest);
		if (!weir_str_trim(line).size)
			continue;
		if (n < max)
			out[n] = line;
		n++;
	}
	return n;
}

enum weir_status weir_view_sort_keys(const struct weir_view *v, struct weir_arena *arena, struct weir_view_key **out,
				     size_t *n, struct weir_error *err)
{
	struct weir_sort_ast *asts = NULL;
	struct weir_str text = weir_arena_str(arena, weir_str_of(v->text[WEIR_VIEW_SORT]));

	*n = 0;
	if (!text.data)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	enum weir_status st = text.size ? weir_sort_parse(text, arena, &asts, n, err) : WEIR_OK;
	*out = weir_arena_alloc(arena, (*n + 1) * sizeof **out);
	if (!*out)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct weir_view_key){asts[i].name, asts[i].descending};
	return st;
}
