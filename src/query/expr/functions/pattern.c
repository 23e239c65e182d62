/* Functions that take a pattern. */
#include "query/expr/bind/bind.h"
#include "query/expr/functions/functions.h"
#include "query/expr/spark/spark.h"

static bool extract_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
			struct weir_cell *out, bool *ok)
{
	enum weir_found found = weir_pattern_find(b->pattern, a->s);

	(void)strings;
	(void)ok;
	out->s = found == WEIR_FOUND ? weir_pattern_group(b->pattern, a->s, (uint32_t)b->param) : WEIR_STR("");
	if (!out->s.data)
		out->s = WEIR_STR("");
	return weir_pattern_settled(b, found);
}

/* The group is 1 when the pattern has one, else the whole match. */
static struct weir_bnode *bind_regexp_extract(struct weir_binder *b, const struct weir_expr *e,
					      struct weir_bnode **args)
{
	if (!weir_pattern_given(b, args[1]))
		return NULL;
	args[0] = weir_as_text(b, args[0]);
	struct weir_bnode *n = weir_row_node(b, e, WEIR_STRING, extract_row, 1, args);
	if (!n || !weir_pattern_compile(b, n, args[1]))
		return NULL;
	uint32_t groups = weir_pattern_groups(n->pattern);
	n->param = groups ? 1 : 0;
	if (e->n_args > 2) {
		const struct weir_bnode *g = args[2];
		if (!g->constant || g->value.type != WEIR_INT64 || g->value.i < 0 || g->value.i > groups)
			return weir_bind_fail(b, g->source, "the group is a number from 0 to %u", groups);
		n->param = g->value.i;
	}
	return weir_bind_finish(b, n);
}

static void regexp_extract_spark(const struct weir_bnode *n, struct weir_spark_form *f)
{
	weir_spark_quoted_pattern(n->pattern_text, &f->extra, &f->note);
	weir_buf_addf(&f->text, "regexp_extract($0, $p, %lld)", (long long)n->param);
}

const struct weir_function weir_function_regexp_extract = {
    .doc = {"regexp_extract", "regexp_extract(text, 'pattern'[, group])",
	    "what the pattern's group (1 if it has one) matched, else ''", "regexp_extract(path, '^/([a-z]+)', 1)",
	    false},
    .min_args = 2,
    .max_args = 3,
    .bind = bind_regexp_extract,
    .spark = regexp_extract_spark};
