/* What of a question a server can look at, so that rows which are in no answer need not be sent: conditions that compare a column
 * with constants, as a small tree, and a span of event times. The query floor makes it from the conditions of a view once the columns
 * of a stream are known (weir/query/filter.h); a source prints it in the words of its server (weir/source/source.h).
 *
 * Whatever the server leaves out, weir applies its conditions again to the rows that come. So a server may send rows too many,
 * but never too few: where it sees a value in another way than weir, a part is not given to it. There is no NOT in a tree: it was
 * carried down to the leaves. So each leaf may be replaced by one that holds more often, and the whole holds more often too.
 *
 * As in SQL, a comparison with NULL is NULL, and a condition holds where it is true.
 *
 * Thread: plain data, of its owner. */
#ifndef WEIR_MODEL_FILTER_H
#define WEIR_MODEL_FILTER_H

#include "weir/base/memory.h"
#include "weir/base/time.h"
#include "weir/model/schema.h"

/* A leaf compares the column with `values`, which have the column's type (`type`) and are neither NULL nor NaN. */
enum weir_filter_kind {
	WEIR_FILTER_AND, /* of args */
	WEIR_FILTER_OR,
	WEIR_FILTER_EQ, /* texts are compared byte by byte, without regard to language, case or blanks at the end */
	WEIR_FILTER_NE,
	WEIR_FILTER_LT,
	WEIR_FILTER_LE,
	WEIR_FILTER_GT,
	WEIR_FILTER_GE,
	WEIR_FILTER_IN, /* one of the values, which are sorted */
	WEIR_FILTER_NOT_IN,
	WEIR_FILTER_LIKE, /* a text; values[0] is the pattern: % any text, _ one code point, \ takes the next of %, _ and \ as it is */
	WEIR_FILTER_NOT_LIKE,
	WEIR_FILTER_IS_NULL, /* of a bool, an int64 or a string, no values; a key that is missing is NULL too */
	WEIR_FILTER_NOT_NULL,
};

struct weir_filter {
	enum weir_filter_kind kind;
	uint32_t field; /* a leaf: of the schema that was asked for */
	enum weir_type type;
	const struct weir_value *values;
	uint32_t n_values;
	const struct weir_filter *const *args; /* AND, OR: two or more */
	uint32_t n_args;
};

/* One of the conditions that must all hold. */
struct weir_filter_part {
	struct weir_str text;             /* as it was written */
	const struct weir_filter *filter; /* NULL: it is weir's alone, and `why` says why, as a clause */
	const char *why;                  /* static; the server's side sets it, too, where it cannot take the part */
};

/* All that a server may look at. What it points to lies in an arena of who asked. */
struct weir_filter_list {
	struct weir_filter_part *parts;
	size_t n;
	/* Rows whose event time lies in [from_us, until_us) are enough, and those without one are not needed; WEIR_TIME_NONE: no end
	 * there. Both none: rows without event time are needed. */
	int64_t from_us, until_us;
};

static inline bool weir_filter_is_leaf(const struct weir_filter *f)
{
	return f->kind != WEIR_FILTER_AND && f->kind != WEIR_FILTER_OR;
}

#endif
