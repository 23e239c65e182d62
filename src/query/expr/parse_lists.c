/* Lists of measures, group columns, derived columns and sort keys. */
#include "parse.h"

#include "weir/base/bounds.h"

static const struct {
	const char *name;
	enum weir_aggregate_kind with, without;
	bool may_stand_alone;
} aggregates[] = {
    {"count", WEIR_AGG_COUNT_X, WEIR_AGG_COUNT, true},
    {"sum", WEIR_AGG_SUM, WEIR_AGG_SUM, false},
    {"avg", WEIR_AGG_AVG, WEIR_AGG_AVG, false},
    {"min", WEIR_AGG_MIN, WEIR_AGG_MIN, false},
    {"max", WEIR_AGG_MAX, WEIR_AGG_MAX, false},
    {"stddev", WEIR_AGG_STDDEV, WEIR_AGG_STDDEV, false},
    {"distinct", WEIR_AGG_DISTINCT, WEIR_AGG_DISTINCT, false},
    {"rate", WEIR_AGG_RATE_X, WEIR_AGG_RATE, true},
    {"first", WEIR_AGG_FIRST, WEIR_AGG_FIRST, false},
    {"last", WEIR_AGG_LAST, WEIR_AGG_LAST, false},
};

static void *unknown_aggregate(struct weir_parser *p, struct weir_token t)
{
	struct weir_str names[sizeof aggregates / sizeof aggregates[0]], word = weir_token_str(p, t);
	size_t n = sizeof aggregates / sizeof aggregates[0];

	for (size_t i = 0; i < n; i++)
		names[i] = weir_str_of(aggregates[i].name);
	int nearest = t.kind == WEIR_TOKEN_WORD ? weir_nearest(word, names, n) : -1;
	if (t.kind == WEIR_TOKEN_END)
		weir_parser_unexpected(p, "a measure");
	else
		weir_parser_fail(p, t.from, t.to, WEIR_STR_FMT " is no measure", (int)(word.size > 60 ? 60 : word.size),
				 word.data);
	if (nearest >= 0)
		weir_error_hint(p->err, "did you mean %s?", aggregates[nearest].name);
	else
		weir_error_hint(
		    p->err,
		    "count, sum(x), avg(x), min(x), max(x), stddev(x), p95(x), distinct(x), rate, first(x) or last(x)");
	return NULL;
}

/* quantile = "p" digits [ "." digits ]: p50, p99.9. The lexer makes two tokens of the second. */
static bool parse_quantile(struct weir_parser *p, struct weir_measure_ast *m)
{
	struct weir_token t = weir_peek(p), next = weir_peek_next(p);
	uint32_t to = t.to;
	double percent;

	if (t.kind != WEIR_TOKEN_WORD || (p->text->data[t.from] | 32) != 'p' || t.to - t.from < 2)
		return false;
	bool fraction = next.kind == WEIR_TOKEN_FLOAT && next.from == t.to;
	if (fraction)
		to = next.to;
	struct weir_str digits = {p->text->data + t.from + 1, to - t.from - 1};
	for (size_t i = 0; i < digits.size; i++)
		if (!strchr("0123456789.", digits.data[i]))
			return false;
	if (!weir_parse_double(digits, &percent))
		return false;
	p->at += fraction ? 2 : 1;
	m->kind = WEIR_AGG_QUANTILE;
	m->quantile = percent / 100;
	if (!(percent > 0 && percent < 100)) {
		weir_parser_fail(p, t.from, to, "a quantile lies between p0 and p100");
		weir_error_hint(p->err, "use min(x) or max(x) for the ends");
	}
	return true;
}

/* aggregate = "count" | "rate" | name "(" expr ")"; count() and count(*) are count */
static bool parse_aggregate(struct weir_parser *p, struct weir_measure_ast *m)
{
	struct weir_token t = weir_peek(p);
	bool alone = false;
	size_t i = 0, n = sizeof aggregates / sizeof aggregates[0];

	while (i < n && !weir_token_is(p, t, aggregates[i].name))
		i++;
	if (i < n) {
		p->at++;
		m->kind = aggregates[i].without;
		alone = aggregates[i].may_stand_alone;
	} else if (!parse_quantile(p, m)) {
		return unknown_aggregate(p, t);
	}
	if (p->status)
		return false;
	if (!weir_accept(p, WEIR_TOKEN_LPAREN)) {
		if (!alone)
			weir_parser_unexpected(p, "( and a column");
		return alone;
	}
	if (alone && weir_at(p, WEIR_TOKEN_STAR) && weir_peek_next(p).kind == WEIR_TOKEN_RPAREN)
		p->at++;
	else if (!alone || !weir_at(p, WEIR_TOKEN_RPAREN))
		m->argument = weir_parse_expr(p, 0);
	if (p->status || !weir_expect(p, WEIR_TOKEN_RPAREN, ")"))
		return false;
	if (m->argument && i < n)
		m->kind = aggregates[i].with;
	return true;
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

/* group = expr [ "as" name ] */
static bool parse_group(struct weir_parser *p, void *out)
{
	struct weir_named_ast *g = out;
	uint32_t from = weir_peek(p).from;

	g->expr = weir_parse_expr(p, 0);
	return g->expr && parse_alias(p, from, &g->name);
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
