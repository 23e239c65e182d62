/* Tables for people: safe text, measured and aligned. */
#include "texts.h"

#include <stdlib.h>

struct table_cell {
	uint32_t size;  /* bytes in the text */
	uint32_t width; /* cells on a terminal */
	bool number;
};

static void add(struct weir_table *t, struct weir_str text, bool number)
{
	size_t begin = t->text.size;

	if (!weir_grow((void **)&t->cells, &t->cells_capacity, t->n_cells + 1, sizeof *t->cells)) {
		t->failed = true;
		return;
	}
	size_t width = weir_print_safe(text, &t->text);
	t->cells[t->n_cells++] = (struct table_cell){(uint32_t)(t->text.size - begin), (uint32_t)width, number};
	t->failed = t->failed || t->text.failed;
}

void weir_table_add(struct weir_table *t, const struct weir_value *v)
{
	struct weir_buf text = {0};

	if (v->type == WEIR_NULL) {
		add(t, WEIR_STR("NULL"), false);
	} else if (v->type == WEIR_STRING) {
		add(t, v->s, false);
	} else {
		weir_value_text(v, &text);
		add(t, weir_buf_str(&text), v->type == WEIR_INT64 || v->type == WEIR_FLOAT64);
		t->failed = t->failed || text.failed;
		weir_buf_release(&text);
	}
}

void weir_table_add_name(struct weir_table *t, struct weir_str name)
{
	add(t, name, false);
}

/* Widths, and whether a column holds numbers (then its name stands to the right too). */
static void measure(const struct weir_table *t, uint32_t *widths, bool *numbers, bool header)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		uint32_t column = (uint32_t)(i % t->n_columns), width = t->cells[i].width;
		if (i < t->n_columns && !header)
			continue;
		if (width > widths[column])
			widths[column] = width < WEIR_TABLE_WIDTH_MAX ? width : WEIR_TABLE_WIDTH_MAX;
		numbers[column] = numbers[column] || t->cells[i].number;
	}
}

void weir_print_padded(struct weir_str safe_text, uint32_t text_width, struct weir_padding p, struct weir_buf *out)
{
	int pad = text_width < p.width ? (int)(p.width - text_width) : 0;

	if (p.right)
		weir_buf_addf(out, "%*s", pad, "");
	weir_buf_add_str(out, safe_text);
	if (!p.right && !p.last)
		weir_buf_addf(out, "%*s", pad, "");
	if (!p.last)
		weir_buf_add_c(out, "  ");
}

void weir_table_print(const struct weir_table *t, bool color, bool header, struct weir_buf *out)
{
	uint32_t *widths = weir_calloc(t->n_columns + 1, sizeof *widths);
	bool *numbers = weir_calloc(t->n_columns + 1, sizeof *numbers);
	size_t at = 0;

	if (!widths || !numbers || t->failed) {
		out->failed = true;
		free(widths);
		free(numbers);
		return;
	}
	measure(t, widths, numbers, header);
	for (size_t i = 0; i < t->n_cells; at += t->cells[i++].size) {
		uint32_t column = (uint32_t)(i % t->n_columns);
		bool name = i < t->n_columns, last = column + 1 == t->n_columns;

		if (name && !header)
			continue;
		if (name && color && column == 0)
			weir_buf_add_c(out, "\033[1m");
		struct weir_padding padding = {widths[column], name ? numbers[column] : t->cells[i].number, last};
		struct weir_str text = {t->text.data + at, t->cells[i].size};
		weir_print_padded(text, t->cells[i].width, padding, out);
		if (name && color && last)
			weir_buf_add_c(out, "\033[0m");
		if (last)
			weir_buf_add_char(out, '\n');
	}
	free(widths);
	free(numbers);
}

void weir_table_release(struct weir_table *t)
{
	weir_buf_release(&t->text);
	free(t->cells);
	*t = (struct weir_table){0};
}
