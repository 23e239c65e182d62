/* The first two group columns against each other (weir/query/pivot.h). The groups know their values by numbers, so that no value is
 * looked up: a group's rows are added to its cell, and the totals are added up from the cells. */
#include "weir/query/pivot.h"

#include "query/result/result.h"

#include <stdlib.h>

enum { DEFAULT_ROWS = 20, DEFAULT_COLUMNS = 10, MOST = 200, OTHERS = UINT32_MAX };

/* One of the two columns. */
struct side {
	uint32_t column;
	const struct weir_groups *values;
	uint32_t n; /* values that have rows, and so many have a place of their own: */
	uint32_t n_placed;
	uint32_t *placed; /* owned: their numbers */
	uint32_t *place;  /* owned, by number */
	double *weight;   /* owned, by number; below zero: no rows */
	bool descending;
};

struct making {
	struct weir_build *b;
	uint32_t measure;
	struct side rows, columns;
	struct weir_slab slab; /* of the cells */
};

static bool begin_side(struct making *m, struct side *side, uint32_t column)
{
	const struct weir_groups *values = m->b->plan->groups.columns + column;
	*side = (struct side){.column = column, .values = values};
	side->placed = weir_alloc((values->n + 1) * sizeof *side->placed);
	side->place = weir_alloc((values->n + 1) * sizeof *side->place);
	side->weight = weir_alloc((values->n + 1) * sizeof *side->weight);
	for (uint32_t i = 0; side->place && side->weight && i < values->n; i++) {
		side->place[i] = OTHERS;
		side->weight[i] = -1;
	}
	return side->placed && side->place && side->weight;
}

static void end_side(struct side *side)
{
	free(side->placed);
	free(side->place);
	free(side->weight);
}

static uint32_t number_of(const struct making *m, const struct side *side, uint32_t group)
{
	const struct weir_groups *groups = &m->b->plan->groups;
	return groups->tuples[(size_t)group * groups->n_columns + side->column];
}

static void weigh(struct side *side, uint32_t number, double weight)
{
	double *of = side->weight + number;
	if (*of < 0)
		side->placed[side->n++] = number;
	*of = (*of < 0 ? 0 : *of) + (weight > 0 ? weight : 0);
}

static void weigh_groups(struct making *m)
{
	const struct weir_plan *p = m->b->plan;
	const struct weir_slab *slab = m->b->slab;
	uint32_t n = slab->n < p->groups.n ? slab->n : p->groups.n;
	bool adds_up = p->measure_columns[m->measure].adds_up && !p->measure_columns[m->measure].is_rows;
	for (uint32_t g = WEIR_GROUP_FIRST; g < n; g++) {
		double weight = (double)slab->rows[g];
		if (!p->groups.keys[g] || !weir_slab_has_rows(slab, g))
			continue;
		if (adds_up) {
			struct weir_value v = weir_measure_value(p, m->measure, slab, g, m->b->seconds);
			weight = weir_value_number(&v);
		}
		weigh(&m->rows, number_of(m, &m->rows, g), weight);
		weigh(&m->columns, number_of(m, &m->columns, g), weight);
	}
}

static int by_key(const struct side *s, uint32_t a, uint32_t b)
{
	return weir_value_compare(s->values->keys[a], s->values->keys[b]);
}

static int by_weight(const void *x, const void *y, void *context)
{
	const struct side *s = context;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	if (s->weight[a] != s->weight[b])
		return s->weight[a] > s->weight[b] ? -1 : 1;
	return by_key(s, a, b);
}

static int by_value(const void *x, const void *y, void *context)
{
	const struct side *s = context;
	const uint32_t *a = x, *b = y;
	int c = by_key(s, *a, *b);
	bool null = s->values->keys[*a]->type == WEIR_NULL || s->values->keys[*b]->type == WEIR_NULL;
	return s->descending && !null ? -c : c;
}

/* Those with the most get a place each, in the order of their values. */
static void give_places(struct side *s, uint32_t room)
{
	s->n_placed = s->n <= room ? s->n : room > 1 ? room - 1 : 1;
	if (s->n_placed < s->n)
		qsort_r(s->placed, s->n, sizeof *s->placed, by_weight, s);
	qsort_r(s->placed, s->n_placed, sizeof *s->placed, by_value, s);
	for (uint32_t i = 0; i < s->n_placed; i++)
		s->place[s->placed[i]] = i;
}

static uint32_t slot_of(const struct making *m, uint32_t row, uint32_t column)
{
	return row * (m->columns.n_placed + 2) + column;
}

static uint32_t place_of(const struct side *s, uint32_t number)
{
	return s->place[number] == OTHERS ? s->n_placed : s->place[number];
}

static bool add(struct making *m, uint32_t to, const struct weir_slab *from, uint32_t slot)
{
	return !weir_slab_has_rows(from, slot) || weir_slab_merge(&m->slab, to, from, slot);
}

static bool add_groups(struct making *m)
{
	const struct weir_plan *p = m->b->plan;
	const struct weir_slab *slab = m->b->slab;
	uint32_t n = slab->n < p->groups.n ? slab->n : p->groups.n;
	bool ok = true;
	for (uint32_t g = WEIR_GROUP_FIRST; ok && g < n; g++)
		if (p->groups.keys[g])
			ok = add(m,
				 slot_of(m, place_of(&m->rows, number_of(m, &m->rows, g)),
					 place_of(&m->columns, number_of(m, &m->columns, g))),
				 slab, g);
	return ok;
}

static bool add_totals(struct making *m)
{
	uint32_t rows = m->rows.n_placed + 1, columns = m->columns.n_placed + 1;
	bool ok = add(m, slot_of(m, rows, columns), m->b->slab, WEIR_GROUP_TOTAL);
	for (uint32_t r = 0; ok && r < rows; r++)
		for (uint32_t c = 0; ok && c < columns; c++)
			ok = add(m, slot_of(m, r, columns), &m->slab, slot_of(m, r, c)) &&
			     add(m, slot_of(m, rows, c), &m->slab, slot_of(m, r, c));
	return ok;
}

static const struct weir_value *keys_of(struct making *m, const struct side *s, const uint32_t *order)
{
	struct weir_value *keys = weir_arena_alloc(&m->b->result->arena, (s->n_placed + 1) * sizeof *keys);
	for (uint32_t i = 0; keys && i < s->n_placed; i++) {
		keys[i] = *s->values->keys[s->placed[order[i]]];
		if (!weir_build_value(m->b, keys + i))
			return NULL;
	}
	return keys;
}

/* Lines in the order of the measure's totals. */
struct line {
	uint32_t place;
	struct weir_value total;
};

static int by_total(const void *x, const void *y, void *context)
{
	const struct line *a = x, *b = y;
	const bool *descending = context;
	bool null = a->total.type == WEIR_NULL || b->total.type == WEIR_NULL;
	int c = weir_value_compare(&a->total, &b->total);
	if (c)
		return *descending && !null ? -c : c;
	return (a->place > b->place) - (a->place < b->place);
}

/* order[i]: the place of what stands in line i. Owned by the caller; NULL: no memory. */
static uint32_t *order_lines(struct making *m)
{
	const struct weir_result *r = m->b->result;
	uint32_t n = m->rows.n_placed;
	uint32_t *order = weir_alloc((n + 1) * sizeof *order);
	struct line *lines = weir_alloc((n + 1) * sizeof *lines);
	bool descending = r->sort_descending;
	for (uint32_t i = 0; order && lines && i < n; i++)
		lines[i] = (struct line){i, weir_measure_value(m->b->plan, m->measure, &m->slab,
							       slot_of(m, i, m->columns.n_placed + 1), m->b->seconds)};
	if (order && lines && r->sort_measure < r->n_measures)
		qsort_r(lines, n, sizeof *lines, by_total, &descending);
	for (uint32_t i = 0; order && lines && i < n; i++)
		order[i] = lines[i].place;
	if (!lines) {
		free(order);
		order = NULL;
	}
	free(lines);
	return order;
}

static bool fill_cells(struct making *m, struct weir_pivot *out, const uint32_t *order)
{
	struct weir_arena *arena = &m->b->result->arena;
	size_t n = (size_t)(out->n_rows + 2) * (out->n_columns + 2);
	struct weir_value *cells = weir_arena_zalloc(arena, n * sizeof *cells);
	uint64_t *rows = weir_arena_zalloc(arena, n * sizeof *rows);
	for (uint32_t r = 0; cells && rows && r < out->n_rows + 2; r++)
		for (uint32_t c = 0; c < out->n_columns + 2; c++) {
			uint32_t slot = slot_of(m, r < out->n_rows ? order[r] : r, c);
			struct weir_value *v = cells + weir_pivot_at(out, r, c);
			if (!weir_slab_has_rows(&m->slab, slot))
				continue;
			*v = weir_measure_value(m->b->plan, m->measure, &m->slab, slot, m->b->seconds);
			rows[weir_pivot_at(out, r, c)] = m->slab.rows[slot];
			if (!weir_build_value(m->b, v))
				return false;
		}
	out->cells = cells;
	out->rows = rows;
	return cells && rows;
}

static bool fill(struct making *m, struct weir_pivot *out)
{
	uint32_t *order = order_lines(m), *as_placed = weir_alloc((m->columns.n_placed + 1) * sizeof *as_placed);
	bool ok = order && as_placed;
	for (uint32_t i = 0; ok && i < m->columns.n_placed; i++)
		as_placed[i] = i;
	out->n_rows = m->rows.n_placed;
	out->n_columns = m->columns.n_placed;
	out->n_other_rows = m->rows.n - m->rows.n_placed;
	out->n_other_columns = m->columns.n - m->columns.n_placed;
	ok = ok && (out->row_keys = keys_of(m, &m->rows, order)) &&
	     (out->column_keys = keys_of(m, &m->columns, as_placed)) && fill_cells(m, out, order);
	free(order);
	free(as_placed);
	return ok;
}

static uint32_t room(uint32_t asked, uint32_t otherwise)
{
	return !asked ? otherwise : asked > MOST ? MOST : asked;
}

static bool make(struct making *m, struct weir_pivot *out)
{
	struct weir_plan *p = m->b->plan;
	const struct weir_pivot_request *q = &m->b->request->pivot;
	const struct weir_sort_key *sort = p->sorts;
	if (!begin_side(m, &m->rows, 0) || !begin_side(m, &m->columns, 1))
		return false;
	m->rows.descending = p->n_sorts && sort->by == WEIR_SORT_GROUP && sort->index == 0 && sort->descending;
	weigh_groups(m);
	give_places(&m->rows, room(q->rows, DEFAULT_ROWS));
	give_places(&m->columns, room(q->columns, DEFAULT_COLUMNS));
	uint32_t slots = (m->rows.n_placed + 2) * (m->columns.n_placed + 2);
	return weir_slab_init(&m->slab, p->accumulators, p->n_accumulators, &p->own) &&
	       weir_slab_reserve(&m->slab, slots) && add_groups(m) && add_totals(m) && fill(m, out);
}

static enum weir_status build(struct weir_build *b, const void **out, struct weir_error *err)
{
	struct weir_pivot *pivot = weir_arena_zalloc(&b->result->arena, sizeof *pivot);
	const struct weir_result *r = b->result;
	struct making m = {.b = b, .measure = r->sort_measure < r->n_measures ? r->sort_measure : 0};
	*out = pivot;
	if (pivot)
		pivot->measure = m.measure;
	bool ok = pivot && (b->plan->n_groups < 2 || !b->plan->n_measures || make(&m, pivot));
	end_side(&m.rows);
	end_side(&m.columns);
	weir_slab_release(&m.slab);
	return ok ? WEIR_OK : weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory for the pivot of a result");
}

const struct weir_extra weir_extra_pivot = {.name = "pivot", .live = true, .build = build};
