#include "rows_state.h"

#include "weir/codec/codec.h"

#include <stdlib.h>

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");
}

/* "name desc, other": column names only, quotes as the language has them. */
static enum weir_status parse_sort(struct weir_rows *r, struct weir_error *err)
{
	struct weir_str rest = weir_str_of(r->config.view->text[WEIR_VIEW_SORT]);

	while (rest.size) {
		struct weir_str key = weir_str_trim(weir_str_cut(rest, ',', &rest)), name = key;
		uint32_t n = r->kept.n_keys;

		if (n == WEIR_MAX_GROUP_COLUMNS)
			return weir_fail(err, WEIR_USAGE, "--sort", "more than %d keys", WEIR_MAX_GROUP_COLUMNS);
		for (size_t i = key.size; i-- > 0;) {
			if (key.data[i] != ' ')
				continue;
			struct weir_str word = {key.data + i + 1, key.size - i - 1};
			r->descending[n] = weir_str_equal_nocase(word, WEIR_STR("desc"));
			if (r->descending[n] || weir_str_equal_nocase(word, WEIR_STR("asc")))
				name = weir_str_trim((struct weir_str){key.data, i});
			break;
		}
		if (name.size >= 2 && (name.data[0] == '"' || name.data[0] == '`') && name.data[name.size - 1] == name.data[0])
			name = (struct weir_str){name.data + 1, name.size - 2};
		if (!(r->sort_names[n] = weir_str_dup(name)))
			return no_memory(err);
		r->kept.n_keys++;
	}
	r->kept.descending = r->descending;
	return WEIR_OK;
}

enum weir_status weir_rows_new(const struct weir_rows_config *config, struct weir_out *out, struct weir_rows **rows, struct weir_error *err)
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
	free(r->cells);
	free(r->missing);
	free(r->pass);
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

enum weir_status weir_rows_learn_columns(struct weir_rows *r, struct weir_plan *plan, struct weir_error *err)
{
	uint32_t n = weir_plan_row_columns(plan, &r->columns);

	if (n > r->n_columns || !r->cells) {
		free(r->kept_number);
		free(r->cells);
		free(r->missing);
		r->kept_number = weir_calloc(n + 1, sizeof *r->kept_number);
		r->cells = weir_calloc(n + 1, sizeof *r->cells);
		r->missing = weir_calloc(n + 1, sizeof *r->missing);
		if (!r->kept_number || !r->cells || !r->missing)
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
		weir_text_csv_field(r->columns[i].name, &r->out->text);
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
			weir_print_csv_cell(&r->cells[i], text);
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
			weir_print_csv_cell(v, &r->safe);
		} else {
			if (v->type == WEIR_NULL)
				weir_buf_add_c(&r->text, "NULL");
			else
				weir_value_text(v, &r->text);
			width = (uint32_t)weir_print_safe(weir_buf_str(&r->text), &r->safe);
		}
		weir_kept_cell(&r->kept, (uint32_t)r->kept_number[i], weir_buf_str(&r->safe), width,
			       v->type == WEIR_INT64 || v->type == WEIR_FLOAT64);
	}
	return weir_kept_end_row(&r->kept, time_us, keys, err);
}

/* Windows of time hold no row without a time; `since` has its edge; sliding is seen to at the end. */
static bool in_window(const struct weir_rows *r, int64_t time_us)
{
	const struct weir_window *w = &r->config.view->window;

	if (w->kind == WEIR_WINDOW_ALL || w->kind == WEIR_WINDOW_ROWS)
		return true;
	return time_us != WEIR_TIME_NONE && (w->kind != WEIR_WINDOW_SINCE || time_us >= w->since_us);
}

static enum weir_status add_row(struct weir_rows *r, struct weir_plan *plan, const struct weir_batch *b, uint32_t row,
				struct weir_error *err)
{
	int64_t time_us = b->time_us ? b->time_us[row] : WEIR_TIME_NONE;

	if (!in_window(r, time_us))
		return WEIR_OK;
	enum weir_status st = weir_plan_row(plan, b, row, r->cells, r->missing, err);
	if (st != WEIR_OK)
		return st;
	if (r->keep)
		return keep_row(r, time_us, err);
	print_now(r);
	return WEIR_OK;
}

bool weir_rows_full(const struct weir_rows *r)
{
	enum weir_window_kind kind = r->config.view->window.kind;

	if (r->kept.n_keys || kind == WEIR_WINDOW_SLIDING || kind == WEIR_WINDOW_ROWS)
		return false;
	return r->n_printed >= r->limit || r->kept.n_rows >= r->limit;
}

enum weir_status weir_rows_add(struct weir_rows *r, struct weir_plan *plan, const struct weir_batch *b, struct weir_error *err)
{
	enum weir_status st = weir_rows_learn_columns(r, plan, err);

	if (st != WEIR_OK)
		return st;
	if (weir_bit_words(b->n_rows) > r->pass_words) {
		free(r->pass);
		r->pass_words = weir_bit_words(b->n_rows);
		if (!(r->pass = weir_calloc(r->pass_words, sizeof *r->pass)))
			return no_memory(err);
	}
	st = weir_plan_filter(plan, b, r->pass, err);
	for (uint32_t row = 0; row < b->n_rows && st == WEIR_OK && !weir_rows_full(r); row++) {
		if (!weir_bit_get(r->pass, row))
			continue;
		st = add_row(r, plan, b, row, err);
		if (!weir_out_flush_if_full(r->out))
			return WEIR_CANCELLED;
	}
	return st;
}
