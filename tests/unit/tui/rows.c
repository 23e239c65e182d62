#include "rows.h"

#include <stdlib.h>

static void *take(struct rows *rows, size_t bytes)
{
	void *p = weir_arena_zalloc(&rows->result.arena, bytes);
	if (!p)
		abort();
	return p;
}

static uint32_t index_of(uint32_t set)
{
	uint32_t i = 0;
	while (!(set >> i & 1))
		i++;
	return i;
}

void rows_make(struct rows *rows, const char *const *columns, uint64_t newest, uint32_t n,
	       const char *(*cell)(uint64_t number, int column))
{
	*rows = (struct rows){.around = {.n_total = newest + 1, .exact = true}};
	struct weir_result *r = &rows->result;
	for (; columns[r->n_record_columns]; r->n_record_columns++)
		rows->columns[r->n_record_columns] =
		    (struct weir_result_column){.name = weir_str_of(columns[r->n_record_columns]), .type = WEIR_STRING};
	struct weir_result_record *records = take(rows, n * sizeof(*records));
	for (uint32_t i = 0; i < n; i++) {
		uint64_t number = newest - i;
		struct weir_value *cells = take(rows, 8 * sizeof(*cells));
		bool *missing = take(rows, 8);
		for (uint32_t c = 0; c < r->n_record_columns; c++) {
			const char *text = cell(number, (int)c);
			missing[c] = !text;
			cells[c] = (struct weir_value){.type = text ? WEIR_STRING : WEIR_NULL, .s = weir_str_of(text)};
		}
		int64_t time_us = (int64_t)number * WEIR_US_PER_S;
		records[i] = (struct weir_result_record){
		    .time_us = time_us, .place = {time_us, number, 0}, .cells = cells, .missing = missing};
	}
	r->record_columns = rows->columns;
	r->records = records;
	r->n_records = n;
	r->extras[index_of(weir_extras_named("records"))] = &rows->around;
}

void rows_release(struct rows *rows)
{
	weir_arena_release(&rows->result.arena);
}
