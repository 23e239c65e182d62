/* Binds the measures: which inputs they read, and which accumulators those feed. Measures that want the same share it. */
#include "query/plan/plan.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
}

static enum weir_status find_input(struct weir_plan *p, const struct weir_expr *argument, const struct weir_expr *where,
				   bool number, struct weir_str text, bool complete, uint32_t *out,
				   struct weir_error *err)
{
	for (*out = 0; *out < p->n_inputs; (*out)++)
		if (weir_expr_alike(p->inputs[*out].argument, argument) &&
		    weir_expr_alike(p->inputs[*out].where, where) &&
		    (!p->inputs[*out].json || p->inputs[*out].number == number))
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
		status = weir_plan_bind_argument(p, argument, text, complete, number, in, err);
	if (!status && where)
		status = weir_plan_bind_streams(p, where, text, complete, in->wheres, &type, err);
	if (!status && type != WEIR_BOOL && type != WEIR_NULL)
		status = weir_fail(err, WEIR_EXPRESSION, "measure",
				   "the condition after where is of type %s, not true or false", weir_type_name(type));
	return status;
}

static uint32_t find_accumulator(struct weir_plan *p, uint32_t input, const struct weir_accumulator_ops *ops)
{
	uint32_t n_stale = 0;
	for (uint32_t c = 0; c < p->n_accumulators; c++) {
		if (p->accumulators[c].input == input && p->accumulators[c].ops == ops)
			return c;
		n_stale += p->accumulators[c].stale_bit != 0;
	}
	p->accumulators[p->n_accumulators] =
	    (struct weir_accumulator){.ops = ops,
				      .type = p->inputs[input].type,
				      .input = input,
				      .stale_bit = ops->may_go_stale ? UINT64_C(1) << n_stale : 0};
	p->inputs[input].wants_order |= ops->ordered;
	return p->n_accumulators++;
}

/* The type rule of the measure's kind. What has no type yet may turn out to be of any. */
static enum weir_status check_type(const struct weir_measure_ast *ast, enum weir_type type, struct weir_error *err)
{
	enum weir_takes takes = ast->aggregate->takes;
	bool number = type == WEIR_INT64 || type == WEIR_FLOAT64;
	if (type == WEIR_NULL || takes == WEIR_TAKES_ANY || (takes == WEIR_TAKES_NUMBER ? number : type == WEIR_BOOL))
		return WEIR_OK;
	weir_fail(err, WEIR_EXPRESSION, "measure", WEIR_STR_FMT " needs a %s, not %s", WEIR_STR_ARG(ast->name),
		  takes == WEIR_TAKES_NUMBER ? "number" : "condition", weir_type_name(type));
	weir_error_hint(err, takes == WEIR_TAKES_NUMBER ? "cast(… as double) makes one of a text"
							: "write one, such as status >= 500");
	return WEIR_EXPRESSION;
}

static enum weir_status bind_measure(struct weir_plan *p, uint32_t i, struct weir_str text, bool complete,
				     struct weir_error *err)
{
	const struct weir_measure_ast *ast = p->measure_asts + i;
	const struct weir_aggregate *a = ast->aggregate;
	bool number = a->takes == WEIR_TAKES_NUMBER && ast->argument;
	struct weir_measure *m = p->measures + i;
	uint32_t input;
	enum weir_status status = find_input(p, ast->argument, ast->where, number, text, complete, &input, err);
	if (status)
		return status;
	*m = (struct weir_measure){.ast = ast, .count = WEIR_NO_ACCUMULATOR, .input_type = p->inputs[input].type};
	status = ast->argument ? check_type(ast, m->input_type, err) : WEIR_OK;
	if (status)
		return status;
	if (ast->argument || ast->where)
		m->count = find_accumulator(p, input, &weir_counter);
	for (uint32_t k = 0; k < WEIR_AGGREGATE_ACCUMULATORS; k++)
		m->accumulators[k] = ast->argument && a->accumulators[k]
					 ? find_accumulator(p, input, a->accumulators[k])
					 : WEIR_NO_ACCUMULATOR;
	m->type = a->type == WEIR_NULL ? m->input_type : a->type;
	p->measure_columns[i] = (struct weir_result_column){.name = ast->name,
							    .type = m->type,
							    .adds_up = a->adds_up,
							    .is_rows = a->counts && !ast->argument && !ast->where};
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
	uint32_t input = 0, n = p->n_accumulators;
	while (input < p->n_inputs && (!p->inputs[input].argument || p->inputs[input].where ||
				       (p->inputs[input].type != WEIR_INT64 && p->inputs[input].type != WEIR_FLOAT64)))
		input++;
	if (input == p->n_inputs)
		return;
	for (uint32_t i = p->n_measures; i-- > 0;)
		if (weir_expr_alike(p->measure_asts[i].argument, p->inputs[input].argument))
			p->histogram_text = argument_text(p->measure_asts[i].text);
	p->histogram = find_accumulator(p, input, &weir_buckets);
	if (n != p->n_accumulators)
		p->accumulators[p->histogram].total_only = true;
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
	p->accumulators =
	    weir_arena_zalloc(&p->arena, ((1 + WEIR_AGGREGATE_ACCUMULATORS) * n + 2) * sizeof *p->accumulators);
	if (!p->measures || !p->measure_columns || !p->inputs || !p->accumulators)
		return no_memory(err);
	p->n_measures = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		status = bind_measure(p, i, text, config->schemas_complete, err);
		if (status)
			return status;
	}
	p->histogram = WEIR_NO_ACCUMULATOR;
	if (config->live && !config->partials) /* it would split what is sent for every question of a number */
		bind_histogram(p);
	return WEIR_OK;
}
