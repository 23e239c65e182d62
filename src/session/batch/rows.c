/* The printer of rows takes a batch: what passes the filter is printed at once or kept. */
#include "batch.h"

#include "weir/codec/codec.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");
}

static enum weir_status parse_sort(struct weir_rows *r, struct weir_error *err)
{
	struct weir_arena arena = {.block_bytes = 4096};
	struct weir_view_key *keys = NULL;
	size_t n = 0;
	enum weir_status st = weir_view_sort_keys(r->config.view, &arena, &keys, &n, err);

	if (st == WEIR_OK && n > WEIR_MAX_GROUP_COLUMNS)
		st = weir_fail(err, WEIR_USAGE, "--sort", "more than %d keys", WEIR_MAX_GROUP_COLUMNS);
	for (size_t i = 0; i < n && st == WEIR_OK; i++) {
		r->descending[i] = keys[i].descending;
		if (!(r->sort_names[i] = weir_str_dup(keys[i].name)))
			st = no_memory(err);
		r->kept.n_keys = (uint32_t)i + 1;
	}
	r->kept.descending = r->descending;
	weir_arena_release(&arena);
	return st;
}

enum weir_status weir_rows_new(const struct weir_rows_config *config, struct weir_out *out, struct weir_rows **rows,
			       struct weir_error *err)
{
	struct weir_rows *r = weir_calloc(1, sizeof *r);
	const struct weir_view *v = config->view;

	if (!r)
		return no_memory(err);
	r->config = *config;
	r->out = out;
	r->is_json = config->how == WEIR_OUT_JSON || config->how == WEIR_OUT_NDJSON;
	r->limit = v->top ? v->top : UINT64_MAX;
	enum weir_status st = parse_sort(r, err);
	if (st != WEIR_OK) {
		weir_rows_free(r);
		return st;
	}
	r->keep = r->kept.n_keys || v->window.kind == WEIR_WINDOW_SLIDING || v->window.kind == WEIR_WINDOW_ROWS ||
		  config->how == WEIR_OUT_TABLE || (config->how == WEIR_OUT_CSV && !config->columns_fixed);
	*rows = r;
	return WEIR_OK;
}

void weir_rows_free(struct weir_rows *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < WEIR_MAX_GROUP_COLUMNS; i++)
		free(r->sort_names[i]);
	weir_kept_release(&r->kept);
	free(r->kept_number);
	weir_buf_release(&r->text);
	weir_buf_release(&r->safe);
	free(r);
}

static int find_column(const struct weir_rows *r, const char *name)
{
	for (uint32_t i = 0; i < r->n_columns; i++)
		if (weir_str_equal(r->columns[i].name, weir_str_of(name)))
			return (int)i;
	return -1;
}

enum weir_status weir_rows_learn_columns(struct weir_rows *r, struct weir_fabric *f, struct weir_error *err)
{
	uint32_t n = f->ops->row_columns(f, &r->columns);

	if (n > r->n_columns || !r->kept_number) {
		free(r->kept_number);
		r->kept_number = weir_calloc(n + 1, sizeof *r->kept_number);
		if (!r->kept_number)
			return no_memory(err);
	} else if (n == r->n_columns) {
		return WEIR_OK;
	}
	r->n_columns = n;
	for (uint32_t i = 0; i < n; i++)
		if (r->keep && !r->is_json && (r->kept_number[i] = weir_kept_column(&r->kept, r->columns[i].name)) < 0)
			return no_memory(err);
	if (r->keep && r->is_json && weir_kept_column(&r->kept, WEIR_STR("")) < 0)
		return no_memory(err);
	for (uint32_t k = 0; k < r->kept.n_keys; k++)
		r->sort_column[k] = find_column(r, r->sort_names[k]);
	return WEIR_OK;
}

/* A key that is not there is left out, so that a row reads the same wherever it stands in the input. */
static void json_row(const struct weir_rows *r, struct weir_buf *out)
{
	bool first = true;

	weir_buf_add_char(out, '{');
	for (uint32_t i = 0; i < r->n_columns; i++) {
		if (r->missing[i])
			continue;
		weir_print_json_name(r->columns[i].name, first, out);
		weir_value_json(&r->cells[i], out);
		first = false;
	}
	weir_buf_add_char(out, '}');
}

void weir_rows_csv_header(const struct weir_rows *r)
{
	for (uint32_t i = 0; i < r->n_columns; i++) {
		if (i)
			weir_buf_add_char(&r->out->text, ',');
		weir_csv_quote(r->columns[i].name, &r->out->text);
	}
	weir_buf_add_char(&r->out->text, '\n');
}

void weir_rows_json_begin(const struct weir_rows *r)
{
	if (r->config.how == WEIR_OUT_JSON)
		weir_buf_add_c(&r->out->text, r->n_printed ? ",\n" : "[\n");
}

static void print_now(struct weir_rows *r)
{
	struct weir_buf *text = &r->out->text;

	if (r->n_printed == r->limit)
		return;
	if (r->is_json) {
		weir_rows_json_begin(r);
		json_row(r, text);
		if (r->config.how == WEIR_OUT_NDJSON)
			weir_buf_add_char(text, '\n');
	} else {
		if (r->n_printed == 0)
			weir_rows_csv_header(r);
		for (uint32_t i = 0; i < r->n_columns; i++) {
			if (i)
				weir_buf_add_char(text, ',');
			weir_csv_value(&r->cells[i], WEIR_STR(""), text);
		}
		weir_buf_add_char(text, '\n');
	}
	r->n_printed++;
}

static enum weir_status keep_row(struct weir_rows *r, int64_t time_us, struct weir_error *err)
{
	struct weir_value keys[WEIR_MAX_GROUP_COLUMNS];

	for (uint32_t k = 0; k < r->kept.n_keys; k++)
		keys[k] = r->sort_column[k] < 0 ? (struct weir_value){.type = WEIR_NULL} : r->cells[r->sort_column[k]];
	if (r->is_json) {
		weir_buf_clear(&r->text);
		json_row(r, &r->text);
		weir_kept_cell(&r->kept, 0, weir_buf_str(&r->text), 0, false);
		if (r->text.failed)
			return no_memory(err);
		return weir_kept_end_row(&r->kept, time_us, keys, err);
	}
	for (uint32_t i = 0; i < r->n_columns; i++) {
		const struct weir_value *v = &r->cells[i];
		uint32_t width = 0;

		if (r->missing[i])
			continue;
		weir_buf_clear(&r->text);
		weir_buf_clear(&r->safe);
		if (r->config.how == WEIR_OUT_CSV) {
			weir_csv_value(v, WEIR_STR(""), &r->safe);
		} else {
			if (v->type == WEIR_NULL)
				weir_buf_add_c(&r->text, "NULL");
			else
				weir_value_text(v, &r->text);
			width = (uint32_t)weir_print_safe(weir_buf_str(&r->text), &r->safe);
		}
		if (r->text.failed || r->safe.failed)
			return no_memory(err);
		weir_kept_cell(&r->kept, (uint32_t)r->kept_number[i], weir_buf_str(&r->safe), width,
			       v->type == WEIR_INT64 || v->type == WEIR_FLOAT64);
	}
	return weir_kept_end_row(&r->kept, time_us, keys, err);
}

bool weir_rows_full(const struct weir_rows *r)
{
	enum weir_window_kind kind = r->config.view->window.kind;

	if (r->kept.n_keys || kind == WEIR_WINDOW_SLIDING || kind == WEIR_WINDOW_ROWS)
		return false;
	return r->n_printed >= r->limit || r->kept.n_rows >= r->limit;
}

static enum weir_status take_row(void *rows, const struct weir_row *row, struct weir_error *err)
{
	struct weir_rows *r = rows;
	enum weir_status st = WEIR_OK;

	r->cells = row->cells;
	r->missing = row->missing;
	if (r->keep)
		st = keep_row(r, row->time_us, err);
	else
		print_now(r);
	if (!weir_out_flush_if_full(r->out))
		return WEIR_CANCELLED;
	return st == WEIR_OK && weir_rows_full(r) ? WEIR_END : st;
}

enum weir_status weir_rows_add(struct weir_rows *r, struct weir_fabric *f, struct weir_error *err)
{
	enum weir_status st = weir_rows_learn_columns(r, f, err);

	return st == WEIR_OK && !weir_rows_full(r) ? f->ops->rows(f, take_row, r, err) : st;
}
