/* Rows kept until the end: their cells in a spool, their keys in memory, sorted and read again. */
#include "batch.h"

#include <stdlib.h>

struct row_head {
	uint32_t bytes; /* of the cells that follow */
	uint32_t n_cells;
};
struct cell_head {
	uint32_t bytes, width;
	uint16_t column;
	bool number;
};

int weir_kept_column(struct weir_kept *k, struct weir_str name)
{
	for (size_t i = 0; i < k->n_columns; i++)
		if (weir_str_equal(name, weir_str_of(k->columns[i].name)))
			return (int)i;
	if (!weir_grow((void **)&k->columns, &k->columns_capacity, k->n_columns + 1, sizeof *k->columns))
		return -1;
	char *copy = weir_str_dup(name);
	if (!copy)
		return -1;
	k->columns[k->n_columns] = (struct weir_kept_column){.name = copy};
	return (int)k->n_columns++;
}

void weir_kept_cell(struct weir_kept *k, uint32_t column, struct weir_str text, uint32_t width, bool number)
{
	struct cell_head head = {(uint32_t)text.size, width, (uint16_t)column, number};
	struct weir_kept_column *c = &k->columns[column];

	weir_buf_add(&k->row, &head, sizeof head);
	weir_buf_add_str(&k->row, text);
	k->row_cells++;
	if (width > c->width)
		c->width = width < WEIR_TABLE_WIDTH_MAX ? width : WEIR_TABLE_WIDTH_MAX;
	c->number = c->number || number;
}

/* One block: the values, then the bytes of their texts. */
static struct weir_value *copy_keys(const struct weir_value *keys, uint32_t n)
{
	size_t bytes = n * sizeof *keys;

	for (uint32_t i = 0; i < n; i++)
		bytes += keys[i].type == WEIR_STRING ? keys[i].s.size : 0;
	struct weir_value *copy = weir_alloc(bytes);
	if (!copy)
		return NULL;
	char *text = (char *)(copy + n);
	for (uint32_t i = 0; i < n; i++) {
		copy[i] = keys[i];
		if (keys[i].type != WEIR_STRING)
			continue;
		if (keys[i].s.size)
			memcpy(text, keys[i].s.data, keys[i].s.size);
		copy[i].s.data = text;
		text += keys[i].s.size;
	}
	return copy;
}

enum weir_status weir_kept_end_row(struct weir_kept *k, int64_t time_us, const struct weir_value *keys,
				   struct weir_error *err)
{
	struct row_head head = {(uint32_t)k->row.size, k->row_cells};
	struct weir_kept_index row = {weir_spool_bytes(&k->spool), k->n_rows, time_us, NULL};

	if (k->row.failed || !weir_grow((void **)&k->index, &k->rows_capacity, k->n_rows + 1, sizeof *k->index) ||
	    (k->n_keys && !(row.keys = copy_keys(keys, k->n_keys))))
		return weir_fail(err, WEIR_NO_MEMORY, "rows", "out of memory");
	k->index[k->n_rows++] = row;
	enum weir_status st = weir_spool_add(&k->spool, &head, sizeof head, err);
	if (st == WEIR_OK)
		st = weir_spool_add(&k->spool, k->row.data, k->row.size, err);
	weir_buf_clear(&k->row);
	k->row_cells = 0;
	return st;
}

static int compare(const void *a, const void *b, void *kept)
{
	const struct weir_kept *k = kept;
	const struct weir_kept_index *x = a, *y = b;

	for (uint32_t i = 0; i < k->n_keys; i++) {
		bool x_null = x->keys[i].type == WEIR_NULL, y_null = y->keys[i].type == WEIR_NULL;
		if (x_null != y_null)
			return x_null - y_null; /* NULL is last whichever way the order goes */
		int c = weir_value_compare(&x->keys[i], &y->keys[i]);
		if (c)
			return k->descending[i] ? -c : c;
	}
	return x->number < y->number ? -1 : x->number > y->number;
}

void weir_kept_sort(struct weir_kept *k)
{
	if (k->n_keys && k->n_rows)
		qsort_r(k->index, k->n_rows, sizeof *k->index, compare, k);
}

enum weir_status weir_kept_read(struct weir_kept *k, size_t i, struct weir_str *cells, uint32_t *widths, bool *numbers,
				struct weir_error *err)
{
	struct row_head row;
	struct cell_head cell;
	const char *p = weir_spool_at(&k->spool, k->index[i].at, sizeof row, err);

	for (size_t c = 0; c < k->n_columns; c++)
		cells[c] = (struct weir_str){NULL, 0};
	if (!p)
		return err ? err->code : WEIR_IO;
	memcpy(&row, p, sizeof row);
	if (!(p = weir_spool_at(&k->spool, k->index[i].at + sizeof row, row.bytes, err)))
		return err ? err->code : WEIR_IO;
	for (uint32_t c = 0; c < row.n_cells; c++) {
		memcpy(&cell, p, sizeof cell);
		p += sizeof cell;
		cells[cell.column] = (struct weir_str){p, cell.bytes};
		if (widths) {
			widths[cell.column] = cell.width;
			numbers[cell.column] = cell.number;
		}
		p += cell.bytes;
	}
	return WEIR_OK;
}

void weir_kept_release(struct weir_kept *k)
{
	weir_spool_release(&k->spool);
	weir_buf_release(&k->row);
	for (size_t i = 0; i < k->n_columns; i++)
		free(k->columns[i].name);
	for (size_t i = 0; i < k->n_rows; i++)
		free(k->index[i].keys);
	free(k->columns);
	free(k->index);
	*k = (struct weir_kept){0};
}
