/* Text becomes a tree. A text is cut into tokens (lex.c), and one pass over them (grammar.c, literal.c) makes the nodes
 * of tree.h; lists of measures, group columns and sort keys (lists.c) are made of such expressions. Nothing is known of
 * columns and types yet. The doors are weir_expr_parse and the list parsers of expr.h, which the view and the plan call;
 * what stands here is for the files of this room, and for the view where it takes a text apart (view/parts.c).
 *
 * A parse function that fails returns NULL (or false) and has left the status and the error in the parser. */
#ifndef WEIR_QUERY_EXPR_PARSE_H
#define WEIR_QUERY_EXPR_PARSE_H

#include "query/expr/tree.h"

enum weir_token_kind {
	WEIR_TOKEN_END,
	WEIR_TOKEN_WORD,   /* a bare word: name or keyword */
	WEIR_TOKEN_QUOTED, /* "name" or `name` */
	WEIR_TOKEN_TEXT,   /* 'text' */
	WEIR_TOKEN_INTEGER,
	WEIR_TOKEN_FLOAT,
	WEIR_TOKEN_EQ,
	WEIR_TOKEN_NE,
	WEIR_TOKEN_LT,
	WEIR_TOKEN_LE,
	WEIR_TOKEN_GT,
	WEIR_TOKEN_GE,
	WEIR_TOKEN_PLUS,
	WEIR_TOKEN_MINUS,
	WEIR_TOKEN_STAR,
	WEIR_TOKEN_SLASH,
	WEIR_TOKEN_PERCENT,
	WEIR_TOKEN_BARS,
	WEIR_TOKEN_LPAREN,
	WEIR_TOKEN_RPAREN,
	WEIR_TOKEN_LBRACKET,
	WEIR_TOKEN_RBRACKET,
	WEIR_TOKEN_COMMA,
	WEIR_TOKEN_DOT,
};

struct weir_token {
	enum weir_token_kind kind;
	uint32_t from, to; /* byte span; quotes belong to it */
};

/* All tokens of `text`, END last, as an array in the arena. EXPRESSION with caret: an open quote, a stray character,
 * too long a text. */
enum weir_status weir_lex(struct weir_str text, struct weir_arena *arena, struct weir_token **out,
			  struct weir_error *err);
/* Content of a QUOTED or TEXT token: without its quotes, doubled ones halved. In the arena; data NULL: no memory. */
struct weir_str weir_token_unquote(struct weir_str text, struct weir_token t, struct weir_arena *arena);
/* The text of a span without blanks outside quotes: what a column of the result is called. In the arena. */
struct weir_str weir_text_squeeze(struct weir_str text, uint32_t from, uint32_t to, struct weir_arena *arena);

struct weir_parser {
	const struct weir_str *text; /* in the arena; nodes point to it */
	struct weir_arena *arena;
	const struct weir_token *tokens;
	size_t at; /* the current token */
	uint32_t depth;
	enum weir_status status;
	struct weir_error *err;
};

struct weir_expr_list { /* grows in the arena */
	struct weir_expr **items;
	uint32_t n, capacity;
};

enum weir_status weir_parser_init(struct weir_parser *p, struct weir_str text, struct weir_arena *arena,
				  struct weir_error *err);

static inline struct weir_token weir_peek(const struct weir_parser *p)
{
	return p->tokens[p->at];
}
static inline struct weir_token weir_peek_next(const struct weir_parser *p)
{
	return p->tokens[p->at].kind == WEIR_TOKEN_END ? p->tokens[p->at] : p->tokens[p->at + 1];
}
static inline bool weir_at(const struct weir_parser *p, enum weir_token_kind kind)
{
	return p->tokens[p->at].kind == kind;
}
static inline struct weir_str weir_token_str(const struct weir_parser *p, struct weir_token t)
{
	return (struct weir_str){p->text->data + t.from, t.to - t.from};
}
bool weir_token_is(const struct weir_parser *p, struct weir_token t, const char *keyword); /* a bare word, any case */
bool weir_at_word(const struct weir_parser *p, const char *keyword);
bool weir_accept(struct weir_parser *p, enum weir_token_kind kind);
bool weir_accept_word(struct weir_parser *p, const char *keyword);
/* Or an error: "expected WHAT", at the current token. */
bool weir_expect(struct weir_parser *p, enum weir_token_kind kind, const char *what);
bool weir_expect_word(struct weir_parser *p, const char *keyword);
void *weir_parser_unexpected(struct weir_parser *p, const char *expected); /* NULL */
void *weir_parser_no_memory(struct weir_parser *p);                        /* NULL */
void *weir_parser_fail(struct weir_parser *p, uint32_t from, uint32_t to, const char *fmt, ...) WEIR_PRINTF(4, 5);

/* priority 0: a whole expression; see the table in grammar.c */
struct weir_expr *weir_parse_expr(struct weir_parser *p, int priority);
struct weir_expr *weir_literal(struct weir_parser *p, struct weir_token t, struct weir_value v);
struct weir_expr *weir_parse_number(struct weir_parser *p);
/* After a minus at `from`; NULL: no number follows that fits an int64 (or an error). */
struct weir_expr *weir_parse_negative(struct weir_parser *p, uint32_t from);
struct weir_expr *weir_parse_text(struct weir_parser *p);
struct weir_expr *weir_parse_interval(struct weir_parser *p);
struct weir_expr *weir_parse_timestamp(struct weir_parser *p);

struct weir_expr *weir_node(struct weir_parser *p, enum weir_expr_kind kind, uint32_t from, uint32_t to);
bool weir_list_add(struct weir_parser *p, struct weir_expr_list *list, struct weir_expr *e);
/* A call of `op`; takes over the list's items. */
struct weir_expr *weir_call(struct weir_parser *p, enum weir_op op, struct weir_expr_list *args, uint32_t from);
struct weir_expr *weir_call1(struct weir_parser *p, enum weir_op op, struct weir_expr *a, uint32_t from);
struct weir_expr *weir_call2(struct weir_parser *p, enum weir_op op, struct weir_expr *a, struct weir_expr *b);

#endif
