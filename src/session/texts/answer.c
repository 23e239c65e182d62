/* A result as text. */
#include "texts.h"

#include "weir/codec/codec.h"

void weir_print_json_name(struct weir_str name, bool first, struct weir_buf *out)
{
	if (!first)
		weir_buf_add_char(out, ',');
	weir_json_quote(name, out);
	weir_buf_add_char(out, ':');
}

static void print_json_row(const struct weir_result *r, bool windows, uint32_t i, struct weir_buf *out)
{
	struct weir_result_cell c = weir_result_cells(r, &r->rows[i], windows);

	weir_buf_add_char(out, '{');
	while (weir_result_next_cell(&c)) {
		weir_print_json_name(c.name, c.i == 1, out);
		weir_value_json(&c.value, out);
	}
	weir_buf_add_char(out, '}');
}

/* A million groups need not be in memory as text too. */
static bool goes_on(const struct weir_print_form *form)
{
	return !form->goes_on || form->goes_on(form->ctx);
}

static void print_json(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out)
{
	weir_buf_add_char(out, '[');
	for (uint32_t i = 0; i < r->n_rows && goes_on(form); i++) {
		weir_buf_add_c(out, i ? ",\n" : "\n");
		print_json_row(r, form->windows, i, out);
	}
	weir_buf_add_c(out, r->n_rows ? "\n]\n" : "]\n");
}

static void print_csv(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out)
{
	if (form->header) {
		struct weir_result_cell c = weir_result_cells(r, NULL, form->windows);
		while (weir_result_next_cell(&c)) {
			if (c.i > 1)
				weir_buf_add_char(out, ',');
			weir_csv_quote(c.name, out);
		}
		weir_buf_add_char(out, '\n');
	}
	for (uint32_t i = 0; i < r->n_rows && goes_on(form); i++) {
		struct weir_result_cell c = weir_result_cells(r, &r->rows[i], form->windows);
		while (weir_result_next_cell(&c)) {
			if (c.i > 1)
				weir_buf_add_char(out, ',');
			weir_csv_value(&c.value, WEIR_STR(""), out);
		}
		weir_buf_add_char(out, '\n');
	}
}

static void print_table(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out)
{
	uint32_t compared = r->compared_columns ? WEIR_COMPARED_COLUMNS * r->n_measures : 0;
	struct weir_table t = {.n_columns = r->n_groups + r->n_measures + compared + (form->windows ? 2 : 0)};
	struct weir_result_cell c = weir_result_cells(r, NULL, form->windows);

	while (weir_result_next_cell(&c))
		weir_table_add_name(&t, c.name);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		c = weir_result_cells(r, &r->rows[i], form->windows);
		while (weir_result_next_cell(&c))
			weir_table_add(&t, &c.value);
	}
	weir_table_print(&t, form->color, form->header, out);
	if (t.failed)
		out->failed = true;
	weir_table_release(&t);
}

void weir_result_print_part(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out)
{
	switch (form->how) {
	case WEIR_OUT_TABLE:
		print_table(r, form, out);
		break;
	case WEIR_OUT_CSV:
		print_csv(r, form, out);
		break;
	case WEIR_OUT_JSON:
		print_json(r, form, out);
		break;
	case WEIR_OUT_NDJSON:
		for (uint32_t i = 0; i < r->n_rows && goes_on(form); i++) {
			print_json_row(r, form->windows, i, out);
			weir_buf_add_char(out, '\n');
		}
		break;
	}
}

void weir_result_print(const struct weir_result *r, enum weir_output how, bool color, struct weir_buf *out)
{
	bool windows = r->n_rows && r->rows[0].window_start_us != WEIR_TIME_NONE;
	struct weir_print_form form = {.how = how, .color = color, .header = true, .windows = windows};

	weir_result_print_part(r, &form, out);
}
