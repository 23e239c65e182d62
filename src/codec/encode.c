/* What the formats that can be written share: the rows that fit, and which column of the batch each written column is. */
#include "codec/format.h"

#include <stdlib.h>

struct weir_encode_column *weir_encode_columns(const struct weir_encode *e)
{
	const struct weir_schema *to = e->columns, *from = e->batch->schema;
	struct weir_encode_column *all = weir_calloc(to->n_fields + (size_t)1, sizeof *all);

	for (uint32_t i = 0; all && from && i < to->n_fields; i++) {
		/* A newer schema of the same stream has its columns in the same places. */
		bool same = i < from->n_fields && weir_str_equal(from->fields[i].name, to->fields[i].name);
		int at = same ? (int)i : weir_schema_find(from, to->fields[i].name);
		if (at < 0 || (uint32_t)at >= e->batch->n_columns)
			continue;
		all[i] = (struct weir_encode_column){&e->batch->columns[at], from->fields[at].type};
	}
	return all;
}

struct weir_value weir_encode_cell(const struct weir_encode_column *c, uint32_t row, struct weir_buf *text)
{
	struct weir_value v = {.type = WEIR_NULL};

	if (!c->column)
		return v;
	v = weir_column_get(c->column, row);
	if (v.type == WEIR_INT64 && c->type == WEIR_FLOAT64) {
		v = (struct weir_value){.type = WEIR_FLOAT64, .f = (double)v.i};
	} else if (v.type != WEIR_NULL && v.type != WEIR_STRING && c->type == WEIR_STRING) {
		weir_buf_clear(text);
		weir_column_text(c->column, row, text);
		v = (struct weir_value){.type = WEIR_STRING, .s = weir_buf_str(text)};
	}
	return v;
}

uint32_t weir_encode_rows(const struct weir_encode *e, uint32_t from, size_t most, weir_encode_row *write, void *ctx,
			  struct weir_buf *out)
{
	size_t begin = out->size, end = begin;

	for (uint32_t row = from; row < e->batch->n_rows && !out->failed; row++) {
		if (e->rows && !weir_bit_get(e->rows, row))
			continue;
		write(ctx, row, out);
		if (!out->failed && out->size > most && end > begin) { /* one too many */
			out->size = end;
			out->data[end] = '\0';
			return row;
		}
		end = out->size;
	}
	return e->batch->n_rows;
}
