/* What several panels draw alike: the rule with the title, names as heads have room for them. */
#include "tui/panels/panels.h"

#include <math.h>

void weir_title_draw(struct weir_canvas c, struct weir_str title, struct weir_str remark, bool focus)
{
	struct weir_style rule = weir_style(WEIR_INK_FAINT);
	for (int x = 0; x < c.columns; x++)
		weir_cell_put_glyph(c, x, 0, 0x2500, rule);
	int room = c.columns - 4;
	int remark_columns = weir_text_columns(remark);
	int title_columns = weir_text_columns(title);
	if (title_columns + remark_columns + 5 > room)
		remark_columns = room - title_columns - 5;
	if (remark_columns < 6)
		remark_columns = 0;
	struct weir_style style = weir_style_bold(focus ? WEIR_INK_KEY : WEIR_INK_BRIGHT);
	weir_cell_put_glyph(c, 1, 0, ' ', rule);
	int used =
	    weir_cell_put_text(c, 2, 0, room - (remark_columns ? remark_columns + 3 : 0), title, style, WEIR_LEFT);
	weir_cell_put_glyph(c, 2 + used, 0, ' ', rule);
	if (!remark_columns)
		return;
	int x = c.columns - 2 - remark_columns;
	used = weir_cell_put_text(c, x, 0, remark_columns, remark, weir_style(WEIR_INK_DIM), WEIR_LEFT);
	weir_cell_put_glyph(c, x - 1, 0, ' ', rule);
	weir_cell_put_glyph(c, x + used, 0, ' ', rule);
}

struct weir_str weir_short_name(struct weir_str measure)
{
	const char *open = measure.data ? memchr(measure.data, '(', measure.size) : NULL;
	return open ? (struct weir_str){measure.data, (size_t)(open - measure.data)} : measure;
}

struct weir_str weir_bare_name(struct weir_str name)
{
	bool quoted =
	    name.size > 2 && (name.data[0] == '`' || name.data[0] == '"') && name.data[name.size - 1] == name.data[0];
	return quoted ? (struct weir_str){name.data + 1, name.size - 2} : name;
}

enum weir_ink weir_series_ink(uint32_t series)
{
	return (enum weir_ink)(WEIR_INK_SERIES1 + (series < 5 ? series : 5));
}

int weir_panel_body_rows(int rows)
{
	return rows > 2 ? rows - 2 : 0;
}

struct weir_rect weir_picture_rect(const struct weir_picture *pic, const struct weir_panel *panel)
{
	for (int i = 0; pic->panels[i]; i++)
		if (pic->panels[i] == panel)
			return pic->layout.panels[i];
	return (struct weir_rect){0};
}
