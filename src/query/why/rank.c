/* The columns ranked by how much they differ, and of each the values or the range that stand out. */
#include "query/why/why.h"

#include <stdlib.h>

enum { MEMO = 4096 };

struct sums { /* of all values of a column */
	double divergence, expected;
};

/* Columns of many values have few of most of them: what chance adds is worked out once for each number of rows. */
static struct sums sums_of(const struct weir_why_items *list, const uint64_t *rows, double *memo)
{
	struct sums sums = {0, 0};
	for (size_t i = 0; i < list->n; i++) {
		uint64_t count = list->items[i].n[0] + list->items[i].n[1];
		double expected = count < MEMO && memo[count] >= 0 ? memo[count] : weir_why_expected_term(count, rows);
		if (count < MEMO)
			memo[count] = expected;
		sums.divergence += weir_why_term(list->items[i].n, rows);
		sums.expected += expected;
	}
	return sums;
}

static struct weir_why_cell cell_of(const struct weir_why_input *in, const struct weir_why_item *item)
{
	struct weir_why_cell c = {.kind = item->kind, .selected = item->n[0], .rest = item->n[1]};
	if (item->kind == WEIR_WHY_RANGE)
		return weir_why_range_cell(in, item);
	if (item->kind != WEIR_WHY_VALUE)
		return c;
	switch (in->way) {
	case WEIR_WHY_BY_TRUTH:
		c.value = (struct weir_value){.type = WEIR_BOOL, .b = item->b};
		break;
	case WEIR_WHY_BY_NUMBER:
		c.value = (struct weir_value){.type = WEIR_INT64, .i = item->i};
		break;
	default:
		c.value = (struct weir_value){.type = WEIR_STRING, .s = item->s};
	}
	return c;
}

/* Texts that only the counting holds must outlive it. */
static bool keep_text(struct weir_why_study *w, struct weir_why_cell *c)
{
	if (c->value.type != WEIR_STRING)
		return true;
	c->value.s = weir_arena_str(&w->arena, c->value.s);
	return c->value.s.data != NULL;
}

/* ---- what is shown of a column ---- */

struct outstanding { /* an item, and how much it adds to the divergence */
	double term;
	uint32_t at;
};

static int most_first(const void *a, const void *b)
{
	const struct outstanding *x = a, *y = b;
	if (x->term != y->term)
		return x->term > y->term ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* The items that add most, best first. Returns how many; < 0: no memory. */
static int stand_out(const struct weir_why_items *list, const uint64_t *rows, struct outstanding *out, int most)
{
	struct outstanding *all = weir_alloc((list->n + 1) * sizeof *all);
	if (!all)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		all[i] = (struct outstanding){weir_why_term(list->items[i].n, rows), (uint32_t)i};
	qsort(all, list->n, sizeof *all, most_first);
	int n = list->n < (size_t)most ? (int)list->n : most;
	for (int i = 0; i < n; i++)
		out[i] = all[i];
	free(all);
	return n;
}

static bool show_cells(struct weir_why_study *w, const struct weir_why_input *in, const struct weir_why_items *list,
		       const struct outstanding *best, uint32_t n_best, struct weir_why_ranked *r)
{
	uint32_t n = list->ranges && list->n <= 2 * WEIR_WHY_CELLS ? (uint32_t)list->n : n_best;
	r->cells = weir_arena_alloc(&w->arena, (n + (size_t)1) * sizeof *r->cells);
	if (!r->cells)
		return false;
	r->n_cells = n;
	for (size_t i = 0; i < list->n; i++)
		for (int side = 0; side < WEIR_WHY_SIDES; side++)
			r->others[side] += list->items[i].n[side];
	for (uint32_t i = 0; i < n; i++) {
		r->cells[i] = cell_of(in, &list->items[list->ranges ? i : best[i].at]);
		r->others[WEIR_WHY_SELECTED] -= r->cells[i].selected;
		r->others[WEIR_WHY_REST] -= r->cells[i].rest;
		if (!keep_text(w, &r->cells[i]))
			return false;
	}
	return true;
}

/* ---- what becomes a finding ---- */

static double share(uint64_t n, uint64_t of)
{
	return (double)n / (double)of;
}

static bool is_more(const struct weir_why_study *w, const struct weir_why_cell *c)
{
	return share(c->selected, w->counted[WEIR_WHY_SELECTED]) > share(c->rest, w->counted[WEIR_WHY_REST]);
}

static double strength(const struct weir_why_study *w, const struct weir_why_cell *c, double tries)
{
	const uint64_t counts[] = {c->selected, c->rest};
	return weir_why_yes_no(counts, w->counted, tries);
}

/* Values that the selected rows have more of; where there is none, the one that they lack. The first tells most, others are
 * named when they tell a third of that. */
static void pick_values(const struct weir_why_study *w, const struct weir_why_input *in,
			const struct weir_why_items *list, const struct outstanding *best, uint32_t n_best,
			struct weir_why_ranked *r)
{
	enum { A_THIRD = 3 };
	double tries = (double)list->n;
	for (uint32_t i = 0; i < n_best && r->n_picked < WEIR_WHY_VALUES; i++) {
		struct weir_why_cell c = cell_of(in, &list->items[best[i].at]);
		if (c.kind == WEIR_WHY_RANGE || !is_more(w, &c))
			continue;
		double s = strength(w, &c, tries);
		if (s > 0 && (!r->n_picked || s * A_THIRD >= strength(w, &r->picked[0], tries)))
			r->picked[r->n_picked++] = c;
	}
	for (uint32_t i = 0; i < n_best && !r->n_picked; i++) {
		struct weir_why_cell c = cell_of(in, &list->items[best[i].at]);
		if (strength(w, &c, tries) > 0)
			r->picked[r->n_picked++] = c;
	}
}

static bool pick(struct weir_why_study *w, const struct weir_why_input *in, const uint32_t *bins,
		 const struct weir_why_items *list, const struct outstanding *best, uint32_t n_best,
		 struct weir_why_ranked *r)
{
	struct weir_why_cell range;
	double tries = WEIR_WHY_RANGES;
	if (list->ranges && weir_why_best_range(w, in, bins, list, &range) && strength(w, &range, tries) > 0)
		r->picked[r->n_picked++] = range;
	pick_values(w, in, list, best, n_best, r);
	if (r->n_picked > 1 && strength(w, &r->picked[1], tries) > strength(w, &r->picked[0], tries)) {
		struct weir_why_cell first = r->picked[1];
		r->picked[1] = r->picked[0];
		r->picked[0] = first;
	}
	for (uint32_t i = 0; i < r->n_picked; i++)
		if (!keep_text(w, &r->picked[i]))
			return false;
	return true;
}

static bool add_ranked(struct weir_why_study *w, uint32_t input, const struct weir_why_items *list, double difference)
{
	struct weir_why_ranked r = {
	    .input = input, .difference = difference, .ranges = list->ranges, .n_values = (uint32_t)list->n};
	struct outstanding best[WEIR_WHY_CELLS];
	const struct weir_why_input *in = &w->inputs[input];
	int n = stand_out(list, w->counted, best, WEIR_WHY_CELLS);
	if (n < 0 || !show_cells(w, in, list, best, (uint32_t)n, &r) ||
	    !pick(w, in, w->shares[0].tallies[input].bins, list, best, (uint32_t)n, &r))
		return false;
	if (r.n_picked)
		w->ranked[w->n_ranked++] = r;
	return true;
}

static enum weir_status rank_column(struct weir_why_study *w, uint32_t input, double *memo, struct weir_error *err)
{
	struct weir_why_input *in = &w->inputs[input];
	struct weir_why_items list;
	enum weir_status st = weir_why_merge(w, input, &list, err);
	if (st != WEIR_OK)
		return st;
	if (list.too_many || list.names) {
		in->aside = true;
		in->reason = list.names ? WEIR_WHY_NAMES : WEIR_WHY_TOO_MANY;
	} else {
		struct sums sums = sums_of(&list, w->counted, memo);
		w->n_compared++;
		if (weir_why_beyond_chance(sums.divergence, sums.expected, w->counted, w->n_inputs) &&
		    !add_ranked(w, input, &list, weir_why_adjusted(sums.divergence, sums.expected)))
			st = weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	}
	free(list.items);
	return st;
}

static int best_first(const void *a, const void *b)
{
	const struct weir_why_ranked *x = a, *y = b;
	if (x->difference != y->difference)
		return x->difference > y->difference ? -1 : 1;
	return x->input < y->input ? -1 : 1;
}

enum weir_status weir_why_rank(struct weir_why_study *w, struct weir_error *err)
{
	double memo[MEMO];
	enum weir_status st = WEIR_OK;
	for (int i = 0; i < MEMO; i++)
		memo[i] = -1;
	w->ranked = weir_arena_alloc(&w->arena, (w->n_inputs + (size_t)1) * sizeof *w->ranked);
	if (!w->ranked)
		return weir_fail(err, WEIR_NO_MEMORY, "why", "out of memory");
	for (uint32_t i = 0; st == WEIR_OK && i < w->n_inputs; i++)
		if (!w->inputs[i].aside && w->counted[0] && w->counted[1])
			st = rank_column(w, i, memo, err);
	qsort(w->ranked, w->n_ranked, sizeof *w->ranked, best_first);
	return st;
}
