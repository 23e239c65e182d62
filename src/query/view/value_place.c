/* Where in a line a value is typed, and of which column: by the tokens in front of it. */
#include "weir/query/view.h"

#include "query/expr/parse/parse.h"

/* The tokens in front of the value. */
struct before {
	struct weir_str text;
	const struct weir_token *tokens;
	size_t n;
	struct weir_arena *arena;
};

/* Byte behind the closing quote of what begins at `at`; 0: there is none. A doubled quote stands for one. */
static size_t quote_end(struct weir_str s, size_t at)
{
	char quote = s.data[at++];
	for (; at < s.size; at++) {
		if (s.data[at] != quote)
			continue;
		if (at + 1 == s.size || s.data[at + 1] != quote)
			return at + 1;
		at++;
	}
	return 0;
}

/* The quote that is still open at the end; the size: none is. */
static size_t find_open(struct weir_str s)
{
	for (size_t at = 0; at < s.size; at++) {
		char c = s.data[at];
		if (c != '\'' && c != '"' && c != '`')
			continue;
		size_t end = quote_end(s, at);
		if (!end)
			return at;
		at = end - 1;
	}
	return s.size;
}

static bool lex(struct weir_str text, struct weir_arena *arena, const struct weir_token **tokens, size_t *n)
{
	struct weir_token *found;
	if (weir_lex(text, arena, &found, NULL) != WEIR_OK)
		return false;
	for (*n = 0; found[*n].kind != WEIR_TOKEN_END;)
		++*n;
	*tokens = found;
	return true;
}

/* The text goes on to its own closing quote, if what follows that makes sense; else the quote belongs to what follows. */
static size_t open_end(struct weir_str text, size_t from, size_t cursor, struct weir_arena *arena)
{
	const struct weir_token *tokens;
	size_t n, end = quote_end(text, from);
	bool own = end > cursor && lex((struct weir_str){text.data + end, text.size - end}, arena, &tokens, &n);
	return own ? end : cursor;
}

static bool is_kind(const struct before *b, size_t i, enum weir_token_kind from, enum weir_token_kind to)
{
	return i < b->n && b->tokens[i].kind >= from && b->tokens[i].kind <= to;
}

static bool is_word(const struct before *b, size_t i, const char *words)
{
	if (!is_kind(b, i, WEIR_TOKEN_WORD, WEIR_TOKEN_WORD))
		return false;
	struct weir_token t = b->tokens[i];
	return weir_str_among(words, (struct weir_str){b->text.data + t.from, t.to - t.from});
}

/* In front of what compares: "= ", "in ('a', ", "between 1 and ". 0: nothing there compares. */
static size_t find_operand(const struct before *b)
{
	size_t i = b->n;
	if (!i)
		return 0;
	if (is_kind(b, i - 1, WEIR_TOKEN_EQ, WEIR_TOKEN_GE) || is_word(b, i - 1, "like rlike between"))
		return i - 1;
	if (i > 3 && is_word(b, i - 1, "and") && is_word(b, i - 3, "between"))
		return i - 3;
	if (!is_kind(b, i - 1, WEIR_TOKEN_COMMA, WEIR_TOKEN_COMMA) &&
	    !is_kind(b, i - 1, WEIR_TOKEN_LPAREN, WEIR_TOKEN_LPAREN))
		return 0;
	while (i > 0 && (is_kind(b, i - 1, WEIR_TOKEN_TEXT, WEIR_TOKEN_FLOAT) ||
			 is_kind(b, i - 1, WEIR_TOKEN_COMMA, WEIR_TOKEN_COMMA) ||
			 is_kind(b, i - 1, WEIR_TOKEN_MINUS, WEIR_TOKEN_MINUS)))
		i--;
	bool list = i > 2 && is_kind(b, i - 1, WEIR_TOKEN_LPAREN, WEIR_TOKEN_LPAREN) && is_word(b, i - 2, "in");
	return list ? i - 2 : 0;
}

static void add_name(const struct before *b, size_t i, struct weir_buf *out)
{
	struct weir_token t = b->tokens[i];
	if (t.kind == WEIR_TOKEN_QUOTED)
		weir_buf_add_str(out, weir_token_unquote(b->text, t, b->arena));
	else
		weir_buf_add(out, b->text.data + t.from, t.to - t.from);
}

/* The name that ends in front of token `to`: one token, or several with dots between them. "": it is no column alone. */
static struct weir_str name_before(const struct before *b, size_t to)
{
	struct weir_buf name = {0};
	struct weir_str copy = {0};
	size_t i = to - 1;
	if (i > 0 && is_word(b, i, "not"))
		i--;
	size_t from = i, end = i + 1;
	if (!is_kind(b, i, WEIR_TOKEN_WORD, WEIR_TOKEN_QUOTED))
		return copy;
	while (from > 1 && is_kind(b, from - 1, WEIR_TOKEN_DOT, WEIR_TOKEN_DOT) &&
	       is_kind(b, from - 2, WEIR_TOKEN_WORD, WEIR_TOKEN_QUOTED))
		from -= 2;
	if (from > 0 && (is_kind(b, from - 1, WEIR_TOKEN_PLUS, WEIR_TOKEN_BARS) ||
			 is_kind(b, from - 1, WEIR_TOKEN_DOT, WEIR_TOKEN_DOT)))
		return copy;
	for (i = from; i < end; i += 2) {
		weir_buf_add_c(&name, i > from ? "." : "");
		add_name(b, i, &name);
	}
	if (!name.failed)
		copy = weir_arena_str(b->arena, weir_buf_str(&name));
	weir_buf_release(&name);
	return copy;
}

bool weir_view_value_place(struct weir_str text, size_t cursor, struct weir_arena *arena, struct weir_value_place *out)
{
	struct before b = {.text = {text.data, cursor}, .arena = arena};
	*out = (struct weir_value_place){.from = cursor, .to = cursor};
	if (!cursor)
		return false;
	size_t quote = find_open(b.text);
	if (quote < cursor) {
		if (text.data[quote] != '\'')
			return false;
		out->from = quote;
		out->to = open_end(text, quote, cursor, arena);
		out->open = true;
		b.text.size = quote;
	}
	if (!lex(b.text, arena, &b.tokens, &b.n))
		return out->open;
	if (!out->open && b.n && b.tokens[b.n - 1].to == cursor &&
	    (is_kind(&b, b.n - 1, WEIR_TOKEN_WORD, WEIR_TOKEN_WORD) ||
	     is_kind(&b, b.n - 1, WEIR_TOKEN_INTEGER, WEIR_TOKEN_FLOAT)))
		out->from = b.tokens[--b.n].from;
	size_t operand = find_operand(&b);
	if (operand)
		out->column = name_before(&b, operand);
	return out->open || out->column.size > 0;
}
