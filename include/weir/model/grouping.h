/* What of a question a server can count, so that rows need not be sent one by one: its groups, by columns as they are stored, and what
 * is counted of each. The query floor makes it of a view once the columns of a stream are known (weir/query/grouping.h), a source asks
 * its server for it (weir/source/source.h), and the answer comes as rows that stand for many (struct weir_grouped), in a batch.
 *
 * It must be exact, or it is not asked: the server sees each value as weir does, and looks at all conditions, for no row comes that
 * weir could apply them to. Groups are equal where their values are, texts byte by byte; NULL is a group. Sums are of whole numbers
 * and have 128 bits.
 *
 * Thread: plain data, of its owner. */
#ifndef WEIR_MODEL_GROUPING_H
#define WEIR_MODEL_GROUPING_H

#include "weir/base/memory.h"
#include "weir/base/time.h"
#include "weir/model/value.h"

enum weir_grouping_kind {
	WEIR_GROUPING_NONE,  /* no server counts it */
	WEIR_GROUPING_COUNT, /* of the values that are not NULL */
	WEIR_GROUPING_SUM,   /* of whole numbers; NULL or 0 where there are none */
	WEIR_GROUPING_MIN,   /* texts byte by byte, false before true; NULL where there are none */
	WEIR_GROUPING_MAX,
};

struct weir_grouping_value {
	enum weir_grouping_kind kind;
	uint32_t field; /* of the schema that was asked for */
	enum weir_type type;
};

struct weir_grouping {
	const char *why; /* it is weir's, for that reason, a static clause; NULL: the rest holds */
	int64_t
	    pane_us; /* rows of one pane have event times in [n * pane_us, (n + 1) * pane_us); 0: panes are not needed */
	const uint32_t *groups; /* fields */
	uint32_t n_groups;
	const struct weir_grouping_value *values;
	uint32_t n_values;
};

/* One of the answer: rows alike in pane and groups. Rows without event time are a pane of their own. */
struct weir_grouped_row {
	int64_t pane_us; /* its start; 0 where panes are not told apart; WEIR_TIME_NONE: rows without event time */
	int64_t first_us, last_us; /* of event times; WEIR_TIME_NONE where there are none */
	uint64_t count;            /* rows, 1 or more */
	const struct weir_value
	    *cells; /* n_groups, then n_values; of the columns' types, a count INT64. In the arena */
};

struct weir_grouped {
	struct weir_arena arena;
	struct weir_grouped_row *rows; /* owned */
	size_t n, capacity;
	uint32_t n_groups, n_values;
	uint64_t count; /* rows of all */
};

/* NULL: no memory. */
struct weir_grouped *weir_grouped_new(const struct weir_grouping *g) WEIR_MUST_USE;
void weir_grouped_free(struct weir_grouped *g); /* NULL allowed */
/* Adds a row; its cells are copied, with their texts. False: no memory. */
bool weir_grouped_add(struct weir_grouped *g, const struct weir_grouped_row *row) WEIR_MUST_USE;

/* high * 2^32 + low: a sum that a server made of the two halves of whole numbers, each within 64 bits. */
struct weir_value weir_sum_of_halves(int64_t high, int64_t low);
/* A sum in decimal; NULL: it is none, or has more than 37 digits. */
struct weir_value weir_sum_of_text(struct weir_str text);

#endif
