/* Bound expressions and measures as Spark SQL that gives the same values. What Spark would convert by itself is written out,
 * and where Spark means something else by a word, another way is taken: try_add, since its + wraps. The session is to have
 * spark.sql.ansi.enabled=false, spark.sql.caseSensitive=true and spark.sql.session.timeZone=UTC; a column of the table is called
 * as it is here, dots included. query/spark asks for the parts of a select; functions/ and aggregate/ bring forms of their own.
 *
 * A node is printed by its form, a text with places for the arguments. node.c fills them in and is the only one that goes
 * down the tree. Private to src/query. */
#ifndef WEIR_QUERY_EXPR_SPARK_H
#define WEIR_QUERY_EXPR_SPARK_H

#include "query/expr/expr.h"

enum { WEIR_SPARK_MOST_NOTES = 16, WEIR_SPARK_MOST_BYTES = 256 << 10 };

/* What is not quite the same there, each once, in the order it came up. */
struct weir_spark_notes {
	const char *texts[WEIR_SPARK_MOST_NOTES]; /* static */
	uint32_t n;
	bool too_long; /* what is printed has outgrown its bound, and is of no use */
};
void weir_spark_note(struct weir_spark_notes *notes, const char *text); /* NULL: nothing to add */

/* How tightly a text holds together, as an operand. */
enum weir_spark_level {
	WEIR_SPARK_CALL, /* a name, a call, case … end */
	WEIR_SPARK_PRODUCT,
	WEIR_SPARK_SUM,
	WEIR_SPARK_COMPARISON,
	WEIR_SPARK_NOT,
	WEIR_SPARK_AND,
	WEIR_SPARK_OR,
	WEIR_SPARK_ANYTHING, /* within a call or a clause, where nothing needs parentheses */
};

/* Appends. `b` was bound with scope.printed, and its tree is still there. */
void weir_bound_spark(const struct weir_bound *b, struct weir_spark_notes *notes, struct weir_buf *out);
/* The same as an operand, in parentheses where it holds together no better than that. */
void weir_bound_spark_operand(const struct weir_bound *b, enum weir_spark_level within, struct weir_spark_notes *notes,
			      struct weir_buf *out);
void weir_spark_text(struct weir_str s, struct weir_buf *out); /* a text in quotes */
void weir_spark_name(struct weir_str name, struct weir_buf *out);
void weir_spark_time(int64_t us, struct weir_buf *out);
const char *weir_spark_type(enum weir_type t); /* BIGINT, …; STRING for what has no type */

/* A measure: its argument and condition, bound the same way, NULL where there is none. */
struct weir_spark_measure {
	const struct weir_measure_ast *ast;
	const struct weir_bound *argument, *where;
	struct weir_str order;   /* by what first and last take rows, in SQL */
	struct weir_str seconds; /* what a rate divides by, in SQL; empty: there is none */
	struct weir_str also;    /* another condition, in SQL; empty: none */
};
void weir_measure_spark(const struct weir_spark_measure *m, struct weir_spark_notes *notes, struct weir_buf *out);
/* A form of it, as those of its kind, without its name. $x is * where there is no argument. */
void weir_measure_spark_form(const struct weir_spark_measure *m, const char *form, struct weir_spark_notes *notes,
			     struct weir_buf *out);

/* ---- forms ---- */
struct weir_bnode;

/* $0, $1 … are arguments; @0 … the same as operands, in parentheses where they need them; #1 an argument as an INT, for what
 * takes no BIGINT; $* all of them; $p the text `extra` as it is; ~ where NOT may stand. */
struct weir_spark_form {
	struct weir_buf text, extra;
	const char *note; /* static; NULL: none */
	enum weir_spark_level level;
	struct weir_bnode *args[3]; /* instead of the node's own, where n_args is not 0 */
	uint32_t n_args;
};
typedef void weir_spark_form_fn(const struct weir_bnode *n, struct weir_spark_form *f);

void weir_spark_operator(const struct weir_bnode *n, struct weir_spark_form *f); /* operator.c: by its eval function */
void weir_spark_cast(const struct weir_bnode *n, struct weir_spark_form *f);
/* Of nodes that go row by row and have no function: set while they are bound. */
weir_spark_form_fn weir_spark_concat, weir_spark_like, weir_spark_rlike, weir_spark_path, weir_spark_order;
/* The text $0 as a double: there, 1d and 0x1p3 are numbers, too. */
#define WEIR_SPARK_NUMBER "CAST(regexp_extract($0, '(?i)^\\\\s*([-+0-9.e]+|-?inf(inity)?|nan)\\\\s*$', 1) AS DOUBLE)"
/* A pattern of ours in Java's words. *note says why it cannot be; else untouched. */
void weir_spark_pattern(struct weir_str pattern, struct weir_buf *out, const char **note);
void weir_spark_quoted_pattern(struct weir_str pattern, struct weir_buf *out, const char **note); /* in quotes */

#endif
