#include "query/plan_state.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

/* Two expressions that print alike are alike. */
static bool same_expr(const struct weir_expr *a, const struct weir_expr *b)
{
	struct weir_buf x = {0}, y = {0};
	if (a == b || !a || !b)
		return a == b;
	weir_expr_spark(a, &x);
	weir_expr_spark(b, &y);
	bool same = !x.failed && !y.failed && weir_str_equal(weir_buf_str(&x), weir_buf_str(&y));
	weir_buf_release(&x);
	weir_buf_release(&y);
	return same;
}

static enum weir_status find_input(struct weir_plan *p, const struct weir_expr *argument, const struct weir_expr *where,
				   struct weir_str text, bool complete, uint32_t *out, struct weir_error *err)
{
	for (*out = 0; *out < p->n_inputs; (*out)++)
		if (same_expr(p->inputs[*out].argument, argument) && same_expr(p->inputs[*out].where, where))
			return WEIR_OK;
	struct weir_input *in = p->inputs + p->n_inputs;
	*in = (struct weir_input){.argument = argument, .where = where};
	in->arguments = weir_arena_zalloc(&p->arena, (p->n_streams + 1) * sizeof *in->arguments);
	in->wheres = weir_arena_zalloc(&p->arena, (p->n_streams + 1) * sizeof *in->wheres);
	if (!in->arguments || !in->wheres)
		return no_memory(err);
	p->n_inputs++;
	enum weir_status status = WEIR_OK;
	enum weir_type type = WEIR_NULL;
	if (argument)
		status = weir_plan_bind_streams(p, argument, text, complete, in->arguments, &in->type, err);
	if (!status && where)
		status = weir_plan_bind_streams(p, where, text, complete, in->wheres, &type, err);
	if (!status && type != WEIR_BOOL && type != WEIR_NULL)
		status = weir_fail(err, WEIR_EXPRESSION, "measure",
				   "the condition after where is %s, not true or false", weir_type_name(type));
	return status;
}

static uint32_t find_part(struct weir_plan *p, uint32_t input, enum weir_component_kind kind)
{
	static const bool may_be_stale[] = {
	    [WEIR_PART_MIN] = true,  [WEIR_PART_MAX] = true,	  [WEIR_PART_FIRST] = true,
	    [WEIR_PART_LAST] = true, [WEIR_PART_QUANTILE] = true, [WEIR_PART_DISTINCT] = true};
	uint32_t n_stale = 0;
	for (uint32_t c = 0; c < p->n_components; c++) {
		if (p->components[c].input == input && p->components[c].kind == kind)
			return c;
		n_stale += p->components[c].stale_bit != 0;
	}
	p->components[p->n_components] =
	    (struct weir_component){.kind = kind,
				    .type = p->inputs[input].type,
				    .input = input,
				    .stale_bit = may_be_stale[kind] ? UINT64_C(1) << n_stale : 0};
	p->inputs[input].wants_order |= kind == WEIR_PART_FIRST || kind == WEIR_PART_LAST;
	return p->n_components++;
}

struct shape {	  /* what a measure is made of */
	int part; /* enum weir_component_kind, -1: only a count */
	bool squares;
	bool numbers_only;
	bool own_type;	     /* the value has the type of the argument */
	enum weir_type type; /* else this */
};
static const struct shape shapes[] = {
    [WEIR_AGG_COUNT] = {-1, false, false, false, WEIR_INT64},
    [WEIR_AGG_COUNT_X] = {-1, false, false, false, WEIR_INT64},
    [WEIR_AGG_SUM] = {WEIR_PART_SUM, false, true, true, WEIR_NULL},
    [WEIR_AGG_AVG] = {WEIR_PART_SUM, false, true, false, WEIR_FLOAT64},
    [WEIR_AGG_MIN] = {WEIR_PART_MIN, false, false, true, WEIR_NULL},
    [WEIR_AGG_MAX] = {WEIR_PART_MAX, false, false, true, WEIR_NULL},
    [WEIR_AGG_STDDEV] = {WEIR_PART_SUM, true, true, false, WEIR_FLOAT64},
    [WEIR_AGG_QUANTILE] = {WEIR_PART_QUANTILE, false, true, false, WEIR_FLOAT64},
    [WEIR_AGG_DISTINCT] = {WEIR_PART_DISTINCT, false, false, false, WEIR_INT64},
    [WEIR_AGG_RATE] = {-1, false, false, false, WEIR_FLOAT64},
    [WEIR_AGG_RATE_X] = {WEIR_PART_SUM, false, true, false, WEIR_FLOAT64},
    [WEIR_AGG_FIRST] = {WEIR_PART_FIRST, false, false, true, WEIR_NULL},
    [WEIR_AGG_LAST] = {WEIR_PART_LAST, false, false, true, WEIR_NULL},
};

static enum weir_status bind_measure(struct weir_plan *p, uint32_t i, struct weir_str text, bool complete,
				     struct weir_error *err)
{
	const struct weir_measure_ast *ast = p->measure_asts + i;
	const struct shape *shape = shapes + ast->kind;
	struct weir_measure *m = p->measures + i;
	uint32_t input;
	enum weir_status status = find_input(p, ast->argument, ast->where, text, complete, &input, err);
	if (status)
		return status;
	*m = (struct weir_measure){.ast = ast, .count = WEIR_NO_PART, .part = WEIR_NO_PART, .squares = WEIR_NO_PART};
	m->input_type = p->inputs[input].type;
	if (shape->numbers_only && m->input_type != WEIR_INT64 && m->input_type != WEIR_FLOAT64 &&
	    m->input_type != WEIR_NULL) {
		weir_fail(err, WEIR_EXPRESSION, "measure", WEIR_STR_FMT " needs a number, not %s",
			  WEIR_STR_ARG(ast->name), weir_type_name(m->input_type));
		weir_error_hint(err, "cast(… as double) makes one of a text");
		return WEIR_EXPRESSION;
	}
	if (ast->argument || ast->where)
		m->count = find_part(p, input, WEIR_PART_COUNT);
	if (shape->part >= 0)
		m->part = find_part(p, input, (enum weir_component_kind)shape->part);
	if (shape->squares)
		m->squares = find_part(p, input, WEIR_PART_SQUARES);
	m->type = shape->own_type ? m->input_type : shape->type;
	p->measure_columns[i] = (struct weir_result_column){.name = ast->name, .type = m->type};
	return WEIR_OK;
}

/* What stands between the parentheses of a measure as it was written. */
static struct weir_str argument_text(struct weir_str text)
{
	size_t from = 0, to;
	int depth = 0;
	char quote = 0;
	while (from < text.size && text.data[from] != '(')
		from++;
	for (to = from; to < text.size; to++) {
		char c = text.data[to];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"' || c == '`')
			quote = c;
		else if (c == '(')
			depth++;
		else if (c == ')' && !--depth)
			break;
	}
	return from < to ? weir_str_trim((struct weir_str){text.data + from + 1, to - from - 1}) : text;
}

/* The histogram panel counts the first number that a measure is of. */
static void bind_histogram(struct weir_plan *p)
{
	uint32_t input = 0, n = p->n_components;
	while (input < p->n_inputs && (!p->inputs[input].argument || p->inputs[input].where ||
				       (p->inputs[input].type != WEIR_INT64 && p->inputs[input].type != WEIR_FLOAT64)))
		input++;
	if (input == p->n_inputs)
		return;
	for (uint32_t i = p->n_measures; i-- > 0;)
		if (same_expr(p->measure_asts[i].argument, p->inputs[input].argument))
			p->histogram_text = argument_text(p->measure_asts[i].text);
	p->histogram = find_part(p, input, WEIR_PART_QUANTILE);
	if (n != p->n_components)
		p->components[p->histogram].total_only = true;
}

enum weir_status weir_plan_bind_measures(struct weir_plan *p, const struct weir_plan_config *config,
					 struct weir_str text, struct weir_error *err)
{
	size_t n = 0;
	enum weir_status status = weir_measures_parse(text, &p->arena, &p->measure_asts, &n, err);
	if (status)
		return status;
	p->measures = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->measures);
	p->measure_columns = weir_arena_zalloc(&p->arena, (n + 1) * sizeof *p->measure_columns);
	p->inputs = weir_arena_zalloc(&p->arena, (n + 2) * sizeof *p->inputs);
	p->components = weir_arena_zalloc(&p->arena, (3 * n + 2) * sizeof *p->components);
	if (!p->measures || !p->measure_columns || !p->inputs || !p->components)
		return no_memory(err);
	p->n_measures = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		status = bind_measure(p, i, text, config->schemas_complete, err);
		if (status)
			return status;
	}
	p->histogram = WEIR_NO_PART;
	if (config->live)
		bind_histogram(p);
	return WEIR_OK;
}
