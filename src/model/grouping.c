/* Rows that stand for many, as a server counted them. */
#include "weir/model/grouping.h"

#include <stdlib.h>

enum { MOST_DIGITS = 37 }; /* that 127 bits have room for */

static struct weir_value sum_value(__int128 sum)
{
	struct weir_value v = {.type = WEIR_INT64, .i = (int64_t)(uint64_t)sum, .hi = (int64_t)(sum >> 64)};
	v.wide = v.hi != (v.i < 0 ? -1 : 0);
	return v;
}

struct weir_value weir_sum_of_halves(int64_t high, int64_t low)
{
	return sum_value((__int128)high * ((__int128)1 << 32) + low);
}

struct weir_value weir_sum_of_text(struct weir_str text)
{
	bool negative = text.size && text.data[0] == '-';
	size_t from = negative;
	__int128 sum = 0;
	if (text.size == from || text.size - from > MOST_DIGITS)
		return (struct weir_value){.type = WEIR_NULL};
	for (size_t i = from; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return (struct weir_value){.type = WEIR_NULL};
		sum = sum * 10 + (text.data[i] - '0');
	}
	return sum_value(negative ? -sum : sum);
}

struct weir_grouped *weir_grouped_new(const struct weir_grouping *g)
{
	struct weir_grouped *made = weir_calloc(1, sizeof *made);
	if (!made)
		return NULL;
	made->n_groups = g->n_groups;
	made->n_values = g->n_values;
	return made;
}

void weir_grouped_free(struct weir_grouped *g)
{
	if (!g)
		return;
	weir_arena_release(&g->arena);
	free(g->rows);
	free(g);
}

bool weir_grouped_add(struct weir_grouped *g, const struct weir_grouped_row *row)
{
	size_t n = (size_t)g->n_groups + g->n_values;
	struct weir_value *cells = weir_arena_alloc(&g->arena, (n + 1) * sizeof *cells);
	if (!cells || !weir_grow((void **)&g->rows, &g->capacity, g->n + 1, sizeof *g->rows))
		return false;
	for (size_t i = 0; i < n; i++) {
		cells[i] = row->cells[i];
		if (cells[i].type != WEIR_STRING)
			continue;
		cells[i].s = weir_arena_str(&g->arena, cells[i].s);
		if (!cells[i].s.data)
			return false;
	}
	g->rows[g->n] = *row;
	g->rows[g->n++].cells = cells;
	g->count += row->count;
	return true;
}
