/* A result as text. */
#include "print.h"

#include "weir/codec/codec.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { FLUSH_BYTES = 64 << 10 };

/* Line by line, so that the lines themselves stay. */
static void make_safe(struct weir_buf *text)
{
	struct weir_buf safe = {0};
	struct weir_str rest = weir_buf_str(text);

	while (rest.size) {
		weir_print_safe(weir_str_cut(rest, '\n', &rest), &safe);
		if (rest.data)
			weir_buf_add_char(&safe, '\n');
	}
	safe.failed = safe.failed || text->failed;
	weir_buf_release(text);
	*text = safe;
}

bool weir_out_flush(struct weir_out *o)
{
	size_t done = 0;

	if (o->terminal)
		make_safe(&o->text);

	while (done < o->text.size && !o->gone && !o->failed) {
		ssize_t n = write(o->fd, o->text.data + done, o->text.size - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE)
			o->gone = true;
		else if (errno != EINTR)
			o->failed = errno;
	}
	if (o->text.failed)
		o->failed = ENOMEM;
	weir_buf_clear(&o->text);
	return !o->gone && !o->failed;
}

bool weir_out_flush_if_full(struct weir_out *o)
{
	return o->text.size < FLUSH_BYTES || weir_out_flush(o);
}

void weir_out_release(struct weir_out *o)
{
	weir_buf_release(&o->text);
}

void weir_print_csv_cell(const struct weir_value *v, struct weir_buf *out)
{
	if (v->type == WEIR_STRING && v->s.size == 0)
		weir_buf_add_c(out, "\"\"");
	else if (v->type == WEIR_STRING)
		weir_text_csv_field(v->s, out);
	else
		weir_value_text(v, out);
}

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

/* The cells of a row in the order of the contract: window, groups, measures. */
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
	if (i >= c->r->n_measures)
		return false;
	*name = c->r->measures[i].name;
	*v = c->row ? c->row->measures[i] : (struct weir_value){.type = WEIR_NULL};
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

static void print_json(const struct weir_result *r, bool windows, struct weir_buf *out)
{
	weir_buf_add_char(out, '[');
	for (uint32_t i = 0; i < r->n_rows; i++) {
		weir_buf_add_c(out, i ? ",\n" : "\n");
		print_json_row(r, windows, i, out);
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
			weir_text_csv_field(name, out);
		}
		weir_buf_add_char(out, '\n');
	}
	for (uint32_t i = 0; i < r->n_rows; i++) {
		struct cells c = {r, &r->rows[i], form->windows, 0};
		while (next_cell(&c, &name, &v)) {
			if (c.i > 1)
				weir_buf_add_char(out, ',');
			weir_print_csv_cell(&v, out);
		}
		weir_buf_add_char(out, '\n');
	}
}

static void print_table(const struct weir_result *r, const struct weir_print_form *form, struct weir_buf *out)
{
	struct weir_table t = {.n_columns = r->n_groups + r->n_measures + (form->windows ? 2 : 0)};
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
		print_json(r, form->windows, out);
		break;
	case WEIR_OUT_NDJSON:
		for (uint32_t i = 0; i < r->n_rows; i++) {
			print_json_row(r, form->windows, i, out);
			weir_buf_add_char(out, '\n');
		}
		break;
	}
}

void weir_result_print(const struct weir_result *r, enum weir_output how, bool color, struct weir_buf *out)
{
	bool windows = r->n_rows && r->rows[0].window_start_us != WEIR_TIME_NONE;
	struct weir_print_form form = {how, color, true, windows};

	weir_result_print_part(r, &form, out);
}

/* Blank for every cell before the caret, so that it stands below the right character whatever its width. */
static void print_caret(const struct weir_error *err, struct weir_buf *out)
{
	struct weir_buf scratch = {0};
	size_t size = strlen(err->text);
	size_t from = err->caret_from < size ? err->caret_from : size;
	size_t to = err->caret_to < size ? err->caret_to : size;
	size_t before = weir_print_safe((struct weir_str){err->text, from}, &scratch);
	size_t under = to > from ? weir_print_safe((struct weir_str){err->text + from, to - from}, &scratch) : 1;

	weir_buf_add_c(out, "  ");
	weir_print_safe(weir_str_of(err->text), out);
	weir_buf_addf(out, "\n  %*s^", (int)before, "");
	for (size_t i = 1; i < under; i++)
		weir_buf_add_char(out, '~');
	weir_buf_add_char(out, '\n');
	weir_buf_release(&scratch);
}

void weir_error_print(const struct weir_error *err, struct weir_buf *out)
{
	char line[1024];

	weir_buf_add_c(out, "weir: ");
	weir_print_safe(weir_str_of(weir_error_line(err, line, sizeof line)), out);
	weir_buf_add_char(out, '\n');
	if (err->text[0])
		print_caret(err, out);
}
