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

static struct weir_value time_value(int64_t us)
{
	return (struct weir_value){.type = us == WEIR_TIME_NONE ? WEIR_NULL : WEIR_TIMESTAMP, .i = us};
}

/* The cells of a row in the order of the contract: window, groups, measures, what these are compared with. */
struct cells {
	const struct weir_result *r;
	const struct weir_result_row *row;
	bool windows;
	uint32_t i;
};

static bool next_cell(struct cells *c, struct weir_str *name, struct weir_value *v)
{
	uint32_t i = c->i++;

	if (c->windows) {
		if (i < 2) {
			*name = i ? WEIR_STR("window_end") : WEIR_STR("window_start");
			*v = time_value(!c->row ? WEIR_TIME_NONE : i ? c->row->window_end_us : c->row->window_start_us);
			return true;
		}
		i -= 2;
	}
	if (i < c->r->n_groups) {
		*name = c->r->groups[i].name;
		*v = c->row ? c->row->groups[i] : (struct weir_value){.type = WEIR_NULL};
		return true;
	}
	i -= c->r->n_groups;
	*v = (struct weir_value){.type = WEIR_NULL};
	if (i < c->r->n_measures) {
		*name = c->r->measures[i].name;
		*v = c->row ? c->row->measures[i] : *v;
		return true;
	}
	i -= c->r->n_measures;
	if (!c->r->compared_columns || i >= WEIR_COMPARED_COLUMNS * c->r->n_measures)
		return false;
	*name = c->r->compared_columns[i].name;
	if (c->row && c->row->previous)
		*v = weir_result_compared(c->row, i / WEIR_COMPARED_COLUMNS,
					  (enum weir_compared_column)(i % WEIR_COMPARED_COLUMNS));
	return true;
}

static void print_json_row(const struct weir_result *r, bool windows, uint32_t i, struct weir_buf *out)
{
	struct cells c = {r, &r->rows[i], windows, 0};
	struct weir_str name;
	struct weir_value v;

	weir_buf_add_char(out, '{');
	while (next_cell(&c, &name, &v)) {
		weir_print_json_name(name, c.i == 1, out);
		weir_value_json(&v, out);
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
	struct weir_str name;
	struct weir_value v;

	if (form->header) {
		struct cells c = {r, NULL, form->windows, 0};
		while (next_cell(&c, &name, &v)) {
			if (c.i > 1)
				weir_buf_add_char(out, ',');
			weir_csv_quote(name, out);
		}
		weir_buf_add_char(out, '\n');
	}
	for (uint32_t i = 0; i < r->n_rows && goes_on(form); i++) {
		struct cells c = {r, &r->rows[i], form->windows, 0};
		while (next_cell(&c, &name, &v)) {
			if (c.i > 1)
				weir_buf_add_char(out, ',');
			weir_csv_value(&v, WEIR_STR(""), out);
		}
		weir_buf_add_char(out, '\n');
	}
}

static void print_table(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out)
{
	uint32_t compared = r->compared_columns ? WEIR_COMPARED_COLUMNS * r->n_measures : 0;
	struct weir_table t = {.n_columns = r->n_groups + r->n_measures + compared + (form->windows ? 2 : 0)};
	struct cells c = {r, NULL, form->windows, 0};
	struct weir_str name;
	struct weir_value v;

	while (next_cell(&c, &name, &v))
		weir_table_add_name(&t, name);
	for (uint32_t i = 0; i < r->n_rows; i++) {
		c = (struct cells){r, &r->rows[i], form->windows, 0};
		while (next_cell(&c, &name, &v))
			weir_table_add(&t, &v);
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
