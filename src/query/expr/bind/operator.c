/* Operators: logic, null tests, arithmetic, case, cast. */
#include "query/expr/bind/bind.h"
#include "query/expr/spark/spark.h"

static struct weir_bnode *bind_logic(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	for (uint32_t i = 0; i < e->n_args; i++)
		if (!(args[i] = weir_as_bool(b, args[i])))
			return NULL;
	weir_eval_fn eval = e->op == WEIR_OP_AND ? weir_eval_and : e->op == WEIR_OP_OR ? weir_eval_or : weir_eval_not;
	return weir_bind_finish(b, weir_bnode_new(b, e, WEIR_BOOL, eval, e->n_args, args));
}

static struct weir_bnode *bind_between(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	weir_share(args[0]);
	struct weir_bnode *ends[2] = {
	    weir_bind_compare(b, e, WEIR_OP_GE, args[0], args[1]),
	    weir_bind_compare(b, e, WEIR_OP_LE, args[0], args[2]),
	};
	return weir_bind_finish(b, weir_bnode_new(b, e, WEIR_BOOL, weir_eval_and, 2, ends));
}

static struct weir_bnode *arith_node(struct weir_binder *b, const struct weir_expr *e, enum weir_op op,
				     enum weir_type type, struct weir_bnode *left, struct weir_bnode *right)
{
	struct weir_bnode *pair[2] = {left, right};
	struct weir_bnode *n = weir_bnode_new(b, e, type, weir_eval_arith, 2, pair);

	if (n)
		n->op = (uint8_t)op;
	return weir_bind_finish(b, n);
}

/* timestamp ± interval, timestamp - timestamp, interval ± interval, interval times or by a number */
static struct weir_bnode *time_arith(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *left,
				     struct weir_bnode *right)
{
	bool add = e->op == WEIR_OP_ADD, sub = e->op == WEIR_OP_SUB;

	if (sub && left->type == WEIR_STRING && right->type == WEIR_TIMESTAMP)
		left = weir_as_time(b, left);
	if (sub && left && left->type == WEIR_TIMESTAMP && right->type == WEIR_STRING)
		right = weir_as_time(b, right);
	if (!left || !right)
		return NULL;
	enum weir_type l = left->type, r = right->type;
	if ((add || sub) && r == WEIR_INTERVAL && (l == WEIR_TIMESTAMP || l == WEIR_INTERVAL))
		return arith_node(b, e, e->op, l, left, right);
	if (add && l == WEIR_INTERVAL && r == WEIR_TIMESTAMP)
		return arith_node(b, e, e->op, r, left, right);
	if (sub && l == WEIR_TIMESTAMP && r == WEIR_TIMESTAMP)
		return arith_node(b, e, e->op, WEIR_INTERVAL, left, right);
	if (e->op == WEIR_OP_MUL && (l == WEIR_INT64 || r == WEIR_INT64) && (l == WEIR_INTERVAL || r == WEIR_INTERVAL))
		return arith_node(b, e, e->op, WEIR_INTERVAL, left, right);
	if (e->op == WEIR_OP_DIV && l == WEIR_INTERVAL && r == WEIR_INTERVAL)
		return arith_node(b, e, e->op, WEIR_FLOAT64, weir_cast_node(b, left, WEIR_FLOAT64),
				  weir_cast_node(b, right, WEIR_FLOAT64));
	weir_bind_fail(b, e, "no such operation between %s and %s", weir_bind_type_name(l), weir_bind_type_name(r));
	if (l == WEIR_TIMESTAMP && (add || sub))
		weir_error_hint(b->err, "add an interval: interval '5' minute");
	return NULL;
}

static bool is_time(const struct weir_bnode *n)
{
	return n->type == WEIR_TIMESTAMP || n->type == WEIR_INTERVAL;
}

static struct weir_bnode *bind_arith(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *left = args[0], *right = args[1];

	/* What has no type yet may turn out a number or a time, and so may what is made of it. */
	bool open = left->type == WEIR_NULL || right->type == WEIR_NULL;
	if (open && (!b->scope->complete || left->type == right->type || is_time(left) || is_time(right)))
		return weir_null(b, e, WEIR_NULL);
	if (is_time(left) || is_time(right))
		return time_arith(b, e, left, right);
	left = weir_as_number(b, left);
	right = left ? weir_as_number(b, right) : NULL;
	if (!right)
		return NULL;
	enum weir_type type = e->op == WEIR_OP_DIV ? WEIR_FLOAT64 : weir_type_widen(left->type, right->type);
	return arith_node(b, e, e->op, type, weir_cast_node(b, left, type), weir_cast_node(b, right, type));
}

static struct weir_bnode *bind_negate(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *arg)
{
	if (arg->type == WEIR_NULL)
		return weir_null(b, e, WEIR_NULL);
	if (arg->type != WEIR_INTERVAL)
		arg = weir_as_number(b, arg);
	return arg ? weir_bind_finish(b, weir_bnode_new(b, e, arg->type, weir_eval_negate, 1, &arg)) : NULL;
}

/* Becomes (condition, value)…[, else] with values of one type. */
static struct weir_bnode *bind_case(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	uint32_t first = e->has_subject ? 1 : 0, n = e->n_args - first, n_values = 0;
	struct weir_bnode **parts = args + first;
	struct weir_bnode **values = weir_arena_alloc(&b->bound->arena, (n + 1) * sizeof(struct weir_bnode *));

	if (!values)
		return weir_bind_no_memory(b);
	if (e->has_subject)
		weir_share(args[0]);
	for (uint32_t i = 0; i + 1 < n; i += 2) {
		parts[i] = e->has_subject ? weir_bind_compare(b, parts[i]->source, WEIR_OP_EQ, args[0], parts[i])
					  : weir_as_bool(b, parts[i]);
		if (!parts[i])
			return NULL;
		values[n_values++] = parts[i + 1];
	}
	if (e->has_else)
		values[n_values++] = parts[n - 1];
	bool json = weir_json_numbers(values, n_values);
	enum weir_type type = weir_unify(b, values, n_values);
	if (b->status)
		return NULL;
	for (uint32_t i = 0; i < n_values; i++)
		parts[2 * i + 1 < n ? 2 * i + 1 : n - 1] = values[i];
	struct weir_bnode *node = weir_bnode_new(b, e, type, weir_eval_case, n, parts);
	if (node)
		node->has_else = e->has_else;
	node = type == WEIR_NULL ? weir_null(b, e, WEIR_NULL) : weir_bind_finish(b, node);
	if (node)
		node->json = json && type == WEIR_STRING;
	return node;
}

static struct weir_bnode *bind_cast(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode *arg)
{
	bool odd = e->type == WEIR_TIMESTAMP ? arg->type == WEIR_BOOL || arg->type == WEIR_INTERVAL
					     : e->type == WEIR_BOOL && is_time(arg);

	if (odd)
		return weir_bind_fail(b, e, "cannot cast %s to %s", weir_bind_type_name(arg->type),
				      weir_type_name(e->type));
	return weir_cast_node(b, arg, e->type);
}

static bool concat_row(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *a,
		       struct weir_cell *out, bool *ok)
{
	size_t size = 0, used = 0;

	(void)ok;
	for (uint32_t i = 0; i < b->n_args; i++)
		size += a[i].s.size;
	char *text = weir_text_room(b, strings, size + 1);
	if (!text)
		return false;
	for (uint32_t i = 0; i < b->n_args; i++) {
		if (a[i].s.size)
			memcpy(text + used, a[i].s.data, a[i].s.size);
		used += a[i].s.size;
	}
	out->s = (struct weir_str){text, used};
	return true;
}

struct weir_bnode *weir_bind_concat(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	struct weir_bnode *n = weir_text_function(b, e, args, WEIR_STRING, concat_row);
	if (n)
		n->spark = weir_spark_concat;
	return n;
}

struct weir_bnode *weir_bind_operator(struct weir_binder *b, const struct weir_expr *e, struct weir_bnode **args)
{
	switch ((enum weir_op)e->op) {
	case WEIR_OP_OR:
	case WEIR_OP_AND:
	case WEIR_OP_NOT:
		return bind_logic(b, e, args);
	case WEIR_OP_EQ:
	case WEIR_OP_NE:
	case WEIR_OP_LT:
	case WEIR_OP_LE:
	case WEIR_OP_GT:
	case WEIR_OP_GE:
		return weir_bind_compare(b, e, e->op, args[0], args[1]);
	case WEIR_OP_BETWEEN:
		return bind_between(b, e, args);
	case WEIR_OP_IN:
		return weir_bind_in(b, e, args);
	case WEIR_OP_LIKE:
		return weir_bind_like(b, e, args);
	case WEIR_OP_RLIKE:
		return weir_bind_rlike(b, e, args);
	case WEIR_OP_IS_NULL:
		return weir_bind_finish(b, weir_bnode_new(b, e, WEIR_BOOL, weir_eval_is_null, 1, args));
	case WEIR_OP_NEG:
		return bind_negate(b, e, args[0]);
	case WEIR_OP_CONCAT:
		return weir_bind_concat(b, e, args);
	case WEIR_OP_CASE:
		return bind_case(b, e, args);
	case WEIR_OP_CAST:
		return bind_cast(b, e, args[0]);
	case WEIR_OP_PATH:
		return weir_bind_path(b, e, args);
	case WEIR_OP_ADD:
	case WEIR_OP_SUB:
	case WEIR_OP_MUL:
	case WEIR_OP_DIV:
	case WEIR_OP_MOD:
		return bind_arith(b, e, args);
	case WEIR_OP_FUNCTION: /* bound by its row in the table */
		break;
	}
	return NULL;
}
