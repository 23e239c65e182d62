/* The grammar: operators by one loop over a table of priorities, after the way of Lua's lparser.c, then operands. */
#include "query/expr/functions/functions.h"
#include "query/expr/parse/parse.h"

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

static bool is_infix_word(const struct weir_parser *p, struct weir_token t)
{
	return t.kind == WEIR_TOKEN_WORD && find_infix(p, t);
}

static struct weir_expr *parse_operand(struct weir_parser *p);

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
	if (weir_accept_word(p, "escape") && !weir_list_add(p, &args, parse_operand(p)))
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

static struct weir_expr *parse_sign(struct weir_parser *p, uint32_t from)
{
	struct weir_expr *number = weir_parse_negative(p, from);

	if (number || p->status)
		return number;
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
	return parse_operand(p);
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

/* Can `t` begin what a keyword before it asks for? If not, that keyword is a column. */
static bool can_start_operand(const struct weir_parser *p, struct weir_token t)
{
	switch (t.kind) {
	case WEIR_TOKEN_WORD:
		return weir_token_is(p, t, "not") || (!is_infix_word(p, t) && !weir_token_is(p, t, "as"));
	case WEIR_TOKEN_QUOTED:
	case WEIR_TOKEN_TEXT:
	case WEIR_TOKEN_INTEGER:
	case WEIR_TOKEN_FLOAT:
	case WEIR_TOKEN_LPAREN:
		return true;
	default:
		return false;
	}
}

/* case = "case" [ subject ] "when" expr "then" expr { "when" … } [ "else" expr ] "end" */
static struct weir_expr *parse_case(struct weir_parser *p)
{
	struct weir_expr_list args = {0};
	uint32_t from = weir_peek(p).from;
	bool has_else = false, has_subject;

	p->at++;
	has_subject = !weir_at_word(p, "when");
	if (has_subject && !weir_list_add(p, &args, weir_parse_expr(p, 0)))
		return NULL;
	if (!weir_at_word(p, "when"))
		return weir_parser_unexpected(p, "when");
	while (weir_accept_word(p, "when")) {
		if (!weir_list_add(p, &args, weir_parse_expr(p, 0)) || !weir_expect_word(p, "then") ||
		    !weir_list_add(p, &args, weir_parse_expr(p, 0)))
			return NULL;
	}
	if (weir_accept_word(p, "else")) {
		has_else = true;
		if (!weir_list_add(p, &args, weir_parse_expr(p, 0)))
			return NULL;
	}
	if (!weir_accept_word(p, "end"))
		return weir_parser_unexpected(p, has_else ? "end" : "when, else or end");
	struct weir_expr *e = weir_call(p, WEIR_OP_CASE, &args, from);
	if (e) {
		e->has_subject = has_subject;
		e->has_else = has_else;
	}
	return e;
}

/* cast = "cast" "(" expr "as" type ")" */
static struct weir_expr *parse_cast(struct weir_parser *p)
{
	static const struct {
		const char *name;
		enum weir_type type;
	} types[] = {
	    {"bool", WEIR_BOOL},      {"boolean", WEIR_BOOL},    {"int", WEIR_INT64},           {"integer", WEIR_INT64},
	    {"bigint", WEIR_INT64},   {"long", WEIR_INT64},      {"int64", WEIR_INT64},         {"float", WEIR_FLOAT64},
	    {"double", WEIR_FLOAT64}, {"float64", WEIR_FLOAT64}, {"timestamp", WEIR_TIMESTAMP}, {"string", WEIR_STRING},
	    {"text", WEIR_STRING},    {"varchar", WEIR_STRING},
	};
	uint32_t from = weir_peek(p).from;
	p->at += 2;
	struct weir_expr *arg = weir_parse_expr(p, 0);
	if (!arg || !weir_expect_word(p, "as"))
		return NULL;
	struct weir_token t = weir_peek(p);
	enum weir_type type = WEIR_NULL;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (weir_token_is(p, t, types[i].name))
			type = types[i].type;
	if (type == WEIR_NULL) {
		weir_parser_unexpected(p, "a type");
		weir_error_hint(p->err, "bool, int, double, timestamp or string");
		return NULL;
	}
	p->at++;
	if (!weir_expect(p, WEIR_TOKEN_RPAREN, ")"))
		return NULL;
	struct weir_expr *e = weir_call1(p, WEIR_OP_CAST, arg, from);
	if (e)
		e->type = type;
	return e;
}

/* unit of extract(unit from t), as a text literal */
static struct weir_expr *parse_extract_unit(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);

	if (t.kind != WEIR_TOKEN_WORD && t.kind != WEIR_TOKEN_TEXT)
		return weir_parser_unexpected(p, "a unit such as hour");
	struct weir_str unit = weir_token_str(p, t);
	p->at++;
	if (t.kind == WEIR_TOKEN_TEXT)
		unit = weir_token_unquote(*p->text, t, p->arena);
	if (!unit.data)
		return weir_parser_no_memory(p);
	if (!weir_expect_word(p, "from"))
		return NULL;
	return weir_literal(p, t, (struct weir_value){.type = WEIR_STRING, .s = unit});
}

/* call = name "(" [ expr { "," expr } ] ")" | "extract" "(" unit "from" expr ")" */
static struct weir_expr *parse_call(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);
	struct weir_str name = weir_token_str(p, t);
	const struct weir_function *f = weir_function_find(name);
	struct weir_expr_list args = {0};

	if (!f) {
		weir_parser_fail(p, t.from, t.to, "unknown function " WEIR_STR_FMT, WEIR_STR_ARG(name));
		const char *nearest = weir_function_nearest(name);
		struct weir_str right = weir_str_of(nearest);
		if (nearest && weir_function_find(right))
			weir_error_suggest(p->err, &name, &right);
		else if (nearest)
			weir_error_hint(p->err, "%s is a measure, it stands in a list of measures", nearest);
		return NULL;
	}
	p->at += 2;
	if (f->takes_unit && !weir_list_add(p, &args, parse_extract_unit(p)))
		return NULL;
	if (!weir_at(p, WEIR_TOKEN_RPAREN)) {
		do {
			if (!weir_list_add(p, &args, weir_parse_expr(p, 0)))
				return NULL;
		} while (weir_accept(p, WEIR_TOKEN_COMMA));
	}
	if (!weir_expect(p, WEIR_TOKEN_RPAREN, ", or )"))
		return NULL;
	struct weir_expr *e = weir_call(p, WEIR_OP_FUNCTION, &args, t.from);
	if (!e)
		return NULL;
	if (args.n < f->min_args || (f->max_args != WEIR_MANY_ARGS && args.n > f->max_args)) {
		weir_parser_fail(p, e->from, e->to, "%s takes %s arguments than %u", f->doc.name,
				 args.n < f->min_args ? "more" : "fewer", args.n);
		weir_error_hint(p->err, "%s", f->doc.signature);
		return NULL;
	}
	e->function = f;
	return e;
}

/* step = "[" n "]" { "[" n "]" | "." name }: what reaches into the JSON text of `column` */
static struct weir_expr *parse_steps(struct weir_parser *p, struct weir_expr *column)
{
	struct weir_buf path = {0};
	uint32_t from = weir_peek(p).from;

	weir_buf_add_char(&path, '$');
	while (!p->status && (weir_at(p, WEIR_TOKEN_LBRACKET) || weir_at(p, WEIR_TOKEN_DOT))) {
		bool index = weir_at(p, WEIR_TOKEN_LBRACKET);
		p->at++;
		struct weir_token t = weir_peek(p);
		if (index ? t.kind != WEIR_TOKEN_INTEGER : t.kind != WEIR_TOKEN_WORD && t.kind != WEIR_TOKEN_QUOTED) {
			weir_parser_unexpected(p, index ? "an index" : "a name");
			break;
		}
		p->at++;
		struct weir_str step = weir_token_str(p, t);
		if (t.kind == WEIR_TOKEN_QUOTED) {
			step = weir_token_unquote(*p->text, t, p->arena);
			weir_buf_addf(&path, "['" WEIR_STR_FMT "']", WEIR_STR_ARG(step));
		} else {
			weir_buf_addf(&path, index ? "[" WEIR_STR_FMT "]" : "." WEIR_STR_FMT, WEIR_STR_ARG(step));
		}
		if (index)
			weir_expect(p, WEIR_TOKEN_RBRACKET, "]");
	}
	struct weir_value v = {.type = WEIR_STRING, .s = weir_arena_str(p->arena, weir_buf_str(&path))};
	bool failed = path.failed || !v.s.data;
	weir_buf_release(&path);
	if (p->status)
		return NULL;
	if (failed)
		return weir_parser_no_memory(p);
	struct weir_token span = {WEIR_TOKEN_TEXT, from, p->tokens[p->at - 1].to};
	return weir_call2(p, WEIR_OP_PATH, column, weir_literal(p, span, v));
}

/* column = name { "." name } [ step ] */
static struct weir_expr *parse_column(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);
	struct weir_buf name = {0};
	uint32_t from = t.from, to;

	while (true) {
		struct weir_str part = weir_token_str(p, t);
		if (t.kind == WEIR_TOKEN_QUOTED)
			part = weir_token_unquote(*p->text, t, p->arena);
		name.failed |= !part.data;
		weir_buf_add_str(&name, part);
		to = t.to;
		p->at++;
		struct weir_token next = weir_peek_next(p);
		if (!weir_at(p, WEIR_TOKEN_DOT) || (next.kind != WEIR_TOKEN_WORD && next.kind != WEIR_TOKEN_QUOTED))
			break;
		p->at++;
		t = next;
		weir_buf_add_char(&name, '.');
	}
	struct weir_str copy = weir_arena_str(p->arena, weir_buf_str(&name));
	bool failed = name.failed || !copy.data;
	weir_buf_release(&name);
	if (failed)
		return weir_parser_no_memory(p);
	struct weir_expr *e = weir_node(p, WEIR_EXPR_COLUMN, from, to);
	if (!e)
		return NULL;
	e->name = copy;
	return weir_at(p, WEIR_TOKEN_LBRACKET) ? parse_steps(p, e) : e;
}

/* A word where an operand is due. Keywords are columns wherever they can only be columns. */
static struct weir_expr *parse_word(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p), next = weir_peek_next(p);

	if (weir_token_is(p, t, "null")) {
		p->at++;
		return weir_literal(p, t, (struct weir_value){.type = WEIR_NULL});
	}
	if (weir_token_is(p, t, "true") || weir_token_is(p, t, "false")) {
		p->at++;
		return weir_literal(p, t, (struct weir_value){.type = WEIR_BOOL, .b = weir_token_is(p, t, "true")});
	}
	if (weir_token_is(p, t, "interval") &&
	    (next.kind == WEIR_TOKEN_TEXT || next.kind == WEIR_TOKEN_INTEGER || next.kind == WEIR_TOKEN_FLOAT ||
	     (next.kind == WEIR_TOKEN_MINUS && p->tokens[p->at + 2].kind == WEIR_TOKEN_TEXT)))
		return weir_parse_interval(p);
	if (weir_token_is(p, t, "timestamp") && next.kind == WEIR_TOKEN_TEXT)
		return weir_parse_timestamp(p);
	if (weir_token_is(p, t, "case") && can_start_operand(p, next))
		return parse_case(p);
	if (weir_token_is(p, t, "cast") && next.kind == WEIR_TOKEN_LPAREN)
		return parse_cast(p);
	if (is_infix_word(p, t) && can_start_operand(p, next))
		return weir_parser_unexpected(p, "a value");
	if (next.kind == WEIR_TOKEN_LPAREN)
		return parse_call(p);
	return parse_column(p);
}

/* operand = number | 'text' | word … | "name" … | "(" expr ")" */
static struct weir_expr *parse_operand(struct weir_parser *p)
{
	struct weir_token t = weir_peek(p);

	switch (t.kind) {
	case WEIR_TOKEN_INTEGER:
	case WEIR_TOKEN_FLOAT:
		return weir_parse_number(p);
	case WEIR_TOKEN_TEXT:
		return weir_parse_text(p);
	case WEIR_TOKEN_WORD:
		return parse_word(p);
	case WEIR_TOKEN_QUOTED:
		return parse_column(p);
	case WEIR_TOKEN_LPAREN: {
		p->at++;
		struct weir_expr *e = weir_parse_expr(p, 0);
		if (!e || !weir_expect(p, WEIR_TOKEN_RPAREN, ")"))
			return NULL;
		return e;
	}
	default:
		return weir_parser_unexpected(p, "a value");
	}
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
