/* Rows as CSV: RFC 4180, but that lines end in LF. */
#include "codec/csv/csv.h"

#include <stdlib.h>

struct writer {
	const struct weir_encode *e;
	struct weir_encode_column *columns; /* owned */
	struct weir_buf text;
};

void weir_csv_encode_head(const struct weir_encode *e, struct weir_buf *out)
{
	for (uint32_t i = 0; i < e->columns->n_fields; i++) {
		if (i)
			weir_buf_add_char(out, ',');
		weir_csv_quote(e->columns->fields[i].name, out);
	}
	weir_buf_add_char(out, '\n');
}

static bool must_be_quoted(struct weir_str s)
{
	for (size_t i = 0; i < s.size; i++)
		if (s.data[i] == ',' || s.data[i] == '"' || s.data[i] == '\n' || s.data[i] == '\r')
			return true;
	return false;
}

static void put_quoted(struct weir_str s, struct weir_buf *out)
{
	weir_buf_add_char(out, '"');
	for (const char *from = s.data, *end = s.data + s.size; from < end;) {
		const char *quote = memchr(from, '"', (size_t)(end - from));
		const char *stop = quote ? quote + 1 : end;
		weir_buf_add(out, from, (size_t)(stop - from));
		if (quote)
			weir_buf_add_char(out, '"');
		from = stop;
	}
	weir_buf_add_char(out, '"');
}

void weir_csv_quote(struct weir_str s, struct weir_buf *out)
{
	if (must_be_quoted(s))
		put_quoted(s, out);
	else
		weir_buf_add_str(out, s);
}

/* As NULL, as nothing, or, by readers that guess the separator, as two fields. */
static bool could_be_misread(struct weir_str s, struct weir_str null)
{
	for (size_t i = 0; i < s.size; i++)
		if (s.data[i] == '\t' || s.data[i] == ';' || s.data[i] == '|')
			return true;
	return !s.size || weir_str_equal(s, null);
}

static void write_text(struct weir_str s, struct weir_str null, struct weir_buf *out)
{
	if (must_be_quoted(s) || could_be_misread(s, null))
		put_quoted(s, out);
	else
		weir_buf_add_str(out, s);
}

void weir_csv_value(const struct weir_value *v, struct weir_str null, struct weir_buf *out)
{
	if (v->type == WEIR_STRING)
		write_text(v->s, null, out);
	else if (v->type == WEIR_NULL)
		weir_buf_add_str(out, null);
	else
		weir_value_text(v, out);
}

static void write_row(void *ctx, uint32_t row, struct weir_buf *out)
{
	struct writer *w = ctx;
	size_t begin = out->size;

	for (uint32_t i = 0; i < w->e->columns->n_fields; i++) {
		struct weir_value v = weir_encode_cell(&w->columns[i], row, &w->text);
		if (i)
			weir_buf_add_char(out, ',');
		weir_csv_value(&v, w->e->null, out);
	}
	if (out->size == begin) /* readers skip a blank line */
		weir_buf_add_c(out, "\"\"");
	weir_buf_add_char(out, '\n');
	out->failed = out->failed || w->text.failed;
}

uint32_t weir_csv_encode(const struct weir_encode *e, uint32_t from, size_t most, struct weir_buf *out)
{
	struct writer w = {.e = e, .columns = weir_encode_columns(e)};

	if (!w.columns)
		out->failed = true;
	uint32_t next = weir_encode_rows(e, from, most, write_row, &w, out);
	free(w.columns);
	weir_buf_release(&w.text);
	return next;
}
