/* Text to tokens. Private to src/query/expr. */
#ifndef WEIR_QUERY_EXPR_LEX_H
#define WEIR_QUERY_EXPR_LEX_H

#include "tree.h"

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

#endif
