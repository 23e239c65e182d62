/* The selected cell of the pivot, and what Enter, x, ! and y do with it. */
#include "tui/panels/panels.h"

#include <math.h>

void weir_pivot_state_release(struct weir_pivot_state *state)
{
	weir_buf_release(&state->row);
	weir_buf_release(&state->column);
}

const struct weir_pivot *weir_pivot_of(const struct weir_picture *pic)
{
	const struct weir_pivot *p = pic->result ? weir_result_extra(pic->result, "pivot") : NULL;
	return p && p->n_rows ? p : NULL;
}

/* ---- the selected cell ---- */

/* Bytes that are the same for the same value in every result; one "t" for the total. */
static void add_identity(const struct weir_value *keys, uint32_t n, uint32_t at, struct weir_buf *out)
{
	weir_buf_clear(out);
	if (at < n) {
		weir_buf_add_char(out, (char)('0' + keys[at].type));
		weir_value_text(keys + at, out);
	} else {
		weir_buf_add_char(out, 't');
	}
}

/* Its place now; UINT32_MAX: it has none. */
static uint32_t find(const struct weir_value *keys, uint32_t n, const struct weir_buf *identity)
{
	struct weir_buf one = {0};
	uint32_t found = UINT32_MAX;
	for (uint32_t i = 0; i < n && found == UINT32_MAX; i++) {
		add_identity(keys, n, i, &one);
		if (!one.failed && weir_str_equal(weir_buf_str(&one), weir_buf_str(identity)))
			found = i;
	}
	weir_buf_release(&one);
	return identity->size == 1 && identity->data[0] == 't' ? n + 1 : found;
}

bool weir_pivot_selected(const struct weir_picture *pic, uint32_t *row, uint32_t *column)
{
	const struct weir_pivot *p = weir_pivot_of(pic);
	const struct weir_pivot_state *state = &pic->state->pivot;
	if (!p || !state->row.size || !state->column.size)
		return false;
	*row = find(p->row_keys, p->n_rows, &state->row);
	*column = find(p->column_keys, p->n_columns, &state->column);
	return *row != UINT32_MAX && *column != UINT32_MAX;
}

void weir_pivot_select(const struct weir_pivot *p, struct weir_pivot_state *state, uint32_t row, uint32_t column)
{
	if (row == p->n_rows || column == p->n_columns)
		return;
	add_identity(p->row_keys, p->n_rows, row, &state->row);
	add_identity(p->column_keys, p->n_columns, column, &state->column);
}

/* From place `at` by so many; the others are passed over, the total is the last. */
static uint32_t moved(uint32_t at, int by, uint32_t n)
{
	int64_t place = (int64_t)(at > n ? n : at) + by;
	return place < 0 ? 0 : place >= n ? n + 1 : (uint32_t)place;
}

void weir_pivot_move(const struct weir_picture *pic, struct weir_screen_state *state, int lines, int columns)
{
	const struct weir_pivot *p = weir_pivot_of(pic);
	uint32_t row, column;
	if (!p)
		return;
	if (weir_pivot_selected(pic, &row, &column))
		weir_pivot_select(p, &state->pivot, moved(row, lines, p->n_rows), moved(column, columns, p->n_columns));
	else
		weir_pivot_select(p, &state->pivot, 0, 0);
}

/* ---- shares ---- */

double weir_pivot_share(const struct weir_result *r, const struct weir_pivot *p, uint32_t row, uint32_t column,
			enum weir_pivot_mode mode)
{
	uint32_t last_row = p->n_rows + 1, last_column = p->n_columns + 1;
	size_t at = weir_pivot_at(p, row, column);
	size_t whole = weir_pivot_at(p, mode == WEIR_PIVOT_OF_ROW ? row : last_row,
				     mode == WEIR_PIVOT_OF_COLUMN ? column : last_column);
	bool adds_up = r->measures[p->measure].adds_up;
	double of = adds_up ? weir_number_of(p->cells + whole) : (double)p->rows[whole];
	double part = adds_up ? weir_number_of(p->cells + at) : (double)p->rows[at];
	return p->rows[at] && of > 0 && part >= 0 ? part / of : NAN;
}

/* ---- acts ---- */

static bool has_pivot(const struct weir_picture *pic)
{
	return weir_pivot_of(pic) != NULL;
}

static bool names_rows(const struct weir_picture *pic)
{
	const struct weir_pivot *p = weir_pivot_of(pic);
	uint32_t row, column;
	return weir_pivot_selected(pic, &row, &column) && (row < p->n_rows || column < p->n_columns);
}

static void add_condition(const struct weir_picture *pic, bool exclude, struct weir_buf *out)
{
	const struct weir_pivot *p = weir_pivot_of(pic);
	const struct weir_result *r = pic->result;
	struct weir_str groups[WEIR_MAX_GROUP_COLUMNS];
	uint32_t at[2];
	if (!weir_pivot_selected(pic, &at[0], &at[1]))
		return;
	size_t n = weir_view_list(weir_str_of(pic->info->view.text[WEIR_VIEW_GROUP]), groups, WEIR_MAX_GROUP_COLUMNS);
	for (uint32_t g = 0; g < 2; g++) {
		const struct weir_value *keys = g ? p->column_keys : p->row_keys;
		if (at[g] >= (g ? p->n_columns : p->n_rows)) /* a total is of any value */
			continue;
		weir_buf_add_c(out, !out->size ? "" : exclude ? " or " : " and ");
		weir_condition_text(g < n ? weir_view_without_name(groups[g]) : r->groups[g].name, keys + at[g],
				    exclude, out);
	}
}

static void filter(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish,
		   bool exclude)
{
	add_condition(pic, exclude, &wish->text);
	wish->kind = WEIR_WISH_FILTER;
	wish->what = exclude ? "excluded" : "kept";
	weir_buf_clear(&state->pivot.row);
	weir_buf_clear(&state->pivot.column);
}

static void keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	filter(pic, state, wish, false);
}

static void exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	filter(pic, state, wish, true);
}

static void add(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	wish->kind = WEIR_WISH_ADD;
	add_condition(pic, false, &wish->text);
	add_condition(pic, true, &wish->other);
}

static void ask_why(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)state;
	add_condition(pic, false, &wish->text);
	wish->kind = WEIR_WISH_WHY;
}

static bool is_selected(const struct weir_picture *pic)
{
	uint32_t row, column;
	return weir_pivot_selected(pic, &row, &column);
}

static void let_go(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	(void)wish;
	weir_buf_clear(&state->pivot.row);
	weir_buf_clear(&state->pivot.column);
}

static void select_first(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	weir_pivot_select(weir_pivot_of(pic), &state->pivot, 0, 0);
	wish->kind = WEIR_WISH_SAY;
	weir_buf_add_c(&wish->text,
		       "Enter keeps the rows of the selected cell, x excludes them, ! says how they differ");
}

/* A head, or a cell as text: what is shown, in full. */
static void copy_value(const struct weir_value *v, struct weir_buf *out)
{
	struct weir_buf text = {0};
	weir_value_text(v, &text);
	weir_copy_cell(weir_buf_str(&text), out);
	out->failed |= text.failed;
	weir_buf_release(&text);
}

static void copy_key(const struct weir_value *keys, uint32_t n, uint32_t at, struct weir_buf *out)
{
	if (at < n)
		copy_value(keys + at, out);
	else
		weir_buf_add_c(out, at == n ? "others" : "total");
}

static void copy_all(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	const struct weir_pivot *p = weir_pivot_of(pic);
	const struct weir_result *r = pic->result;
	(void)state;
	weir_copy_cell(r->groups[0].name, &wish->text);
	for (uint32_t c = 0; c < p->n_columns + 2; c++) {
		if (c == p->n_columns && !p->n_other_columns)
			continue;
		weir_buf_add_char(&wish->text, '\t');
		copy_key(p->column_keys, p->n_columns, c, &wish->text);
	}
	weir_buf_add_char(&wish->text, '\n');
	for (uint32_t row = 0; row < p->n_rows + 2; row++) {
		if (row == p->n_rows && !p->n_other_rows)
			continue;
		copy_key(p->row_keys, p->n_rows, row, &wish->text);
		for (uint32_t c = 0; c < p->n_columns + 2; c++) {
			if (c == p->n_columns && !p->n_other_columns)
				continue;
			weir_buf_add_char(&wish->text, '\t');
			if (p->rows[weir_pivot_at(p, row, c)])
				copy_value(p->cells + weir_pivot_at(p, row, c), &wish->text);
		}
		weir_buf_add_char(&wish->text, '\n');
	}
	wish->kind = WEIR_WISH_COPY;
	wish->what = "copied the pivot";
}

const struct weir_panel_act weir_pivot_acts[] = {
    {WEIR_CMD_KEEP, "keep", "keep only the rows of the selected cell; of a total, those of its line or column",
     names_rows, keep},
    {WEIR_CMD_KEEP, "select", "select the first cell when none is selected", has_pivot, select_first},
    {WEIR_CMD_EXCLUDE, "exclude", "leave out the rows of the selected cell", names_rows, exclude},
    {WEIR_CMD_ADD, "add",
     "add the rows of the selected cell to those that Enter keeps and x leaves out, or take them back", names_rows,
     add},
    {WEIR_CMD_WHY, "why", "rank what is different about the rows of the selected cell", names_rows, ask_why},
    {WEIR_CMD_BACK, NULL, "let go of the selected cell", is_selected, let_go},
    {WEIR_CMD_COPY, "copy", "copy the pivot as a table", has_pivot, copy_all},
    {.help = NULL},
};
