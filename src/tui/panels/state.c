/* What the person chose: its life, and the selected row. */
#include "tui/panels/panels.h"

#include "weir/base/time.h"

/* The index of the first panel of that place; -1: none. */
static int first_panel(const struct weir_panel *const *panels, enum weir_place place)
{
	for (int i = 0; panels[i]; i++)
		if (panels[i]->place == place && !panels[i]->open)
			return i;
	return -1;
}

void weir_state_init(struct weir_screen_state *state, const struct weir_panel *const *panels)
{
	*state = (struct weir_screen_state){.focus = first_panel(panels, WEIR_PLACE_MAIN),
					    .lower = first_panel(panels, WEIR_PLACE_TIME),
					    .cursor_us = WEIR_TIME_NONE,
					    .dragging = -1};
	state->upper = state->focus;
	state->strip.end_us = WEIR_TIME_NONE;
	state->span_from_us = state->span_to_us = state->drag_from_us = state->data_from_us = WEIR_TIME_NONE;
	weir_records_init(&state->records);
	weir_left_init(&state->left);
	weir_prompt_init(&state->prompt);
	state->schema.menu.cursor = -1;
}

void weir_state_release(struct weir_screen_state *state)
{
	weir_buf_release(&state->selected);
	weir_added_clear(&state->added);
	weir_buf_release(&state->page_text);
	weir_trail_release(&state->trail);
	weir_views_release(&state->views.list);
	weir_records_release(&state->records);
	weir_left_release(&state->left);
	weir_pivot_state_release(&state->pivot);
	weir_why_state_release(&state->why);
	weir_prompt_release(&state->prompt);
	weir_menu_release(&state->schema.menu);
	weir_buf_release(&state->next_group);
}

/* Bytes that are the same for the same group in every result. Appends. */
static void add_identity(const struct weir_result *r, const struct weir_value *groups, struct weir_buf *out)
{
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_char(out, (char)('0' + groups[g].type));
		weir_value_text(&groups[g], out);
		weir_buf_add_char(out, '\0');
	}
	weir_buf_add_char(out, '\0'); /* without groups the only row has an identity too */
}

int weir_state_selected_row(const struct weir_screen_state *state, const struct weir_result *r)
{
	struct weir_buf one = {0};
	int found = -1;
	if (!r || state->selected.size == 0)
		return -1;
	for (uint32_t i = 0; i < r->n_rows && found < 0; i++) {
		weir_buf_clear(&one);
		add_identity(r, r->rows[i].groups, &one);
		if (!one.failed && weir_str_equal(weir_buf_str(&one), weir_buf_str(&state->selected)))
			found = (int)i;
	}
	weir_buf_release(&one);
	return found;
}

void weir_state_select(struct weir_screen_state *state, const struct weir_result *r, int row)
{
	weir_buf_clear(&state->selected);
	if (!r || row < 0 || (uint32_t)row >= r->n_rows)
		return;
	add_identity(r, r->rows[row].groups, &state->selected);
	state->selected_at = row;
}

int weir_state_select_group(struct weir_screen_state *state, const struct weir_result *r,
			    const struct weir_value *groups)
{
	weir_buf_clear(&state->selected);
	add_identity(r, groups, &state->selected);
	state->selected_at = 0;
	int row = weir_state_selected_row(state, r);
	state->selected_at = row > 0 ? row : 0;
	return row;
}
