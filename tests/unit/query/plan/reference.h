/* The answer the slow, obvious way: rows in an array, no panes, no dictionaries, no sketches. What a plan computes is
 * compared with this. */
#ifndef WEIR_TEST_REFERENCE_H
#define WEIR_TEST_REFERENCE_H

#include "weir/base/time.h"
#include "weir/model/batch.h"
#include "weir/query/result.h"
#include "weir/query/view.h"

enum ref_column { REF_TIME, REF_WORD, REF_TEXT, REF_INT, REF_FLOAT, REF_FLAG, REF_MIX, REF_COLUMNS };

struct ref_row {
	uint16_t stream, partition;
	int8_t weight;                        /* how often it counts; below zero: as often less */
	int64_t position, time_us;            /* WEIR_TIME_NONE: none */
	struct weir_value cells[REF_COLUMNS]; /* texts are static; MIX: as the column has widened */
	struct weir_value mix;                /* as the source wrote it */
	char mix_text[32];
};

/* Column MIX of all rows as a column of this type has it. */
void ref_retype(struct ref_row *rows, size_t n, enum weir_type type);

/* A condition or a key, as the view writes it and as C works it out. */
struct ref_condition {
	const char *text;
	int (*holds)(const struct ref_row *row); /* 1, 0, or -1 for NULL */
};
struct ref_key {
	const char *text;
	struct weir_value (*value)(const struct ref_row *row);
};
extern const struct ref_condition ref_conditions[];
extern const struct ref_key ref_keys[];
extern const unsigned ref_n_conditions, ref_n_keys;
extern const char ref_derived[]; /* the derived columns that they use */

enum ref_kind {
	REF_COUNT,
	REF_COUNT_X,
	REF_SUM,
	REF_AVG,
	REF_MIN,
	REF_MAX,
	REF_STDDEV,
	REF_QUANTILE,
	REF_DISTINCT,
	REF_RATE,
	REF_RATE_X,
	REF_FIRST,
	REF_LAST,
	REF_VARIANCE,
	REF_MEDIAN,
	REF_MODE,
	REF_KINDS,
};
struct ref_measure {
	enum ref_kind kind;
	enum ref_column column;
	double quantile;
	int where; /* index in ref_conditions, -1: none */
};

struct ref_question {
	int where; /* index in ref_conditions, -1: none */
	unsigned n_keys;
	unsigned keys[3]; /* indexes in ref_keys */
	unsigned n_measures;
	struct ref_measure measures[8];
	double seconds; /* for rate */
};

/* Text of one measure as a view has it. */
void ref_measure_text(const struct ref_measure *m, struct weir_buf *out);

struct ref_group {
	struct weir_value keys[3];
	uint64_t rows;
	struct weir_value measures[8];
	/* For quantiles: the values that lie at the rank, so that a bound can be checked. */
};

/* All groups of the rows for which in(ctx, row) is true. Owned by the caller, free with free(). */
struct ref_group *ref_answer(const struct ref_question *q, const struct ref_row *rows, size_t n,
			     bool (*in)(const void *ctx, const struct ref_row *row), const void *ctx, size_t *n_groups);
bool ref_passes(const struct ref_question *q, const struct ref_row *row);

/* Newest last: by time, position, source. */
int ref_order(const struct ref_row *a, const struct ref_row *b);

#endif
