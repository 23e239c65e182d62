/* A result of a few rows, for tests of the records panel. */
#ifndef WEIR_TESTS_ROWS_H
#define WEIR_TESTS_ROWS_H

#include "tui/panels/panels.h"
#include "tui/panels/record.h"

struct rows {
	struct weir_result result;
	struct weir_records around;
	struct weir_result_column columns[8];
};

/* Rows number `newest`, `newest` - 1, … of the columns, all strings: the
 * cells of a row are the texts that `cell` gives it; NULL: missing. Aborts when memory ends. */
void rows_make(struct rows *rows, const char *const *columns, uint64_t newest, uint32_t n,
	       const char *(*cell)(uint64_t number, int column));
void rows_release(struct rows *rows);

#endif
