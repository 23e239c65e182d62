/* Why: how some rows, the selected ones, differ from others. All columns are ranked by how much the values that they have in the
 * selected rows differ from those in the others, then pairs of the strongest.
 *
 * Measure. The difference of a column is the Jensen-Shannon divergence of its two distributions in bits: 0 when they are alike, 1 when they
 * have no value in common (Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Inf. Theory 37, 1991). Both sides weigh the
 * same, however few rows one of them has. Texts, booleans and whole numbers of few values are taken value by value, other numbers
 * and times by ranges that hold as much of both sides each. NULL and a missing key are values of their own.
 *
 * Chance. Few rows differ by chance, and most in columns of many values. So the mean that chance alone would give, were the selected rows
 * drawn from all at random, is taken off, and what is left is scaled to 0 … 1 (adjusted for chance as by Vinh, Epps and Bailey, JMLR
 * 11, 2010). A column that names each row, such as an id, has nothing left. What chance would give in more than one of a
 * hundred rankings is left out (the tail bound of Laurent and Massart, Annals of Statistics 28, 2000).
 *
 * Counts are exact, over all rows: each finding is counted by the very condition that keeps its rows. */
#ifndef WEIR_QUERY_WHY_H
#define WEIR_QUERY_WHY_H

#include "weir/query/study.h"

/* Rows with after_us < event time <= until_us. INT64_MIN and INT64_MAX: all rows, those without a time too. Where a live stream has
 * no event time, that of arrival stands for it. */
struct weir_why_span {
	int64_t after_us, until_us;
};
#define WEIR_WHY_ALWAYS ((struct weir_why_span){INT64_MIN, INT64_MAX})

/* Which rows are compared: of those that pass the view's filter, the selected ones are those in `span` for which the condition
 * is true; the others are
 *   !before   all other rows in `around`
 *   before    those in `around` for which the condition is true */
struct weir_why_question {
	const char *condition; /* NULL or "": true for every row; copied */
	struct weir_why_span span, around;
	bool before;
	uint64_t
	    newest_rows; /* of those that pass the view's filter only so many of the newest take part, as in a window of rows; 0: all */
};

/* A study of that kind. The question is copied. Owned by the caller until it is run or handed to weir_session_study. EXPRESSION with
 * the place: the condition is none. Names are checked when it begins. */
enum weir_status weir_why_new(const struct weir_why_question *q, struct weir_study **out,
			      struct weir_error *err) WEIR_MUST_USE;
extern const struct weir_study_ops weir_why_ops;

enum weir_why_kind { WEIR_WHY_VALUE, WEIR_WHY_RANGE, WEIR_WHY_NULL, WEIR_WHY_MISSING };

/* Rows that have one value in a column, or one of a range, and how many there are on both sides. */
struct weir_why_cell {
	enum weir_why_kind kind;
	struct weir_value value;     /* VALUE */
	struct weir_value low, high; /* RANGE: low <= x < high; type NULL: no bound there */
	uint64_t selected, rest;
};

struct weir_why_column {
	struct weir_str name;
	enum weir_type type;
	bool ranges;       /* it was compared by ranges, not by values */
	double difference; /* 0 … 1, adjusted for chance */
	uint32_t n_values; /* distinct ones on both sides together, NULL and missing among them; of ranges: how many */
	/* What it looks like on both sides: ranges in order; values by how much they differ. */
	uint32_t n_cells;
	const struct weir_why_cell *cells;
	uint64_t others_selected, others_rest; /* rows with other values than those */
};

struct weir_why_finding {
	uint32_t n_parts;                         /* 1; 2: a pair */
	const struct weir_why_column *columns[2]; /* of the parts */
	struct weir_why_cell parts[2]; /* what holds in all rows of the finding; their counts are of the part alone */
	uint64_t selected, rest;       /* rows of the finding on both sides */
	double difference;             /* that it is ranked by: its column's; of a pair: of having both or not */
	bool more;                     /* one more value of the column of the finding before */
	struct weir_str condition;     /* true for its rows, as --where takes it */
	struct weir_str exclusion;     /* true for all others */
};

enum weir_why_reason {
	WEIR_WHY_DEFINES,  /* the selection is made by it */
	WEIR_WHY_NAMES,    /* nearly every row has a value of its own */
	WEIR_WHY_RISES,    /* it counts the rows, or follows time where that makes the selection */
	WEIR_WHY_TOO_MANY, /* more values than were worth counting */
};
struct weir_why_aside {
	struct weir_str column;
	enum weir_why_reason reason;
};

struct weir_why {
	struct weir_study_answer answer;
	struct weir_arena arena; /* holds everything below */
	uint64_t selected, rest; /* rows */
	uint64_t held;           /* rows that were gone through */
	uint32_t n_compared;     /* columns */
	uint32_t n_findings;     /* ranked: best first; further values of a column stand behind its first */
	const struct weir_why_finding *findings;
	uint32_t n_aside; /* columns that take no part */
	const struct weir_why_aside *aside;
};

/* Why it has no findings, a sentence without a period ("no row is selected"); NULL: it has some. Static. */
const char *weir_why_nothing(const struct weir_why *w);
/* Why a column takes no part ("it names each row"). Static. */
const char *weir_why_reason_text(enum weir_why_reason reason);

#endif
