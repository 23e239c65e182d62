/* What Enter, x, + and y do with the groups of the table. */
#include "tui/panels/panels.h"

bool weir_row_is_selected(const struct weir_picture *pic)
{
	return pic->result->n_groups && weir_state_selected_row(pic->state, pic->result) >= 0;
}

/* The condition that the rows of a group meet, or those of all others. */
static void add_condition(const struct weir_picture *pic, int row, bool exclude, struct weir_buf *out)
{
	struct weir_str groups[WEIR_MAX_GROUP_COLUMNS];
	const struct weir_result *r = pic->result;
	size_t n = weir_view_list(weir_str_of(pic->info->view.text[WEIR_VIEW_GROUP]), groups, WEIR_MAX_GROUP_COLUMNS);
	for (uint32_t g = 0; g < r->n_groups && row >= 0; g++) {
		struct weir_str expression = g < n ? weir_view_without_name(groups[g]) : r->groups[g].name;
		/* Not (a and b) is (not a or not b). */
		weir_buf_add_c(out, g ? exclude ? " or " : " and " : "");
		weir_condition_text(expression, &r->rows[row].groups[g], exclude, out);
	}
}

void weir_row_keep(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	add_condition(pic, weir_state_selected_row(state, pic->result), false, &wish->text);
	*wish = (struct weir_wish){.kind = WEIR_WISH_FILTER, .text = wish->text, .what = "kept"};
}

void weir_row_exclude(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	add_condition(pic, weir_state_selected_row(state, pic->result), true, &wish->text);
	*wish = (struct weir_wish){.kind = WEIR_WISH_FILTER, .text = wish->text, .what = "excluded"};
}

void weir_row_add(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	int row = weir_state_selected_row(state, pic->result);
	wish->kind = WEIR_WISH_ADD;
	add_condition(pic, row, false, &wish->text);
	add_condition(pic, row, true, &wish->other);
}

bool weir_row_is_added(const struct weir_picture *pic, int row)
{
	struct weir_buf condition = {0};
	if (!pic->state->added.n)
		return false;
	add_condition(pic, row, false, &condition);
	bool added = weir_added_has(&pic->state->added, weir_buf_str(&condition));
	weir_buf_release(&condition);
	return added;
}

static void add_value(const struct weir_value *v, struct weir_buf *out)
{
	struct weir_buf text = {0};
	weir_value_text(v, &text);
	weir_copy_cell(weir_buf_str(&text), out);
	out->failed |= text.failed;
	weir_buf_release(&text);
}

static void add_row(const struct weir_result *r, const struct weir_result_row *row, struct weir_buf *out)
{
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(out, g ? "\t" : "");
		add_value(&row->groups[g], out);
	}
	for (uint32_t m = 0; m < r->n_measures; m++) {
		weir_buf_add_c(out, m || r->n_groups ? "\t" : "");
		add_value(&row->measures[m], out);
	}
	weir_buf_add_char(out, '\n');
}

void weir_row_copy(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	int row = weir_state_selected_row(state, pic->result);
	if (row >= 0)
		add_row(pic->result, &pic->result->rows[row], &wish->text);
	*wish = (struct weir_wish){.kind = WEIR_WISH_COPY, .text = wish->text, .what = "copied the row"};
}

bool weir_table_has_rows(const struct weir_picture *pic)
{
	return pic->result->n_rows > 0 && pic->result->n_groups > 0;
}

void weir_table_select_first(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	weir_state_select(state, pic->result, state->first_row);
	wish->kind = WEIR_WISH_SAY;
	weir_buf_add_c(&wish->text, "Enter keeps the selected group, x excludes it, Esc lets go of it");
}

void weir_table_copy_all(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	const struct weir_result *r = pic->result;
	(void)state;
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(&wish->text, g ? "\t" : "");
		weir_copy_cell(r->groups[g].name, &wish->text);
	}
	for (uint32_t m = 0; m < r->n_measures; m++) {
		weir_buf_add_c(&wish->text, m || r->n_groups ? "\t" : "");
		weir_copy_cell(r->measures[m].name, &wish->text);
	}
	weir_buf_add_char(&wish->text, '\n');
	for (uint32_t i = 0; i < r->n_rows; i++)
		add_row(r, &r->rows[i], &wish->text);
	*wish = (struct weir_wish){.kind = WEIR_WISH_COPY, .text = wish->text, .what = "copied the table"};
}
