#include "tui/expression.h"

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* One step of a walk over a text: quoted parts and words are taken whole. */
struct walk {
	struct weir_str text;
	size_t at;
	int depth;
};
struct token {
	size_t from, to;
	bool word;  /* a bare word at top level */
	bool comma; /* at top level */
};

static bool next_token(struct walk *w, struct token *t)
{
	const char *s = w->text.data;
	if (w->at >= w->text.size)
		return false;
	*t = (struct token){.from = w->at};
	char c = s[w->at++];
	if (c == '\'' || c == '"' || c == '`') {
		while (w->at < w->text.size && s[w->at++] != c)
			;
	} else if (is_word(c)) {
		while (w->at < w->text.size && is_word(s[w->at]))
			w->at++;
		t->word = w->depth == 0;
	} else if (c == '(' || c == '[') {
		w->depth++;
	} else if (c == ')' || c == ']') {
		w->depth--;
	}
	t->comma = c == ',' && w->depth == 0;
	t->to = w->at;
	return true;
}

static bool is_one(struct weir_str text, const struct token *t, const char *word)
{
	return t->word &&
	       weir_str_equal_nocase((struct weir_str){text.data + t->from, t->to - t->from}, weir_str_of(word));
}

static struct weir_str part(struct weir_str text, size_t from, size_t to)
{
	return weir_str_trim((struct weir_str){text.data + from, to - from});
}

size_t weir_expression_list(struct weir_str text, struct weir_str *out, size_t max)
{
	struct walk w = {text, 0, 0};
	struct token t;
	size_t n = 0, from = 0;
	while (n < max && next_token(&w, &t))
		if (t.comma) {
			out[n++] = part(text, from, t.from);
			from = t.to;
		}
	if (n < max && text.size > from)
		out[n++] = part(text, from, text.size);
	return n;
}

bool weir_expression_is_loose(struct weir_str text)
{
	static const char *const words[] = {"or", "between", "not", "case"};
	struct walk w = {text, 0, 0};
	struct token t;
	while (next_token(&w, &t))
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (is_one(text, &t, words[i]))
				return true;
	return false;
}

size_t weir_expression_conjuncts(struct weir_str text, struct weir_str *out, size_t max)
{
	struct walk w = {text, 0, 0};
	struct token t;
	size_t n = 0, from = 0;
	text = weir_str_trim(text);
	w.text = text;
	if (text.size == 0 || max == 0)
		return 0;
	while (!weir_expression_is_loose(text) && n + 1 < max && next_token(&w, &t))
		if (is_one(text, &t, "and")) {
			out[n++] = part(text, from, t.from);
			from = t.to;
		}
	out[n++] = part(text, from, text.size);
	return n;
}

struct weir_str weir_expression_without_name(struct weir_str text)
{
	struct walk w = {text, 0, 0};
	struct token t;
	size_t end = text.size;
	while (next_token(&w, &t))
		if (is_one(text, &t, "as"))
			end = t.from;
	return part(text, 0, end);
}

void weir_expression_key(struct weir_str name, struct weir_buf *out)
{
	bool plain = name.size > 0;
	for (size_t i = 0; i < name.size; i++)
		plain = plain && !memchr(" ,\"`", name.data[i], 4);
	if (plain) {
		weir_buf_add_str(out, name);
		return;
	}
	weir_buf_add_char(out, '"');
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '"')
			weir_buf_add_char(out, '"');
		weir_buf_add_char(out, name.data[i]);
	}
	weir_buf_add_char(out, '"');
}
