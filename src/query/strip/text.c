/* Errors of plain text: lines with a level of ERROR or worse. */
#include "weir/query/levels.h"
#include "weir/query/strip.h"
#include "weir/query/view.h"

enum { SAMPLE_ROWS = 2000, LEAST_PART = 20 };

/* The column that holds the lines; -1: there is none. */
static int find_text(const struct weir_batch *rows)
{
	for (uint32_t c = 0; rows->schema && c < rows->n_columns && c < rows->schema->n_fields; c++)
		if (weir_str_among("line message msg text", rows->schema->fields[c].name))
			return (int)c;
	return -1;
}

static enum weir_level level_of(const struct weir_column *c, uint32_t row)
{
	struct weir_value v = weir_column_get(c, row);
	size_t from, to;
	return v.type == WEIR_STRING ? weir_level_find(v.s, 0, &from, &to) : WEIR_LEVEL_NONE;
}

/* One error is enough, as there may be few; other levels tell only when they are frequent. */
bool weir_strip_guess_text(const struct weir_batch *rows, struct weir_buf *words)
{
	int column = find_text(rows);
	uint32_t n = rows->n_rows < SAMPLE_ROWS ? rows->n_rows : SAMPLE_ROWS, levels = 0, errors = 0;
	for (uint32_t row = 0; column >= 0 && row < n; row++) {
		enum weir_level level = level_of(&rows->columns[column], row);
		levels += level != WEIR_LEVEL_NONE;
		errors += level == WEIR_LEVEL_ERROR;
	}
	if (!errors && (!levels || (uint64_t)levels * LEAST_PART < n))
		return false;
	weir_buf_add_c(words, "ERROR or worse in ");
	weir_view_quote(rows->schema->fields[column].name, words);
	return !words->failed;
}

void weir_strip_text_errors(const struct weir_batch *rows, uint64_t *errors)
{
	int column = find_text(rows);
	for (uint32_t row = 0; column >= 0 && row < rows->n_rows; row++)
		if (level_of(&rows->columns[column], row) == WEIR_LEVEL_ERROR)
			weir_bit_set(errors, row);
}
