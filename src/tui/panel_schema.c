/* The columns as they are known now: type, what else was met, nulls, an example. */
#include "tui/frame.h"

#include "tui/format.h"

#include <stdio.h>

enum { TYPE_COLUMNS = 10, COUNT_COLUMNS = 10, GAP = 2 };

/* "int64 93.0 %, string 7.0 %" when a column met more than one type; nothing else. */
static void mixed_types(const struct weir_result_field *field, struct weir_buf *out)
{
	uint64_t total = 0;
	int kinds = 0;
	char percent[WEIR_FORMAT_BYTES];
	for (int t = WEIR_NULL + 1; t < WEIR_TYPE_COUNT; t++) {
		total += field->n_type[t];
		kinds += field->n_type[t] > 0;
	}
	for (int t = WEIR_NULL + 1; t < WEIR_TYPE_COUNT && kinds > 1; t++)
		if (field->n_type[t])
			weir_buf_addf(out, "%s%s %s", out->size ? ", " : "", weir_type_name((enum weir_type)t),
				      weir_format_percent((double)field->n_type[t] / (double)total, percent));
}

static void put_number(struct weir_canvas c, int x, int y, uint64_t n)
{
	char text[WEIR_FORMAT_BYTES];
	weir_cell_put_text(c, x, y, COUNT_COLUMNS, weir_str_of(weir_format_count(n, text)),
			   weir_style(n ? WEIR_INK_TEXT : WEIR_INK_FAINT), WEIR_RIGHT);
}

static void draw_field(const struct weir_result_field *field, struct weir_canvas c, int y, int name_columns)
{
	struct weir_buf text = {0};
	int x = 1;
	weir_cell_put_text(c, x, y, name_columns, field->name,
			   weir_style(field->is_time ? WEIR_INK_KEY : WEIR_INK_TEXT), WEIR_LEFT);
	x += name_columns + GAP;
	weir_cell_put(weir_canvas_cut(c, x, y, TYPE_COLUMNS, 1), 0, 0, weir_type_name(field->type),
		      weir_style(WEIR_INK_DIM));
	x += TYPE_COLUMNS + GAP;
	put_number(c, x, y, field->n_type[WEIR_NULL]);
	x += COUNT_COLUMNS + GAP;
	put_number(c, x, y, field->n_missing);
	x += COUNT_COLUMNS + GAP;
	put_number(c, x, y, field->n_distinct);
	x += COUNT_COLUMNS + GAP;
	mixed_types(field, &text);
	if (text.size) {
		x += weir_cell_put_text(c, x, y, c.columns - x - 1, weir_buf_str(&text), weir_style(WEIR_INK_WARN),
					WEIR_LEFT) +
		     GAP;
		weir_buf_clear(&text);
	}
	weir_format_value(&field->example, 3, &text);
	weir_cell_put_text(c, x, y, c.columns - x - 1, weir_buf_str(&text), weir_style(WEIR_INK_DIM), WEIR_LEFT);
	weir_buf_release(&text);
}

void weir_panel_schema_draw(const struct weir_frame *f, struct weir_canvas c)
{
	const struct weir_result *r = f->result;
	char remark[64];
	int name_columns = 8, body = weir_panel_body_rows(c.rows), scroll = f->ui->scroll[WEIR_PANEL_SCHEMA];
	for (uint32_t i = 0; i < r->n_fields; i++) {
		int one = weir_text_columns(r->fields[i].name);
		name_columns = one > name_columns ? one : name_columns;
	}
	name_columns = name_columns > 30 ? 30 : name_columns;
	snprintf(remark, sizeof(remark), "%u column%s", r->n_fields, r->n_fields == 1 ? "" : "s");
	weir_title_draw(c, WEIR_STR("schema"), weir_str_of(remark), f->ui->focus == WEIR_PANEL_SCHEMA);
	struct weir_style dim = weir_style(WEIR_INK_DIM);
	int x = 1;
	weir_cell_put(c, x, 1, "column", dim);
	x += name_columns + GAP;
	weir_cell_put(c, x, 1, "type", dim);
	x += TYPE_COLUMNS + GAP;
	static const char *const heads[] = {"null", "missing", "distinct"};
	for (size_t i = 0; i < 3; i++, x += COUNT_COLUMNS + GAP)
		weir_cell_put_text(c, x, 1, COUNT_COLUMNS, weir_str_of(heads[i]), dim, WEIR_RIGHT);
	weir_cell_put(c, x, 1, "example", dim);
	int last = (int)r->n_fields - body;
	scroll = scroll > last ? last : scroll;
	scroll = scroll < 0 ? 0 : scroll;
	for (int i = scroll; i < (int)r->n_fields && i - scroll < body; i++)
		draw_field(&r->fields[i], c, 2 + i - scroll, name_columns);
}
