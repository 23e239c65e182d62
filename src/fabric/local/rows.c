/* Rows mode: the rows of the newest batch that pass, cell by cell, to whoever prints them. */
#include "local.h"

#include <stdlib.h>

void weir_local_release_row(struct weir_local_row *row)
{
	free(row->cells);
	free(row->missing);
	free(row->pass);
}

static bool make_room(struct weir_local_row *row, uint32_t n_cells, size_t pass_words)
{
	if (n_cells > row->n_cells || !row->cells) {
		free(row->cells);
		free(row->missing);
		row->n_cells = n_cells;
		row->cells = weir_calloc(n_cells + 1, sizeof *row->cells);
		row->missing = weir_calloc(n_cells + 1, sizeof *row->missing);
	}
	if (pass_words > row->pass_words) {
		free(row->pass);
		row->pass_words = pass_words;
		row->pass = weir_calloc(pass_words, sizeof *row->pass);
	}
	return row->cells && row->missing && row->pass;
}

uint32_t weir_local_row_columns(struct weir_fabric *f, const struct weir_result_column **columns)
{
	return weir_plan_row_columns(((struct weir_local *)f)->plan, columns);
}

/* Windows of time hold no row without a time; `since` has its edge; sliding ends where the input does. */
static bool in_window(const struct weir_window *w, int64_t time_us)
{
	if (w->kind == WEIR_WINDOW_ALL || w->kind == WEIR_WINDOW_ROWS)
		return true;
	return time_us != WEIR_TIME_NONE && (w->kind != WEIR_WINDOW_SINCE || time_us >= w->since_us);
}

enum weir_status weir_local_rows(struct weir_fabric *f, weir_row_visitor *visit, void *ctx, struct weir_error *err)
{
	struct weir_local *l = (struct weir_local *)f;
	const struct weir_batch *b = l->last;
	const struct weir_result_column *columns;
	if (!b || !b->n_rows)
		return WEIR_OK;
	if (!make_room(&l->row, weir_plan_row_columns(l->plan, &columns), weir_bit_words(b->n_rows)))
		return weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");
	enum weir_status st = weir_plan_filter(l->plan, b, l->row.pass, err);
	for (uint32_t row = 0; row < b->n_rows && st == WEIR_OK; row++) {
		int64_t time_us = b->time_us ? b->time_us[row] : WEIR_TIME_NONE;
		if (!weir_bit_get(l->row.pass, row) || !in_window(&l->view.window, time_us))
			continue;
		struct weir_row shown = {time_us, l->row.cells, l->row.missing};
		st = weir_plan_row(l->plan, b, row, l->row.cells, l->row.missing, err);
		if (st == WEIR_OK)
			st = visit(ctx, &shown, err);
	}
	return st == WEIR_END ? WEIR_OK : st;
}
