/* Texts of a view taken apart for those who edit them: where a list has its commas and a condition its "and"s, by the tokens
 * of the language. */
#include "weir/query/view.h"

#include "query/expr/parse/parse.h"

/* A walk over the tokens of a text. */
struct walk {
	struct weir_arena arena;
	struct weir_str text;
	const struct weir_token *at; /* NULL: it is no text of the language, or there is no memory */
	int depth;                   /* of parentheses and brackets around `at` */
};

static void begin(struct walk *w, struct weir_str text)
{
	struct weir_token *tokens;
	*w = (struct walk){.arena = {.block_bytes = 4096}, .text = text};
	if (weir_lex(text, &w->arena, &tokens, NULL) == WEIR_OK)
		w->at = tokens;
}

static void end(struct walk *w)
{
	weir_arena_release(&w->arena);
}

/* The next token that stands outside all parentheses; NULL: there is none. */
static const struct weir_token *next_outside(struct walk *w)
{
	while (w->at && w->at->kind != WEIR_TOKEN_END) {
		const struct weir_token *t = w->at++;
		if (t->kind == WEIR_TOKEN_LPAREN || t->kind == WEIR_TOKEN_LBRACKET)
			w->depth++;
		else if (t->kind == WEIR_TOKEN_RPAREN || t->kind == WEIR_TOKEN_RBRACKET)
			w->depth--;
		else if (w->depth == 0)
			return t;
	}
	return NULL;
}

static bool is_word(const struct walk *w, const struct weir_token *t, const char *const *words, size_t n)
{
	struct weir_str word = {w->text.data + t->from, t->to - t->from};
	for (size_t i = 0; t->kind == WEIR_TOKEN_WORD && i < n; i++)
		if (weir_str_equal_nocase(word, weir_str_of(words[i])))
			return true;
	return false;
}
#define IS_WORD(w, t, words) is_word(w, t, words, sizeof(words) / sizeof *(words))

static struct weir_str part(struct weir_str text, size_t from, size_t to)
{
	return weir_str_trim((struct weir_str){text.data + from, to - from});
}

size_t weir_view_list(struct weir_str text, struct weir_str *out, size_t max)
{
	struct walk w;
	const struct weir_token *t;
	size_t n = 0, from = 0;
	begin(&w, text);
	while (n < max && (t = next_outside(&w)))
		if (t->kind == WEIR_TOKEN_COMMA) {
			out[n++] = part(text, from, t->from);
			from = t->to;
		}
	if (n < max && text.size > from)
		out[n++] = part(text, from, text.size);
	end(&w);
	return n;
}

static bool is_loose(struct weir_str text)
{
	static const char *const words[] = {"or", "between", "not", "case"};
	struct walk w;
	const struct weir_token *t;
	begin(&w, text);
	bool loose = !w.at;
	while (!loose && (t = next_outside(&w)))
		loose = IS_WORD(&w, t, words);
	end(&w);
	return loose;
}

size_t weir_view_conjuncts(struct weir_str text, struct weir_str *out, size_t max, bool *loose)
{
	static const char *const words[] = {"and"};
	struct walk w;
	const struct weir_token *t;
	size_t n = 0, from = 0;
	text = weir_str_trim(text);
	*loose = is_loose(text);
	if (text.size == 0 || max == 0)
		return 0;
	begin(&w, text);
	while (!*loose && n + 1 < max && (t = next_outside(&w)))
		if (IS_WORD(&w, t, words)) {
			out[n++] = part(text, from, t->from);
			from = t->to;
		}
	out[n++] = part(text, from, text.size);
	end(&w);
	return n;
}

struct weir_str weir_view_inside(struct weir_str text)
{
	struct walk w;
	text = weir_str_trim(text);
	begin(&w, text);
	const struct weir_token *first = w.at, *t = next_outside(&w);
	/* Nothing stands outside, and the parenthesis that comes first is closed by the last one only. */
	bool wrapped = first && first->kind == WEIR_TOKEN_LPAREN && !t && w.depth == 0;
	int depth = 0;
	for (const struct weir_token *i = first; wrapped && i + 1 < w.at; i++) {
		depth += i->kind == WEIR_TOKEN_LPAREN || i->kind == WEIR_TOKEN_LBRACKET;
		depth -= i->kind == WEIR_TOKEN_RPAREN || i->kind == WEIR_TOKEN_RBRACKET;
		wrapped = depth > 0;
	}
	end(&w);
	return wrapped && text.size > 2 ? part(text, 1, text.size - 1) : text;
}

struct weir_str weir_view_without_name(struct weir_str text)
{
	static const char *const words[] = {"as"};
	struct walk w;
	const struct weir_token *t;
	size_t to = text.size;
	begin(&w, text);
	while ((t = next_outside(&w)))
		if (IS_WORD(&w, t, words))
			to = t->from;
	end(&w);
	return part(text, 0, to);
}
