/* Rows of all tablets in the order of their keys: each tablet's come in that order, and the least of them goes first. */
#include "cursor.h"

#include <stdlib.h>

bool kudu_ordered_prepare(struct weir_kudu_scan *s, const struct weir_kudu_scan_config *config)
{
	const struct weir_kudu_table *t = s->table;

	s->keys = weir_calloc(t->n_keys + (size_t)1, sizeof *s->keys);
	s->heap = weir_calloc(t->n_tablets + (size_t)1, sizeof *s->heap);
	if (!s->keys || !s->heap)
		return false;
	for (uint32_t k = 0; k < t->n_keys; k++) {
		uint32_t i = 0;
		while (i < config->n_columns && config->columns[i] != k)
			i++;
		if (i == config->n_columns)
			return false;
		s->keys[k] = i;
	}
	weir_buf_add_str(&s->after, config->after);
	return !s->after.failed;
}

static bool is_less(const struct weir_kudu_scan *s, uint32_t a, uint32_t b)
{
	const struct weir_kudu_cell *x = s->cursors[a]->current, *y = s->cursors[b]->current;

	for (uint32_t k = 0; k < s->table->n_keys; k++) {
		uint32_t i = s->keys[k];
		int order = kudu_key_compare(s->table->columns[k].type, &x[i], &y[i]);
		if (order)
			return order < 0;
	}
	return false;
}

/* The first may be too great for its place. */
static void sift_down(struct weir_kudu_scan *s)
{
	for (uint32_t at = 0;;) {
		uint32_t child = 2 * at + 1, moved = s->heap[at];
		if (child >= s->n_heap)
			return;
		if (child + 1 < s->n_heap && is_less(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_less(s, s->heap[child], moved))
			return;
		s->heap[at] = s->heap[child];
		s->heap[child] = moved;
		at = child;
	}
}

static void add(struct weir_kudu_scan *s, uint32_t cursor)
{
	uint32_t at = s->n_heap++;

	for (; at && is_less(s, cursor, s->heap[(at - 1) / 2]); at = (at - 1) / 2)
		s->heap[at] = s->heap[(at - 1) / 2];
	s->heap[at] = cursor;
}

static void write_key(const struct weir_kudu_scan *s, const struct weir_kudu_cell *cells, struct weir_buf *out)
{
	for (uint32_t k = 0; k < s->table->n_keys; k++)
		kudu_key_add(s->table->columns[k].type, &cells[s->keys[k]], k + 1 == s->table->n_keys, out);
}

/* The cursor whose row was handed out goes on. */
static enum weir_status step_first(struct weir_kudu_scan *s, struct weir_error *err)
{
	struct kudu_cursor *c = s->cursors[s->heap[0]];

	if (c->row == c->n_rows || s->deleted >= 0) { /* another block may come in the place of its cells */
		weir_buf_clear(&s->key);
		write_key(s, c->current, &s->key);
		if (s->key.failed)
			return kudu_out_of_memory(err);
	}
	enum weir_status st = kudu_cursor_step(c, err);
	s->handed = false;
	if (st == WEIR_END)
		s->heap[0] = s->heap[--s->n_heap];
	else if (st != WEIR_OK)
		return st;
	sift_down(s);
	return WEIR_OK;
}

enum weir_status kudu_ordered_next(struct weir_kudu_scan *s, const struct weir_kudu_cell **cells,
				   struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	for (; s->n_stepped < s->n_cursors; s->n_stepped++) {
		st = kudu_cursor_step(s->cursors[s->n_stepped], err);
		if (st == WEIR_OK)
			add(s, s->n_stepped);
		else if (st != WEIR_END)
			return st;
	}
	if (s->handed && (st = step_first(s, err)) != WEIR_OK)
		return st;
	if (!s->n_heap)
		return WEIR_END;
	s->handed = true;
	*cells = s->cursors[s->heap[0]]->current;
	return WEIR_OK;
}

void weir_kudu_scan_key(const struct weir_kudu_scan *s, struct weir_buf *out)
{
	if (s->handed)
		write_key(s, s->cursors[s->heap[0]]->current, out);
	else
		weir_buf_add_str(out, weir_buf_str(&s->key));
}
