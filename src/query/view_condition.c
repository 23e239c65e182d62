/* The text of a condition that a selection on the screen stands for. */
#include "weir/query/view.h"

#include "expr/expr.h"
#include "expr/tree.h"

#include <math.h>

static void add_quoted(struct weir_str s, char quote, struct weir_buf *out)
{
	weir_buf_add_char(out, quote);
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == quote)
			weir_buf_add_char(out, quote);
		weir_buf_add_char(out, s.data[i]);
	}
	weir_buf_add_char(out, quote);
}

/* What does not parse is taken for a column's bare name and quoted; an operator gets parentheses. */
static void add_subject(struct weir_str expression, struct weir_buf *out)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_expr *e = NULL;

	if (weir_expr_parse(expression, &arena, &e, NULL)) {
		add_quoted(expression, '"', out);
	} else {
		bool parens = e->kind == WEIR_EXPR_CALL && e->op <= WEIR_OP_NEG;
		weir_buf_add_c(out, parens ? "(" : "");
		weir_buf_add_str(out, expression);
		weir_buf_add_c(out, parens ? ")" : "");
	}
	weir_arena_release(&arena);
}

static void add_value(const struct weir_value *v, struct weir_buf *out)
{
	switch (v->type) {
	case WEIR_STRING:
		add_quoted(v->s, '\'', out);
		break;
	case WEIR_TIMESTAMP:
		weir_buf_add_c(out, "timestamp '");
		weir_value_text(v, out);
		weir_buf_add_char(out, '\'');
		break;
	case WEIR_FLOAT64:
		if (!isfinite(v->f)) {
			weir_buf_add_c(out, "cast('");
			weir_value_text(v, out);
			weir_buf_add_c(out, "' as double)");
			break;
		}
		weir_value_text(v, out);
		break;
	default:
		weir_value_text(v, out);
	}
}

void weir_condition_text(struct weir_str expression, const struct weir_value *v, bool negate, struct weir_buf *out)
{
	if (v->type == WEIR_NULL) {
		add_subject(expression, out);
		weir_buf_add_c(out, negate ? " is not null" : " is null");
		return;
	}
	/* x <> 'a' is not true where x is NULL, but whoever takes one value away means to keep all others. */
	weir_buf_add_c(out, negate ? "(" : "");
	add_subject(expression, out);
	weir_buf_add_c(out, negate ? " <> " : " = ");
	add_value(v, out);
	if (negate) {
		weir_buf_add_c(out, " or ");
		add_subject(expression, out);
		weir_buf_add_c(out, " is null)");
	}
}
