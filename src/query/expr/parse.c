/* Operators: one loop over a table of priorities, after the way of Lua's lparser.c. Operands are in parse_operand.c. */
#include "parse.h"

#include "weir/base/bounds.h"

/* Loosest first. Concatenation binds looser than + and -, as in DuckDB. */
enum priority {
	PRIORITY_ANY,
	PRIORITY_OR,
	PRIORITY_AND,
	PRIORITY_NOT,
	PRIORITY_COMPARE,
	PRIORITY_CONCAT,
	PRIORITY_ADD,
	PRIORITY_MULTIPLY,
	PRIORITY_SIGN,
};

static const struct infix {
	enum weir_token_kind kind;
	const char *word; /* of a WORD */
	enum weir_op op;
	int priority;
} infixes[] = {
    {WEIR_TOKEN_WORD, "or", WEIR_OP_OR, PRIORITY_OR},
    {WEIR_TOKEN_WORD, "and", WEIR_OP_AND, PRIORITY_AND},
    {WEIR_TOKEN_EQ, NULL, WEIR_OP_EQ, PRIORITY_COMPARE},
    {WEIR_TOKEN_NE, NULL, WEIR_OP_NE, PRIORITY_COMPARE},
    {WEIR_TOKEN_LT, NULL, WEIR_OP_LT, PRIORITY_COMPARE},
    {WEIR_TOKEN_LE, NULL, WEIR_OP_LE, PRIORITY_COMPARE},
    {WEIR_TOKEN_GT, NULL, WEIR_OP_GT, PRIORITY_COMPARE},
    {WEIR_TOKEN_GE, NULL, WEIR_OP_GE, PRIORITY_COMPARE},
    {WEIR_TOKEN_WORD, "not", WEIR_OP_NOT, PRIORITY_COMPARE},
    {WEIR_TOKEN_WORD, "between", WEIR_OP_BETWEEN, PRIORITY_COMPARE},
    {WEIR_TOKEN_WORD, "in", WEIR_OP_IN, PRIORITY_COMPARE},
    {WEIR_TOKEN_WORD, "like", WEIR_OP_LIKE, PRIORITY_COMPARE},
    {WEIR_TOKEN_WORD, "rlike", WEIR_OP_RLIKE, PRIORITY_COMPARE},
    {WEIR_TOKEN_WORD, "is", WEIR_OP_IS_NULL, PRIORITY_COMPARE},
    {WEIR_TOKEN_BARS, NULL, WEIR_OP_CONCAT, PRIORITY_CONCAT},
    {WEIR_TOKEN_PLUS, NULL, WEIR_OP_ADD, PRIORITY_ADD},
    {WEIR_TOKEN_MINUS, NULL, WEIR_OP_SUB, PRIORITY_ADD},
    {WEIR_TOKEN_STAR, NULL, WEIR_OP_MUL, PRIORITY_MULTIPLY},
    {WEIR_TOKEN_SLASH, NULL, WEIR_OP_DIV, PRIORITY_MULTIPLY},
    {WEIR_TOKEN_PERCENT, NULL, WEIR_OP_MOD, PRIORITY_MULTIPLY},
};

static const struct infix *find_infix(const struct weir_parser *p, struct weir_token t)
{
	for (size_t i = 0; i < sizeof infixes / sizeof infixes[0]; i++)
		if (infixes[i].kind == t.kind && (!infixes[i].word || weir_token_is(p, t, infixes[i].word)))
			return &infixes[i];
	return NULL;
}

bool weir_is_infix_word(const struct weir_parser *p, struct weir_token t)
{
	return t.kind == WEIR_TOKEN_WORD && find_infix(p, t);
}

/* between = value "between" low "and" high */
static struct weir_expr *parse_between(struct weir_parser *p, struct weir_expr *left)
{
	struct weir_expr_list args = {0};

	if (!weir_list_add(p, &args, left) || !weir_list_add(p, &args, weir_parse_expr(p, PRIORITY_COMPARE)) ||
	    !weir_expect_word(p, "and") || !weir_list_add(p, &args, weir_parse_expr(p, PRIORITY_COMPARE)))
		return NULL;
	return weir_call(p, WEIR_OP_BETWEEN, &args, left->from);
}

/* in = value "in" "(" expr { "," expr } ")" */
static struct weir_expr *parse_in(struct weir_parser *p, struct weir_expr *left)
{
	struct weir_expr_list args = {0};

	if (!weir_list_add(p, &args, left) || !weir_expect(p, WEIR_TOKEN_LPAREN, "( after in"))
		return NULL;
	do {
		if (!weir_list_add(p, &args, weir_parse_expr(p, PRIORITY_ANY)))
			return NULL;
	} while (weir_accept(p, WEIR_TOKEN_COMMA));
	if (!weir_expect(p, WEIR_TOKEN_RPAREN, ", or ) in the list"))
		return NULL;
	return weir_call(p, WEIR_OP_IN, &args, left->from);
}

/* like = value "like" pattern [ "escape" 'c' ] */
static struct weir_expr *parse_like(struct weir_parser *p, struct weir_expr *left)
{
	struct weir_expr_list args = {0};

	if (!weir_list_add(p, &args, left) || !weir_list_add(p, &args, weir_parse_expr(p, PRIORITY_COMPARE)))
		return NULL;
	if (weir_accept_word(p, "escape") && !weir_list_add(p, &args, weir_parse_operand(p)))
		return NULL;
	return weir_call(p, WEIR_OP_LIKE, &args, left->from);
}

/* is = value "is" [ "not" ] "null" */
static struct weir_expr *parse_is(struct weir_parser *p, struct weir_expr *left)
{
	bool negated = weir_accept_word(p, "not");

	if (!weir_expect_word(p, "null"))
		return NULL;
	struct weir_expr *e = weir_call1(p, WEIR_OP_IS_NULL, left, left->from);
	return e && negated ? weir_call1(p, WEIR_OP_NOT, e, left->from) : e;
}

/* a and b and c is one node, as long as no parentheses come between. */
static struct weir_expr *parse_chain(struct weir_parser *p, struct weir_expr *left, const struct infix *in)
{
	struct weir_expr_list args = {0};

	if (!weir_list_add(p, &args, left))
		return NULL;
	do {
		if (!weir_list_add(p, &args, weir_parse_expr(p, in->priority)))
			return NULL;
	} while (weir_accept_word(p, in->word));
	return weir_call(p, in->op, &args, left->from);
}

/* What follows the operator `in`, which was read. */
static struct weir_expr *parse_infix(struct weir_parser *p, struct weir_expr *left, const struct infix *in)
{
	switch (in->op) {
	case WEIR_OP_OR:
	case WEIR_OP_AND:
		return parse_chain(p, left, in);
	case WEIR_OP_BETWEEN:
		return parse_between(p, left);
	case WEIR_OP_IN:
		return parse_in(p, left);
	case WEIR_OP_LIKE:
		return parse_like(p, left);
	case WEIR_OP_IS_NULL:
		return parse_is(p, left);
	case WEIR_OP_NOT: {
		const struct infix *next = find_infix(p, weir_peek(p));
		if (!next || (next->op != WEIR_OP_BETWEEN && next->op != WEIR_OP_IN && next->op != WEIR_OP_LIKE &&
			      next->op != WEIR_OP_RLIKE))
			return weir_parser_unexpected(p, "between, in, like or rlike");
		p->at++;
		return weir_call1(p, WEIR_OP_NOT, parse_infix(p, left, next), left->from);
	}
	default:
		return weir_call2(p, in->op, left, weir_parse_expr(p, in->priority));
	}
}

/* -9223372036854775808 is a number, though 9223372036854775808 is not one. */
static struct weir_expr *parse_sign(struct weir_parser *p, uint32_t from)
{
	if (weir_at(p, WEIR_TOKEN_INTEGER)) {
		struct weir_token t = weir_peek(p);
		char digits[24] = "-";
		int64_t v;
		if (t.to - t.from < sizeof digits - 1) {
			memcpy(digits + 1, p->text->data + t.from, t.to - t.from);
			if (weir_parse_int64((struct weir_str){digits, 1 + t.to - t.from}, false, &v)) {
				p->at++;
				struct weir_expr *e = weir_node(p, WEIR_EXPR_LITERAL, from, t.to);
				if (e)
					e->value = (struct weir_value){.type = WEIR_INT64, .i = v};
				return e;
			}
		}
	}
	return weir_call1(p, WEIR_OP_NEG, weir_parse_expr(p, PRIORITY_SIGN), from);
}

/* prefix = ( "not" | "-" | "+" ) prefix | operand */
static struct weir_expr *parse_prefix(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);

	if (weir_token_is(p, t, "not")) {
		struct weir_token next = weir_peek_next(p);
		bool column = next.kind >= WEIR_TOKEN_EQ && next.kind != WEIR_TOKEN_LPAREN &&
			      next.kind != WEIR_TOKEN_MINUS && next.kind != WEIR_TOKEN_PLUS;
		if (!column) {
			p->at++;
			return weir_call1(p, WEIR_OP_NOT, weir_parse_expr(p, PRIORITY_NOT), t.from);
		}
	}
	if (weir_accept(p, WEIR_TOKEN_MINUS))
		return parse_sign(p, t.from);
	if (weir_accept(p, WEIR_TOKEN_PLUS))
		return weir_parse_expr(p, PRIORITY_SIGN);
	return weir_parse_operand(p);
}

/* expr = prefix { infix … }: goes on while the next operator binds tighter than `priority`. Left associative. */
struct weir_expr *weir_parse_expr(struct weir_parser *p, int priority)
{
	if (++p->depth > WEIR_MAX_EXPR_DEPTH) {
		struct weir_token t = weir_peek(p);
		return weir_parser_fail(p, t.from, t.to, "expression nested more than %d deep", WEIR_MAX_EXPR_DEPTH);
	}
	struct weir_expr *left = parse_prefix(p);
	while (left) {
		const struct infix *in = find_infix(p, weir_peek(p));
		if (!in || in->priority <= priority)
			break;
		p->at++;
		left = parse_infix(p, left, in);
	}
	p->depth--;
	return left;
}

enum weir_status weir_expr_parse(struct weir_str text, struct weir_arena *arena, struct weir_expr **out,
				 struct weir_error *err)
{
	struct weir_parser p;
	enum weir_status st = weir_parser_init(&p, text, arena, err);

	if (st)
		return st;
	*out = weir_parse_expr(&p, PRIORITY_ANY);
	if (*out && !weir_at(&p, WEIR_TOKEN_END))
		*out = weir_parser_unexpected(&p, "an operator");
	return p.status;
}
