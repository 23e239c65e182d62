/* Rows as a scan gives them: cells of fixed widths one after another, a bitmap of NULLs behind them where a column can be NULL, and
 * the texts apart, each named by its place and its length. */
#include "kudu.h"

#include <stdlib.h>

uint32_t kudu_width(int type)
{
	static const uint8_t widths[] = {
	    [WEIR_KUDU_INT8] = 1,        [WEIR_KUDU_INT16] = 2,    [WEIR_KUDU_INT32] = 4,     [WEIR_KUDU_INT64] = 8,
	    [WEIR_KUDU_STRING] = 16,     [WEIR_KUDU_BOOL] = 1,     [WEIR_KUDU_FLOAT] = 4,     [WEIR_KUDU_DOUBLE] = 8,
	    [WEIR_KUDU_BINARY] = 16,     [WEIR_KUDU_TIME] = 8,     [WEIR_KUDU_DECIMAL32] = 4, [WEIR_KUDU_DECIMAL64] = 8,
	    [WEIR_KUDU_DECIMAL128] = 16, [WEIR_KUDU_VARCHAR] = 16, [WEIR_KUDU_DATE] = 4,      [KUDU_DELETED] = 1,
	};
	return type >= 0 && (size_t)type < sizeof widths ? widths[type] : 0;
}

static bool is_text(int type)
{
	return type == WEIR_KUDU_STRING || type == WEIR_KUDU_BINARY || type == WEIR_KUDU_VARCHAR;
}

void kudu_layout_release(struct kudu_layout *l)
{
	free(l->columns);
	*l = (struct kudu_layout){0};
}

bool kudu_layout_make(struct kudu_layout *l, const Kw__Column *columns, uint32_t n)
{
	bool nulls = false;

	*l = (struct kudu_layout){.n = n, .columns = weir_calloc(n + (size_t)1, sizeof *l->columns)};
	if (!l->columns)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		l->columns[i] = (struct kudu_layout_column){
		    .type = columns[i].type, .at = l->row_bytes, .nullable = columns[i].nullable};
		l->row_bytes += kudu_width(columns[i].type);
		nulls = nulls || columns[i].nullable;
	}
	l->nulls_at = l->row_bytes;
	l->row_bytes += nulls ? (n + 7) / 8 : 0;
	return true;
}

static bool is_null(const struct kudu_layout *l, uint32_t column, const char *row)
{
	return l->columns[column].nullable && (row[l->nulls_at + column / 8] >> column % 8 & 1);
}

bool kudu_block_check(const struct kudu_layout *l, uint32_t rows, struct weir_str cells, struct weir_str texts)
{
	if (cells.size != (uint64_t)rows * l->row_bytes)
		return false;
	for (uint32_t c = 0; c < l->n; c++) {
		if (!is_text(l->columns[c].type))
			continue;
		for (uint32_t i = 0; i < rows; i++) {
			const char *row = cells.data + (size_t)i * l->row_bytes;
			uint64_t at, size;
			memcpy(&at, row + l->columns[c].at, 8);
			memcpy(&size, row + l->columns[c].at + 8, 8);
			if (!is_null(l, c, row) && (at > texts.size || size > texts.size - at))
				return false;
		}
	}
	return true;
}

/* 128 bits do not go into a cell: these are handed out as their bytes. */
static void read_cell(int type, const char *p, struct weir_str texts, struct weir_kudu_cell *out)
{
	uint64_t at, size;
	int32_t i32;
	int16_t i16;
	int byte;
	float f;

	switch (type) {
	case WEIR_KUDU_INT8:
		byte = (unsigned char)*p;
		out->i = byte < 128 ? byte : byte - 256;
		break;
	case WEIR_KUDU_BOOL:
	case KUDU_DELETED:
		out->i = *p != 0;
		break;
	case WEIR_KUDU_INT16:
		memcpy(&i16, p, sizeof i16);
		out->i = i16;
		break;
	case WEIR_KUDU_INT32:
	case WEIR_KUDU_DATE:
	case WEIR_KUDU_DECIMAL32:
		memcpy(&i32, p, sizeof i32);
		out->i = i32;
		break;
	case WEIR_KUDU_FLOAT:
		memcpy(&f, p, sizeof f);
		out->f = (double)f;
		break;
	case WEIR_KUDU_DECIMAL128:
		out->s = (struct weir_str){p, 16};
		break;
	case WEIR_KUDU_DOUBLE:
		memcpy(&out->f, p, sizeof out->f);
		break;
	default:
		if (!is_text(type)) {
			memcpy(&out->i, p, sizeof out->i);
			break;
		}
		memcpy(&at, p, 8);
		memcpy(&size, p + 8, 8);
		out->s = (struct weir_str){size ? texts.data + at : "", size};
	}
}

void kudu_block_row(const struct kudu_layout *l, uint32_t i, struct weir_str cells, struct weir_str texts,
		    struct weir_kudu_cell *out)
{
	const char *row = cells.data + (size_t)i * l->row_bytes;

	for (uint32_t c = 0; c < l->n; c++) {
		out[c].null = is_null(l, c, row);
		if (!out[c].null)
			read_cell(l->columns[c].type, row + l->columns[c].at, texts, &out[c]);
	}
}

void kudu_cell_write(int type, const struct weir_kudu_cell *cell, struct weir_buf *texts, struct weir_buf *out)
{
	uint64_t place[2] = {texts ? texts->size : 0, cell->s.size};
	float f;

	if (is_text(type)) { /* the bytes themselves where there is nothing to put texts apart */
		if (texts)
			weir_buf_add(out, place, sizeof place);
		weir_buf_add_str(texts ? texts : out, cell->s);
	} else if (type == WEIR_KUDU_FLOAT) {
		f = (float)cell->f;
		weir_buf_add(out, &f, sizeof f);
	} else if (type == WEIR_KUDU_DOUBLE) {
		weir_buf_add(out, &cell->f, sizeof cell->f);
	} else {
		weir_buf_add(out, &cell->i, kudu_width(type)); /* the lowest byte comes first */
	}
}
