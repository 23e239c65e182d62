/* What measures are made of. A measure such as avg(x) is of one kind, a row of the table in aggregate.c: its name and help,
 * the accumulators that it needs (a sum, beside the count that every measure has), and how its value and its Spark text
 * come from them. The parser looks kinds up by name; the plan keeps the accumulators in slabs and asks a row for the
 * value; --explain, --list, completion and the manual read the rest. Nothing elsewhere asks which kind it is.
 *
 * A slab holds, for each accumulator of a plan, one array, indexed by slot. What a slot stands for (a group, a group in a
 * pane) is its owner's business, so the same loops feed totals and panes.
 *
 * A new kind is a file with its row, and its name in the table. Private to src/query. */
#ifndef WEIR_QUERY_AGGREGATE_H
#define WEIR_QUERY_AGGREGATE_H

#include "query/aggregate/distinct.h"
#include "query/aggregate/exact.h"
#include "query/aggregate/quantile.h"
#include "weir/model/grouping.h"
#include "weir/query/view.h"

/* ---- values that come in ---- */

/* Where a row stands in the order of first and last: by event time, then position, then source. */
struct weir_order {
	int64_t time_us, position;
	uint32_t source; /* stream << 16 | partition */
};

static inline int weir_order_compare(const struct weir_order *a, const struct weir_order *b)
{
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	return (a->source > b->source) - (a->source < b->source);
}

/* n values of one slice that count for an accumulator: packed, no NULLs. */
struct weir_values {
	uint32_t n;
	enum weir_type type;
	const void *data;               /* int64_t, double, uint8_t (BOOL), struct weir_str */
	const struct weir_order *order; /* only when an accumulator is `ordered` */
	/* How often each value counts; below zero it takes values back that came before or will come. NULL: once. */
	const int8_t *weights;
	bool *lost; /* with weights: set when one below zero could not be honoured, and rows must be read again */
};

/* ---- accumulators ---- */

/* What a tally (src/query/tally) sums up for an accumulator, when rows go the short way. */
enum weir_summed {
	WEIR_SUMMED_NONE, /* none: such rows go the long way, by `add` */
	WEIR_SUMMED_ROWS,
	WEIR_SUMMED_SUM,     /* of numbers */
	WEIR_SUMMED_BUCKETS, /* of numbers, as a struct weir_quantile */
	WEIR_SUMMED_LEAST,   /* of numbers and times, as a struct weir_extreme */
	WEIR_SUMMED_GREATEST,
};

/* What another program counts for an accumulator, and how it is taken in (src/query/partial). */
enum { WEIR_PARTIAL_VALUES = 4 };
enum weir_partial_split {
	WEIR_SPLIT_NONE,
	WEIR_SPLIT_VALUES,  /* rows by the value of the argument */
	WEIR_SPLIT_BUCKETS, /* rows by the bucket of a quantile that it is in */
};
struct weir_partial_rows {
	uint64_t n;              /* rows */
	struct weir_value split; /* the value, or the lower end of the bucket */
	struct weir_value values[WEIR_PARTIAL_VALUES];
};
struct weir_partial_value {
	const char *spark,
	    *spark_whole;    /* as those of a weir_aggregate, $x being * without an argument; _whole: of an int64 */
	enum weir_type type; /* NULL: that of the argument */
	bool decimal;        /* of an int64, in so many digits as it takes */
	enum weir_grouping_kind
	    grouping; /* what a server of tables counts for it; of an int64 where there is a _whole */
};
struct weir_partial_form {
	enum weir_partial_split split;
	struct weir_partial_value values[WEIR_PARTIAL_VALUES]; /* up to the first without a text */
	/* Takes `was` away (NULL: there was none) and adds `is`. *lost: it cannot be taken away; all must be added anew. */
	bool (*put)(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		    const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget);
};

/* A kind of accumulator. Zeroed memory is an empty one; `type` is that of the values. Functions that return false are out of
 * memory: the accumulator is then as it was, or of no use any more but to be released. */
struct weir_accumulator_ops {
	size_t (*bytes)(enum weir_type type);
	/* array[slots[i]] += values[i]. Weights only where there is an `inverse`. */
	bool (*add)(void *array, const uint32_t *slots, const struct weir_values *values, struct weir_budget *budget);
	bool (*merge)(enum weir_type type, void *into, void *from, struct weir_budget *budget);
	/* into -= from, which was added or merged before. *stale: it cannot be taken away; `into` must be emptied and merged
	 * again from what is left. Only where may_go_stale. */
	bool (*subtract)(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget);
	/* into += from, which is of a narrower type: int64 where `to` is float64, any where it is string. NULL: what is kept
	 * does not depend on the type, and `merge` does it. */
	bool (*widen)(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget);
	void (*release)(enum weir_type type, void *accumulator, struct weir_budget *budget); /* NULL: nothing to free */
	bool
	    inverse; /* add takes weights below zero; without it, values can only be taken back by reading the rows again */
	bool may_go_stale;
	bool ordered;  /* add needs values->order */
	bool compares; /* keeps a value for its order among the others: of numbers that became text it cannot tell */
	enum weir_summed tally;
	const struct weir_partial_form *partial; /* NULL: it cannot be counted elsewhere */
};

extern const struct weir_accumulator_ops weir_counter, weir_sum, weir_squares, weir_least, weir_greatest, weir_first,
    weir_last, weir_buckets, weir_distinct_values;

struct weir_accumulator { /* one that a plan keeps, in each slot of its slabs */
	const struct weir_accumulator_ops *ops;
	enum weir_type type; /* of its input */
	uint32_t input;      /* index in the plan's inputs */
	bool total_only;     /* only the slot of all groups together is kept (histogram panel) */
	uint64_t stale_bit;  /* its bit in a set of stale ones; 0: always subtracts */
};

/* Accumulators that others look into. */
struct weir_extreme { /* weir_least, weir_greatest */
	bool set;
	union {
		int64_t key;       /* numbers: order-preserving (weir_double_key) */
		struct weir_str s; /* owned copy */
	};
};

/* ---- kinds of measures ---- */

enum {
	WEIR_AGGREGATE_ACCUMULATORS = 2, /* that one kind needs, at most */
	WEIR_MOST_AGGREGATES = 100,
};

struct weir_aggregate_state {                            /* of one group, for `value` */
	uint64_t n;                                      /* rows; with an argument, those where it is not NULL */
	enum weir_type type;                             /* of the argument */
	void *accumulators[WEIR_AGGREGATE_ACCUMULATORS]; /* as the kind lists them; NULL without an argument */
	double parameter;
	double seconds; /* of the window; NaN: unknown */
};

/* How chance moves a value, so that a change can be told from noise (result/noise.h). */
enum weir_noise {
	WEIR_NOISE_UNKNOWN,
	WEIR_NOISE_TOTAL,  /* the values of stretches of time add up; of a rate, times their seconds */
	WEIR_NOISE_MEAN,   /* those times the numbers of values do */
	WEIR_NOISE_RANKED, /* `interval` has it by the ranks of the values */
};

#define WEIR_SPARK_FLOAT_SUMS                                                                                          \
	"the last digits of sums, means and deviations of floats may differ: there, they are added one by one"

enum weir_takes { WEIR_TAKES_ANY, WEIR_TAKES_NUMBER, WEIR_TAKES_CONDITION };

struct weir_aggregate {
	struct weir_function_doc doc;
	const char *
	    detail; /* Markdown, a cell of the table in docs/expressions.md: exactness, ties, types. NULL: help says all */
	/* Whether `word` names it, for names that hold a number (p95): sets *parameter, and *wrong when the number will not do.
	 * NULL: its name, in any case. */
	bool (*match)(struct weir_str word, double *parameter, const char **wrong);
	double parameter;      /* without match */
	bool may_stand_alone;  /* count, rate: without an argument it is of rows */
	enum weir_takes takes; /* the type rule of the argument */
	enum weir_type type;   /* of the value; WEIR_NULL: that of the argument */
	bool counts;           /* of nothing it is 0, not NULL */
	bool adds_up;          /* the values of groups add up to that of all */
	bool per_second;       /* value needs `seconds` */
	const struct weir_accumulator_ops
	    *accumulators[WEIR_AGGREGATE_ACCUMULATORS]; /* of the argument; NULL: no more */
	enum weir_noise noise;
	/* RANKED: where the value of all there could be lies, sigmas standard deviations of a normal one to either side; an end
	 * that so few values do not have is infinite. */
	void (*interval)(const struct weir_aggregate_state *s, double sigmas, double *low, double *high);
	/* Strings borrow from the accumulators. Asked only where there are values, unless it `counts` or has no argument. */
	struct weir_value (*value)(const struct weir_aggregate_state *s);
	/* Spark SQL: $x stands for the argument, $t for it as a number or a text, $p for the parameter, $w for the condition as a
	 * FILTER clause (at the end when it is not there), $n for one that leaves NULLs out as well, $o for the order of rows, $s
	 * for the seconds of the window. `spark_whole`: of an int64, where that is another text; `spark_alone`: without an
	 * argument. */
	const char *spark, *spark_whole, *spark_alone;
	const char *spark_note; /* what is not quite the same there, but for `spark_whole`; NULL: it is */
};

/* The kind that `word` names, and its parameter; NULL: none. *wrong: why the number in it will not do, or NULL. */
const struct weir_aggregate *weir_aggregate_find(struct weir_str word, double *parameter, const char **wrong);
const struct weir_aggregate *weir_aggregate_at(size_t i); /* in the order they are listed in; NULL: there are no more */

static inline struct weir_value weir_float_value(double f)
{
	return (struct weir_value){.type = WEIR_FLOAT64, .f = f};
}
static inline struct weir_value weir_count_value(uint64_t n)
{
	return (struct weir_value){.type = WEIR_INT64, .i = (int64_t)n};
}
/* A number of a partial row as it is; NULL: 0. */
weir_int128 weir_partial_int128(const struct weir_value *v);
/* Of a weir_sum of such values, rounded once. */
double weir_sum_number(enum weir_type type, void *sum);

/* ---- texts that accumulators keep ---- */

/* Replaces *kept (owned, charged to the budget) by a copy of s. */
bool weir_text_keep(struct weir_str *kept, struct weir_str s, struct weir_budget *budget) WEIR_MUST_USE;
bool weir_text_keep_value(struct weir_str *kept, const struct weir_value *v, struct weir_budget *budget) WEIR_MUST_USE;
void weir_text_drop(struct weir_str *kept, struct weir_budget *budget);

/* ---- slabs ---- */

struct weir_slab {
	const struct weir_accumulator *accumulators; /* borrowed */
	uint32_t n_accumulators;
	struct weir_budget *budget; /* borrowed */
	uint32_t n;                 /* slots in use: 0 .. n */
	uint32_t capacity;
	bool weighted;  /* values came with weights: as many rows need not be the same rows */
	uint64_t *rows; /* owned: matched rows by slot */
	void **arrays;  /* owned: one for each accumulator, by slot */
};

bool weir_slab_init(struct weir_slab *s, const struct weir_accumulator *accumulators, uint32_t n_accumulators,
		    struct weir_budget *budget) WEIR_MUST_USE;
void weir_slab_release(struct weir_slab *s);
bool weir_slab_empty(struct weir_slab *s) WEIR_MUST_USE; /* frees all slots but the first two */
size_t weir_slab_slot_bytes(const struct weir_slab *s);
bool weir_slab_reserve(struct weir_slab *s, uint32_t n) WEIR_MUST_USE; /* slots 0..n exist, new ones empty */
void weir_slab_clear(struct weir_slab *s, uint32_t slot);              /* back to empty, heap freed */
/* n slots, as they are, to as many empty ones elsewhere; those that they leave are empty. */
void weir_slab_move(struct weir_slab *s, uint32_t to, uint32_t from, uint32_t n);
static inline bool weir_slab_has_rows(const struct weir_slab *s, uint32_t slot) /* more came than were taken back */
{
	return (int64_t)s->rows[slot] > 0;
}
void *weir_slab_at(const struct weir_slab *s, uint32_t accumulator, uint32_t slot);

/* The accumulator in slots[i] += values[i]. Where it has no inverse, weights below zero are lost. */
bool weir_slab_add(struct weir_slab *s, uint32_t accumulator, const uint32_t *slots,
		   const struct weir_values *values) WEIR_MUST_USE;
bool weir_slab_merge(struct weir_slab *into, uint32_t slot, const struct weir_slab *from,
		     uint32_t from_slot) WEIR_MUST_USE;
/* The same from a slab of the same accumulators over narrower types (a column that widened since). */
bool weir_slab_widen(struct weir_slab *into, uint32_t slot, const struct weir_slab *from,
		     uint32_t from_slot) WEIR_MUST_USE;
/* Takes from_slot away. *stale gathers the bits of accumulators that must be merged again from what is left; those that
 * are stale already are left alone. */
bool weir_slab_subtract(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			uint64_t *stale) WEIR_MUST_USE;
/* For the stale ones: empties them, then merges them again from each of what is left. */
void weir_slab_clear_some(struct weir_slab *s, uint32_t slot, uint64_t stale);
bool weir_slab_merge_some(struct weir_slab *into, uint32_t slot, const struct weir_slab *from, uint32_t from_slot,
			  uint64_t stale) WEIR_MUST_USE;

/* ---- numbers as keys ---- */

/* Doubles as integers of the same order; NaN is the greatest, -0 is 0. */
static inline int64_t weir_double_key(double x)
{
	uint64_t bits = weir_double_bits(x == x ? x + 0.0 : (double)__builtin_nan(""));
	return (int64_t)(bits ^ ((uint64_t)((int64_t)bits >> 63) >> 1));
}
static inline double weir_double_of_key(int64_t key)
{
	uint64_t bits = (uint64_t)key ^ ((uint64_t)(key >> 63) >> 1);
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}
/* A bool, a number or a time as a key, and back. */
static inline int64_t weir_key_at(const struct weir_values *v, uint32_t i)
{
	return v->type == WEIR_FLOAT64 ? weir_double_key(((const double *)v->data)[i])
	       : v->type == WEIR_BOOL  ? ((const uint8_t *)v->data)[i]
				       : ((const int64_t *)v->data)[i];
}
static inline struct weir_value weir_key_value(enum weir_type type, int64_t key)
{
	if (type == WEIR_FLOAT64)
		return (struct weir_value){.type = type, .f = weir_double_of_key(key)};
	return type == WEIR_BOOL ? (struct weir_value){.type = type, .b = key != 0}
				 : (struct weir_value){.type = type, .i = key};
}
static inline int weir_int_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}
static inline uint64_t weir_int_hash(uint64_t h) /* the finaliser of MurmurHash3 */
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdull;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ull;
	return h ^ h >> 33;
}

#endif
