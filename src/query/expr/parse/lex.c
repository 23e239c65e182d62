/* Text to tokens. */
#include "query/expr/parse/parse.h"

#include "weir/base/bounds.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}
static bool is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' || (unsigned char)c >= 0x80;
}
static bool is_word(char c)
{
	return is_word_start(c) || is_digit(c) || c == '$';
}

/* number = digits [ "." digits ] [ "e" [ "+" | "-" ] digits ] | "." digits … */
static uint32_t lex_number(struct weir_str s, uint32_t at, enum weir_token_kind *kind)
{
	*kind = WEIR_TOKEN_INTEGER;
	while (at < s.size && is_digit(s.data[at]))
		at++;
	if (at < s.size && s.data[at] == '.') {
		*kind = WEIR_TOKEN_FLOAT;
		for (at++; at < s.size && is_digit(s.data[at]);)
			at++;
	}
	if (at < s.size && (s.data[at] | 32) == 'e') {
		uint32_t digits = at + 1;
		if (digits < s.size && (s.data[digits] == '+' || s.data[digits] == '-'))
			digits++;
		if (digits < s.size && is_digit(s.data[digits])) {
			*kind = WEIR_TOKEN_FLOAT;
			for (at = digits; at < s.size && is_digit(s.data[at]);)
				at++;
		}
	}
	return at;
}

/* Byte after the closing quote, 0 when there is none. A doubled quote stands for one. */
static uint32_t quote_end(struct weir_str s, uint32_t at)
{
	char quote = s.data[at++];

	for (; at < s.size; at++) {
		if (s.data[at] != quote)
			continue;
		if (at + 1 < s.size && s.data[at + 1] == quote)
			at++;
		else
			return at + 1;
	}
	return 0;
}

static enum weir_token_kind lex_symbol(struct weir_str s, uint32_t at, uint32_t *size)
{
	static const struct {
		char text[3];
		enum weir_token_kind kind;
	} symbols[] = {
	    {"==", WEIR_TOKEN_EQ},      {"!=", WEIR_TOKEN_NE},      {"<>", WEIR_TOKEN_NE},    {"<=", WEIR_TOKEN_LE},
	    {">=", WEIR_TOKEN_GE},      {"||", WEIR_TOKEN_BARS},    {"=", WEIR_TOKEN_EQ},     {"<", WEIR_TOKEN_LT},
	    {">", WEIR_TOKEN_GT},       {"+", WEIR_TOKEN_PLUS},     {"-", WEIR_TOKEN_MINUS},  {"*", WEIR_TOKEN_STAR},
	    {"/", WEIR_TOKEN_SLASH},    {"%", WEIR_TOKEN_PERCENT},  {"(", WEIR_TOKEN_LPAREN}, {")", WEIR_TOKEN_RPAREN},
	    {"[", WEIR_TOKEN_LBRACKET}, {"]", WEIR_TOKEN_RBRACKET}, {",", WEIR_TOKEN_COMMA},  {".", WEIR_TOKEN_DOT},
	};
	for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
		*size = (uint32_t)strlen(symbols[i].text);
		if (s.size - at >= *size && memcmp(s.data + at, symbols[i].text, *size) == 0)
			return symbols[i].kind;
	}
	return WEIR_TOKEN_END;
}

static enum weir_status lex_one(struct weir_str s, uint32_t at, struct weir_token *t, struct weir_error *err)
{
	char c = s.data[at];
	uint32_t size;

	t->from = at;
	if (is_word_start(c)) {
		t->kind = WEIR_TOKEN_WORD;
		for (t->to = at; t->to < s.size && is_word(s.data[t->to]);)
			t->to++;
		return WEIR_OK;
	}
	if (is_digit(c) || (c == '.' && at + 1 < s.size && is_digit(s.data[at + 1]))) {
		t->to = lex_number(s, at, &t->kind);
		return WEIR_OK;
	}
	if (c == '\'' || c == '"' || c == '`') {
		t->kind = c == '\'' ? WEIR_TOKEN_TEXT : WEIR_TOKEN_QUOTED;
		t->to = quote_end(s, at);
		if (t->to)
			return WEIR_OK;
		weir_expr_fail(err, s, at, (uint32_t)s.size, "no closing %c", c);
		return WEIR_EXPRESSION;
	}
	t->kind = lex_symbol(s, at, &size);
	t->to = at + size;
	if (t->kind != WEIR_TOKEN_END)
		return WEIR_OK;
	if ((unsigned char)c < 0x20 || c == 0x7f)
		return weir_expr_fail(err, s, at, at + 1, "unexpected character 0x%02x", (unsigned char)c);
	return weir_expr_fail(err, s, at, at + 1, "unexpected character %c", c);
}

enum weir_status weir_lex(struct weir_str text, struct weir_arena *arena, struct weir_token **out,
			  struct weir_error *err)
{
	if (text.size > WEIR_MAX_EXPR_BYTES)
		return weir_expr_fail(err, text, 0, 0, "expression longer than %d bytes", WEIR_MAX_EXPR_BYTES);
	struct weir_token *tokens = weir_arena_alloc(arena, (text.size + 1) * sizeof *tokens);
	if (!tokens)
		return weir_fail(err, WEIR_NO_MEMORY, "expression", "out of memory");
	uint32_t at = 0;
	size_t n = 0;
	while (true) {
		while (at < text.size && is_blank(text.data[at]))
			at++;
		if (at == text.size)
			break;
		enum weir_status st = lex_one(text, at, &tokens[n], err);
		if (st)
			return st;
		at = tokens[n++].to;
	}
	tokens[n] = (struct weir_token){WEIR_TOKEN_END, (uint32_t)text.size, (uint32_t)text.size};
	*out = tokens;
	return WEIR_OK;
}

struct weir_str weir_token_unquote(struct weir_str text, struct weir_token t, struct weir_arena *arena)
{
	char *out = weir_arena_alloc(arena, t.to - t.from);
	size_t n = 0;

	if (!out)
		return (struct weir_str){NULL, 0};
	char quote = text.data[t.from];
	for (uint32_t i = t.from + 1; i + 1 < t.to; i++) {
		out[n++] = text.data[i];
		if (text.data[i] == quote)
			i++;
	}
	return (struct weir_str){out, n};
}

struct weir_str weir_text_squeeze(struct weir_str text, uint32_t from, uint32_t to, struct weir_arena *arena)
{
	char *out = weir_arena_alloc(arena, to - from + 1);
	size_t n = 0;

	if (!out)
		return (struct weir_str){NULL, 0};
	for (uint32_t i = from; i < to;) {
		char c = text.data[i];
		uint32_t end = c == '\'' || c == '"' || c == '`' ? quote_end(text, i) : i + 1;
		if (!is_blank(c)) {
			memcpy(out + n, text.data + i, end - i);
			n += end - i;
		}
		i = end;
	}
	out[n] = 0;
	return (struct weir_str){out, n};
}
