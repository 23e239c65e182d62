/* Rows as JSON: one object a line, with the keys that the row has, a dotted path as one key. */
#include "codec/json/json.h"

#include <stdlib.h>

struct writer {
	const struct weir_encode *e;
	struct weir_encode_column *columns; /* owned */
	struct weir_buf names;              /* each as `"name":`, one after another */
	size_t *name_ends;                  /* owned; in `names` */
	struct weir_buf text;
};

static bool writer_open(struct writer *w, const struct weir_encode *e)
{
	const struct weir_schema *s = e->columns;

	*w = (struct writer){.e = e, .columns = weir_encode_columns(e)};
	w->name_ends = weir_calloc(s->n_fields + (size_t)1, sizeof *w->name_ends);
	for (uint32_t i = 0; w->name_ends && i < s->n_fields; i++) {
		weir_json_quote(s->fields[i].name, &w->names);
		weir_buf_add_char(&w->names, ':');
		w->name_ends[i] = w->names.size;
	}
	return w->columns && w->name_ends && !w->names.failed;
}

static void writer_close(struct writer *w)
{
	free(w->columns);
	free(w->name_ends);
	weir_buf_release(&w->names);
	weir_buf_release(&w->text);
}

static void write_row(void *ctx, uint32_t row, struct weir_buf *out)
{
	struct writer *w = ctx;
	char before = '{';

	for (uint32_t i = 0; i < w->e->columns->n_fields; i++) {
		const struct weir_encode_column *c = &w->columns[i];
		size_t name = i ? w->name_ends[i - 1] : 0;
		if (!c->column || weir_column_missing(c->column, row))
			continue;
		weir_buf_add_char(out, before);
		weir_buf_add(out, w->names.data + name, w->name_ends[i] - name);
		struct weir_value v = weir_encode_cell(c, row, &w->text);
		weir_value_json(&v, out);
		before = ',';
	}
	weir_buf_add_c(out, before == '{' ? "{}\n" : "}\n");
	out->failed = out->failed || w->text.failed;
}

uint32_t weir_json_encode(const struct weir_encode *e, uint32_t from, size_t most, struct weir_buf *out)
{
	struct writer w;

	if (!writer_open(&w, e))
		out->failed = true;
	uint32_t next = weir_encode_rows(e, from, most, write_row, &w, out);
	writer_close(&w);
	return next;
}
