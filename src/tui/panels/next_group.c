/* What is offered where only one group is left: the column that is best to group by next. */
#include "tui/panels/panels.h"

#include "tui/prompt/columns.h"

#include <stdlib.h>

enum { LEAST_ROWS = 20 }; /* of fewer a column says nothing */

bool weir_next_group_is_due(const struct weir_result *r)
{
	return r && r->error.code == WEIR_OK && r->n_groups && r->n_rows == 1 && r->n_rows_total == 1 &&
	       r->rows[0].rows >= LEAST_ROWS;
}

static bool is_grouped_by(const struct weir_view *view, struct weir_str name)
{
	struct weir_str groups[WEIR_MAX_GROUP_COLUMNS];
	size_t n = weir_view_list(weir_str_of(view->text[WEIR_VIEW_GROUP]), groups, WEIR_MAX_GROUP_COLUMNS);
	for (size_t i = 0; i < n; i++)
		if (weir_str_equal(groups[i], name))
			return true;
	return false;
}

void weir_next_group_find(const struct weir_result *r, const struct weir_profile *profile, const struct weir_view *view,
			  struct weir_buf *out)
{
	struct weir_menu scratch = {.cursor = -1};
	uint32_t n = 0;
	weir_buf_clear(out);
	if (!weir_next_group_is_due(r) || !profile)
		return;
	struct weir_offered_column *c = weir_offered_columns(&scratch, r, profile, &n);
	if (c)
		qsort(c, n, sizeof(*c), weir_offered_by_worth);
	for (uint32_t i = 0; i < n && !out->size; i++)
		if (weir_offered_is_worth(&c[i]) && !is_grouped_by(view, c[i].name))
			weir_buf_add_str(out, c[i].name);
	if (out->failed)
		weir_buf_clear(out);
	weir_menu_release(&scratch);
}

bool weir_next_group_is_offered(const struct weir_picture *pic)
{
	return pic->state->next_group.size > 0;
}

void weir_next_group_take(const struct weir_picture *pic, struct weir_screen_state *state, struct weir_wish *wish)
{
	(void)pic;
	wish->kind = WEIR_WISH_GROUP;
	weir_buf_add_str(&wish->text, weir_buf_str(&state->next_group));
}

/* "all rows have service = cart: Enter groups by region", or its end where there is no room for all of it. */
void weir_next_group_draw(const struct weir_picture *pic, struct weir_canvas c, int y)
{
	const struct weir_result *r = pic->result;
	struct weir_buf text = {0};
	if (!weir_next_group_is_offered(pic) || y >= c.rows)
		return;
	weir_buf_add_c(&text, "all rows have ");
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_c(&text, g ? ", " : "");
		weir_buf_add_str(&text, r->groups[g].name);
		weir_buf_add_c(&text, " = ");
		weir_format_name(&r->rows[0].groups[g], 3, &text);
	}
	weir_buf_add_c(&text, ": ");
	int x = 1, room = c.columns - 2;
	struct weir_str next = weir_buf_str(&pic->state->next_group);
	int columns = weir_text_columns(weir_buf_str(&text)), end = weir_text_columns(next) + 16;
	if (columns + end <= room)
		x += weir_cell_put_text(c, x, y, room, weir_buf_str(&text), weir_style(WEIR_INK_DIM), WEIR_LEFT);
	x += weir_cell_put(c, x, y, "Enter", weir_style(WEIR_INK_KEY));
	x += weir_cell_put(c, x, y, " groups by ", weir_style(WEIR_INK_DIM));
	weir_cell_put_text(c, x, y, c.columns - x - 1, next, weir_style(WEIR_INK_KEY), WEIR_LEFT);
	weir_buf_release(&text);
}
