/* A bound tree becomes values. For a slice of at most WEIR_VEC_ROWS rows, eval.c walks the nodes and each node fills a
 * vector: columns are read (column.c), what only looks at one text column is worked out once a dictionary code
 * (codes.c), the rest row by row in typed loops. The doors are weir_bound_eval, weir_bound_filter and weir_bound_zones of
 * expr.h, which the plan calls for each slice and each segment; the binder calls weir_eval_node to fold constants.
 *
 * A bound expression is a graph of nodes (a derived column that is used twice is one node) in one arena, with the
 * scratch that its vectors live in. Truth values are bitmaps inside; bytes only where they leave. While a dictionary's
 * texts are evaluated, the nodes below use a second set of scratch: level 1. */
#ifndef WEIR_QUERY_EXPR_EVAL_H
#define WEIR_QUERY_EXPR_EVAL_H

#include "query/expr/tree.h"

#include "weir/base/pattern.h"

/* ---- bitmaps of a slice: bit i is row i, 16 words for WEIR_VEC_ROWS rows ---- */
enum { WEIR_VEC_WORDS = WEIR_VEC_ROWS / 64 };

/* 64 bytes of 0 or 1 to the bits of one word. Eight bytes at a time: the factor moves byte i's lowest bit to bit 56 +
 * i. */
static inline uint64_t weir_pack64(const uint8_t bytes[64])
{
	uint64_t word = 0;

	for (int i = 0; i < 8; i++) {
		uint64_t eight;
		memcpy(&eight, bytes + i * 8, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		eight = __builtin_bswap64(eight);
#endif
		word |= (eight * UINT64_C(0x0102040810204080)) >> 56 << (i * 8);
	}
	return word;
}

/* Ones for the first n rows. */
static inline uint64_t weir_row_mask(uint32_t n, uint32_t word)
{
	uint32_t left = n - word * 64;

	return left >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
}

static inline uint64_t weir_word_or_ones(const uint64_t *words, uint32_t i)
{
	return words ? words[i] : ~UINT64_C(0);
}

/* ---- the bound tree ---- */
/* Only inside a tree: microseconds as int64. A root of this type becomes float64 seconds. */
#define WEIR_INTERVAL ((enum weir_type)WEIR_TYPE_COUNT)

struct weir_bvec { /* like struct weir_vec, with truth values as bits */
	enum weir_type type;
	const uint64_t *valid; /* NULL: all valid */
	union {
		const uint64_t *bits;
		const int64_t *i; /* INT64, TIMESTAMP, INTERVAL */
		const double *f;
		const struct weir_str *s;
	};
};

struct weir_slot { /* scratch of a node at one level; allocated at first use */
	uint64_t *valid;
	union {
		void *data;
		uint64_t *bits;
		int64_t *i;
		double *f;
		struct weir_str *s;
	};
	uint64_t id; /* of the evaluation that `memo` is of */
	struct weir_bvec memo;
};

struct weir_bound;
struct weir_bnode;
struct weir_spark_form; /* spark/spark.h */

struct weir_eval { /* one slice */
	struct weir_bound *bound;
	const struct weir_batch *batch;
	uint32_t from, n;
	uint64_t id;                  /* no two evaluations share one */
	int level;                    /* 0: rows of the batch; 1: texts of a dictionary */
	const struct weir_str *texts; /* level 1: stand in for the text column */
	const uint64_t *texts_valid;
	const uint64_t *wanted;     /* the rows whose values will be looked at; NULL: all. Others may be anything */
	const uint64_t *all_wanted; /* the same of the whole expression */
	/* level 1: gets bits of the texts that a cast could not read, and what was needed */
	uint64_t *unread;
	enum weir_type unread_as;
};

struct weir_cell { /* an argument or result of a function that goes row by row */
	union {
		bool b;
		int64_t i;
		double f;
		struct weir_str s;
	};
};

/* False: no memory, or what weir_trouble said. */
typedef bool (*weir_eval_fn)(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
/* All arguments are valid. *ok false: NULL. The result is false without memory, or after weir_trouble. */
typedef bool (*weir_row_fn)(struct weir_bnode *b, struct weir_arena *strings, const struct weir_cell *args,
			    struct weir_cell *out, bool *ok);

enum weir_virtual {
	WEIR_VIRTUAL_PARTITION,
	WEIR_VIRTUAL_OFFSET,
	WEIR_VIRTUAL_ARRIVAL,
	WEIR_VIRTUAL_MALFORMED,
	WEIR_VIRTUAL_TOPIC,
	WEIR_VIRTUAL_STAMP,
	WEIR_VIRTUAL_KEY,
	WEIR_VIRTUAL_HEADERS,
	WEIR_VIRTUAL_RAW,
	WEIR_VIRTUAL_STREAM, /* only to be printed */
};

enum { WEIR_NO_TEXT = -1, WEIR_OTHER_INPUT = -2 }; /* text_column: constant; more than one text column */

struct weir_bnode {
	enum weir_type type;
	weir_eval_fn eval;
	struct weir_bnode **args;
	uint32_t n_args;
	const struct weir_expr *source; /* for errors; only during bind */
	struct weir_bnode *next;        /* all nodes of the bound expression, for release */
	bool constant, shared, coded;   /* coded: goes through `codes` where the column has a dictionary */
	bool stored;                    /* rows of a column, by weir_eval_column: not computed */
	bool json;                      /* text of a value in JSON: a number where one is wanted */
	int32_t text_column;
	struct weir_value value; /* constant */
	uint8_t op;              /* enum weir_op, or enum weir_virtual */
	bool has_else;
	int32_t column;
	int64_t param;
	union { /* what the eval function needs */
		weir_row_fn row;
		double (*map_ff)(double x, bool *ok);
		int64_t (*map_ii)(int64_t x, int64_t param, bool *ok);
		double (*map_if)(int64_t x, int64_t param);
		const void *set; /* sorted items of `in` */
	};
	uint32_t n_set;
	bool set_has_null;
	struct weir_pattern *pattern;         /* owned */
	struct weir_str pattern_text;         /* for errors */
	struct weir_bound *bound;             /* it belongs to */
	const char *name;                     /* of the function or operator, for errors */
	const struct weir_function *function; /* that bound it; NULL: an operator */
	struct weir_str column_name;          /* of a column as its table has it, to be printed */
	const char *unit;                     /* of date_trunc and extract, to be printed */
	void (*spark)(const struct weir_bnode *n, struct weir_spark_form *f); /* its form; NULL: by eval or function */
	struct weir_codes *codes;                                             /* owned; results by dictionary code */
	struct weir_cell *cells;                                              /* n_args, for row functions */
	struct weir_slot slots[2];
};

struct weir_bound {
	struct weir_arena arena;   /* nodes and scratch */
	struct weir_arena strings; /* texts made in the current evaluation */
	size_t strings_limit;      /* bytes that `strings` may take, and any one `codes` */
	struct weir_bnode *root, *nodes;
	struct weir_error trouble; /* why the evaluation failed; code OK: no memory, or it did not */
	uint32_t trouble_row;      /* of the batch */
	struct weir_unread unread;
	struct weir_str stream_name;
	uint64_t last_id;
	int32_t stored_column; /* of the stream's schema when the root is just that; -1 */
	uint8_t *bytes;        /* WEIR_VEC_ROWS truth values that leave */
};

/* A row has no value that could be told: fails the evaluation. Returns false. */
bool weir_trouble(const struct weir_bnode *b, const char *fmt, ...) WEIR_PRINTF(2, 3);
/* unread.c. Keeps it, if it is the first that could not be read. */
void weir_unread_note(struct weir_bound *bound, struct weir_str text, enum weir_type as);
/* Room for a text that a function makes; NULL: no memory, or the text is too long and weir_trouble said so. */
char *weir_text_room(const struct weir_bnode *b, struct weir_arena *strings, size_t size);

/* ---- evaluation ---- */
bool weir_eval_node(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
/* The node's scratch for values of its own type (8 or 16 bytes a row, or bits). NULL: no memory. */
struct weir_slot *weir_slot_get(struct weir_bnode *b, struct weir_eval *e);
struct weir_slot *weir_slot_at(struct weir_bound *bound, struct weir_bnode *b, int level);
/* Writes the rows valid in all of `v` to slot->valid; NULL when all rows are. */
const uint64_t *weir_valid_all(struct weir_slot *slot, const struct weir_bvec *v, uint32_t n_vecs, uint32_t n);
/* Makes slot->valid a writable copy of out->valid (or all ones) and points out->valid to it. */
uint64_t *weir_valid_own(struct weir_slot *slot, struct weir_bvec *out, uint32_t n);
bool weir_eval_constant(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_column(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_virtual(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_codes(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_cast(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_and(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_or(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_not(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_is_null(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_compare(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_in(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_arith(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_negate(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_case(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_coalesce(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_nullif(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_extreme(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out); /* param: greatest */
bool weir_eval_rows(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_map_ff(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_map_ii(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
bool weir_eval_map_if(struct weir_bnode *b, struct weir_eval *e, struct weir_bvec *out);
/* Changes the type of a vector; result in `slot`, which `in` must not lie in. False: no memory. */
bool weir_cast_vec(struct weir_arena *strings, const struct weir_bvec *in, enum weir_type to, uint32_t n,
		   struct weir_slot *slot, struct weir_bvec *out);
/* The column's rows as they are stored; decodes into slot where it must. */
bool weir_column_load(struct weir_eval *e, const struct weir_column *c, struct weir_slot *slot, struct weir_bvec *out);
void weir_codes_free(struct weir_codes *codes);                                              /* NULL allowed */
const struct weir_column *weir_batch_column(const struct weir_batch *batch, int32_t column); /* NULL: not there */

/* Sorts the constants `items` (of the type of b->args[0]) into the node. False: no memory. */
bool weir_set_make(struct weir_bnode *b, struct weir_arena *arena, struct weir_bnode *const *items, uint32_t n);

/* ---- many numbers against one, a bit a row; a portable version, and one with 32-byte vectors that is chosen at run time
 * where the processor has them; both give the same bits ---- */
/* Every comparison with a constant is one of three, perhaps turned over: x > k is not (x <= k). "At most" and not
 * "greater": NaN is above every number, and this is false for it, as the negation needs. */
enum weir_compare { WEIR_COMPARE_EQUAL, WEIR_COMPARE_LESS, WEIR_COMPARE_MOST };

/* Bit i of `out` ((n + 63) / 64 words): a[i] == k, a[i] < k, a[i] <= k. Bits from n on may be anything. */
struct weir_compare_vector {
	void (*u8)(enum weir_compare how, const uint8_t *a, uint8_t k, uint32_t n, uint64_t *out);
	void (*u16)(enum weir_compare how, const uint16_t *a, uint16_t k, uint32_t n, uint64_t *out);
	void (*u32)(enum weir_compare how, const uint32_t *a, uint32_t k, uint32_t n, uint64_t *out);
	void (*i64)(enum weir_compare how, const int64_t *a, int64_t k, uint32_t n, uint64_t *out);
	void (*f64)(enum weir_compare how, const double *a, double k, uint32_t n, uint64_t *out);
};

extern const struct weir_compare_vector weir_compare_portable;
#if defined(__x86_64__) && defined(__GNUC__)
#define WEIR_COMPARE_HAS_AVX2 1
extern const struct weir_compare_vector weir_compare_avx2;
#endif
const struct weir_compare_vector *weir_compare_vector(void); /* the best that this processor can run */

/* ---- text to values, shared by cast and literals ---- */
bool weir_text_to_bool(struct weir_str s, bool *out);
bool weir_text_to_int64(struct weir_str s, int64_t *out);
bool weir_text_to_double(struct weir_str s, double *out);
bool weir_text_to_timestamp(struct weir_str s, int64_t *out);
bool weir_double_to_int64(double v, int64_t *out); /* toward zero; false: out of range or NaN */
int weir_compare_int_double(int64_t a, double b);  /* exact; NaN is greater than all */

#endif
