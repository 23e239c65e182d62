/* The question that a screen begins with when none was asked: which column to group by, what to measure.
 *
 * Group: text (or a small number) with few, repeating values, the better the more its name says it is a kind of something.
 * Measure: count, and one number that is no key: a high percentile of a duration, the sum of an amount, the average of a
 * reading. Thread: the engine. */
#ifndef WEIR_SESSION_GUESS_H
#define WEIR_SESSION_GUESS_H

#include "weir/model/batch.h"

enum { WEIR_GUESS_ROWS = 2000, WEIR_GUESS_COLUMNS = 64, WEIR_GUESS_VALUES = 128 };

struct weir_guess_column {
	struct weir_str name; /* in the guesser's arena */
	enum weir_type type;
	bool is_time;
	uint32_t n, n_values;       /* values seen; distinct ones among them, at most WEIR_GUESS_VALUES */
	bool many;                  /* more distinct values than that */
	bool rising;                /* each number was larger than the one before */
	double last;
	uint64_t bytes;             /* of text */
	uint64_t hashes[WEIR_GUESS_VALUES];
};

struct weir_guesser {
	struct weir_arena arena;
	struct weir_guess_column *columns; /* in the arena; NULL until the first batch */
	uint32_t n_columns;
	uint32_t n_rows;
};

/* Looks at the rows of a batch until WEIR_GUESS_ROWS were seen. False: no memory. */
bool weir_guesser_add(struct weir_guesser *g, const struct weir_batch *b);
/* Texts as --group and --measure take them; nothing is appended to `group` when no column is fit for it. */
void weir_guesser_choose(const struct weir_guesser *g, struct weir_buf *group, struct weir_buf *measure);
void weir_guesser_release(struct weir_guesser *g);

#endif
