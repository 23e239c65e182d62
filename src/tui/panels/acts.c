/* What Enter, x and y do in a panel. */
#include "tui/panels/panels.h"

void weir_copy_cell(struct weir_str text, struct weir_buf *out)
{
	for (size_t i = 0; i < text.size; i++)
		weir_buf_add_char(
		    out, text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r' ? ' ' : text.data[i]);
}

const struct weir_panel_act *weir_panel_act_of(const struct weir_picture *pic, const struct weir_panel *panel,
					       enum weir_command command, bool *known)
{
	*known = false;
	for (const struct weir_panel_act *a = panel->acts; a && a->help; a++) {
		if (a->command != command)
			continue;
		*known = true;
		if (pic->result && a->act && (!a->ready || a->ready(pic)))
			return a;
	}
	return NULL;
}
