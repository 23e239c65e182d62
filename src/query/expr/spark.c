/* A tree as Spark SQL. Operators are put in parentheses below other operators, so priorities need not agree. */
#include "query/expr/functions/functions.h"
#include "query/expr/tree.h"

#include "weir/base/time.h"

#include <stdlib.h>

void weir_text_spark(struct weir_str s, struct weir_buf *out)
{
	weir_buf_add_char(out, '\'');
	for (size_t i = 0; i < s.size; i++) { /* Spark reads backslashes in text, we do not */
		if (s.data[i] == '\'' || s.data[i] == '\\')
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, s.data[i]);
	}
	weir_buf_add_char(out, '\'');
}

static void add_literal(const struct weir_value *v, struct weir_buf *out)
{
	switch (v->type) {
	case WEIR_STRING:
		weir_text_spark(v->s, out);
		break;
	case WEIR_TIMESTAMP:
		weir_buf_add_c(out, "TIMESTAMP '");
		weir_value_text(v, out);
		weir_buf_add_char(out, '\'');
		break;
	case WEIR_FLOAT64:
		weir_value_text(v, out); /* D: a double, where plain digits would be a decimal */
		weir_buf_add_char(out, 'D');
		break;
	case WEIR_NULL:
		weir_buf_add_c(out, "NULL");
		break;
	default:
		weir_value_text(v, out);
	}
}

static void add_name(struct weir_str name, struct weir_buf *out)
{
	struct weir_str rest = name;

	do { /* an empty name is one too */
		struct weir_str part = weir_str_cut(rest, '.', &rest);
		weir_buf_add_char(out, '`');
		for (size_t i = 0; i < part.size; i++) {
			if (part.data[i] == '`')
				weir_buf_add_char(out, '`');
			weir_buf_add_char(out, part.data[i]);
		}
		weir_buf_add_c(out, rest.data ? "`." : "`");
	} while (rest.data);
}

static bool is_operator(const struct weir_expr *e)
{
	return e->kind == WEIR_EXPR_CALL && e->op != WEIR_OP_FUNCTION && e->op != WEIR_OP_CASE &&
	       e->op != WEIR_OP_CAST && e->op != WEIR_OP_PATH;
}

void weir_expr_spark_operand(const struct weir_expr *e, struct weir_buf *out)
{
	bool parens =
	    is_operator(e) || (e->kind == WEIR_EXPR_CALL && e->op == WEIR_OP_FUNCTION && e->function->spark_operator);

	if (parens)
		weir_buf_add_char(out, '(');
	weir_expr_spark(e, out);
	if (parens)
		weir_buf_add_char(out, ')');
}

static void add_list(const struct weir_expr *e, uint32_t from, struct weir_buf *out)
{
	for (uint32_t i = from; i < e->n_args; i++) {
		if (i > from)
			weir_buf_add_c(out, ", ");
		weir_expr_spark(e->args[i], out);
	}
}

static void add_infix(const struct weir_expr *e, const char *op, struct weir_buf *out)
{
	for (uint32_t i = 0; i < e->n_args; i++) {
		if (i)
			weir_buf_addf(out, " %s ", op);
		weir_expr_spark_operand(e->args[i], out);
	}
}

static void add_case(const struct weir_expr *e, struct weir_buf *out)
{
	uint32_t i = 0, n = e->n_args - (e->has_else ? 1 : 0);

	weir_buf_add_c(out, "CASE ");
	if (e->has_subject) {
		weir_expr_spark_operand(e->args[i++], out);
		weir_buf_add_char(out, ' ');
	}
	for (; i + 1 < n; i += 2) {
		weir_buf_add_c(out, "WHEN ");
		weir_expr_spark(e->args[i], out);
		weir_buf_add_c(out, " THEN ");
		weir_expr_spark(e->args[i + 1], out);
		weir_buf_add_char(out, ' ');
	}
	if (e->has_else) {
		weir_buf_add_c(out, "ELSE ");
		weir_expr_spark(e->args[n], out);
		weir_buf_add_char(out, ' ');
	}
	weir_buf_add_c(out, "END");
}

static const char *cast_name(enum weir_type t)
{
	switch (t) {
	case WEIR_BOOL:
		return "BOOLEAN";
	case WEIR_INT64:
		return "BIGINT";
	case WEIR_FLOAT64:
		return "DOUBLE";
	case WEIR_TIMESTAMP:
		return "TIMESTAMP";
	default:
		return "STRING";
	}
}

static void add_function(const struct weir_expr *e, struct weir_buf *out)
{
	const struct weir_function *f = e->function;

	if (f->spark) {
		f->spark(e, out);
		return;
	}
	weir_buf_addf(out, "%s(", f->spark_name ? f->spark_name : f->doc.name);
	add_list(e, 0, out);
	weir_buf_add_char(out, ')');
}

static void add_call(const struct weir_expr *e, struct weir_buf *out)
{
	static const char *const infix[] = {
	    [WEIR_OP_OR] = "OR", [WEIR_OP_AND] = "AND",   [WEIR_OP_EQ] = "=",        [WEIR_OP_NE] = "<>",
	    [WEIR_OP_LT] = "<",  [WEIR_OP_LE] = "<=",     [WEIR_OP_GT] = ">",        [WEIR_OP_GE] = ">=",
	    [WEIR_OP_ADD] = "+", [WEIR_OP_SUB] = "-",     [WEIR_OP_MUL] = "*",       [WEIR_OP_DIV] = "/",
	    [WEIR_OP_MOD] = "%", [WEIR_OP_CONCAT] = "||", [WEIR_OP_RLIKE] = "RLIKE", [WEIR_OP_FUNCTION] = NULL,
	};

	if (infix[e->op]) {
		add_infix(e, infix[e->op], out);
		return;
	}
	switch (e->op) {
	case WEIR_OP_NOT:
	case WEIR_OP_NEG:
		weir_buf_add_c(out, e->op == WEIR_OP_NOT ? "NOT " : "- ");
		weir_expr_spark_operand(e->args[0], out);
		break;
	case WEIR_OP_IS_NULL:
		weir_expr_spark_operand(e->args[0], out);
		weir_buf_add_c(out, " IS NULL");
		break;
	case WEIR_OP_BETWEEN:
		weir_expr_spark_operand(e->args[0], out);
		weir_buf_add_c(out, " BETWEEN ");
		weir_expr_spark_operand(e->args[1], out);
		weir_buf_add_c(out, " AND ");
		weir_expr_spark_operand(e->args[2], out);
		break;
	case WEIR_OP_IN:
		weir_expr_spark_operand(e->args[0], out);
		weir_buf_add_c(out, " IN (");
		add_list(e, 1, out);
		weir_buf_add_char(out, ')');
		break;
	case WEIR_OP_LIKE:
		weir_expr_spark_operand(e->args[0], out);
		weir_buf_add_c(out, " LIKE ");
		weir_expr_spark_operand(e->args[1], out);
		if (e->n_args > 2) {
			weir_buf_add_c(out, " ESCAPE ");
			weir_expr_spark(e->args[2], out);
		}
		break;
	case WEIR_OP_CASE:
		add_case(e, out);
		break;
	case WEIR_OP_CAST:
		weir_buf_add_c(out, "CAST(");
		weir_expr_spark(e->args[0], out);
		weir_buf_addf(out, " AS %s)", cast_name(e->type));
		break;
	case WEIR_OP_PATH:
		weir_buf_add_c(out, "get_json_object(");
		add_list(e, 0, out);
		weir_buf_add_char(out, ')');
		break;
	default:
		add_function(e, out);
	}
}

void weir_expr_spark(const struct weir_expr *e, struct weir_buf *out)
{
	switch ((enum weir_expr_kind)e->kind) {
	case WEIR_EXPR_LITERAL:
		add_literal(&e->value, out);
		break;
	case WEIR_EXPR_INTERVAL:
		weir_buf_addf(out, "INTERVAL '%s%lld.%06d' SECOND", e->interval_us < 0 ? "-" : "",
			      llabs(e->interval_us) / WEIR_US_PER_S, (int)(llabs(e->interval_us) % WEIR_US_PER_S));
		break;
	case WEIR_EXPR_COLUMN:
		add_name(e->name, out);
		break;
	case WEIR_EXPR_CALL:
		add_call(e, out);
		break;
	}
}
