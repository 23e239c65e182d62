/* The parser's state: tokens, expectations, nodes. */
#include "query/expr/parse/parse.h"

#include "weir/base/bounds.h"

enum weir_status weir_parser_init(struct weir_parser *p, struct weir_str text, struct weir_arena *arena,
				  struct weir_error *err)
{
	*p = (struct weir_parser){.arena = arena, .err = err};
	struct weir_token *tokens;
	enum weir_status st = weir_lex(text, arena, &tokens, err);
	if (st)
		return st;
	struct weir_str *shared = weir_arena_alloc(arena, sizeof *shared);
	if (!shared)
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	*shared = text;
	p->text = shared;
	p->tokens = tokens;
	return WEIR_OK;
}

bool weir_token_is(const struct weir_parser *p, struct weir_token t, const char *keyword)
{
	return t.kind == WEIR_TOKEN_WORD && weir_str_equal_nocase(weir_token_str(p, t), weir_str_of(keyword));
}

bool weir_at_word(const struct weir_parser *p, const char *keyword)
{
	return weir_token_is(p, weir_peek(p), keyword);
}

bool weir_accept(struct weir_parser *p, enum weir_token_kind kind)
{
	if (!weir_at(p, kind))
		return false;
	p->at++;
	return true;
}

bool weir_accept_word(struct weir_parser *p, const char *keyword)
{
	if (!weir_at_word(p, keyword))
		return false;
	p->at++;
	return true;
}

void *weir_parser_fail(struct weir_parser *p, uint32_t from, uint32_t to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	p->status = weir_expr_vfail(p->err, *p->text, from, to, fmt, ap);
	va_end(ap);
	return NULL;
}

void *weir_parser_no_memory(struct weir_parser *p)
{
	p->status = weir_fail(p->err, WEIR_NO_MEMORY, "expression", "out of memory");
	return NULL;
}

void *weir_parser_unexpected(struct weir_parser *p, const char *expected)
{
	struct weir_token t = weir_peek(p);

	if (t.kind == WEIR_TOKEN_END)
		return weir_parser_fail(p, t.from, t.to, "expected %s at the end", expected);
	return weir_parser_fail(p, t.from, t.to, "expected %s before %.*s", expected,
				(int)(t.to - t.from > 60 ? 60 : t.to - t.from), p->text->data + t.from);
}

bool weir_expect(struct weir_parser *p, enum weir_token_kind kind, const char *what)
{
	if (!weir_accept(p, kind))
		weir_parser_unexpected(p, what);
	return !p->status;
}

bool weir_expect_word(struct weir_parser *p, const char *keyword)
{
	if (!weir_accept_word(p, keyword))
		weir_parser_unexpected(p, keyword);
	return !p->status;
}

struct weir_expr *weir_node(struct weir_parser *p, enum weir_expr_kind kind, uint32_t from, uint32_t to)
{
	struct weir_expr *e = weir_arena_zalloc(p->arena, sizeof *e);

	if (!e)
		return weir_parser_no_memory(p);
	e->kind = (uint8_t)kind;
	e->depth = 1;
	e->from = from;
	e->to = to;
	e->text = p->text;
	return e;
}

bool weir_list_add(struct weir_parser *p, struct weir_expr_list *list, struct weir_expr *e)
{
	if (!e)
		return false;
	if (list->n == list->capacity) {
		uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
		struct weir_expr **items = weir_arena_alloc(p->arena, capacity * sizeof(struct weir_expr *));
		if (!items)
			return weir_parser_no_memory(p);
		if (list->n)
			memcpy(items, list->items, list->n * sizeof(struct weir_expr *));
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->n++] = e;
	return true;
}

struct weir_expr *weir_call(struct weir_parser *p, enum weir_op op, struct weir_expr_list *args, uint32_t from)
{
	struct weir_expr *e = weir_node(p, WEIR_EXPR_CALL, from, p->at ? p->tokens[p->at - 1].to : from);

	if (!e)
		return NULL;
	e->op = (uint8_t)op;
	e->args = args->items;
	e->n_args = args->n;
	for (uint32_t i = 0; i < args->n; i++)
		if (args->items[i]->depth >= e->depth)
			e->depth = (uint8_t)(args->items[i]->depth + 1);
	if (e->depth > WEIR_MAX_EXPR_DEPTH)
		return weir_parser_fail(p, e->from, e->to, "expression nested more than %d deep", WEIR_MAX_EXPR_DEPTH);
	return e;
}

struct weir_expr *weir_call1(struct weir_parser *p, enum weir_op op, struct weir_expr *a, uint32_t from)
{
	struct weir_expr_list args = {0};

	return weir_list_add(p, &args, a) ? weir_call(p, op, &args, from) : NULL;
}

struct weir_expr *weir_call2(struct weir_parser *p, enum weir_op op, struct weir_expr *a, struct weir_expr *b)
{
	struct weir_expr_list args = {0};

	return a && weir_list_add(p, &args, a) && weir_list_add(p, &args, b) ? weir_call(p, op, &args, a->from) : NULL;
}
