/* The end of the row printer: window, order and layout of the rows that were kept. */
#include "batch.h"

#include <stdlib.h>

/* Drops from the kept rows what the window at the end of the input does not hold. */
static void apply_window(struct weir_rows *r, int64_t newest_us)
{
	const struct weir_view *v = r->config.view;
	int64_t at = v->at_us != WEIR_TIME_NONE ? v->at_us : newest_us;
	size_t n = 0, skip = 0;

	if (v->window.kind == WEIR_WINDOW_ROWS && r->kept.n_rows > v->window.rows)
		skip = r->kept.n_rows - (size_t)v->window.rows;
	for (size_t i = 0; i < r->kept.n_rows; i++) {
		struct weir_kept_index *x = &r->kept.index[i];
		bool in = v->window.kind == WEIR_WINDOW_SLIDING
			      ? x->time_us > at - v->window.size_us && x->time_us <= at
			      : i >= skip;
		if (!in)
			free(x->keys);
		else
			r->kept.index[n++] = *x;
	}
	r->kept.n_rows = n;
}

static void kept_line(struct weir_rows *r, const int *order, const struct weir_str *cells, const uint32_t *widths,
		      const bool *numbers)
{
	struct weir_buf *text = &r->out->text;

	for (uint32_t i = 0; i < r->n_columns; i++) {
		int c = order[i];
		if (r->config.how == WEIR_OUT_CSV) {
			if (i)
				weir_buf_add_char(text, ',');
			weir_buf_add_str(text, cells[c]);
			continue;
		}
		struct weir_padding padding = {r->kept.columns[c].width, numbers[c], i + 1 == r->n_columns};
		weir_print_padded(cells[c], cells[c].data ? widths[c] : 0, padding, text);
	}
	weir_buf_add_char(text, '\n');
}

static void kept_names(struct weir_rows *r, const int *order)
{
	if (r->config.how == WEIR_OUT_CSV) {
		weir_rows_csv_header(r);
		return;
	}
	weir_buf_add_c(&r->out->text, r->config.color ? "\033[1m" : "");
	for (uint32_t i = 0; i < r->n_columns; i++) {
		struct weir_kept_column *c = &r->kept.columns[order[i]];
		weir_buf_clear(&r->safe);
		uint32_t width = (uint32_t)weir_print_safe(r->columns[i].name, &r->safe);
		r->out->text.failed |= r->safe.failed;
		c->width = width > c->width ? width : c->width;
		struct weir_padding padding = {c->width, c->number, i + 1 == r->n_columns};
		weir_print_padded(weir_buf_str(&r->safe), width, padding, &r->out->text);
	}
	weir_buf_add_c(&r->out->text, r->config.color ? "\033[0m\n" : "\n");
}

static enum weir_status print_kept(struct weir_rows *r, struct weir_error *err)
{
	struct weir_str *cells = weir_calloc(r->kept.n_columns + 1, sizeof *cells);
	uint32_t *widths = weir_calloc(r->kept.n_columns + 1, sizeof *widths);
	bool *numbers = weir_calloc(r->kept.n_columns + 1, sizeof *numbers);
	enum weir_status st =
	    cells && widths && numbers ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");

	if (st == WEIR_OK && !r->is_json)
		kept_names(r, r->kept_number);
	for (size_t i = 0; i < r->kept.n_rows && r->n_printed < r->limit && st == WEIR_OK; i++) {
		st = weir_kept_read(&r->kept, i, cells, widths, numbers, err);
		if (st != WEIR_OK)
			break;
		if (r->is_json) {
			weir_rows_json_begin(r);
			weir_buf_add_str(&r->out->text, cells[0]);
			if (r->config.how == WEIR_OUT_NDJSON)
				weir_buf_add_char(&r->out->text, '\n');
		} else {
			kept_line(r, r->kept_number, cells, widths, numbers);
		}
		r->n_printed++;
		if (!weir_out_flush_if_full(r->out))
			st = WEIR_CANCELLED;
	}
	free(cells);
	free(widths);
	free(numbers);
	return st;
}

static enum weir_status check_sort(const struct weir_rows *r, struct weir_error *err)
{
	struct weir_str names[64];
	size_t n = 0;

	for (uint32_t k = 0; k < r->kept.n_keys && r->n_columns; k++) {
		if (r->sort_column[k] >= 0)
			continue;
		weir_fail(err, WEIR_EXPRESSION, "--sort", "there is no column %s", r->sort_names[k]);
		while (n < r->n_columns && n < sizeof names / sizeof *names) {
			names[n] = r->columns[n].name;
			n++;
		}
		int near = weir_nearest(weir_str_of(r->sort_names[k]), names, n);
		if (near >= 0)
			weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(names[near]));
		return WEIR_EXPRESSION;
	}
	return WEIR_OK;
}

enum weir_status weir_rows_end(struct weir_rows *r, struct weir_fabric *f, int64_t newest_us, struct weir_error *err)
{
	enum weir_status st = weir_rows_learn_columns(r, f, err);

	if (st == WEIR_OK)
		st = check_sort(r, err);
	if (st != WEIR_OK)
		return st;

	if (st == WEIR_OK && r->keep) {
		apply_window(r, newest_us);
		weir_kept_sort(&r->kept);
		st = print_kept(r, err);
	} else if (st == WEIR_OK && r->config.how == WEIR_OUT_CSV && r->n_printed == 0 && r->n_columns) {
		weir_rows_csv_header(r);
	}
	if (r->config.how == WEIR_OUT_JSON)
		weir_buf_add_c(&r->out->text, r->n_printed ? "\n]\n" : "[]\n");
	return st;
}
