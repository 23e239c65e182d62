/* Names, values and conditions as the language wants them written. */
#include "weir/query/view.h"

#include "query/expr/expr.h"
#include "query/expr/tree.h"

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

	enum weir_status st = weir_expr_parse(expression, &arena, &e, NULL);
	if (st == WEIR_NO_MEMORY) {
		out->failed = true; /* unread, it must not be taken for a name */
	} else if (st != WEIR_OK) {
		add_quoted(expression, '"', out);
	} else {
		bool parens = e->kind == WEIR_EXPR_CALL && e->op <= WEIR_OP_NEG;
		weir_buf_add_c(out, parens ? "(" : "");
		weir_buf_add_str(out, expression);
		weir_buf_add_c(out, parens ? ")" : "");
	}
	weir_arena_release(&arena);
}

void weir_view_quote_value(const struct weir_value *v, struct weir_buf *out)
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
	weir_view_quote_value(v, out);
	if (negate) {
		weir_buf_add_c(out, " or ");
		add_subject(expression, out);
		weir_buf_add_c(out, " is null)");
	}
}

void weir_view_quote(struct weir_str column, struct weir_buf *out)
{
	/* They are columns where nothing else can stand, but not to who reads them. */
	static const char *const keywords[] = {"and",   "or",   "not",  "between", "in",    "like", "rlike",    "is",
					       "null",  "case", "when", "then",    "else",  "cast", "interval", "true",
					       "false", "as",   "asc",  "desc",    "where", "end"};
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_expr *e = NULL;
	enum weir_status st = weir_expr_parse(column, &arena, &e, NULL);
	bool plain = st == WEIR_OK && e->kind == WEIR_EXPR_COLUMN && weir_str_equal(e->name, column);
	for (size_t i = 0; plain && i < sizeof keywords / sizeof *keywords; i++)
		plain = !weir_str_equal_nocase(column, weir_str_of(keywords[i]));
	out->failed |= st == WEIR_NO_MEMORY;
	weir_arena_release(&arena);
	if (plain)
		weir_buf_add_str(out, column);
	else
		add_quoted(column, '"', out);
}

void weir_view_quote_key(struct weir_str name, struct weir_buf *out)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_sort_ast *keys = NULL;
	size_t n = 0;
	enum weir_status st = weir_sort_parse(name, &arena, &keys, &n, NULL);
	bool plain = st == WEIR_OK && n == 1 && !keys[0].given && weir_str_equal(keys[0].key, name);
	out->failed |= st == WEIR_NO_MEMORY;
	weir_arena_release(&arena);
	if (plain)
		weir_buf_add_str(out, name);
	else
		add_quoted(name, '"', out);
}
