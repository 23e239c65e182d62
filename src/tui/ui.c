#include "tui/ui.h"

#include "weir/base/time.h"

void weir_ui_init(struct weir_ui *ui)
{
	*ui = (struct weir_ui){.focus = WEIR_PANEL_TABLE, .lower = WEIR_PANEL_CHART, .cursor_us = WEIR_TIME_NONE};
	ui->span_from_us = ui->span_to_us = ui->data_from_us = WEIR_TIME_NONE;
	weir_prompt_init(&ui->prompt);
}

void weir_ui_release(struct weir_ui *ui)
{
	weir_buf_release(&ui->selected);
	weir_prompt_release(&ui->prompt);
}

void weir_row_identity(const struct weir_result *r, const struct weir_result_row *row, struct weir_buf *out)
{
	for (uint32_t g = 0; g < r->n_groups; g++) {
		weir_buf_add_char(out, (char)('0' + row->groups[g].type));
		weir_value_text(&row->groups[g], out);
		weir_buf_add_char(out, '\0');
	}
	weir_buf_add_char(out, '\0'); /* a selection without groups is a selection too */
}

int weir_ui_selected_row(const struct weir_ui *ui, const struct weir_result *r)
{
	struct weir_buf one = {0};
	int found = -1;
	if (!r || ui->selected.size == 0)
		return -1;
	for (uint32_t i = 0; i < r->n_rows && found < 0; i++) {
		weir_buf_clear(&one);
		weir_row_identity(r, &r->rows[i], &one);
		if (!one.failed && weir_str_equal(weir_buf_str(&one), weir_buf_str(&ui->selected)))
			found = (int)i;
	}
	weir_buf_release(&one);
	return found;
}

void weir_ui_select(struct weir_ui *ui, const struct weir_result *r, int row)
{
	weir_buf_clear(&ui->selected);
	if (!r || row < 0 || (uint32_t)row >= r->n_rows)
		return;
	weir_row_identity(r, &r->rows[row], &ui->selected);
	ui->selected_at = row;
}
