/* The extra "pivot" of a result: the first two group columns against each other. Each value of the first has a line, each value of
 * the second a column, and a cell is one measure over the rows that have both; further group columns are added up.
 *
 * It is of all groups, not of those that have a row in the result: what has no line or column of its own is in the others, and
 * the totals are of all. Every cell is worked out from the rows behind it, so that totals of a p95 or an average are right too. */
#ifndef WEIR_QUERY_PIVOT_H
#define WEIR_QUERY_PIVOT_H

#include "weir/query/result.h"

struct weir_pivot {
	uint32_t measure; /* what the cells are of: the measure that sorts, or the first */
	/* With a line or column of their own; the others and the total come behind them. Which they are: those with the most rows, or
	 * the most of the measure where that adds up. Lines are in the order of the result, columns rise. */
	uint32_t n_rows, n_columns;
	uint64_t n_other_rows, n_other_columns; /* values without one */
	const struct weir_value *row_keys, *column_keys;
	const struct weir_value *cells; /* (n_rows + 2) lines of n_columns + 2 cells; NULL where there are no rows */
	const uint64_t *rows;           /* rows behind each */
};

/* The index of a cell. Line n_rows, or column n_columns, is of the others, and the one behind it of the total. */
static inline size_t weir_pivot_at(const struct weir_pivot *p, uint32_t row, uint32_t column)
{
	return (size_t)row * (p->n_columns + 2) + column;
}

#endif
