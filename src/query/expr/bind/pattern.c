/* like and rlike, and what other functions with a pattern need. */
#include "query/expr/bind/bind.h"
#include "query/expr/spark/spark.h"

#include "weir/base/like.h"

static bool like_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a, struct weir_cell *out,
		     bool *ok)
{
	(void)strings;
	(void)ok;
	out->b = weir_like(a[0].s, a[1].s, (char)b->param);
	return true;
}

/* Without an escape clause the backslash escapes, as in Spark. */
struct weir_bnode *weir_bind_like(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	char escape = '\\';

	if (e->n_args > 2) {
		const struct weir_bnode *k = args[2];
		if (!k->constant || k->value.type != WEIR_STRING || k->value.s.size != 1)
			return weir_bind_fail(b, k->source, "escape takes one ASCII character in quotes");
		escape = k->value.s.data[0];
	}
	args[0] = weir_as_text(b, args[0]);
	args[1] = weir_as_text(b, args[1]);
	struct weir_bnode *n = weir_row_node(b, e, WEIR_BOOL, like_row, 2, args);
	if (n) {
		n->param = (unsigned char)escape;
		n->spark = weir_spark_like;
	}
	return weir_bind_finish(b, n);
}

bool weir_pattern_compile(struct weir_binder *b, struct weir_bnode *n, const struct weir_bnode *pattern)
{
	char why[160];
	size_t at = 0;

	n->pattern = weir_pattern_new(pattern->value.s, why, &at);
	n->pattern_text = pattern->value.s;
	if (n->pattern)
		return true;
	if (!why[0])
		return weir_bind_no_memory(b);
	return weir_bind_fail(b, pattern->source, "wrong pattern, at byte %zu: %s", at + 1, why);
}

bool weir_pattern_settled(const struct weir_bnode *b, enum weir_found found)
{
	int shown = b->pattern_text.size > 120 ? 120 : (int)b->pattern_text.size;

	if (found == WEIR_FOUND_TOO_LONG)
		return weir_trouble(b, "the pattern '%.*s' takes too many steps", shown, b->pattern_text.data);
	return found != WEIR_FOUND_NO_MEMORY;
}

bool weir_pattern_given(struct weir_binder *b, const struct weir_bnode *pattern)
{
	if (pattern->constant && pattern->value.type == WEIR_STRING)
		return true;
	return weir_bind_fail(b, pattern->source, "the pattern is a text in quotes");
}

static bool rlike_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		      struct weir_cell *out, bool *ok)
{
	enum weir_found found = weir_pattern_test(b->pattern, a->s);

	(void)strings;
	(void)ok;
	out->b = found == WEIR_FOUND;
	return weir_pattern_settled(b, found);
}

struct weir_bnode *weir_bind_rlike(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	if (weir_is_null(args[1]))
		return weir_null(b, e, WEIR_BOOL);
	if (!weir_pattern_given(b, args[1]))
		return NULL;
	args[0] = weir_as_text(b, args[0]);
	struct weir_bnode *n = weir_row_node(b, e, WEIR_BOOL, rlike_row, 1, args);
	if (n)
		n->spark = weir_spark_rlike;
	return n && weir_pattern_compile(b, n, args[1]) ? weir_bind_finish(b, n) : NULL;
}
