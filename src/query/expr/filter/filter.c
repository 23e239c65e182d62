/* A bound condition as what a server could look at: its conjuncts, each as a tree of comparisons of columns with constants. A NOT is
 * carried down to the leaves, which is exact in three-valued logic. Door: weir_bound_parts of expr.h. */
#include "query/expr/eval/eval.h"
#include "query/expr/spark/spark.h"

#include "weir/model/filter.h"

#include <math.h>

struct maker {
	const struct weir_schema *schema;
	struct weir_arena *arena;
	const char *why; /* the first reason why not */
	bool no_memory;
};

static const struct weir_filter *refuse(struct maker *m, const char *why)
{
	m->why = m->why ? m->why : why;
	return NULL;
}

static const struct weir_filter *keep(struct maker *m, const struct weir_filter *f)
{
	struct weir_filter *copy = weir_arena_alloc(m->arena, sizeof *copy);

	if (!copy) {
		m->no_memory = true;
		return NULL;
	}
	*copy = *f;
	return copy;
}

/* A column as it comes, which has the type that the question sees. */
static bool is_column(const struct maker *m, const struct weir_bnode *n)
{
	return n->stored && n->column >= 0 && (uint32_t)n->column < m->schema->n_fields &&
	       m->schema->fields[n->column].type == n->type;
}

static bool copy_value(struct maker *m, const struct weir_value *from, struct weir_value *to)
{
	*to = *from;
	if (from->type != WEIR_STRING)
		return true;
	to->s = weir_arena_str(m->arena, from->s);
	m->no_memory = m->no_memory || !to->s.data;
	return to->s.data;
}

static const struct weir_filter *leaf(struct maker *m, enum weir_filter_kind kind, const struct weir_bnode *column,
				      const struct weir_value *values, uint32_t n)
{
	struct weir_value *copy = weir_arena_alloc(m->arena, (n + (size_t)1) * sizeof *copy);

	m->no_memory = m->no_memory || !copy;
	for (uint32_t i = 0; copy && i < n; i++)
		if (!copy_value(m, &values[i], &copy[i]))
			return NULL;
	return copy ? keep(m, &(struct weir_filter){.kind = kind,
						    .field = (uint32_t)column->column,
						    .type = column->type,
						    .values = copy,
						    .n_values = n})
		    : NULL;
}

static enum weir_filter_kind comparison(uint8_t op, bool negate)
{
	static const enum weir_filter_kind plain[] = {
	    [WEIR_OP_EQ] = WEIR_FILTER_EQ, [WEIR_OP_NE] = WEIR_FILTER_NE, [WEIR_OP_LT] = WEIR_FILTER_LT,
	    [WEIR_OP_LE] = WEIR_FILTER_LE, [WEIR_OP_GT] = WEIR_FILTER_GT, [WEIR_OP_GE] = WEIR_FILTER_GE};
	static const enum weir_filter_kind turned[] = {
	    [WEIR_OP_EQ] = WEIR_FILTER_NE, [WEIR_OP_NE] = WEIR_FILTER_EQ, [WEIR_OP_LT] = WEIR_FILTER_GE,
	    [WEIR_OP_LE] = WEIR_FILTER_GT, [WEIR_OP_GT] = WEIR_FILTER_LE, [WEIR_OP_GE] = WEIR_FILTER_LT};

	return negate ? turned[op] : plain[op];
}

static const struct weir_filter *from_compare(struct maker *m, const struct weir_bnode *n, bool negate)
{
	const struct weir_bnode *column = n->args[0], *k = n->args[1];

	if (!is_column(m, column) || !k->constant)
		return refuse(m, column->eval == weir_eval_cast || k->constant
				     ? "it computes with a column before it compares"
				     : "it does not compare a column with a constant");
	if (k->value.type != column->type || (k->type == WEIR_FLOAT64 && isnan(k->value.f)))
		return refuse(m, "the constant has no counterpart of the column's type");
	return leaf(m, comparison(n->op, negate), column, &k->value, 1);
}

static const struct weir_filter *from_set(struct maker *m, const struct weir_bnode *n, bool negate)
{
	const struct weir_bnode *column = n->args[0];
	struct weir_value *values = weir_arena_alloc(m->arena, (n->n_set + (size_t)1) * sizeof *values);

	if (!is_column(m, column))
		return refuse(m, "it computes with a column before it compares");
	if (n->set_has_null && negate)
		return refuse(m, "a list with NULL in it");
	if (!n->n_set)
		return refuse(m, "a list of nothing but NULL");
	if (!values) {
		m->no_memory = true;
		return NULL;
	}
	for (uint32_t i = 0; i < n->n_set; i++) {
		values[i] = (struct weir_value){.type = column->type};
		if (column->type == WEIR_STRING)
			values[i].s = ((const struct weir_str *)n->set)[i];
		else if (column->type == WEIR_FLOAT64)
			values[i].f = ((const double *)n->set)[i];
		else
			values[i].i = ((const int64_t *)n->set)[i];
		if (column->type == WEIR_FLOAT64 && isnan(values[i].f))
			return refuse(m, "a list with NaN in it");
	}
	return leaf(m, negate ? WEIR_FILTER_NOT_IN : WEIR_FILTER_IN, column, values, n->n_set);
}

/* With the backslash before what needs one, and before nothing else. */
static void plain_pattern(struct weir_str p, char escape, struct weir_buf *out)
{
	for (size_t i = 0; i < p.size; i++) {
		bool taken = p.data[i] == escape && i + 1 < p.size;
		char c = p.data[taken ? ++i : i];
		if (c == '\\' || ((taken || c == escape) && (c == '%' || c == '_')))
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, c);
	}
}

static const struct weir_filter *from_like(struct maker *m, const struct weir_bnode *n, bool negate)
{
	const struct weir_bnode *column = n->args[0], *pattern = n->args[1];
	struct weir_buf plain = {0};

	if (!is_column(m, column) || column->type != WEIR_STRING || !pattern->constant ||
	    pattern->value.type != WEIR_STRING)
		return refuse(m, "it does not compare a text with a pattern that is the same for all rows");
	plain_pattern(pattern->value.s, (char)n->param, &plain);
	const struct weir_value value = {.type = WEIR_STRING, .s = weir_buf_str(&plain)};
	m->no_memory = m->no_memory || plain.failed;
	const struct weir_filter *f =
	    plain.failed ? NULL : leaf(m, negate ? WEIR_FILTER_NOT_LIKE : WEIR_FILTER_LIKE, column, &value, 1);
	weir_buf_release(&plain);
	return f;
}

static const struct weir_filter *from_null(struct maker *m, const struct weir_bnode *n, bool negate)
{
	const struct weir_bnode *column = n->args[0];

	if (!is_column(m, column))
		return refuse(m, "it computes with a column before it asks for NULL");
	if (!negate && (column->type == WEIR_FLOAT64 || column->type == WEIR_TIMESTAMP))
		return refuse(m, "a number or a time that weir cannot hold is NULL here, and a value there");
	return leaf(m, negate ? WEIR_FILTER_NOT_NULL : WEIR_FILTER_IS_NULL, column, NULL, 0);
}

static const struct weir_filter *make(struct maker *m, const struct weir_bnode *n, bool negate);

static const struct weir_filter *from_logic(struct maker *m, const struct weir_bnode *n, bool all, bool negate)
{
	const struct weir_filter **args = weir_arena_alloc(m->arena, n->n_args * sizeof *args);

	m->no_memory = m->no_memory || !args;
	for (uint32_t i = 0; args && i < n->n_args; i++)
		if (!(args[i] = make(m, n->args[i], negate)))
			return NULL;
	return args ? keep(m, &(struct weir_filter){.kind = all ? WEIR_FILTER_AND : WEIR_FILTER_OR,
						    .args = args,
						    .n_args = n->n_args})
		    : NULL;
}

/* NULL: it cannot be (m->why, or m->no_memory). */
static const struct weir_filter *make(struct maker *m, const struct weir_bnode *n, bool negate)
{
	const struct weir_value truth = {.type = WEIR_BOOL, .b = !negate};

	if (n->constant)
		return refuse(m, "it is the same for all rows");
	if (n->eval == weir_eval_and || n->eval == weir_eval_or)
		return from_logic(m, n, (n->eval == weir_eval_and) != negate, negate);
	if (n->eval == weir_eval_not)
		return make(m, n->args[0], !negate);
	if (n->eval == weir_eval_compare)
		return from_compare(m, n, negate);
	if (n->eval == weir_eval_in)
		return from_set(m, n, negate);
	if (n->eval == weir_eval_is_null)
		return from_null(m, n, negate);
	if (n->spark == weir_spark_like)
		return from_like(m, n, negate);
	if (n->type == WEIR_BOOL && is_column(m, n))
		return leaf(m, WEIR_FILTER_EQ, n, &truth, 1);
	return refuse(m, n->spark == weir_spark_rlike ? "patterns of rlike are weir's own"
			 : n->function                ? "functions are weir's own"
						      : "it is no comparison of a column with a constant");
}

static bool add(struct maker *m, const struct weir_bnode *n, struct weir_filter_part *part)
{
	struct weir_str text = {n->source->text->data + n->source->from, n->source->to - n->source->from};

	m->why = NULL;
	part->filter = make(m, n, false);
	part->why = part->filter ? NULL : m->why;
	part->text = weir_arena_str(m->arena, text);
	return part->text.data && !m->no_memory;
}

bool weir_bound_parts(const struct weir_bound *b, const struct weir_schema *schema, struct weir_arena *arena,
		      struct weir_filter_list *out)
{
	const struct weir_bnode *root = b->root;
	struct maker m = {.schema = schema, .arena = arena};
	bool several =
	    root->eval == weir_eval_and && root->source->op == WEIR_OP_AND && root->source->kind == WEIR_EXPR_CALL;
	uint32_t n = several ? root->n_args : 1;
	struct weir_filter_part *parts = weir_arena_alloc(arena, (out->n + n) * sizeof *parts);

	if (!parts)
		return false;
	if (out->n)
		memcpy(parts, out->parts, out->n * sizeof *parts);
	out->parts = parts;
	for (uint32_t i = 0; i < n; i++)
		if (!add(&m, several ? root->args[i] : root, &parts[out->n++]))
			return false;
	return true;
}
