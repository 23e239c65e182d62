/* Expressions inside the query floor: text → tree → bound tree → vectors. Private to src/query.
 *
 * A tree is parsed once (no columns known), bound for each stream's schema, evaluated over slices of a batch of at most
 * WEIR_VEC_ROWS rows. Every node has the byte span of its text, so an error can point. Grammar: the comment above each
 * parse function; precedence table after Lua's lparser.c idea (one loop, left and right priorities). Three-valued logic
 * throughout.
 *
 * Thread: parse results are immutable; a bound expression (with its scratch) belongs to one thread. */
#ifndef WEIR_QUERY_EXPR_H
#define WEIR_QUERY_EXPR_H

#include "weir/base/memory.h"
#include "weir/buffer/buffer.h"
#include "weir/query/unread.h"
#include "weir/model/batch.h"

enum { WEIR_VEC_ROWS = 1024 };

struct weir_expr; /* tree, in the arena it was parsed into */

/* expr: one whole expression. `text` is borrowed as long as the tree lives (copy it into the arena first). */
enum weir_status weir_expr_parse(struct weir_str text, struct weir_arena *arena, struct weir_expr **out,
				 struct weir_error *err);

struct weir_aggregate; /* query/aggregate/aggregate.h */

struct weir_measure_ast {
	const struct weir_aggregate *aggregate;
	double parameter;           /* of its kind: 0.95 of p95 */
	struct weir_expr *argument; /* NULL for count and rate */
	struct weir_expr *where;    /* NULL: every row */
	struct weir_str name;       /* AS name, or the text without blanks outside quotes */
	struct weir_str text;       /* as written, for errors; borrowed like the tree */
};
struct weir_named_ast { /* group columns ("expr as name"), derived columns ("name=expr") */
	struct weir_expr *expr;
	struct weir_str name;
};
struct weir_sort_ast {
	struct weir_str key;    /* as written without blanks outside quotes, like a column's name */
	struct weir_str name;   /* the same; without its quotes when it is one quoted name, to match an AS name */
	bool given, descending; /* given: asc or desc was written */
};
/* Lists at the top level of commas. Counts are bounded by base/bounds.h; over it: EXPRESSION. */
enum weir_status weir_measures_parse(struct weir_str text, struct weir_arena *a, struct weir_measure_ast **out,
				     size_t *n, struct weir_error *err);
enum weir_status weir_groups_parse(struct weir_str text, struct weir_arena *a, struct weir_named_ast **out, size_t *n,
				   struct weir_error *err);
enum weir_status weir_derive_parse(struct weir_str text, struct weir_arena *a, struct weir_named_ast *out,
				   struct weir_error *err);
enum weir_status weir_sort_parse(struct weir_str text, struct weir_arena *a, struct weir_sort_ast **out, size_t *n,
				 struct weir_error *err);

/* What names mean while binding. A derived column may use those before it. */
struct weir_scope {
	const struct weir_schema *schema; /* of the stream whose batches will be evaluated */
	const struct weir_schema *common; /* name → widened type over all streams; decides the type */
	const struct weir_named_ast *derived;
	size_t n_derived;
	struct weir_str stream_name;
	uint64_t memory_bytes; /* that the session may take; texts that are made may take a quarter. 0: no limit */
	bool complete;         /* unknown column: an error; else NULL of unknown type */
	/* Bound to be printed (spark/spark.h), never evaluated: a derived column is a column by its name, and so is
	 * _stream where stream_name is empty. */
	bool printed;
	struct weir_str text; /* whole text that spans refer to, for errors */
};

struct weir_bound; /* owned; free with weir_bound_free */

enum weir_status weir_expr_bind(const struct weir_expr *e, const struct weir_scope *scope, struct weir_bound **out,
				struct weir_error *err);
/* The same for what must be a condition (where): EXPRESSION when its type is not bool. */
enum weir_status weir_condition_bind(const struct weir_expr *e, const struct weir_scope *scope, struct weir_bound **out,
				     struct weir_error *err);
/* The same for the argument of a measure. *json: it is the text of a value in JSON (a path, json_value). Where a number is
 * wanted it is read as one. */
enum weir_status weir_argument_bind(const struct weir_expr *e, const struct weir_scope *scope, bool number,
				    struct weir_bound **out, bool *json, struct weir_error *err);
void weir_bound_free(struct weir_bound *b); /* NULL allowed */
enum weir_type weir_bound_type(const struct weir_bound *b);
/* Column of the stream's schema when the expression is just a stored column of its own type; -1 otherwise (fast paths).
 */
int weir_bound_column(const struct weir_bound *b);
bool weir_bound_constant(const struct weir_bound *b, struct weir_value *v); /* v borrows from b */
/* What of all rows that were evaluated could not be read. Lives as long as b. */
const struct weir_unread *weir_bound_unread(const struct weir_bound *b);

/* A vector of values: n rows. Pointers borrow from the batch or from the bound expression's scratch until its next
 * eval. */
struct weir_vec {
	enum weir_type type;
	const uint64_t *valid; /* NULL: all valid; bit 0 = the first row of the slice */
	union {
		const uint8_t *b;         /* BOOL: 0 or 1 */
		const int64_t *i;         /* INT64, TIMESTAMP */
		const double *f;          /* FLOAT64 */
		const struct weir_str *s; /* STRING */
	};
};
/* Evaluates rows [from, from + n) of `batch`, n <= WEIR_VEC_ROWS, `from` a multiple of 64. Runtime trouble (overflow, a
 * cast that does not fit, division by zero) gives NULL, as Spark without ANSI mode does; a text that cannot be read is kept for
 * weir_bound_unread. Errors are NO_MEMORY, and TOO_LARGE
 * with the place of the row: a pattern that takes too many steps, a text beyond bounds.h. `wanted` (NULL: all): bits of the
 * rows that matter; the others may hold any value, and are no reason to fail. */
enum weir_status weir_bound_eval(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
				 const uint64_t *wanted, struct weir_vec *out, struct weir_error *err);
/* The filter: true only (NULL is not true). Writes weir_bit_words(n) words; returns rows that pass through *n_true. Of rows
 * that are not wanted it says anything. */
enum weir_status weir_bound_filter(struct weir_bound *b, const struct weir_batch *batch, uint32_t from, uint32_t n,
				   const uint64_t *wanted, uint64_t *keep, uint32_t *n_true, struct weir_error *err);

/* What zone maps say of a condition: no row passes, every row passes, or neither is known. */
struct weir_zone_answer {
	bool none, all;
};
struct weir_zone_answer weir_bound_zones(const struct weir_bound *b, const struct weir_zone *zones, uint32_t n_zones,
					 uint32_t n_rows);

/* What of a condition a server could look at (weir/model/filter.h): adds its conjuncts to `out`, all in the arena. Bound with the
 * schema; its tree is still there. False: no memory. */
struct weir_filter_list;
bool weir_bound_parts(const struct weir_bound *b, const struct weir_schema *schema, struct weir_arena *arena,
		      struct weir_filter_list *out) WEIR_MUST_USE;

/* Roots of the columns that a tree reads, virtual ones among them; calls f once a mention. */
void weir_expr_columns(const struct weir_expr *e, void (*f)(void *ctx, struct weir_str name), void *ctx);
/* Whether two trees say the same in the same words: names, literals and operators are alike. */
bool weir_expr_alike(const struct weir_expr *a, const struct weir_expr *b);

#endif
