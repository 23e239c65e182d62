/* Lists of measures, group columns, derived columns and sort keys. */
#include "query/aggregate/aggregate.h"
#include "query/expr/parse/parse.h"

#include "weir/base/bounds.h"

#include <stdio.h>

/* "count, sum(x), …": how each kind is written at its shortest. */
static void hint_measures(struct weir_parser *p)
{
	const struct weir_aggregate *a, *next = weir_aggregate_at(0);
	char text[400];
	size_t used = 0;

	for (size_t i = 0; (a = next) && used < sizeof text; i++) {
		next = weir_aggregate_at(i + 1);
		int name = a->may_stand_alone ? (int)strlen(a->doc.name) : (int)strcspn(a->doc.example, "(");
		int n =
		    snprintf(text + used, sizeof text - used, "%s%.*s%s",
			     !i     ? ""
			     : next ? ", "
				    : " or ",
			     name, a->may_stand_alone ? a->doc.name : a->doc.example, a->may_stand_alone ? "" : "(x)");
		used += n > 0 ? (size_t)n : 0;
	}
	weir_error_hint(p->err, "%s", text);
}

static void *unknown_aggregate(struct weir_parser *p, struct weir_token t)
{
	struct weir_str names[WEIR_MOST_AGGREGATES], word = weir_token_str(p, t);
	const struct weir_aggregate *a;
	size_t n = 0;

	for (size_t i = 0; n < WEIR_MOST_AGGREGATES && (a = weir_aggregate_at(i)); i++)
		if (!a->match)
			names[n++] = weir_str_of(a->doc.name);
	int nearest = t.kind == WEIR_TOKEN_WORD ? weir_nearest(word, names, n) : -1;
	if (t.kind == WEIR_TOKEN_END)
		weir_parser_unexpected(p, "a measure");
	else
		weir_parser_fail(p, t.from, t.to, WEIR_STR_FMT " is not a measure",
				 (int)(word.size > 60 ? 60 : word.size), word.data);
	if (nearest >= 0)
		weir_error_suggest(p->err, &word, &names[nearest]);
	else
		hint_measures(p);
	return NULL;
}

/* The kind that the word here names. The lexer makes two tokens of p99.9. */
static const struct weir_aggregate *parse_kind(struct weir_parser *p, double *parameter)
{
	struct weir_token t = weir_peek(p), next = weir_peek_next(p);
	bool fraction = next.kind == WEIR_TOKEN_FLOAT && next.from == t.to;
	struct weir_str word = {p->text->data + t.from, (fraction ? next.to : t.to) - t.from};
	const char *wrong;

	if (t.kind != WEIR_TOKEN_WORD)
		return unknown_aggregate(p, t);
	const struct weir_aggregate *a = weir_aggregate_find(word, parameter, &wrong);
	if (!a && fraction) {
		fraction = false;
		word.size = t.to - t.from;
		a = weir_aggregate_find(word, parameter, &wrong);
	}
	if (!a)
		return unknown_aggregate(p, t);
	p->at += fraction ? 2 : 1;
	if (!wrong)
		return a;
	const char *hint = strchr(wrong, '\n');
	weir_parser_fail(p, t.from, t.from + (uint32_t)word.size, "%.*s", (int)strcspn(wrong, "\n"), wrong);
	if (hint)
		weir_error_hint(p->err, "%s", hint + 1);
	return NULL;
}

/* aggregate = "count" | "rate" | name "(" expr ")"; count() and count(*) are count */
static bool parse_aggregate(struct weir_parser *p, struct weir_measure_ast *m)
{
	const struct weir_aggregate *a = m->aggregate = parse_kind(p, &m->parameter);

	if (!a)
		return false;
	if (!weir_accept(p, WEIR_TOKEN_LPAREN)) {
		if (!a->may_stand_alone)
			weir_parser_unexpected(p, "( and a column");
		return a->may_stand_alone;
	}
	if (a->may_stand_alone && weir_at(p, WEIR_TOKEN_STAR) && weir_peek_next(p).kind == WEIR_TOKEN_RPAREN)
		p->at++;
	else if (!a->may_stand_alone || !weir_at(p, WEIR_TOKEN_RPAREN))
		m->argument = weir_parse_expr(p, 0);
	return !p->status && weir_expect(p, WEIR_TOKEN_RPAREN, ")");
}

/* alias = "as" name. Where there is none, the text from `from` without its blanks. */
static bool parse_alias(struct weir_parser *p, uint32_t from, struct weir_str *name)
{
	uint32_t to = p->tokens[p->at - 1].to;

	if (weir_accept_word(p, "as")) {
		struct weir_token t = weir_peek(p);
		if (t.kind != WEIR_TOKEN_WORD && t.kind != WEIR_TOKEN_QUOTED) {
			weir_parser_unexpected(p, "a name after as");
			return false;
		}
		p->at++;
		*name = t.kind == WEIR_TOKEN_WORD ? weir_token_str(p, t) : weir_token_unquote(*p->text, t, p->arena);
	} else {
		*name = weir_text_squeeze(*p->text, from, to, p->arena);
	}
	return name->data || weir_parser_no_memory(p);
}

/* measure = aggregate [ "where" expr ] [ "as" name ] */
static bool parse_measure(struct weir_parser *p, void *out)
{
	struct weir_measure_ast *m = out;
	uint32_t from = weir_peek(p).from;

	if (!parse_aggregate(p, m))
		return false;
	if (weir_accept_word(p, "where")) {
		m->where = weir_parse_expr(p, 0);
		if (!m->where)
			return false;
	}
	m->text = (struct weir_str){p->text->data + from, p->tokens[p->at - 1].to - from};
	return parse_alias(p, from, &m->name);
}

/* group = expr [ "as" name ]; a quoted column alone is called as the column is */
static bool parse_group(struct weir_parser *p, void *out)
{
	struct weir_named_ast *g = out;
	struct weir_token first = weir_peek(p);
	size_t start = p->at;

	g->expr = weir_parse_expr(p, 0);
	if (!g->expr || !parse_alias(p, first.from, &g->name))
		return false;
	if (first.kind == WEIR_TOKEN_QUOTED && p->at == start + 1)
		g->name = weir_token_unquote(*p->text, first, p->arena);
	return g->name.data || weir_parser_no_memory(p);
}

/* sort = key [ "asc" | "desc" ]; a key is the name of a measure or a group: an expression or any name */
static bool parse_sort(struct weir_parser *p, void *out)
{
	struct weir_sort_ast *s = out;
	struct weir_token first = weir_peek(p);
	uint32_t depth = 0;
	size_t start = p->at;

	while (!weir_at(p, WEIR_TOKEN_END) && (depth || !weir_at(p, WEIR_TOKEN_COMMA))) {
		if (weir_at(p, WEIR_TOKEN_LPAREN))
			depth++;
		else if (weir_at(p, WEIR_TOKEN_RPAREN) && depth)
			depth--;
		p->at++;
	}
	if (p->at == start)
		return weir_parser_unexpected(p, "a sort key");
	struct weir_token last = p->tokens[p->at - 1];
	if (p->at - start > 1 && (weir_token_is(p, last, "asc") || weir_token_is(p, last, "desc"))) {
		s->given = true;
		s->descending = weir_token_is(p, last, "desc");
		last = p->tokens[p->at - 2];
	}
	s->key = s->name = weir_text_squeeze(*p->text, first.from, last.to, p->arena);
	if (last.from == first.from && first.kind == WEIR_TOKEN_QUOTED)
		s->name = weir_token_unquote(*p->text, first, p->arena);
	return (s->key.data && s->name.data) || weir_parser_no_memory(p);
}

/* list = item { "," item } */
static enum weir_status parse_list(struct weir_str text, struct weir_arena *a,
				   bool (*item)(struct weir_parser *, void *), size_t item_bytes, size_t max,
				   const char *what, void **out, size_t *n, struct weir_error *err)
{
	struct weir_parser p;
	enum weir_status st = weir_parser_init(&p, text, a, err);

	*n = 0;
	if (st)
		return st;
	char *items = weir_arena_zalloc(a, max * item_bytes);
	if (!items)
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	do {
		struct weir_token t = weir_peek(&p);
		if (*n == max)
			weir_parser_fail(&p, t.from, t.to, "more than %zu %s", max, what);
		else if (item(&p, items + *n * item_bytes))
			++*n;
	} while (!p.status && weir_accept(&p, WEIR_TOKEN_COMMA));
	if (!p.status && !weir_at(&p, WEIR_TOKEN_END))
		weir_parser_unexpected(&p, "a comma");
	*out = items;
	return p.status;
}

enum weir_status weir_measures_parse(struct weir_str text, struct weir_arena *a, struct weir_measure_ast **out,
				     size_t *n, struct weir_error *err)
{
	void *items = NULL;
	enum weir_status st =
	    parse_list(text, a, parse_measure, sizeof **out, WEIR_MAX_MEASURES, "measures", &items, n, err);

	*out = items;
	return st;
}

enum weir_status weir_groups_parse(struct weir_str text, struct weir_arena *a, struct weir_named_ast **out, size_t *n,
				   struct weir_error *err)
{
	void *items = NULL;
	enum weir_status st =
	    parse_list(text, a, parse_group, sizeof **out, WEIR_MAX_GROUP_COLUMNS, "group columns", &items, n, err);

	*out = items;
	return st;
}

enum weir_status weir_sort_parse(struct weir_str text, struct weir_arena *a, struct weir_sort_ast **out, size_t *n,
				 struct weir_error *err)
{
	void *items = NULL;
	enum weir_status st = parse_list(text, a, parse_sort, sizeof **out, WEIR_MAX_GROUP_COLUMNS + WEIR_MAX_MEASURES,
					 "sort keys", &items, n, err);

	*out = items;
	return st;
}

/* derive = name "=" expr */
enum weir_status weir_derive_parse(struct weir_str text, struct weir_arena *a, struct weir_named_ast *out,
				   struct weir_error *err)
{
	struct weir_parser p;
	enum weir_status st = weir_parser_init(&p, text, a, err);

	if (st)
		return st;
	struct weir_token t = weir_peek(&p);
	if ((t.kind != WEIR_TOKEN_WORD && t.kind != WEIR_TOKEN_QUOTED) || weir_peek_next(&p).kind != WEIR_TOKEN_EQ) {
		weir_parser_fail(&p, t.from, t.to, "a derived column is NAME=EXPR");
		return p.status;
	}
	out->name = t.kind == WEIR_TOKEN_WORD ? weir_token_str(&p, t) : weir_token_unquote(*p.text, t, a);
	if (!out->name.data)
		weir_parser_no_memory(&p);
	p.at += 2;
	out->expr = p.status ? NULL : weir_parse_expr(&p, 0);
	if (out->expr && !weir_at(&p, WEIR_TOKEN_END))
		weir_parser_unexpected(&p, "an operator");
	return p.status;
}
